"""Results that follow from others of the same specimen: eGFR, LDL, ANC, ALC (clinical reference, section 4).

A calculated result is made only for a specimen without a usable reported one. Where an ingredient was reported but cannot be
used, a *doubt* row is made instead: it says that something newer exists which nobody can read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from labtrack.labs.bounds import Days, Flags, Floats, Rows, same
from labtrack.labs.columns import (
    HIGH_OPEN,
    LOW_OPEN,
    NO_AGE,
    NO_DAY,
    NO_SEX,
    UNUSABLE,
    Cohort,
    PatientColumns,
    ResultColumns,
    day_of_instant,
)
from labtrack.labs.formulas import NO_ESTIMATE, USES_FRIEDEWALD, YOUNGEST_ADULT, calculated_ldl, ckd_epi_2021, completed_years

REPORTED, CKD_EPI_2021, FRIEDEWALD, SAMPSON_NIH, FROM_PERCENT, MIXED = range(6)
METHODS = ("", "CKD-EPI 2021", "Friedewald", "Sampson-NIH", "WBC × %", "reported and calculated")
#: What LDL and the absolute counts are calculated from.
WHENCE = (("ldl", "tc", "hdl", "tg"), ("anc", "neut_pct", "wbc"), ("alc", "lymph_pct", "wbc"))

#: Spreads patients' numbers over 64 bits: the golden ratio's fraction, signed, as multiplicative hashing uses it.
_SPREAD = -0x61C8864680B583EB


@dataclass(slots=True)
class Extras:
    """Rows beside the recorded ones, in the columns' shapes; ``sources`` are up to three recorded rows (−1: none)."""

    patient: Rows
    analyte: npt.NDArray[np.uint8]
    at: Days
    low: Floats
    high: Floats
    flags: npt.NDArray[np.uint8]
    method: npt.NDArray[np.int8]
    sources: Rows

    def __len__(self) -> int:
        return len(self.at)


def join_extras(parts: list[Extras]) -> Extras:
    """All parts, one after the other."""
    fields = ("patient", "analyte", "at", "low", "high", "flags", "method", "sources")
    return Extras(*(np.concatenate([getattr(part, name) for part in parts]) for name in fields))


def age_at(patients: PatientColumns, patient: Rows, day: Days) -> Floats:
    """Completed years on a day; NaN where the birth date is unknown."""
    dates = (day - 719_163).astype("datetime64[D]")
    months = dates.astype("datetime64[M]")
    month_number = months.astype(np.int64)
    month_day = (month_number % 12 + 1) * 100 + (dates - months).astype(np.int64) + 1
    birth_year = patients.birth_year[patient]
    years = completed_years(birth_year, patients.birth_month_day[patient], 1970 + month_number // 12, month_day)
    return np.where(birth_year == NO_DAY, np.nan, years)


def egfr_of_creatinine(
    patients: PatientColumns, patient: Rows, at: Days, low: Floats, high: Floats
) -> tuple[Floats, Floats, npt.NDArray[np.uint8]]:
    """CKD-EPI 2021 ends (low, high) of creatinine bounds, and flags: why not (:data:`NO_SEX`, :data:`NO_AGE`) or 0."""
    sex = patients.sex[patient]
    age = age_at(patients, patient, day_of_instant(at))
    no_age = ~(age >= YOUNGEST_ADULT)
    flags = np.zeros(len(sex), np.uint8)
    flags[sex == 0] |= NO_SEX
    flags[no_age] |= NO_AGE
    missing = flags != 0
    egfr_low = np.where(missing, np.nan, ckd_epi_2021(high, age, sex))
    egfr_high = np.where(missing, np.nan, ckd_epi_2021(low, age, sex))
    return egfr_low, egfr_high, flags


def swapped_ends(flags: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """The flags of a value that falls as its source rises: the open ends change places."""
    ends = np.zeros(len(flags), np.uint8)
    ends[(flags & HIGH_OPEN) != 0] |= LOW_OPEN
    ends[(flags & LOW_OPEN) != 0] |= HIGH_OPEN
    return ends


class Deriver:
    """Derives the extra rows of one cohort. ``numbers`` gives each analyte key's number."""

    def __init__(self, cohort: Cohort, numbers: dict[str, int]) -> None:
        self.cohort = cohort
        self.results: ResultColumns = cohort.results
        self.numbers = numbers
        results = self.results
        self.has_unusable = bool(np.count_nonzero(results.flags & UNUSABLE))
        self._rows_of: dict[str, Rows] = {}
        self._low, self._high, self._flags = results.low, results.high, results.flags
        self._spanned: set[str] = set()

    def _specimens(self, rows: Rows) -> Rows:
        """A code of each row's specimen. It belongs to one patient: laboratories number their tubes alike, so the patient joins in."""
        codes: Rows = self.results.patient[rows] * _SPREAD
        codes ^= self.results.specimen[rows]
        return codes

    def _span(self, key: str) -> None:
        """Values as readings: where usable results of one instant differ, each stands for the span of all of them.

        A spanning reading belongs to every specimen it comes from (section 4, *Usable result*), so it enters calculations too.
        """
        if key in self._spanned:
            return
        self._spanned.add(key)
        results, rows = self.results, self._usable(self._rows(key))
        instants = self._instants(rows)
        if not _repeats(instants):
            return
        shared, group, count = np.unique(instants, return_inverse=True, return_counts=True)
        if self._low is results.low:
            self._low, self._high, self._flags = results.low.copy(), results.high.copy(), results.flags.copy()
        repeated = count[group] > 1
        rows, group = rows[repeated], group[repeated]
        least, most = np.full(len(shared), np.inf), np.full(len(shared), -np.inf)
        np.minimum.at(least, group, results.low[rows])
        np.maximum.at(most, group, results.high[rows])
        flags = results.flags[rows]
        low_closed, high_closed = np.zeros(len(shared), np.bool_), np.zeros(len(shared), np.bool_)
        low_closed[group[same(results.low[rows], least[group]) & (flags & LOW_OPEN == 0)]] = True
        high_closed[group[same(results.high[rows], most[group]) & (flags & HIGH_OPEN == 0)]] = True
        self._low[rows], self._high[rows] = least[group], most[group]
        low_open = np.where(low_closed[group], np.uint8(0), np.uint8(LOW_OPEN))
        self._flags[rows] = low_open | np.where(high_closed[group], np.uint8(0), np.uint8(HIGH_OPEN))

    def extras(self) -> Extras | None:
        """Every calculated or doubtful row; None where there is none."""
        made = [*self.egfr(), *self.ldl(), *self.count("anc", "neut_pct"), *self.count("alc", "lymph_pct"), *self.doubts()]
        found = join_extras(made) if made else None
        return found if found is not None and len(found) else None

    def egfr(self) -> Iterator[Extras]:
        """CKD-EPI 2021 from each creatinine whose specimen has no usable reported eGFR.

        A clash of creatinines counts as covered only if each of its specimens has one (section 4, *eGFR*).
        """
        results = self.results
        rows = self._uncovered_creatinine(self._rows("creatinine"))
        if not len(rows):
            return
        patient, at = results.patient[rows], results.at[rows]
        low, high, why_not = egfr_of_creatinine(self.cohort.patients, patient, at, results.low[rows], results.high[rows])
        unusable = results.flags[rows] & UNUSABLE
        flags = np.where(unusable != 0, unusable, swapped_ends(results.flags[rows]) | why_not)
        yield self._made("egfr", rows, low, high, flags, CKD_EPI_2021, _sources(rows))

    def _uncovered_creatinine(self, rows: Rows) -> Rows:
        covered = self._covered(rows, "egfr")
        some = np.count_nonzero(covered)
        if not some:
            return rows
        if some == len(rows) or not _repeats(instants := self._instants(rows)):
            return rows[~covered]
        usable = (self.results.flags[rows] & UNUSABLE) == 0
        spanned = np.isin(instants, instants[~covered & usable]) & usable
        uncovered: Rows = rows[~covered | spanned]
        return uncovered

    def ldl(self) -> Iterator[Extras]:
        """Friedewald or Sampson-NIH where TC, HDL and TG of a specimen are exact numbers and it has no usable reported LDL."""
        rows = self._together("ldl", self._usable, "tc", "hdl", "tg")
        if not len(rows):
            return
        exact = same(self._low[rows], self._high[rows]).all(axis=1)
        values = (np.where(exact, self.results.low[rows[:, column]], np.nan) for column in range(3))
        estimate, equation = calculated_ldl(*values)
        method = np.where(equation == USES_FRIEDEWALD, np.int8(FRIEDEWALD), np.int8(SAMPSON_NIH))
        closed = np.zeros(len(rows), np.uint8)
        made = self._made("ldl", rows[:, 0], estimate, estimate, closed, method, rows, self._latest(rows))
        yield _chosen(made, equation != NO_ESTIMATE)

    def count(self, key: str, percent: str) -> Iterator[Extras]:
        """WBC × % / 100 of a specimen without a usable reported absolute count."""
        rows = self._together(key, self._usable, percent, "wbc")
        if not len(rows):
            return
        share, wbc = rows[:, 0], rows[:, 1]
        low = self._low[wbc] * self._low[share] / 100
        none = (self._high[wbc] == 0) | (self._high[share] == 0)
        high = np.where(none, 0.0, self._high[wbc] * self._high[share] / 100)
        flags = np.where(none, np.uint8(0), (self._flags[share] | self._flags[wbc]) & (LOW_OPEN | HIGH_OPEN))
        yield self._made(key, share, low, high, flags, FROM_PERCENT, _sources(wbc, share), self._latest(rows))

    def doubts(self) -> Iterator[Extras]:
        """A doubt row where a specimen has reports of all ingredients, and the newest of one of them cannot be used."""
        flags = self.results.flags
        for key, *ingredients in WHENCE if self.has_unusable else ():
            unusable = np.concatenate([self._rows(ingredient) for ingredient in ingredients])
            suspect = self._specimens(unusable[(flags[unusable] & UNUSABLE) != 0])
            if len(suspect):
                rows = self._together(key, partial(self._of_specimens, suspect), *ingredients)
                why = np.bitwise_or.reduce(flags[rows] & UNUSABLE, axis=1)
                nothing = np.full(len(rows), np.nan)
                made = self._made(key, rows[:, 0], nothing, nothing, why, REPORTED, _sources(*rows.T), self._latest(rows))
                yield _chosen(made, why != 0)

    def _of_specimens(self, specimens: Rows, rows: Rows) -> Rows:
        return rows[np.isin(self._specimens(rows), specimens)]

    def _together(self, key: str, choose: Callable[[Rows], Rows], *ingredients: str) -> Rows:
        """Per specimen without a usable reported result of ``key``: the latest chosen row of each ingredient, side by side."""
        first = choose(self._rows(ingredients[0]))
        first = first[~self._covered(first, key)]
        if not len(first):
            return np.empty((0, len(ingredients)), np.int64)
        for ingredient in ingredients:
            self._span(ingredient)
        others = (choose(self._rows(ingredient)) for ingredient in ingredients[1:])
        return _shared([self._latest_by_specimen(rows) for rows in (first, *others)])

    def _latest(self, rows: Rows) -> Days:
        """The latest collection of rows that stand side by side."""
        latest: Days = self.results.at[rows].max(axis=1, initial=NO_DAY)
        return latest

    def _rows(self, key: str) -> Rows:
        rows = self._rows_of.get(key)
        if rows is None:
            rows = self._rows_of[key] = np.flatnonzero(self.results.analyte == self.numbers[key])
        return rows

    def _usable(self, rows: Rows) -> Rows:
        return rows[(self.results.flags[rows] & UNUSABLE) == 0] if self.has_unusable else rows

    def _covered(self, rows: Rows, key: str) -> Flags:
        """Whether each row's specimen has a usable reported result of ``key``."""
        if not len(rows):
            return np.zeros(0, np.bool_)
        reported = self._usable(self._rows(key))
        return among(self._specimens(reported), self._specimens(rows)) if len(reported) else np.zeros(len(rows), np.bool_)

    def _instants(self, rows: Rows) -> Rows:
        """Patient and instant as one number."""
        instants: Rows = (self.results.patient[rows] << 36) + self.results.at[rows]
        return instants

    def _latest_by_specimen(self, rows: Rows) -> tuple[Rows, Rows]:
        """Specimens ascending and each one's latest row; at one instant a usable report outweighs an unusable one."""
        specimens = self._specimens(rows)
        if not _repeats(specimens):
            order = np.argsort(specimens)
            return specimens[order], rows[order]
        usable = (self.results.flags[rows] & UNUSABLE) == 0
        order = np.lexsort((rows, usable, self.results.at[rows], specimens))
        specimens, rows = specimens[order], rows[order]
        last = np.append(specimens[1:] != specimens[:-1], True)[: len(rows)]
        return specimens[last], rows[last]

    def _made(
        self,
        key: str,
        rows: Rows,
        low: Floats,
        high: Floats,
        flags: npt.NDArray[np.uint8],
        method: int | npt.NDArray[np.int8],
        sources: Rows,
        at: Days | None = None,
    ) -> Extras:
        count = len(rows)
        return Extras(
            self.results.patient[rows],
            np.full(count, self.numbers[key], np.uint8),
            self.results.at[rows] if at is None else at,
            low,
            high,
            flags.astype(np.uint8),
            np.full(count, method, np.int8) if isinstance(method, int) else method,
            sources,
        )


def _repeats(values: npt.NDArray[np.integer[Any]]) -> bool:
    """Whether any value stands more than once."""
    ordered = np.sort(values)
    return bool(np.count_nonzero(ordered[1:] == ordered[:-1]))


def among(having: Rows, specimens: Rows) -> Flags:
    """Which specimens are among others, of which there is at least one.

    Mostly all of them are. The codes are spread evenly, so their last bits name a slot of a table for nearly each one of its own;
    only those whose slot another one took, or that are not there, are searched for.
    """
    slots = 1 << (8 * len(having)).bit_length()
    last_bits = slots - 1
    holder = np.zeros(slots, np.int64)
    holder[having & last_bits] = np.arange(len(having))
    found: Flags = having[holder[specimens & last_bits]] == specimens
    rest = np.flatnonzero(~found)
    if len(rest):
        ordered, wanted = np.sort(having), specimens[rest]
        found[rest] = ordered[np.minimum(ordered.searchsorted(wanted), len(having) - 1)] == wanted
    return found


def _shared(groups: list[tuple[Rows, Rows]]) -> Rows:
    """One row per specimen that all groups have: its row in each group, side by side."""
    specimens, rows = groups[0]
    table = rows[:, np.newaxis]
    for others, other_rows in groups[1:]:
        if not len(others):
            return np.empty((0, len(groups)), np.int64)
        place = np.minimum(others.searchsorted(specimens), len(others) - 1)
        found = others[place] == specimens
        table = np.column_stack([table[found], other_rows[place[found]]])
        specimens = specimens[found]
    return table


def _sources(*rows: Rows) -> Rows:
    """Up to three source rows per extra row, −1 where fewer."""
    table = np.full((len(rows[0]), 3), -1, np.int64)
    for column, each in enumerate(rows):
        table[:, column] = each
    return table


def _chosen(extras: Extras, kept: Flags) -> Extras:
    fields = ("patient", "analyte", "at", "low", "high", "flags", "method", "sources")
    return Extras(*(getattr(extras, name)[kept] for name in fields))
