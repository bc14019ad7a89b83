"""The oracle's facts of one person on one date: phase, dose, holds, and how one analyte's part in a rule is judged."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from tests.oracle.model import (
    CANNOT,
    MET,
    NOT_APPLICABLE,
    NOT_MET,
    Answer,
    Person,
    Pinned,
    Reading,
    Truth,
    below,
    either,
    number,
)
from tests.oracle.readings import Baseline, Record, Series, baseline_of

from labtrack.core.judgment import Region
from labtrack.core.quantity import Interval
from labtrack.core.record import Course, Hold

LIPIDS = {"ldl", "tg", "tc", "hdl"}
DOSES_A_DAY = {"daily": 1.0, "twice daily": 2.0, "every other day": 0.5}


@dataclass(frozen=True)
class Phase:
    """Where the person stands on the date: ``candidate``, ``planned``, ``on`` or ``stopped``."""

    name: str
    course: Course | None

    @property
    def drug(self) -> str:
        return self.course.drug if self.course else "baricitinib"

    @property
    def started(self) -> bool:
        return self.name in {"on", "stopped"}


def phase_of(person: Person, day: date) -> Phase:
    courses = sorted(person.courses, key=lambda each: each.start_on)
    running = [each for each in courses if each.start_on <= day and (each.stop_on is None or each.stop_on > day)]
    if running:
        return Phase("on", running[-1])
    planned = [each for each in courses if each.start_on > day]
    if planned:
        return Phase("planned", planned[0])
    return Phase("stopped", courses[-1]) if courses else Phase("candidate", None)


def doses_a_day(course: Course, day: date) -> tuple[float, str]:
    """Dose in mg and frequency on a day; before the start those planned."""
    dose, frequency = course.dose_mg, course.frequency
    for step in sorted(course.doses, key=lambda each: each.on):
        if step.on <= day:
            dose, frequency = step.dose_mg, step.frequency
    return dose, frequency


def mg_a_day(dose: float, frequency: str) -> float | None:
    per_day = DOSES_A_DAY.get(" ".join(frequency.casefold().split()))
    return None if per_day is None else dose * per_day


def holds_on(course: Course, day: date) -> list[Hold]:
    return [hold for hold in course.holds if hold.start_on <= day and (hold.end_on is None or hold.end_on > day)]


@dataclass(frozen=True)
class Side:
    """One analyte's part in a rule, judged: truth (None: cannot tell), why not, and the reading."""

    truth: Truth
    reasons: frozenset[str] = frozenset()
    reading: Reading | None = None


class Facts:
    """One person on one date under one region's labels."""

    def __init__(self, person: Person, day: date, region: Region, phase: Phase | None = None) -> None:
        self.person, self.day, self.region = person, day, region
        self.record = Record(person)
        self.phase = phase or phase_of(person, day)
        self._series: dict[str, Series] = {}

    @property
    def drug(self) -> str:
        return self.phase.drug

    def series(self, analyte: str) -> Series:
        if analyte not in self._series:
            self._series[analyte] = self.record.series(analyte)
        return self._series[analyte]

    def current(self, analyte: str) -> Reading | None:
        return self.series(analyte).current(self.day)

    def is_stale(self, reading: Reading) -> bool:
        age = (self.day - reading.on).days
        if reading.analyte in LIPIDS:
            return age > 378
        after = self.phase.started and self.phase.course is not None and reading.on > self.phase.course.start_on
        return age > (98 if after else 180)

    def judged(self, analyte: str, test: Callable[[Reading], tuple[Truth, set[str]]], reading: Reading | None = None) -> Side:
        """Judge the current reading: met stays met, doubt takes any other answer, age takes a *not met*."""
        series = self.series(analyte)
        doubt = series.doubt(self.day)
        reading = reading or self.current(analyte)
        if reading is None:
            return Side(None, frozenset({"no-result"}) | doubt)
        truth, reasons = test(reading)
        if truth is True:
            return Side(True, reading=reading)
        old = {"stale"} if self.is_stale(reading) else set()
        if truth is None or doubt or old:
            wide = {"bound-too-wide"} if truth is None and not reasons else set()
            return Side(None, frozenset(reasons | doubt | old | wide), reading)
        return Side(False, reading=reading)

    def against(self, analyte: str, test: Callable[[Interval], Truth]) -> Side:
        return self.judged(analyte, lambda reading: (test(reading.value), set()))

    def pin(self, analyte: str) -> Pinned | None:
        course = self.phase.course
        for pin in self.person.pins:
            if course and (pin.drug, pin.start_on, pin.analyte) == (course.drug, course.start_on, analyte):
                return pin
        return None

    def baseline(self, readings: Sequence[Reading], analyte: str) -> Baseline:
        assert self.phase.course is not None
        known = [reading for reading in readings if reading.on <= self.day]
        pins = [self.pin(analyte)]
        if analyte == "egfr" and not any(reading.reported for reading in readings):
            # A calculated eGFR may also be pinned by its creatinine; what is pinned need not be calculable.
            pins.append(self.pin("creatinine"))
            taken = [report.at for report in self.record.not_calculable(set()) if report.at.date() <= self.day]
            first = next((pin.at for pin in pins if pin and pin.at in (*taken, *(each.at for each in known))), None)
            if first in taken:
                return Baseline(None, "no-baseline")
        return baseline_of(known, self.phase.course.start_on, *pins)

    def after_start(self, reading: Reading | None) -> bool:
        return reading is not None and self.phase.course is not None and reading.on > self.phase.course.start_on

    def verdict(self, *sides: Side) -> Answer:
        truth = either(side.truth for side in sides)
        if truth is True:
            meeting = tuple(side.reading for side in sides if side.truth is True and side.reading)
            return Answer(MET, met_on=min(reading.on for reading in meeting), meeting=meeting)
        if truth is None:
            return Answer(CANNOT, frozenset().union(*(side.reasons for side in sides if side.truth is None)))
        return Answer(NOT_MET)

    def below_number(self, analyte: str, limit: float, *drugs: str) -> Answer:
        if drugs and self.drug not in drugs:
            return Answer(NOT_APPLICABLE)
        return self.verdict(self.against(analyte, lambda value: below(value, number(limit))))
