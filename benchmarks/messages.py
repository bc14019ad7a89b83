"""Importing messages whole against the plain parser libraries over the same bytes; memory at two sizes."""

from __future__ import annotations

import csv
import json
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from benchmarks.clinic import opened, write_results
from benchmarks.cohort import synthetic
from benchmarks.measure import Line, Section, in_process, peak_bytes, seconds
from labtrack.catalogue import catalogue
from labtrack.clinic.importing import ImportOptions
from labtrack.exchange.fhir.vocabulary import OBSERVATION_CATEGORY

SIZE, MORE = 10_000_000, 40_000_000
LIMIT = 5.0
#: About the bytes of one result, so that the cohort is large enough.
BYTES = {"hl7": 130, "fhir": 700}
#: What a laboratory sends beside what labtrack follows: code, name, unit, value.
OTHERS = (("2345-7", "Glucose", "mg/dL", "88"), ("2951-2", "Sodium", "mmol/L", "141"), ("787-2", "MCV", "fL", "89"))
NOTE = """Imported whole into a new clinic that knows nobody: two passes over the file, people found or added, results read, matched,
stored and packed, every patient judged, the audit written. A fifth of the results are of what labtrack does not follow. The libraries
give objects and store nothing: `hl7.parse` of each message, `json.loads` of the file, and `fhir.resources` (R4B) on what that gives."""


def measure(rounds: int) -> Section:
    """Medians of runs in turn, each in a process of its own."""
    with tempfile.TemporaryDirectory() as temporary:
        files = {(kind, size): write(Path(temporary, f"{size}.{kind}"), kind, size) for kind in BYTES for size in (SIZE, MORE)}
        runs: dict[str, list[dict[str, object]]] = {}
        for _ in range(rounds):
            for action, (kind, _) in ACTIONS.items():
                runs.setdefault(action, []).append(in_process("benchmarks.messages", action, str(files[kind, SIZE])))
        peaks = {kind: in_process("benchmarks.messages", f"import {kind}", str(files[kind, MORE])) for kind in BYTES}
    took, peak = ({action: _median(each, what) for action, each in runs.items()} for what in ("seconds", "peak"))
    section = Section("Importing messages")
    for kind, library, name, limit in (
        ("hl7", "hl7.parse", "10 MB of HL7 v2", LIMIT),
        ("fhir", "fhir.resources", "10 MB of FHIR JSON", LIMIT),
        ("fhir", "json.loads", "10 MB of FHIR JSON", None),
    ):
        section.lines.append(Line(f"importing {name}", took[f"import {kind}"], library, took[library], limit))
    for kind, name in (("hl7", "HL7 v2"), ("fhir", "FHIR JSON")):
        section.lines.append(Line(f"memory, 40 MB of {name}", float(str(peaks[kind]["peak"])), "10 MB", peak[f"import {kind}"], 1.5, "MB"))
    section.notes = [NOTE]
    return section


def _median(runs: Sequence[dict[str, object]], what: str) -> float:
    return statistics.median(float(str(run[what])) for run in runs)


def write(path: Path, kind: str, size: int) -> Path:
    """A file of about so many bytes: a patient's results of one moment are one message, or entries of one bundle."""
    cohort = synthetic(size // BYTES[kind], catalogue())
    table = write_results(cohort, path.with_suffix(f".{kind}.csv"))
    with table.open(newline="", encoding="utf-8") as stream, path.open("w", newline="", encoding="utf-8") as out:
        rows = csv.DictReader(stream)
        messages = groupby(rows, lambda row: (row["mrn"], row["collected_at"]))
        whole = ((mrn, at, [*_followed(group)]) for (mrn, at), group in messages)
        out.writelines((_hl7 if kind == "hl7" else _fhir)(whole, size))
    table.unlink()
    return path


_Results = list[tuple[str, str, str, str, str]]
_Messages = Iterator[tuple[str, str, _Results]]


def _followed(group: Iterator[dict[str, str]]) -> Iterator[tuple[str, str, str, str, str]]:
    """Code, name, unit, value and upper limit of a message's results, and of some that labtrack does not follow."""
    for row in group:
        analyte = catalogue().analytes[row["analyte"]]
        yield analyte.loinc[0], analyte.name, row["unit"], row["value"], row["ref_high"]
    for code, name, unit, value in OTHERS:
        yield code, name, unit, value, ""


def _hl7(messages: _Messages, size: int) -> Iterator[str]:
    written = 0
    for number, (mrn, at, results) in enumerate(messages, 1):
        moment = "".join(each for each in at if each.isdigit())
        segments = [
            f"MSH|^~\\&|LIS|ACME|LABTRACK|CLINIC|{moment}||ORU^R01^ORU_R01|{number}|P|2.5.1||||||UNICODE UTF-8",
            f"PID|1||{mrn}^^^ACME^MR||Family{mrn}^Given||19700102|F",
            f"OBR|1|P{number}|F{number}^ACME|58410-2^CBC panel^LN|||{moment}|||||||||||||||{moment}|||F",
        ]
        for place, (code, name, unit, value, upper) in enumerate(results, 1):
            limits = f"0-{upper}" if upper else ""
            segments.append(f"OBX|{place}|NM|{code}^{name}^LN||{value}|{unit}^^UCUM|{limits}|N|||F|||{moment}||ACME^Acme Laboratory")
        message = "\r".join([*segments, ""])
        written += len(message)
        yield message
        if written >= size:
            return


def _fhir(messages: _Messages, size: int) -> Iterator[str]:
    yield '{"resourceType":"Bundle","type":"collection","entry":['
    known: set[str] = set()
    written = number = 0
    for mrn, at, results in messages:
        resources: list[dict[str, Any]] = []
        if mrn not in known:
            known.add(mrn)
            resources.append({
                "resourceType": "Patient", "id": mrn, "identifier": [{"system": "urn:acme", "value": mrn}],
                "name": [{"family": f"Family{mrn}", "given": ["Given"]}], "birthDate": "1970-01-02", "gender": "female",
            })  # fmt: skip
        for code, name, unit, value, upper in results:
            number += 1
            resources.append(_observation(number, mrn, at, (code, name, unit, value, upper)))
        entries = ",".join(json.dumps({"fullUrl": f"urn:uuid:{each['id']}", "resource": each}) for each in resources)
        yield entries if not written else f",{entries}"
        written += len(entries)
        if written >= size:
            break
    yield "]}"


def _observation(number: int, mrn: str, at: str, result: tuple[str, str, str, str, str]) -> dict[str, Any]:
    code, name, unit, value, upper = result
    quantity = {"unit": unit, "system": "http://unitsofmeasure.org", "code": unit}
    limits = {"referenceRange": [{"high": {"value": float(upper), **quantity}}]} if upper else {}
    return {
        "resourceType": "Observation", "id": f"o{number}", "identifier": [{"system": "urn:acme:result", "value": str(number)}],
        "status": "final", "category": [{"coding": [{"system": OBSERVATION_CATEGORY, "code": "laboratory"}]}],
        "code": {"coding": [{"system": "http://loinc.org", "code": code, "display": name}], "text": name},
        "subject": {"reference": f"Patient/{mrn}"}, "effectiveDateTime": f"{at}:00Z",
        "valueQuantity": {"value": float(value), **quantity}, **limits,
    }  # fmt: skip


def product(path: Path) -> float:
    """Seconds of the whole import into a new clinic."""
    with tempfile.TemporaryDirectory() as temporary, opened(Path(temporary, "clinic.db")) as clinic:
        start: list[Any] = []
        took = seconds(lambda: start.append(clinic.import_files([path], ImportOptions(add_patients=True))))
        if start[0].total("refused") or not start[0].total("accepted"):
            raise AssertionError(f"the synthetic messages were not taken: {start[0].files}")
        return took


def parse_hl7(path: Path) -> float:
    """Seconds of the library's parser over every message."""
    import hl7

    def parse() -> None:
        for message in path.read_bytes().decode().split("MSH|")[1:]:
            hl7.parse(f"MSH|{message}")

    return seconds(parse)


def parse_json(path: Path) -> float:
    """Seconds of Python's own decoder."""
    return seconds(lambda: json.loads(path.read_bytes()))


def validate(path: Path) -> float:
    """Seconds of decoding, and of the FHIR library's models on what that gives."""
    from fhir.resources.R4B.bundle import Bundle

    return seconds(lambda: Bundle.model_validate(json.loads(path.read_bytes())))


#: What is measured: the kind of file, and how.
ACTIONS: dict[str, tuple[str, Callable[[Path], float]]] = {
    "import hl7": ("hl7", product),
    "hl7.parse": ("hl7", parse_hl7),
    "import fhir": ("fhir", product),
    "fhir.resources": ("fhir", validate),
    "json.loads": ("fhir", parse_json),
}

if __name__ == "__main__":
    took = ACTIONS[sys.argv[1]][1](Path(sys.argv[2]))
    print(json.dumps({"seconds": took, "peak": peak_bytes()}))
