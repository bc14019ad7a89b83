"""The history tab of a patient: what was recorded, corrected, acknowledged, by whom and when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from labtrack.tui.show import joined, lines, shown
from labtrack.tui.widgets.patient_tab import PatientTab

if TYPE_CHECKING:
    from labtrack.clinic.history import HistoryLine

#: So many entries are shown; the command line shows them all.
MOST = 300


class HistoryScroll(VerticalScroll, can_focus=True):
    """Entries, newest first."""

    HELP = """## History

Everything done to this patient's record, newest first: when (UTC), by whom, what, and the reason given. Nothing here can be changed.
All of it, also beyond what fits here, is told by `labtrack audit --patient MRN`.
"""


class HistoryTab(PatientTab):
    """The entries, to be read."""

    def compose(self) -> ComposeResult:
        """A text that scrolls."""
        with HistoryScroll(id="audit"):
            yield Static("Loading …", id="entries")

    async def load(self) -> None:
        """Ask for the entries and show them."""
        found = await self.ask(lambda clinic: clinic.history(self.mrn))
        more = [shown(f"… and {len(found) - MOST} earlier ones", "$text-muted")] if len(found) > MOST else []
        self.query_one("#entries", Static).update(lines([*(_entry(each) for each in found[:MOST]), *more]))

    def land(self) -> None:
        """The text."""
        self.query_one(HistoryScroll).focus()


def _entry(line: HistoryLine) -> Content:
    when = line.at[:16].replace("T", " ")
    return joined(
        (f"{when}  ", "$text-muted"), (f"{line.actor}  ", "$text-accent"), (line.what, "bold"), f": {line.detail}" if line.detail else ""
    )
