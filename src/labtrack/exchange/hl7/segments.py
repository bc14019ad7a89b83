"""A message's segments as fields, repetitions and components by the message's own encoding characters, escapes undone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import islice
from typing import Any

from labtrack.core.errors import ImportFailed

#: Longer than any field that is read here, but for a document in OBX-5 or a text in NTE-3.
LONGEST_FIELD = 4_000
#: HL7 defines no segment of more fields.
MOST_FIELDS = 100
#: A segment longer than this is cut to what can be read of it before it is taken apart.
_LONG = 8_000
#: Segments and characters that are taken apart at a time.
_PIECE, _PIECE_SIZE = 500, 64_000
#: Characters that no text has, for those that MSH-2 leaves out.
_NONE = "\ufdd0\ufdd1\ufdd2"
#: The fields that are read, of segments in which a field that is too long cannot be passed over.
_READ = {
    "MSH": (3, 4, 9, 10, 11, 18), "PID": (2, 3, 4, 5, 7, 8), "OBR": (3, 7, 25), "SPM": (2, 17),
    "OBX": (1, 2, 3, 4, 6, 7, 8, 11, 14, 15, 21, 23, 33),
}  # fmt: skip


class Encoding:
    """A message's encoding characters: field, component, repetition, escape, sub-component; ``codec`` reads its hexadecimal escapes.

    Those that MSH-2 leaves out are not used by the message; a fifth one (HL7 2.7's truncation character) separates nothing.
    ``problem`` says why they cannot be used.
    """

    def __init__(self, field: str, said: str, codec: str) -> None:
        self.field, self._codec = field, codec
        self.component, self.repetition, self.escape, self.part = tuple(said[:4] + _NONE[len(said[:4]) - 1 :] if said else "^~\\&")
        used = field + said[:4]
        odd = not said or not used.isascii() or any(each.isalnum() or not each.isprintable() or each.isspace() for each in used)
        self.problem = "its encoding characters (MSH-1, MSH-2) cannot be told apart" if odd or len(set(used)) < len(used) else ""
        escape = re.escape(self.escape)
        self._escapes = re.compile(rf"{escape}([^{escape}]{{0,200}}){escape}")
        self._plain = {"F": self.field, "S": self.component, "R": self.repetition, "E": self.escape, "T": self.part}

    @property
    def header(self) -> str:
        """How a header begins that says all characters."""
        return f"MSH{self.field}{self.component}{self.repetition}{self.escape}{self.part}{self.field}"

    def text(self, raw: str) -> str:
        """A text with its escapes undone, control characters among what they may come to. Highlighting leaves nothing, formatting a space.

        What is not known, or not closed, stays as it was sent. (The library's own ``unescape`` drops it, and what follows an escape
        that is not closed; it takes every byte of a hexadecimal escape for a character, and raises ValueError on ``\\.spx\\``.)
        """
        return raw if self.escape not in raw else self._escapes.sub(self._unescaped, raw)

    def _unescaped(self, match: re.Match[str]) -> str:
        said = match[1]
        if said in self._plain:
            return self._plain[said]
        if said in ("H", "N"):
            return ""
        if said.startswith("."):
            return " "
        if said[:1] == "X":
            try:
                return bytes.fromhex(said[1:]).decode(self._codec)
            except ValueError:
                return match[0]
        return match[0]

    def repetitions(self, raw: str) -> list[str]:
        """A field's repetitions, raw."""
        return raw.split(self.repetition)

    def components(self, raw: str) -> list[str]:
        """A repetition's components as texts; sub-components stay joined by their character."""
        return [self.text(each) for each in raw.split(self.component)]

    def parts(self, raw: str) -> list[str]:
        """A component's sub-components as texts."""
        return [self.text(each) for each in raw.split(self.part)]

    def first(self, raw: str) -> str:
        """The first component of the first repetition, without its other sub-components."""
        return component(self.parts(self.repetitions(raw)[0].split(self.component)[0]), 1)


@lru_cache(64)
def encoding_of(header: str, codec: str) -> Encoding:
    """The encoding that a header's MSH-1 and MSH-2 say; ``header`` begins with them."""
    field = header[3:4]
    return Encoding(field, header[4:].split(field, 1)[0] if field else "", codec)


class Fields:
    """One segment: raw fields by HL7's numbers, empty where it has none. ``problem`` says why it cannot be believed."""

    __slots__ = ("_fields", "line", "problem")

    def __init__(self, line: int, fields: Sequence[Any] = (), problem: str = "") -> None:
        self.line, self._fields, self.problem = line, fields, problem

    def __getitem__(self, number: int) -> str:
        return str(self._fields[number]) if number < len(self._fields) else ""

    @property
    def name(self) -> str:
        """The segment's name."""
        return self[0].strip()


def component(parts: Sequence[str], number: int) -> str:
    """A component by HL7's number; empty where there is none, and for HL7's null."""
    text = parts[number - 1].strip() if number <= len(parts) else ""
    return "" if text == '""' else text


def parse(texts: Sequence[str], lines: Sequence[int], broken: frozenset[int], encoding: Encoding) -> Iterator[Fields]:
    """The segments of a message, its header first, by the ``hl7`` library; ``broken`` are the places of those whose line was cut.

    The library gets a header that says all four characters and ends: of one that does not it takes HL7's usual characters for those
    left out, and splits texts that hold them (its issue 64); without a separator after MSH-2 it loses a character. It gets at most
    a few hundred segments at a time, none with more fields than HL7 has, for it makes an object of every field.
    """
    hl7 = library()
    rest = texts[0][4:].partition(encoding.field)[2]
    cut = [_cut(encoding.header + rest, encoding.field), *(_cut(text, encoding.field) for text in texts[1:])]
    place = 0
    for piece in _pieces(cut):
        with_header = piece if place == 0 else [encoding.header, *piece]
        for segment in islice(hl7.parse("\r".join(with_header)), int(place > 0), None):
            yield Fields(lines[place], segment, _problem(segment, place in broken, len(cut[place])))
            place += 1


def library() -> Any:
    """The ``hl7`` library. Raises ImportFailed where it is not installed."""
    try:
        import hl7
    except ImportError:
        raise ImportFailed("Reading HL7 v2 needs the library hl7.", "Install it: pip install 'labtrack[hl7]'") from None
    return hl7


def _pieces(texts: Sequence[str]) -> Iterator[list[str]]:
    piece: list[str] = []
    size = 0
    for text in texts:
        if piece and (len(piece) == _PIECE or size + len(text) > _PIECE_SIZE):
            yield piece
            piece, size = [], 0
        piece.append(text)
        size += len(text)
    yield piece


def _cut(text: str, separator: str) -> str:
    """A long segment without fields that HL7 does not have, and of fields that are too long enough to see that they are."""
    if len(text) <= _LONG:
        return text
    return separator.join(each[: LONGEST_FIELD + 1] for each in text.split(separator, MOST_FIELDS)[:MOST_FIELDS])


def _problem(segment: Sequence[Any], is_broken: bool, length: int) -> str:
    if is_broken:
        return "its line is broken: the next one is no segment"
    if length > LONGEST_FIELD:
        name = str(segment[0]).strip()
        for number in _READ.get(name, ()):
            if number < len(segment) and len(str(segment[number])) > LONGEST_FIELD:
                return f"{name}-{number} is longer than {LONGEST_FIELD:,} characters"
    return ""
