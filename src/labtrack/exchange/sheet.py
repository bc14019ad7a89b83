"""A CSV file as a sheet: encoding, delimiter, layout and decimal mark found out once, then streamed in chunks of columns.

A file is read in constant memory: once to prove that it can be read (see :mod:`labtrack.exchange.encodings`), once more over its
numeric columns only where the decimal mark is in question, and once for its rows.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING

from labtrack.core.errors import ImportFailed
from labtrack.core.quantity import DecimalMark
from labtrack.core.text import visible
from labtrack.exchange.cells import LONGEST_CELL
from labtrack.exchange.day_formats import looks_like_a_date
from labtrack.exchange.decimals import DecimalEvidence
from labtrack.exchange.encodings import CONTROL, LINE_END, Facts, encoding_of, survey
from labtrack.exchange.headers import Header, bytes_of, header_for, header_of, reader_below, text_of
from labtrack.exchange.layouts import Layout, nearest
from labtrack.exchange.mapping import CODES, ColumnMapping, layout_named
from labtrack.exchange.melting import Mapped
from labtrack.exchange.remarks import Refusal, shown

if TYPE_CHECKING:
    from _csv import Reader

_EXPORTED = {"result_id", "supersedes", "code", "method"}
#: Rows a chunk: enough for work by columns to pay, few enough for any machine.
CHUNK = 25_000


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file whose header has been recognized. ``places`` maps the layout's columns to their place in a row.

    ``mapped`` turns the columns of a file that has its own into ours, whose places are then −1. ``skip`` lines stand above the header.
    """

    path: Path
    file: str
    encoding: str
    delimiter: str
    layout: Layout
    places: Mapping[str, int]
    width: int
    extra: tuple[str, ...]
    decimal: DecimalMark
    facts: Facts
    size: int
    mapped: Mapped | None = None
    skip: int = 0

    @property
    def is_export(self) -> bool:
        """Whether labtrack itself wrote these results: it alone has all four columns. Their decimal mark is the point."""
        return _EXPORTED.issubset(self.places)

    @property
    def numeric(self) -> list[int]:
        """The places of what takes part in the decision on the decimal mark, in a file that has our columns."""
        return [self.places[name] for name in self.layout.numeric if name in self.places]

    @property
    def lines_at_once(self) -> int:
        """Lines a chunk: fewer where a line turns into many rows."""
        return max(1, CHUNK // (self.mapped.rows_per_line if self.mapped else 1))


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some rows of a sheet by columns, as they stand in the file; rows that are no rows are among the refusals.

    ``lines[i]`` is the line on which row i begins. A column that the file lacks is missing from ``columns``. ``kept_out`` counts, by
    name, rows of what a mapping says is not followed: they are neither rows here nor refused.
    """

    lines: Sequence[int]
    columns: Mapping[str, Sequence[str]]
    refusals: list[Refusal] = field(default_factory=list)
    kept_out: Counter[str] = field(default_factory=Counter)

    def __len__(self) -> int:
        return len(self.lines)


class UnknownHeader(ImportFailed):
    """A header that is of no layout, and of no mapping that was named."""


def open_sheet(path: Path, encoding: str = "", mapping: ColumnMapping | None = None) -> Sheet:
    """Find out what a file is. ``encoding`` names one for files without a byte order mark (UTF-8 if empty).

    ``mapping`` says what the columns mean of a file that has those it needs; any other is read as one of our layouts.

    Raises ImportFailed, with the line where there is one, for a file that cannot be read as a whole: missing, not text in its encoding,
    no layout's header (UnknownHeader), a column twice, an uncertain decimal mark. Raises UsageError for an unknown encoding.
    """
    file = visible(path.name)  # a name need not be text, and stands in messages, in reports and in the record
    with bytes_of(path) as raw:
        codec = encoding_of(raw, file, encoding)
        facts = survey(raw, file, codec, LONGEST_CELL)
        size = raw.tell()
    if mapping is not None and mapping.layout == CODES:
        mapping = None  # a table of codes says nothing of columns
    header, is_mapped = _header(path, codec, mapping)
    if mapping is not None and is_mapped:
        layout, mapped = _mapped(file, header.names, mapping)
        places, read = mapped.places, mapped.read
    else:
        layout, places = _places(file, header)
        mapped, read = None, set(places.values())
    cells = header.cells
    extra = tuple(shown(name.strip()) for place, name in enumerate(cells) if place not in read and name.strip())
    sheet = Sheet(path, file, codec, header.delimiter, layout, places, len(cells), extra, ".", facts, size, mapped, header.skip)
    return replace(sheet, decimal=_decimal_mark(sheet))


def chunks(sheet: Sheet, rows: int = 0, progress: Callable[[int], None] | None = None) -> Iterator[Chunk]:
    """The sheet's rows, at most ``rows`` (0: :data:`CHUNK`) at a time; blank rows are left out. ``progress`` is told the bytes read so far.

    Raises ImportFailed when a quoted cell is never closed, or the file changed since it was opened.
    """
    with bytes_of(sheet.path) as raw, io.TextIOWrapper(raw, sheet.encoding, newline="") as text:
        reader = reader_below(text, sheet.delimiter, sheet.skip)
        finished = False
        while not finished:
            lines, records, refusals, finished = _read(reader, sheet, rows or sheet.lines_at_once)
            lines, records = _whole(sheet, lines, records, refusals)
            if progress is not None:
                progress(raw.tell())
            if lines or refusals:
                yield _by_columns(sheet, lines, records, refusals)
        if raw.tell() != sheet.size:
            raise ImportFailed(f"{sheet.file} changed while it was read.", "Import it again when it is complete.")


def _header(path: Path, codec: str, mapping: ColumnMapping | None) -> tuple[Header, bool]:
    """The header that has a mapping's columns, and that it has; else the first row where that is of a layout.

    Below a header of ours none is looked for: what stands there is data.
    """
    header = header_of(path, codec)
    found = header_for(path, codec, mapping) if mapping is not None else None
    if mapping is not None and found is not None and (header.layout is None or not found.skip or mapping.skip):
        return found, True
    if header.layout is None:
        raise _not_recognized(path.name, header.names) if mapping is None else _not_mapped(path.name, header.names, mapping)
    return header, False


def _not_mapped(file: str, names: Sequence[str], mapping: ColumnMapping) -> ImportFailed:
    lacking = ", ".join(map(shown, mapping.lacking(names)))
    return UnknownHeader(
        f"{file}: the header is of no layout, and lacks what the mapping {shown(mapping.name)!r} needs: {lacking}.",
        "Name another mapping, or make one for this header in the import screen.",
    )


def _mapped(file: str, names: Sequence[str], mapping: ColumnMapping) -> tuple[Layout, Mapped]:
    layout = layout_named(mapping.layout)
    if layout is None:
        raise ImportFailed(f"{file}: the mapping {shown(mapping.name)!r} is to {shown(mapping.layout)}, which is no layout.")
    twice = sorted(name for name in mapping.used if names.count(name) > 1)
    if twice:
        raise ImportFailed(f"{file}: column {', '.join(map(shown, twice))} stands in the header twice.", "Rename or remove one of them.")
    mapped = Mapped(mapping, layout, names, file)
    strange = [name for place, name in enumerate(names) if mapping.by_date and place not in mapped.read and looks_like_a_date(name)]
    if strange:
        told = ", ".join(map(shown, strange))
        raise ImportFailed(
            f"{file}: {told} in the header looks like a date, but is none as {mapping.date_format}.", "Say the format in the mapping."
        )
    return layout, mapped


def _not_recognized(file: str, names: Sequence[str]) -> ImportFailed:
    if "\0" in "".join(names):
        return ImportFailed(f"{file} is not text.", "If it is UTF-16 without a byte order mark: --encoding utf-16-le.")
    layout, missing = nearest(names)
    lacking = f"nearest is {layout.name}, which also needs {', '.join(missing)}" if missing else "it fits two layouts equally"
    return UnknownHeader(
        f"{file}: the header is of no layout; {lacking}.", f"A {layout.name} file starts with {','.join(layout.required)}."
    )


def _places(file: str, header: Header) -> tuple[Layout, dict[str, int]]:
    names, layout = header.names, header.layout
    assert layout is not None  # _header returns nothing else
    twice = sorted({name for name in names if name and names.count(name) > 1})
    if twice:
        raise ImportFailed(f"{file}: column {', '.join(map(shown, twice))} stands in the header twice.", "Rename or remove one of them.")
    return layout, {name: names.index(name) for name in layout.columns if name in names}


def _decimal_mark(sheet: Sheet) -> DecimalMark:
    facts = sheet.facts
    in_question = {",": facts.has_quoted_commas, ";": True, "\t": facts.has_commas}[sheet.delimiter]
    if sheet.mapped is not None and sheet.mapped.mapping.decimal:
        return "," if sheet.mapped.mapping.decimal == "," else "."
    if not in_question or not (sheet.numeric or sheet.mapped) or sheet.is_export:
        return "."
    evidence = DecimalEvidence()
    with text_of(sheet.path, sheet.encoding) as text:
        reader = reader_below(text, sheet.delimiter, sheet.skip)
        finished = False
        while not finished and not evidence.is_contradictory:
            lines, records, _, finished = _read(reader, sheet, sheet.lines_at_once)
            lines, records = _whole(sheet, lines, records, [])
            for numbers, column in _numbers(sheet, lines, records):
                evidence.look_at(column, numbers)
    decimal = evidence.decide(sheet.delimiter)
    if decimal is None:
        raise ImportFailed(f"{sheet.file}: {evidence.doubt(sheet.delimiter)}", "Write all numbers of the file with a decimal point.")
    return decimal


def _numbers(sheet: Sheet, lines: Sequence[int], records: list[list[str]]) -> Iterator[tuple[Sequence[int], Sequence[str]]]:
    """The columns that take part in the decision on the decimal mark, with the lines of their cells: what is read, not what is printed."""
    if sheet.mapped is None:
        yield from ((lines, [record[place] for record in records]) for place in sheet.numeric)
    else:
        melted = sheet.mapped.columns(lines, list(zip(*records, strict=True)) or [()] * sheet.width)
        yield from ((melted.lines, melted.columns[name]) for name in sheet.layout.numeric if name in melted.columns)


def _read(source: Reader, sheet: Sheet, limit: int) -> tuple[Sequence[int], list[list[str]], list[Refusal], bool]:
    """Up to ``limit`` records with the line each begins on, refusals for those that are no CSV, and whether the file is at its end."""
    before = source.line_num
    first = before + sheet.skip + 1
    records: list[list[str]] = []
    try:
        records += islice(source, limit)  # what was read before an error stays
    except csv.Error as error:
        lines = _numbered(first, records)
        line = lines.pop()
        if source.line_num + sheet.skip > line or "unexpected end" in str(error):
            raise ImportFailed(
                f'{sheet.file}, line {line}: a quoted cell begins here and is not closed (by a single " before the delimiter).',
                'Write " inside a quoted cell as "".',
            ) from None
        reason = f"a cell of more than {csv.field_size_limit()} characters" if "limit" in str(error) else 'text after a closing "'
        return lines, records, [Refusal(sheet.file, line, "", "", reason)], False
    finished = len(records) < limit
    if source.line_num - before == len(records):
        return range(first, first + len(records)), records, [], finished
    return _numbered(first, records)[:-1], records, [], finished


def _numbered(first: int, records: Sequence[Sequence[str]]) -> list[int]:
    """The line on which each record begins, and the line after the last one: a quoted cell may hold line ends."""
    lines = [first]
    for record in records:
        lines.append(lines[-1] + 1 + sum(len(LINE_END.findall(cell)) for cell in record if "\n" in cell or "\r" in cell))
    return lines


def _whole(sheet: Sheet, lines: Sequence[int], records: list[list[str]], refusals: list[Refusal]) -> tuple[Sequence[int], list[list[str]]]:
    """The rows that have a cell for each column of the header; others are refused, blank ones left out."""
    width = sheet.width
    if set(map(len, records)) == {width} and all(map(itemgetter(0), records)) and not sheet.facts.has_controls:
        return lines, records
    kept_lines, kept = [], []
    for line, record in zip(lines, records, strict=True):
        if not any(cell.strip() for cell in record):
            continue
        if reason := _row_refusal(record, width):
            refusals.append(Refusal(sheet.file, line, "", shown(sheet.delimiter.join(record)), reason))
        else:
            kept_lines.append(line)
            kept.append(record)
    return kept_lines, kept


def _row_refusal(record: Sequence[str], width: int) -> str:
    if len(record) != width:
        return f"{len(record)} cells where the header has {width}"
    control = CONTROL.search("\n".join(record))
    if control is None:
        return ""
    code = ord(control[0])
    hint = "; if the file is from Windows, import it with --encoding cp1252" if code >= 0x80 else ""
    return f"holds the control character U+{code:04X}{hint}"


def _by_columns(sheet: Sheet, lines: Sequence[int], records: list[list[str]], refusals: list[Refusal]) -> Chunk:
    columns = list(zip(*records, strict=True)) or [()] * sheet.width
    named: Mapping[str, Sequence[str]]
    kept_out: Counter[str] = Counter()
    if sheet.mapped is not None:
        melted = sheet.mapped.columns(lines, columns)
        lines, named, kept_out = melted.lines, melted.columns, melted.kept_out
        refusals += melted.refusals
    else:
        named = {name: columns[place] for name, place in sheet.places.items()}
    if isinstance(lines, range) and not sheet.facts.has_long_lines:  # no line is long, and no cell goes over several
        return Chunk(lines, named, refusals, kept_out)
    too_long = {place: name for name, column in named.items() for place, cell in enumerate(column) if len(cell) > LONGEST_CELL}
    for place, name in sorted(too_long.items()):
        text = shown(named[name][place])
        refusals.append(Refusal(sheet.file, lines[place], name, text, f"a cell of more than {LONGEST_CELL} characters"))
    kept = [place for place in range(len(lines)) if place not in too_long]
    return Chunk([lines[place] for place in kept], {name: [column[i] for i in kept] for name, column in named.items()}, refusals, kept_out)
