"""The oracle's words: persons, intervals, three-valued answers and readings, written from the clinical reference alone.

Slow and obvious on purpose: one patient, one date, plain Python floats with the tolerance of section 4. It shares nothing with
``labtrack.labs``, ``labtrack.rules`` or ``labtrack.schedule``, so that an error has to be made twice to pass unseen.
Values are in canonical units; ``True``, ``False`` and ``None`` are yes, no and *cannot tell*.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from labtrack.core.quantity import Interval
from labtrack.core.record import Course, Event, Patient, Result

Truth = bool | None

TOLERANCE = 1e-9


@dataclass(frozen=True)
class Pinned:
    """A baseline chosen by a clinician for one course and analyte."""

    drug: str
    start_on: date
    analyte: str
    at: datetime


@dataclass(frozen=True)
class Person:
    """Everything recorded about one patient."""

    patient: Patient
    courses: tuple[Course, ...] = ()
    events: tuple[Event, ...] = ()
    results: tuple[Result, ...] = ()
    pins: tuple[Pinned, ...] = ()


@dataclass(frozen=True)
class Reading:
    """What is known of an analyte at one instant: one result, several that clash, or a calculation.

    ``lower`` and ``upper`` are the printed limits (None: not printed, NaN: printed and unreadable).
    """

    analyte: str
    at: datetime
    value: Interval
    specimens: frozenset[str]
    lower: float | None = None
    upper: float | None = None
    reported: bool = True
    calculated: bool = False

    @property
    def on(self) -> date:
        return self.at.date()


@dataclass(frozen=True)
class Answer:
    """One rule's verdict, every reason that applies, the readings that meet it and the date that its recheck counts from."""

    verdict: str
    reasons: frozenset[str] = frozenset()
    met_on: date | None = None
    meeting: tuple[Reading, ...] = ()
    note: str = ""


MET, NOT_MET, CANNOT, NOT_APPLICABLE = "met", "not met", "cannot evaluate", "not applicable"


def same(one: float, other: float) -> bool:
    """Equal on paper."""
    return math.isclose(one, other, rel_tol=TOLERANCE, abs_tol=0.0)


def number(value: float) -> Interval:
    return Interval(value, value)


def is_exact(value: Interval) -> bool:
    return same(value.low, value.high)


def span(values: Sequence[Interval]) -> Interval:
    """The smallest interval that holds them all; ends equal on paper are one end, open only if open in all."""
    low = min(value.low for value in values)
    high = max(value.high for value in values)
    low_open = all(value.low_open for value in values if same(value.low, low))
    high_open = all(value.high_open for value in values if same(value.high, high))
    if same(low, high):
        return number(low)
    return Interval(low, high, low_open, high_open)


def below(one: Interval, other: Interval) -> Truth:
    """Whether one < other: yes if for every pair of true values, no if for none."""
    if same(one.high, other.low):
        if one.high_open or other.low_open:
            return True
    elif one.high < other.low:
        return True
    if same(one.low, other.high) or one.low > other.high:
        return False
    return None


def above(one: Interval, other: Interval) -> Truth:
    return below(other, one)


def at_least(one: Interval, other: Interval) -> Truth:
    return negation(below(one, other))


def at_most(one: Interval, other: Interval) -> Truth:
    return negation(below(other, one))


def negation(answer: Truth) -> Truth:
    return None if answer is None else not answer


def either(answers: Iterable[Truth]) -> Truth:
    known = list(answers)
    if True in known:
        return True
    return None if None in known else False


def both(answers: Iterable[Truth]) -> Truth:
    known = list(answers)
    if False in known:
        return False
    return None if None in known else True


def plus(value: Interval, shift: float) -> Interval:
    return Interval(value.low + shift, value.high + shift, value.low_open, value.high_open)


def product(one: Interval, other: Interval) -> Interval:
    """Of two quantities, neither negative."""
    high = 0.0 if 0.0 in (one.high, other.high) else one.high * other.high
    low = one.low * other.low
    low_open = (one.low_open and other.low > 0) or (other.low_open and one.low > 0) or (one.low_open and other.low_open)
    high_open = (one.high_open and other.high > 0) or (other.high_open and one.high > 0)
    return Interval(low, high, low_open, high_open)


def completed_years(born: date, on: date) -> int:
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))
