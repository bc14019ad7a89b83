"""CSV out: RFC 4180 (lines end in CR LF), UTF-8 without a byte order mark, guarded cells, files that are whole or not there."""

from __future__ import annotations

import codecs
import csv
import io
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path
from typing import TextIO

from labtrack.core.errors import LabtrackError
from labtrack.exchange.cells import SUSPECT, guard


def row_writer(stream: TextIO, columns: Sequence[str]) -> Callable[[Sequence[str]], None]:
    """Write a header line; the function writes one row of cells, each guarded against spreadsheets.

    ``stream`` must not translate line ends (``newline=""``).
    """
    writer = csv.writer(stream)
    writer.writerow(columns)
    suspect = SUSPECT.match

    def write(row: Sequence[str]) -> None:
        writer.writerow([guard(cell) if suspect(cell) else cell for cell in row])

    return write


def write_rows(stream: TextIO, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> int:
    """Write a header line and rows as :func:`row_writer` does; the number of rows written."""
    write = row_writer(stream, columns)
    written = 0
    for row in rows:
        write(row)
        written += 1
    return written


def csv_text(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """The same as one text."""
    stream = io.StringIO(newline="")
    write_rows(stream, columns, rows)
    return stream.getvalue()


@contextmanager
def whole_file(path: Path, *, inside: bool = False) -> Iterator[TextIO]:
    """A text file (UTF-8, line ends as written) that appears under ``path`` only when everything was written, readable by its owner alone.

    Raises LabtrackError when it cannot be written; an older file of that name is then still there, unchanged. What is no
    regular file (a pipe, a terminal) is written as it comes, and where ``path`` is a link, the file that it leads to is written: somebody
    named it; but none that holds anything else than a text or a report, for it may be a clinic. ``inside`` a folder that somebody named
    what has the file's name is replaced, whatever it is and leads to.
    """
    try:
        path = path.parent.resolve() / path.name if inside else path.resolve()
        if not inside and path.exists() and not path.is_file():
            with path.open("w", encoding="utf-8", newline="") as stream:
                yield stream
            return
        if not inside:
            _refuse_other_kind(path)
        handle, name = tempfile.mkstemp(prefix=f".{path.name[:40]}.", suffix=".part", dir=path.parent)
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="") as stream:
                yield stream
                stream.flush()
                os.fsync(stream.fileno())
            os.replace(name, path)  # noqa: PTH105 - mkstemp gives a name
        except BaseException:
            with suppress(OSError):
                os.unlink(name)  # noqa: PTH108
            raise
    except OSError as error:
        raise LabtrackError(f"{path} cannot be written: {error.strerror}.", "Choose another place or make room.") from error


def _refuse_other_kind(path: Path) -> None:
    """LabtrackError where a file of this name holds anything but what is ever written here: a mistyped name must not cost a clinic.

    An encrypted one, and what SQLite puts beside any, are no more text than a database in clear is.
    """
    if not path.exists():
        return
    with path.open("rb") as file:
        head = file.read(4_096)
    if head.startswith(b"%PDF-"):
        return
    try:
        # The last character of what was read may be cut.
        text = codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        raise LabtrackError(f"{path} holds something else: a clinic, a backup, a picture. It was left as it is.", "Name another file.")


def write_csv(path: Path, columns: Sequence[str], rows: Iterable[Sequence[str]], *, inside: bool = False) -> int:
    """Write a CSV file whole, as :func:`whole_file` does; the number of rows. Raises LabtrackError when it cannot be written."""
    with whole_file(path, inside=inside) as stream:
        return write_rows(stream, columns, rows)


def number_text(value: float | None) -> str:
    """The shortest text that reads back as the same number; empty for None.

    >>> number_text(71.5), number_text(4.0), number_text(None)
    ('71.5', '4', '')
    """
    return "" if value is None else repr(value).removesuffix(".0")


def day_text(day: date | None) -> str:
    """An ISO date; empty for None."""
    return "" if day is None else day.isoformat()
