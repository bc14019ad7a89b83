"""The bytes of a JSON file as blocks of text, in bounded memory: gzip unpacked, the encoding told by the bytes, everything hashed."""

from __future__ import annotations

import codecs
import hashlib
import json
import stat
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from labtrack.core.errors import ImportFailed, UsageError
from labtrack.core.text import visible
from labtrack.exchange.feed import LARGEST_FILE
from labtrack.exchange.headers import open_now

_BLOCK = 1 << 18
_GZIP = b"\x1f\x8b"
_NAMES = {"utf-8": "UTF-8", "utf-8-sig": "UTF-8"}
_BEGINNINGS = (
    (b"<", "is FHIR XML: ask for JSON.", "The sender's system can export the same as FHIR JSON."),
    (b"PK\x03\x04", "is a workbook or archive, not FHIR JSON.", "Unpack it, and import the JSON files in it."),
    (b"MSH|", "is HL7 v2, not FHIR JSON.", "Import it with --as hl7."),
)


class Source:
    """One reading of a file from its start. ``size`` and ``unpacked`` count bytes, ``encoding`` is known after the first block.

    Raises ImportFailed, from the start or while it is read, for a file that cannot be read, is too large or no text in its encoding;
    UsageError for an encoding of no such name.
    """

    def __init__(self, path: Path, encoding: str = "") -> None:
        self.path, self.file = path, visible(path.name)
        self.encoding = encoding
        self.size = self.unpacked = 0
        self._digest = hashlib.sha256()
        if encoding:
            try:
                self.encoding = codecs.lookup(encoding).name
                "".encode(self.encoding)
            except (LookupError, ValueError):
                raise UsageError(f"{encoding!r} is no text encoding.", "Try --encoding utf-8, utf-16, latin-1 or cp1252.") from None

    @property
    def sha256(self) -> str:
        """The hash of the file's own bytes so far."""
        return self._digest.hexdigest()

    def texts(self) -> Iterator[str]:
        """The file's text, a block at a time; a byte order mark is no part of it."""
        decoder: codecs.IncrementalDecoder | None = None
        for block in self._unpacked_blocks():
            if decoder is None:
                self.encoding = self._encoding_of(block)
                decoder = codecs.getincrementaldecoder(self.encoding)()
            before = self.unpacked
            self.unpacked += len(block)
            if self.unpacked > LARGEST_FILE:
                raise ImportFailed(f"{self.file} unpacks to more than {LARGEST_FILE:,} bytes.", "Ask for the results in smaller files.")
            yield self._decoded(decoder, block, before, final=False)
        if decoder is not None:
            yield self._decoded(decoder, b"", self.unpacked, final=True)

    def _decoded(self, decoder: codecs.IncrementalDecoder, block: bytes, before: int, *, final: bool) -> str:
        try:
            return decoder.decode(block, final)
        except UnicodeDecodeError as error:
            at = before + len(block) - (len(error.object) - error.start) + 1
            name = _NAMES.get(self.encoding, self.encoding)
            raise ImportFailed(
                f"{self.file}, byte {at}: 0x{error.object[error.start]:02X} is not {name}.",
                "JSON is UTF-8; if the sender says otherwise, name the encoding: --encoding latin-1 (Windows: cp1252).",
            ) from None
        except UnicodeError as error:  # UTF-16 and UTF-32 without enough bytes for a mark
            raise ImportFailed(f"{self.file} is not text: {error}.", "Ask for the file again.") from None

    def _encoding_of(self, block: bytes) -> str:
        """By the byte order mark or the zero bytes that UTF-16 and UTF-32 put around JSON's first characters; else as named."""
        found: str = json.detect_encoding(block[:4])
        if found == "utf-8":
            found = self.encoding or found
        start = block.lstrip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n\x0b")[:8]
        for beginning, what, then in _BEGINNINGS:
            if start.replace(b"\0", b"").startswith(beginning):
                raise ImportFailed(f"{self.file} {what}", then)
        return found

    def _unpacked_blocks(self) -> Iterator[bytes]:
        with _opened(self.path) as stream:
            blocks = self._blocks(stream)
            first = next(blocks, b"")
            if not first.startswith(_GZIP):
                if first:
                    yield first
                yield from blocks
                return
            yield from self._gunzipped(first, blocks)

    def _blocks(self, stream: BinaryIO) -> Iterator[bytes]:
        while block := self._read(stream):
            self.size += len(block)
            self._digest.update(block)
            if self.size > LARGEST_FILE:
                raise ImportFailed(f"{self.file} is larger than {LARGEST_FILE:,} bytes.", "Ask for the results in smaller files.")
            yield block

    def _read(self, stream: BinaryIO) -> bytes:
        try:
            return stream.read(_BLOCK)
        except OSError as error:
            raise ImportFailed(f"{self.file} cannot be read: {error.strerror}.", "Check the disk and the connection.") from error

    def _gunzipped(self, first: bytes, blocks: Iterator[bytes]) -> Iterator[bytes]:
        """Every member of a gzip file, at most a block at a time however well it is packed; zero bytes after the last one are padding."""
        packed, member = first, zlib.decompressobj(31)
        try:
            while packed := packed or next(blocks, b""):
                if member.eof:
                    packed = packed.lstrip(b"\0")
                    if not packed:
                        continue
                    member = zlib.decompressobj(31)
                block = member.decompress(packed, _BLOCK)
                packed = member.unused_data if member.eof else member.unconsumed_tail
                if block:
                    yield block
            rest = b"" if member.eof else member.flush()
        except zlib.error as error:
            raise self._damaged() from error
        if rest:
            yield rest
        if not member.eof:
            raise self._damaged()

    def _damaged(self) -> ImportFailed:
        return ImportFailed(f"{self.file} is a damaged or incomplete gzip file.", "Fetch it again.")


def _opened(path: Path) -> BinaryIO:
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            raise ImportFailed(f"{path} is not a file.", "Name the FHIR file itself.")
        if found.st_size > LARGEST_FILE:
            raise ImportFailed(f"{path.name} is larger than {LARGEST_FILE:,} bytes.", "Ask for the results in smaller files.")
        return open_now(path)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ImportFailed(f"{path} cannot be read: {reason}.", "Check the name and the permissions.") from error
