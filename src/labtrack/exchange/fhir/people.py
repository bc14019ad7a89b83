"""Whom a file is about: its Patients, and those that it only refers to. Each is told once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from labtrack.core.record import Sex
from labtrack.exchange.dates import parse_day
from labtrack.exchange.feed import Identifier, Person
from labtrack.exchange.fhir.elements import code_at, extension_at, list_at, mapping_at, number_at, text_at
from labtrack.exchange.fhir.references import Reference
from labtrack.exchange.fhir.scan import decimals
from labtrack.exchange.fhir.vocabulary import IDENTIFIER_TYPE, WEIGHT
from labtrack.exchange.rows import HIGHEST_WEIGHT_KG
from labtrack.exchange.said import one_line

_SEXES = {"female": Sex.FEMALE, "male": Sex.MALE}
_LONGEST = 300
#: Names that are no longer the person's, or never were.
_NOT_NOW = frozenset({"old", "anonymous"})
_PREFERRED = {"official": 0, "usual": 1}


def person_of(patient: Mapping[str, Any], server: str | None, line: int, where: str) -> Person:
    """The person that a Patient describes. One without an identifier has its own id, of the ``server`` it is on.

    None as the server is for a contained Patient, whose id is nothing outside.
    """
    numbers = [_identifier(each) for each in list_at(patient, "identifier") if text_at(each, "use") != "old"]
    id = one_line(text_at(patient, "id"), _LONGEST)
    known = tuple(dict.fromkeys(each for each in numbers if each.value))
    if not known and id and server is not None:
        known = (Identifier(id, server),)
    birth_date = parse_day(text_at(patient, "birthDate"))
    return Person(
        known,
        _name(patient),
        None if isinstance(birth_date, str) else birth_date,
        _SEXES.get(text_at(patient, "gender"), Sex.UNKNOWN),
        line,
        where,
        _weight(patient),
        _telecom(patient, "phone"),
        _telecom(patient, "email"),
    )


def _weight(patient: Mapping[str, Any]) -> float | None:
    """The weight in kg that labtrack wrote."""
    said = decimals(mapping_at(extension_at(patient, WEIGHT), "valueQuantity"))
    weight = number_at(said, "value")
    return weight if weight is not None and 0 < weight <= HIGHEST_WEIGHT_KG and text_at(said, "unit") == "kg" else None


def _telecom(patient: Mapping[str, Any], system: str) -> str:
    found = (text_at(each, "value") for each in list_at(patient, "telecom") if text_at(each, "system") == system)
    return one_line(next(found, ""), _LONGEST)


def person_referred(reference: Reference, server: str, line: int, where: str) -> Person:
    """The person of a reference to a Patient that is not in the file: by the id on its server, or by the identifier that is given.

    ``server`` is that of a relative reference, empty where nothing says it.
    """
    numbers = [Identifier(one_line(reference.value, _LONGEST), one_line(reference.system, _LONGEST))] if reference.value.strip() else []
    if reference.id:
        numbers.insert(0, Identifier(reference.id, one_line(reference.base or server, _LONGEST)))
    return Person(tuple(numbers), one_line(reference.display, _LONGEST), line=line, where=where)


def _identifier(element: Mapping[str, Any]) -> Identifier:
    type_ = mapping_at(element, "type")
    kind = code_at(type_, IDENTIFIER_TYPE) or next((text_at(each, "code") for each in list_at(type_, "coding")), "")
    value, system = text_at(element, "value"), text_at(element, "system")
    return Identifier(one_line(value, _LONGEST), one_line(system, _LONGEST), one_line(kind, _LONGEST))


def _name(patient: Mapping[str, Any]) -> str:
    names = list_at(patient, "name")
    current = [each for each in names if text_at(each, "use") not in _NOT_NOW] or names
    ranked = sorted(current, key=lambda each: _PREFERRED.get(text_at(each, "use"), len(_PREFERRED)))
    return next((said for each in ranked if (said := _said(each))), "")


def _said(name: Mapping[str, Any]) -> str:
    given = name.get("given")
    parts = [each for each in given if isinstance(each, str)] if isinstance(given, list) else []
    return one_line(" ".join([*parts, text_at(name, "family")]).strip() or text_at(name, "text"), _LONGEST)


def same_person(one: Person, other: Person) -> bool:
    """Whether two descriptions under one address can be of one person: versions of it share a number, or have none."""
    if not one.identifiers and not other.identifiers:
        return (one.name, one.birth_date, one.sex) == (other.name, other.birth_date, other.sex)
    return bool(set(one.identifiers) & set(other.identifiers))


class People:
    """The persons told so far; :attr:`told` is the feed's list."""

    def __init__(self, told: list[Person]) -> None:
        self.told = told
        self._places: dict[Person, int] = {}

    def place(self, person: Person) -> int:
        """The place of a person in the list; what is said of it alike is said once."""
        key = replace(person, line=0, where="")
        if key not in self._places:
            self._places[key] = len(self.told)
            self.told.append(person)
        return self._places[key]
