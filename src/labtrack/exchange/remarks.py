"""What an import says about a row: refused, or accepted with a warning. Both are values, never exceptions."""

from __future__ import annotations

from dataclasses import dataclass

from labtrack.core.text import visible

#: A remark shows at most this many characters of the cell it is about.
SHOWN = 200


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row that is not taken, and why, in words a person can act on. ``line`` counts from 1, the header's own line included."""

    file: str
    line: int
    column: str
    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class Notice:
    """A row that is taken with a warning. Shaped as :class:`Refusal`."""

    file: str
    line: int
    column: str
    text: str
    reason: str


def shown(text: str) -> str:
    """A cell fit to be shown: nothing in it acts on a terminal or turns the line around; cut to :data:`SHOWN` characters.

    >>> shown("a\x00b")
    'a␀b'
    """
    if not text.isprintable():
        text = "".join(map(_visible, text))
    text = visible(text)
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…"


def _visible(character: str) -> str:
    if character < " ":
        return chr(0x2400 + ord(character))
    if character == "\x7f":
        return "␡"
    if character.isprintable():
        return character
    return " " if character.isspace() and character != "\x85" else "\ufffd"
