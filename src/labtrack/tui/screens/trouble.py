"""The clinic's file cannot be used: what happened, what to do, and nothing lost of what stands on the screens below."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, cast

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from labtrack.core.errors import DatabaseDamaged, DatabaseLocked, DatabaseTooNew, DatabaseUnavailable, LabtrackError, PassphraseNeeded
from labtrack.tui.keys import key
from labtrack.tui.page import Page
from labtrack.tui.reopening import start_anew, take
from labtrack.tui.show import joined, lines, shown

if TYPE_CHECKING:
    from labtrack.tui.app import LabtrackApp
    from labtrack.tui.opening import Opening

#: What a person can do, by what happened.
_STEPS = {
    "locked": (
        "Wait a moment, then try again: another program is writing.",
        "Close the other labtrack, or the program that copies this file.",
    ),
    "gone": (
        "Connect the drive or the network folder that it is on, then try again.",
        "If it was moved or renamed: put it back, or choose it where it is now.",
        "If it was deleted: restore the newest backup with  labtrack restore FILE .",
    ),
    "unavailable": (
        "Check that you may write to the file, to its folder and to the files beside it (-wal, -shm), and that the disk is not full.",
        "Esc goes back: what can still be read stays readable, what you typed stays typed.",
    ),
    "damaged": (
        "Keep the file as it is: make a copy of it before anything else.",
        "Restore the newest backup with  labtrack restore FILE , then try again.",
        "If this is no clinic at all: choose the right file.",
    ),
    "too new": (
        "Install the newer labtrack; this one does not touch the file, so that nothing in it is lost.",
        "Or choose another file.",
    ),
    "": ("Try again, or choose another file.",),
}
_TITLES = {
    "locked": "Another program is using the clinic's file",
    "gone": "The clinic's file is not there",
    "unavailable": "The clinic's file cannot be used",
    "damaged": "The file is damaged, or is no clinic",
    "too new": "The clinic was made by a newer labtrack",
    "": "The clinic could not be used",
}


def kind_of(error: LabtrackError, opening: Opening) -> str:
    """What happened, as a key of the texts; empty where it is something else."""
    if isinstance(error, DatabaseUnavailable) and opening.is_missing:
        return "gone"
    kinds = {DatabaseLocked: "locked", DatabaseUnavailable: "unavailable", DatabaseDamaged: "damaged", DatabaseTooNew: "too new"}
    return next((kind for type, kind in kinds.items() if isinstance(error, type)), "")


class TroubleScreen(Page[None]):
    """Says what is wrong with the clinic's file. It goes away by itself once the file can be used again."""

    CSS_PATH = "../styles/trouble.tcss"
    BINDINGS = [
        key("trouble.retry", "enter,r", "retry", "Try again", "Open the file again; when that works you are back where you were."),
        key("trouble.other", "o", "other", "Other file", "Choose another clinic's file. What is open on the screens below is put away."),
        key("trouble.back", "escape", "back", "Back", "Back to the screen below, with what was typed there."),
        key("trouble.quit", "q", "app.quit", "Quit", "Leave labtrack."),
    ]
    HELP = """## When the clinic's file cannot be used

Nothing was changed in the record, and nothing is lost of what you typed: the screens below are as you left them.

*Try again* opens the file anew. *Other file* opens another clinic. *Back* goes to the screen below without trying.
"""

    def __init__(self, error: LabtrackError) -> None:
        super().__init__()
        self.error = error
        self.tries = 0

    def compose_body(self) -> ComposeResult:
        """What happened, which file, what to do."""
        with VerticalScroll(id="trouble", can_focus=True):
            yield Static(id="what", classes="title")
            yield Static(id="message")
            yield Static(id="steps")
            yield Static(id="state", classes="muted")

    def on_mount(self) -> None:
        """Show it."""
        self._show()

    def _show(self) -> None:
        kind = kind_of(self.error, self.base.opening)
        self.query_one("#what", Static).update(_TITLES[kind])
        said = [shown(self.error.message)]
        if self._location not in self.error.message:
            said.append(joined(("File: ", "$text-muted"), self._location))
        self.query_one("#message", Static).update(lines(said))
        told = _STEPS[kind] or (self.error.next_step,)
        self.query_one("#steps", Static).update(lines([Content("What to do"), *(shown(f"  • {step}") for step in told)]))
        tried = f"Tried {self.tries} time{'' if self.tries == 1 else 's'}: still so. " if self.tries else ""
        self.query_one("#state", Static).update(f"{tried}Nothing was changed; what you typed is still on the screen below.")

    @property
    def _location(self) -> str:
        return self.base.opening.location

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A patient's own page has no way to other files."""
        return not (action == "other" and self.base.opening.mrn)

    def action_back(self) -> None:
        """Leave without trying."""
        self.dismiss(None)

    def action_retry(self) -> None:
        """Open the file again."""
        self.query_one("#state", Static).update("Trying …")
        self.run_worker(self._retry(), exclusive=True, group="retry", exit_on_error=False)

    async def _retry(self) -> None:
        self.base.desk.reopen(self.base.opening.open)
        try:
            await self.ask(lambda clinic: clinic.probe())
        except PassphraseNeeded:  # the screen below asks for it
            self.dismiss(None)
            return
        except LabtrackError as error:
            self.error = error
            self.tries += 1
            self._show()
            return
        self.base.notify("The clinic's file can be used again.")
        self.dismiss(None)

    def action_other(self) -> None:
        """Choose another file."""
        self.run_worker(self._other(), exclusive=True, group="other", exit_on_error=False)

    async def _other(self) -> None:
        app = cast("LabtrackApp", self.app)
        path = self.base.opening.path
        chosen = await app.answer("choose-file", "Open which clinic?", start=path.parent if path else None)
        if not chosen:
            return
        opening = replace(self.base.opening, location=str(chosen[0]))
        before = self.base.opening
        take(self.base, opening)
        try:
            with suppress(PassphraseNeeded):  # it is asked for on the first screen
                await self.ask(lambda clinic: clinic.probe())
        except LabtrackError as error:
            self.base.tell(error)
            take(self.base, before)
            return
        start_anew(self.base)
