"""What a file's bytes are: encoding by byte order mark or by name, never by guess; a first pass that proves they can be read."""

from __future__ import annotations

import codecs
import hashlib
import re
from dataclasses import dataclass
from typing import BinaryIO

from labtrack.core.errors import ImportFailed, UsageError

_BLOCK = 1 << 20
_BYTE_ORDER_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_CONTROLS = bytes(set(range(0x20)) - set(b"\t\n\r")) + b"\x7f"
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
LINE_END = re.compile("\r\n|\r|\n")
#: Necessary for a quoted cell that holds a number with a comma.
_QUOTED_COMMA = re.compile(r'"[^",]*\d[,，﹐]\d')


@dataclass(frozen=True, slots=True)
class Facts:
    """What the first pass over a file found. The flags only spare later work: each is true whenever its matter occurs."""

    sha256: str
    has_other_than_ascii: bool
    has_long_lines: bool
    has_controls: bool
    has_apostrophes: bool
    has_commas: bool
    has_quoted_commas: bool


def encoding_of(stream: BinaryIO, file: str, named: str = "") -> str:
    """The codec of a file: its byte order mark's, else the named one, else UTF-8. Leaves the stream at its start.

    Raises UsageError when the name is of no text encoding, ImportFailed for a file that is no text.
    """
    start = stream.read(8)
    stream.seek(0)
    if start.startswith(b"PK\x03\x04"):
        raise ImportFailed(f"{file} is a workbook or archive, not CSV.", "Save the sheet as CSV (UTF-8) and import that.")
    for mark, codec in _BYTE_ORDER_MARKS:
        if start.startswith(mark):
            return codec
    if not named:
        if start[1:4:2] == b"\0\0" or start[0:3:2] == b"\0\0":
            raise ImportFailed(f"{file} looks like UTF-16 without a byte order mark.", "Name it: --encoding utf-16-le (or utf-16-be).")
        return "utf-8"
    try:
        codec = codecs.lookup(named).name
        "".encode(codec)
    except (LookupError, ValueError):
        raise UsageError(f"{named!r} is no text encoding.", "Try --encoding utf-8, utf-16, latin-1 or cp1252.") from None
    return codec


def survey(stream: BinaryIO, file: str, codec: str, long_line: int) -> Facts:
    """Read a file once from its start, in blocks: prove that it decodes, hash it, note what occurs in it.

    ``long_line`` is the length in characters above which a line is long. Raises ImportFailed naming the line of the first byte
    that the encoding does not allow.
    """
    digest = hashlib.sha256()
    decoder = codecs.getincrementaldecoder(codec)()
    beyond_ascii = controls = apostrophes = commas = quoted = long_lines = False
    tail, unended = "", 0
    while True:
        block = stream.read(_BLOCK)
        digest.update(block)
        try:
            text = decoder.decode(block, final=not block)
        except UnicodeDecodeError as error:
            line = _line_at(stream, codec, stream.tell() - (len(error.object) - error.start))
            raise _undecodable(file, codec, line, error) from None
        beyond_ascii = beyond_ascii or not text.isascii()
        controls = controls or _holds_controls(text)
        apostrophes = apostrophes or "'" in text
        commas = commas or "," in text or (not text.isascii() and ("，" in text or "﹐" in text))
        quoted = quoted or _QUOTED_COMMA.search(tail + text) is not None
        lengths = list(map(len, text.split("\n")))
        long_lines = long_lines or max(max(lengths), unended + lengths[0]) > long_line
        unended = lengths[-1] if len(lengths) > 1 else unended + lengths[0]
        tail = text[-200:]
        if not block:
            break
    return Facts(digest.hexdigest(), beyond_ascii, long_lines, controls, apostrophes, commas, quoted)


def _line_at(stream: BinaryIO, codec: str, offset: int) -> int:
    """The line, counted from 1, on which the byte at ``offset`` stands."""
    stream.seek(0)
    decoder = codecs.getincrementaldecoder(codec)("replace")
    line, before = 1, ""
    while offset > 0 and (block := stream.read(min(_BLOCK, offset))):
        offset -= len(block)
        text = decoder.decode(block)
        line += len(LINE_END.findall(text)) - (before == "\r" and text.startswith("\n"))
        before = text[-1:]
    return line


def _holds_controls(text: str) -> bool:
    if not text.isascii():
        return CONTROL.search(text) is not None
    raw = text.encode()
    return len(raw.translate(None, _CONTROLS)) != len(raw)


def _undecodable(file: str, codec: str, line: int, error: UnicodeDecodeError) -> ImportFailed:
    value = error.object[error.start]
    name = {"utf-8-sig": "UTF-8", "utf-8": "UTF-8", "utf-16": "UTF-16"}.get(codec, codec)
    return ImportFailed(
        f"{file}, line {line}: byte 0x{value:02X} is not {name}.",
        "If the file is Latin-1 import it with --encoding latin-1 (Windows: cp1252).",
    )
