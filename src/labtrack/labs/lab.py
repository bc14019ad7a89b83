"""One analyte on every row of a snapshot, and the judging of a comparison on it.

``labs.ldl > labs.ldl.baseline * 1.30`` compares the current readings, then applies what clinical reference section 4 decides for
every rule: missing is never "not met", doubt and age turn any verdict but *met* into *cannot evaluate*.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from labtrack.catalogue import Analyte
from labtrack.core.judgment import Reason
from labtrack.labs.bounds import Answers, Bounds, Days, Flags, Floats, Masks, Rows, less, more
from labtrack.labs.cells import Cells, kind_of
from labtrack.labs.columns import DAY_SECONDS, EPOCH_DAY
from labtrack.labs.lazy import lazy
from labtrack.labs.series import Readings, View, has, owner_key
from labtrack.labs.verdicts import MET, NOT_MET, UNKNOWN, Relation, Term, Verdicts

if TYPE_CHECKING:
    from labtrack.labs.snapshot import Labs

_NO_RESULT = np.uint16(Reason.NO_RESULT.bit)
_BOUND_TOO_WIDE = np.uint16(Reason.BOUND_TOO_WIDE.bit)
_STALE = np.uint16(Reason.STALE.bit)


class Lab(Cells):
    """An analyte's readings on the rows of a snapshot: the current ones, or those at ``place`` in a view of the readings."""

    def __init__(self, labs: Labs, analyte: Analyte, place: Rows | None = None, view: View | None = None) -> None:
        self.analyte = analyte
        self.readings: Readings = labs.readings
        #: Numbers of the analytes whose pinned baselines are readings of this one.
        self.pinned_as: tuple[int, ...] = (analyte.number,)
        found: dict[str, Any] = {}
        if place is None:
            found = labs.together_with(analyte)
            place = found["place"] if found else labs.latest(analyte.number, labs.end)
        super().__init__(labs, kind_of(analyte), place, view or labs.readings.view)
        #: What the group has answered already stands in place of the attributes that would compute it.
        vars(self).update(found)

    def last_place(self, day: Days) -> Rows:
        """Place of the last usable reading on or before each day."""
        return self.labs.latest(self.analyte.number, self.labs.end_of(day), self.view)

    @lazy
    def bounds(self) -> Bounds:
        """The readings as intervals, canonical unit, NaN where none is present."""
        return Bounds(self.low, self.high, self.low_open, self.high_open, self.missing, bool(self.is_plain))

    @lazy
    def is_exact(self) -> Flags:
        """Where the reading is a single number."""
        exact: Flags = self.low == self.high
        return exact

    @lazy
    def previous(self) -> Lab:
        """The usable reading before this one."""
        return Lab(self.labs, self.analyte, self.readings.before(self.view, self.place))

    @lazy
    def uln(self) -> Bounds:
        """Upper limit of normal: the one printed with the reading, else the catalogue's by sex."""
        limit, reasons = self.upper_limit
        return Bounds(limit, limit, self.labs.nowhere, self.labs.nowhere, reasons, plain=True)

    @lazy
    def lln(self) -> Bounds:
        """Lower limit of normal: the one printed with the reading, else the catalogue's by sex."""
        limit, reasons = self.lower_limit
        return Bounds(limit, limit, self.labs.nowhere, self.labs.nowhere, reasons, plain=True)

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
        return self.baseline_in(self.readings.view)

    def baseline_in(self, view: View, pinned_as: tuple[int, ...] = ()) -> Lab:
        """The baseline among the readings of a view that were known by the judged day; ``pinned_as`` as in :attr:`pinned_as`."""
        numbers = pinned_as or self.pinned_as
        place = self.labs.latest(self.analyte.number, self.labs.end_of_baseline, view)
        lab = Lab(self.labs, self.analyte, self._with_pins(place, view, numbers), view)
        lab.pinned_as = numbers
        return lab

    def _with_pins(self, place: Rows, view: View, numbers: tuple[int, ...]) -> Rows:
        """``place`` with the readings that a clinician pinned as baseline put in, where they were collected by the judged day."""
        pins = self.labs.cohort.pins
        course = self.labs.treatment.course
        for pin in self._pins(numbers):
            known = pins.at[pin] < (self.labs.treatment.day + 1 - EPOCH_DAY) * DAY_SECONDS
            rows = np.flatnonzero((course == pins.course[pin]) & known)
            owner = owner_key(self.analyte.number, self.labs.patient[rows])
            pinned = self.readings.at_instant(view, owner, pins.at[pin])
            place = place.copy()
            place[rows] = np.where(has(pinned), pinned, place[rows])
        return place

    def as_baseline_of(self, current: Lab) -> Bounds:
        """This reading as the baseline that ``current`` is compared with; NaN where they cannot be compared."""
        treatment = self.labs.treatment
        reached = (self.day >= treatment.start - self.labs.catalogue.protocols.baseline_reach) | self.pinned
        comparable = reached & self.present & treatment.started & (current.day > treatment.start)
        if comparable.all():
            return Bounds(self.low, self.high, self.low_open, self.high_open, self.labs.no_reasons, bool(self.is_plain))
        reasons = self.baseline_reasons(current)
        fits = reasons == 0
        low, high = np.where(fits, self.low, np.nan), np.where(fits, self.high, np.nan)
        return Bounds(low, high, self.low_open, self.high_open, reasons, bool(self.is_plain))

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

    def _pins(self, numbers: tuple[int, ...]) -> Rows:
        """Places of the pins that concern these analytes; of several for one course the last one counts."""
        pins = self.labs.cohort.pins
        if not len(pins.analyte):
            return pins.analyte
        return np.concatenate([np.flatnonzero(pins.analyte == number) for number in numbers])

    @lazy
    def pinned(self) -> Flags:
        """Where a clinician chose this reading as the baseline."""
        pins = self.labs.cohort.pins
        chosen = np.zeros(len(self.place), np.bool_)
        for pin in self._pins(self.pinned_as):
            chosen |= (self.labs.treatment.course == pins.course[pin]) & (self.at == pins.at[pin])
        return chosen

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
