"""A laboratory value as printed, and the interval of true values that it stands for.

``<5`` is everything below 5 without 5; ``<=5`` includes it; ``>90`` is everything above 90 without 90; a plain number is
the interval from itself to itself (clinical reference, section 4, *Bound*).
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Literal, TypeAlias

DecimalMark: TypeAlias = Literal[".", ","]

#: Numbers of percent closer than this are equal on paper.
_ROUND = 1e-9
#: More digits than any laboratory prints; a longer text is refused before it is converted.
LONGEST_NUMBER = 40


class Comparator(StrEnum):
    """What stands before the number."""

    EXACT = ""
    LESS = "<"
    AT_MOST = "<="
    AT_LEAST = ">="
    GREATER = ">"


_COMPARATOR_SPELLINGS = {
    "": Comparator.EXACT,
    "=": Comparator.EXACT,
    "<": Comparator.LESS,
    "<=": Comparator.AT_MOST,
    "=<": Comparator.AT_MOST,
    "≤": Comparator.AT_MOST,
    ">": Comparator.GREATER,
    ">=": Comparator.AT_LEAST,
    "=>": Comparator.AT_LEAST,
    "≥": Comparator.AT_LEAST,
}
_VALUE = re.compile(r"(?P<comparator><=|=<|>=|=>|[<>=≤≥]?)\s*(?P<number>[+-]?[0-9]+(?:[.,][0-9]+)*(?:[eE][+-]?[0-9]{1,3})?)")
#: Characters of these kinds become plain digits under NFKC though they are footnote marks, powers or fractions: ``4.5¹``.
_RAISED = ("<super>", "<sub>", "<circle>", "<fraction>")
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))


@dataclass(frozen=True, slots=True)
class Interval:
    """``low <= true value <= high``; an open end excludes its number. Units are the caller's."""

    low: float
    high: float
    low_open: bool = False
    high_open: bool = False

    @property
    def is_exact(self) -> bool:
        """Whether it is a single number."""
        return self.low == self.high

    def scaled(self, factor: float) -> Interval:
        """The same interval in another unit; ``factor`` is positive."""
        return Interval(self.low * factor, self.high * factor, self.low_open, self.high_open)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its comparator, exactly as printed; the unit is kept beside it by whoever needs it."""

    text: str
    comparator: Comparator
    number: Decimal

    @property
    def interval(self) -> Interval:
        """The true values that the text allows, in the printed unit. No quantity here is negative, so ``<5`` starts at 0."""
        number = float(self.number)
        match self.comparator:
            case Comparator.LESS:
                return Interval(min(0.0, number), number, high_open=True)
            case Comparator.AT_MOST:
                return Interval(min(0.0, number), number)
            case Comparator.GREATER:
                return Interval(number, math.inf, low_open=True)
            case Comparator.AT_LEAST:
                return Interval(number, math.inf)
            case _:
                return Interval(number, number)


def clean_text(text: str) -> str:
    """Compatibility-normalized (NFKC) text without invisible characters or outer white space."""
    if text.isascii():
        return text.strip()
    return unicodedata.normalize("NFKC", text).translate(_INVISIBLE).strip()


def parse_quantity(text: str, decimal: DecimalMark = ".") -> Quantity | None:
    """Read a value as printed; ``None`` when it is not a number or a bound (``hemolyzed``, ``1.2.3``, ``1,234.5``).

    ``decimal`` is the file's decimal mark. A number that holds the other mark is not read: ``1,234`` under ``.`` could be
    1.234 or 1234, and labtrack does not guess.
    """
    cleaned = clean_text(text)
    if not cleaned or len(cleaned) > LONGEST_NUMBER:
        return None
    match = _VALUE.fullmatch(cleaned)
    if match is None or (not text.isascii() and any(unicodedata.decomposition(mark).startswith(_RAISED) for mark in text)):
        return None
    number_text = match["number"]
    other = "," if decimal == "." else "."
    if other in number_text or number_text.count(decimal) > 1:
        return None
    try:
        number = Decimal(number_text.replace(",", "."))
    except InvalidOperation:  # pragma: no cover - the pattern admits nothing that Decimal refuses
        return None
    if not math.isfinite(float(number)):
        return None
    return Quantity(text, _COMPARATOR_SPELLINGS[match["comparator"]], number)


def format_number(value: float) -> str:
    """Shortest text of a canonical value: twelve significant digits, so that no rounding hides a threshold.

    >>> format_number(0.1 + 0.2), format_number(27.0), format_number(1234567.0)
    ('0.3', '27', '1234567')
    """
    if math.isinf(value):
        return "inf" if value > 0 else "-inf"
    text = f"{value:.12g}"
    if "e" in text:
        text = f"{Decimal(text):f}"
    return text


def format_rounded(value: float, limit: float | None = None) -> str:
    """A number for a sentence: four significant digits, more where fewer would hide on which side of ``limit`` it lies.

    >>> format_rounded(18.8520688508, 30.0), format_rounded(59.99996, 60.0), format_rounded(1234.56)
    ('18.85', '59.99996', '1235')
    """
    if math.isinf(value) or value == 0:
        return format_number(value)
    for digits in range(4, 12):
        rounded = float(f"{value:.{digits}g}")
        if limit is None or (rounded < limit, rounded > limit) == (value < limit, value > limit):
            return format_number(rounded)
    return format_number(value)


def format_percent(change: float, decimals: int = 2) -> str:
    """A change in percent; more decimals where fewer would make a whole number of what is none: 30.004 is above 30.

    >>> format_percent(40.74074), format_percent(30.0041), format_percent(-25.0), format_percent(30.04, 1)
    ('40.74', '30.004', '-25', '30.04')
    """
    for places in range(decimals, 12):
        rounded = round(change, places)
        if rounded != round(rounded) or abs(rounded - change) <= _ROUND * max(1.0, abs(change)):
            return format_number(rounded)
    return format_number(change)


def format_interval(interval: Interval, number: Callable[[float], str] = format_number) -> str:
    """An interval as a laboratory would print it: ``0.82``, ``<0.5``, ``>=90``, ``1.2–1.4`` for a clash."""
    if interval.is_exact:
        return number(interval.low)
    if math.isinf(interval.high):
        return (">" if interval.low_open else ">=") + number(interval.low)
    if interval.low <= 0:
        return ("<" if interval.high_open else "<=") + number(interval.high)
    return f"{number(interval.low)}–{number(interval.high)}"
