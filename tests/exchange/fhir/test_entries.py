"""Every resource of a file with its place."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.exchange.fhir.reading import bundle, observation, patient

from labtrack.exchange.fhir.entries import Found, Odd, Walk
from labtrack.exchange.fhir.scan import Scanner


def walk(value: Any, indent: int | None = None) -> list[Found | Odd]:
    text = value if isinstance(value, str) else json.dumps(value, indent=indent)
    return list(Walk(Scanner(iter([text]), "any.json")).resources())


def places(value: Any, indent: int | None = None) -> list[tuple[str, tuple[int, ...]]]:
    found = walk(value, indent)
    assert all(isinstance(each, Found) for each in found), found
    return [(each.where, each.place.scopes) for each in found if isinstance(each, Found)]


@pytest.mark.parametrize("indent", [None, 1])
def test_bundles_within_bundles_have_paths_and_scopes_of_their_own(indent: int | None) -> None:
    value = bundle(patient(), bundle(observation(), bundle(observation())), bundle(), observation())
    assert places(value, indent) == [
        ("Bundle.entry[0].resource", (1, 0)),
        ("Bundle.entry[1].resource.entry[0].resource", (2, 1, 0)),
        ("Bundle.entry[1].resource.entry[1].resource.entry[0].resource", (3, 2, 1, 0)),
        ("Bundle.entry[3].resource", (1, 0)),
    ]


def test_a_single_resource_an_array_and_the_lines_of_a_bulk_export() -> None:
    assert places(observation()) == [("Observation", (0,))]
    assert places([patient(), observation()]) == [("[0]", (0,)), ("[1]", (0,))]
    lines = "\n".join(json.dumps(each) for each in (patient(), bundle(observation()), bundle(observation())))
    assert places(lines) == [("Patient", (0,)), ("Bundle.entry[0].resource", (1, 0)), ("Bundle.entry[0].resource", (2, 0))]
    assert [each.line for each in walk(lines)] == [1, 2, 3]


def test_parameters_hold_resources() -> None:
    value = {"resourceType": "Parameters", "parameter": [1, {"resource": patient()}, {"part": [{"resource": bundle(observation())}]}]}
    assert [where for where, _ in places(value)] == [
        "Parameters.parameter[1].resource",
        "Parameters.parameter[2].part[0].resource.entry[0].resource",
    ]


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        (7, "no entry"),
        (None, "no entry"),
        ("text", "no entry"),
        ({"resource": 3}, "no FHIR resource"),
        ({"resource": []}, "no FHIR resource"),
        ({"resource": {}}, "resourceType is missing"),
        ({"resource": {"resourceType": "observation"}}, "resourceType is missing or unknown"),
        ({"resource": {"resourceType": 5}}, "resourceType is missing or unknown"),
        ({"request": {"method": "DELETE", "url": "Observation/7"}}, "it deletes a result"),
    ],
)
def test_what_is_no_resource_is_refused_by_its_place(entry: Any, reason: str) -> None:
    (odd,) = walk({"resourceType": "Bundle", "entry": [entry]})
    assert isinstance(odd, Odd)
    assert reason in odd.reason
    assert odd.where.startswith("Bundle.entry[0]")


def test_entries_without_a_resource_say_nothing() -> None:
    entries = [{}, {"response": {"status": "201"}}, {"resource": None}, {"request": {"method": "DELETE", "url": "Encounter/1"}}]
    assert walk({"resourceType": "Bundle", "type": "transaction-response", "entry": entries}) == []
    assert walk({"resourceType": "Bundle", "type": "searchset"}) == walk({"resourceType": "Bundle", "entry": 3}) == []


@pytest.mark.parametrize("indent", [None, 1])
def test_a_history_gives_the_newest_version_and_counts_the_others(indent: int | None) -> None:
    def version(number: str, id: str = "o1") -> dict[str, Any]:
        return observation(id=id, meta={"versionId": number, "lastUpdated": f"2026-04-0{number}T07:00:00Z"})

    found = walk(bundle(version("3"), version("1", "o2"), version("2"), version("1"), version("9", "o2"), type="history"), indent)
    assert [each.where for each in found if isinstance(each, Found)] == ["Bundle.entry[0].resource", "Bundle.entry[1].resource"]
    assert [each.earlier for each in found if isinstance(each, Odd) and not each.reason] == ["Observation", "Observation"]
    assert [(each.where, each.text) for each in found if isinstance(each, Odd) and each.reason] == [("Bundle.entry[4]", "Observation/o2")]


def test_what_a_history_deleted_does_not_come_back() -> None:
    deleted = {"request": {"method": "DELETE", "url": "Observation/o1"}}
    value = {"resourceType": "Bundle", "type": "history", "entry": [deleted, {"resource": observation()}]}
    first, second = walk(value)
    assert isinstance(first, Odd)
    assert isinstance(second, Odd)
    assert (bool(first.reason), second.earlier) == (True, "Observation")
