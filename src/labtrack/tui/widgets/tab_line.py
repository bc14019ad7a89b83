"""The tabs of a screen on one line, by number."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content
from textual.events import Click
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from labtrack.tui.show import joined


class TabLine(Widget):
    """``1 Overview  2 Results  …``: the one that is shown stands out, also without color."""

    DEFAULT_CSS = "TabLine { height: 1; background: $panel; padding: 0 1; }"
    shown_tab: reactive[int] = reactive(0)

    class Picked(Message):
        """A tab was clicked."""

        def __init__(self, place: int) -> None:
            super().__init__()
            self.place = place

    def __init__(self, names: Sequence[str], id: str | None = None) -> None:
        super().__init__(id=id)
        self.names = tuple(names)

    def _words(self) -> list[str]:
        """As many letters of each name as fit."""
        room = max(1, self.size.width)
        for letters in (99, 9, 6, 4, 2, 0):
            words = [f" {place} {name[:letters]} ".replace("  ", " ") for place, name in enumerate(self.names, 1)]
            if sum(map(len, words)) <= room:
                break
        return words

    def render(self) -> Content:
        """The line."""
        return joined(*((word, "bold reverse" if place == self.shown_tab else "") for place, word in enumerate(self._words())))

    def on_click(self, event: Click) -> None:
        """Show the tab that was clicked."""
        left = 1
        for place, word in enumerate(self._words()):
            if left <= event.x < left + len(word):
                self.post_message(self.Picked(place))
            left += len(word)
