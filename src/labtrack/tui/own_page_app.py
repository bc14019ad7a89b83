"""The app of one patient's own page: that page and nothing else, on a clinic opened for reading only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual.screen import Screen

from labtrack.core.errors import PassphraseNeeded
from labtrack.tui.base import BaseApp
from labtrack.tui.screens.own_page import OwnPageScreen

if TYPE_CHECKING:
    from labtrack.core.errors import LabtrackError
    from labtrack.tui.opening import Opening


class OwnPageApp(BaseApp):
    """No worklist, no command palette, no screen of anybody else. ``opening.mrn`` says whose page it is."""

    ENABLE_COMMAND_PALETTE = False
    # The styles of the first screen are not loaded by showing it.
    CSS_PATH = ["styles/app.tcss", "styles/own_page.tcss"]

    def __init__(self, opening: Opening) -> None:
        super().__init__(opening)
        #: Nobody records anything here, so nobody is named.
        self.actor = ""

    def get_default_screen(self) -> Screen[Any]:
        """The page."""
        return OwnPageScreen(self.opening.mrn)

    def in_trouble(self, error: LabtrackError) -> None:
        """A fault of the file is told on the page: the screen for it leads to other clinics."""
        page = self.screen_stack[0]
        if isinstance(error, PassphraseNeeded):
            self.ask_passphrase(error)
        elif isinstance(page, OwnPageScreen):
            page.show_trouble(error)
