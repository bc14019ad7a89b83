"""The clinicians' app: which screens there are and how one leads to another. A table of contents, kept short."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from importlib import import_module
from typing import TYPE_CHECKING, Any, ClassVar

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
    "ask-text": ("dialogs.ask_text", "AskTextDialog"),
    "press-key": ("dialogs.press_key", "PressKeyDialog"),
    "pick": ("dialogs.pick", "PickDialog"),
    "pick-patient": ("dialogs.pick_patient", "PickPatientDialog"),
}


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
        key("app.settings", "f10", "open('settings')", "Settings", "Units shown, region, theme and keys.", show=False),
    ]

    def get_default_screen(self) -> Screen[Any]:
        """The worklist is home; where there is no clinic yet the welcome lies on top of it."""
        return WorklistScreen()

    def on_mount(self) -> None:
        """Welcome who has no clinic yet."""
        if self.is_new:
            self.go("welcome")

    def place(self, name: str, *arguments: Any, **options: Any) -> Screen[Any]:
        """A new screen or dialog of :data:`PLACES`."""
        module, kind = PLACES[name]
        made: Screen[Any] = getattr(import_module(f"labtrack.tui.{module}"), kind)(*arguments, **options)
        return made

    def go(self, name: str, *arguments: Any, **options: Any) -> Awaitable[Any]:
        """Open a screen or dialog on top; awaiting what this answers waits until it is shown."""
        return self.push_screen(self.place(name, *arguments, **options))

    async def answer(self, name: str, *arguments: Any, **options: Any) -> Any:
        """Open a screen or dialog and wait for what it answers (None if it was left). Only in a worker."""
        return await self.push_screen_wait(self.place(name, *arguments, **options))

    def action_open(self, name: str) -> None:
        """Open a screen that needs to be told nothing."""
        self.go(name)
