"""Patients to persons."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from tests.exchange.fhir.reading import ANY, patient

from labtrack.core.record import Sex
from labtrack.exchange.feed import Identifier, Person
from labtrack.exchange.fhir.people import People, person_of, person_referred, same_person
from labtrack.exchange.fhir.references import reference_of
from labtrack.exchange.fhir.scan import Number


def person(server: str | None = "", **changes: Any) -> Person:
    return person_of(patient(**changes), server, 3, "Bundle.entry[0].resource")


def test_a_patient_has_numbers_a_name_a_birth_date_and_a_sex() -> None:
    assert person() == Person(
        (Identifier("4711", "urn:hospital", "MR"),), "Étienne J. Moreau", date(1970, 2, 1), Sex.MALE, 3, "Bundle.entry[0].resource"
    )


def test_every_number_is_told_but_those_no_longer_valid() -> None:
    numbers = [
        {"value": " 1 ", "system": "a"},
        {"value": "2", "use": "old"},
        {"system": "b"},
        {"value": "3", "type": {"text": "x"}},
        5,
        {"value": "1", "system": "a"},
    ]
    assert person(identifier=numbers).identifiers == (Identifier("1", "a"), Identifier("3"))


def test_without_a_number_the_id_on_its_server_is_one_but_not_that_of_a_contained_patient() -> None:
    assert person("https://lab.example", identifier=None).identifiers == (Identifier("1", "https://lab.example"),)
    assert person("", identifier=[]).identifiers == (Identifier("1", ""),)
    assert person(None, identifier=None).identifiers == ()


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ([{"family": "A"}, {"use": "usual", "family": "B"}, {"use": "official", "family": "C"}], "C"),
        ([{"family": "A"}, {"use": "usual", "family": "B"}], "B"),
        ([{"use": "old", "family": "A"}, {"use": "nickname", "text": "Al"}], "Al"),
        ([{"use": "old", "family": "A"}], "A"),
        ([{"use": "official"}, {"text": "two\nlines\x1b[0m"}], "two lines [0m"),
        ([{"given": ["Ann", 3, None], "family": "Bo"}], "Ann Bo"),
        ("none", ""),
    ],
)
def test_the_official_name_else_the_usual_else_the_first(names: Any, said: str) -> None:
    assert person(name=names).name == said


def test_a_birth_date_is_a_whole_date_and_sex_is_of_the_two_that_ranges_know() -> None:
    assert person(birthDate="1970-02").birth_date is None
    assert person(birthDate="1970-02-30").birth_date is None
    assert [person(gender=each).sex for each in ("female", "male", "other", "unknown", None)] == [Sex.FEMALE, Sex.MALE, *[Sex.UNKNOWN] * 3]


def test_who_is_only_referred_to_is_known_by_id_and_server_or_by_the_identifier() -> None:
    def referred(server: str = "", **element: Any) -> tuple[tuple[Identifier, ...], str]:
        found = person_referred(reference_of(element), server, 1, "")
        return found.identifiers, found.name

    assert referred(reference="Patient/7", display="Amy") == ((Identifier("7", ""),), "Amy")
    assert referred("https://a.example", reference="Patient/7")[0] == (Identifier("7", "https://a.example"),)
    assert referred("https://a.example", reference="https://b.example/Patient/7")[0] == (Identifier("7", "https://b.example"),)
    assert referred(identifier={"system": "s", "value": "9"})[0] == (Identifier("9", "s"),)
    assert referred(reference="Patient/7", identifier={"system": "s", "value": "9"})[0] == (Identifier("7"), Identifier("9", "s"))


def test_people_are_told_once() -> None:
    people = People([])
    assert [people.place(person()), people.place(person_of(patient(), "", 9, "elsewhere")), people.place(person(gender="female"))] == [
        0,
        0,
        1,
    ]
    assert (people.told[0].line, len(people.told)) == (3, 2)


def test_versions_of_a_patient_share_a_number() -> None:
    assert same_person(person(), person(name=[{"family": "New"}]))
    assert not same_person(person(), person(identifier=[{"value": "1"}]))
    assert not same_person(person(None, identifier=None), person(None, identifier=None, birthDate="1971-01-01"))
    assert same_person(person(None, identifier=None), person(None, identifier=None))


@given(ANY)
def test_any_json_in_a_patient_comes_to_a_person(value: Any) -> None:
    for name in ("identifier", "name", "birthDate", "gender", "id"):
        found = person(**{name: value})
        assert f"{found.name}{found.identifiers}".encode()


def test_weight_and_ways_to_reach_are_those_that_labtrack_wrote() -> None:
    weight = {"url": "urn:labtrack:fhir:weight", "valueQuantity": {"value": Number("71.50"), "unit": "kg"}}
    found = person(extension=[weight], telecom=[{"system": "phone", "value": "5 55"}, {"system": "email", "value": "a@b"}])
    assert (found.weight_kg, found.phone, found.email) == (71.5, "5 55", "a@b")
    assert person(extension=[{**weight, "valueQuantity": {"value": Number("9000"), "unit": "kg"}}]).weight_kg is None
