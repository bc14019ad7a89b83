"""A message's segments as texts: fields, repetitions and components by the message's own encoding characters, escapes undone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from labtrack.core.errors import ImportFailed
from labtrack.exchange.coding import Coding

_DEFAULTS = ("|", "^", "~", "\\", "&")


class Encoding:
    """A message's encoding characters: field, component, repetition, escape and sub-component; HL7's usual ones where it leaves them out.

    ``problem`` says why they cannot be used.
    """

    def __init__(self, header: str) -> None:
        self.field = header[3:4] or "|"
        said = header[4:].split(self.field, 1)[0]
        rest = [said[place] if place < len(said) else _DEFAULTS[place + 1] for place in range(4)]
        self.component, self.repetition, self.escape, self.part = rest
        every = [self.field, *rest]
        odd = any(each.isalnum() or each.isspace() or ord(each) < 32 for each in every[: 1 + len(said[:4])])
        self.problem = "its encoding characters (MSH-1, MSH-2) cannot be told apart" if odd or len(set(every)) < 5 else ""
        escape = re.escape(self.escape)
        self._escapes = re.compile(rf"{escape}([^{escape}]{{0,60}}){escape}")
        self._plain = {"F": self.field, "S": self.component, "R": self.repetition, "E": self.escape, "T": self.part}

    def text(self, raw: str) -> str:
        """A text with its escapes undone; highlighting and formatting leave a space or nothing, what is not known stays as it is."""
        return raw if self.escape not in raw else self._escapes.sub(self._unescaped, raw)

    def _unescaped(self, match: re.Match[str]) -> str:
        said = match[1]
        if said in self._plain:
            return self._plain[said]
        if said in ("H", "N"):
            return ""
        if said.startswith("."):
            return " "
        if said[:1] == "X" and len(said) % 2 == 1:
            try:
                return bytes.fromhex(said[1:]).decode("latin-1")
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


def component(parts: Sequence[str], number: int) -> str:
    """A component by HL7's number; empty where there is none, and for HL7's null."""
    text = parts[number - 1].strip() if number <= len(parts) else ""
    return "" if text == '""' else text


def codings_of(raw: str, encoding: Encoding) -> tuple[tuple[Coding, ...], str]:
    """The codes of a coded element (identifier, text, system; the same again as alternate; original text), and its text."""
    parts = encoding.components(encoding.repetitions(raw)[0])
    codings = [Coding(component(parts, at), component(parts, at + 2), component(parts, at + 1)) for at in (1, 4)]
    return tuple(each for each in codings if each.code or each.display), component(parts, 9)


def parse(text: str, file: str) -> list[list[str]]:
    """The segments of a message as lists of raw fields, by HL7's numbers (MSH-1 is the field separator); by the ``hl7`` library."""
    try:
        import hl7
    except ImportError:
        raise ImportFailed(f"{file}: reading HL7 v2 needs the library hl7.", "Install it with: pip install 'labtrack[hl7]'") from None
    message: Any = hl7.parse(text)
    return [[str(field) for field in segment] for segment in message]
