"""The first account of a clinic: a clinician's. From then on the clinic asks who one is."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Input, Label, Static

from labtrack.clinic.accounts import Account
from labtrack.core.errors import LabtrackError
from labtrack.tui.page import Dialog
from labtrack.tui.show import shown


class FirstAccountDialog(Dialog[Account]):
    """Answers the account that was made; None if the clinic stays without."""

    HELP = """## Accounts

Without accounts whoever may open the clinic's file may read and change everything. With accounts everybody signs in; *clinicians* do
everything, *viewers* read, a *patient* reads one record. What each of them saw and changed stands in the audit.

There is no way to find out a passphrase, and no way in without one: let a second clinician have an account too. More are made with
`labtrack user add`.
"""

    def compose(self) -> ComposeResult:
        """Name, passphrase twice."""
        with Vertical(classes="dialog"):
            yield Static("The first account: a clinician's", classes="title")
            yield Label("Name", classes="muted")
            yield Input(self.base.actor, id="user", max_length=40)
            yield Label("Passphrase: several words, at least 10 characters", classes="muted")
            yield Input(password=True, id="passphrase", max_length=1_024)
            yield Label("Once more", classes="muted")
            yield Input(password=True, id="again", max_length=1_024)
            yield Static("", id="said", classes="problem")
            yield Static("Enter make it   Esc stay without accounts", classes="muted")

    def on_mount(self) -> None:
        """Begin with the name."""
        self.query_one("#user").focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """On to the next field; from the last, make it."""
        event.stop()
        if event.input.id == "user":
            self.set_focus(self.query_one("#passphrase"))
        elif event.input.id == "passphrase":
            self.set_focus(self.query_one("#again"))
        else:
            self.run_worker(self._make(), exclusive=True, group="make", exit_on_error=False)

    async def _make(self) -> None:
        user, passphrase, again = (self.query_one(f"#{id}", Input).value for id in ("user", "passphrase", "again"))
        if passphrase != again:
            self._say("The two passphrases are not the same.")
            return
        try:
            made = await self.change(lambda clinic: clinic.add_user(user, "clinician", passphrase))
        except LabtrackError as error:
            self._say(str(error))
            return
        self.dismiss(Account(made.name, passphrase))

    def _say(self, text: str) -> None:
        self.query_one("#said", Static).update(shown(text))
        for id in ("again", "passphrase"):
            self.query_one(f"#{id}", Input).value = ""
        self.query_one("#passphrase").focus()
