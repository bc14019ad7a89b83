"""The clinic's file cannot be used: what happened, what to do, and nothing lost of what stands on the screens below."""

from __future__ import annotations

import asyncio
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
    from labtrack.clinic.accounts import Account
    from labtrack.clinic.backups import Offer
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
        "Put a backup in its place: the newest good one from here, another one with  labtrack restore FILE .",
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
        key("trouble.restore", "b", "restore", "Restore the backup",
            "Put the newest good backup in the place of the damaged file, which is kept beside it."),
        key("trouble.other", "o", "other", "Other file", "Choose another clinic's file. What is open on the screens below is put away."),
        key("trouble.back", "escape", "back", "Back", "Back to the screen below, with what was typed there."),
        key("trouble.quit", "q", "app.quit", "Quit", "Leave labtrack."),
    ]  # fmt: skip
    HELP = """## When the clinic's file cannot be used

Nothing was changed in the record, and nothing is lost of what you typed: the screens below are as you left them.

Of a damaged file the newest backup that is whole is looked for: when it was made, and what was recorded since then, which would be lost.
*Restore the backup* asks once more, then puts it in the file's place; the damaged file is kept beside it. Where the clinic has accounts, a
clinician does this.

*Try again* opens the file anew. *Other file* opens another clinic. *Back* goes to the screen below without trying.
"""

    def __init__(self, error: LabtrackError) -> None:
        super().__init__()
        self.error = error
        self.tries = 0
        #: The backup to go back to, once it was found and verified; or what has to be unlocked before it can be.
        self.offer: Offer | None = None
        self.locked: PassphraseNeeded | None = None

    def compose_body(self) -> ComposeResult:
        """What happened, which file, what to do."""
        with VerticalScroll(id="trouble", can_focus=True):
            yield Static(id="what", classes="title")
            yield Static(id="message")
            yield Static(id="steps")
            yield Static(id="offer")
            yield Static(id="state", classes="muted")

    def on_mount(self) -> None:
        """Show it, and look for a backup."""
        self._show()
        self._look()

    def _look(self) -> None:
        """Look for the newest good backup of a damaged file, off the UI thread."""
        opening = self.base.opening
        is_wanted = kind_of(self.error, opening) == "damaged" and opening.path is not None and not opening.mrn
        self.query_one("#offer").display = is_wanted
        if is_wanted:
            self.run_worker(self._find(), exclusive=True, group="find", exit_on_error=False)

    async def _find(self) -> None:
        from labtrack.clinic.backups import offer

        opening, line = self.base.opening, self.query_one("#offer", Static)
        self.offer = self.locked = None
        line.update("Looking for the newest good backup …")
        path = opening.path
        try:
            self.offer = await asyncio.to_thread(offer, path, opening.settings) if path is not None else None
        except PassphraseNeeded as error:
            self.locked = error
            said = "The backups are encrypted. b asks for their passphrase."
        except LabtrackError as error:
            said = f"The backups cannot be looked through: {error}"
        else:
            none = "There is no good backup that labtrack made by itself. A copy that you made: labtrack restore FILE"
            said = f"The newest good backup: {self.offer.words} b puts it in the file's place." if self.offer is not None else none
        line.update(shown(said))
        self.refresh_bindings()

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
        """A patient's own page has no way to other files; what can be restored has to be found first."""
        if action == "restore":
            return self.offer is not None or self.locked is not None
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
            self._look()
            return
        self.base.notify("The clinic's file can be used again.")
        self.dismiss(None)

    def action_restore(self) -> None:
        """Put the backup that was found in the file's place."""
        self.run_worker(self._restore(), exclusive=True, group="restore", exit_on_error=False)

    async def _restore(self) -> None:
        app = cast("LabtrackApp", self.app)
        if self.locked is not None:
            from labtrack.tui.screens.unlock import UnlockScreen

            await app.push_screen_wait(UnlockScreen(self.locked))
            await self._find()
            return
        found = self.offer
        if found is None or not await app.answer(
            "confirm", "Restore this backup?", f"{found.words} The damaged file is kept beside it.", "Restore it", "Leave all as it is"
        ):
            return
        opening = self.base.opening
        account = opening.account
        if account is None and found.has_accounts:
            account = await app.answer("sign", "The clinic has accounts: a clinician restores it.", opening.user)
            if account is None:
                return
        await self._put_back(found, account)

    async def _put_back(self, found: Offer, account: Account | None) -> None:
        """Restore, and go on in the restored clinic: from the first screen, for what stands on the others may be of what is lost."""
        from labtrack.clinic import Clinic

        base = self.base
        opening = replace(base.opening, account=account, user=account.name if account is not None else base.opening.user)
        self.query_one("#state", Static).update("Restoring …")
        try:
            await base.desk.let_go()
            kept = await asyncio.to_thread(lambda: Clinic.restore(opening.location, found.kept.path, account=account))
        except LabtrackError as error:
            self._show()
            base.tell(error)
            return
        take(base, opening)
        if account is not None:
            base.run_worker(base.lock.greet(), group="greet", exit_on_error=False)
        start_anew(base)
        base.notify(f"Restored: {found.kept.path.name}. The damaged file is kept as {kept}.", timeout=30)

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
