"""FHIR files as feeds: whole files, limits, every file of the reference data, and anything at all."""

from __future__ import annotations

import csv
import gzip
import json
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import date, time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.exchange.fhir.reading import ANY, Everything, bundle, coded, everything, observation, patient, quantity, read

from labtrack.catalogue import catalogue, read_value
from labtrack.core.errors import ImportFailed, LabtrackError
from labtrack.core.quantity import parse_quantity
from labtrack.core.record import CollectedAt, Course, DoseStep, Event, Hold, Patient, Result, ResultStatus
from labtrack.exchange.fhir import reader as module
from labtrack.exchange.fhir import scan, source, writing
from labtrack.exchange.fhir.elements import json_text
from labtrack.exchange.fhir.own import baseline_resource, course_resource, event_resource
from labtrack.exchange.fhir.reader import open_fhir
from labtrack.exchange.rows import BaselineOf

TODAY = date(2026, 11, 22)


# Whole files


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("indent", [None, 2])
def test_the_same_bundle_reads_the_same_however_it_is_written(encoding: str, packed: bool, indent: int | None, tmp_path: Path) -> None:
    raw = json.dumps(bundle(patient(), observation()), indent=indent, ensure_ascii=False).encode(encoding)
    found = read(tmp_path, gzip.compress(raw) if packed else raw)
    assert found.report[1:7] == ("Bundle.entry[1].resource", 0, "777-3", "96", "10*3/uL", "2026-04-03T07:30:00+02:00")
    assert found.people[0].name == "Étienne J. Moreau"
    assert (found.feed.format, found.feed.file, found.feed.size) == ("fhir", "results.json", (tmp_path / "results.json").stat().st_size)


def test_lines_are_those_of_the_file(tmp_path: Path) -> None:
    raw = json.dumps(bundle(patient(), observation(), observation(status=None), base="https://a.example"), indent=1)
    found = read(tmp_path, raw.encode())
    lines = raw.split("\n")
    for line in (found.reports[0].line, found.refusals[0].line, found.people[0].line):
        assert lines[line - 1].strip() == '"resource": {'


@pytest.mark.parametrize("kind", ["collection", "transaction", "batch", "searchset", "message", "document", "history", "any", None])
def test_bundles_of_every_type_are_read(kind: str | None, tmp_path: Path) -> None:
    value = {**bundle(patient(), observation()), "type": kind}
    assert read(tmp_path, value).report.value == "96"


def test_a_history_gives_the_newest_version(tmp_path: Path) -> None:
    newer = observation(status="corrected", valueQuantity=quantity(134.4), meta={"versionId": "2"})
    found = read(tmp_path, bundle(newer, observation(meta={"versionId": "1"}), type="history"))
    assert (found.report.value, found.kept_out) == ("134.4", {"earlier versions in a history": 1})


def test_reports_that_announce_results_which_are_not_there_are_told(tmp_path: Path) -> None:
    lab = [{"coding": [{"code": "LAB"}]}]
    report = {
        "resourceType": "DiagnosticReport",
        "id": "r",
        "code": coded("58410-2", "CBC"),
        "result": [{"reference": f"Observation/o{each}"} for each in (1, 2, 3)],
    }
    found = read(
        tmp_path, bundle(observation(), report, {"resourceType": "DiagnosticReport", "category": lab}, {"resourceType": "DiagnosticReport"})
    )
    assert [(each.column, each.text, each.reason) for each in found.notices] == [
        ("Bundle.entry[1].resource", "CBC", "reports 2 results that are not in the file"),
        ("Bundle.entry[2].resource", "", "reports no results that can be read, only text or an attachment if anything"),
    ]


def test_other_resources_say_nothing_and_what_is_none_is_refused(tmp_path: Path) -> None:
    value = bundle({"resourceType": "Encounter"}, {"resourceType": "MedicationStatement", "status": "active"}, {"resourceType": "Basic"})
    value["entry"] += [7, {"resource": {"id": "1"}}, {"response": {"status": "200"}}]
    found = read(tmp_path, value)
    assert [each.column for each in found.refusals] == ["Bundle.entry[3]", "Bundle.entry[4].resource"]
    assert found.counts == (0, 2, 0)


def test_chunks_are_bounded_and_progress_reaches_the_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CHUNK", 10)
    monkeypatch.setattr(source, "_BLOCK", 1_000)
    path = tmp_path / "any.ndjson"
    path.write_text("\n".join(json.dumps(observation(id=str(each))) for each in range(35)), encoding="utf-8")
    told: list[int] = []
    feed = open_fhir(path, catalogue())
    assert [len(each.reports) for each in feed.chunks(told.append)] == [10, 10, 10, 5]
    assert told == sorted(told)
    assert told[-1] == feed.size
    assert [len(each.reports) for each in feed.chunks()] == [10, 10, 10, 5]  # a second reading begins anew
    assert len(feed.people) == 1


def test_a_file_that_changes_between_the_passes_is_told(tmp_path: Path) -> None:
    path = tmp_path / "any.json"
    for other in (bundle(observation(status="corrected")), bundle(observation())["entry"], None):
        path.write_text(json.dumps(bundle(observation())), encoding="utf-8")
        feed = open_fhir(path, catalogue())
        path.write_text(json.dumps(other)[:-1] if other else "", encoding="utf-8")
        with pytest.raises(ImportFailed, match="changed while it was read"):
            list(feed.chunks())


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "is empty"),
        (b"[]", "holds no FHIR resource"),
        (b'{"a": 1}', "holds no FHIR resource"),
        (b"[1, 2]", "holds no FHIR resource"),
        (b'{"resourceType": "Observation"', "the file ends in the middle"),
        (b'{"resourceType": "Observation", "value": NaN}', "NaN is no JSON number"),
        (b"<Bundle/>", "is FHIR XML: ask for JSON"),
        (b"mrn,analyte\n1,2\n", "line 1, column 1"),
        (b'{"resourceType": "Observation", "a": ' + b"[" * 3_000 + b"]" * 3_000 + b"}", "more than 100"),
    ],
)
def test_what_cannot_be_read_as_a_whole_is_refused_with_a_next_step(raw: bytes, reason: str, tmp_path: Path) -> None:
    with pytest.raises(ImportFailed, match=reason) as failed:
        read(tmp_path, raw)
    assert failed.value.next_step


def test_an_empty_bundle_is_no_fault(tmp_path: Path) -> None:
    for value in ({"resourceType": "Bundle", "type": "searchset", "total": 0}, bundle(), [bundle()]):
        assert read(tmp_path, value).counts == (0, 0, 0)
    assert read(tmp_path, json.dumps(bundle(), indent=1).encode()).counts == (0, 0, 0)


# What labtrack wrote itself

COURSE = Course(
    "baricitinib", 2.0, "daily", date(2026, 1, 5), None, "", (DoseStep(date(2026, 4, 5), 4.0, "daily", "active"),),
    (Hold(date(2026, 5, 1), "serious-infection", date(2026, 5, 9)),),
)  # fmt: skip
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=12).map(str.strip).filter(bool)


def own_file(folder: Path, *resources: Any) -> Everything:
    entries = ",".join(f'{{"fullUrl":"urn:uuid:{each["id"]}","resource":{json_text(each)}}}' for each in resources)
    return read(folder, f'{{"resourceType":"Bundle","type":"collection","entry":[{entries}]}}'.encode())


def test_treatments_of_ours_come_back_as_they_were(tmp_path: Path) -> None:
    event = Event("vte", date(2026, 3, 1), None, "left leg")
    pinned = BaselineOf("baricitinib", date(2026, 1, 5), "ldl", CollectedAt(date(2026, 1, 2), time(8, 5)), "fasting")
    parts = [course_resource("7", COURSE, TODAY), event_resource("7", event), baseline_resource("7", pinned)]
    found = own_file(tmp_path, writing.patient_resource(Patient("7", "A. Person")), *parts)
    assert [each.value for each in found.treatments] == [COURSE, event, pinned]
    assert {found.people[each.person].identifiers[0].value for each in found.treatments} == {"7"}
    spoiled = {**parts[0], "status": "entered-in-error"}
    assert own_file(tmp_path, writing.patient_resource(Patient("7", "A. Person")), spoiled).reason == "it is marked entered-in-error"
    assert "no Patient in this file" in own_file(tmp_path, parts[1]).reason


RESULTS = st.builds(
    Result,
    st.just("plt"),
    st.sampled_from(["96", "<5", ">=480", "4.60", "hemolyzed", "", "0,82"]),
    st.sampled_from(["10*3/uL", "K/uL", "odd unit", ""]),
    st.builds(CollectedAt, st.dates(date(1900, 1, 1), TODAY), st.none() | st.times(), st.none() | st.integers(-720, 840)).map(
        lambda at: at if at.at else replace(at, offset_minutes=None)
    ),
    st.sampled_from(ResultStatus),
    ref_low=st.sampled_from(["", "150"]),
    ref_high=st.sampled_from(["", "450", "<400"]),
    lab=WORDS | st.just(""),
    specimen_id=WORDS | st.just(""),
    note=WORDS | st.just(""),
    code=st.sampled_from(["", "777-3"]),
    result_id=st.integers(1, 10**6),
)


@settings(max_examples=60)
@given(RESULTS)
def test_reports_of_ours_come_back_as_they_were_recorded(tmp_path_factory: pytest.TempPathFactory, result: Result) -> None:
    folder = tmp_path_factory.getbasetemp()
    found = own_file(folder, writing.patient_resource(Patient("7", "A. Person")), writing.observation("7", result)).report
    assert (found.value, found.unit, found.collected_at) == (result.value_text, result.unit, str(result.collected_at))
    assert (found.ref_low, found.ref_high, found.status) == (result.ref_low, result.ref_high, result.status)
    assert (found.lab, found.specimen_id, found.note) == (result.lab, result.specimen_id, result.note)
    assert found.analyte == (result.code or "plt")
    assert found.report_id.startswith("urn:labtrack:report|")


def test_a_report_of_ours_that_somebody_changed_is_read_as_anybody_s(tmp_path: Path) -> None:
    result = Result("plt", "96", "10*3/uL", CollectedAt(date(2026, 4, 3)), code="777-3", result_id=5)
    changed = writing.observation("7", result)
    changed["valueQuantity"] = {**changed["valueQuantity"], "value": 69}
    found = own_file(tmp_path, writing.patient_resource(Patient("7", "A. Person")), changed).report
    assert (found.value, found.analyte) == ("69", "777-3")
    assert found.report_id.startswith("urn:labtrack:report|")
    negated = {**writing.observation("7", result), "modifierExtension": [{"url": "urn:x:not"}]}
    assert "modifierExtension" in own_file(tmp_path, writing.patient_resource(Patient("7", "A. Person")), negated).reason
    nobody = own_file(tmp_path, writing.observation("7", result))
    assert nobody.refusals[0].column.endswith(".subject")


# Anything at all


@given(
    st.lists(st.sampled_from(["o1", "o2", "p1", "p2", "bundle", "odd"]), max_size=6),
    st.integers(1, 400),
    st.sampled_from([None, 0, 2]),
    st.booleans(),
)
def test_any_bundle_in_any_blocks_reads_as_in_one(
    tmp_path_factory: pytest.TempPathFactory, names: list[str], size: int, indent: int | None, hidden: bool
) -> None:
    parts: dict[str, Any] = {
        "o1": observation(),
        "o2": observation(id="o2", subject={"reference": "Patient/2"}, status=None),
        "p1": patient(),
        "p2": patient(id="2", identifier=[{"value": "2"}]),
        "bundle": bundle(observation(id="x"), patient(id="2", identifier=[{"value": "3"}])),
        "odd": {"id": "none"},
    }
    value = {"resourceType": "Bundle", "entry": [{"resource": parts[each]} for each in names]}
    if hidden:
        value = dict(reversed(value.items()))
    folder = tmp_path_factory.getbasetemp()
    raw = json.dumps(value, indent=indent).encode()
    whole = read(folder, raw)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(source, "_BLOCK", size)
        patched.setattr(scan, "_AT_ONCE", size * 3)
        inner = read(folder, raw)
    assert (inner.reports, inner.refusals, inner.people, inner.kept_out) == (whole.reports, whole.refusals, whole.people, whole.kept_out)
    assert len(whole.reports) == names.count("o1") + names.count("bundle")


FIELDS = (
    "id", "status", "code", "subject", "effectiveDateTime", "effectivePeriod", "valueQuantity", "valueString", "component", "category",
    "referenceRange", "interpretation", "note", "performer", "specimen", "identifier", "contained", "extension", "dataAbsentReason",
    "hasMember", "focus", "meta", "modifierExtension", "implicitRules", "resourceType",
)  # fmt: skip


@given(
    st.dictionaries(
        st.sampled_from(FIELDS),
        ANY | st.lists(st.dictionaries(st.sampled_from(["coding", "text", "low", "value", "reference"]), ANY)),
        max_size=3,
    )
)
def test_any_json_in_every_field_is_a_report_kept_out_or_refused(tmp_path_factory: pytest.TempPathFactory, changes: dict[str, Any]) -> None:
    folder = tmp_path_factory.getbasetemp()
    try:
        found = read(folder, bundle({**observation(), **changes}, {**patient(), **changes, "resourceType": "Patient"}))
    except ImportFailed:  # nested too deeply
        return
    if changes.keys().isdisjoint({"component", "contained", "resourceType", "hasMember", "valueQuantity", "dataAbsentReason"}):
        assert sum(found.counts) == 1
    for report in found.reports:
        assert all(type(each) in (str, int) for each in report)
        assert "".join(str(each) for each in report).encode()
    for remark in (*found.refusals, *found.notices):
        assert f"{remark.column}{remark.text}{remark.reason}".encode()


@given(st.binary(max_size=80) | st.text(st.sampled_from('{}[]":, resourceTypeBundleentry0'), max_size=60).map(str.encode))
def test_any_bytes_are_read_or_refused_as_a_whole(tmp_path_factory: pytest.TempPathFactory, raw: bytes) -> None:
    with suppress(LabtrackError):
        read(tmp_path_factory.getbasetemp(), raw)


# The reference data

#: Reports, refusals, kept out, notices of each file of the specification, of US Core and of the derived ones.
EXPECTED = {
    "Bundle-101.json": (8, 0, 9, 0),
    "Bundle-f001.json": (0, 0, 0, 1),
    "Bundle-lri-example.json": (0, 0, 20, 0),
    "Bundle-report.json": (3, 2, 8, 0),
    "DiagnosticReport-102.json": (0, 0, 0, 1),
    "Observation-abdo-tender.json": (0, 0, 1, 0),
    "Observation-bgpanel.json": (0, 0, 1, 0),
    "Observation-blood-pressure-dar.json": (0, 0, 2, 0),
    "Observation-bloodgroup.json": (0, 0, 1, 0),
    "Observation-date-lastmp.json": (0, 0, 1, 0),
    "Observation-decimal.json": (0, 7, 0, 0),
    "Observation-example.json": (0, 0, 1, 0),
    "Observation-f001.json": (0, 0, 1, 0),
    "Observation-f002.json": (0, 0, 1, 0),
    "Observation-f005.json": (1, 0, 0, 0),
    "Observation-f202.json": (0, 0, 1, 0),
    "Observation-f205.json": (0, 2, 0, 0),
    "Observation-herd1.json": (0, 0, 1, 0),
    "Observation-satO2.json": (0, 0, 1, 0),
    "diagnosticreport-cbc.json": (0, 0, 0, 1),
    "observation-cbc-erythrocytes.json": (0, 0, 1, 0),
    "observation-cbc-hematocrit.json": (1, 0, 0, 0),
    "observation-cbc-hemoglobin.json": (1, 0, 0, 0),
    "observation-cbc-leukocytes.json": (1, 0, 0, 0),
    "observation-cbc-mch.json": (0, 0, 1, 0),
    "observation-cbc-mchc.json": (0, 0, 1, 0),
    "observation-cbc-mcv.json": (0, 0, 1, 0),
    "observation-cbc-platelets.json": (1, 0, 0, 0),
    "specimen-example-whole-blood.json": (0, 0, 0, 0),
    "bundle_all.ndjson": (25, 3, 0, 1),
}
#: value, unit, collected_at, status of each derived file that is read; the reason of each that is refused.
DERIVED: dict[str, tuple[str, str, str, str] | str] = {
    "00": ("96", "10*3/uL", "2024-03-01T08:15:00-05:00", "preliminary"),
    "01": ("96", "10*3/uL", "2024-03-01T08:15:00-05:00", "final"),
    "02": ("134.4", "10*3/uL", "2024-03-01T08:15:00-05:00", "corrected"),
    "03": ("76.8", "10*3/uL", "2024-04-01T13:15:00Z", "amended"),
    "04": ("960", "10*3/uL", "2024-05-01", "entered-in-error"),
    "05": ("", "", "2024-05-02", "cancelled"),
    "06": ("", "", "2024-05-03", "registered"),
    "07": ("<9.6", "10*3/uL", "2024-06-01", "final"),
    "08": (">=480", "10*3/uL", "2024-06-02", "final"),
    "09": ("96", "10*3/uL", "2024-06-03", "final"),
    "10": ("96", "", "2024-06-04", "final"),
    "11": ("<9.6", "10*3/uL", "2024-06-05", "final"),
    "12": ("Hemolyzed, recollect", "", "2024-06-06", "final"),
    "13": ("96", "", "2024-06-07", "final"),
    "14": "known only to the month",
    "15": "known only to the year",
    "16": ("96", "10*3/uL", "2024-08-01T00:30:00+13:45", "final"),
    "17": ("96", "10*3/uL", "2024-08-02T10:00:00.123456Z", "final"),
    "18": ("96", "10*3/uL", "2024-08-03T08:00:00Z", "final"),
    "19": "it does not say when the specimen was taken: only when it was issued",
    "20": ("96", "10*3/uL", "2024-08-06", "final"),
    "21": ("96", "10*3/uL", "2024-08-07", "final"),
    "22": ("96", "10*3/uL", "2024-08-08", "final"),
    "23": ("96", "10*3/uL", "2024-08-09", "final"),
    "24": ("96", "10*3/uL", "2024-08-10", "final"),
    "25": ("no value: masked", "10*3/uL", "2024-08-11", "final"),
    "26": ("-96", "10*3/uL", "2024-08-12", "final"),
    "27": ("96", "10*3/uL", "2024-08-13", "final"),
}


@pytest.mark.shared
def test_every_file_of_the_specification_is_read_or_refused_by_item(shared: Path) -> None:
    data = shared / "data" / "open"
    paths = [*data.glob("fhir/hl7_spec_r4/*"), *data.glob("fhir/us_core_9.0.0/*"), *data.glob("derived/fhir/*.ndjson")]
    found = {path.name: everything(path) for path in paths}
    assert {name: (*each.counts, len(each.notices)) for name, each in found.items()} == EXPECTED


@pytest.mark.shared
def test_every_derived_file_is_read_or_refused_with_its_reason(shared: Path) -> None:
    folder = shared / "data" / "open" / "derived" / "fhir"
    said: dict[str, Any] = {}
    for path in folder.glob("*.json"):
        found = everything(path)
        said[path.name[:2]] = found.reason if found.refusals else (*found.report[4:7], found.report.status)
    assert said == DERIVED
    lines = everything(folder / "bundle_all.ndjson")
    *same, last = [(*each[4:7], each.status) for each in lines.reports]
    *usual, _ = [each for each in DERIVED.values() if isinstance(each, tuple)]
    assert same == usual
    assert last == ("96.0", "10*3/uL", "2024-08-13", "final")  # what the one-line copy prints for 0.96E+2


@pytest.mark.shared
@pytest.mark.parametrize("folder", ["synthea_raw", "synthea_trimmed"])
def test_every_tracked_result_of_synthea_is_reported(folder: str, shared: Path) -> None:
    for path in sorted((shared / "data" / "open" / "fhir" / folder).glob("*.json.gz"))[:: 1 if folder == "synthea_raw" else 9]:
        whole = json.loads(gzip.decompress(path.read_bytes()))
        codes = [
            each["resource"]["code"]["coding"][0]["code"] for each in whole["entry"] if each["resource"]["resourceType"] == "Observation"
        ]
        found = everything(path)
        assert len(found.people) == 1
        assert Counter(each.analyte for each in found.reports) == Counter(each for each in codes if catalogue().identify(each)), path.name
        assert not found.refusals


@pytest.mark.shared
def test_the_same_subjects_across_formats_are_as_expected(shared: Path) -> None:
    folder = shared / "data" / "open" / "derived" / "cross_format"
    with (folder / "expected.csv").open(encoding="utf-8", newline="") as stream:
        rows = [row for row in csv.DictReader(stream) if catalogue().identify(row["loinc"])]
    for path in sorted(folder.glob("*.fhir.json")):
        subject = path.name.removesuffix(".fhir.json")
        found = everything(path)
        assert [each.identifiers[0].value for each in found.people] == [subject]
        assert sorted(facts(found)) == sorted(expected(rows, subject))


def facts(found: Everything) -> Iterator[tuple[str, ...]]:
    for each in found.reports:
        numbers = map(number, (each.value, each.ref_low, each.ref_high))
        yield each.report_id.rpartition("/")[2], each.analyte, each.collected_at[:16], *numbers, each.unit


def expected(rows: list[dict[str, str]], subject: str) -> Iterator[tuple[str, ...]]:
    for row in rows:
        if row["subject"] == subject:
            yield (
                row["lbseq"],
                row["loinc"],
                row["datetime"],
                *(number(row[name]) for name in ("result", "ref_low", "ref_high")),
                row["ucum"],
            )


def number(text: str) -> str:
    """A printed number or bound by what it says; empty where there is none."""
    read = parse_quantity(text)
    return f"{read.comparator}{float(read.number)}" if read else text


@pytest.mark.shared
def test_what_the_catalogue_makes_of_the_reference_data_is_usable(shared: Path) -> None:
    for path in (shared / "data" / "open" / "derived" / "cross_format").glob("*.fhir.json"):
        for each in everything(path).reports:
            identity = catalogue().identify(each.analyte, each.unit)
            assert identity is not None
            assert read_value(identity, each.value, each.unit, each.ref_low, each.ref_high).value is not None
