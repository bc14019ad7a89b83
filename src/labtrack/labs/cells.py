"""What readings say at chosen places: of one analyte on every row of a snapshot, or of several analytes at once.

Doing several at once costs little more than doing one, which is most of the time that one patient's assessment takes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from labtrack.catalogue import Analyte
from labtrack.core.judgment import Reason
from labtrack.labs.bounds import Days, Flags, Floats, Masks, Rows
from labtrack.labs.columns import DOUBT, HIGH_OPEN, IS_TEXT, LOW_OPEN, NO_AGE, NO_SEX, UNIT_UNKNOWN, day_of_instant
from labtrack.labs.lazy import lazy
from labtrack.labs.series import View, has

if TYPE_CHECKING:
    from labtrack.labs.snapshot import Labs

_NO_RESULT = np.uint16(Reason.NO_RESULT.bit)
_FLAG_REASONS = np.zeros(256, np.uint16)
for _flag, _reason in (
    (IS_TEXT, Reason.TEXT_RESULT),
    (UNIT_UNKNOWN, Reason.UNIT_UNKNOWN),
    (NO_SEX, Reason.SEX_UNKNOWN),
    (NO_AGE, Reason.AGE_UNKNOWN),
):
    _FLAG_REASONS[(np.arange(256) & _flag) != 0] |= np.uint16(_reason.bit)


@dataclass(frozen=True, slots=True)
class Group:
    """Analytes that are looked up together: their places in the block, numbers and kinds, shape (analytes, 1)."""

    lines: Mapping[str, int]
    numbers: Rows
    is_lipid: Flags

    @classmethod
    def of(cls, analytes: Iterable[Analyte]) -> Group:
        """Analytes in their order."""
        chosen = list(analytes)
        return cls(
            {each.key: line for line, each in enumerate(chosen)},
            np.array([each.number for each in chosen], np.int64)[:, np.newaxis],
            np.array([each.panel == "lipid" for each in chosen], np.bool_)[:, np.newaxis],
        )


class Cells:
    """Readings at some places of a view: shape (rows,) for one analyte, (analytes, rows) for a group.

    Values are in the analyte's canonical unit, days are ordinals. ``numbers`` and ``is_lipid`` are plain for one analyte.
    """

    def __init__(self, labs: Labs, numbers: int | Rows, is_lipid: bool | Flags, place: Rows, view: View) -> None:
        self.labs = labs
        self.numbers = numbers
        self.is_lipid = is_lipid
        self.place = place
        self.view = view

    @lazy
    def present(self) -> Flags:
        """Where there is a usable reading."""
        return has(self.place)

    @lazy
    def some_missing(self) -> Flags:
        """Whether any row has no usable reading."""
        missing: Flags = ~np.logical_and.reduce(self.present, axis=-1)
        return missing

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
        place = self.labs.latest(self.numbers + DOUBT, self.labs.end)
        row = readings.view.row(place)
        newer = has(place) & (~self.present | (readings.at(row) > self.at))
        return np.where(newer, flag_reasons(readings.flags(row)), np.uint16(0))

    @lazy
    def some_doubt(self) -> Flags:
        """Whether any row's newest report cannot be read."""
        some: Flags = np.logical_or.reduce(self.doubt, axis=-1)
        return some

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
        longest = np.where(self.is_lipid, limits.lipids, longest)
        stale: Flags = treatment.day - self.day > longest
        return stale

    @lazy
    def some_stale(self) -> Flags:
        """Whether any row's reading is too old to rely on."""
        some: Flags = np.logical_or.reduce(self.stale, axis=-1)
        return some


class Line:
    """One analyte of a group's :class:`Cells`: the same attributes, shape (rows,)."""

    def __init__(self, block: Cells, line: int) -> None:
        self._block, self._line = block, line

    def __getattr__(self, name: str) -> Any:
        """The block's columns for this analyte."""
        value = getattr(self._block, name)[self._line]
        self.__dict__[name] = value
        return value

    @property
    def view(self) -> View:
        """Where the places are."""
        return self._block.view

    def column(self, name: str) -> npt.NDArray[Any]:
        """A column of the readings; meaningless where none is present."""
        return self._block.labs.readings.gather(name, self.row)


def flag_reasons(flags: npt.NDArray[np.uint8]) -> Masks:
    """The reasons that unusable flags stand for."""
    return _FLAG_REASONS[flags]
