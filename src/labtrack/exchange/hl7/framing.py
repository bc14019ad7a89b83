"""A file of HL7 v2 as messages: whatever ends its lines, frames its messages or batches them; in bounded memory."""

from __future__ import annotations

import codecs
import hashlib
import io
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, NamedTuple

from labtrack.core.errors import ImportFailed, UsageError
from labtrack.exchange.feed import LARGEST_FILE, LARGEST_ITEM

_BLOCK = 1 << 18
_LINE_END = re.compile(rb"\r\n|\r|\n")
#: MLLP's start and end of a block, and white space that nobody sees.
_FRAME = b"\x0b\x1c \t\0\xef\xbb\xbf"
_BATCH = (b"FHS", b"BHS", b"BTS", b"FTS")
_SEGMENT = re.compile(rb"[A-Z][A-Z0-9]{2}(?![A-Za-z0-9])")
_WIDE = ((codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


class Segment(NamedTuple):
    """One line of a message, with its number in the file, counted from 1."""

    line: int
    data: bytes


@dataclass(slots=True)
class Raw:
    """One message as bytes. ``number`` counts messages from 1; ``strays`` are lines among its segments that are none."""

    number: int
    segments: list[Segment] = field(default_factory=list)
    strays: list[Segment] = field(default_factory=list)


class Mark(NamedTuple):
    """A header or trailer of a file or batch, or (``kind`` empty) a line outside of any message."""

    line: int
    kind: str
    data: bytes


class Bytes:
    """One reading of a file from its start: blocks of bytes, hashed and counted. UTF-16 comes as UTF-8.

    Raises ImportFailed for a file that cannot be read or is too large, UsageError for an encoding of no such name.
    """

    def __init__(self, path: Path, named: str = "") -> None:
        self.path, self.file = path, path.name
        self.size = 0
        self.encoding = _codec(named)
        self.is_wide = False
        self._digest = hashlib.sha256()

    @property
    def sha256(self) -> str:
        """The hash of the bytes read so far."""
        return self._digest.hexdigest()

    def blocks(self) -> Iterator[bytes]:
        """The file's bytes."""
        with _opened(self.path) as stream:
            first = self._read(stream)
            wide = next((codec for mark, codec in _WIDE if first.startswith(mark)), "")
            if not wide:
                yield from self._rest(first, stream)
                return
            self.is_wide, self.encoding = True, "utf-8"
            decoder = codecs.getincrementaldecoder(wide)()
            try:
                for block in self._rest(first, stream):
                    yield decoder.decode(block).encode()
                yield decoder.decode(b"", final=True).encode()
            except UnicodeError as error:
                raise ImportFailed(f"{self.file} is not UTF-16, though it begins as such.", "Ask for the file again.") from error

    def _rest(self, block: bytes, stream: BinaryIO) -> Iterator[bytes]:
        while block:
            yield block
            block = self._read(stream)

    def _read(self, stream: BinaryIO) -> bytes:
        try:
            block = stream.read(_BLOCK)
        except OSError as error:
            raise ImportFailed(f"{self.file} cannot be read: {error.strerror}.", "Check the disk and the connection.") from error
        self.size += len(block)
        self._digest.update(block)
        if self.size > LARGEST_FILE:
            raise _too_large(self.file)
        return block


def _codec(named: str) -> str:
    if not named:
        return "utf-8"
    try:
        codec = codecs.lookup(named).name
        if "MSH".encode(codec) != b"MSH":
            raise UsageError(f"Messages in {named} are not read but with a byte order mark.", "Try utf-8, latin-1 or cp1252.")
    except (LookupError, ValueError):
        raise UsageError(f"{named!r} is no text encoding.", "Try --encoding utf-8, latin-1 or cp1252.") from None
    return codec


def _opened(path: Path) -> BinaryIO:
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            raise ImportFailed(f"{path} is not a file.", "Name the HL7 file itself.")
        if found.st_size > LARGEST_FILE:
            raise _too_large(path.name)
        return io.BufferedReader(io.FileIO(path))
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ImportFailed(f"{path} cannot be read: {reason}.", "Check the name and the permissions.") from error


def _too_large(file: str) -> ImportFailed:
    return ImportFailed(f"{file} is larger than {LARGEST_FILE:,} bytes.", "Ask for the results in smaller files.")


def lines_of(source: Bytes) -> Iterator[Segment]:
    """Every line that is not blank, without what frames it; CR, LF and CRLF end lines alike."""
    rest, line = b"", 1
    for block in source.blocks():
        held = rest + block
        if held.endswith(b"\r"):  # its LF may come with the next block
            held, rest = held[:-1], b"\r"
        else:
            rest = b""
        *whole, last = _LINE_END.split(held)
        for data in whole:
            yield from _tidied(line, data, source.file)
            line += 1
        rest = last + rest
        if len(rest) > LARGEST_ITEM:
            raise _too_long(source.file, line)
    for data in _LINE_END.split(rest):
        yield from _tidied(line, data, source.file)
        line += 1


def _tidied(line: int, data: bytes, file: str) -> Iterator[Segment]:
    if len(data) > LARGEST_ITEM:
        raise _too_long(file, line)
    tidy = data.strip(b"\x0b\x1c\x1a")
    if tidy.strip(_FRAME):
        yield Segment(line, tidy.lstrip(_FRAME))


def _too_long(file: str, line: int) -> ImportFailed:
    return ImportFailed(
        f"{file}, line {line}: a message of more than {LARGEST_ITEM:,} bytes.", "Ask the sender to leave out documents and pictures."
    )


def frames_of(source: Bytes) -> Iterator[Raw | Mark]:
    """The file's messages in order, and the marks around them."""
    message: Raw | None = None
    number = length = 0
    for segment in lines_of(source):
        name = segment.data[:3]
        if name == b"MSH" and _SEGMENT.match(segment.data):
            if message is not None:
                yield message
            number, length = number + 1, 0
            message = Raw(number, [segment])
        elif name in _BATCH and _SEGMENT.match(segment.data):
            if message is not None:
                yield message
            message = None
            yield Mark(segment.line, name.decode(), segment.data)
        elif message is None:
            yield Mark(segment.line, "", segment.data)
        elif _SEGMENT.match(segment.data):
            message.segments.append(segment)
        else:
            message.strays.append(segment)
        length += len(segment.data)
        if length > LARGEST_ITEM:
            raise _too_long(source.file, segment.line)
    if message is not None:
        yield message
