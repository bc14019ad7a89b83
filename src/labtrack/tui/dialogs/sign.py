"""Who does this? Name and passphrase, where the clinic itself cannot be asked."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Input, Label, Static

from labtrack.clinic.accounts import Account
from labtrack.tui.page import Dialog
from labtrack.tui.show import shown


class SignDialog(Dialog[Account]):
    """Answers what was typed, None if it was left; who asked finds out whether it is right."""

    HELP = """## Who does this?

Only a clinician of this clinic may do what comes next. *Enter* in the last field goes on, *Esc* does nothing.
"""

    def __init__(self, why: str, user: str = "") -> None:
        super().__init__()
        self.why, self.user = why, user

    def compose(self) -> ComposeResult:
        """Two fields."""
        with Vertical(classes="dialog"):
            yield Static("Sign in as a clinician", classes="title")
            yield Static(shown(self.why))
            yield Label("Name", classes="muted")
            yield Input(self.user, id="user", max_length=100)
            yield Label("Passphrase", classes="muted")
            yield Input(password=True, id="passphrase", max_length=1_024)
            yield Static("Enter go on   Esc leave", classes="muted")

    def on_mount(self) -> None:
        """Type at once what is not known yet."""
        self.query_one("#passphrase" if self.user else "#user").focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """From the name to the passphrase; from there on."""
        event.stop()
        if event.input.id == "user":
            self.set_focus(self.query_one("#passphrase"))
        elif event.value:
            self.dismiss(Account(self.query_one("#user", Input).value, event.value))
