"""The character set of a message: what MSH-18 says, else what the person says, else UTF-8; refused rather than misread."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from labtrack.exchange.remarks import shown

#: Letters and digits of HL7's table 0211, and of what senders write instead, to Python's names.
_CODECS = {
    "ASCII": "ascii", "USASCII": "ascii", "ISOIR6": "ascii", "UNICODE": "utf-8", "UNICODEUTF8": "utf-8", "UTF8": "utf-8",
    "LATIN1": "iso8859-1", "WINDOWS1252": "cp1252", "CP1252": "cp1252", "GB180302000": "gb18030", "GB18030": "gb18030",
    "KSX1001": "euc_kr", "BIG5": "big5", "ISOIR14": "iso2022_jp_ext", "ISOIR87": "iso2022_jp_ext", "ISOIR159": "iso2022_jp_ext",
    "ISOIR166": "iso8859-11",
    **{f"{before}8859{part}": f"iso8859-{part}" for before in ("", "ISO") for part in (*range(1, 10), 13, 15)},
}  # fmt: skip
#: Codecs of one byte a character, in which the bytes of UTF-8 are possible but no text.
_SINGLE = re.compile(r"ascii|iso8859-[0-9]+|cp12[0-9]{2}|koi8-[ru]|mac-roman")
_C1 = re.compile("[\x80-\x9f]")
_FROM_ASCII = "ascii"
_SHOWN = 60


class Decoded(NamedTuple):
    """A message as text and the codec that read it; or the ``problem`` that a person can solve by naming another one."""

    text: str = ""
    codec: str = ""
    problem: str = ""


def decode(data: bytes, said: Sequence[str], named: str, fixed: str = "") -> Decoded:
    """Read the bytes of a message. ``said`` are the repetitions of MSH-18, ``named`` is a person's codec, ``fixed`` the file's own.

    What the message says holds unless it is plainly untrue: bytes that its character set does not have, or that are UTF-8. Then
    the person's is tried, and without one the message is refused.
    """
    if fixed:
        text, problem = _read(data, fixed)
        return Decoded(text, fixed, problem and f"the file begins as {fixed}, but {problem}")
    if data.isascii() and b"\x1b" not in data:  # every character set of the table has these characters in these places
        return Decoded(data.decode("ascii"), _codec(said) or named or "utf-8")
    names = [each.strip() for each in said if each.strip()]
    codec = _codec(names)
    if names and not codec:
        problem = f"its character set, MSH-18 {shown(names[0][:_SHOWN])}, is not one that labtrack knows"
    else:
        text, problem = _read(data, codec or named or "utf-8")
        if not problem:
            return Decoded(text, codec or named or "utf-8")
        problem = f"MSH-18 says {shown(names[0][:_SHOWN])}, but {problem}" if names else f"MSH-18 is empty, and {problem}"
    if named and (names or not codec):
        text, other = _read(data, named)
        if not other:
            return Decoded(text, named)
    return Decoded(problem=f"{problem}: name the one it is in, such as --encoding latin-1 (Windows: cp1252) or utf-8")


def _codec(said: Sequence[str]) -> str:
    """The codec of the default character set, the first one named; Japanese ones switch among themselves by escape sequences."""
    keys = [re.sub("[^A-Z0-9]", "", each.upper()) for each in said]
    found = [_CODECS.get(key, "") for key in keys if key]
    if found[1:] and found[0] == _FROM_ASCII and "iso2022_jp_ext" in found:
        return "iso2022_jp_ext"
    return found[0] if found else ""


def _read(data: bytes, codec: str) -> tuple[str, str]:
    """The text, or why it is none."""
    try:
        text = data.decode(codec)
        text.encode("utf-8")  # some codecs make halves of characters
    except UnicodeDecodeError as error:
        return "", f"byte 0x{error.object[error.start]:02X} is not {codec}"
    except ValueError:
        return "", f"its bytes are not {codec}"
    if text.count("\r") != data.count(b"\r") or "\n" in text:
        return "", f"its bytes are not {codec}: lines end within segments"
    if _SINGLE.fullmatch(codec):
        if not data.isascii() and _is_utf8(data):
            return "", f"its bytes are UTF-8, not {codec}"
        control = _C1.search(text)
        if control is not None:
            return "", f"byte 0x{ord(control[0]):02X} is no character of {codec}"
    return text, ""


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
