"""Taking another clinic to the desk, or the same one opened in another way; and going back to the first screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from labtrack.tui.base import BaseApp
    from labtrack.tui.opening import Opening


def take(base: BaseApp, opening: Opening) -> None:
    """Open this with the next question; every screen reads again when it is next shown."""
    base.is_new = False
    base.opening = opening
    base.actor = opening.actor
    base.desk.reopen(opening.open)


def go_home(base: BaseApp) -> None:
    """Put away every screen but the first."""
    while len(base.screen_stack) > 1:
        base.pop_screen()


def start_anew(base: BaseApp) -> None:
    """Back to the first screen once the caller, which may be a worker of a screen that is put away, has ended."""
    base.call_later(go_home, base)
