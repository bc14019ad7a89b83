"""Sorted readings: one sort of a packed key, then every "latest up to a day" is a binary search.

A *reading* is what one analyte says at one instant: usually one result; where several usable ones stand and differ, the interval
that spans them all (clinical reference, section 4, *Usable result*).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from labtrack.labs.bounds import Days, Flags, Floats, Rows, same
from labtrack.labs.columns import (
    DAY_SECONDS,
    EPOCH_DAY,
    HIGH_OPEN,
    LOW_OPEN,
    LOWER_UNREADABLE,
    UNUSABLE,
    UPPER_UNREADABLE,
    ResultColumns,
)
from labtrack.labs.derived import MIXED, REPORTED, Extras

#: Unusable reports of an analyte are a series of their own, under the analyte's number plus this.
DOUBT = 64
NONE = -1


@dataclass(slots=True)
class Series:
    """Readings of one analyte in (patient, instant) order: packed keys ascending, and the row behind each.

    ``is_recorded`` says that every row is a recorded one, so that columns can be read without looking elsewhere.
    """

    number: int
    keys: Rows
    rows: Rows
    is_recorded: bool


@dataclass(slots=True)
class Clash:
    """Several usable results of one instant that differ; ``rows`` in order of entry, the last being the latest entered."""

    row: int
    rows: Rows


class Readings:
    """All readings of a cohort: recorded rows first, then ``extras`` (calculated, doubtful, spanned), addressed by row number."""

    def __init__(self, results: ResultColumns, extras: Extras, patients: int) -> None:
        self.results = results
        self.extras = extras
        self.recorded = len(results)
        self.clashes: list[Clash] = []
        self._spans = _SpanRows()
        self._bits = _Bits(results, extras, patients)
        self._keys, self._order = self._bits.sorted(results, extras)
        self.has_doubt = bool(len(self._keys)) and int(self._keys[-1]) >= self._bits.prefix(DOUBT)
        self._cache: dict[int, Series] = {}

    def series(self, number: int) -> Series:
        """The usable readings of an analyte; ``number + DOUBT`` gives its unusable reports."""
        found = self._cache.get(number)
        if found is None:
            found = self._cache[number] = self._collapsed(self._slice(number))
        return found

    def reported_series(self, number: int) -> Series:
        """The usable readings of an analyte without the calculated ones."""
        everything = self._slice(number)
        if everything.is_recorded:
            return self.series(number)
        reported = everything.rows < self.recorded
        return self._collapsed(Series(number, everything.keys[reported], everything.rows[reported], is_recorded=True))

    def _slice(self, number: int) -> Series:
        first, end = self._keys.searchsorted(self._bits.prefix(number)), self._keys.searchsorted(self._bits.prefix(number + 1))
        rows = self._order[first:end]
        return Series(number, self._keys[first:end], rows, not len(self.extras) or not (rows >= self.recorded).any())

    def _collapsed(self, series: Series) -> Series:
        """One reading per instant; clashes become spanning rows."""
        if len(series.keys) < 2:
            return series
        repeated = series.keys[1:] == series.keys[:-1]
        if not repeated.any():
            return series
        first = np.append(True, ~repeated)
        starts = np.flatnonzero(first)
        ends = np.append(starts[1:], len(series.keys))
        rows = series.rows[ends - 1].copy()
        for place in np.flatnonzero(ends - starts > 1):
            rows[place] = self._span(series.rows[starts[place] : ends[place]])
        return Series(series.number, series.keys[starts], rows, is_recorded=False)

    def _span(self, rows: Rows) -> int:
        """A new row that spans clashing rows (in order of entry), with the limits of the last that prints any."""
        flags = self.flags(rows)
        if (flags & UNUSABLE).any():
            return int(rows[-1])
        low, high = self.low(rows), self.high(rows)
        lowest, highest = low.min(), high.max()
        at_lowest, at_highest = same(low, lowest), same(high, highest)
        low_open = bool((flags[at_lowest] & LOW_OPEN).all())
        high_open = bool((flags[at_highest] & HIGH_OPEN).all())
        if same(lowest, highest):
            highest = lowest
        printed = self._last_with_limits(rows, flags)
        lower, upper = self.limits(printed)
        unreadable = self.flags(printed) & (LOWER_UNREADABLE | UPPER_UNREADABLE)
        methods = np.unique(self.method(rows))
        span = len(self._spans.low) + self.recorded + len(self.extras)
        self._spans.append(
            patient=int(self.patient(rows[:1])[0]),
            at=int(self.at(rows[:1])[0]),
            low=float(lowest),
            high=float(highest),
            lower_limit=float(lower[0]),
            upper_limit=float(upper[0]),
            flags=(LOW_OPEN if low_open else 0) | (HIGH_OPEN if high_open else 0) | int(unreadable[0]),
            method=int(methods[0]) if len(methods) == 1 else MIXED,
        )
        self._spans.members[span] = rows
        if not (at_lowest & at_highest).all() or len(np.unique(flags & (LOW_OPEN | HIGH_OPEN))) > 1:
            self.clashes.append(Clash(span, rows))
        return span

    def _last_with_limits(self, rows: Rows, flags: npt.NDArray[np.uint8]) -> Rows:
        """The last of the rows that prints any limit, readable or not; the last one where none does. Shape (1,)."""
        lower, upper = self.limits(rows)
        printed = ~np.isnan(lower) | ~np.isnan(upper) | ((flags & (LOWER_UNREADABLE | UPPER_UNREADABLE)) != 0)
        return rows[printed][-1:] if printed.any() else rows[-1:]

    def latest(self, series: Series, patient: Rows, ticks: Rows) -> Rows:
        """Place in ``series`` of the last reading before some ticks (:meth:`ticks`), :data:`NONE` where there is none.

        ``patient`` is as :meth:`patient_keys` gives it.
        """
        first = patient + self._bits.prefix(series.number)
        begin, place = series.keys.searchsorted(first), series.keys.searchsorted(first + ticks)
        return np.where(place > begin, place - 1, NONE)

    def ticks(self, day: Days) -> Rows:
        """The end of each day as the packed keys count time."""
        return self._bits.end_of_day(day)

    def patient_keys(self, patient: Rows) -> Rows:
        """The patients' part of the packed keys."""
        return patient << self._bits.time_bits

    def before(self, series: Series, place: Rows) -> Rows:
        """The place before each place, :data:`NONE` where that is another patient's."""
        if not len(series.keys):
            return place
        earlier = np.maximum(place - 1, 0)
        same = self._bits.owner(series.keys[earlier]) == self._bits.owner(series.keys[np.maximum(place, 0)])
        return np.where((place > 0) & same, place - 1, NONE)

    def at_instant(self, series: Series, patient: Rows, at: Days) -> Rows:
        """Place of the reading at exactly this instant, :data:`NONE` where there is none."""
        key = self._bits.key(series.number, patient, at)
        place = series.keys.searchsorted(key)
        if not len(series.keys):
            return np.full(len(place), NONE)
        return np.where(series.keys[np.minimum(place, len(series.keys) - 1)] == key, place, NONE)

    def low(self, rows: Rows) -> Floats:
        """Lower ends, canonical unit."""
        return self.gather("low", rows)

    def high(self, rows: Rows) -> Floats:
        """Upper ends, canonical unit."""
        return self.gather("high", rows)

    def at(self, rows: Rows) -> Days:
        """Instants."""
        return self.gather("at", rows)

    def patient(self, rows: Rows) -> Rows:
        """Owners."""
        return self.gather("patient", rows)

    def flags(self, rows: Rows) -> npt.NDArray[np.uint8]:
        """Flags as in :data:`labtrack.labs.columns.RESULT_ROW`."""
        return self.gather("flags", rows)

    def method(self, rows: Rows) -> npt.NDArray[np.int8]:
        """Index into :data:`labtrack.labs.derived.METHODS`."""
        return self.gather("method", rows)

    def limits(self, rows: Rows) -> tuple[Floats, Floats]:
        """Printed lower and upper limits, NaN where none."""
        return self.gather("lower_limit", rows), self.gather("upper_limit", rows)

    def gather(self, name: str, rows: Rows) -> npt.NDArray[Any]:
        """A column of :class:`ResultColumns` or ``method`` for any row numbers."""
        base = getattr(self.results, name, None)
        recorded = rows < self.recorded
        if recorded.all():
            return np.zeros(len(rows), np.int8) if base is None else base[rows]
        beyond = rows[~recorded] - self.recorded
        known = len(self.extras)
        filler: npt.NDArray[Any] = getattr(self.extras, name, _NO_LIMITS)
        out = np.empty(len(rows), filler.dtype if base is None else base.dtype)
        out[recorded] = REPORTED if base is None else base[rows[recorded]]
        calculated = beyond < known
        values = np.empty(len(beyond), out.dtype)
        if calculated.any():
            values[calculated] = np.nan if filler is _NO_LIMITS else filler[beyond[calculated]]
        values[~calculated] = self._spans.gather(name, beyond[~calculated] - known)
        out[~recorded] = values
        return out

    def sources(self, row: int) -> tuple[int, ...]:
        """The recorded rows behind a row, in order of entry."""
        if row < self.recorded:
            return (row,)
        if row < self.recorded + len(self.extras):
            return tuple(sorted(int(each) for each in self.extras.sources[row - self.recorded] if each >= 0))
        return tuple(sorted({source for member in self._spans.members[row] for source in self.sources(int(member))}))


_NO_LIMITS = np.empty(0, np.float64)


class _SpanRows:
    """Rows made from clashes: few, so plain lists."""

    def __init__(self) -> None:
        self.patient: list[int] = []
        self.at: list[int] = []
        self.low: list[float] = []
        self.high: list[float] = []
        self.lower_limit: list[float] = []
        self.upper_limit: list[float] = []
        self.flags: list[int] = []
        self.method: list[int] = []
        self.members: dict[int, Rows] = {}

    def append(self, **values: float) -> None:
        for name, value in values.items():
            getattr(self, name).append(value)

    def gather(self, name: str, places: Rows) -> list[float]:
        column: list[float] = getattr(self, name)
        return [column[place] for place in places]


class _Bits:
    """How (analyte, patient, instant) share one 64-bit integer, and how rows are sorted by it.

    With the row number in the low bits the values themselves are sorted, which is several times faster than sorting indices; where
    the four do not fit together, a stable argsort of the key alone serves.
    """

    ANALYTE_BITS = 7

    def __init__(self, results: ResultColumns, extras: Extras, patients: int) -> None:
        instants = [each for each in (results.at, extras.at) if len(each)]
        self.earliest = min((int(each.min()) for each in instants), default=0)
        latest = max((int(each.max()) for each in instants), default=0)
        by_minute = all(not (each % 60).any() for each in instants)
        self.unit = 60 if by_minute else 1
        self.earliest -= self.earliest % self.unit
        self.ticks = (latest - self.earliest) // self.unit + 2
        self.time_bits = self.ticks.bit_length()
        self.patient_bits = max(1, (patients - 1).bit_length())
        self.row_bits = max(1, (len(results) + len(extras)).bit_length())

    def key(self, number: int | Rows, patient: Rows, at: Days) -> Rows:
        """The packed key of an instant."""
        ticks = (at - self.earliest) // self.unit if self.unit > 1 else at - self.earliest
        owner = self.owner_of(number, patient)
        owner <<= self.time_bits
        owner += ticks
        return owner

    def owner_of(self, number: int | Rows, patient: Rows) -> Rows:
        """The key's upper part: analyte and patient."""
        return (number << self.patient_bits) + patient

    def owner(self, keys: Rows) -> Rows:
        """The upper part of keys."""
        return keys >> self.time_bits

    def prefix(self, number: int) -> int:
        """The first key of an analyte."""
        return number << (self.patient_bits + self.time_bits)

    def end_of_day(self, day: Days) -> Rows:
        """The first tick after each day."""
        ticks = ((day - (EPOCH_DAY - 1)) * DAY_SECONDS - self.earliest) // self.unit
        return np.minimum(np.maximum(ticks, 0), self.ticks)

    def sorted(self, results: ResultColumns, extras: Extras) -> tuple[Rows, Rows]:
        """Keys ascending and their rows; rows of one key stay in order of entry."""
        keys = np.concatenate([self._keys_of(results), self._keys_of(extras)])
        if self.ANALYTE_BITS + self.patient_bits + self.time_bits + self.row_bits <= 63:
            keys <<= self.row_bits
            keys += np.arange(len(keys))
            keys.sort()
            rows = keys & ((1 << self.row_bits) - 1)
            keys >>= self.row_bits
            return keys, rows
        order = np.argsort(keys, kind="stable")
        return keys[order], order

    def _keys_of(self, rows: ResultColumns | Extras) -> Rows:
        number = rows.analyte.astype(np.int64)
        number += ((rows.flags & UNUSABLE) != 0).astype(np.int64) * DOUBT
        return self.key(number, rows.patient, rows.at)


def has(place: Rows) -> Flags:
    """Where a place is one."""
    found: Flags = place != NONE
    return found
