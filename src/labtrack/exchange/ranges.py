"""Reference ranges that a laboratory prints as one text: taken apart into the two limits, never interpreted."""

from __future__ import annotations

import re
import unicodedata

from labtrack.core.quantity import clean_text

_NUMBER = r"[+-]?[0-9]+(?:[.,][0-9]+)*"
_BOUND = re.compile(rf"(?P<comparator><=|=<|>=|=>|[<>≤≥])\s*(?P<number>{_NUMBER})")
_BOTH = re.compile(rf"(?P<low>{_NUMBER})\s*(?:-|–|—|\.\.\.?|~|to|bis|à)\s*(?P<high>{_NUMBER})", re.IGNORECASE)
_OR_EQUAL = re.compile(r"([<>])\s*or\s*=", re.IGNORECASE)
_ONE_NUMBER = re.compile(_NUMBER)
#: How characters decompose that look like digits and are footnote marks, powers or fractions.
_RAISED = ("<super>", "<sub>", "<circle>", "<fraction>")
_LOWER = re.compile(r"[>≥]|=>")
#: What laboratories print where there is no range.
_NOTHING = frozenset({"", "-", "--", "–", "—", '""', "n/a", "na", "none"})


def parse_range(text: str) -> tuple[str, str]:
    """A printed range as (lower limit, upper limit), each as it would stand in a column of its own.

    A bound keeps its sign, so that ``<40`` is an upper limit. A text that is no range stands on both sides: a limit was printed
    that cannot be read, which no rule may take for "no limit". A range the wrong way round stays so, for the same reason.

    >>> parse_range("3.5 - 5.0"), parse_range("<40"), parse_range(">= 60"), parse_range(""), parse_range("see note")
    (('3.5', '5.0'), ('', '<40'), ('>=60', ''), ('', ''), ('see note', 'see note'))
    """
    cleaned = _OR_EQUAL.sub(r"\1=", clean_text(text))
    if cleaned.casefold() in _NOTHING:
        return "", ""
    if not text.isascii() and any(unicodedata.decomposition(mark).startswith(_RAISED) for mark in text):
        return f"({cleaned})", f"({cleaned})"  # a footnote's mark would become a digit of the limit
    if _ONE_NUMBER.fullmatch(cleaned):
        return f"({cleaned})", f"({cleaned})"  # one number is no range, and must not be read as two limits
    both = _BOTH.fullmatch(_unbracketed(cleaned))
    if both is not None:
        return both["low"], both["high"]
    bound = _BOUND.fullmatch(_unbracketed(cleaned))
    if bound is None:
        return cleaned, cleaned
    limit = f"{bound['comparator']}{bound['number']}"
    return (limit, "") if _LOWER.match(limit) else ("", limit)


def _unbracketed(text: str) -> str:
    """Without the brackets around the whole: ``(3.5-5.0)``."""
    return text[1:-1].strip() if text[:1] + text[-1:] in ("()", "[]") else text
