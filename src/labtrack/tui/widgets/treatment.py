"""The treatment tab of a patient: courses, doses, holds and events in order of time, and what can be done about them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.content import Content
from textual.screen import Screen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from labtrack.tui.keys import key
from labtrack.tui.show import joined
from labtrack.tui.widgets.patient_tab import PatientTab, main_app

if TYPE_CHECKING:
    from labtrack.clinic.patient_page import Treatment
    from labtrack.clinic.timeline import TimelineLine


class Timeline(OptionList):
    """Everything that was begun, changed, paused, stopped or happened, newest first."""

    HELP = """## Treatment

Courses, doses, holds, events, screening items and chosen baselines, newest first; `●` still lasts.

*s* starts a drug, *d* changes its dose, *h* pauses it, *r* resumes it, *x* stops it. *i* records an event (an infection, a clot …), *f*
ends the one that is highlighted or any other open one. *b* chooses another baseline. Each asks for a date; refusals stand beside the field
they are about.
"""


def _line(line: TimelineLine) -> Content:
    until = f" – {line.ended_on.isoformat()}" if line.ended_on else ""
    return joined(
        ("● " if line.is_open else "  ", "bold $text-warning" if line.kind in ("hold", "event") else "bold $text-success"),
        (f"{line.on.isoformat()}{until}".ljust(24), "$text-muted"),
        (line.what, "bold" if line.kind in ("course", "stop", "hold") else ""),
        f"   {line.detail}" if line.detail else "",
    )


class TreatmentTab(PatientTab):
    """The timeline and its keys."""

    BINDINGS: ClassVar = [
        key("treatment.start", "s", "form('start')", "Start drug", "Start a drug, today, earlier, or on a planned day."),
        key("treatment.dose", "d", "form('dose')", "Dose", "Change the dose from a day on."),
        key("treatment.hold", "h", "form('hold')", "Hold", "Pause the drug from a day on, with the reason."),
        key("treatment.resume", "r", "form('resume')", "Resume", "End the hold: the drug is taken again from a day on."),
        key("treatment.stop", "x", "form('stop')", "Stop", "End the course on a day, with the reason."),
        key("treatment.event", "i", "form('event')", "Event", "Record something that happened: an infection, a clot, a review."),
        key("treatment.end", "f", "form('end')", "End event", "End an event that is still open."),
        key("treatment.baseline", "b", "form('baseline')", "Baseline", "Choose another result as the baseline of the course."),
    ]

    def __init__(self, mrn: str, id: str) -> None:
        super().__init__(mrn, id)
        self.treatment: Treatment | None = None
        self.lines: list[TimelineLine] = []

    def compose(self) -> ComposeResult:
        """What is taken now, and the timeline."""
        yield Static("Loading …", id="taken")
        yield Timeline(id="timeline")

    async def load(self) -> None:
        """Ask for the treatment and show it."""
        now, self.lines = await self.ask(lambda clinic: (clinic.patient_page(self.mrn).treatment, clinic.timeline(self.mrn)))
        self.treatment = now
        self.query_one("#taken", Static).update(joined(("Now: ", "$text-muted"), (now.text, "bold")))
        timeline = self.query_one(Timeline)
        before = timeline.highlighted or 0
        timeline.set_options([Option(_line(each)) for each in self.lines] or [Option("Nothing recorded yet.", disabled=True)])
        timeline.highlighted = min(before, len(self.lines) - 1) if self.lines else None
        self.screen.refresh_bindings()

    def land(self) -> None:
        """The timeline."""
        self.query_one(Timeline).focus()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only what can be done now: nothing is held that is on hold, nothing stopped that does not run."""
        treatment = self.treatment
        if action != "form" or treatment is None:
            return action != "form"
        course = treatment.course
        runs = course is not None and course.stop_on is None
        held = treatment.hold is not None
        allowed = {
            "dose": runs, "hold": runs and not held, "resume": held, "stop": runs, "baseline": runs,
            "end": any(each.is_open and each.kind == "event" for each in self.lines),
        }  # fmt: skip
        return allowed.get(str(parameters[0]), True)

    def action_form(self, name: str) -> None:
        """Ask for what is needed and record it."""
        from labtrack.tui.dialogs import treatment_forms as forms

        makers: dict[str, Callable[[], Awaitable[Screen[bool]]]] = {
            "start": lambda: forms.start_form(self, self.mrn),
            "dose": lambda: forms.dose_form(self, self.mrn, self.treatment),
            "hold": lambda: forms.hold_form(self, self.mrn),
            "resume": lambda: forms.resume_form(self, self.mrn, self.treatment),
            "stop": lambda: forms.stop_form(self, self.mrn, self.treatment),
            "event": lambda: forms.event_form(self, self.mrn),
            "end": lambda: forms.end_form(self, self.mrn, self._open_events()),
            "baseline": lambda: forms.baseline_form(self, self.mrn),
        }
        self.run_worker(self._ask_for(makers[name]), exclusive=True, group="form", exit_on_error=False)

    async def _ask_for(self, make: Callable[[], Awaitable[Screen[bool]]]) -> None:
        with self.telling():
            await main_app(self).push_screen(await make())

    def _open_events(self) -> list[TimelineLine]:
        """Open events, the highlighted one first."""
        place = self.query_one(Timeline).highlighted
        chosen = self.lines[place] if place is not None and place < len(self.lines) else None
        found = [each for each in self.lines if each.is_open and each.kind == "event"]
        return sorted(found, key=lambda each: each is not chosen)
