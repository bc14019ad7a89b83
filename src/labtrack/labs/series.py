"""Sorted readings: every "latest up to a day" is a binary search in one column of packed keys.

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
    AT_BITS,
    CODE_BITS,
    DAY_SECONDS,
    EPOCH_DAY,
    HIGH_OPEN,
    LAST_INSTANT,
    LOW_OPEN,
    LOWER_UNREADABLE,
    UNUSABLE,
    UPPER_UNREADABLE,
    ResultColumns,
    packed_keys,
)
from labtrack.labs.derived import MIXED, REPORTED, Extras
from labtrack.labs.lazy import lazy

NONE = -1


@dataclass(slots=True)
class View:
    """Readings of all patients and analytes in the order of their packed keys, one per key.

    ``rows`` are the row numbers behind them; None where the columns stand in this order already.
    """

    keys: Rows
    rows: Rows | None

    def row(self, place: Rows) -> Rows:
        """The row behind each place; meaningless for :data:`NONE`."""
        return place if self.rows is None else self.rows[place]


@dataclass(slots=True)
class Clash:
    """Several usable results of one instant that differ; ``rows`` in order of entry, the last being the latest entered."""

    row: int
    rows: Rows


class Readings:
    """All readings of a cohort: recorded rows first, then ``extras`` (calculated, doubtful), then spans, addressed by row number."""

    def __init__(self, results: ResultColumns, extras: Extras | None) -> None:
        self.results = results if len(results) else _one_empty_row()
        self.extras = extras
        self.recorded = len(self.results)
        self.clashes: list[Clash] = []
        self._spans = _SpanRows()
        self._beyond: dict[str, npt.NDArray[Any]] = {}
        parts: list[ResultColumns | Extras] = [self.results] if extras is None else [self.results, extras]
        self._raw = [packed_keys(part.patient, part.analyte, part.flags, part.at) for part in parts]
        self.has_doubt = any(bool(np.count_nonzero(part.flags & UNUSABLE)) for part in parts)
        #: Every usable reading and every doubt, calculated ones included.
        self.view = self._collapsed(_in_order(np.concatenate(self._raw) if extras is not None else self._raw[0]))

    @lazy
    def reported(self) -> View:
        """The readings without the calculated ones."""
        return self.view if self.extras is None else self._collapsed(_in_order(self._raw[0]))

    def _collapsed(self, view: View) -> View:
        """One reading per instant; clashes become spanning rows."""
        repeated = view.keys[1:] == view.keys[:-1]
        if not np.count_nonzero(repeated):
            return view
        starts = np.flatnonzero(np.append(True, ~repeated))
        ends = np.append(starts[1:], len(view.keys))
        rows = view.row(ends - 1)
        for place in np.flatnonzero(ends - starts > 1):
            rows[place] = self._span(view.row(np.arange(starts[place], ends[place])))
        return View(view.keys[starts], rows)

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
        span = self.recorded + self._known + len(self._spans.low)
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
        self._beyond.clear()
        if not (at_lowest & at_highest).all() or len(np.unique(flags & (LOW_OPEN | HIGH_OPEN))) > 1:
            self.clashes.append(Clash(span, rows))
        return span

    def _last_with_limits(self, rows: Rows, flags: npt.NDArray[np.uint8]) -> Rows:
        """The last of the rows that prints any limit, readable or not; the last one where none does. Shape (1,)."""
        lower, upper = self.limits(rows)
        printed = ~np.isnan(lower) | ~np.isnan(upper) | ((flags & (LOWER_UNREADABLE | UPPER_UNREADABLE)) != 0)
        return rows[printed][-1:] if printed.any() else rows[-1:]

    def latest(self, view: View, owner: Rows, end: Rows) -> Rows:
        """Place in ``view`` of each owner's (:func:`owner_key`) last reading before an instant (:func:`end_of_day`), else NONE."""
        place = view.keys.searchsorted(owner + end)
        place -= 1
        return np.where(view.keys[place] >= owner, place, NONE)

    def before(self, view: View, place: Rows) -> Rows:
        """The place before each place, :data:`NONE` where that is another patient's or analyte's."""
        earlier = np.maximum(place - 1, 0)
        is_same = view.keys[earlier] >> AT_BITS == view.keys[place] >> AT_BITS
        return np.where((place > 0) & is_same, place - 1, NONE)

    def at_instant(self, view: View, owner: Rows, at: Days) -> Rows:
        """Place of each owner's reading of exactly this instant, :data:`NONE` where there is none."""
        key = owner + at
        place = np.minimum(view.keys.searchsorted(key), len(view.keys) - 1)
        return np.where(view.keys[place] == key, place, NONE)

    def places_of(self, number: int) -> Rows:
        """Places in ``view`` of the usable readings of one analyte, by patient and time."""
        return np.flatnonzero((self.view.keys >> AT_BITS) & ((1 << CODE_BITS) - 1) == number)

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
        methods = np.full(rows.shape, np.int8(REPORTED))
        beyond = rows >= self.recorded
        methods[beyond] = self._column_beyond("method", np.dtype(np.int8))[rows[beyond] - self.recorded]
        return methods

    def limits(self, rows: Rows) -> tuple[Floats, Floats]:
        """Printed lower and upper limits, NaN where none."""
        return self.gather("lower_limit", rows), self.gather("upper_limit", rows)

    def gather(self, name: str, rows: Rows) -> npt.NDArray[Any]:
        """A column of :class:`ResultColumns` for any row numbers, of any shape."""
        column: npt.NDArray[Any] = getattr(self.results, name)
        if not self._known and not self._spans.low:
            return column[rows]
        beyond = rows >= self.recorded
        if not np.count_nonzero(beyond):
            return column[rows]
        found = column[np.where(beyond, 0, rows)]
        found[beyond] = self._column_beyond(name, column.dtype)[rows[beyond] - self.recorded]
        return found

    @property
    def _known(self) -> int:
        return 0 if self.extras is None else len(self.extras)

    def _column_beyond(self, name: str, kind: np.dtype[Any]) -> npt.NDArray[Any]:
        """A column of the rows that nobody recorded: extras, then spans. Extras print no limits."""
        found = self._beyond.get(name)
        if found is None:
            known = getattr(self.extras, name, None)
            first = np.full(self._known, np.nan) if known is None else known
            found = self._beyond[name] = np.concatenate([first, np.array(getattr(self._spans, name), kind)]).astype(kind)
        return found

    def sources(self, row: int) -> tuple[int, ...]:
        """The recorded rows behind a row, in order of entry."""
        if row < self.recorded:
            return (row,)
        if self.extras is not None and row < self.recorded + self._known:
            found = {int(each) for each in self.extras.sources[row - self.recorded] if each >= 0}
        else:
            found = {source for member in self._spans.members[row] for source in self.sources(int(member))}
        return tuple(sorted(found, key=self.results.result_id.__getitem__))


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


def owner_key(number: int | Rows, patient: Rows) -> Rows:
    """The first packed key of a patient's readings of an analyte; add :data:`DOUBT` to ``number`` for the unusable reports."""
    return (patient << (CODE_BITS + AT_BITS)) + (number << AT_BITS)


def end_of_day(day: Days) -> Days:
    """The first instant after each day, within what a packed key can hold."""
    return np.minimum(np.maximum((day - (EPOCH_DAY - 1)) * DAY_SECONDS, 0), LAST_INSTANT)


def has(place: Rows) -> Flags:
    """Where a place is one."""
    found: Flags = place != NONE
    return found


def _in_order(keys: Rows) -> View:
    """Keys ascending and their rows; rows of one key stay in order of entry."""
    if (keys[1:] >= keys[:-1]).all():
        return View(keys, None)
    order = np.argsort(keys, kind="stable")
    return View(keys[order], order)


def _one_empty_row() -> ResultColumns:
    """Columns that hold no analyte, for a cohort without results: a search finds nothing in them."""
    number, value, code = np.zeros(1, np.int64), np.full(1, np.nan), np.zeros(1, np.uint8)
    return ResultColumns(number, number, number, value, value, value, value, number, code, code)
