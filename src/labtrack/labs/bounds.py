"""Columns of intervals and the three-valued comparison: the one place where the equality tolerance stands.

A cell is ``low <= true value <= high``; an open end excludes its number; NaN is missing. A comparison answers +1 (met), -1
(not met) or 0 (unknown) per row.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Floats: TypeAlias = npt.NDArray[np.float64]
Flags: TypeAlias = npt.NDArray[np.bool_]
Days: TypeAlias = npt.NDArray[np.int64]
Rows: TypeAlias = npt.NDArray[np.int64]
Answers: TypeAlias = npt.NDArray[np.int8]
Masks: TypeAlias = npt.NDArray[np.uint16]

#: Numbers equal on paper compare equal after conversion (clinical reference, section 4, *Equality*).
TOLERANCE = 1e-9


@dataclass(slots=True)
class Bounds:
    """A column of intervals, shape (rows,), in one unit; ``reasons`` says why a cell is NaN.

    ``plain`` says that every cell is one number (or missing): then a comparison has half as much to do.
    """

    low: Floats
    high: Floats
    low_open: Flags
    high_open: Flags
    reasons: Masks
    plain: bool = False

    def __mul__(self, factor: float) -> Bounds:
        """Every cell times a positive number."""
        low = self.low * factor
        return Bounds(low, low if self.plain else self.high * factor, self.low_open, self.high_open, self.reasons, self.plain)

    def __rmul__(self, factor: float) -> Bounds:
        """Every cell times a positive number."""
        return self * factor

    def __sub__(self, amount: float) -> Bounds:
        """Every cell less a number."""
        low = self.low - amount
        return Bounds(low, low if self.plain else self.high - amount, self.low_open, self.high_open, self.reasons, self.plain)


def same(a: Floats, b: Floats) -> Flags:
    """Where two numbers are equal on paper."""
    with np.errstate(invalid="ignore"):  # infinity less infinity
        return np.asarray((a == b) | (np.abs(a - b) <= TOLERANCE * np.minimum(np.abs(a), np.abs(b))))


def less(a: Bounds, b: Bounds | Floats | float) -> Answers:
    """``a < b`` per row.

    Met when high(a) < low(b), or when they are equal within tolerance and either end is open; not met when low(a) >= high(b);
    otherwise, and where anything is NaN, unknown.
    """
    if isinstance(b, Bounds):
        return _plain_less(a.low, b.low) if a.plain and b.plain else _less(a.low, a.high, a.high_open, b.low, b.high, b.low_open)
    slack = TOLERANCE * (np.abs(b) if isinstance(b, np.ndarray) else abs(b))
    met = a.high < b - slack
    if not a.plain:
        met |= a.high_open & (a.high <= b + slack)
    return met.view(np.int8) - (a.low >= b - slack).view(np.int8)


def more(a: Bounds, b: Bounds | Floats | float) -> Answers:
    """``a > b`` per row: the mirror of :func:`less`."""
    if isinstance(b, Bounds):
        return _plain_less(b.low, a.low) if a.plain and b.plain else _less(b.low, b.high, b.high_open, a.low, a.high, a.low_open)
    slack = TOLERANCE * (np.abs(b) if isinstance(b, np.ndarray) else abs(b))
    met = a.low > b + slack
    if not a.plain:
        met |= a.low_open & (a.low >= b - slack)
    return met.view(np.int8) - (a.high <= b + slack).view(np.int8)


def _plain_less(a: Floats, b: Floats) -> Answers:
    gap = b - a
    slack = TOLERANCE * np.minimum(np.abs(a), np.abs(b))
    return (gap > slack).view(np.int8) - (gap <= slack).view(np.int8)


def _less(a_low: Floats, a_high: Floats, a_high_open: Flags, b_low: Floats, b_high: Floats, b_low_open: Flags) -> Answers:
    gap = b_low - a_high
    near = np.abs(gap) <= TOLERANCE * np.minimum(np.abs(a_high), np.abs(b_low))
    met = np.where(near, a_high_open | b_low_open, gap > 0)
    overlap = b_high - a_low
    not_met = overlap <= TOLERANCE * np.minimum(np.abs(a_low), np.abs(b_high))
    answer: Answers = met.view(np.int8) - not_met.view(np.int8)
    return answer
