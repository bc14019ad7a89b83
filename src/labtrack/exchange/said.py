"""Texts of messages as they are kept or shown: whole characters, one line, nothing that acts on a terminal."""

from __future__ import annotations

import re

from labtrack.exchange.cells import LONGEST_CELL
from labtrack.exchange.encodings import CONTROL

#: Halves of characters, which JSON can spell and no file can hold.
_HALVES = re.compile("[\ud800-\udfff]")


def clean(text: str) -> str:
    """A text without halves of characters.

    >>> clean("4.60"), clean("a\\ud800b")
    ('4.60', 'a\\ufffdb')
    """
    return str(text) if text.isascii() else _HALVES.sub("\ufffd", text)


def one_line(text: str, longest: int = 200) -> str:
    """A text on one line, without control characters, cut to ``longest`` characters."""
    if not text.isprintable():
        text = " ".join(CONTROL.sub(" ", clean(text)).split())
    text = text.strip()
    return str(text) if len(text) <= longest else f"{text[: longest - 1]}…"


def unfit(text: str) -> str:
    """Why a text cannot be recorded as it is; empty where it can."""
    if len(text) > LONGEST_CELL:
        return f"a text of more than {LONGEST_CELL} characters"
    control = None if text.isprintable() else CONTROL.search(text)
    return "" if control is None else f"holds the control character U+{ord(control[0]):04X}"
