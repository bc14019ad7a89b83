"""Single cells: spreadsheet guards, tidying, plain numbers, closed lists."""

from __future__ import annotations

import re

from labtrack.core.quantity import Comparator, DecimalMark, clean_text, parse_quantity

#: A longer cell is refused: nothing that labtrack records is that long, and a stray quote can swallow half a file.
LONGEST_CELL = 10_000
#: A longer medical record number is refused.
LONGEST_MRN = 64

#: What a spreadsheet may begin to calculate at, in full width too, and what it may pass over before that.
_STARTERS, _PASSED = "=+-@\uff1d\uff0b\uff0d\uff20", ' \t\r\n\x0b\x0c\u00a0\u2000-\u200b\u202f\u205f\u3000\ufeff"'
_BEGUN = rf"(?:[\t\r\n]|[{_PASSED}]*[{re.escape(_STARTERS)}])"
_GUARDED = re.compile(rf"'+{_BEGUN}")
_RISKY = re.compile(rf"'*{_BEGUN}")
#: A cell that begins otherwise needs no guard.
SUSPECT = re.compile(rf"['{_PASSED}{re.escape(_STARTERS)}]")
_PLAIN_NUMBER = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")


def guard(text: str) -> str:
    """``text`` made safe for a spreadsheet: one ``'`` before what it would run, unless that is a plain number.

    It would run what begins, after blanks and quotes, with ``=``, ``+``, ``-`` or ``@``, or with a tab or a line end.

    >>> guard("=1+1"), guard("-5"), guard("'=1"), guard("O'Hara")
    ("'=1+1", '-5', "''=1", "O'Hara")
    """
    if _RISKY.match(text) and not _PLAIN_NUMBER.fullmatch(text):
        return f"'{text}"
    return text


def unguard(text: str) -> str:
    """The inverse of :func:`guard`: one ``'`` off where it guards something, nothing otherwise.

    >>> unguard("'=1+1"), unguard("''=1"), unguard("'quoted'")
    ('=1+1', "'=1", "'quoted'")
    """
    return text[1:] if text[:1] == "'" and _GUARDED.match(text) else text


def tidy(text: str) -> str:
    """A cell's own text: guard off, outer white space and invisible characters off, otherwise as printed."""
    text = unguard(text).strip()
    return text if text.isascii() else text.strip("\u200b\u200c\u200d\u2060\ufeff\u00ad \t\r\n\u00a0")


def mrn_of(text: str) -> str:
    """A medical record number: compatibility-normalized, without invisible characters; letters keep their case."""
    return clean_text(unguard(text))


def mrn_refusal(mrn: str) -> str:
    """Why a medical record number cannot be taken; empty when it can."""
    if not mrn:
        return "mrn is empty"
    if len(mrn) > LONGEST_MRN:
        return f"mrn is longer than {LONGEST_MRN} characters"
    if not mrn.isprintable():
        return "mrn holds a line break or control character"
    return ""


def number_of(text: str, decimal: DecimalMark) -> float | None:
    """A plain number (no ``<`` or ``>``) under the file's decimal mark; None when it is none."""
    quantity = parse_quantity(text, decimal)
    if quantity is None or quantity.comparator is not Comparator.EXACT:
        return None
    return float(quantity.number)
