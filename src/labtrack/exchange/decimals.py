"""The decimal mark of a file, decided over the whole of its numeric columns and never guessed.

``0,82`` says comma, ``0.82`` says point, ``1.234,5`` comma, ``1,234.5`` point, ``1.234.567`` comma; ``1,234`` alone could be
either and says nothing. A file that says both is refused, and so is one whose only marks say nothing: except points, which are
taken as decimal points unless the file is delimited by semicolons, as spreadsheets do where the comma is the decimal mark
(``250.000`` there may well be a quarter of a million).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum

from labtrack.core.quantity import LONGEST_NUMBER, DecimalMark, clean_text
from labtrack.exchange.cells import unguard
from labtrack.exchange.remarks import shown

_NUMBER = re.compile(r"(?:<=|=<|>=|=>|[<>=≤≥]?)\s*[+-]?([0-9]+(?:[.,][0-9]+)*)((?:[eE][+-]?[0-9]{1,3})?)")
_MEMO = 100_000


class Mark(Enum):
    """What one cell says about the decimal mark."""

    NOTHING = ""
    POINT = "."
    COMMA = ","
    PERHAPS_POINT = ".?"
    PERHAPS_COMMA = ",?"


def mark_of(cell: str) -> Mark:
    """What one cell says.

    >>> [mark_of(each).name for each in ("0,82", "1,234", "0.123", "1.234,5", "12", "hemolyzed")]
    ['COMMA', 'PERHAPS_COMMA', 'POINT', 'COMMA', 'NOTHING', 'NOTHING']
    """
    text = clean_text(unguard(cell))
    match = _NUMBER.fullmatch(text) if len(text) <= LONGEST_NUMBER else None
    if match is None:
        return Mark.NOTHING
    body = match[1]
    marks = [character for character in body if character in ".,"]
    if not marks:
        return Mark.NOTHING
    groups = re.split("[.,]", body)
    if len(set(marks)) == 2:
        grouped = len(set(marks[:-1])) == 1 and marks[-1] not in marks[:-1] and _are_thousands(groups[:-1])
        return Mark(marks[-1]) if grouped else Mark.NOTHING
    if len(marks) > 1:
        return Mark("," if marks[0] == "." else ".") if _are_thousands(groups) else Mark.NOTHING
    if _are_thousands(groups) and not match[2]:
        return Mark.PERHAPS_POINT if marks[0] == "." else Mark.PERHAPS_COMMA
    return Mark(marks[0])


def _are_thousands(groups: list[str]) -> bool:
    return len(groups[0]) <= 3 and groups[0][0] != "0" and all(len(group) == 3 for group in groups[1:])


@dataclass(slots=True)
class DecimalEvidence:
    """Gathers what a file's numeric cells say; ``places`` holds the first line and text for each kind of mark."""

    places: dict[Mark, tuple[int, str]] = field(default_factory=dict)
    _seen: set[str] = field(default_factory=set)

    def look_at(self, cells: Iterable[str], lines: Iterable[int]) -> None:
        """Take note of one column of a chunk."""
        cells = cells if isinstance(cells, (list, tuple)) else list(cells)
        fresh = set(cells) - self._seen
        if not fresh:
            return
        telling = {cell: mark for cell in fresh if (mark := mark_of(cell)) is not Mark.NOTHING and mark not in self.places}
        if telling:
            for cell, line in zip(cells, lines, strict=True):
                if cell in telling:
                    self.places.setdefault(telling[cell], (line, cell))
        if len(self._seen) > _MEMO:
            self._seen.clear()
        self._seen |= fresh

    @property
    def is_contradictory(self) -> bool:
        """Whether both marks have been seen for certain; nothing further can change that."""
        return Mark.POINT in self.places and Mark.COMMA in self.places

    def decide(self, delimiter: str) -> DecimalMark | None:
        """The file's decimal mark; None when it is not certain, with the reason in :meth:`doubt`."""
        if self.doubt(delimiter):
            return None
        return "," if Mark.COMMA in self.places else "."

    def doubt(self, delimiter: str) -> str:
        """Why the decimal mark is not certain, as a sentence; empty when it is."""
        if self.is_contradictory:
            return (
                f"{self._shown(Mark.COMMA)} has a decimal comma, {self._shown(Mark.POINT)} a decimal point; one file has one decimal mark."
            )
        if Mark.COMMA in self.places or Mark.POINT in self.places:
            return ""
        if Mark.PERHAPS_COMMA in self.places:
            return f"{self._shown(Mark.PERHAPS_COMMA)} can be read in two ways, and nothing else in the file tells the decimal mark."
        if Mark.PERHAPS_POINT in self.places and delimiter == ";":
            return (
                f"{self._shown(Mark.PERHAPS_POINT)} can be read in two ways in a file delimited by semicolons, "
                "and nothing else in it tells the decimal mark."
            )
        return ""

    def _shown(self, mark: Mark) -> str:
        line, text = self.places[mark]
        return f"{shown(text)} (line {line})"


def is_grouped_number(cell: str, decimal: DecimalMark) -> bool:
    """Whether a cell is a number that holds the mark which is not the file's decimal mark: never read, never taken for text."""
    other = "," if decimal == "." else "."
    if cell.isascii() and other not in cell:
        return False
    text = clean_text(unguard(cell))
    return other in text and len(text) <= LONGEST_NUMBER and _NUMBER.fullmatch(text) is not None
