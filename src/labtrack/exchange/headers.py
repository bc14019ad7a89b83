"""Where a file's header stands and what parts its cells: found by a layout's or a mapping's columns, else looked at by a person."""

from __future__ import annotations

import csv
import errno
import io
import os
import stat
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from labtrack.core.errors import ImportFailed
from labtrack.exchange.cells import LONGEST_CELL
from labtrack.exchange.encodings import encoding_of, survey
from labtrack.exchange.layouts import Layout, column_name, recognize
from labtrack.exchange.mapping import ColumnMapping

if TYPE_CHECKING:
    from _csv import Reader

DELIMITERS = (",", ";", "\t")
#: Lines from the top among which a header is looked for: what stands above it is a title, or who the patient is.
SEARCHED = 60
#: Characters of them that are looked at: a longer header is none.
_ROOM = 1_000_000


class Header(NamedTuple):
    """The row that names the columns, the delimiter of the file, and the lines above the header."""

    delimiter: str
    cells: list[str]
    skip: int = 0
    layout: Layout | None = None

    @property
    def names(self) -> list[str]:
        """The cells as names of columns."""
        return [column_name(cell) for cell in self.cells]


@contextmanager
def bytes_of(path: Path) -> Iterator[io.BufferedReader]:
    """A file's bytes. Raises ImportFailed when it is none, or cannot be read."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise ImportFailed(f"{path} is not a file.", "Name the CSV file itself.")
        stream = open_now(path)
    except OSError as error:
        raise ImportFailed(f"{path} cannot be read: {error.strerror}.", "Check the name and the permissions.") from error
    with stream:
        yield stream


def open_now(path: Path) -> io.BufferedReader:
    """A file's bytes. OSError for anything else, which may have taken the file's place since it was looked at: a pipe is not waited for."""
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise OSError(errno.EINVAL, "it is no regular file", str(path))
    return os.fdopen(handle, "rb")


@contextmanager
def text_of(path: Path, codec: str) -> Iterator[io.TextIOWrapper]:
    """A file's text with its line ends as they are."""
    with bytes_of(path) as raw, io.TextIOWrapper(raw, codec, newline="") as text:
        yield text


def first_row(reader: Reader) -> list[str] | None:
    """The first row that is not blank; None at the end of the file, one empty cell where the row is no CSV."""
    try:
        return next((row for row in reader if any(cell.strip() for cell in row)), None)
    except csv.Error:
        return [""]


def reader_below(text: io.TextIOWrapper, delimiter: str, skip: int) -> Reader:
    """A reader of the rows below the header; the lines above it are no CSV and are passed over as they are."""
    for _ in range(skip):
        text.readline()
    reader = csv.reader(text, delimiter=delimiter, strict=True)
    first_row(reader)
    return reader


def header_of(path: Path, codec: str) -> Header:
    """The first row, parted by the delimiter that makes a layout's header of it, else by that which gives most cells.

    Raises ImportFailed for an empty file.
    """
    best = Header(DELIMITERS[0], [])
    for delimiter in DELIMITERS:
        with text_of(path, codec) as text:
            cells = first_row(csv.reader(text, delimiter=delimiter, strict=True))
        if cells is None:
            raise ImportFailed(f"{path.name} is empty.", "The first line must name the columns.")
        found = Header(delimiter, cells)
        layout = recognize(found.names)
        if layout is not None:
            return found._replace(layout=layout)
        if len(cells) > len(best.cells):
            best = found
    return best


def header_for(path: Path, codec: str, mapping: ColumnMapping) -> Header | None:
    """The header that a mapping was made for, else the first that has the columns it needs; None where there is none.

    A mapping that says how many lines stand above it is taken at its word.
    """
    found: Header | None = None
    for delimiter in DELIMITERS:
        for row in _rows(path, codec, delimiter, mapping.skip):
            header = Header(delimiter, row.cells, row.above)
            if not mapping.lacking(header.names):
                if mapping.is_made_for(header.names):
                    return header
                found = found or header
            if mapping.skip:
                break
    return found


class _Row(NamedTuple):
    """A row that may be the header: the line it begins on, the lines to pass over to it, its cells."""

    line: int
    above: int
    cells: list[str]


def _rows(path: Path, codec: str, delimiter: str, skip: int = 0) -> Iterator[_Row]:
    """The rows that begin on each of the first lines that are not blank; nothing is passed over to the first of all."""
    lines: list[str] = []
    room = _ROOM
    with text_of(path, codec) as text:
        while len(lines) < skip + SEARCHED and room > 0 and (line := text.readline(room)):
            lines.append(line)
            room -= len(line)
    filled = [place for place, line in enumerate(lines) if line.strip(f'{delimiter}" \t\r\n')]
    for place in filled:
        if place >= skip:
            with suppress(csv.Error):
                cells = next(csv.reader(islice(lines, place, None), delimiter=delimiter, strict=True))
                yield _Row(place + 1, 0 if place == filled[0] and not skip else place, cells)


@dataclass(frozen=True, slots=True)
class Beginning:
    """The first rows of a file: its header as it stands, some rows below, and what it is recognized as.

    ``candidates`` are the rows that may be the header, each with its line; ``skip`` lines stand above the one that is taken for it.
    """

    path: Path
    encoding: str
    delimiter: str
    skip: int
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    layout: str
    candidates: tuple[tuple[int, tuple[str, ...]], ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The header as names of columns."""
        return tuple(map(column_name, self.header))

    @property
    def headers(self) -> list[tuple[str, ...]]:
        """The rows that may be the header, as names of columns."""
        return [tuple(map(column_name, cells)) for _, cells in self.candidates]


def beginning(path: Path, encoding: str = "", rows: int = 5, skip: int | None = None) -> Beginning:
    """Look at the first rows of a file of any columns. ``skip`` lines stand above its header; None: as it seems.

    Raises ImportFailed as :func:`labtrack.exchange.sheet.open_sheet`, but for an unknown header.
    """
    with bytes_of(path) as raw:
        codec = encoding_of(raw, path.name, encoding)
        survey(raw, path.name, codec, LONGEST_CELL)
    header = header_of(path, codec)
    if header.layout is None:
        header = _seeming(path, codec, header)
    candidates = tuple((row.line, tuple(row.cells)) for row in _rows(path, codec, header.delimiter))
    if skip is not None and skip != header.skip:
        cells = next((cells for line, cells in candidates if line > skip), ())
        header = Header(header.delimiter, list(cells), skip)
    with text_of(path, codec) as text:
        reader = reader_below(text, header.delimiter, header.skip)
        below: list[tuple[str, ...]] = []
        with suppress(csv.Error):
            below.extend(tuple(row) for row in islice((row for row in reader if any(cell.strip() for cell in row)), rows))
    layout = header.layout.name if header.layout else ""
    return Beginning(path, codec, header.delimiter, header.skip, tuple(header.cells), tuple(below), layout, candidates)


def _seeming(path: Path, codec: str, first: Header) -> Header:
    """What a person would take for the header, for them to confirm: the first well filled row as wide as most rows are."""
    best, most = first, (0, 0)
    for delimiter in DELIMITERS:
        rows = list(_rows(path, codec, delimiter))
        widths = Counter(len(row.cells) for row in rows if len(row.cells) > 1)
        if not widths:
            continue
        width, times = max(widths.items(), key=lambda each: (each[1], each[0]))
        if (times, width) > most:
            most = (times, width)
            best = next((Header(delimiter, row.cells, row.above) for row in rows if _is_filled(row.cells, width)), first)
    return best


def _is_filled(cells: Sequence[str], width: int) -> bool:
    filled = sum(bool(cell.strip()) for cell in cells)
    return len(cells) >= width and filled > 1 and 2 * filled > width
