"""What the first pass remembers."""

from __future__ import annotations

import json
from typing import Any

from tests.exchange.fhir.reading import bundle, coded, observation, patient

from labtrack.exchange.fhir.entries import Found, Walk
from labtrack.exchange.fhir.index import Index, specimen_of
from labtrack.exchange.fhir.references import Place, reference_of
from labtrack.exchange.fhir.scan import Scanner
from labtrack.exchange.fhir.texts import Moment

BASE = "https://lab.example/fhir"


def indexed(*values: Any) -> tuple[Index, list[Found]]:
    """The index of the lines of a bulk export, and its resources."""
    text = "\n".join(map(json.dumps, values))
    index = Index()
    found = [each for each in Walk(Scanner(iter([text]), "any.json")).resources() if isinstance(each, Found)]
    for each in found:
        index.add(each)
    index.finish()
    return index, found


def report(*results: str, **changes: Any) -> dict[str, Any]:
    return {
        "resourceType": "DiagnosticReport",
        "id": "r1",
        "status": "final",
        "subject": {"reference": "Patient/1"},
        "effectiveDateTime": "2026-04-03",
        "result": [{"reference": each} for each in results],
        **changes,
    }


def test_patients_are_found_by_reference_and_by_number() -> None:
    index, _ = indexed(patient(), patient(id="2", identifier=[{"system": "urn:hospital", "value": "5"}]))
    found = index.patient(reference_of({"reference": "Patient/2"}), Place())
    assert found is not None
    assert found is index.patient_numbered("urn:hospital", "5")
    assert index.patient(reference_of({"reference": "Patient/3"}), Place()) is None
    assert index.patient_numbered("urn:other", "5") is None


def test_two_patients_under_one_address_are_nobody_and_two_versions_are_one() -> None:
    other = patient(identifier=[{"system": "urn:hospital", "value": "9"}])
    reason = indexed(patient(), other)[0].patient(reference_of({"reference": "Patient/1"}), Place())
    assert reason == "two different patients are called Patient/1 in this file"
    assert not isinstance(indexed(patient(), patient(gender="female"))[0].patient(reference_of({"reference": "Patient/1"}), Place()), str)
    found = indexed(bundle(patient()), bundle(other))[0].patient(reference_of({"reference": "Patient/1"}), Place((2, 0)))
    assert found is not None
    assert not isinstance(found, str)
    assert found.identifiers[0].value == "9"


def test_a_report_is_remembered_only_for_results_that_need_it() -> None:
    bare = observation(id="o2", subject=None, effectiveDateTime=None)
    index, found = indexed(observation(), bare, report("Observation/o1", "Observation/o2", "Observation/o3"))
    assert [len(index.reports(each.resource, each.place)) for each in found[:2]] == [0, 1]
    told = index.reports(found[1].resource, found[1].place)[0]
    assert (told.effective, told.subject.id) == (Moment("2026-04-03", "", "2026-04-03"), "1")
    assert index.unresolved == {0: 1}


def test_a_report_of_another_server_or_bundle_is_not_taken() -> None:
    bare = observation(effectiveDateTime=None)
    index, found = indexed(
        bundle(bare, base=BASE), bundle(report("Observation/o1"), base="https://other.example"), bundle(report("Observation/o1"))
    )
    assert index.reports(found[0].resource, found[0].place) == []
    index, found = indexed(bundle(bare, base=BASE), bundle(report("Observation/o1"), base=BASE), report(f"{BASE}/Observation/o1"))
    assert {each.effective.text for each in index.reports(found[0].resource, found[0].place)} == {"2026-04-03"}
    assert index.unresolved == {}


def test_results_of_withdrawn_reports_are_known_unless_another_report_holds() -> None:
    index, found = indexed(observation(), report("Observation/o1", status="entered-in-error"))
    assert index.is_withdrawn(found[0].resource, found[0].place)
    index, found = indexed(observation(), report("Observation/o1", status="cancelled"), report("Observation/o1"))
    assert not index.is_withdrawn(found[0].resource, found[0].place)


def test_specimens_and_laboratories_by_reference() -> None:
    specimen = {
        "resourceType": "Specimen",
        "id": "s",
        "accessionIdentifier": {"value": "A-1"},
        "collection": {"collectedDateTime": "2026-04-03"},
    }
    index, _ = indexed(specimen, {"resourceType": "Organization", "id": "lab", "name": "City Lab"})
    found = index.specimen(reference_of({"reference": "Specimen/s"}), Place())
    assert found == specimen_of(specimen)
    assert found is not None
    assert (found.number, found.collected.text) == ("A-1", "2026-04-03")
    assert index.organization(reference_of({"reference": "Organization/lab"}), Place()) == "City Lab"
    assert index.organization(reference_of({"reference": "Organization/none"}), Place()) == ""
    assert specimen_of({"identifier": [{}, {"value": "B"}]}).number == "B"


def test_a_number_of_two_patients_is_nobody_s() -> None:
    index, _ = indexed(patient(), patient(id="2"))
    assert index.patient_numbered("urn:hospital", "4711") is not None
    clash = patient(id="2", identifier=[{"system": "urn:hospital", "value": "4711", "type": coded("XX")}])
    assert indexed(patient(), clash)[0].patient_numbered("urn:hospital", "4711") is None


def test_so_many_reports_of_one_result_are_not_all_kept() -> None:
    many = [report("Observation/o1", id=str(each), effectiveDateTime=f"20{each:02d}-04-03") for each in range(60)]
    index, found = indexed(observation(effectiveDateTime=None), *many, *many)
    assert 1 < len(index.reports(found[0].resource, found[0].place)) < 60


def test_an_empty_index_answers() -> None:
    index = Index()
    index.finish()
    assert index.patient(reference_of({"reference": "Patient/1"}), Place()) is None
    assert not index.is_withdrawn(observation(), Place())
