"""A file of HL7 v2 as messages, however they are framed or batched; one message at a time, in bounded memory."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from labtrack.core.errors import ImportFailed
from labtrack.exchange.feed import LARGEST_ITEM
from labtrack.exchange.hl7.source import END, Source, too_long

#: More segments than any laboratory sends in one message.
MOST_SEGMENTS = 100_000
#: Bytes that are kept of a line that is no segment.
_SHOWN = 200
#: A segment within another, where a CR is missing: behind a date, a number or a one-letter code, for words may end so as well.
_WITHIN = rb"(?:%s[A-Z]|[^A-Za-z])(PID|OBR|OBX)%s[0-9]{0,4}%s"
#: OBX-11.
_STATUS = 11
_PUNCTUATION = rb"[!-/:-@\[-`{-~]"
#: A segment's name and what follows it; some senders pad the name.
_NAME = re.compile(rb"([A-Z][A-Z0-9]{2}) *(" + _PUNCTUATION + rb"|$)")
_BATCH = (b"FHS", b"BHS", b"BTS", b"FTS")


class Stray(NamedTuple):
    """Lines in a row that are no segments of any message: where the first stands, how it begins, and how many there are."""

    line: int
    data: bytes
    lines: int = 1


class Mark(NamedTuple):
    """A header or trailer of a file or batch: FHS, BHS, BTS, FTS."""

    line: int
    kind: str
    data: bytes


@dataclass(slots=True)
class Raw:
    """One message as bytes, its header first. ``number`` counts messages from 1; ``lines`` are those of the segments in the file.

    ``strays`` are lines among the segments that are none, and ``broken`` the places of the segments right before such a line: their
    own line may have been cut there. ``doubts`` are lines that cannot be read and may have begun another patient or order.
    """

    number: int
    segments: list[bytes] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    strays: list[Stray] = field(default_factory=list)
    broken: set[int] = field(default_factory=set)
    doubts: list[int] = field(default_factory=list)
    size: int = 0
    _is_in_run: bool = False

    @property
    def separator(self) -> bytes:
        """The field separator, MSH-1."""
        return self.segments[0][3:4]

    def holds(self, data: bytes) -> bool:
        """Whether a line is one of this message's segments."""
        name = _NAME.match(data)
        return name is not None and name[2] in (b"", self.separator)

    def add(self, line: int, data: bytes) -> None:
        """A segment, or a line that is none."""
        if self.holds(data):
            self._segment(line, data)
            return
        is_told = self._is_in_run and bool(self.doubts) and self.doubts[-1] >= self.strays[-1].line  # one of a run is enough
        if not is_told and (b"PID" in data[:8].upper() or (self.separator in data and not self._ends_result(data))):
            self.doubts.append(line)
        if self._is_in_run:  # a run of such lines is one
            self.strays[-1] = self.strays[-1]._replace(lines=self.strays[-1].lines + 1)
        else:
            self.strays.append(Stray(line, data[:_SHOWN]))
            self.broken.add(len(self.segments) - 1)
        self._is_in_run = True

    def _ends_result(self, data: bytes) -> bool:
        """Whether a line is the rest of the result before it, cut within its value: it brings the status, which the other lacks."""
        before = self.segments[-1]
        fields = (before + data).split(self.separator, _STATUS + 1)
        return before.startswith(b"OBX") and before.count(self.separator) < _STATUS < len(fields) and len(fields[_STATUS].strip()) == 1

    def _segment(self, line: int, data: bytes) -> None:
        if data.startswith(b"ADD"):  # goes on with the segment before it, whose last field is not whole without it
            self.broken.add(len(self.segments) - 1)
        within = _within(self.separator).findall(data)
        if within:
            self.broken.add(len(self.segments))
            if set(within) != {b"OBX"}:
                self.doubts.append(line)
        self.segments.append(data)
        self.lines.append(line)
        self.size += len(data)
        self._is_in_run = False


def frames_of(source: Source) -> Iterator[Raw | Mark | Stray]:
    """The file's messages in order, the marks around them, and what belongs to no message.

    Raises ImportFailed as :meth:`Source.lines` does, and for a message that is too large.
    """
    message: Raw | None = None
    stray: Stray | None = None
    number = 0
    for line, data in source.lines():
        kind = _kind(data)
        if message is not None and not kind:
            message.add(line, data)
            if message.size > LARGEST_ITEM or len(message.segments) > MOST_SEGMENTS:
                raise _too_large(source.file, line, message)
            continue
        if not kind:
            stray = Stray(line, data[:_SHOWN]) if stray is None else stray._replace(lines=stray.lines + 1)
            continue
        if message is not None:
            yield message
        elif stray is not None:
            yield stray
        message = stray = None
        if kind == "MSH":
            number += 1
            message = Raw(number, [data], [line], size=len(data))
        elif kind != "END":
            yield Mark(line, kind, data)
    if message is not None:
        yield message
    elif stray is not None:
        yield stray


@lru_cache(64)
def _within(separator: bytes) -> re.Pattern[bytes]:
    return re.compile(_WITHIN % ((re.escape(separator),) * 3))


def _kind(data: bytes) -> str:
    """``MSH``, ``END`` or a mark's name; empty for any other line."""
    start = data[:3]
    if start == b"MSH":
        return "MSH" if _is_header(data) else ""
    if start in _BATCH:
        return start.decode() if _is_header(data) or (start[1:2] == b"T" and _NAME.match(data)) else ""
    return "END" if data == END else ""


def _is_header(data: bytes) -> bool:
    """Whether a header says its field separator and something more."""
    return len(data) > 4 and re.match(_PUNCTUATION, data[3:4]) is not None


def _too_large(file: str, line: int, message: Raw) -> ImportFailed:
    if message.size > LARGEST_ITEM:
        return too_long(file, line)
    return ImportFailed(
        f"{file}, line {line}: a message of more than {MOST_SEGMENTS:,} segments.", "Ask for the results in several messages."
    )
