"""A laboratory's own columns read as one of our layouts: said once, kept by name, never guessed.

*Long*: one result a row; each of our columns comes from one of theirs, or has one value for the whole file. *Wide*: one analyte a
column, with its unit; every filled cell is a result. What the layout requires and the mapping does not say is a fault, told by name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from labtrack.catalogue import Catalogue
from labtrack.core.quantity import clean_text
from labtrack.exchange.layouts import LAYOUTS, RESULTS, Layout
from labtrack.exchange.remarks import shown

#: Beside our columns: the time of day, where it stands apart from the date of collection.
TIME = "collected_time"
_OWN_IDS = frozenset({"result_id", "supersedes"})
_WIDE_MAKES = ("analyte", "value", "unit")
_DAYS = frozenset({"birth_date", "start_on", "stop_on", "end_on", "ended_on", "on", "collected_at"})
#: A longer name of a mapping, or a longer fixed value, is a fault.
LONGEST = 200

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NUMERIC = r"(?P<{}>[0-9]{{1,2}})"
_YEAR = r"(?P<y>[0-9]{4})"
_DAY, _MONTH = _NUMERIC.format("d"), _NUMERIC.format("m")
#: How a laboratory writes a date, in the words of the mapping; a year always has four digits.
DATE_FORMATS: dict[str, re.Pattern[str] | None] = {
    "YYYY-MM-DD": None,
    "DD/MM/YYYY": re.compile(f"{_DAY}/{_MONTH}/{_YEAR}"),
    "MM/DD/YYYY": re.compile(f"{_MONTH}/{_DAY}/{_YEAR}"),
    "DD.MM.YYYY": re.compile(rf"{_DAY}\.{_MONTH}\.{_YEAR}"),
    "DD-MM-YYYY": re.compile(f"{_DAY}-{_MONTH}-{_YEAR}"),
    "MM-DD-YYYY": re.compile(f"{_MONTH}-{_DAY}-{_YEAR}"),
    "YYYY/MM/DD": re.compile(f"{_YEAR}/{_MONTH}/{_DAY}"),
    "YYYYMMDD": re.compile("(?P<y>[0-9]{4})(?P<m>[0-9]{2})(?P<d>[0-9]{2})"),
    "DD-Mon-YYYY": re.compile(rf"{_DAY}[- ](?P<name>[A-Za-z]{{3}})[a-z]*[- ]{_YEAR}"),
}
_CLOCK = re.compile(r"(?P<h>[0-9]{1,2}):(?P<rest>[0-9]{2}(?::[0-9]{2})?)(?:\s*(?P<half>[AaPp])\.?[Mm]\.?)?")


@dataclass(frozen=True, slots=True)
class WideColumn:
    """A column of one analyte: its name in the file, which analyte it is and in which unit."""

    column: str
    analyte: str
    unit: str


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """What a file's columns mean. Names of columns are as :func:`labtrack.exchange.layouts.column_name` gives them.

    ``header`` are all columns of the file that it was made for: a file with the same ones is recognized. ``columns`` gives their
    column by ours, ``fixed`` one value by ours, ``wide`` the columns of one analyte each. ``decimal`` is empty where the file tells.
    """

    name: str
    layout: str = RESULTS.name
    header: tuple[str, ...] = ()
    columns: Mapping[str, str] = field(default_factory=dict)
    fixed: Mapping[str, str] = field(default_factory=dict)
    wide: tuple[WideColumn, ...] = ()
    date_format: str = "YYYY-MM-DD"
    decimal: str = ""

    @property
    def used(self) -> tuple[str, ...]:
        """Their columns that are read, each once."""
        return tuple(dict.fromkeys([*self.columns.values(), *(each.column for each in self.wide)]))

    def lacking(self, names: Iterable[str]) -> list[str]:
        """The columns that a file would need and does not have."""
        return [name for name in self.used if name not in set(names)]

    def is_made_for(self, names: Iterable[str]) -> bool:
        """Whether a file has the very columns that this was made for, in any order."""
        return {name for name in names if name} == {name for name in self.header if name}


def layout_named(name: str) -> Layout | None:
    """The layout of that name."""
    return next((each for each in LAYOUTS if each.name == name), None)


def our_columns(layout: Layout, *, wide: bool = False) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(required, optional) columns that a mapping to a layout says; those that carry our own ids are never taken from elsewhere."""
    made = _WIDE_MAKES if wide else ()
    required = tuple(each for each in layout.required if each not in made)
    optional = tuple(each for each in layout.optional if each not in _OWN_IDS)
    return required, (*optional, TIME) if layout is RESULTS else optional


def faults(mapping: ColumnMapping, catalogue: Catalogue) -> list[str]:
    """Why a mapping cannot be used, a sentence each; empty when it can."""
    found: list[str] = []
    if not mapping.name.strip() or len(mapping.name) > LONGEST or not mapping.name.isprintable():
        found.append(f"Give it a name of at most {LONGEST} characters.")
    layout = layout_named(mapping.layout)
    if layout is None:
        return [*found, f"There is no layout {shown(mapping.layout)}; there are {', '.join(each.name for each in LAYOUTS)}."]
    required, optional = our_columns(layout, wide=bool(mapping.wide))
    said = [*mapping.columns, *mapping.fixed]
    found += [f"Which column is {name}? Name one, or one value for the whole file." for name in required if name not in said]
    found += [f"{shown(name)} is no column of {layout.name}." for name in dict.fromkeys(said) if name not in required + optional]
    found += [f"{shown(name)} has both a column and a fixed value." for name in mapping.columns if name in mapping.fixed]
    found += [f"The file has no column {shown(name)}." for name in mapping.lacking(mapping.header)] if mapping.header else []
    found += [f"The fixed value of {name} is empty or too long." for name, text in mapping.fixed.items() if not 0 < len(text) <= LONGEST]
    if mapping.date_format not in DATE_FORMATS:
        found.append(f"Dates as {shown(mapping.date_format)} are not known; known: {', '.join(DATE_FORMATS)}.")
    if mapping.decimal not in ("", ".", ","):
        found.append("The decimal mark is a point or a comma.")
    if TIME in mapping.columns and "collected_at" not in mapping.columns:
        found.append("A time of day needs the column of the date.")
    return [*found, *_wide_faults(mapping, layout, catalogue)]


def _wide_faults(mapping: ColumnMapping, layout: Layout, catalogue: Catalogue) -> Iterable[str]:
    if mapping.wide and layout is not RESULTS:
        yield f"Only results can have one analyte a column, not {layout.name}."
    for each in mapping.wide:
        identity = catalogue.identify(each.analyte, each.unit)
        if identity is None:
            yield f"{shown(each.column)}: {catalogue.why_not(each.analyte) if each.analyte else 'which analyte is it?'}."
        elif catalogue.factor(identity, each.unit) is None:
            known = ", ".join(catalogue.units_of(identity.analyte))
            yield f"{shown(each.column)}: the unit {shown(each.unit) or '(none)'} is not known for {identity.analyte.name}; known: {known}."
    for column in {each.column for each in mapping.wide}:
        if sum(each.column == column for each in mapping.wide) > 1:
            yield f"{shown(column)} is given two analytes."


class Mapped:
    """A mapping on one file: turns its columns into ours, a chunk at a time. ``names`` is the file's header."""

    def __init__(self, mapping: ColumnMapping, layout: Layout, names: Sequence[str]) -> None:
        self.mapping = mapping
        at = {name: names.index(name) for name in mapping.used}
        self._columns = {ours: at[theirs] for ours, theirs in mapping.columns.items() if ours != TIME}
        self._time = at.get(mapping.columns.get(TIME, ""))
        self._wide = [(at[each.column], each) for each in mapping.wide]
        numeric = [self._columns[name] for name in layout.numeric if name in self._columns]
        #: Places in a row of what takes part in the decision on the decimal mark, and of all that is read.
        self.numeric = [*numeric, *(place for place, _ in self._wide)]
        self.read = set(at.values())
        made = _WIDE_MAKES if mapping.wide else ()
        #: Our columns that come of it, with the place in a row where they stand as they are, else −1.
        self.places = {
            name: self._columns.get(name, -1) for name in layout.columns if name in self._columns or name in mapping.fixed or name in made
        }
        pattern = DATE_FORMATS.get(mapping.date_format)
        self._day: dict[str, str] = _Read(lambda cell: plain_date(cell, pattern))
        self._moment: dict[str, str] = _Read(lambda cell: plain_clock(self._day[cell]))

    @property
    def rows_per_line(self) -> int:
        """Into how many rows a line of the file may turn."""
        return max(1, len(self._wide))

    def columns(self, lines: Sequence[int], columns: Sequence[Sequence[str]]) -> tuple[Sequence[int], dict[str, Sequence[str]]]:
        """Ours from theirs: the line that each row stands on, and the columns by name."""
        named: dict[str, Sequence[str]] = {}
        for name, place in self._columns.items():
            read = self._moment if name == "collected_at" else self._day if name in _DAYS else None
            named[name] = columns[place] if read is None else list(map(read.__getitem__, columns[place]))
        if self._time is not None:
            pairs = zip(named["collected_at"], columns[self._time], strict=True)
            named["collected_at"] = [plain_clock(f"{day.strip()} {time.strip()}") if time.strip() else day for day, time in pairs]
        for name, text in self.mapping.fixed.items():
            named[name] = (text,) * len(lines)
        return self._melted(lines, columns, named) if self._wide else (lines, named)

    def _melted(
        self, lines: Sequence[int], columns: Sequence[Sequence[str]], named: dict[str, Sequence[str]]
    ) -> tuple[Sequence[int], dict[str, Sequence[str]]]:
        """A row for each filled cell of the wide columns, in the order of lines, then of the mapping."""
        filled = [(row, each, cell) for row, cells in enumerate(zip(*(columns[place] for place, _ in self._wide), strict=True))
                  for (_, each), cell in zip(self._wide, cells, strict=True) if cell.strip()]  # fmt: skip
        out: dict[str, Sequence[str]] = {name: [column[row] for row, _, _ in filled] for name, column in named.items()}
        out["analyte"] = [each.analyte for _, each, _ in filled]
        out["unit"] = [each.unit for _, each, _ in filled]
        out["value"] = [cell for _, _, cell in filled]
        return [lines[row] for row, _, _ in filled], out


class _Read(dict[str, str]):
    """Each distinct cell is read once."""

    def __init__(self, read: Callable[[str], str]) -> None:
        super().__init__()
        self._read = read

    def __missing__(self, cell: str) -> str:
        if len(self) > 40_000:  # a file that never repeats itself must not fill the memory
            self.clear()
        text = self[cell] = self._read(cell)
        return text


def plain_date(cell: str, pattern: re.Pattern[str] | None) -> str:
    """A cell with its date as YYYY-MM-DD, what follows it as it is; the cell itself where it does not begin with such a date.

    >>> plain_date("3/4/2026 07:30", DATE_FORMATS["DD/MM/YYYY"]), plain_date("2026-04-03", DATE_FORMATS["DD/MM/YYYY"])
    ('2026-04-03 07:30', '2026-04-03')
    """
    text = clean_text(cell)
    match = pattern.match(text) if pattern is not None else None
    if match is None or text[match.end() : match.end() + 1].isalnum():
        return cell
    said = match.groupdict()
    name = (said.get("name") or "").casefold()
    if name and name not in _MONTHS:
        return cell
    month = _MONTHS.index(name) + 1 if name else int(said["m"])
    return f"{said['y']}-{month:02d}-{int(said['d']):02d}{text[match.end() :]}"


def plain_clock(cell: str) -> str:
    """A date and a time of day with the time as HH:MM in 24 hours; the cell itself where it holds no other.

    >>> plain_clock("2026-04-03 7:30 pm"), plain_clock("2026-04-03 12:05 AM"), plain_clock("2026-04-03")
    ('2026-04-03T19:30', '2026-04-03T00:05', '2026-04-03')
    """
    day, gap, rest = cell.strip().partition(" ")
    match = _CLOCK.fullmatch(rest.strip()) if gap else None
    if match is None:
        return cell
    hour, half = int(match["h"]), (match["half"] or "").casefold()
    if half and not 1 <= hour <= 12:
        return cell
    if half:
        hour = hour % 12 + 12 * (half == "p")
    return f"{day}T{hour:02d}:{match['rest']}"
