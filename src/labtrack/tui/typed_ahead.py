"""Keys that come before what they are meant for is there.

A value must not lose its digits, land beside its analyte or under another patient because a form or a list is slow.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from textual.events import Key
    from textual.screen import Screen

    from labtrack.tui.base import BaseApp

#: They act at once: who wants to leave, to be helped or to cover the screen does not wait for a form.
AT_ONCE = frozenset({"escape", "f1", "ctrl+q", "ctrl+l"})


class TypedAhead:
    """The keys of one screen that is still opening or looking for something, in the order of their coming.

    The app asks before it gives a key to anything. A key that has been given to a widget can be overtaken by one that acts on the app, so
    that waiting anywhere later would change their order.
    """

    def __init__(self, *, is_waiting: bool = True) -> None:
        self.is_waiting = is_waiting
        self._keys: deque[Key] = deque()
        self._given: Key | None = None

    def __len__(self) -> int:
        """How many wait."""
        return len(self._keys)

    def begin(self) -> None:
        """From now on keys wait."""
        self.is_waiting = True

    def keeps(self, event: Key) -> bool:
        """Whether a key waits now, instead of acting."""
        if not self.is_waiting or event is self._given or event.key in AT_ONCE:
            return False
        self._keys.append(event)
        return True

    def forget(self) -> None:
        """What was typed was meant for something that is not there."""
        self._keys.clear()

    async def give(self, app: BaseApp, screen: Screen[Any]) -> None:
        """Let each key act as if it were pressed now, those that come meanwhile last.

        They follow each other to the screens that they open; none reaches a screen that came on top by itself.
        """
        app.giving, on_top = self, screen
        try:
            while self._keys and app.screen is on_top:
                self._given = self._keys.popleft()
                await app.on_event(self._given)
                on_top = app.screen
        finally:
            app.giving = None
        self.end()

    def end(self) -> None:
        """From now on keys act when they come."""
        self.forget()
        self.is_waiting = False
