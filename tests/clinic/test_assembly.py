"""Tests of labtrack.clinic.assembly; the sentences are tested with their wording, the verdicts with the rules."""

from __future__ import annotations

from datetime import date

import pytest
from tests.labs.build import judged

from labtrack.clinic.assembly import Assembler
from labtrack.core.judgment import Assessment, CheckStatus, Finding, Reason, Severity, Verdict
from labtrack.core.quantity import Interval
from labtrack.rules import REGISTRY

CBC = ("2026-06-01 anc 0.82 10*9/L", "2026-06-01 hb 12.4 g/dL", "2026-06-01 alc 1.4 10*9/L")


def assessed(*results: str, every_verdict: bool = False, **fields: object) -> Assessment:
    (assessment,) = Assembler(judged(*results, as_of="2026-06-10", **fields), "rules 1", every_verdict=every_verdict).assessments()
    return assessment


def found(rule: str, *results: str, **fields: object) -> Finding:
    (finding,) = (each for each in assessed(*results, every_verdict=True, **fields).findings if each.rule == rule)
    return finding


def test_listed_are_met_and_unknown_or_on_request_all() -> None:
    assert {each.verdict for each in assessed(*CBC).findings} == {Verdict.MET, Verdict.CANNOT_EVALUATE}
    everything = assessed(*CBC, every_verdict=True)
    assert [each.rule for each in everything.findings] == list(REGISTRY.rules)
    assert {each.verdict for each in everything.findings} == set(Verdict)
    assert (everything.as_of, everything.rule_set) == (date(2026, 6, 10), "rules 1")


def test_evidence_is_the_reading_with_its_result() -> None:
    (proof,) = found("anc-below-1", *CBC).evidence
    assert (proof.analyte, proof.value, proof.unit, proof.collected_on) == ("anc", Interval(0.82, 0.82), "10*9/L", date(2026, 6, 1))
    assert (proof.limit, proof.method, len(proof.result_ids)) == (Interval(1.0, 1.0), "", 1)


def test_a_calculated_value_names_its_method_and_all_its_results() -> None:
    results = [f"2026-06-01 {value} mg/dL #s" for value in ("tc 300", "hdl 50", "tg 150")]
    (proof,) = found("ldl-190", *results).evidence
    assert (proof.method, proof.value.low, len(proof.result_ids)) == ("Friedewald", 220.0, 3)


def test_the_result_nearest_to_its_limit_decides_and_the_other_stands_beside() -> None:
    finding = found("transaminase-3x", "2026-06-01 alt 500 U/L", "2026-06-01 ast 125 U/L")
    assert [proof.analyte for proof in finding.evidence] == ["ast", "alt"]
    assert "ALT 500" in finding.message
    assert "AST 125" in finding.message


def test_a_baseline_comes_with_the_change() -> None:
    (proof,) = found("ldl-rise-30", "2026-01-05 ldl 100 mg/dL", "2026-06-01 ldl 150 mg/dL").evidence
    assert (proof.baseline, proof.baseline_on, proof.change_percent) == (Interval(100.0, 100.0), date(2026, 1, 5), pytest.approx(50.0))


def test_every_reason_is_told() -> None:
    finding = found("ldl-rise-30", "2025-01-05 ldl 100 mg/dL", "2026-06-01 ldl 150 mg/dL", "2026-06-02 ldl hemolyzed mg/dL")
    assert finding.verdict is Verdict.CANNOT_EVALUATE
    assert set(finding.reasons) == {Reason.TEXT_RESULT, Reason.BASELINE_TOO_OLD}
    assert all(reason.in_words in finding.message for reason in finding.reasons)


def test_severity_follows_the_drug() -> None:
    results = ("2026-01-05 hb 15 g/dL", "2026-06-01 hb 12 g/dL")
    assert found("hb-fall-2", *results).severity is Severity.ACTION
    assert found("hb-fall-2", *results, course="tofacitinib 5 mg twice daily from 2026-01-10").severity is Severity.URGENT


def test_checks_carry_status_reason_and_what_lacks() -> None:
    checks = {each.panel: each for each in assessed("2026-06-01 anc 0.82 10*9/L").checks}
    assert (checks["cbc"].status, checks["cbc"].reason) == (CheckStatus.OVERDUE, "baseline missing")
    assert set(checks["cbc"].missing) == {"hb", "alc"}
    assert set(checks) >= {"cbc", "liver", "lipid", "renal"}


def test_a_stopped_course_says_so() -> None:
    finding = found("anc-below-1", *CBC, course="baricitinib 2 mg daily from 2026-01-10 to 2026-06-05")
    assert finding.verdict is Verdict.MET
    assert finding.message.endswith("As of the stop date; listed until a later result.")


def test_events_and_open_items_are_named() -> None:
    assert "Herpes zoster since 2026-06-01" in found("herpes-zoster", events=["2026-06-01 herpes-zoster"]).message
    assert "not settled: Tuberculosis" in found("screening-incomplete", events=[]).message
