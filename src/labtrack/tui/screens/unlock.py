"""The clinic is encrypted: its passphrase is asked for, and nothing of the record is on the screen until it was given."""

from __future__ import annotations

import asyncio
from pathlib import Path

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Input, Static

from labtrack.core.errors import LabtrackError, PassphraseNeeded, WrongPassphrase
from labtrack.tui.keys import key
from labtrack.tui.page import Page
from labtrack.tui.show import joined, shown


class UnlockScreen(Page[None]):
    """Asks for the passphrase of the clinic's file. It goes away once that opens it; the screen below then reads anew."""

    CSS_PATH = "../styles/unlock.tcss"
    BINDINGS = [
        key("unlock.leave", "escape", "app.quit", "Leave", "Leave labtrack; the clinic stays as it is."),
    ]
    HELP = """## The passphrase of an encrypted clinic

This clinic's file is encrypted. *Enter* opens it with the passphrase that was chosen when it was encrypted; that takes a moment, on
purpose.

Without the passphrase nobody can open it: there is no second key. What can be read then is what was exported or printed.

A script gives the number of a file descriptor to read it from in `LABTRACK_PASSPHRASE_FD`; `LABTRACK_KEYRING=1` looks it up in the
operating system's keyring.
"""

    def __init__(self, error: PassphraseNeeded) -> None:
        super().__init__()
        self.path = error.path or Path(self.base.opening.location)

    def compose_body(self) -> ComposeResult:
        """Which file, and one field."""
        with Vertical(id="unlock"):
            yield Static("This clinic is encrypted", classes="title")
            yield Static(joined(("File: ", "$text-muted"), str(self.path)), id="which")
            yield Static("Passphrase")
            yield Input(password=True, id="passphrase", max_length=1_024, select_on_focus=True)
            yield Static("", id="said", classes="problem")

    def on_mount(self) -> None:
        """Type at once."""
        self.query_one("#passphrase").focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Open it."""
        event.stop()
        if event.value:
            self.run_worker(self._unlock(event.value), exclusive=True, group="unlock", exit_on_error=False)

    async def _unlock(self, passphrase: str) -> None:
        from labtrack.clinic.encryption import unlock

        self._say("Opening …", is_busy=True)
        try:
            await asyncio.to_thread(unlock, self.path, passphrase)
        except WrongPassphrase as error:
            self._say(f"The passphrase is wrong. {error.next_step}")
        except LabtrackError as error:
            self._say(str(error))
        else:
            self.query_one("#passphrase", Input).value = ""
            self.base.desk.reopen(self.base.opening.open)
            self.dismiss(None)

    def _say(self, text: str, *, is_busy: bool = False) -> None:
        """A sentence below the field, which keeps what was typed, to be corrected or typed over."""
        self.query_one("#said", Static).update(shown(text))
        field = self.query_one("#passphrase", Input)
        field.disabled = is_busy
        if not is_busy:
            field.focus()
