"""A clinic as a FHIR Bundle: valid, whole, the same bytes each time, and enough to make the same clinic again."""

from __future__ import annotations

import io
import json
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import date, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests.clinic.homes import ADA, TODAY, entries, nasty_people, open_clinic, put_people, record, with_ada
from tests.exchange.fhir.r4 import bundle_faults, validated

from labtrack.catalogue import catalogue, read_value
from labtrack.clinic import Clinic
from labtrack.clinic.export_fhir import first_reports, write_fhir
from labtrack.core.errors import LabtrackError
from labtrack.core.record import CollectedAt, Course, Event, Patient, Result, ResultStatus, Sex
from labtrack.exchange.exports import baseline_rows, course_rows, dose_rows, event_rows, hold_rows, patient_rows, result_rows
from labtrack.exchange.fhir.elements import identifier_at
from labtrack.exchange.fhir.own import baseline_of, course_of, event_of, report_of
from labtrack.exchange.fhir.vocabulary import MRN, RULE
from labtrack.exchange.layouts import BASELINES, COURSES, DOSES, EVENTS, HOLDS, PATIENTS, RESULTS
from labtrack.exchange.rows import BaselineOf
from labtrack.exchange.writing import write_csv

DAY = date(2026, 11, 19)


def exported(clinic: Clinic, mrn: str | None = None, as_of: date = TODAY) -> dict[str, Any]:
    """The clinic's Bundle, after R4 had nothing against it."""
    text = text_of(clinic, mrn, as_of)
    assert bundle_faults(json.loads(text, parse_float=Decimal)) == []
    bundle: dict[str, Any] = json.loads(text)
    return bundle


def text_of(clinic: Clinic, mrn: str | None = None, as_of: date = TODAY) -> str:
    out = io.StringIO()
    with clinic.store.read() as reader:
        ids = None if mrn is None else [reader.patient_ids()[mrn]]
        write_fhir(clinic.judge, reader, out, ids, as_of)
    return out.getvalue()


def resources(bundle: dict[str, Any], kind: str = "") -> list[dict[str, Any]]:
    return [each["resource"] for each in bundle["entry"] if kind in ("", each["resource"]["resourceType"])]


@pytest.fixture
def copies(tmp_path: Path) -> Iterator[tuple[Clinic, Clinic]]:
    """Two empty clinics."""
    with ExitStack() as stack:
        folders = [tmp_path / name for name in ("one", "other")]
        for folder in folders:
            folder.mkdir()
        yield stack.enter_context(open_clinic(folders[0])), stack.enter_context(open_clinic(folders[1]))


def test_an_empty_clinic_is_a_bundle_of_its_statement(clinic: Clinic) -> None:
    (only,) = resources(exported(clinic))
    assert only["code"]["coding"][0]["code"] == "statement"


def test_what_goes_out_of_a_patient(ada: Clinic) -> None:
    record(ada, date(2026, 2, 20), ldl="108 mg/dL", hb="12.9 g/dL")
    wrong, right = record(ada, DAY, plt="25 10*9/L", anc="0.80 10*9/L").results
    ada.strike(wrong.result_id, "another patient")
    ada.amend(right.result_id, "0.82", "", "typo")
    ada.record(ADA.mrn, entries(alt="hemolyzed U/L"), CollectedAt(DAY))
    bundle = exported(ada)
    assert Counter(each["resourceType"] for each in resources(bundle)) == {
        "Patient": 1,
        "MedicationStatement": 1,
        "Basic": 1 + 11,
        "Observation": 4,
        "DetectedIssue": len(ada.assessment(ADA.mrn).findings),
        "ServiceRequest": len(ada.assessment(ADA.mrn).checks),
    }
    assert [(each["status"], report_of(each).value_text) for each in resources(bundle, "Observation")] == [
        ("final", "108"), ("final", "12.9"), ("corrected", "0.82"), ("final", "hemolyzed"),
    ]  # fmt: skip
    (issue,) = (each for each in resources(bundle, "DetectedIssue") if each["code"]["coding"][0]["code"] == "anc-below-1")
    (proof,) = issue["evidence"]
    (behind,) = (each["resource"] for each in bundle["entry"] if each["fullUrl"] == proof["detail"][0]["reference"])
    assert report_of(behind).value_text == "0.82"
    assert (issue["status"], issue["severity"]) == ("final", "high")
    assert issue["detail"].startswith("ANC 0.82 ×10⁹/L on 2026-11-19 is below 1. ")
    open_ones = [each for each in resources(bundle, "DetectedIssue") if each["status"] == "preliminary"]
    assert [each["code"]["coding"][0]["code"] for each in open_ones] == [
        each.rule for each in ada.assessment(ADA.mrn).findings if each.verdict == "cannot evaluate"
    ]
    assert all("cannot be evaluated" in each["detail"] for each in open_ones)
    for each in resources(bundle):
        validated(each)


def test_a_report_keeps_its_identity_through_corrections(ada: Clinic) -> None:
    (first,) = record(ada, DAY, hb="12.4 g/dL").results
    before = report_of(resources(exported(ada), "Observation")[0])
    (second,) = ada.amend(first.result_id, "12.5", "", "typo").results
    ada.amend(second.result_id, "12.6", "", "typo again")
    after = report_of(resources(exported(ada), "Observation")[0])
    assert (before.report_id, before.result_id) == (after.report_id, 1)
    assert (after.value_text, after.result_id) == ("12.6", 3)


def test_of_several_corrected_reports_the_earliest_names_it() -> None:
    one, two, other, last = (Result("hb", "12", "g/dL", CollectedAt(DAY), result_id=number) for number in range(1, 5))
    merged = replace(last, supersedes=(2, 1))
    assert first_reports([one, two, other, merged]) == {1: one, 2: two, 3: other, 4: one}
    assert first_reports([replace(last, supersedes=(77,))])[4].result_id == 4


def test_one_patient_as_of_a_day(ada: Clinic) -> None:
    ada.add_patient(Patient("2", "Other"))
    record(ada, DAY, hb="7 g/dL")
    earlier = exported(ada, ADA.mrn, date(2026, 6, 1))
    assert [identifier_at(each, MRN) for each in resources(earlier, "Patient")] == [ADA.mrn]
    assert len(resources(earlier, "Observation")) == 1
    assert "hb-below-8" not in {
        each["code"]["coding"][0]["code"] for each in resources(earlier, "DetectedIssue") if each["status"] == "final"
    }
    assert {each["identifiedDateTime"] for each in resources(earlier, "DetectedIssue")} == {"2026-06-01"}
    assert [identifier_at(each, MRN) for each in resources(exported(ada), "Patient")] == [ADA.mrn, "2"]


def test_patients_come_in_order_of_entry_whatever_the_order_asked(ada: Clinic) -> None:
    ada.add_patient(Patient("2", "Other"))
    ada.start_course("2", "tofacitinib", 5, "twice daily", DAY)
    out = io.StringIO()
    with ada.store.read() as reader:
        write_fhir(ada.judge, reader, out, list(reader.patient_ids().values())[::-1], TODAY)
    assert out.getvalue() == text_of(ada)


def test_the_same_clinic_gives_the_same_bytes_also_as_a_file(ada: Clinic, tmp_path: Path) -> None:
    record(ada, DAY, hb="7.9 g/dL")
    path = tmp_path / "clinic.json"
    for _ in range(2):
        with ada.store.read() as reader:
            write_fhir(ada.judge, reader, path, None, TODAY)
        assert path.read_text(encoding="ascii") == text_of(ada)
    assert path.stat().st_mode & 0o777 == 0o600
    with ada.store.read() as reader, pytest.raises(LabtrackError, match="cannot be written"):
        write_fhir(ada.judge, reader, tmp_path / "none" / "clinic.json", None, TODAY)


def test_names_go_out_as_they_are(clinic: Clinic) -> None:
    names = ["[bold]x[/]", 'O\'Hara "Bob"', "مرحبا بالعالم", "é" * 200, "=1+1", "<script>&"]
    for number, name in enumerate(names):
        clinic.add_patient(Patient(str(number), name))
    assert [each["name"][0]["text"] for each in resources(exported(clinic), "Patient")] == names


# Enough to make the same clinic again


def patient_of(resource: dict[str, Any]) -> Patient:
    sex = {"female": Sex.FEMALE, "male": Sex.MALE}.get(resource["gender"], Sex.UNKNOWN)
    weight = resource["extension"][0]["valueQuantity"]["value"] if "extension" in resource else None
    born = date.fromisoformat(resource["birthDate"]) if "birthDate" in resource else None
    (name,) = resource.get("name", [{"text": ""}])
    return Patient(identifier_at(resource, MRN), name["text"], born, sex, weight)


def taken_in(bundle: dict[str, Any], clinic: Clinic, folder: Path) -> None:
    """What own.py reads of a Bundle, taken into a clinic through the import layouts; nothing else of the Bundle is used."""
    mrns = {f"urn:uuid:{each['id']}": identifier_at(each, MRN) for each in resources(bundle, "Patient")}
    found: dict[type, list[tuple[str, Any]]] = {Course: [], Event: [], BaselineOf: []}
    for each in resources(bundle):
        value = course_of(each) or event_of(each) or baseline_of(each)
        if value is not None:
            found[type(value)].append((mrns[each["subject"]["reference"]], value))
    reports = []
    for each in resources(bundle, "Observation"):
        told = report_of(each)
        assert told is not None
        mrn = mrns[each["subject"]["reference"]]
        made = Result(
            told.analyte, told.value_text, told.unit, told.collected_at, told.status, ref_low=told.ref_low, ref_high=told.ref_high,
            lab=told.lab, specimen_id=told.specimen_id, note=told.note, method=told.method, result_id=told.result_id,
        )  # fmt: skip
        reports.append((mrn, made))
    sheets = [
        (PATIENTS, patient_rows(map(patient_of, resources(bundle, "Patient")))), (COURSES, course_rows(found[Course])),
        (DOSES, dose_rows(found[Course])), (HOLDS, hold_rows(found[Course])), (EVENTS, event_rows(found[Event])),
        (RESULTS, result_rows(sorted(reports, key=lambda each: each[1].result_id))), (BASELINES, baseline_rows(found[BaselineOf])),
    ]  # fmt: skip
    folder.mkdir()
    for layout, rows in sheets:
        write_csv(folder / f"{layout.name}.csv", layout.columns, rows)
    outcome = clinic.import_files([folder / f"{layout.name}.csv" for layout, _ in sheets])
    assert outcome.refusals == []


def judged(clinic: Clinic) -> tuple[object, ...]:
    """Everything that is said of everyone."""
    return list(clinic.assess(every_verdict=True)), list(clinic.due())


@pytest.mark.parametrize("seed", range(4))
def test_a_bundle_is_enough_for_the_same_verdicts(seed: int, copies: tuple[Clinic, Clinic], tmp_path: Path) -> None:
    one, other = copies
    put_people(one, [drawn.person for drawn in nasty_people(seed, 20)])
    taken_in(exported(one), other, tmp_path / "sheets")
    assert judged(one) == judged(other)


def test_a_clinic_kept_by_hand_is_told_whole(copies: tuple[Clinic, Clinic], tmp_path: Path) -> None:
    one, other = copies
    with_ada(one)
    (first,) = record(one, date(2026, 1, 10), ldl="100 mg/dL", bun="14 mg/dL").results[:1]
    one.record(ADA.mrn, entries(anc="0.80 10*9/L", crp="<0.5 mg/L"), CollectedAt(DAY, time(7, 30), 330), lab="North", specimen_id="S1")
    record(one, DAY, ldl="140 mg/dL", hb="12.4 furlong")
    one.pin_baseline(ADA.mrn, "ldl", first.collected_at, "fasting")
    one.change_dose(ADA.mrn, 4, date(2026, 6, 1), reason="flare")
    one.hold(ADA.mrn, "other: travel", date(2026, 7, 1))
    one.resume(ADA.mrn, date(2026, 7, 10))
    one.hold(ADA.mrn, "anc-below-1", DAY)
    one.stop_course(ADA.mrn, "switch", date(2026, 12, 1))
    one.start_course(ADA.mrn, "upadacitinib", 15, "at night", date(2026, 12, 1))
    bundle = exported(one)
    assert [each["status"] for each in resources(bundle, "MedicationStatement")] == ["on-hold", "intended"]
    taken_in(bundle, other, tmp_path / "sheets")
    mine, theirs = one.chart(ADA.mrn), other.chart(ADA.mrn)
    assert (mine.patient, mine.courses, mine.events, mine.pins) == (theirs.patient, theirs.courses, theirs.events, theirs.pins)
    assert [(str(each.collected_at), each.value) for each in mine.results] == [
        (str(each.collected_at), each.value) for each in theirs.results
    ]
    assert judged(one) == judged(other)


@pytest.mark.parametrize("seed", range(2))
def test_every_report_of_nasty_people_reads_back_to_its_value(seed: int, clinic: Clinic) -> None:
    put_people(clinic, [drawn.person for drawn in nasty_people(seed, 30)])
    bundle = exported(clinic)
    standing = {
        each.result_id: each
        for patient in clinic.patients()
        for each in clinic.chart(patient.mrn).results
        if not each.superseded and each.status is not ResultStatus.ENTERED_IN_ERROR
    }
    told = {report.result_id: report for each in resources(bundle, "Observation") if (report := report_of(each))}
    assert told.keys() == standing.keys()
    for number, result in standing.items():
        report = told[number]
        assert (report.value_text, report.unit, report.collected_at) == (result.value_text, result.unit, result.collected_at)
        read = read_value(
            catalogue().identify(report.analyte, report.unit), report.value_text, report.unit, report.ref_low, report.ref_high
        )
        assert read.value == result.value
    assert {each["code"]["coding"][0]["system"] for each in resources(bundle, "DetectedIssue")} == {RULE}
