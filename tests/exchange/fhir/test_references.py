"""What references mean."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labtrack.exchange.fhir.references import (
    ANYWHERE,
    Place,
    Reference,
    address_of,
    is_uuid,
    own_keys,
    place_of,
    reference_of,
    references_at,
    target_keys,
)

UUID = "6933f29b-28f2-4e69-9fee-b73267b0afb6"
BASE = "https://lab.example/fhir"


def meets(reference: str, at: Place, kind: str, id: str, place: Place) -> bool:
    """Whether a reference that stands at one place means a resource at another."""
    return bool(set(target_keys(reference_of({"reference": reference}), at)) & set(own_keys(kind, id, place)))


@pytest.mark.parametrize(
    ("reference", "at", "full_url", "found"),
    [
        ("Patient/1", "", "", True),
        ("Patient/1/_history/2", "", "", True),
        ("Patient/2", "", "", False),
        ("Group/1", "", "", False),
        ("Patient/1", f"{BASE}/Observation/7", f"{BASE}/Patient/1", True),
        ("Patient/1/_history/3", f"{BASE}/Observation/7", f"{BASE}/Patient/1/_history/2", True),
        ("Patient/1", f"{BASE}/Observation/7", "https://other.example/Patient/1", False),
        ("Patient/1", f"{BASE}/Observation/7", "", True),
        ("Patient/1", f"{BASE}/Observation/7", f"urn:uuid:{UUID}", True),
        ("Patient/1", "", f"{BASE}/Patient/1", True),
        (f"{BASE}/Patient/1", "", f"{BASE}/Patient/1", True),
        (f"{BASE}/Patient/1", "", f"{BASE}/Patient/other-address", True),
        (f"{BASE}/Patient/1", "", "", False),
        (f"urn:uuid:{UUID}", "", f"urn:uuid:{UUID.upper()}", True),
        (f"urn:uuid:{UUID}", "", "", False),
        ("urn:uuid:p1", "", "urn:uuid:p1", True),
        ("", "", "", False),
        ("nonsense", "", "", False),
    ],
)
def test_a_reference_is_resolved_by_the_rules_of_bundles(reference: str, at: str, full_url: str, found: bool) -> None:
    assert meets(reference, place_of((1, 0), at, "Observation"), "Patient", "1", place_of((1, 0), full_url, "Patient")) is found


def test_what_is_unique_anywhere_is_found_in_another_bundle_and_nothing_else_is() -> None:
    one, other, inner = (1, 0), (2, 0), (3, 1, 0)
    for full_url, reference in ((f"{BASE}/Patient/1", f"{BASE}/Patient/1"), (f"urn:uuid:{UUID}", f"urn:uuid:{UUID}")):
        assert meets(reference, Place(other), "Patient", "1", place_of(one, full_url, "Patient"))
    assert not meets("Patient/1", Place(other), "Patient", "1", Place(one))
    assert not meets("urn:uuid:p1", Place(other), "Patient", "1", place_of(one, "urn:uuid:p1", "Patient"))
    assert meets("Patient/1", Place(inner), "Patient", "1", Place(one))
    assert not meets("Patient/1", Place(one), "Patient", "1", Place(inner))
    assert target_keys(Reference(kind="Patient", id="1"), Place(inner))[0][0] == 3  # the innermost Bundle first


def test_references_are_taken_apart() -> None:
    assert reference_of({"reference": "#p1", "display": "Amy"}) == Reference(local="p1", display="Amy")
    found = reference_of({"reference": f"{BASE}/Patient/1/_history/4", "type": "Patient"})
    assert (found.kind, found.id, found.base, found.url, found.type) == ("Patient", "1", BASE, f"{BASE}/Patient/1", "Patient")
    logical = reference_of({"identifier": {"system": "urn:mrn", "value": "12345"}})
    assert (logical.system, logical.value, logical.id) == ("urn:mrn", "12345", "")
    conditional = reference_of({"reference": "Patient?identifier=http%3A%2F%2Fhospital.example%7C12345"})
    assert (conditional.kind, conditional.system, conditional.value) == ("Patient", "http://hospital.example", "12345")
    assert reference_of({"reference": "Patient?identifier=12345"}).value == "12345"
    assert reference_of("Patient/1") == reference_of(None) == reference_of({}) == Reference()


def test_places_know_their_server() -> None:
    assert place_of((1, 0), f"{BASE}/Observation/o1", "Observation").base == BASE
    assert place_of((1, 0), f"{BASE}/Observation/o1", "Patient").base == ""
    assert place_of((1, 0), f"urn:uuid:{UUID}", "Observation").base == ""
    assert own_keys("Patient", "1", place_of((4, 0), f"{BASE}/Patient/1", "Patient"))[0] == (ANYWHERE, f"{BASE}/Patient/1")
    assert address_of("x" * 3_000) == address_of("Patient/1") == ""
    assert is_uuid(UUID)
    assert not is_uuid("1")


@given(
    st.dictionaries(
        st.sampled_from(["reference", "identifier", "type", "display"]), st.text() | st.none() | st.integers() | st.lists(st.text())
    )
)
def test_any_reference_is_taken_apart(element: dict[str, object]) -> None:
    target_keys(reference_of(element), Place())
    references_at({"result": [element, element.get("type")]}, "result")


def test_an_overlong_reference_means_nothing() -> None:
    long = "x" * 3_000
    assert reference_of({"reference": f"Patient/{long}"}) == reference_of({"reference": f"#{long}"}) == Reference()
    assert reference_of({"identifier": {"system": "s", "value": long}}) == Reference()
