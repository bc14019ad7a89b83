"""A CSV file as a sheet: encoding, delimiter, layout and decimal mark found out once, then streamed in chunks of columns.

A file is read in constant memory: once to prove that it can be read (see :mod:`labtrack.exchange.encodings`), once more over its
numeric columns only where the decimal mark is in question, and once for its rows.
"""

from __future__ import annotations

import csv
import io
import stat
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from itertools import islice
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING

from labtrack.core.errors import ImportFailed
from labtrack.core.quantity import DecimalMark
from labtrack.exchange.cells import LONGEST_CELL
from labtrack.exchange.decimals import DecimalEvidence
from labtrack.exchange.encodings import CONTROL, LINE_END, Facts, encoding_of, survey
from labtrack.exchange.layouts import Layout, column_name, nearest, recognize
from labtrack.exchange.mapping import ColumnMapping, Mapped, layout_named
from labtrack.exchange.remarks import Refusal, shown

if TYPE_CHECKING:
    from _csv import Reader

DELIMITERS = (",", ";", "\t")
_EXPORTED = {"result_id", "supersedes", "code", "method"}
#: Rows a chunk: enough for work by columns to pay, few enough for any machine.
CHUNK = 25_000


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file whose header has been recognized. ``places`` maps the layout's columns to their place in a row.

    ``mapped`` turns the columns of a file that has its own into ours; the place of one that it makes is −1.
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

    @property
    def is_export(self) -> bool:
        """Whether labtrack itself wrote these results: it alone has all four columns. Their decimal mark is the point."""
        return _EXPORTED.issubset(self.places)

    @property
    def numeric(self) -> list[int]:
        """The places of what takes part in the decision on the decimal mark."""
        if self.mapped is not None:
            return self.mapped.numeric
        return [self.places[name] for name in self.layout.numeric if name in self.places]

    @property
    def lines_at_once(self) -> int:
        """Lines a chunk: fewer where a line turns into many rows."""
        return max(1, CHUNK // (self.mapped.rows_per_line if self.mapped else 1))


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some rows of a sheet by columns, as they stand in the file; rows that are no rows are among the refusals.

    ``lines[i]`` is the line on which row i begins. A column that the file lacks is missing from ``columns``.
    """

    lines: Sequence[int]
    columns: Mapping[str, Sequence[str]]
    refusals: list[Refusal] = field(default_factory=list)

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
    file = path.name
    with _bytes_of(path) as raw:
        codec = encoding_of(raw, file, encoding)
        facts = survey(raw, file, codec, LONGEST_CELL)
        size = raw.tell()
    delimiter, header = _header(path, codec, mapping)
    names = [column_name(cell) for cell in header]
    if mapping is not None and not mapping.lacking(names):
        layout, mapped = _mapped(file, names, mapping)
        places, read = mapped.places, mapped.read
    else:
        layout, places = _places(file, header)
        mapped, read = None, set(places.values())
    extra = tuple(shown(name.strip()) for place, name in enumerate(header) if place not in read and name.strip())
    sheet = Sheet(path, file, codec, delimiter, layout, places, len(header), extra, ".", facts, size, mapped)
    return replace(sheet, decimal=_decimal_mark(sheet))


@dataclass(frozen=True, slots=True)
class Beginning:
    """The first rows of a file: its header as it stands, the names of its columns, some rows, and what it is recognized as."""

    encoding: str
    delimiter: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    layout: str

    @property
    def names(self) -> tuple[str, ...]:
        """The header as names of columns."""
        return tuple(map(column_name, self.header))


def beginning(path: Path, encoding: str = "", rows: int = 5) -> Beginning:
    """Look at the first rows of a file of any columns. Raises ImportFailed as :func:`open_sheet`, but for an unknown header."""
    with _bytes_of(path) as raw:
        codec = encoding_of(raw, path.name, encoding)
        survey(raw, path.name, codec, LONGEST_CELL)
    delimiter, header, layout = _widest(path, codec)
    with _text_of(path, codec) as text:
        reader = csv.reader(text, delimiter=delimiter, strict=True)
        _first_row(reader)
        found: list[tuple[str, ...]] = []
        with suppress(csv.Error):
            found.extend(tuple(row) for row in islice((row for row in reader if any(cell.strip() for cell in row)), rows))
    return Beginning(codec, delimiter, tuple(header), tuple(found), layout.name if layout else "")


def chunks(sheet: Sheet, rows: int = 0, progress: Callable[[int], None] | None = None) -> Iterator[Chunk]:
    """The sheet's rows, at most ``rows`` (0: :data:`CHUNK`) at a time; blank rows are left out. ``progress`` is told the bytes read so far.

    Raises ImportFailed when a quoted cell is never closed, or the file changed since it was opened.
    """
    with _bytes_of(sheet.path) as raw, io.TextIOWrapper(raw, sheet.encoding, newline="") as text:
        reader = csv.reader(text, delimiter=sheet.delimiter, strict=True)
        _first_row(reader)
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


@contextmanager
def _bytes_of(path: Path) -> Iterator[io.BufferedReader]:
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise ImportFailed(f"{path} is not a file.", "Name the CSV file itself.")
        stream = path.open("rb")
    except OSError as error:
        raise ImportFailed(f"{path} cannot be read: {error.strerror}.", "Check the name and the permissions.") from error
    with stream:
        yield stream


@contextmanager
def _text_of(path: Path, codec: str) -> Iterator[io.TextIOWrapper]:
    with _bytes_of(path) as raw, io.TextIOWrapper(raw, codec, newline="") as text:
        yield text


def _headers(path: Path, codec: str) -> Iterator[tuple[str, list[str], list[str]]]:
    """The first row under each delimiter: delimiter, cells, names of columns."""
    for delimiter in DELIMITERS:
        with _text_of(path, codec) as text:
            header = _first_row(csv.reader(text, delimiter=delimiter, strict=True))
        if header is None:
            raise ImportFailed(f"{path.name} is empty.", "The first line must name the columns.")
        yield delimiter, header, [column_name(cell) for cell in header]


def _widest(path: Path, codec: str) -> tuple[str, list[str], Layout | None]:
    """The delimiter under which the first row is a layout's header, else that which parts it into most cells; the row; the layout."""
    best: tuple[str, list[str]] = (DELIMITERS[0], [])
    for delimiter, header, names in _headers(path, codec):
        layout = recognize(names)
        if layout is not None:
            return delimiter, header, layout
        if len(header) > len(best[1]):
            best = (delimiter, header)
    return *best, None


def _header(path: Path, codec: str, mapping: ColumnMapping | None) -> tuple[str, list[str]]:
    """The delimiter under which the first row has a mapping's columns, else a layout's; and that row."""
    if mapping is not None:
        for delimiter, header, names in _headers(path, codec):
            if not mapping.lacking(names):
                return delimiter, header
    delimiter, header, layout = _widest(path, codec)
    if layout is None:
        names = [column_name(cell) for cell in header]
        raise _not_recognized(path.name, names) if mapping is None else _not_mapped(path.name, names, mapping)
    return delimiter, header


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
    return layout, Mapped(mapping, layout, names)


def _first_row(reader: Reader) -> list[str] | None:
    try:
        return next((row for row in reader if any(cell.strip() for cell in row)), None)
    except csv.Error:
        return [""]


def _not_recognized(file: str, names: Sequence[str]) -> ImportFailed:
    if "\0" in "".join(names):
        return ImportFailed(f"{file} is not text.", "If it is UTF-16 without a byte order mark: --encoding utf-16-le.")
    layout, missing = nearest(names)
    lacking = f"nearest is {layout.name}, which also needs {', '.join(missing)}" if missing else "it fits two layouts equally"
    return UnknownHeader(
        f"{file}: the header is of no layout; {lacking}.", f"A {layout.name} file starts with {','.join(layout.required)}."
    )


def _places(file: str, header: Sequence[str]) -> tuple[Layout, dict[str, int]]:
    names = [column_name(cell) for cell in header]
    layout = recognize(names)
    assert layout is not None  # _header returns nothing else
    twice = sorted({name for name in names if name and names.count(name) > 1})
    if twice:
        raise ImportFailed(f"{file}: column {', '.join(map(shown, twice))} stands in the header twice.", "Rename or remove one of them.")
    return layout, {name: names.index(name) for name in layout.columns if name in names}


def _decimal_mark(sheet: Sheet) -> DecimalMark:
    facts = sheet.facts
    in_question = {",": facts.has_quoted_commas, ";": True, "\t": facts.has_commas}[sheet.delimiter]
    columns = sheet.numeric
    if sheet.mapped is not None and sheet.mapped.mapping.decimal:
        return "," if sheet.mapped.mapping.decimal == "," else "."
    if not in_question or not columns or sheet.is_export:
        return "."
    evidence = DecimalEvidence()
    with _text_of(sheet.path, sheet.encoding) as text:
        reader = csv.reader(text, delimiter=sheet.delimiter, strict=True)
        _first_row(reader)
        finished = False
        while not finished and not evidence.is_contradictory:
            lines, records, _, finished = _read(reader, sheet, CHUNK)
            lines, records = _whole(sheet, lines, records, [])
            for place in columns:
                evidence.look_at([record[place] for record in records], lines)
    decimal = evidence.decide(sheet.delimiter)
    if decimal is None:
        raise ImportFailed(f"{sheet.file}: {evidence.doubt(sheet.delimiter)}", "Write all numbers of the file with a decimal point.")
    return decimal


def _read(source: Reader, sheet: Sheet, limit: int) -> tuple[Sequence[int], list[list[str]], list[Refusal], bool]:
    """Up to ``limit`` records with the line each begins on, refusals for those that are no CSV, and whether the file is at its end."""
    first = source.line_num + 1
    records: list[list[str]] = []
    try:
        records += islice(source, limit)  # what was read before an error stays
    except csv.Error as error:
        lines = _numbered(first, records)
        line = lines.pop()
        if source.line_num > line or "unexpected end" in str(error):
            raise ImportFailed(
                f'{sheet.file}, line {line}: a quoted cell begins here and is not closed (by a single " before the delimiter).',
                'Write " inside a quoted cell as "".',
            ) from None
        reason = f"a cell of more than {csv.field_size_limit()} characters" if "limit" in str(error) else 'text after a closing "'
        return lines, records, [Refusal(sheet.file, line, "", "", reason)], False
    finished = len(records) < limit
    if source.line_num - first + 1 == len(records):
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
    if sheet.mapped is not None:
        lines, named = sheet.mapped.columns(lines, columns)
    else:
        named = {name: columns[place] for name, place in sheet.places.items()}
    if isinstance(lines, range) and not sheet.facts.has_long_lines:  # no line is long, and no cell goes over several
        return Chunk(lines, named, refusals)
    too_long = {place: name for name, column in named.items() for place, cell in enumerate(column) if len(cell) > LONGEST_CELL}
    for place, name in sorted(too_long.items()):
        text = shown(named[name][place])
        refusals.append(Refusal(sheet.file, lines[place], name, text, f"a cell of more than {LONGEST_CELL} characters"))
    kept = [place for place in range(len(lines)) if place not in too_long]
    return Chunk([lines[place] for place in kept], {name: [column[i] for i in kept] for name, column in named.items()}, refusals)
