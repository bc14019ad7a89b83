"""Signing in, and unlocking: nothing else is on the screen, and nothing of the record."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Input, Label, Static

from labtrack.core.errors import LabtrackError
from labtrack.tui.page import Page
from labtrack.tui.show import shown

if TYPE_CHECKING:
    from labtrack.clinic import Clinic
    from labtrack.clinic.accounts import Account


class SignInScreen(Page[None]):
    """Asks for name and passphrase."""

    CSS_PATH = "../styles/sign_in.tcss"
    HELP = """## Signing in

This clinic has accounts. Type your name and your passphrase; *Enter* signs in.

After a failure the next attempt has to wait: one second, then two, then four, up to five minutes. A clinician can set another passphrase
for you: `labtrack user passphrase NAME`.

When the screens were locked, whoever was there comes back to the same screen, with everything that was typed. Somebody else begins at
their own start; a draft of the one before is kept for them.
"""

    def __init__(self, user: str = "", *, is_lock: bool = False) -> None:
        super().__init__()
        self.user = user
        self.is_lock = is_lock

    def compose_body(self) -> ComposeResult:
        """Two fields."""
        with Vertical(id="sign-in"):
            yield Static("Locked" if self.is_lock else "Sign in", classes="title")
            yield Label("Name")
            yield Input(self.user, id="user", max_length=100, select_on_focus=True)
            yield Label("Passphrase")
            yield Input(password=True, id="passphrase", max_length=1_024)
            yield Static("", id="said", classes="problem")
            yield Static("Enter signs in   F1 help   Ctrl+Q quit", classes="muted")

    def on_mount(self) -> None:
        """Type at once what is not known yet."""
        self.query_one("#passphrase" if self.user else "#user").focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """From the name to the passphrase; from there in."""
        event.stop()
        if event.input.id == "user" and event.value.strip():
            self.set_focus(self.query_one("#passphrase"))
        elif event.input.id == "passphrase" and event.value:
            self.run_worker(self._sign_in(), exclusive=True, group="sign-in", exit_on_error=False)

    async def _sign_in(self) -> None:
        from labtrack.clinic.accounts import Account

        account = Account(self.query_one("#user", Input).value, self.query_one("#passphrase", Input).value)
        self._say("Looking …", is_busy=True)
        try:
            clinic = await asyncio.to_thread(self.base.lock.check, account)
        except LabtrackError as error:
            self._say(str(error))
            return
        self._enter(account, clinic)

    def _enter(self, account: Account, clinic: Clinic) -> None:
        self.query_one("#passphrase", Input).value = ""
        self.base.lock.let_in(account, clinic, is_lock=self.is_lock)

    def _say(self, text: str, *, is_busy: bool = False) -> None:
        """A sentence below the fields; what was typed as a passphrase goes."""
        self.query_one("#said", Static).update(shown(text))
        field = self.query_one("#passphrase", Input)
        field.disabled = is_busy
        if not is_busy:
            field.value = ""
            field.focus()
