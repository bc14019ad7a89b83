"""Tests of labtrack.clinic.judging: what is judged is what is kept, stamped and complete."""

from __future__ import annotations

import json
from datetime import date
from math import inf

import pytest
from tests.clinic.homes import ADA, TODAY, entries, record

from labtrack.clinic import Clinic, judging
from labtrack.clinic.judging import evidence_json
from labtrack.core.judgment import Evidence, Region
from labtrack.core.quantity import Interval
from labtrack.core.record import CollectedAt, Patient


@pytest.fixture
def low(ada: Clinic) -> Clinic:
    """One patient with a low ANC, and one without anything."""
    record(ada, date(2026, 11, 19), anc="0.82 10*9/L")
    ada.add_patient(Patient("2", "Lind, Per"))
    return ada


def test_what_is_kept_is_what_is_judged(low: Clinic) -> None:
    with low.store.read() as reader:
        for stored, assessment in low.judge.assessments(reader, TODAY):
            kept = {
                (row["rule"], row["verdict"], row["severity"], row["reasons"], row["message"], row["source"])
                for row in reader.stored_findings(stored.id)
            }
            assert kept == {
                (each.rule, each.verdict.value, each.severity.value, ";".join(each.reasons), each.message, each.source)
                for each in assessment.findings
            }
            checks = {
                (row["panel"], row["due_on"], row["status"], row["reason"], row["missing"]) for row in reader.stored_checks(stored.id)
            }
            assert checks == {
                (each.panel, each.due_on.isoformat(), each.status.value, each.reason, ";".join(each.missing)) for each in assessment.checks
            }


def test_an_assessment_is_stamped_with_rules_data_and_day(low: Clinic) -> None:
    with low.store.read() as reader:
        stored = reader.patient(ADA.mrn)
        assert stored is not None
        line = reader.stored_assessment(stored.id)
    assert line is not None
    assert (line["as_of"], line["rule_set"], line["data_version"]) == (TODAY.isoformat(), low.judge.rule_set, stored.data_version)
    assert (line["state"], line["rule"], line["worst"], line["last_result_on"]) == ("needs-action", "anc-below-1", "urgent", "2026-11-19")


def test_the_evidence_of_a_finding_can_be_read_back(low: Clinic) -> None:
    with low.store.read() as reader:
        (finding,) = (row for row in reader.stored_findings(1) if row["rule"] == "anc-below-1")
    (proof,) = json.loads(str(finding["evidence"]))
    assert (proof["analyte"], proof["value"], proof["limit"], proof["collected_on"]) == (
        "anc",
        [0.82, 0.82, False, False],
        [1.0, 1.0, False, False],
        "2026-11-19",
    )
    assert proof["result_ids"] == [1]


def test_an_open_end_is_no_number_in_json() -> None:
    proof = Evidence("ast", Interval(90.0, inf, low_open=True), "U/L", TODAY, baseline=Interval(20.0, 20.0), baseline_on=TODAY)
    told = json.loads(json.dumps(evidence_json(proof)))
    assert (told["value"], told["baseline"], told["baseline_on"], told["limit"]) == (
        [90.0, None, True, False],
        [20.0, 20.0, False, False],
        "2026-11-22",
        None,
    )


def test_some_patients_or_all(low: Clinic) -> None:
    with low.store.read() as reader:
        assert [stored.patient.mrn for stored, _ in low.judge.assessments(reader, TODAY)] == [ADA.mrn, "2"]
        ((stored, assessment),) = low.judge.assessments(reader, TODAY, [2], every_verdict=True)
    assert stored.patient.mrn == "2"
    assert len(assessment.findings) == len(low.judge.engine.rules)


def test_last_results_are_those_of_the_day_that_is_judged(low: Clinic) -> None:
    record(low, date(2026, 5, 1), crp="3 mg/L")
    low.record(ADA.mrn, entries(anc="hemolyzed 10*9/L"), CollectedAt(date(2026, 11, 21)))
    with low.store.read() as reader:
        told = {
            day: next(iter(low.judge.judged(reader, day, [1]))).line.last_result_on for day in (TODAY, date(2026, 6, 1), date(2026, 1, 1))
        }
    assert told == {TODAY: "2026-11-21", date(2026, 6, 1): "2026-05-01", date(2026, 1, 1): ""}


def test_many_are_kept_in_groups_and_progress_is_told(low: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(600):
        with low.store.write() as writer:
            patient = writer.add_patient(Patient(f"m{number}", "Many"))
            writer.audit("add patient", {}, patient)
    told: list[int] = []
    with low.store.write() as writer:
        ids = list(writer.patient_ids().values())
        low.judge.store(writer, ids, TODAY, told.append)
        writer.audit("assess", {})
    assert told == [512]
    with low.store.read() as reader:
        assert reader.out_of_date(low.judge.rule_set, TODAY) == []
        assert reader.count("assessment") == 602


def test_acknowledgements_are_bound_to_rule_and_region(low: Clinic) -> None:
    versions = low.judge.versions
    assert set(versions) == set(low.judge.engine.rules)
    assert all(each.endswith(Region.US.value) for each in versions.values())


def test_acknowledgements_in_force_are_found_by_patient(low: Clinic) -> None:
    low.acknowledge(ADA.mrn, "anc-below-1", "seen", date(2026, 12, 1))
    with low.store.read() as reader:
        (mine,) = judging.acknowledgements_of(reader, [1])[1]
        assert judging.acknowledgements_of(reader, None)[1] == [mine]
        assert 1 not in judging.acknowledgements_of(reader, [2])
    assert (mine.rule, mine.evidence_key, mine.until) == ("anc-below-1", "1", date(2026, 12, 1))
