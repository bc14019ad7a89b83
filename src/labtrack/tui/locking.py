"""Who is at the screens: the sign-in that covers everything, the lock on a key or after a while, and who comes next.

The cover is a mode of its own: the screens below stay as they are, drafts and all, and nothing of them is drawn. What happens to them
meanwhile (something saved a moment ago wants to close its form) waits until they are seen again.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from time import monotonic
from typing import TYPE_CHECKING, Any

from textual.app import InvalidModeError

from labtrack.core.errors import LabtrackError

if TYPE_CHECKING:
    from textual.app import App

    from labtrack.clinic import Clinic
    from labtrack.clinic.accounts import Account, User
    from labtrack.tui.base import BaseApp

MODE = "covered"
#: Seconds between looks at how long nothing was pressed.
EVERY = 5.0
#: What can still be done while everything is covered.
STILL = frozenset({"quit", "help_quit", "focus_next", "focus_previous", "bell"})
#: Messages that are kept for later; more of them are not.
_MOST = 5


class Lock:
    """The cover of one app."""

    def __init__(self, app: BaseApp) -> None:
        self._app = app
        #: Who is at the screens; None where the clinic has no accounts, and before anybody signed in.
        self.user: User | None = None
        self.is_on = False
        self._home = ""
        self._later: list[Callable[[], object]] = []
        self._active_at = monotonic()
        self._is_watching = False
        self._untold = 0

    @property
    def home(self) -> str:
        """The mode of the screens below."""
        return self._home or self._app.current_mode

    # Covering

    def cover(self, *, is_lock: bool = True) -> None:
        """Cover everything at once and ask who is there. ``is_lock``: somebody was; whoever it was comes back to the same screens."""
        if self.is_on:
            return
        from labtrack.tui.screens.sign_in import SignInScreen

        app = self._app
        self.is_on, self._home = True, app.current_mode
        app.clear_notifications()
        with suppress(InvalidModeError):  # known since the last time: the mode that an app begins in is not
            app.add_mode(self._home, app.get_default_screen)
        named = self.user.name if is_lock and self.user is not None else app.opening.user
        app.add_mode(MODE, lambda: SignInScreen(named, is_lock=is_lock))
        app.switch_mode(MODE)

    def uncover(self) -> None:
        """Show the screens below again, and do what waited for it."""
        app = self._app
        app.switch_mode(self._home)
        app.remove_mode(MODE)
        self.is_on = False
        self.touch()
        waiting, self._later = self._later, []
        for deed in waiting:
            app.call_later(deed)

    def later(self, deed: Callable[[], object]) -> None:
        """Do something to the screens below once they are seen again."""
        self._later.append(deed)

    def later_told(self, tell: Callable[[], object]) -> None:
        """Tell something once the screens are seen again; of many messages the first."""
        if len(self._later) < _MOST:
            self._later.append(tell)

    # Signing in

    def check(self, account: Account) -> Clinic:
        """The clinic, opened by somebody; on any thread. Raises as opening it does."""
        return replace(self._app.opening, account=account).open()

    def let_in(self, account: Account, clinic: Clinic, *, is_lock: bool) -> None:
        """Somebody showed who they are: back to the screens below if these are theirs, else an app of their own."""
        from labtrack.clinic.access import Role

        app, user = self._app, clinic.account
        if user is None:  # the clinic has no accounts any more: another file was put in its place
            app.desk.give(clinic)
            self.uncover()
            return
        own_mrn = user.mrn if user.role is Role.PATIENT else ""
        is_theirs = user == self.user if is_lock else own_mrn == app.opening.mrn or (bool(app.opening.mrn) and not own_mrn)
        opening = replace(app.opening, account=account, user=user.name)
        if not is_theirs:
            clinic.close()
            app.leave_to(replace(opening, mrn=own_mrn))
            return
        app.opening = opening
        app.desk.give(clinic)
        self.begin(user)
        if not is_lock:
            app.desk.changes += 1  # nothing could be read before
        self.uncover()

    async def greet(self) -> None:
        """Begin with who has signed in before the screens were opened; who could not is asked by the first screen."""
        with suppress(LabtrackError):
            user = await self._app.desk.ask(lambda clinic: clinic.account)
            if user is not None and not self.is_on:
                self.begin(user)

    def begin(self, user: User) -> None:
        """From now on somebody is at the screens, and they are covered when nothing was pressed for long."""
        self.user = user
        self._app.actor = user.name if not self._app.opening.mrn else ""
        self.touch()
        if not self._is_watching:
            self._is_watching = True
            self._app.set_interval(EVERY, self.look)

    # While somebody is there

    def touch(self) -> None:
        """Something was pressed."""
        self._active_at = monotonic()

    def look(self) -> None:
        """Cover everything if nothing was pressed for as long as the settings say; tell of looks that the audit could not be told."""
        minutes = self._app.opening.settings.lock_after_minutes
        if self.user is not None and not self.is_on and 0 < minutes * 60 <= monotonic() - self._active_at:
            self.cover()
        elif self.user is not None and not self.is_on:
            self._app.run_worker(self._tell_untold(), group="untold", exclusive=True, exit_on_error=False)

    async def _tell_untold(self) -> None:
        from labtrack.clinic.gate import unrecorded_text

        try:
            untold = await self._app.desk.ask(lambda clinic: clinic.unrecorded)
        except (LabtrackError, RuntimeError):
            return
        if untold > self._untold:
            self._untold = untold
            self._app.notify(unrecorded_text(untold), severity="warning", timeout=12)


def allows(lock: Lock, action: str) -> bool:
    """Whether an action of the app itself can be done now."""
    if lock.is_on:
        return action in STILL
    return action != "lock" or lock.user is not None


def mode_for(app: App[Any], lock: Lock, mode: str | None) -> str | None:
    """The mode that a screen is to be opened in: below the cover, but for what belongs to the cover itself."""
    return lock.home if lock.is_on and mode is None and app.current_mode == MODE else mode
