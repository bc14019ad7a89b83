"""What one rule says of one patient, with the results it rests on as they were reported."""

from __future__ import annotations

from datetime import date

from tests.clinic.homes import ADA, record

from labtrack.clinic import Clinic
from labtrack.core.judgment import Verdict


def test_evidence_as_reported_with_baseline_and_change(ada: Clinic) -> None:
    record(ada, date(2026, 2, 20), ldl="2.79 mmol/L")
    record(ada, date(2026, 11, 19), ldl="152 mg/dL")
    page = ada.verdict(ADA.mrn, "ldl-rise-30")
    assert page is not None
    assert page.finding.verdict is Verdict.MET
    (line,) = page.evidence
    assert (line.analyte, line.value, line.unit, line.collected_on) == ("LDL", "152", "mg/dL", "2026-11-19")
    assert (line.baseline, line.baseline_on, line.change) == ("107.9", "2026-02-20", "40.9")
    assert [(each.value_text, each.unit) for each in line.reported] == [("152", "mg/dL")]
    assert float(line.limit) < 152


def test_a_value_just_below_its_limit_is_not_rounded_to_it(ada: Clinic) -> None:
    record(ada, date(2026, 11, 19), anc="0.99996 10*9/L")
    page = ada.verdict(ADA.mrn, "anc-below-1")
    assert page is not None
    assert (page.evidence[0].value, page.evidence[0].limit) == ("0.99996", "1")


def test_a_calculated_value_names_its_sources(ada: Clinic) -> None:
    record(ada, date(2026, 11, 19), creatinine="2.5 mg/dL")
    page = ada.verdict(ADA.mrn, "egfr-below-30")
    assert page is not None
    assert page.evidence[0].method == "CKD-EPI 2021"
    assert [each.analyte for each in page.evidence[0].reported] == ["creatinine"]


def test_every_verdict_is_told_and_a_rule_that_is_not_in_force_is_none(ada: Clinic) -> None:
    not_met, unknown = ada.verdict(ADA.mrn, "vte-event"), ada.verdict(ADA.mrn, "hb-below-8")
    assert not_met is not None
    assert unknown is not None
    assert (not_met.finding.verdict, unknown.finding.verdict) == (Verdict.NOT_MET, Verdict.CANNOT_EVALUATE)
    assert ada.verdict(ADA.mrn, "no-such-rule") is None
