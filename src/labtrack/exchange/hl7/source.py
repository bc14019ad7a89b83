"""The bytes of an HL7 v2 file: read in blocks, counted and hashed, and cut into lines whatever ends them."""

from __future__ import annotations

import codecs
import hashlib
import re
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from labtrack.core.errors import ImportFailed, UsageError
from labtrack.core.text import visible
from labtrack.exchange.feed import LARGEST_FILE, LARGEST_ITEM
from labtrack.exchange.headers import open_now

_BLOCK = 1 << 18
_BOM = codecs.BOM_UTF8
#: UTF-32 first: its mark begins as that of UTF-16 does.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_OTHERS = {
    b"\x1f\x8b": ("a gzip file", "Unpack it, and import what is in it."),
    b"PK\x03\x04": ("a workbook or archive", "Unpack it, and import what is in it."),
}
#: MLLP's start of a block before a header, its end anywhere, and a header right behind what should have ended with a CR.
_WITHIN = re.compile(rb"\x0b+(?=[MFB](?:SH|HS)[!-/:-@\[-`{-~])|(\x1c)|(?=MSH([!-/:-@\[-`{-~])[!-/:-@\[-`{-~]{2,8}\2)")
#: Stands for MLLP's end of a block among the lines.
END = b"\x1c"
_HEADER = "MSH|^~\\&|"


class Source:
    """One reading of a file from its start. ``encoding`` is the codec of messages that do not say theirs.

    ``fixed`` is the codec of every message, whatever it says: that of the file's byte order mark. A file in a character set that is
    no superset of ASCII comes out as UTF-8. Raises UsageError for an encoding of no such name.
    """

    def __init__(self, path: Path, named: str = "") -> None:
        self.path, self.file = path, visible(path.name)
        self.size = 0
        self.named = _codec(named) if named else ""
        self.encoding = self.named or "utf-8"
        self.fixed = ""
        self._digest = hashlib.sha256()

    @property
    def sha256(self) -> str:
        """The hash of the file's own bytes so far."""
        return self._digest.hexdigest()

    def lines(self) -> Iterator[tuple[int, bytes]]:
        """Every line that is not blank, with its number counted from 1, without what frames it; CR, LF and CRLF end lines alike.

        The end of an MLLP block comes as a line :data:`END`. Raises ImportFailed for a file that cannot be read or is too large, and
        for a line that is.
        """
        rest, line = b"", 1
        for block in self._texts():
            held = rest + block
            kept = held.endswith(b"\r")  # its LF may come with the next block
            *whole, last = _lines(held[:-1] if kept else held)
            for data in whole:
                yield from _parts(line, data)
                line += 1
            rest = last + b"\r" if kept else last
            if len(rest) > LARGEST_ITEM:
                raise too_long(self.file, line)
        for data in _lines(rest):
            yield from _parts(line, data)
            line += 1

    def _texts(self) -> Iterator[bytes]:
        """The file as it is, or as UTF-8 where its bytes are not ASCII's."""
        with _opened(self.path) as stream:
            first = self._read(stream)
            wide = self._wide(first)
            if not wide:
                yield from self._blocks(first.removeprefix(_BOM), stream)
                return
            self.fixed = self.encoding = "utf-8"
            decoder = codecs.getincrementaldecoder(wide)()
            try:
                for block in self._blocks(first, stream):
                    yield decoder.decode(block).encode()
                yield decoder.decode(b"", final=True).encode()
            except UnicodeError:
                then = f"Import it without --encoding {self.named}." if self.named else "Ask for the file again."
                raise ImportFailed(f"{self.file} is not {wide.upper()} to its end.", then) from None

    def _wide(self, start: bytes) -> str:
        """The codec by which a file must be turned into UTF-8; empty for one that holds ASCII's characters as ASCII does."""
        found = next((codec for mark, codec in _MARKS if start.startswith(mark)), "")
        if found:
            return found
        for beginning, (what, then) in _OTHERS.items():
            if start.startswith(beginning):
                raise ImportFailed(f"{self.file} is {what}, not HL7 messages.", then)
        if start.startswith(_BOM):
            self.fixed = self.encoding = "utf-8"
            return ""
        if self.named and _HEADER.encode(self.named) != _HEADER.encode():
            return self.named
        if start[:8].replace(b"\x0b", b"").startswith((b"M\0S\0H\0", b"F\0H\0S\0", b"B\0H\0S\0", b"\0M\0S\0H", b"\0F\0H\0S", b"\0B\0H\0S")):
            raise ImportFailed(f"{self.file} looks like UTF-16 without a byte order mark.", "Name it: --encoding utf-16-le (or utf-16-be).")
        return ""

    def _blocks(self, block: bytes, stream: BinaryIO) -> Iterator[bytes]:
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


def _lines(data: bytes) -> list[bytes]:
    return data.replace(b"\r\n", b"\r").replace(b"\n", b"\r").split(b"\r")


def _parts(line: int, data: bytes) -> Iterator[tuple[int, bytes]]:
    """What one line holds: itself, unless it is blank, or MLLP's framing or another message stands within it."""
    if b"\x0b" not in data and END not in data and data.find(b"MSH", 1) < 0:
        yield from _tidied(line, data)
        return
    start = 0
    for found in _WITHIN.finditer(data):
        yield from _tidied(line, data[start : found.start()])
        if found[1]:
            yield line, END
        start = found.end()
    yield from _tidied(line, data[start:])


def _tidied(line: int, data: bytes) -> Iterator[tuple[int, bytes]]:
    tidy = data.lstrip(b" \t\0\x0b").removeprefix(_BOM).rstrip(b"\0\x1a")
    if tidy and not tidy.isspace():
        yield line, tidy


def too_long(file: str, line: int) -> ImportFailed:
    """The refusal of a file for one message in it."""
    return ImportFailed(
        f"{file}, line {line}: a message of more than {LARGEST_ITEM:,} bytes.", "Ask the sender to leave documents and pictures out."
    )


def _too_large(file: str) -> ImportFailed:
    return ImportFailed(f"{file} is larger than {LARGEST_FILE:,} bytes.", "Ask for the results in smaller files.")


def _codec(named: str) -> str:
    try:
        codec = codecs.lookup(named).name
        "".encode(codec)
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
        return open_now(path)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ImportFailed(f"{path} cannot be read: {reason}.", "Check the name and the permissions.") from error
