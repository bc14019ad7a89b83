"""A resource and those that it contains."""

from __future__ import annotations

from typing import Any

from labtrack.exchange.fhir.entries import Found
from labtrack.exchange.fhir.holders import Holder
from labtrack.exchange.fhir.references import Place

OBSERVATION = {"resourceType": "Observation", "id": "o"}


def holder(kind: str = "DiagnosticReport", **elements: Any) -> Holder:
    return Holder(Found({"resourceType": kind, **elements}, kind, "Bundle.entry[3].resource", 7, Place((1, 0), "urn:uuid:x", "")))


def test_contained_resources_are_found_by_an_id_that_is_one_s_own() -> None:
    held = holder(contained=[{"id": "a", "n": 1}, {"id": "b"}, {"id": "b"}, {"id": 5}, "c", None])
    assert held.contained("a") == {"id": "a", "n": 1}
    assert held.contained("b") == held.contained("") == held.contained("c") == {}
    assert holder(contained={"id": "a"}).contained("a") == holder().contained("a") == {}


def test_a_report_speaks_for_the_results_that_it_lists() -> None:
    held = holder(contained=[OBSERVATION], result=[{"reference": "#o"}], effectiveDateTime="2026-04-03", status="final")
    (facts,) = held.reports("o")
    assert (facts.effective.text, facts.status, facts.place.url) == ("2026-04-03", "final", "")
    assert held.reports("p") == held.reports("") == []
    assert holder("Observation", contained=[OBSERVATION], result=[{"reference": "#o"}]).reports("o") == []


def test_observations_keep_their_place_and_line() -> None:
    (found,) = holder(contained=["x", {"resourceType": "Patient"}, OBSERVATION]).observations()
    assert (found.where, found.line, found.place) == ("Bundle.entry[3].resource.contained[2]", 7, Place((1, 0)))
    assert holder(contained=OBSERVATION).observations() == holder().observations() == []
