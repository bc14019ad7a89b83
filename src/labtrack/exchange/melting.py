"""A mapping at work on one file: chunks of the laboratory's columns turned into chunks of ours, in memory that does not grow."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import compress
from typing import TypeVar

from labtrack.catalogue import fold_name
from labtrack.core.quantity import clean_text
from labtrack.exchange.cells import tidy
from labtrack.exchange.day_formats import DATE_FORMATS, plain_clock, plain_date
from labtrack.exchange.layouts import RESULTS, Layout
from labtrack.exchange.mapping import OTHER_VALUE, RANGE, TIME, ColumnMapping, labels
from labtrack.exchange.printed_cells import PrintedRange, same_unit, split_flag, split_range
from labtrack.exchange.remarks import Refusal, shown

_DAYS = frozenset({"birth_date", "start_on", "stop_on", "end_on", "ended_on", "on", "collected_at"})
#: Distinct cells remembered before the memory is emptied.
_REMEMBERED = 40_000

Read = TypeVar("Read")
Columns = Sequence[Sequence[str]]


@dataclass(slots=True)
class Melted:
    """Rows in our columns, each with the line it stands on, and what became of the others.

    ``kept_out`` counts, by name, rows of what the mapping says is not followed.
    """

    lines: Sequence[int]
    columns: dict[str, Sequence[str]]
    refusals: list[Refusal] = field(default_factory=list)
    kept_out: Counter[str] = field(default_factory=Counter)

    def keep(self, kept: Sequence[bool]) -> None:
        """Leave out the rows that are not kept."""
        if not all(kept):
            self.lines = list(compress(self.lines, kept))
            self.columns = {name: list(compress(column, kept)) for name, column in self.columns.items()}


class Mapped:
    """A mapping on one file. ``names`` is the file's header, ``file`` its name for what is said about its rows."""

    def __init__(self, mapping: ColumnMapping, layout: Layout, names: Sequence[str], file: str = "") -> None:
        self.mapping, self.file = mapping, file
        places = dict(zip(labels(names), range(len(names)), strict=True))
        self._columns = {ours: places[theirs] for ours, theirs in mapping.columns.items()}
        #: The analyte or, by date, the day of each column of results, by its place.
        self._results: dict[int, tuple[str, str]] = {places[each.column]: (each.analyte, each.unit) for each in mapping.wide}
        self._days = mapping.dated(names)
        self._is_results = layout is RESULTS
        self.read = {*self._columns.values(), *self._results, *self._days}
        #: Places in a row of what tells that a line is one of results: columns that must be filled, where no result is.
        self._required = [self._columns[name] for name in layout.required if name in self._columns]
        made = self._made()
        #: Our columns that come of it, with the place in a row where they stand as they are, else −1.
        self.places = {name: -1 for name in layout.columns if name in made}
        self._dates = _Read(lambda cell: plain_date(cell, DATE_FORMATS.get(mapping.date_format)))
        self._moments = _Read(lambda cell: plain_clock(self._dates[cell]))
        self._flags: _Read[tuple[str, str]] = _Read(split_flag)
        self._ranges: _Read[PrintedRange] = _Read(split_range)
        table = {fold_name(theirs): ours for theirs, ours in mapping.analytes.items()}
        self._analytes: _Read[str | None] = _Read(lambda cell: _named(cell, table))

    def _made(self) -> set[str]:
        made = {*self._columns, *self.mapping.fixed} - {TIME, RANGE, OTHER_VALUE}
        if self._results:
            made |= {"analyte", "value", "unit"}
        if self._days:
            made |= {"collected_at", "value"}
        if RANGE in self._columns:
            made |= {"ref_low", "ref_high"}
        if self._is_results:
            made.add("note")
        return made

    @property
    def rows_per_line(self) -> int:
        """Into how many rows a line of the file may turn."""
        return max(1, len(self._results), len(self._days))

    def columns(self, lines: Sequence[int], columns: Columns) -> Melted:
        """Ours from theirs."""
        named: dict[str, Sequence[str]] = {}
        for name, place in self._columns.items():
            read = self._moments if name == "collected_at" else self._dates if name in _DAYS else None
            named[name] = columns[place] if read is None else list(map(read.__getitem__, columns[place]))
        if TIME in named:
            pairs = zip(named["collected_at"], named.pop(TIME), strict=True)
            named["collected_at"] = [plain_clock(f"{day.strip()} {time.strip()}") if time.strip() else day for day, time in pairs]
        for name, text in self.mapping.fixed.items():
            named[name] = (text,) * len(lines)
        melted = self._melted(lines, columns, named) if self._results or self._days else Melted(lines, named)
        if self._is_results:
            self._take_apart(melted)
        return melted

    def _melted(self, lines: Sequence[int], columns: Columns, named: Mapping[str, Sequence[str]]) -> Melted:
        """A row for each filled cell of the columns of results, in the order of lines, then of columns."""
        places = [*self._results, *self._days]
        filled: list[tuple[int, int, str]] = []
        refusals = []
        for row, cells in enumerate(zip(*(columns[place] for place in places), strict=True)):
            found = [(row, place, cell) for place, cell in zip(places, cells, strict=True) if cell.strip()]
            filled += found
            if not found and not all(columns[place][row].strip() for place in self._required):
                text = " ".join(column[row].strip() for column in columns if column[row].strip())
                refusals.append(Refusal(self.file, lines[row], "", shown(text), "not a line of results: none stands in it"))
        out: dict[str, Sequence[str]] = {name: [column[row] for row, _, _ in filled] for name, column in named.items()}
        out["value"] = [cell for _, _, cell in filled]
        if self._results:
            out["analyte"] = [self._results[place][0] for _, place, _ in filled]
            out["unit"] = [self._results[place][1] for _, place, _ in filled]
        else:
            out["collected_at"] = [self._days[place] for _, place, _ in filled]
        return Melted([lines[row] for row, _, _ in filled], out, refusals)

    def _take_apart(self, melted: Melted) -> None:
        """Cells that hold more than one thing, and names that the mapping knows."""
        values = list(map(self._flags.__getitem__, melted.columns["value"]))
        others = melted.columns.pop(OTHER_VALUE, None)
        if others is not None:
            values = self._of_two(melted, values, list(map(self._flags.__getitem__, others)))
        columns = melted.columns
        columns["value"] = [value for value, _ in values]
        notes = columns.get("note", ("",) * len(melted.lines))
        flagged = any(flag for _, flag in values)
        columns["note"] = [_noted(note, flag) for note, (_, flag) in zip(notes, values, strict=True)] if flagged else notes
        if RANGE in columns:
            self._split_ranges(columns)
        self._translate(melted)

    def _of_two(self, melted: Melted, values: list[tuple[str, str]], others: list[tuple[str, str]]) -> list[tuple[str, str]]:
        """The one of two values that is filled; a line that fills both with different ones is refused."""
        kept = [
            not (one.strip() and other.strip()) or tidy(one) == tidy(other) for (one, _), (other, _) in zip(values, others, strict=True)
        ]
        for place, is_kept in enumerate(kept):
            if not is_kept:
                text = shown(f"{values[place][0].strip()} and {others[place][0].strip()}")
                reason = f"two different values, in {self.mapping.columns['value']} and in {self.mapping.columns[OTHER_VALUE]}"
                melted.refusals.append(Refusal(self.file, melted.lines[place], "value", text, reason))
        melted.keep(kept)
        merged = [
            (one[0] if one[0].strip() else other[0], " ".join(filter(None, dict.fromkeys((one[1], other[1])))))
            for one, other in zip(values, others, strict=True)
        ]
        return list(compress(merged, kept))

    def _split_ranges(self, columns: dict[str, Sequence[str]]) -> None:
        """Limits from the one cell that holds both; a unit behind them that is not the value's makes them unreadable."""
        cells = columns.pop(RANGE)
        ranges = list(map(self._ranges.__getitem__, cells))
        if self.mapping.columns.get("unit") == self.mapping.columns[RANGE]:
            columns["unit"] = [each.unit for each in ranges]
        else:
            told = zip(ranges, columns["unit"], cells, strict=True)
            ranges = [
                PrintedRange(tidy(cell), tidy(cell)) if each.unit and not same_unit(each.unit, unit) else each for each, unit, cell in told
            ]
        columns["ref_low"] = [each.low for each in ranges]
        columns["ref_high"] = [each.high for each in ranges]

    def _translate(self, melted: Melted) -> None:
        """The laboratory's own names in ours; rows of what is not followed are kept out and counted."""
        if not self.mapping.analytes or self._results:
            return
        cells = melted.columns["analyte"]
        names = list(map(self._analytes.__getitem__, cells))
        melted.columns["analyte"] = [name or "" for name in names]
        melted.kept_out.update(clean_text(cell) for cell, name in zip(cells, names, strict=True) if name is None)
        melted.keep([name is not None for name in names])


def _named(cell: str, table: Mapping[str, str]) -> str | None:
    """Our analyte for the laboratory's name; the cell itself where the table does not say, None for what is not followed."""
    return table.get(fold_name(tidy(cell)), cell) or (None if cell.strip() else cell)


def _noted(note: str, flag: str) -> str:
    """A note with the flag that stood at the value."""
    return "; ".join(filter(None, (note.strip(), flag and f"flag {flag}")))


class _Read(dict[str, Read]):
    """Each distinct cell is read once."""

    def __init__(self, read: Callable[[str], Read]) -> None:
        super().__init__()
        self._read = read

    def __missing__(self, cell: str) -> Read:
        if len(self) > _REMEMBERED:  # a file that never repeats itself must not fill the memory
            self.clear()
        found = self[cell] = self._read(cell)
        return found
