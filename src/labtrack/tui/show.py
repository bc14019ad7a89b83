"""The one gate for data on its way to the screen: it arrives as plain text, never as markup, never as something a terminal obeys."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING

from textual.content import Content

from labtrack.core.text import visible

if TYPE_CHECKING:
    from rich.text import Text

#: What a severity, a state or a verdict looks like: sign, style. The sign says the same without color.
SIGNS = {
    "urgent": ("‼", "bold $text-error"),
    "action": ("▲", "bold $text-warning"),
    "watch": ("△", "$text-warning"),
    "cannot evaluate": ("?", "$text-accent"),
    "cannot-evaluate": ("?", "$text-accent"),
    "not-assessed": ("∅", "bold $text-error"),
    "overdue": ("!", "bold $text-error"),
    "due": ("·", "$text-warning"),
    "not met": ("✓", "$text-success"),
    "acknowledged": ("a", "$text-muted"),
    "no-schedule": ("–", "$text-muted"),
    "clear": (" ", ""),
}


def shown(text: object, style: str = "") -> Content:
    """Data as content of a widget, an option, a border title or a notification.

    >>> shown("[bold]x[/] \\x1b[31m").plain
    '[bold]x[/] \\\\x1b[31m'
    """
    return Content.styled(visible(str(text)), style) if style else Content(visible(str(text)))


def joined(*parts: Content | tuple[object, str] | str, between: str = "") -> Content:
    """Several pieces of data one after the other; a pair is (text, style)."""
    return Content(between).join(_piece(part) for part in parts)


def lines(parts: Iterable[Content | str]) -> Content:
    """Pieces of data below each other."""
    return Content("\n").join(_piece(part) for part in parts)


def _piece(part: Content | tuple[object, str] | str) -> Content:
    if isinstance(part, Content):
        return part
    return shown(part[0], part[1]) if isinstance(part, tuple) else shown(part)


@lru_cache(64)
def sign(kind: str) -> Content:
    """The sign of a severity, state or verdict, in its color."""
    mark, style = SIGNS.get(kind, (" ", ""))
    return Content.styled(mark, style) if style else Content(mark)


def cell(text: object, style: str = "", *, right: bool = False) -> Text:
    """Data as a cell of a ``DataTable``, which takes text of Rich's own kind."""
    from rich.text import Text

    return Text(visible(str(text)), style=style, justify="right" if right else "left", no_wrap=True)
