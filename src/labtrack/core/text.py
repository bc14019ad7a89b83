"""Text for a terminal: data made harmless, measured in columns and wrapped."""

from __future__ import annotations

import codecs
import re
import unicodedata

#: Invisible, but part of names as they are written (Persian, Indic scripts).
JOINERS = "\u200c\u200d"
#: Marks that stand over, under or through the letter before them, and joiners: more of them in a row than any script has bury other lines.
FLOOD = re.compile(
    "[\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u0610-\u061a\u064b-\u065f\u06d6-\u06dc\u0900-\u0903\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc"
    "\u0ec8-\u0ece\u0f18-\u0fbc\u1ab0-\u1aff\u1dc0-\u1dff\u200c\u200d\u20d0-\u20f0\u302a-\u302d\u3099\u309a\ufe00-\ufe0f\ufe20-\ufe2f\U000e0100-\U000e01ef]{9,}"
)
_MOST_MARKS = 8
#: What a terminal's own character set may lack, as the nearest plain text that means the same.
_PLAIN = {
    "≤": "<=", "≥": ">=", "−": "-", "–": "-", "—": "-", "×": "x", "·": ".", "…": "...", "’": "'", "‘": "'", "“": '"', "”": '"',
    "⁰": "^0", "¹": "^1", "²": "^2", "³": "^3", "⁶": "^6", "⁹": "^9", "µ": "u", "μ": "u", "→": "->", "\u00a0": " ",
}  # fmt: skip
PLAIN_ERRORS = "labtrack.plain"


def visible(text: str) -> str:
    """``text`` without a character that a terminal would obey or that would change the order of reading: those are spelled out, as are
    marks on one letter beyond the eighth.

    >>> visible("a\\x1b[31mb"), visible("two\\nlines")
    ('a\\\\x1b[31mb', 'two\\\\nlines')
    """
    if not text.isprintable():
        text = "".join(_shown(character) for character in text)
    return text if text.isascii() else FLOOD.sub(_dammed, text)


def _dammed(flood: re.Match[str]) -> str:
    return flood[0][:_MOST_MARKS] + _spelled(flood[0][_MOST_MARKS:])


def dammed(text: str) -> str:
    """``text`` without the marks on one letter beyond the eighth.

    >>> len(dammed("z" + "\\u0301" * 100))
    9
    """
    return FLOOD.sub(lambda flood: flood[0][:_MOST_MARKS], text)


def _spelled(text: str) -> str:
    return text.encode("unicode_escape").decode("ascii")


def _shown(character: str) -> str:
    if character.isprintable() or character in JOINERS:
        return character
    if unicodedata.category(character) == "Zs":
        return " "
    return _spelled(character)


def folded(text: str) -> str:
    """``text`` as it is searched: in lower case, without accents, blanks single.

    >>> folded(" Étienne  MOREAU")
    'etienne moreau'
    """
    if not text.isascii():
        text = "".join(each for each in unicodedata.normalize("NFKD", text) if unicodedata.category(each) != "Mn")
    return " ".join(text.casefold().split())


def width(text: str) -> int:
    """How many columns ``text`` takes in a terminal: wide East Asian characters two, combining marks none."""
    if text.isascii():
        return len(text)
    return sum(map(_character_width, text))


def _character_width(character: str) -> int:
    if character in JOINERS or unicodedata.category(character) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def pad(text: str, columns: int, *, right: bool = False) -> str:
    """``text`` filled with spaces to ``columns``; at the left where it is to stand at the right."""
    fill = " " * (columns - width(text))
    return fill + text if right else text + fill


def wrap(text: str, columns: int) -> list[str]:
    """Lines of at most ``columns``, broken at spaces, or inside a word that is longer than a line; at least one line.

    A line break in ``text`` is kept.

    >>> wrap("ANC 0.82 is below 1", 10)
    ['ANC 0.82', 'is below 1']
    """
    return [line for part in text.split("\n") for line in _wrap_part(part, columns)]


def _wrap_part(text: str, columns: int) -> list[str]:
    if width(text) <= columns:
        return [text]
    lines: list[str] = []
    line = ""
    for word in text.split(" "):
        candidate = f"{line} {word}" if line else word
        if width(candidate) <= columns:
            line = candidate
            continue
        if line:
            lines.append(line)
        *full, line = _broken(word, columns)
        lines += full
    if line or not lines:
        lines.append(line)
    return lines


def _broken(word: str, columns: int) -> list[str]:
    """A word in pieces that fit. A character wider than the column gets a line of its own."""
    pieces = [""]
    for character in word:
        if pieces[-1] and width(pieces[-1]) + _character_width(character) > columns:
            pieces.append("")
        pieces[-1] += character
    return pieces


def _plainly(error: UnicodeError) -> tuple[str, int]:
    """Error handler: characters that an encoding lacks in plain words, or spelled out."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lacking = error.object[error.start : error.end]
    spelled = (_PLAIN.get(each) or _spelled(each) for each in lacking)
    return "".join(spelled), error.end


codecs.register_error(PLAIN_ERRORS, _plainly)
