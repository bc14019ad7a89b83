"""Kidney function: eGFR whose baseline compares like with like, and creatinine clearance by Cockcroft-Gault."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from labtrack.core.judgment import Reason
from labtrack.labs.bounds import Bounds, Days, Flags, Floats, Masks, less
from labtrack.labs.cells import flag_reasons
from labtrack.labs.derived import CKD_EPI_2021, age_at, egfr_of_creatinine
from labtrack.labs.formulas import cockcroft_gault
from labtrack.labs.lab import Lab
from labtrack.labs.lazy import lazy
from labtrack.labs.series import NONE
from labtrack.labs.verdicts import Relation, Verdicts

if TYPE_CHECKING:
    from labtrack.labs.snapshot import Labs

_TOO_OLD = np.uint16(Reason.BASELINE_TOO_OLD.bit)
_NO_BASELINE = np.uint16(Reason.NO_BASELINE.bit)


class EgfrLab(Lab):
    """eGFR, reported or calculated, and its fall from baseline (clinical reference, section 4, *eGFR*)."""

    def fallen_below(self, fraction: float) -> Verdicts:
        """Judged ``current < baseline × fraction``, both reported or both calculated."""
        current, baseline = self.like_with_like
        limit = baseline * fraction
        verdicts = self.judge(less(current, limit), Relation.BELOW, limit)
        verdicts.terms[0].compared = current
        return verdicts

    @property
    def baseline(self) -> Bounds:
        """The baseline of the kind that the comparison uses."""
        return self.like_with_like[1]

    @property
    def used_baseline(self) -> tuple[Bounds, Days] | None:
        """The baseline and its day per row, if the fall was asked for."""
        return (self.baseline, self.baseline_day) if "like_with_like" in vars(self) else None

    @lazy
    def baseline_day(self) -> Days:
        """Day of the baseline that the comparison uses; 0 where there is none."""
        calculated = self._baseline_creatinine.day
        return np.where(self.by_calculation, calculated, self._reported_baseline.day)

    @lazy
    def by_calculation(self) -> Flags:
        """Where calculated is compared with calculated."""
        return self._comparison[0]

    @lazy
    def like_with_like(self) -> tuple[Bounds, Bounds]:
        """Current and baseline of one kind, in mL/min/1.73 m²."""
        return self._comparison[1:]

    @lazy
    def _comparison(self) -> tuple[Flags, Bounds, Bounds]:
        """Whether by calculation, then current and baseline.

        Reported with reported; where the reported has no baseline, calculated with calculated of the same day; else the baseline
        is NaN with ``baseline-too-old`` if any older one exists, else ``no-baseline``.
        """
        if not self.some_missing and self.is_calculated.all():
            return self.is_calculated, self.bounds, self._calculated_baseline
        reported = self._reported_baseline.as_baseline_of(self)
        if not np.count_nonzero(self.is_calculated) and not np.count_nonzero(reported.reasons):
            return self.is_calculated, self.bounds, reported
        calculated = self._calculated_baseline
        now = _either(self.is_calculated, self.bounds, _calculated(self._creatinine_of_the_day))
        comparable = (calculated.reasons == 0) & (now.reasons == 0)
        by_calculation = self.is_calculated | ((reported.reasons != 0) & comparable)
        older = reported.reasons | np.where(now.reasons == 0, calculated.reasons, np.uint16(0))
        one_is_old = (reported.reasons != 0) & (older & _TOO_OLD != 0)
        reported.reasons = np.where(one_is_old, reported.reasons & ~_NO_BASELINE | _TOO_OLD, reported.reasons)
        return by_calculation, _either(by_calculation, now, self.bounds), _either(by_calculation, calculated, reported)

    @lazy
    def is_calculated(self) -> Flags:
        """Where the current value is calculated."""
        calculated: Flags = self.present & (self.readings.method(self.row) == CKD_EPI_2021)
        return calculated

    @lazy
    def _reported_baseline(self) -> Lab:
        return self.baseline_in(self.readings.reported)

    @lazy
    def _calculated_baseline(self) -> Bounds:
        """CKD-EPI 2021 of the baseline creatinine: every usable creatinine counts, also beside a reported eGFR."""
        creatinine = self._baseline_creatinine
        bounds = _calculated(creatinine)
        reasons = creatinine.baseline_reasons(self) | np.where(creatinine.present, bounds.reasons, np.uint16(0))
        return _without(bounds, reasons)

    @lazy
    def _baseline_creatinine(self) -> Lab:
        """The creatinine that the calculated baseline comes from; a pinned eGFR that was calculated names it by its instant."""
        creatinine = self.labs.creatinine
        return creatinine.baseline_in(self.readings.view, (creatinine.analyte.number, self.analyte.number))

    @lazy
    def _creatinine_of_the_day(self) -> Lab:
        creatinine = self.labs.creatinine
        latest = Lab(self.labs, creatinine.analyte, creatinine.last_place(self.day))
        return Lab(self.labs, creatinine.analyte, np.where(latest.day == self.day, latest.place, NONE))


class Clearance(Lab):
    """Creatinine clearance in mL/min from the current creatinine, the age at its collection and the recorded weight."""

    def __init__(self, labs: Labs) -> None:
        creatinine = labs.creatinine
        super().__init__(labs, creatinine.analyte, creatinine.place)
        self._creatinine = creatinine

    @lazy
    def _reasons(self) -> Masks:
        reasons = np.where(np.isnan(self._weight), np.uint16(Reason.NO_WEIGHT.bit), np.uint16(0))
        reasons |= np.where(np.isnan(self._age), np.uint16(Reason.AGE_UNKNOWN.bit), np.uint16(0))
        reasons |= np.where(self.labs.sex == 0, np.uint16(Reason.SEX_UNKNOWN.bit), np.uint16(0))
        return reasons | self._creatinine.missing

    @lazy
    def _weight(self) -> Floats:
        return self.labs.cohort.patients.weight_kg[self.labs.patient]

    @lazy
    def _age(self) -> Floats:
        return age_at(self.labs.cohort.patients, self.labs.patient, self._creatinine.day)

    @lazy
    def present(self) -> Flags:
        """Where it can be calculated."""
        present: Flags = self._reasons == 0
        return present

    @lazy
    def some_missing(self) -> bool:
        """Whether it cannot be calculated on any row."""
        return bool(np.count_nonzero(self._reasons))

    @lazy
    def missing(self) -> Masks:
        """Why it cannot be calculated."""
        return self._reasons

    @lazy
    def doubt(self) -> Masks:
        """Why the newest creatinine cannot be read; one that the clearance cannot be calculated from for another reason is no doubt."""
        return self._creatinine.doubt

    @lazy
    def bounds(self) -> Bounds:
        """The clearance as intervals; it falls as creatinine rises, so the ends change places."""
        given = self._creatinine.bounds
        low = cockcroft_gault(given.high, self._age, self._weight, self.labs.sex)
        high = cockcroft_gault(given.low, self._age, self._weight, self.labs.sex)
        return _without(Bounds(low, high, given.high_open, given.low_open, self._reasons), self._reasons)


def _calculated(creatinine: Lab) -> Bounds:
    """CKD-EPI 2021 of creatinine readings; NaN with reasons where it cannot be calculated."""
    given, labs = creatinine.bounds, creatinine.labs
    low, high, flags = egfr_of_creatinine(labs.cohort.patients, labs.patient, creatinine.at, given.low, given.high)
    reasons = np.where(creatinine.present, flag_reasons(flags), creatinine.missing)
    return _without(Bounds(low, high, given.high_open, given.low_open, reasons), reasons)


def _without(bounds: Bounds, reasons: Masks) -> Bounds:
    """The same with NaN wherever there is a reason."""
    low = np.where(reasons != 0, np.nan, bounds.low)
    high = np.where(reasons != 0, np.nan, bounds.high)
    return Bounds(low, high, bounds.low_open, bounds.high_open, reasons)


def _either(choice: Flags, one: Bounds, other: Bounds) -> Bounds:
    return Bounds(
        np.where(choice, one.low, other.low),
        np.where(choice, one.high, other.high),
        np.where(choice, one.low_open, other.low_open),
        np.where(choice, one.high_open, other.high_open),
        np.where(choice, one.reasons, other.reasons),
    )
