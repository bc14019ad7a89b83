"""A line of the worklist as cells: sign, person, treatment, finding with whose threshold it is, next check."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content

from labtrack.tui.show import joined, shown, sign
from labtrack.tui.widgets.banner import short_day
from labtrack.tui.widgets.windowed_table import Column

if TYPE_CHECKING:
    from labtrack.clinic.overview import WorklistEntry

#: What gives way first in a narrow terminal: age and sex, then the drug, then the MRN.
COLUMNS = (
    Column("", 2),
    Column("Patient", 18, grows=1),
    Column("MRN", 8, shown_from=64),
    Column("Age", 4, shown_from=90),
    Column("Drug", 24, shown_from=104),
    Column("Finding", 16, grows=24),
    Column("Next check", 18, shown_from=60),
)
_PANELS = {"cbc": "CBC", "screening": "screen", "response-review": "review"}
_DUE_STYLE = {"overdue": "bold $text-error", "due": "$text-warning"}


def cells_of(entry: WorklistEntry) -> list[Content]:
    """One content for each of :data:`COLUMNS`."""
    age = "" if entry.age is None else str(entry.age)
    return [
        joined(sign(_kind(entry)), ("•" if entry.unreviewed else " ", "$text-accent")),
        shown(entry.name or "no name"),
        shown(entry.mrn),
        shown(f"{age:>2} {entry.sex or '?'}"),
        shown(entry.treatment),
        _finding(entry),
        _check(entry),
    ]


def _kind(entry: WorklistEntry) -> str:
    """What the sign says: the finding that waits if there is one, else the state."""
    return entry.worst if entry.worst and entry.state != "not-assessed" else entry.state


def _finding(entry: WorklistEntry) -> Content:
    if entry.as_of is not None:
        said = f"as of {short_day(entry.as_of)}: {entry.headline}" if entry.headline else f"last judged {short_day(entry.as_of)}"
        return shown(said, "$text-muted")
    if entry.state == "not-assessed":
        return shown("never judged", "$text-muted")
    if entry.state == "acknowledged":
        return shown(f"acknowledged: {entry.headline}", "$text-muted")
    if not entry.worst and entry.headline:
        more = f" (+{entry.cannot_evaluate - 1})" if entry.cannot_evaluate > 1 else ""
        return shown(f"{entry.headline}{more}", "$text-muted")
    if not entry.headline:
        return shown("no treatment" if entry.state == "no-schedule" else "no finding", "$text-muted")
    basis = f" ({entry.basis})" if entry.basis and entry.worst else ""
    return joined(shown(entry.headline), (basis, "$text-muted"))


def _check(entry: WorklistEntry) -> Content:
    """``CBC overdue 3 Nov``; nothing where no check is planned."""
    if entry.next_due is None:
        return Content("")
    panel = _PANELS.get(entry.next_panel, entry.next_panel)
    late = "late " if entry.next_status == "overdue" else "due " if entry.next_status == "due" else ""
    return joined((f"{panel:<6} {late}", ""), (short_day(entry.next_due), _DUE_STYLE.get(entry.next_status, "")))
