"""The screening tab of a patient: the checklist before the start, each item with its state."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from labtrack.tui.keys import key
from labtrack.tui.show import joined
from labtrack.tui.widgets.patient_tab import PatientTab, main_app

if TYPE_CHECKING:
    from labtrack.clinic.choices import ScreeningState

#: State: mark, style. The word stands beside it.
_MARKS = {
    "done": ("✓", "$text-success"),
    "declined": ("–", "$text-warning"),
    "missing": ("!", "bold $text-error"),
    "does not apply": (" ", "$text-muted"),
}


class Checklist(OptionList):
    """The items."""

    HELP = """## Screening

What article and labels ask to be settled before the start: `✓` done, `–` declined with a reason, `!` missing. What is on record of what an
item looks for (an active tuberculosis, an earlier clot) stands beside it.

*Enter* records the highlighted item as done, with the date and its result; *d* as not done, with the reason.
"""
    BINDINGS = [key("screening.record", "enter", "select", "Record", "Record this item as done, with the date and its result.")]


def _line(state: ScreeningState) -> Content:
    mark, style = _MARKS[state.state]
    on = state.on.isoformat() if state.on else ""
    word = state.state if state.is_certain else f"{state.state}; sex or age unknown"
    found = f"   {', '.join(state.found)}" if state.found else ""
    return joined((mark, style), f" {state.name:<38} ", (f"{word:<9} {on:<11} ", style), state.note, (found, "bold $text-warning"))


class ScreeningTab(PatientTab):
    """The checklist and its keys."""

    BINDINGS = [key("screening.declined", "d", "declined", "Not done", "Record this item as not done, with the reason.")]

    def __init__(self, mrn: str, id: str) -> None:
        super().__init__(mrn, id)
        self.states: list[ScreeningState] = []

    def compose(self) -> ComposeResult:
        """How many are open, and the items."""
        yield Static("Loading …", id="open-items")
        yield Checklist(id="checklist")

    async def load(self) -> None:
        """Ask for the checklist and show it."""
        self.states = await self.ask(lambda clinic: clinic.screening(self.mrn))
        missing = sum(each.state == "missing" for each in self.states)
        said = f"{missing} not settled" if missing else "Every item that applies is settled"
        self.query_one("#open-items", Static).update(joined((said, "bold $text-warning" if missing else "$text-success")))
        checklist = self.query_one(Checklist)
        before = checklist.highlighted or 0
        checklist.set_options([Option(_line(each)) for each in self.states])
        checklist.highlighted = before

    def land(self) -> None:
        """The items."""
        self.query_one(Checklist).focus()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Record the item as done."""
        event.stop()
        self._record(declined=False)

    def action_declined(self) -> None:
        """Record the item as not done."""
        self._record(declined=True)

    def _record(self, *, declined: bool) -> None:
        place = self.query_one(Checklist).highlighted
        if place is not None and place < len(self.states):
            self.run_worker(self._ask_for(self.states[place], declined), exclusive=True, group="form", exit_on_error=False)

    async def _ask_for(self, state: ScreeningState, declined: bool) -> None:
        from labtrack.tui.dialogs.treatment_forms import screening_form

        await main_app(self).push_screen(await screening_form(self, self.mrn, state.key, state.name, declined=declined))
