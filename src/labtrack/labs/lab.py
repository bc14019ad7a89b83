"""One analyte on every row of a snapshot, and the judging of a comparison on it.

``labs.ldl > labs.ldl.baseline * 1.30`` compares the current readings, then applies what clinical reference section 4 decides for
every rule: missing is never "not met", doubt and age turn any verdict but *met* into *cannot evaluate*.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from labtrack.catalogue import Analyte
from labtrack.core.judgment import Reason
from labtrack.labs.bounds import Answers, Bounds, Days, Flags, Floats, Masks, Rows, less, more
from labtrack.labs.columns import (
    DAY_SECONDS,
    EPOCH_DAY,
    HIGH_OPEN,
    IS_TEXT,
    LOW_OPEN,
    LOWER_UNREADABLE,
    NO_AGE,
    NO_SEX,
    SEX_CODE,
    UNIT_UNKNOWN,
    UPPER_UNREADABLE,
    day_of_instant,
)
from labtrack.labs.lazy import lazy
from labtrack.labs.series import DOUBT, NONE, Readings, Series, has
from labtrack.labs.verdicts import MET, NOT_MET, UNKNOWN, Relation, Term, Verdicts

if TYPE_CHECKING:
    from labtrack.labs.snapshot import Labs

_NO_RESULT = np.uint16(Reason.NO_RESULT.bit)
_BOUND_TOO_WIDE = np.uint16(Reason.BOUND_TOO_WIDE.bit)
_STALE = np.uint16(Reason.STALE.bit)
_FLAG_REASONS = np.zeros(256, np.uint16)
for _flag, _reason in (
    (IS_TEXT, Reason.TEXT_RESULT),
    (UNIT_UNKNOWN, Reason.UNIT_UNKNOWN),
    (NO_SEX, Reason.SEX_UNKNOWN),
    (NO_AGE, Reason.AGE_UNKNOWN),
):
    _FLAG_REASONS[(np.arange(256) & _flag) != 0] |= np.uint16(_reason.bit)


class Lab:
    """An analyte's readings on the rows of a snapshot; ``place`` chooses which (current unless said otherwise)."""

    def __init__(self, labs: Labs, analyte: Analyte, place: Rows | None = None) -> None:
        self.labs = labs
        self.analyte = analyte
        self.readings: Readings = labs.readings
        self.series: Series = self.readings.series(analyte.number)
        self.place: Rows = self.last_place(labs.treatment.day) if place is None else place
        #: Numbers of the analytes whose pinned baselines are readings of this series.
        self.pinned_as: tuple[int, ...] = (analyte.number,)

    def last_place(self, day: Days) -> Rows:
        """Place of the last usable reading on or before each day."""
        return self.readings.latest(self.series, self.labs.patient_keys, self.labs.ticks(day))

    @lazy
    def present(self) -> Flags:
        """Where there is a usable reading."""
        return has(self.place)

    @lazy
    def row(self) -> Rows:
        """The reading's row number in ``readings``; meaningless where none is present."""
        if not len(self.series.rows):
            return np.zeros(len(self.place), np.int64)
        return self.series.rows[np.maximum(self.place, 0)]

    @lazy
    def bounds(self) -> Bounds:
        """The readings as intervals, canonical unit, NaN where none is present."""
        if not len(self.series.rows):
            nothing = np.full(len(self.place), np.nan)
            closed = np.zeros(len(self.place), np.bool_)
            return Bounds(nothing, nothing, closed, closed, self.missing)
        flags, low, high = self._column("flags"), self._column("low"), self._column("high")
        if self.some_missing:
            low, high = np.where(self.present, low, np.nan), np.where(self.present, high, np.nan)
        return Bounds(low, high, (flags & LOW_OPEN) != 0, (flags & HIGH_OPEN) != 0, self.missing)

    @lazy
    def at(self) -> Days:
        """Instant of the reading; 0 where none is present."""
        if not len(self.series.rows):
            return np.zeros(len(self.place), np.int64)
        at: Days = self._column("at")
        return np.where(self.present, at, 0) if self.some_missing else at

    def _column(self, name: str) -> npt.NDArray[Any]:
        """A column of the readings' rows; meaningless where none is present."""
        if self.series.is_recorded and name != "method":
            column: npt.NDArray[Any] = getattr(self.readings.results, name)[self.row]
            return column
        return self.readings.gather(name, self.row)

    @lazy
    def some_missing(self) -> bool:
        """Whether any row has no usable reading."""
        return int(np.count_nonzero(self.present)) < len(self.place)

    @lazy
    def some_doubt(self) -> bool:
        """Whether any row's newest report cannot be read."""
        return self.doubt is not self.labs.no_reasons and bool(np.count_nonzero(self.doubt))

    @lazy
    def some_stale(self) -> bool:
        """Whether any row's reading is too old to rely on."""
        return bool(np.count_nonzero(self.stale))

    @lazy
    def day(self) -> Days:
        """Ordinal day of collection; 0 where none is present."""
        day = day_of_instant(self.at)
        return np.where(self.present, day, 0) if self.some_missing else day

    @lazy
    def is_exact(self) -> Flags:
        """Where the reading is a single number."""
        exact: Flags = self.bounds.low == self.bounds.high
        return exact

    @lazy
    def doubt(self) -> Masks:
        """Why the newest report cannot be read, where it is newer than the usable reading; 0 elsewhere."""
        number = self.analyte.number + DOUBT
        if not self.readings.has_doubt or not len((unusable := self.readings.series(number)).rows):
            return self.labs.no_reasons
        place = self.readings.latest(unusable, self.labs.patient_keys, self.labs.ticks(self.labs.treatment.day))
        row = unusable.rows[np.maximum(place, 0)]
        newer = has(place) & (~self.present | (self.readings.at(row) > self.at))
        return np.where(newer, flag_reasons(self.readings.flags(row)), np.uint16(0))

    @lazy
    def missing(self) -> Masks:
        """Why there is no usable reading: nothing reported, and what was reported instead; 0 where one is present."""
        if not self.some_missing:
            return self.labs.no_reasons
        return np.where(self.present, np.uint16(0), _NO_RESULT | self.doubt)

    @lazy
    def stale(self) -> Flags:
        """Where the reading is too old for *not met* to rest on it (section 4, *Stale*)."""
        treatment = self.labs.treatment
        limits = self.labs.catalogue.staleness
        if self.analyte.panel == "lipid":
            longest: Days | int = limits.lipids
        else:
            on_treatment = treatment.started & (self.day > treatment.start)
            longest = np.where(on_treatment, limits.on_treatment, limits.before)
        return treatment.day - self.day > longest

    @lazy
    def previous(self) -> Lab:
        """The usable reading before this one."""
        return Lab(self.labs, self.analyte, self.readings.before(self.series, self.place))

    @lazy
    def uln(self) -> Bounds:
        """Upper limit of normal: the one printed with the reading, else the catalogue's by sex."""
        return self._limit(1, UPPER_UNREADABLE)

    @lazy
    def lln(self) -> Bounds:
        """Lower limit of normal: the one printed with the reading, else the catalogue's by sex."""
        return self._limit(0, LOWER_UNREADABLE)

    def _limit(self, end: int, unreadable_flag: int) -> Bounds:
        fallback = _fallback_limits(self.analyte, end)[self.labs.sex]
        reasons = np.where(np.isnan(fallback), np.uint16(Reason.SEX_UNKNOWN.bit), np.uint16(0))
        limit = fallback
        if len(self.series.rows):
            printed = self._column(("lower_limit", "upper_limit")[end])
            unprinted = np.isnan(printed)
            unreadable = (self._column("flags") & unreadable_flag) != 0
            limit = np.where(unprinted, np.where(unreadable, np.nan, fallback), printed)
            reasons = np.where(unprinted, np.where(unreadable, np.uint16(Reason.NO_ULN.bit), reasons), np.uint16(0))
        if self.some_missing:
            reasons = np.where(self.present, reasons, np.uint16(0))
        closed = np.zeros(len(limit), np.bool_)
        return Bounds(limit, limit, closed, closed, reasons)

    @lazy
    def baseline(self) -> Bounds:
        """The baseline reading, NaN with its reasons where a rule relative to baseline cannot be evaluated."""
        return self.baseline_lab.as_baseline_of(self)

    @property
    def used_baseline(self) -> tuple[Bounds, Days] | None:
        """The baseline and its day per row, if any rule asked for it."""
        return (self.baseline, self.baseline_lab.day) if "baseline" in vars(self) else None

    @lazy
    def baseline_lab(self) -> Lab:
        """The latest usable reading on or before the course's start (section 4, *Baseline*), or the one pinned."""
        return Lab(self.labs, self.analyte, self.with_pins(self.baseline_place()))

    def baseline_place(self) -> Rows:
        """Place of the last usable reading on or before the start, known by the judged day; NONE without a course."""
        treatment = self.labs.treatment
        return np.where(treatment.has_course, self.last_place(np.minimum(treatment.start, treatment.day)), NONE)

    def with_pins(self, place: Rows) -> Rows:
        """``place`` with the readings that a clinician pinned as baseline put in, where they were collected by the judged day."""
        pins = self.labs.cohort.pins
        course = self.labs.treatment.course
        for pin in self._pins():
            known = pins.at[pin] < (self.labs.treatment.day + 1 - EPOCH_DAY) * DAY_SECONDS
            rows = np.flatnonzero((course == pins.course[pin]) & known)
            pinned = self.readings.at_instant(self.series, self.labs.patient[rows], pins.at[pin])
            place = place.copy()
            place[rows] = np.where(has(pinned), pinned, place[rows])
        return place

    def baseline_reasons(self, current: Lab) -> Masks:
        """With this as the baseline of ``current``: why the pair cannot be compared; 0 where it can."""
        treatment = self.labs.treatment
        reach = self.labs.catalogue.protocols.baseline_reach
        too_old = self.present & (treatment.start - self.day > reach) & ~self.pinned
        reasons = np.where(self.present, np.uint16(0), np.uint16(Reason.NO_BASELINE.bit))
        reasons = np.where(too_old, np.uint16(Reason.BASELINE_TOO_OLD.bit), reasons)
        not_after = current.present & (current.day <= treatment.start)
        reasons |= np.where(not_after, _NO_RESULT, np.uint16(0))
        return np.where(treatment.started, reasons, np.uint16(Reason.NO_TREATMENT_START.bit))

    def _pins(self) -> Rows:
        """Places of the pins that concern this analyte; of several for one course the last one counts."""
        pins = self.labs.cohort.pins
        if not len(pins.analyte):
            return pins.analyte
        return np.concatenate([np.flatnonzero(pins.analyte == number) for number in self.pinned_as])

    @lazy
    def pinned(self) -> Flags:
        """Where a clinician chose this reading as the baseline."""
        pins = self.labs.cohort.pins
        chosen = np.zeros(len(self.place), np.bool_)
        for pin in self._pins():
            chosen |= (self.labs.treatment.course == pins.course[pin]) & (self.at == pins.at[pin])
        return chosen

    def as_baseline_of(self, current: Lab) -> Bounds:
        """This reading as the baseline that ``current`` is compared with."""
        reasons = self.baseline_reasons(current)
        bounds = self.bounds
        low = np.where(reasons != 0, np.nan, bounds.low)
        high = np.where(reasons != 0, np.nan, bounds.high)
        return Bounds(low, high, bounds.low_open, bounds.high_open, reasons)

    def __lt__(self, limit: Bounds | Floats | float) -> Verdicts:
        """Judged ``current < limit``."""
        return self.judge(less(self.bounds, limit), Relation.BELOW, limit)

    def __gt__(self, limit: Bounds | Floats | float) -> Verdicts:
        """Judged ``current > limit``."""
        return self.judge(more(self.bounds, limit), Relation.ABOVE, limit)

    def __ge__(self, limit: Bounds | Floats | float) -> Verdicts:
        """Judged ``current >= limit``."""
        return self.judge(-less(self.bounds, limit), Relation.AT_LEAST, limit)

    def __le__(self, limit: Bounds | Floats | float) -> Verdicts:
        """Judged ``current <= limit``."""
        return self.judge(-more(self.bounds, limit), Relation.AT_MOST, limit)

    def between(self, low: float, high: float, *, including_high: bool = False, only_if: Verdicts | None = None) -> Verdicts:
        """Judged ``low <= current < high``; ``only_if`` is part of the test itself, not a side of its own.

        Where ``only_if`` fails the test fails for every value, however wide its bound; a value that is missing, in doubt or
        stale cannot be evaluated all the same (section 4, *The dose in* ``egfr-30-60-dose``).
        """
        below = -more(self.bounds, high) if including_high else less(self.bounds, high)
        answer = np.minimum(-less(self.bounds, low), below)
        reasons = None
        if only_if is not None:
            reasons = np.where(self.present & (answer == UNKNOWN), _BOUND_TOO_WIDE, np.uint16(0)) | only_if.reasons
            answer = np.minimum(answer, only_if.answer)
        verdicts = self.judge(answer, Relation.WITHIN, low, reasons)
        verdicts.terms[0].upper = high
        return verdicts

    def judge(self, answer: Answers, relation: Relation, limit: Bounds | Floats | float, reasons: Masks | None = None) -> Verdicts:
        """A raw comparison of the current readings, judged: missing, doubt, then age.

        ``reasons`` tells why the raw answer is unknown, where it is not for the width of the bound.
        """
        if self.some_missing:
            answer = np.where(self.present, answer, np.int8(UNKNOWN))
        told = self.labs.no_reasons
        if np.count_nonzero(answer) < len(answer):
            cause = self.missing if reasons is None else self.missing | reasons
            if isinstance(limit, Bounds):
                cause = cause | limit.reasons
            told = np.where(answer == UNKNOWN, np.where(cause == 0, _BOUND_TOO_WIDE, cause), np.uint16(0))
        if self.some_doubt:
            in_doubt = (self.doubt != 0) & (answer != MET)
            told = np.where(in_doubt, told | self.doubt, told)
            answer = np.where(in_doubt, np.int8(UNKNOWN), answer)
        if self.some_stale:
            aged = self.stale & (answer == NOT_MET)
            told = np.where(aged, _STALE, told)
            answer = np.where(aged, np.int8(UNKNOWN), answer)
        return Verdicts(answer, told, (Term(self, relation, limit, answer),))


def flag_reasons(flags: npt.NDArray[np.uint8]) -> Masks:
    """The reasons that unusable flags stand for."""
    return _FLAG_REASONS[flags]


@cache
def _fallback_limits(analyte: Analyte, end: int) -> Floats:
    """The catalogue's lower (0) or upper (1) limit by sex code, NaN where there is none."""
    limits = [analyte.ranges[sex][end] for sex in sorted(SEX_CODE, key=SEX_CODE.__getitem__)]
    return np.array([np.nan if limit is None else limit for limit in limits], np.float64)
