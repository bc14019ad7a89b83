"""The last gate before the terminal: what an input line, or any widget that took a text past :mod:`labtrack.tui.show`, holds of data."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.segment import Segment
from textual.filter import LineFilter

from labtrack.core.text import JOINERS, dammed

if TYPE_CHECKING:
    from textual.color import Color


class Harmless(LineFilter):
    """Takes out of every line what a terminal would obey; each character leaves its own width, so that nothing beside it moves."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The segments of a line, the same ones where nothing is to be taken out."""
        del background
        texts = [harmless(segment.text) for segment in segments]
        return [
            segment if text == segment.text else Segment(text, segment.style, segment.control)
            for segment, text in zip(segments, texts, strict=True)
        ]


@lru_cache(4_096)
def harmless(text: str) -> str:
    """``text`` with blanks in place of what a terminal would obey or what would turn the line; as wide as it was.

    >>> harmless("a\\x1b[2J\\u202eb")
    'a[2Jb'
    """
    if not text.isprintable():
        text = "".join(each if each.isprintable() or each in JOINERS else " " * cell_len(each) for each in text)
    return text if text.isascii() else dammed(text)
