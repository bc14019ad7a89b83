"""A laboratory's own columns read as one of our layouts: said once, kept by name, never guessed.

*Long*: one result a row; each of our columns comes from one of theirs, or has one value for the whole file. *Wide*: one analyte a
column, with its unit; every filled cell is a result. *By date*: one analyte a row, and each column whose header is a date holds its
results of that day. What the layout requires and the mapping does not say is a fault, told by name.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from labtrack.catalogue import Catalogue, fold_name
from labtrack.core.quantity import clean_text
from labtrack.exchange.coding import LOINC_SYSTEMS
from labtrack.exchange.day_formats import DATE_FORMATS, header_moment
from labtrack.exchange.layouts import LAYOUTS, RESULTS, Layout
from labtrack.exchange.remarks import shown

#: Beside our columns: the time of day, where it stands apart from the date of collection.
TIME = "collected_time"
#: Both limits in one cell (``3.5-5.0``); the unit too, where the mapping takes the unit from the same column.
RANGE = "range"
#: A second column of values, of which each line fills one: ``In Range`` and ``Out Of Range``.
OTHER_VALUE = "value_elsewhere"
#: The layout of a mapping that is a table of local codes alone, for files that have no columns.
CODES = "codes"
_OWN_IDS = frozenset({"result_id", "supersedes"})
_WIDE_MAKES = ("analyte", "value", "unit")
_DATED_MAKES = ("value", "collected_at")
#: A longer name of a mapping, or a longer fixed value, is a fault.
LONGEST = 200
#: A header further down than this is not looked for.
DEEPEST = 1_000
#: The one thing that a clinic may state of a name that is known: of what a laboratory counts hemoglobin in mmol/L.
_STATED = "monomer"
_LOINC = re.compile(r"[0-9]{1,7}-[0-9]")


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
    ``by_date``: each column whose header is a date in ``date_format`` holds results. ``skip`` lines stand above the header; without
    it the header is the first line that has the columns. ``analytes`` gives our analyte by the laboratory's name or local code, empty
    for what is not followed.
    """

    name: str
    layout: str = RESULTS.name
    header: tuple[str, ...] = ()
    columns: Mapping[str, str] = field(default_factory=dict)
    fixed: Mapping[str, str] = field(default_factory=dict)
    wide: tuple[WideColumn, ...] = ()
    date_format: str = "YYYY-MM-DD"
    decimal: str = ""
    by_date: bool = False
    skip: int = 0
    analytes: Mapping[str, str] = field(default_factory=dict)

    @property
    def used(self) -> tuple[str, ...]:
        """Their columns that are read and have a name of their own, each once."""
        return tuple(dict.fromkeys([*self.columns.values(), *(each.column for each in self.wide)]))

    @property
    def patient(self) -> str:
        """The one patient whom every file is of that is read by this; empty where the file tells."""
        return self.fixed.get("mrn", "")

    def dated(self, names: Sequence[str]) -> dict[int, str]:
        """The columns that hold the results of a day: that day by place; none unless the mapping is by date."""
        if not self.by_date:
            return {}
        used = {place for place, label in enumerate(labels(names)) if label in self.used}
        moments = ((place, header_moment(name, self.date_format)) for place, name in enumerate(names) if place not in used)
        return {place: moment for place, moment in moments if moment}

    def lacking(self, names: Iterable[str]) -> list[str]:
        """The columns that a file would need and does not have."""
        names = list(names)
        known = {*labels(names), *names}
        lacking = [name for name in self.used if name not in known]
        return [*lacking, f"a column headed by a date as {self.date_format}"] if self.by_date and not self.dated(names) else lacking

    def is_made_for(self, names: Iterable[str]) -> bool:
        """Whether a file has the very columns that this was made for, in any order; which dates they are of does not matter."""
        names = list(names)
        fits = self.layout != CODES and (not self.by_date or bool(self.dated(names)))
        return fits and self._kinds(names) == self._kinds(list(self.header))

    def _kinds(self, names: Sequence[str]) -> Counter[str]:
        dated = self.dated(names)
        return Counter(name for place, name in enumerate(names) if name and place not in dated)


def labels(names: Sequence[str]) -> list[str]:
    """What a mapping calls the columns of a header: by name, repeated ones numbered, those without a name by their place.

    >>> labels(["test", "flag", "", "flag"])
    ['test', 'flag (1)', 'column 3', 'flag (2)']
    """
    seen: Counter[str] = Counter()
    times = Counter(names)
    found = []
    for place, name in enumerate(names, 1):
        seen[name] += 1
        found.append(f"column {place}" if not name else name if times[name] == 1 else f"{name} ({seen[name]})")
    return found


def layout_named(name: str) -> Layout | None:
    """The layout of that name."""
    return next((each for each in LAYOUTS if each.name == name), None)


def our_columns(layout: Layout, *, wide: bool = False, by_date: bool = False) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(required, optional) columns that a mapping to a layout says; those that carry our own ids are never taken from elsewhere."""
    made = _WIDE_MAKES if wide else _DATED_MAKES if by_date else ()
    required = tuple(each for each in layout.required if each not in made)
    optional = tuple(each for each in layout.optional if each not in _OWN_IDS)
    if layout is not RESULTS:
        return required, optional
    special = (TIME,) if wide else (RANGE,) if by_date else (TIME, RANGE, OTHER_VALUE)
    return required, (*special, *optional)


def faults(mapping: ColumnMapping, catalogue: Catalogue) -> list[str]:
    """Why a mapping cannot be used, a sentence each; empty when it can."""
    found: list[str] = []
    if not mapping.name.strip() or len(mapping.name) > LONGEST or not mapping.name.isprintable():
        found.append(f"Give it a name of at most {LONGEST} characters.")
    if mapping.layout == CODES:
        return [*found, *_code_faults(mapping), *_analyte_faults(mapping, catalogue)]
    layout = layout_named(mapping.layout)
    if layout is None:
        there = ", ".join([*(each.name for each in LAYOUTS), CODES])
        return [*found, f"There is no layout {shown(mapping.layout)}; there are {there}."]
    required, optional = our_columns(layout, wide=bool(mapping.wide), by_date=mapping.by_date)
    said = [*mapping.columns, *mapping.fixed]
    found += [f"Which column is {name}? Name one, or one value for the whole file." for name in required if name not in said]
    found += [f"{shown(name)} is no column of {layout.name}." for name in dict.fromkeys(said) if name not in required + optional]
    found += [f"{shown(name)} has both a column and a fixed value." for name in mapping.columns if name in mapping.fixed]
    found += [f"The file has no column {shown(name)}." for name in mapping.lacking(mapping.header)] if _is_whole(mapping) else []
    found += [f"The fixed value of {name} is empty or too long." for name, text in mapping.fixed.items() if not 0 < len(text) <= LONGEST]
    found += [f"{name} is read from a column, not fixed." for name in (TIME, RANGE, OTHER_VALUE) if name in mapping.fixed]
    if mapping.date_format not in DATE_FORMATS:
        found.append(f"Dates as {shown(mapping.date_format)} are not known; known: {', '.join(DATE_FORMATS)}.")
    if mapping.decimal not in ("", ".", ","):
        found.append("The decimal mark is a point or a comma.")
    if not 0 <= mapping.skip <= DEEPEST:
        found.append(f"At most {DEEPEST:,} lines can stand above the header.")
    return [*found, *_pair_faults(mapping), *_wide_faults(mapping, layout, catalogue), *_analyte_faults(mapping, catalogue)]


def _is_whole(mapping: ColumnMapping) -> bool:
    """Whether the header it was made for is kept, dates and all: those of a file by date may have been left out as passing."""
    return bool(mapping.header) and (not mapping.by_date or bool(mapping.dated(mapping.header)))


def _pair_faults(mapping: ColumnMapping) -> Iterator[str]:
    columns = mapping.columns
    if TIME in columns and "collected_at" not in columns:
        yield "A time of day needs the column of the date."
    if RANGE in columns and {"ref_low", "ref_high"} & {*columns, *mapping.fixed}:
        yield "The range stands in one column or in two, not in both ways."
    if OTHER_VALUE in columns and columns.get("value", columns[OTHER_VALUE]) == columns[OTHER_VALUE]:
        yield "A second column of values needs a first one."


def _wide_faults(mapping: ColumnMapping, layout: Layout, catalogue: Catalogue) -> Iterator[str]:
    if (mapping.wide or mapping.by_date) and layout is not RESULTS:
        yield f"Only results can have one analyte or one date a column, not {layout.name}."
    if mapping.wide and mapping.by_date:
        yield "A column holds one analyte or one date, not both."
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


def _code_faults(mapping: ColumnMapping) -> Iterator[str]:
    if mapping.header or mapping.columns or mapping.fixed or mapping.wide or mapping.by_date or mapping.skip or mapping.decimal:
        yield "A table of codes says nothing of columns: it has only analytes."
    if not mapping.analytes:
        yield "A table of codes names at least one analyte."


def _analyte_faults(mapping: ColumnMapping, catalogue: Catalogue) -> Iterator[str]:
    if mapping.analytes and mapping.layout not in (RESULTS.name, CODES):
        yield f"Only results have analytes, not {mapping.layout}."
    told: dict[str, str] = {}
    for theirs, ours in mapping.analytes.items():
        folded = fold_name(theirs)
        if not folded or len(theirs) > LONGEST:
            yield f"{shown(theirs) or '(nothing)'} is no name of an analyte: empty or too long."
            continue
        if told.setdefault(folded, ours) != ours:
            yield f"{shown(theirs)} is given two meanings."
        against = contradiction(theirs, ours, catalogue)
        if against:
            yield f"{shown(theirs)}: {against}."


def contradiction(theirs: str, ours: str, catalogue: Catalogue) -> str:
    """Why a laboratory's name, or its ``system|code``, cannot stand for one of our analytes (empty: not followed), as a clause."""
    meant = catalogue.identify(ours) if ours else None
    if ours and meant is None:
        return catalogue.why_not(ours)
    system, bar, code = theirs.rpartition("|")
    coded = bool(bar) and system.strip().casefold().rstrip("/") in LOINC_SYSTEMS
    if bar and not coded:
        return ""  # a code of the sender's own: what it looks like says nothing
    name = code if coded else theirs
    known = catalogue.identify(name)
    if known is not None and meant is None:
        return f"it is {known.analyte.name}, which labtrack follows"
    if known is not None and meant is not None and known.analyte is not meant.analyte:
        return f"it is {known.analyte.name}, not {meant.analyte.name}"
    if known is not None and meant is not None and meant.variant not in (known.variant, _STATED):
        return f"it is {known.import_name}, not {meant.import_name}"
    if meant is None or known is not None:
        return ""
    cleaned = clean_text(name)
    reason = catalogue.index.reasons.get(cleaned) or catalogue.index.reasons.get(fold_name(name), "")
    if reason:
        return f"it cannot be {meant.analyte.name}: {reason}"
    if _LOINC.fullmatch(cleaned) and (coded or _is_loinc(cleaned)):
        return f"it cannot be {meant.analyte.name}: it is another LOINC code"
    return ""


def _is_loinc(code: str) -> bool:
    """Whether the check digit is LOINC's (mod 10, every second digit from the right doubled)."""
    body, _, check = code.partition("-")
    doubled = str(int(body[::-1][::2][::-1]) * 2)
    total = sum(map(int, doubled)) + sum(map(int, body[::-1][1::2]))
    return (10 - total % 10) % 10 == int(check)
