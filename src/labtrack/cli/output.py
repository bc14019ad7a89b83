"""Where everything that a command says goes: data to stdout as table, CSV or JSON, the rest to stderr."""

from __future__ import annotations

import io
import json
import os
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TextIO

from labtrack.cli.tables import Column, has_color, shown_cells, table_lines, terminal_width
from labtrack.core.quantity import format_number
from labtrack.core.text import FLOOD, PLAIN_ERRORS, visible, wrap

#: One cell of data; a date and a number are written the same way everywhere.
Value = str | int | float | bool | date | None
Row = Mapping[str, Value]

#: Legal in JSON as they are, but a terminal may obey them or reorder the line; written as \\uXXXX they mean the same.
_UNSAFE_IN_JSON = re.compile(
    "[\x7f-\x9f\xad\u0600-\u0605\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ud800-\uf8ff\ufeff\ufff9-\ufffb\U000e0000-\U000e007f\U000f0000-\U0010ffff]"
)
_LINE_END = re.compile(r"(\r?\n)")


class Format(StrEnum):
    """How data is written."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"


def say(*lines: str) -> None:
    """Lines for the person, on stderr, after what stdout has been given so far."""
    sys.stdout.flush()
    for line in lines:
        sys.stderr.write(f"{line}\n")


def note(text: str) -> None:
    """A sentence for the person, on stderr: whatever it holds of data made harmless, wrapped where it is read on a terminal."""
    text = visible(text)
    indent = " " * (len(text) - len(text.lstrip(" ")))
    if sys.stderr.isatty():
        say(*(indent + line for line in wrap(text.strip(), terminal_width() - len(indent))))
    else:
        say(text)


def prepare() -> None:
    """Make both streams fit to be written: closed ones lead nowhere, and what a character set lacks is put in plain words."""
    sys.stdout = sys.stdout or _nowhere()
    sys.stderr = sys.stderr or _nowhere()
    for stream in (sys.stdout, sys.stderr):
        # It writes first what is still to be written; where that cannot be done, whoever writes next tells so.
        if isinstance(stream, io.TextIOWrapper):
            with suppress(OSError):
                stream.reconfigure(errors=PLAIN_ERRORS)


def is_plain(stream: TextIO) -> bool:
    """Whether a stream's character set lacks what charts are drawn with."""
    try:
        "⣿●╌═▒".encode(stream.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return True
    return False


def _nowhere() -> TextIO:
    return Path(os.devnull).open("w", encoding="utf-8")


def abandon_stdout() -> None:
    """Let what stdout still holds go nowhere, so that it is not tried again when the process ends."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    with suppress(OSError, ValueError):
        sys.stdout.flush()


@contextmanager
def utf8_stdout() -> Iterator[TextIO]:
    """stdout as UTF-8 without translation of line ends, whatever the locale; what a terminal would obey is spelled out on one."""
    sys.stdout.flush()
    kind = _ToBeRead if sys.stdout.isatty() else io.TextIOWrapper
    stream = kind(sys.stdout.buffer, encoding="utf-8", errors="backslashreplace", newline="")
    try:
        yield stream
        stream.flush()
    finally:
        # Without this the wrapper would close stdout with itself; a pipe that has gone is told by the flush above.
        with suppress(OSError, ValueError):
            stream.detach()


class _ToBeRead(io.TextIOWrapper):
    """Data on a terminal, where nobody takes it but a person who reads it."""

    def write(self, text: str) -> int:
        """The text, but for its line ends, without a character that the terminal would obey."""
        parts = _LINE_END.split(text)
        super().write("".join(visible(part) if place % 2 == 0 else part for place, part in enumerate(parts)))
        return len(text)


def put(
    rows: Iterable[Row],
    keys: Sequence[str],
    format: Format,
    columns: Sequence[Column] | None = None,
    *,
    spaced: bool = False,
) -> int:
    """Write rows to stdout; how many they were. ``columns`` are the table's where it is not simply the ``keys``."""
    counted = _Counted(rows)
    if format is Format.TABLE:
        shown = (shown_cells(as_text(row, keys)) for row in counted)
        for line in table_lines(
            columns or [Column.of(key, soft=True) for key in keys], shown, terminal_width(), color=has_color(sys.stdout), spaced=spaced
        ):
            sys.stdout.write(f"{line}\n")
        return counted.number
    with utf8_stdout() as stream:
        write_data(stream, counted, keys, format)
    return counted.number


def write_data(stream: TextIO, rows: Iterable[Row], keys: Sequence[str], format: Format) -> None:
    """CSV with one header line, or a JSON array of the same objects; row by row."""
    if format is Format.CSV:
        from labtrack.clinic.text import write_rows

        write_rows(stream, keys, (list(as_text(row, keys).values()) for row in rows))
        return
    before = "[\n"
    for row in rows:
        stream.write(before + json_text({key: _plain(row[key]) for key in keys}))
        before = ",\n"
    stream.write("[]\n" if before == "[\n" else "\n]\n")


def json_text(value: object) -> str:
    """One JSON value on one line, without a character that a terminal would obey."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    spelled = _UNSAFE_IN_JSON.sub(lambda match: json.dumps(match[0])[1:-1], text)
    return spelled if spelled.isascii() else FLOOD.sub(lambda match: json.dumps(match[0])[1:-1], spelled)


def as_text(row: Row, keys: Sequence[str]) -> dict[str, str]:
    """The cells of a row as texts: dates ISO, numbers unrounded with ``.``, yes or nothing, nothing where nothing is known."""
    return {key: value_text(row[key]) for key in keys}


def value_text(value: Value) -> str:
    """One value as text."""
    if value is None or value is False:
        return ""
    if value is True:
        return "yes"
    if isinstance(value, str):
        return value
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return format_number(value)
    return value.isoformat()


def _plain(value: Value) -> str | int | float | bool | None:
    return value.isoformat() if isinstance(value, date) else value


class _Counted:
    """Rows that are counted as they go by."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._rows = rows
        self.number = 0

    def __iter__(self) -> Iterator[Row]:
        for row in self._rows:
            self.number += 1
            yield row


def counted(number: int, one: str, many: str = "") -> str:
    """``1 row``, ``1,234 rows``."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
