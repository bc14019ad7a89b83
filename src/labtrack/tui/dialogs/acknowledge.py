"""A finding is seen: by whom, why, and until when it may rest. It moves the line, it never removes it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from labtrack.core.judgment import Verdict
from labtrack.tui.dialogs.form import FormDialog
from labtrack.tui.show import joined, lines, shown, sign
from labtrack.tui.widgets.form import Field, day, optional

if TYPE_CHECKING:
    from labtrack.clinic import Clinic

#: Reasons to choose from; what is typed stands behind the chosen one.
REASONS = (
    "repeat ordered",
    "discussed with the patient",
    "dose changed or drug paused",
    "known and stable",
    "expected with this treatment",
    "explained by something else",
    "under care elsewhere",
)
OTHER = "other"
#: How long it may rest, in days.
WEEKS = {"none": None, "1": 7, "4": 28}
ON_A_DAY = "day"


class AcknowledgeDialog(FormDialog):
    """Does it and answers True; None if it was left."""

    HELP = """## Acknowledge a finding

You say that you have seen this finding, and why it can rest. It stays on the patient's page and comes back to the worklist with a new
result, with changed rules, or on the day after the one you give.

Choose a reason or *other*, add your own words, choose until when, and save with *Ctrl+S*. Everything is kept with your name.
"""

    def __init__(self, mrn: str, rule: str) -> None:
        reasons = [*((each, each) for each in REASONS), (OTHER, "other: in my own words")]
        until = [("none", "until a new result comes"), ("1", "for 1 week"), ("4", "for 4 weeks"), (ON_A_DAY, "until the day below")]
        fields = [
            Field("reason", "Reason", choices=reasons, hint="choose: Enter"),
            Field("words", "In your words", hint="needed with other, else as you like"),
            Field("until", "Rests", "none", choices=until),
            Field("day", "Until the day", hint="YYYY-MM-DD", read=optional(day)),
        ]
        super().__init__("Acknowledge", fields, self._acknowledge, blame=(("reason", "reason"), ("before today", "day"), ("no day", "day")))
        self.mrn = mrn
        self.rule = rule

    def compose(self) -> ComposeResult:
        """The finding, the fields, the keys."""
        with Vertical(classes="dialog"):
            yield Static(self.heading, classes="title")
            yield Static(shown(f"{self.rule}…"), id="finding")
            yield self.form
            yield Static("", id="said", classes="problem")
            yield Static("^s save   Enter next   Esc leave", classes="muted", id="keys")

    def on_mount(self) -> None:
        """Show what it is about."""
        super().on_mount()
        self.run_worker(self._load(), exclusive=True, group="load", exit_on_error=False)

    async def _load(self) -> None:
        with self.telling():
            patient, assessment = await self.ask(lambda clinic: (clinic.patient(self.mrn), clinic.assessment(self.mrn)))
            found = next((each for each in assessment.findings if each.rule == self.rule and each.verdict is Verdict.MET), None)
            born = f", born {patient.birth_date.isoformat()}" if patient.birth_date else ""
            who = joined((patient.name[:60], "bold"), shown(f"{born}, MRN {patient.mrn}"))
            what = joined(sign(found.severity.value), " ", shown(found.message)) if found else shown(f"{self.rule} is not met now.")
            self.query_one("#finding", Static).update(lines([who, what]))

    def _acknowledge(self, clinic: Clinic, values: Mapping[str, Any]) -> None:
        from labtrack.core.errors import Refused

        reason = reason_of(str(values["reason"]), str(values["words"]))
        if not reason:
            raise Refused("Choose a reason, or other and your own words.")
        if values["until"] == ON_A_DAY and values["day"] is None:
            raise Refused("There is no day yet.", "Give one as YYYY-MM-DD, or choose another rest.")
        clinic.acknowledge(self.mrn, self.rule, reason, until_of(str(values["until"]), values["day"], clinic.today))


def reason_of(chosen: str, words: str) -> str:
    """The reason as it is kept; empty where none was given."""
    if chosen in ("", OTHER):
        return words.strip()
    return f"{chosen}: {words.strip()}" if words.strip() else chosen


def until_of(chosen: str, on: date | None, today: date) -> date | None:
    """The last day on which it rests; None without an end. A day that was typed counts whatever was chosen."""
    if on is not None:
        return on
    days = WEEKS.get(chosen)
    return None if days is None else today + timedelta(days)
