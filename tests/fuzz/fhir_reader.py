"""Coverage-guided fuzzing of the FHIR reader, by hand: not collected by pytest, for it needs atheris and minutes.

    PYTHONPATH=src:. python tests/fuzz/fhir_reader.py CORPUS_DIR SEED_DIR... -max_total_time=600

Any bytes must come to reports, refusals or a LabtrackError; what comes must be fit to be recorded. Half of the mutations keep the file
JSON, and change its values, so that they reach what lies behind the decoder.
"""

from __future__ import annotations

import json
import random
import sys
import tempfile
from importlib import import_module
from pathlib import Path
from typing import Any

LARGEST = 64_000
#: Values that FHIR does not expect where they are put.
STRANGE: tuple[Any, ...] = (
    None, True, 0, -1, 1e300, "", " ", "x", "2024", "2024-13-45", "<5", "1,5", "\ud800", "\u0000", "Patient/1", "#p1", "urn:uuid:1",
    "http://loinc.org", "777-3", "http://unitsofmeasure.org", "10*3/uL", "final", "history", "Bundle", "Observation", [], {}, [[]], [None],
    [{}], {"value": 1}, {"reference": "#"}, {"coding": [{"code": "777-3", "system": "http://loinc.org"}]}, "9" * 5000,
)  # fmt: skip
NAMES = (
    "resourceType", "entry", "resource", "fullUrl", "type", "status", "category", "code", "coding", "system", "display", "subject",
    "reference", "identifier", "value", "valueQuantity", "valueString", "valueInteger", "valueCodeableConcept", "comparator", "unit",
    "effectiveDateTime", "effectivePeriod", "start", "end", "issued", "component", "referenceRange", "low", "high", "text", "contained",
    "result", "specimen", "performer", "note", "interpretation", "dataAbsentReason", "extension", "url", "request", "method", "meta",
    "versionId", "modifierExtension", "implicitRules", "hasMember", "focus", "parameter", "part", "name", "given", "birthDate", "gender",
)  # fmt: skip


def check(data: bytes, folder: Path) -> None:
    """One execution. Raises AssertionError for a finding, and whatever the reader should not have raised."""
    from labtrack.catalogue import catalogue
    from labtrack.core.errors import LabtrackError
    from labtrack.exchange.fhir.reader import open_fhir

    path = folder / "any.json"
    path.write_bytes(data)
    try:
        feed = open_fhir(path, catalogue())
    except LabtrackError:
        return
    for chunk in feed.chunks():  # what was proven readable is read
        for report in chunk.reports:
            assert report.line >= 1, report
            assert report.where, report
            assert 0 <= report.person < len(feed.people), report
            texts = [each for each in report if not isinstance(each, int)]
            assert all(type(each) is str and each.encode() is not None for each in texts), report
            assert all(len(each) <= 10_000 for each in texts), report
            assert report.analyte, report
            assert report.collected_at, report
        for remark in [*chunk.refusals, *chunk.notices]:
            assert remark.reason, remark
            f"{remark.column}{remark.text}{remark.reason}".encode()
        for name in chunk.kept_out:
            name.encode()
    for person in feed.people:
        f"{person.name}{person.identifiers}".encode()


def mutated(data: bytes, seed: int) -> bytes | None:
    """The same JSON with a few values changed, dropped, doubled or moved; None for what is no JSON."""
    draw = random.Random(seed)
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        return None
    spots: list[tuple[Any, Any]] = []
    stack = [value]
    while stack and len(spots) < 5_000:
        outer = stack.pop()
        keys: Any = outer.keys() if isinstance(outer, dict) else range(len(outer)) if isinstance(outer, list) else ()
        for key in keys:
            spots.append((outer, key))
            stack.append(outer[key])
    for _ in range(draw.randint(1, 4)):
        if not spots:
            break
        outer, key = draw.choice(spots)
        if key not in (outer if isinstance(outer, dict) else range(len(outer))):
            continue
        other, place = draw.choice(spots)
        there = place in other if isinstance(other, dict) else place < len(other)
        match draw.randint(0, 5):
            case 0:
                del outer[key]
            case 1:
                outer[key] = draw.choice(STRANGE)
            case 2 if isinstance(outer, dict):
                outer[draw.choice(NAMES)] = outer[key]
            case 3 if there:
                outer[key] = json.loads(json.dumps(other[place]))
            case 4 if isinstance(outer, list):
                outer.append(json.loads(json.dumps(outer[key])))
            case 5:
                outer[key] = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": json.loads(json.dumps(outer[key]))}]}
    return json.dumps(value).encode()


def main() -> None:
    """Fuzz until told to stop."""
    import atheris  # of a development environment; not a dependency

    with atheris.instrument_imports(include=["labtrack"]):
        import_module("labtrack.exchange.fhir.reader")

    def mutate(data: bytes, size: int, seed: int) -> bytes:
        changed = mutated(data, seed) if seed % 2 else None
        return changed if changed is not None and len(changed) <= size else atheris.Mutate(data, size)

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        atheris.Setup([*sys.argv, f"-max_len={LARGEST}"], lambda data: check(data, folder), custom_mutator=mutate)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
