"""A patient's recorded facts as numpy columns: the shapes that the store keeps packed and the engine reads.

Days are proleptic ordinals (``date.toordinal``); instants are seconds since 1900-01-01T00:00 in local ordering time (a date
without a time counts as 00:00). Values and limits are in the analyte's canonical unit.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
import numpy.typing as npt

from labtrack.catalogue import Catalogue
from labtrack.core.record import Course, Event, Patient, Result, Sex, Unusable
from labtrack.labs.bounds import Days, Floats, Rows

EPOCH_DAY = date(1900, 1, 1).toordinal()
EPOCH = datetime(1900, 1, 1)
DAY_SECONDS = 86_400
FOREVER = date.max.toordinal()
NO_DAY = -1

LOW_OPEN, HIGH_OPEN, IS_TEXT, UNIT_UNKNOWN, LOWER_UNREADABLE, UPPER_UNREADABLE, NO_SEX, NO_AGE = (1 << bit for bit in range(8))
#: Flags of a report that says something was measured but gives no usable number.
UNUSABLE = IS_TEXT | UNIT_UNKNOWN | NO_SEX | NO_AGE

RESULT_ROW = np.dtype(
    [
        ("result_id", "<i8"),
        ("at", "<i8"),
        ("low", "<f8"),
        ("high", "<f8"),
        ("lower_limit", "<f8"),
        ("upper_limit", "<f8"),
        ("specimen", "<i8"),
        ("analyte", "u1"),
        ("flags", "u1"),
    ]
)
#: An unusable report of an analyte is kept apart from the usable ones, under the analyte's number plus this.
DOUBT = 64
#: How (patient, analyte, instant) share one packed integer: instants from 1900 to 2172, eight million patients.
AT_BITS, CODE_BITS = 33, 7
LAST_INSTANT = (1 << AT_BITS) - 1
SEX_CODE = {Sex.UNKNOWN: 0, Sex.FEMALE: 1, Sex.MALE: 2}


def instant(ordering: datetime) -> int:
    """Seconds since the epoch of a local ordering time; fractions of a second are dropped."""
    delta = ordering - EPOCH
    return delta.days * DAY_SECONDS + delta.seconds


def day_of_instant(at: Days) -> Days:
    """The ordinal day of each instant."""
    return at // DAY_SECONDS + EPOCH_DAY


def specimen_code(specimen_id: str, at: int) -> int:
    """A 63-bit code of the specimen: of its id, or of the collection time where there is none (section 4, *LDL*)."""
    text = f"#{specimen_id}" if specimen_id else f"@{at}"
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big") >> 1


def result_flags(result: Result) -> int:
    """The flags of :data:`RESULT_ROW` for one result."""
    flags = {Unusable.NOT: 0, Unusable.TEXT: IS_TEXT, Unusable.UNIT: UNIT_UNKNOWN}[result.unusable]
    if result.value is not None:
        flags |= (LOW_OPEN if result.value.low_open else 0) | (HIGH_OPEN if result.value.high_open else 0)
    if result.lower_limit is not None and np.isnan(result.lower_limit):
        flags |= LOWER_UNREADABLE
    if result.upper_limit is not None and np.isnan(result.upper_limit):
        flags |= UPPER_UNREADABLE
    return flags


def packed_keys(patient: Rows, analyte: npt.NDArray[np.uint8], flags: npt.NDArray[np.uint8], at: Days) -> Rows:
    """(patient, analyte, instant) of each result as one integer; unusable reports under the analyte's number plus :data:`DOUBT`.

    A time before 1900 counts as the first instant, one after 2172 as the last.
    """
    code = analyte
    unusable = flags & UNUSABLE
    if np.count_nonzero(unusable):
        code = np.where(unusable, code + np.uint8(DOUBT), code)
    keys: Rows = patient << CODE_BITS
    keys += code
    keys <<= AT_BITS
    if np.bitwise_or.reduce(at, initial=0) & ~LAST_INSTANT:
        at = np.minimum(np.maximum(at, 0), LAST_INSTANT)
    keys += at
    return keys


def in_packed_order(rows: npt.NDArray[np.void]) -> npt.NDArray[np.void]:
    """:data:`RESULT_ROW` records of one patient in the order in which the engine reads them, those of one instant in order of entry.

    The store keeps them so: then the engine finds the whole cohort's keys ascending and need not sort them.
    """
    keys = packed_keys(np.zeros(len(rows), np.int64), rows["analyte"], rows["flags"], rows["at"])
    return rows[np.lexsort((rows["result_id"], keys))]


def pack_results(results: Iterable[Result], catalogue: Catalogue) -> npt.NDArray[np.void]:
    """The standing, reported results of one patient as :data:`RESULT_ROW` records, in packed order."""
    rows = []
    for result in results:
        if result.superseded or not result.status.is_reported:
            continue
        at = instant(result.collected_at.ordering)
        low, high = (result.value.low, result.value.high) if result.value else (np.nan, np.nan)
        rows.append(
            (
                result.result_id,
                at,
                low,
                high,
                np.nan if result.lower_limit is None else result.lower_limit,
                np.nan if result.upper_limit is None else result.upper_limit,
                specimen_code(result.specimen_id, at),
                catalogue.analytes[result.analyte].number,
                result_flags(result),
            )
        )
    return in_packed_order(np.array(rows, dtype=RESULT_ROW))


@dataclass(slots=True)
class ResultColumns:
    """All reported results of a cohort, in any order; those of one patient, analyte and instant stand in order of entry.

    ``patient`` is the index into the cohort's patients.
    """

    patient: Rows
    result_id: Rows
    at: Days
    low: Floats
    high: Floats
    lower_limit: Floats
    upper_limit: Floats
    specimen: Rows
    analyte: npt.NDArray[np.uint8]
    flags: npt.NDArray[np.uint8]

    @classmethod
    def from_rows(cls, patient: Rows, rows: npt.NDArray[np.void]) -> ResultColumns:
        """Columns of :data:`RESULT_ROW` records."""
        return cls(patient, *(np.ascontiguousarray(rows[name]) for name in RESULT_ROW.names or ()))

    @classmethod
    def from_segments(cls, segments: Sequence[bytes]) -> ResultColumns:
        """Columns from one packed segment per patient, in the cohort's order."""
        rows = np.frombuffer(b"".join(segments), dtype=RESULT_ROW)
        lengths = np.array([len(segment) for segment in segments], np.int64) // RESULT_ROW.itemsize
        return cls.from_rows(np.repeat(np.arange(len(segments), dtype=np.int64), lengths), rows)

    def __len__(self) -> int:
        return len(self.at)


@dataclass(slots=True)
class PatientColumns:
    """Sex (0 unknown, 1 F, 2 M), birth day (:data:`NO_DAY` unknown), birth year and month-day, weight in kg (NaN unknown)."""

    sex: npt.NDArray[np.int8]
    birth_year: Days
    birth_month_day: Days
    weight_kg: Floats

    def __len__(self) -> int:
        return len(self.sex)


@dataclass(slots=True)
class CourseColumns:
    """Courses sorted by (patient, start): drug number, start and stop day (:data:`FOREVER` while open)."""

    patient: Rows
    drug: npt.NDArray[np.int8]
    start: Days
    stop: Days


@dataclass(slots=True)
class DoseColumns:
    """Dose steps sorted by (course, day), the initial dose first: mg a day, NaN where the frequency is not known."""

    course: Rows
    on: Days
    per_day: Floats


@dataclass(slots=True)
class SpanColumns:
    """Holds or events: owner (course or patient), kind (index into ``kinds``), first day and the day it ended (FOREVER: open)."""

    owner: Rows
    kind: npt.NDArray[np.int16]
    start: Days
    end: Days
    kinds: tuple[str, ...]


@dataclass(slots=True)
class PinColumns:
    """Baselines pinned by a clinician: course, analyte number and the instant of the reading."""

    course: Rows
    analyte: Rows
    at: Days


@dataclass(slots=True)
class Cohort:
    """Everything recorded about some patients, as columns."""

    patients: PatientColumns
    results: ResultColumns
    courses: CourseColumns
    doses: DoseColumns
    holds: SpanColumns
    events: SpanColumns
    pins: PinColumns


@dataclass(frozen=True, slots=True)
class Pin:
    """A clinician's choice of baseline: the reading of ``analyte`` at ``at`` serves for the course of ``drug`` from ``start_on``."""

    drug: str
    start_on: date
    analyte: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Chart:
    """One patient's record besides the results, as values."""

    patient: Patient
    courses: tuple[Course, ...] = ()
    events: tuple[Event, ...] = ()
    pins: tuple[Pin, ...] = ()


def cohort_of(charts: Sequence[Chart], results: ResultColumns, catalogue: Catalogue) -> Cohort:
    """Columns of some charts; ``results.patient`` indexes ``charts``."""
    return Cohort(_patients(charts), results, *_treatment(charts, catalogue), events=_events(charts), pins=_pins(charts, catalogue))


def _integers(values: Sequence[int]) -> npt.NDArray[np.int64]:
    return np.array(values, np.int64)


def _patients(charts: Sequence[Chart]) -> PatientColumns:
    births = [chart.patient.birth_date for chart in charts]
    return PatientColumns(
        np.array([SEX_CODE[chart.patient.sex] for chart in charts], np.int8),
        _integers([birth.year if birth else NO_DAY for birth in births]),
        _integers([birth.month * 100 + birth.day if birth else NO_DAY for birth in births]),
        np.array([np.nan if chart.patient.weight_kg is None else chart.patient.weight_kg for chart in charts], np.float64),
    )


def _treatment(charts: Sequence[Chart], catalogue: Catalogue) -> tuple[CourseColumns, DoseColumns, SpanColumns]:
    courses: list[tuple[int, int, int, int]] = []
    doses: list[tuple[int, int, float]] = []
    holds: list[tuple[int, int, int, int]] = []
    reasons: dict[str, int] = {}
    for place, chart in enumerate(charts):
        for course in sorted(chart.courses, key=lambda each: each.start_on):
            index = len(courses)
            drug = catalogue.drug(course.drug)
            stop = course.stop_on.toordinal() if course.stop_on else FOREVER
            courses.append((place, drug.number if drug else 0, course.start_on.toordinal(), stop))
            doses.append((index, course.start_on.toordinal(), _per_day(course.dose_mg, course.frequency, catalogue)))
            doses.extend(
                (index, step.on.toordinal(), _per_day(step.dose_mg, step.frequency, catalogue))
                for step in sorted(course.doses, key=lambda each: each.on)
            )
            for hold in course.holds:
                end = hold.end_on.toordinal() if hold.end_on else FOREVER
                holds.append((index, reasons.setdefault(hold.reason, len(reasons)), hold.start_on.toordinal(), end))
    course_table = np.array(courses, np.int64).reshape(-1, 4)
    return (
        CourseColumns(course_table[:, 0], course_table[:, 1].astype(np.int8), course_table[:, 2], course_table[:, 3]),
        DoseColumns(
            _integers([each[0] for each in doses]),
            _integers([each[1] for each in doses]),
            np.array([each[2] for each in doses], np.float64),
        ),
        _spans(holds, tuple(reasons)),
    )


def _per_day(dose_mg: float, frequency: str, catalogue: Catalogue) -> float:
    per_day = catalogue.doses_per_day(frequency)
    return np.nan if per_day is None else dose_mg * per_day


def _spans(spans: Sequence[tuple[int, int, int, int]], kinds: tuple[str, ...]) -> SpanColumns:
    table = np.array(spans, np.int64).reshape(-1, 4)
    return SpanColumns(table[:, 0], table[:, 1].astype(np.int16), table[:, 2], table[:, 3], kinds)


def _events(charts: Sequence[Chart]) -> SpanColumns:
    kinds: dict[str, int] = {}
    spans = [
        (
            place,
            kinds.setdefault(event.kind, len(kinds)),
            event.on.toordinal(),
            event.ended_on.toordinal() if event.ended_on else FOREVER,
        )
        for place, chart in enumerate(charts)
        for event in chart.events
    ]
    return _spans(spans, tuple(kinds))


def _pins(charts: Sequence[Chart], catalogue: Catalogue) -> PinColumns:
    rows: list[tuple[int, int, int]] = []
    first = 0
    for chart in charts:
        courses = sorted(chart.courses, key=lambda each: each.start_on)
        for pin in chart.pins:
            rows.extend(
                (first + place, catalogue.analytes[pin.analyte].number, instant(pin.at))
                for place, course in enumerate(courses)
                if course.drug == pin.drug and course.start_on == pin.start_on
            )
        first += len(courses)
    table = np.array(rows, np.int64).reshape(-1, 3)
    return PinColumns(table[:, 0], table[:, 1], table[:, 2])
