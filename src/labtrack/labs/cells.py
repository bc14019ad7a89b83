"""What readings say at chosen places: of one analyte on every row of a snapshot, or of several analytes at once.

Doing several at once costs little more than doing one, which is most of the time that one patient's assessment takes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from labtrack.catalogue import Analyte
from labtrack.core.judgment import Reason
from labtrack.labs.bounds import Days, Flags, Floats, Masks, Rows
from labtrack.labs.columns import (
    DOUBT,
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
from labtrack.labs.series import View, has

if TYPE_CHECKING:
    from labtrack.labs.snapshot import Labs

_NO_RESULT = np.uint16(Reason.NO_RESULT.bit)
_NO_ULN = np.uint16(Reason.NO_ULN.bit)
_SEX_UNKNOWN = np.uint16(Reason.SEX_UNKNOWN.bit)
_NONE = np.uint16(0)
_FLAG_REASONS = np.zeros(256, np.uint16)
for _flag, _reason in (
    (IS_TEXT, Reason.TEXT_RESULT),
    (UNIT_UNKNOWN, Reason.UNIT_UNKNOWN),
    (NO_SEX, Reason.SEX_UNKNOWN),
    (NO_AGE, Reason.AGE_UNKNOWN),
):
    _FLAG_REASONS[(np.arange(256) & _flag) != 0] |= np.uint16(_reason.bit)


@dataclass(frozen=True, slots=True)
class Kind:
    """What the readings of an analyte need to know of it; of several analytes each field has one more dimension, the first.

    ``lower`` and ``upper`` are the catalogue's limits by sex code, NaN where there is none.
    """

    number: int | Rows
    is_lipid: bool | Flags
    lower: Floats
    upper: Floats


@cache
def kind_of(analyte: Analyte) -> Kind:
    """Of one analyte."""
    limits = [analyte.ranges[sex] for sex in sorted(SEX_CODE, key=SEX_CODE.__getitem__)]
    lower, upper = (np.array([np.nan if limit[end] is None else limit[end] for limit in limits], np.float64) for end in (0, 1))
    return Kind(analyte.number, analyte.panel == "lipid", lower, upper)


class Group:
    """Analytes that are looked up together: the line of each, and their kind, shape (analytes, 1) or (analytes, sexes)."""

    def __init__(self, analytes: Iterable[Analyte]) -> None:
        chosen = list(analytes)
        kinds = [kind_of(each) for each in chosen]
        self.lines: Mapping[str, int] = {each.key: line for line, each in enumerate(chosen)}
        self.kind = Kind(
            np.array([[each.number] for each in kinds], np.int64).reshape(-1, 1),
            np.array([[each.is_lipid] for each in kinds], np.bool_).reshape(-1, 1),
            np.array([each.lower for each in kinds], np.float64).reshape(-1, len(SEX_CODE)),
            np.array([each.upper for each in kinds], np.float64).reshape(-1, len(SEX_CODE)),
        )


class Cells:
    """Readings at some places of a view: shape (rows,) for one analyte, (analytes, rows) for a group.

    Values are in the analyte's canonical unit, days are ordinals.
    """

    def __init__(self, labs: Labs, kind: Kind, place: Rows, view: View) -> None:
        self.labs = labs
        self.kind = kind
        self.place = place
        self.view = view

    def lines(self) -> list[dict[str, Any]]:
        """A group's columns, analyte by analyte, by name: what the ``Cells`` of each alone would answer."""
        columns = [getattr(self, name) for name in _COLUMNS]
        columns += [getattr(self, name).tolist() for name in _SUMMARIES]
        return [dict(zip(_COLUMNS + _SUMMARIES, each, strict=True)) for each in zip(*columns, strict=True)]

    @lazy
    def present(self) -> Flags:
        """Where there is a usable reading."""
        return has(self.place)

    @lazy
    def some_missing(self) -> Any:
        """Whether any row has no usable reading; one answer for each analyte of a group."""
        return ~np.logical_and.reduce(self.present, axis=-1)

    @lazy
    def row(self) -> Rows:
        """The reading's row number; meaningless where none is present."""
        return self.view.row(self.place)

    def column(self, name: str) -> npt.NDArray[Any]:
        """A column of the readings; meaningless where none is present."""
        return self.labs.readings.gather(name, self.row)

    @lazy
    def flags(self) -> npt.NDArray[np.uint8]:
        """Flags as in :data:`labtrack.labs.columns.RESULT_ROW`; meaningless where none is present."""
        return self.column("flags")

    @lazy
    def low(self) -> Floats:
        """Lower ends, NaN where none is present."""
        return self._or_nan(self.column("low"))

    @lazy
    def high(self) -> Floats:
        """Upper ends, NaN where none is present."""
        return self._or_nan(self.column("high"))

    def _or_nan(self, column: Floats) -> Floats:
        return np.where(self.present, column, np.nan) if np.count_nonzero(self.some_missing) else column

    @lazy
    def low_open(self) -> Flags:
        """Where the lower end excludes its number."""
        is_open: Flags = (self.flags & LOW_OPEN) != 0
        return is_open

    @lazy
    def high_open(self) -> Flags:
        """Where the upper end excludes its number."""
        is_open: Flags = (self.flags & HIGH_OPEN) != 0
        return is_open

    @lazy
    def at(self) -> Days:
        """Instants; 0 where none is present."""
        return np.where(self.present, self.column("at"), 0)

    @lazy
    def day(self) -> Days:
        """Ordinal day of collection; 0 where none is present."""
        return np.where(self.present, day_of_instant(self.at), 0)

    @lazy
    def doubt(self) -> Masks:
        """Why the newest report by the judged day cannot be read, where it is newer than the usable reading; 0 elsewhere."""
        readings = self.labs.readings
        if not readings.has_doubt:
            return np.zeros(self.place.shape, np.uint16)
        place = self.labs.latest(self.kind.number + DOUBT, self.labs.end)
        row = readings.view.row(place)
        newer = has(place) & (~self.present | (readings.at(row) > self.at))
        return np.where(newer, flag_reasons(readings.flags(row)), np.uint16(0))

    @lazy
    def some_doubt(self) -> Any:
        """Whether any row's newest report cannot be read; one answer for each analyte of a group."""
        return np.logical_or.reduce(self.doubt, axis=-1)

    @lazy
    def missing(self) -> Masks:
        """Why there is no usable reading: nothing reported, and what was reported instead; 0 where one is present."""
        return np.where(self.present, np.uint16(0), _NO_RESULT | self.doubt)

    @lazy
    def stale(self) -> Flags:
        """Where the reading is too old for *not met* to rest on it (section 4, *Stale*)."""
        treatment, limits = self.labs.treatment, self.labs.catalogue.staleness
        on_treatment = treatment.started & (self.day > treatment.start)
        longest = np.where(on_treatment, limits.on_treatment, limits.before)
        longest = np.where(self.kind.is_lipid, limits.lipids, longest)
        stale: Flags = treatment.day - self.day > longest
        return stale

    @lazy
    def some_stale(self) -> Any:
        """Whether any row's reading is too old to rely on; one answer for each analyte of a group."""
        return np.logical_or.reduce(self.stale, axis=-1)

    @lazy
    def is_plain(self) -> Any:
        """Whether every reading is a single number (or missing); one answer for each analyte of a group."""
        single = (self.low == self.high) & ~(self.low_open | self.high_open)
        return np.logical_and.reduce(single | ~self.present, axis=-1)

    @lazy
    def upper_limit(self) -> tuple[Floats, Masks]:
        """Upper limits of normal: printed with the reading, else the catalogue's by sex; and why there is none."""
        return self._limit(self.column("upper_limit"), self.kind.upper, UPPER_UNREADABLE)

    @lazy
    def lower_limit(self) -> tuple[Floats, Masks]:
        """Lower limits of normal: printed with the reading, else the catalogue's by sex; and why there is none."""
        return self._limit(self.column("lower_limit"), self.kind.lower, LOWER_UNREADABLE)

    def _limit(self, printed: Floats, by_sex: Floats, unreadable_flag: int) -> tuple[Floats, Masks]:
        fallback = by_sex[..., self.labs.sex]
        unreadable = (self.flags & unreadable_flag) != 0
        why = np.where(unreadable, _NO_ULN, np.where(np.isnan(fallback), _SEX_UNKNOWN, _NONE))
        unprinted = np.isnan(printed)
        limit = np.where(unprinted, np.where(unreadable, np.nan, fallback), printed)
        return limit, np.where(unprinted & self.present, why, _NONE)


#: What :meth:`Cells.lines` gives of each analyte.
_COLUMNS = ("place", "present", "row", "flags", "low", "high", "low_open", "high_open", "at", "day", "doubt", "missing", "stale")
_SUMMARIES = ("some_missing", "some_doubt", "some_stale", "is_plain")


def flag_reasons(flags: npt.NDArray[np.uint8]) -> Masks:
    """The reasons that unusable flags stand for."""
    return _FLAG_REASONS[flags]
