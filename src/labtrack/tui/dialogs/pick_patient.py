"""A patient, found by a part of the name or the MRN."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from labtrack.tui.keys import key
from labtrack.tui.page import Dialog
from labtrack.tui.show import joined, shown

if TYPE_CHECKING:
    from labtrack.clinic.overview import WorklistEntry

#: Seconds for which a list must be there before Enter takes one of several from it.
SEEN_AFTER = 0.25
#: Patients listed at once; more letters find the others.
MOST = 50


class PickPatientDialog(Dialog[str]):
    """Answers the MRN, None if it was left."""

    BINDINGS = [
        key("pick.down", "down", "move(1)", "Next", "The next patient of the list.", show=False, priority=True),
        key("pick.up", "up", "move(-1)", "Before", "The patient before.", show=False, priority=True),
        key("pick.page-down", "pagedown", "move(10)", "Page down", "Ten patients further.", show=False, priority=True),
        key("pick.page-up", "pageup", "move(-10)", "Page up", "Ten patients back.", show=False, priority=True),
    ]
    DEFAULT_CSS = """
    PickPatientDialog .dialog { width: 84; }
    PickPatientDialog OptionList { height: 12; border: none; background: $surface; }
    """
    HELP = """## Choose a patient

Type a part of the name or the MRN; accents and case do not matter. The arrows choose, *Enter* takes the chosen one, *Esc* closes.
Check the birth year and the MRN before you go on.
"""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        #: The text that those were found by who are shown, and since when they are.
        self._listed: str | None = None
        self._listed_at = 0.0

    def compose(self) -> ComposeResult:
        """What is typed, what was found, how many there are."""
        with Vertical(classes="dialog"):
            yield Static("Choose a patient", classes="title")
            yield Input(placeholder="name or MRN", id="text", select_on_focus=False)
            yield OptionList(id="people", markup=False, compact=True)
            yield Static("", id="said", classes="muted")

    def on_mount(self) -> None:
        """Everybody first, in the order of the worklist."""
        self.query_one(OptionList).can_focus = False
        self.query_one(Input).focus()
        self._find("")

    def on_input_changed(self, event: Input.Changed) -> None:
        """Look for what is typed."""
        self._find(event.value)

    def _find(self, text: str) -> None:
        self.run_worker(self._load(text), exclusive=True, group="find", exit_on_error=False)

    async def _load(self, text: str) -> None:
        with self.telling():
            window = await self.ask(lambda clinic: clinic.worklist_window(0, MOST, text=text))
            self.found, self._listed, self._listed_at = [each.mrn for each in window.lines], text, monotonic()
            people = self.query_one(OptionList)
            people.clear_options()
            people.add_options([Option(_line(each)) for each in window.lines])
            people.highlighted = 0 if self.found else None
            more = f"{len(self.found)} of {window.total}: type more to see the others" if window.total > MOST else f"{window.total} found"
            self.query_one("#said", Static).update(shown(more if window.total else "Nobody of that name, MRN or rule."))

    def action_move(self, by: int) -> None:
        """Another patient of the list."""
        people = self.query_one(OptionList)
        self._listed_at = 0.0  # who moves has seen them
        if self.found:
            people.highlighted = max(0, min(len(self.found) - 1, (people.highlighted or 0) + by))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Take the chosen one."""
        event.stop()
        self.run_worker(self._take(event.value), exclusive=True, group="find", exit_on_error=False)

    async def _take(self, text: str) -> None:
        """Of several, nobody is taken whom nobody can have seen: a scanner types an MRN and Enter in one instant."""
        if self._listed != text:
            await self._load(text)
        at = self.query_one(OptionList).highlighted
        if self._listed != text or at is None:
            return
        if monotonic() - self._listed_at >= SEEN_AFTER or len(self.found) == 1:
            self.dismiss(self.found[at])
        elif text.strip() in self.found:
            self.dismiss(text.strip())

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """A click takes one."""
        self.dismiss(self.found[event.option_index])


def _line(entry: WorklistEntry) -> Content:
    who = " ".join(each for each in ("" if entry.age is None else str(entry.age), entry.sex) if each)
    return joined(
        shown(entry.name or "no name"), ("  MRN ", "$text-muted"), shown(entry.mrn), (f"  {who}  {entry.treatment}", "$text-muted")
    )
