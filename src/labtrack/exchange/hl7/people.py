"""Whom a PID segment is about."""

from __future__ import annotations

from labtrack.core.record import Sex
from labtrack.exchange.feed import Identifier, Person
from labtrack.exchange.hl7.segments import Encoding, Fields, component
from labtrack.exchange.hl7.times import birth_date_of
from labtrack.exchange.said import one_line

_SEXES = {"F": Sex.FEMALE, "M": Sex.MALE}
#: Longer than a name or number of a person's.
_LONGEST = 300


class People:
    """The persons told so far; ``told`` is the feed's list, in which equal people are one entry."""

    def __init__(self, told: list[Person]) -> None:
        self.told = told
        self._places: dict[tuple[object, ...], int] = {}

    def place(self, pid: Fields, where: str, encoding: Encoding) -> int:
        """The place of a PID's person. ``where`` is its message."""
        numbers = identifiers_of(pid[3], encoding) or identifiers_of(pid[2], encoding) or identifiers_of(pid[4], encoding)
        sex = _SEXES.get(encoding.first(pid[8]).upper(), Sex.UNKNOWN)
        said = (numbers, name_of(pid[5], encoding), birth_date_of(encoding.first(pid[7])), sex)
        if said not in self._places:
            self._places[said] = len(self.told)
            self.told.append(Person(*said, line=pid.line, where=f"{where}: PID-3"))
        return self._places[said]


def identifiers_of(raw: str, encoding: Encoding) -> tuple[Identifier, ...]:
    """Every number of a field with its assigning authority (the name space, else the universal id) and its type."""
    found = []
    for each in encoding.repetitions(raw):
        parts = each.split(encoding.component)
        texts = [encoding.text(part) for part in parts]
        authority = encoding.parts(parts[3]) if len(parts) > 3 else []
        number = component(texts, 1)
        if number:
            whose = component(authority, 1) or component(authority, 2)
            found.append(Identifier(number, one_line(whose, _LONGEST), one_line(component(texts, 5), _LONGEST)))
    return tuple(dict.fromkeys(found))


def name_of(raw: str, encoding: Encoding) -> str:
    """Given, middle and family name of the first name in a field."""
    first = encoding.repetitions(raw)[0]
    parts = encoding.components(first)
    family = component(encoding.parts(first.split(encoding.component)[0]), 1)
    return one_line(" ".join(filter(None, (component(parts, 2), component(parts, 3), family))), _LONGEST)
