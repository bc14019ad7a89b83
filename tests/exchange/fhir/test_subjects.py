"""Whose a result is, through whole files."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from tests.exchange.fhir.reading import ANY, bundle, observation, patient, read

from labtrack.exchange.feed import Identifier
from labtrack.exchange.fhir.subjects import is_about_another, subject_text

UUID = "urn:uuid:6933f29b-28f2-4e69-9fee-b73267b0afb6"


def numbers(folder: Path, subject: Any, *others: dict[str, Any], **options: Any) -> list[tuple[Identifier, ...]]:
    found = read(folder, bundle(observation(subject=subject), *others, **options))
    assert not found.refusals, found.refusals
    return [found.people[each.person].identifiers for each in found.reports]


def test_a_patient_of_the_file_is_told_with_every_number(tmp_path: Path) -> None:
    hospital = (Identifier("4711", "urn:hospital", "MR"),)
    assert numbers(tmp_path, {"reference": "Patient/1"}, patient()) == [hospital]
    assert numbers(tmp_path, {"reference": "https://a.example/Patient/1"}, patient(), base="https://a.example") == [hospital]
    assert numbers(tmp_path, {"identifier": {"system": "urn:hospital", "value": "4711"}}, patient()) == [hospital]
    assert numbers(tmp_path, {"reference": "Patient?identifier=urn:hospital|4711"}, patient()) == [hospital]


def test_a_patient_that_is_not_in_the_file_is_known_by_id_and_server(tmp_path: Path) -> None:
    assert numbers(tmp_path, {"reference": "Patient/7"}) == [(Identifier("7"),)]
    assert numbers(tmp_path, {"reference": "https://a.example/fhir/Patient/7"}) == [(Identifier("7", "https://a.example/fhir"),)]
    assert numbers(tmp_path, {"reference": "Patient/7"}, base="https://a.example/fhir") == [(Identifier("7", "https://a.example/fhir"),)]
    assert numbers(tmp_path, {"reference": "Patient/7/_history/2", "type": "Patient"}) == [(Identifier("7"),)]


def test_the_same_reference_with_another_identifier_is_another_person(tmp_path: Path) -> None:
    one, other = ({"reference": UUID, "identifier": {"system": "s", "value": each}} for each in "12")
    found = read(tmp_path, bundle(observation(subject=one), observation(subject=other)))
    assert [each.identifiers for each in found.people] == [(Identifier("1", "s"),), (Identifier("2", "s"),)]


def test_a_contained_patient_has_what_it_says_and_the_number_of_the_reference(tmp_path: Path) -> None:
    held = {"resourceType": "Patient", "id": "p1", "gender": "female", "birthDate": "1970-01-01"}
    found = read(tmp_path, observation(subject={"reference": "#p1", "identifier": {"system": "s", "value": "9"}}, contained=[held]))
    assert (found.people[0].identifiers, found.people[0].birth_date) == ((Identifier("9", "s"),), date(1970, 1, 1))
    assert read(tmp_path, observation(subject={"reference": "#p1"}, contained=[held])).people[0].identifiers == ()


@pytest.mark.parametrize(
    ("subject", "reason"),
    [
        (None, "it does not say whose it is: no subject"),
        ({}, "it does not say whose it is: no subject"),
        ({"display": "Amy"}, "it does not say whose it is"),
        ({"reference": "Group/herd1"}, "its subject is a Group, not a patient"),
        ({"reference": "https://a.example/Device/1"}, "its subject is a Device, not a patient"),
        ({"reference": "Patient/1", "type": "Location"}, "its subject is a Location, not a patient"),
        ({"identifier": {"value": "1"}, "type": "Group"}, "its subject is a Group, not a patient"),
        ({"reference": UUID}, f"its subject {UUID} is no Patient in this file"),
        ({"reference": "#p1"}, "its subject #p1 is not held by the resource that refers to it"),
        ({"reference": "#g"}, "its subject #g is a Group, not a patient"),
    ],
)
def test_what_is_no_patient_is_refused(subject: Any, reason: str, tmp_path: Path) -> None:
    found = read(tmp_path, observation(subject=subject, contained=[{"resourceType": "Group", "id": "g"}]))
    assert found.reason == reason
    assert found.refusals[0].column == "Observation.subject"


def test_a_result_about_a_fetus_or_a_donor_is_not_the_patient_s(tmp_path: Path) -> None:
    assert "focus" in read(tmp_path, observation(focus=[{"reference": "Patient/donor"}])).reason
    assert read(tmp_path, observation(focus=[{"reference": "Patient/1"}])).report.value == "96"


def test_what_is_said_of_a_subject_is_shown() -> None:
    assert subject_text({"subject": {"reference": "Patient/1"}}) == "Patient/1"
    assert subject_text({"subject": {"identifier": {"value": "12"}}}) == "12"
    assert subject_text({}) == ""


@given(ANY)
def test_any_json_as_a_subject_is_a_person_or_refused(tmp_path_factory: pytest.TempPathFactory, value: Any) -> None:
    folder = tmp_path_factory.getbasetemp()
    for subject in (value, {"reference": value, "display": value}, {"identifier": value, "type": value}):
        found = read(folder, bundle(observation(subject=subject), patient()))
        assert sum(found.counts) == 1
    is_about_another({"focus": [value], "subject": value})
