"""What both apps have: the desk, the themes, help, and how an error is told."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from textual.app import App
from textual.events import Event, InputEvent, Key, Paste
from textual.worker import WorkerFailed

from labtrack.core.errors import LabtrackError, PassphraseNeeded
from labtrack.tui.backing_up import DailyBackups
from labtrack.tui.desk import Desk
from labtrack.tui.harmless import Harmless
from labtrack.tui.key_order import acted_at_once
from labtrack.tui.keys import key
from labtrack.tui.locking import Lock, allows, mode_for
from labtrack.tui.show import shown
from labtrack.tui.themes import NAMES, THEMES
from labtrack.tui.workers import Workers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.filter import LineFilter
    from textual.notifications import SeverityLevel

    from labtrack.tui.opening import Opening
    from labtrack.tui.typed_ahead import TypedAhead

_HARMLESS = Harmless()


class BaseApp(App[int]):
    """An app on one clinic."""

    TITLE = "labtrack"
    CSS_PATH = [Path(__file__).with_name("styles") / "app.tcss"]
    ENABLE_COMMAND_PALETTE = False
    #: A name, so that the screens can be covered by another mode and come back.
    DEFAULT_MODE = "main"
    BINDINGS: ClassVar[list[Any]] = [
        key("app.quit", "ctrl+q", "quit", "Quit", "Leave labtrack. A draft of unsaved results is kept.", priority=True, show=False),
        key(
            "app.lock",
            "ctrl+l",
            "lock",
            "Lock",
            "Cover all until you sign in; what you typed stays.",
            priority=True,
            show=False,
        ),
    ]

    def __init__(self, opening: Opening) -> None:
        super().__init__()
        self._workers = Workers(self)
        self.opening = opening
        #: Who the audit names; known once the clinic is open.
        self.actor = opening.actor
        self.desk = Desk(opening.open)
        self.lock = Lock(self)
        self.backups = DailyBackups(self)
        #: The keys that wait and act just now: those that come meanwhile act after them.
        self.giving: TypedAhead | None = None
        #: What to open when these screens end: somebody else signed in.
        self.next: Opening | None = None
        #: Whether there was no clinic when the app began and none was made since: then there is nothing to read, and no trouble.
        self.is_new = opening.is_missing and not opening.mrn
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = "labtrack-mono" if self.no_color else NAMES.get(opening.settings.theme, "labtrack-dark")
        self.set_keymap(dict(opening.settings.keys))

    def on_unmount(self) -> None:
        """Let go of the clinic."""
        self.desk.close()

    # Who is there

    def on_mount(self) -> None:
        """Somebody may have signed in already: on the command line, or on the screens before these."""
        if self.opening.account is not None:
            self.run_worker(self.lock.greet(), group="greet", exit_on_error=False)

    def ask_who(self) -> None:
        """The clinic has accounts, and does not know who asks."""
        self.lock.cover(is_lock=False)

    def action_lock(self) -> None:
        """Cover everything."""
        self.lock.cover()

    def leave_to(self, opening: Opening) -> None:
        """End these screens; the next ones are somebody else's."""
        self.next = opening
        self.exit(0)

    def get_line_filters(self) -> Sequence[LineFilter]:
        """As Textual's, and the last gate before the terminal."""
        return [*super().get_line_filters(), _HARMLESS]

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """While everything is covered hardly anything can be done; there is a lock where somebody signed in."""
        return allows(self.lock, action) and super().check_action(action, parameters)

    async def on_event(self, event: Event) -> None:
        """Whatever is pressed shows that somebody is there. Keys act one by one; a screen that is still opening keeps them for later."""
        if isinstance(event, InputEvent | Paste):
            self.lock.touch()
        if isinstance(event, Key) and not event.is_forwarded:
            waiting: tuple[TypedAhead | None, ...] = (self.giving, getattr(self.screen, "ahead", None))
            if any(each is not None and each.keeps(event) for each in waiting) or await acted_at_once(self, event):
                return
        await super().on_event(event)

    def push_screen(self, screen: Any, callback: Any = None, wait_for_dismiss: Any = False, *, mode: str | None = None) -> Any:
        """As Textual's; while everything is covered what opens by itself opens below the cover."""
        return super().push_screen(screen, callback, wait_for_dismiss, mode=mode_for(self, self.lock, mode))

    def notify(
        self,
        message: str,
        *,
        title: str = "",
        severity: SeverityLevel = "information",
        timeout: float | None = None,
        markup: bool = False,
    ) -> None:
        """As Textual's, but what is said is plain text."""
        del markup
        if self.lock.is_on:
            self.lock.later_told(lambda: self.notify(message, title=title, severity=severity, timeout=timeout))
            return
        super().notify(shown(message).plain, title=title, severity=severity, timeout=timeout, markup=False)

    def tell(self, error: LabtrackError) -> None:
        """Say what could not be done and what to do next."""
        self.notify(str(error), severity="error", timeout=12)

    def in_trouble(self, error: LabtrackError) -> None:
        """The clinic's file cannot be used: a screen says why and what to do, or asks for the passphrase."""
        from labtrack.tui.screens.trouble import TroubleScreen

        if self.lock.is_on:
            self.lock.later(lambda: self.in_trouble(error))
        elif isinstance(error, PassphraseNeeded):
            self.ask_passphrase(error)
        elif not (self.is_new or isinstance(self.screen, TroubleScreen)):
            self.push_screen(TroubleScreen(error))

    def ask_passphrase(self, error: PassphraseNeeded) -> None:
        """The clinic is encrypted: a screen asks for its passphrase."""
        from labtrack.tui.screens.unlock import UnlockScreen

        if not isinstance(self.screen, UnlockScreen):
            self.push_screen(UnlockScreen(error))

    @property
    def failure(self) -> Exception | None:
        """What ended the app unexpectedly."""
        return self._exception

    def _handle_exception(self, error: Exception) -> None:
        """What went wrong in the background is told and logged, and the screens go on; anything else ends them."""
        if not isinstance(error, WorkerFailed) or self.is_headless:
            super()._handle_exception(error)
        elif isinstance(error.error, LabtrackError):
            self.tell(error.error)
        else:
            logging.getLogger("labtrack").error("unexpected error in the background", exc_info=error.error)
            what = f"Something unexpected went wrong ({type(error.error).__name__}); nothing was recorded by it. The log holds the rest."
            self.notify(what, severity="error", timeout=12)

    def _fatal_error(self) -> None:
        """End the screens without a traceback on them: the caller tells :attr:`failure` and logs it."""
        self._close_messages_no_wait()

    def show_help(self) -> None:
        """Help on the focused thing and every key that works here."""
        from labtrack.tui.dialogs.help import HelpDialog

        if not isinstance(self.screen, HelpDialog):
            self.push_screen(HelpDialog.on(self.screen), mode=self.current_mode)
