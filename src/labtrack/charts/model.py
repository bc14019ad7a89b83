"""What a chart is drawn from. Times are days: the integer part is a date's ordinal, the fraction the time of day."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum, auto

from labtrack.core.quantity import Interval


class Shape(Enum):
    """What a reading says: a number, less than one, more than one, or a range (results of one time that differ)."""

    EXACT = auto()
    BELOW = auto()
    ABOVE = auto()
    BETWEEN = auto()


@dataclass(frozen=True, slots=True)
class Point:
    """One reading. ``text`` is its value as it is shown; ``low`` and ``high`` are its reference limits, None where there are none."""

    at: float
    value: Interval
    text: str
    low: float | None = None
    high: float | None = None
    calculated: bool = False

    @property
    def shape(self) -> Shape:
        """How it is drawn: ``<5`` and ``>90`` are no numbers."""
        if self.value.is_exact:
            return Shape.EXACT
        if math.isinf(self.value.high):
            return Shape.ABOVE
        return Shape.BELOW if self.value.low <= 0 else Shape.BETWEEN

    @property
    def ends(self) -> tuple[float, ...]:
        """The numbers that it names: one, or the two ends of a range."""
        match self.shape:
            case Shape.BELOW:
                return (self.value.high,)
            case Shape.BETWEEN:
                return (self.value.low, self.value.high)
            case _:
                return (self.value.low,)


@dataclass(frozen=True, slots=True)
class Threshold:
    """A number that a rule compares with; ``label`` names the rule and the relation: ``anc-below-1 <1``."""

    value: float
    label: str


@dataclass(frozen=True, slots=True)
class Series:
    """One analyte. Points in order of time; between two that lie more than ``gap_days`` apart no line is drawn.

    ``baseline`` is one of the points, or one that stands beside them. ``note`` is a sentence under the title, such as an estimate.
    ``short`` stands for the name where a title is too long. ``whole_band`` shows the reference limits however flat the line gets.
    """

    name: str
    unit: str
    points: tuple[Point, ...]
    thresholds: tuple[Threshold, ...] = ()
    baseline: Point | None = None
    gap_days: float = 168.0
    note: str = ""
    latest: str = ""
    usual: str = ""
    short: str = ""
    whole_band: bool = False


@dataclass(frozen=True, slots=True)
class Span:
    """Something that lasted from a day until before another."""

    start: float
    end: float
    text: str


@dataclass(frozen=True, slots=True)
class StripRow:
    """A row under the plots, on the same axis: doses, holds."""

    label: str
    spans: tuple[Span, ...]
    is_hold: bool = False


@dataclass(frozen=True, slots=True)
class Chart:
    """Everything on one time axis, from ``first`` to ``last``. ``plain`` explains the signs in a patient's words."""

    series: tuple[Series, ...]
    first: float
    last: float
    strip: tuple[StripRow, ...] = ()
    plain: bool = False
