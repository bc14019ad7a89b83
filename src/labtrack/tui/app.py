"""The clinicians' app: which screens there are and how one leads to another. A table of contents, kept short."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from importlib import import_module
from typing import TYPE_CHECKING, Any, ClassVar

from textual.await_complete import AwaitComplete
from textual.screen import Screen

from labtrack.tui.base import BaseApp
from labtrack.tui.keys import key
from labtrack.tui.screens.worklist import WorklistScreen

if TYPE_CHECKING:
    from textual.command import Provider

#: Screens and dialogs by name: module, class. Loaded when first opened.
PLACES = {
    "patient": ("screens.patient", "PatientScreen"),
    "new-results": ("screens.new_results", "NewResultsScreen"),
    "patient-form": ("screens.patient_form", "PatientFormScreen"),
    "import": ("screens.import_files", "ImportScreen"),
    "rule": ("screens.rule", "RuleScreen"),
    "settings": ("screens.settings", "SettingsScreen"),
    "own-page": ("screens.own_page", "OwnPageScreen"),
    "welcome": ("screens.welcome", "WelcomeScreen"),
    "choose-file": ("dialogs.choose_file", "ChooseFileDialog"),
    "map-columns": ("dialogs.map_columns", "MapColumnsDialog"),
    "export": ("dialogs.export", "ExportDialog"),
    "acknowledge": ("dialogs.acknowledge", "AcknowledgeDialog"),
    "confirm": ("dialogs.confirm", "ConfirmDialog"),
    "first-account": ("dialogs.first_account", "FirstAccountDialog"),
    "sign": ("dialogs.sign", "SignDialog"),
    "ask-text": ("dialogs.ask_text", "AskTextDialog"),
    "press-key": ("dialogs.press_key", "PressKeyDialog"),
    "pick": ("dialogs.pick", "PickDialog"),
    "pick-patient": ("dialogs.pick_patient", "PickPatientDialog"),
}
#: What is said of a clinic without accounts when it is begun.
WITHOUT = "This clinic has no accounts: whoever may open its file may do everything. F9 makes the first account."
#: Those that are there to change records: a viewer is told so instead.
CHANGING = frozenset({"new-results", "patient-form", "import", "map-columns", "acknowledge"})


def _provider(name: str) -> Callable[[], type[Provider]]:
    """A provider of the command palette, loaded when the palette is first opened."""

    def load() -> type[Provider]:
        found: type[Provider] = getattr(import_module("labtrack.tui.palette"), name)
        return found

    return load


class LabtrackApp(BaseApp):
    """Worklist, patients, entry, import: everything a clinician does."""

    #: The first screen's own rules stand here: Textual reads those of a default screen from nowhere else.
    CSS_PATH = ["styles/app.tcss", "styles/worklist.tcss"]
    ENABLE_COMMAND_PALETTE = True
    COMMAND_PALETTE_BINDING = "ctrl+p"
    COMMANDS = {_provider("ActionProvider"), _provider("PatientProvider"), _provider("RuleProvider")}
    BINDINGS: ClassVar[list[Any]] = [
        key("app.accounts", "f9", "accounts", "Accounts", "Make the first account: from then on the clinic asks who one is.", show=False),
        key("app.settings", "f10", "open('settings')", "Settings", "Units shown, region, theme and keys.", show=False),
    ]

    #: Whether a clinic was begun here: then its first account is offered.
    is_begun = False

    def get_default_screen(self) -> Screen[Any]:
        """The worklist is home; where there is no clinic yet the welcome lies on top of it."""
        return WorklistScreen()

    def on_mount(self) -> None:
        """Welcome who has no clinic yet."""
        if self.is_new:
            self.go("welcome")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """The first account is offered when a clinic was begun here."""
        return super().check_action(action, parameters) and (action != "accounts" or (self.is_begun and self.lock.user is None))

    def action_accounts(self) -> None:
        """Make the first account."""
        self.run_worker(self._accounts(), exclusive=True, group="accounts", exit_on_error=False)

    async def _accounts(self) -> None:
        account = await self.answer("first-account")
        if account is None:
            self.notify(WITHOUT, timeout=12)
            return
        self.opening = replace(self.opening, account=account, user=account.name)
        self.desk.reopen(self.opening.open)
        user = await self.desk.ask(lambda clinic: clinic.account)
        if user is not None:
            self.lock.begin(user)
            self.notify(f"This clinic has accounts now, and you are {user.name}. Ctrl+L locks. More: labtrack user add NAME", timeout=12)

    def place(self, name: str, *arguments: Any, **options: Any) -> Screen[Any]:
        """A new screen or dialog of :data:`PLACES`."""
        module, kind = PLACES[name]
        made: Screen[Any] = getattr(import_module(f"labtrack.tui.{module}"), kind)(*arguments, **options)
        return made

    def go(self, name: str, *arguments: Any, **options: Any) -> Awaitable[Any]:
        """Open a screen or dialog on top; awaiting what this answers waits until it is shown."""
        if self.refuses(name):
            return AwaitComplete()
        shown: Awaitable[Any] = self.push_screen(self.place(name, *arguments, **options))
        return shown

    async def answer(self, name: str, *arguments: Any, **options: Any) -> Any:
        """Open a screen or dialog and wait for what it answers (None if it was left). Only in a worker."""
        if self.refuses(name):
            return None
        return await self.push_screen_wait(self.place(name, *arguments, **options))

    def refuses(self, name: str) -> bool:
        """Tell who may change nothing that a place is there to change something. The clinic itself would refuse it as well."""
        from labtrack.clinic.access import Role, refused

        user = self.lock.user
        if user is None or user.role is Role.CLINICIAN or name not in CHANGING:
            return False
        self.tell(refused(user.role))
        return True

    def action_open(self, name: str) -> None:
        """Open a screen that needs to be told nothing."""
        self.go(name)
