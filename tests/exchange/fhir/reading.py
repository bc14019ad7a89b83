"""FHIR files from values, and everything that a file comes to, for the tests of the reader."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from labtrack.catalogue import catalogue
from labtrack.exchange.feed import Person, Told, Treatment
from labtrack.exchange.fhir.reader import FhirFeed, open_fhir
from labtrack.exchange.remarks import Notice, Refusal

LOINC = "http://loinc.org"
#: Any value that the decoder can give, halves of characters among them.
ANY = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8)
    | st.sampled_from(["\ud800", "a\0b", "", " ", "2026", "5", "<5", "Patient/1", "#p", "urn:uuid:1", "777-3", "final", "10*3/uL"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.text(max_size=4) | st.sampled_from(["value", "code", "coding", "reference", "start", "extension"]), inner, max_size=3
        )
    ),
    max_leaves=8,
)
UCUM = "http://unitsofmeasure.org"


def coded(code: str = "777-3", display: str = "", text: str = "", system: str = LOINC) -> dict[str, Any]:
    """A CodeableConcept."""
    return {"coding": [{"system": system, "code": code, "display": display}], "text": text}


def quantity(value: Any, unit: str = "10*3/uL", **more: Any) -> dict[str, Any]:
    """A Quantity in UCUM."""
    return {"value": value, "unit": unit, "system": UCUM, "code": unit, **more}


def observation(**changes: Any) -> dict[str, Any]:
    """A final platelet count of Patient/1; ``changes`` replace its elements, None removes them."""
    usual = {
        "resourceType": "Observation",
        "id": "o1",
        "status": "final",
        "code": coded(),
        "subject": {"reference": "Patient/1"},
        "effectiveDateTime": "2026-04-03T07:30:00+02:00",
        "valueQuantity": quantity(96),
    }
    return {name: value for name, value in {**usual, **changes}.items() if value is not None}


def patient(**changes: Any) -> dict[str, Any]:
    """A Patient of id 1 with the number 4711 of the hospital."""
    usual = {
        "resourceType": "Patient",
        "id": "1",
        "identifier": [
            {"type": coded("MR", system="http://terminology.hl7.org/CodeSystem/v2-0203"), "system": "urn:hospital", "value": "4711"}
        ],
        "name": [{"family": "Moreau", "given": ["Étienne", "J."]}],
        "birthDate": "1970-02-01",
        "gender": "male",
    }
    return {name: value for name, value in {**usual, **changes}.items() if value is not None}


def bundle(*resources: Mapping[str, Any], type: str = "collection", base: str = "", **more: Any) -> dict[str, Any]:
    """A Bundle; with a ``base`` its entries have addresses on that server."""
    entries = [{**({"fullUrl": f"{base}/{each['resourceType']}/{each.get('id')}"} if base else {}), "resource": each} for each in resources]
    return {"resourceType": "Bundle", "type": type, "entry": entries, **more}


@dataclass
class Everything:
    """All that a file came to."""

    feed: FhirFeed
    reports: list[Told] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    treatments: list[Treatment] = field(default_factory=list)
    kept_out: Counter[str] = field(default_factory=Counter)

    @property
    def people(self) -> list[Person]:
        """The persons of the feed."""
        return self.feed.people

    @property
    def counts(self) -> tuple[int, int, int]:
        """Reports, refusals, kept out."""
        return len(self.reports), len(self.refusals), sum(self.kept_out.values())

    @property
    def report(self) -> Told:
        """The only report, where nothing was refused."""
        assert self.counts[:2] == (1, 0), self
        return self.reports[0]

    @property
    def reason(self) -> str:
        """The only refusal's reason, where there is no report."""
        assert self.counts[:2] == (0, 1), self
        return self.refusals[0].reason


def everything(path: Path, **options: Any) -> Everything:
    """Open a file and read it to its end."""
    found = Everything(open_fhir(path, catalogue(), **options))
    for chunk in found.feed.chunks():
        found.reports += chunk.reports
        found.refusals += chunk.refusals
        found.notices += chunk.notices
        found.treatments += chunk.treatments
        found.kept_out += chunk.kept_out
    return found


def read(folder: Path, *values: Any, **options: Any) -> Everything:
    """What a file of these values comes to: bytes as they are, one value as a file, several as lines of a bulk export."""
    path = folder / "results.json"
    one = values[0]
    raw = one if isinstance(one, bytes) else "\n".join(map(json.dumps, values)).encode()
    path.write_bytes(raw)
    return everything(path, **options)
