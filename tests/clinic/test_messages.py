"""The sentences: nothing rounded onto a threshold, every reason and source named, no advice."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.clinic.homes import ADA, START, TODAY, entries, nasty_people, open_clinic, put_people, record, with_ada

from labtrack.catalogue import catalogue
from labtrack.clinic import Clinic, Settings
from labtrack.clinic.wording import _number_format, _order, basis_text, resume_text, source_text
from labtrack.core.judgment import Finding, Region
from labtrack.core.quantity import Interval
from labtrack.core.record import CollectedAt
from labtrack.rules import REGISTRY
from labtrack.rules.local import effective_rules

BEFORE, DAY = date(2026, 2, 20), date(2026, 11, 19)


def finding(clinic: Clinic, rule: str, as_of: date | None = None) -> Finding:
    (found,) = (each for each in clinic.assessment(ADA.mrn, as_of, every_verdict=True).findings if each.rule == rule)
    return found


def said(clinic: Clinic, rule: str, as_of: date | None = None) -> str:
    return finding(clinic, rule, as_of).message


@pytest.fixture
def ada_of(tmp_path: Path) -> Iterator[object]:
    """A clinic of one patient on a drug, in a region."""
    opened: list[Clinic] = []

    def make(drug: str = "baricitinib", dose_mg: float = 2.0, region: Region = Region.US, rules: dict[str, object] | None = None) -> Clinic:
        folder = tmp_path / str(len(opened))
        folder.mkdir()
        opened.append(with_ada(open_clinic(folder, region=region, settings=Settings(rules=rules or {})), drug, dose_mg))
        return opened[-1]

    yield make
    for each in opened:
        each.close()


# Numbers


@given(st.floats(0.01, 5000), st.floats(0.01, 5000))
def test_value_and_limit_stand_to_each_other_as_shown(value: float, limit: float) -> None:
    number = _number_format(Interval(value, value), [limit])
    assert _order(float(number(value)), float(number(limit))) == _order(value, limit)


@given(st.floats(0.5, 500), st.integers(-9, 9), st.integers(3, 11))
def test_even_where_they_nearly_touch(limit: float, steps: int, digits: int) -> None:
    value = limit * (1 + steps * 10.0**-digits)
    number = _number_format(Interval(value, value), [limit])
    if abs(value / limit - 1) > 1e-8:
        assert _order(float(number(value)), float(number(limit))) == _order(value, limit)


def test_an_open_end_is_left_as_it_is() -> None:
    number = _number_format(Interval(44.0, float("inf"), low_open=True), [60.0, float("inf")])
    assert (number(44.0), number(float("inf"))) == ("44", "inf")


@pytest.mark.parametrize(
    ("values", "rule", "words"),
    [
        ({"anc": "0.99999 10*9/L"}, "anc-below-1", "ANC 0.99999 ×10⁹/L on 2026-11-19 is below 1."),
        ({"alt": "132.0001 U/L"}, "transaminase-3x", "ALT 132.0001 U/L on 2026-11-19 is above 132."),
        ({"alt": "132 U/L", "ast": "10 U/L"}, "transaminase-3x", "ALT 132 U/L on 2026-11-19 is not above 132; AST 10 U/L"),
        ({"egfr": "59.99996 mL/min/1.73m2"}, "egfr-30-60-dose", "eGFR 59.99996 mL/min/1.73 m² on 2026-11-19 is from 30 to below 60; 2 mg"),
        ({"egfr": "29.99996 mL/min/1.73m2"}, "egfr-30-60-dose", "is outside 30 to below 60; 2 mg a day is above 1 mg."),
        ({"anc": "<1.0 10*9/L"}, "anc-below-1", "ANC <1 ×10⁹/L on 2026-11-19 is below 1."),
        ({"plt": "75000 /uL"}, "platelets-below-75", "Plt 75 ×10⁹/L on 2026-11-19 is not below 75."),
        ({"ldl": "4.91 mmol/L"}, "ldl-190", "LDL 189.9 mg/dL on 2026-11-19 is below 190."),
        ({"ldl": "4.92 mmol/L"}, "ldl-190", "LDL 190.3 mg/dL on 2026-11-19 is at or above 190."),
    ],
)
def test_a_value_is_told_beside_its_limit(ada: Clinic, values: dict[str, str], rule: str, words: str) -> None:
    record(ada, DAY, **values)
    assert words in said(ada, rule)


def test_a_limit_made_from_a_baseline_is_told_with_it(ada: Clinic) -> None:
    record(ada, BEFORE, ldl="110.3 mg/dL")
    record(ada, DAY, ldl="143.3901 mg/dL")
    expected = "LDL 143.3901 mg/dL on 2026-11-19 is above 143.39, baseline 110.3 on 2026-02-20, +30.0001 %. The article asks for a statin"
    assert said(ada, "ldl-rise-30").startswith(expected)
    record(ada, date(2026, 11, 20), ldl="143.39 mg/dL")
    assert said(ada, "ldl-rise-30") == "LDL 143.4 mg/dL on 2026-11-20 is not above 143.4, baseline 110.3 on 2026-02-20, +30 %."


def test_a_bounded_baseline_gives_no_percentage(ada: Clinic) -> None:
    record(ada, BEFORE, ldl="<100 mg/dL")
    record(ada, DAY, ldl="140 mg/dL")
    assert "is above <130, baseline <100 on 2026-02-20." in said(ada, "ldl-rise-30")


def test_the_method_of_value_and_baseline_is_told(ada: Clinic) -> None:
    record(ada, BEFORE, tc="200 mg/dL", hdl="60 mg/dL", tg="150 mg/dL", creatinine="0.8 mg/dL")
    record(ada, DAY, ldl="152 mg/dL", creatinine="1.4 mg/dL")
    assert "baseline 110 (calculated: Friedewald) on 2026-02-20, +38.2 %" in said(ada, "ldl-rise-30")
    words = said(ada, "egfr-fall-25")
    assert words.startswith("eGFR 43.61 mL/min/1.73 m² on 2026-11-19 (calculated: CKD-EPI 2021) is below ")
    assert "baseline 85.35 (calculated: CKD-EPI 2021) on 2026-02-20" in words


def test_calculated_values_name_their_method_and_clashes_themselves(ada: Clinic) -> None:
    record(ada, DAY, wbc="2.0 10*9/L", neut_pct="40 %", plt="70 10*9/L")
    record(ada, DAY, plt="72 10*9/L")
    assert "ANC 0.8 ×10⁹/L on 2026-11-19 (calculated: WBC × %) is below 1." in said(ada, "anc-below-1")
    assert "Plt 70–72 ×10⁹/L on 2026-11-19 (results of one time that differ) is below 75." in said(ada, "platelets-below-75")


def test_a_reported_and_a_calculated_value_of_one_time_are_told_apart(ada: Clinic) -> None:
    ada.record(ADA.mrn, entries(egfr="28 mL/min/1.73m2"), CollectedAt(DAY), specimen_id="S1")
    ada.record(ADA.mrn, entries(creatinine="2.6 mg/dL"), CollectedAt(DAY), specimen_id="S2")
    assert "on 2026-11-19 (results of one time that differ, reported and calculated) is below 30." in said(ada, "egfr-below-30")


# Kidney function and dose


def test_in_the_eu_the_clearance_is_told_with_the_creatinine_it_comes_from(ada_of) -> None:
    clinic = ada_of(dose_mg=4.0, region=Region.EU)
    record(clinic, DAY, creatinine="1.4 mg/dL")
    found = finding(clinic, "egfr-30-60-dose")
    assert found.message.startswith(
        "creatinine clearance 42.18 mL/min (Cockcroft-Gault, from Crea 1.4 mg/dL on 2026-11-19) is from 30 to 60; 4 mg a day is above 2 mg."
    )
    assert "Label says: creatinine clearance above 60 4 mg a day, 30 to 60 2 mg a day" in found.message
    (proof,) = found.evidence
    assert (proof.analyte, proof.value, proof.unit, proof.limit) == ("creatinine", Interval(1.4, 1.4), "mg/dL", None)


@pytest.mark.parametrize(
    ("dose_mg", "creatinine", "words"),
    [
        (2.0, "1.4", "is from 30 to 60; 2 mg a day is not above 2 mg."),
        (4.0, "0.8", "is outside 30 to 60; 4 mg a day is above 2 mg."),
        (2.0, ">1.0", "creatinine clearance <59.05 mL/min (Cockcroft-Gault, from Crea >1 mg/dL on 2026-11-19); 2 mg a day is not above 2"),
    ],
)
def test_why_a_dose_is_not_too_high(ada_of, dose_mg: float, creatinine: str, words: str) -> None:
    clinic = ada_of(dose_mg=dose_mg, region=Region.EU)
    record(clinic, DAY, creatinine=f"{creatinine} mg/dL")
    assert finding(clinic, "egfr-30-60-dose").verdict == "not met"
    assert words in said(clinic, "egfr-30-60-dose")


def test_a_clearance_without_weight_names_the_creatinine_there_is(ada_of) -> None:
    clinic = ada_of(dose_mg=4.0, region=Region.EU)
    clinic.edit_patient(ADA.mrn, weight_kg=None)
    record(clinic, DAY, creatinine="1.4 mg/dL")
    assert said(clinic, "egfr-30-60-dose").endswith("weight is not recorded. Last: Crea 1.4 mg/dL on 2026-11-19.")


@pytest.mark.parametrize(
    ("dose_mg", "egfr", "words"),
    [
        (1.0, "45", "eGFR 45 mL/min/1.73 m² on 2026-11-19 is from 30 to below 60; 1 mg a day is not above 1 mg."),
        (1.0, "<44", "eGFR <44 mL/min/1.73 m² on 2026-11-19; 1 mg a day is not above 1 mg."),
        (2.0, "60", "eGFR 60 mL/min/1.73 m² on 2026-11-19 is outside 30 to below 60; 2 mg a day is above 1 mg."),
    ],
)
def test_the_dose_stands_beside_the_egfr(ada_of, dose_mg: float, egfr: str, words: str) -> None:
    clinic = ada_of(dose_mg=dose_mg)
    record(clinic, DAY, egfr=f"{egfr} mL/min/1.73m2")
    assert said(clinic, "egfr-30-60-dose") == words


def test_a_dose_is_told_beside_the_labels(ada_of) -> None:
    assert said(ada_of(dose_mg=4.0), "dose-above-label").startswith("4 mg a day is above 2 mg. The article starts with 2 mg and goes to 4")
    assert said(ada_of(), "dose-above-label") == "2 mg a day is not above 2 mg."
    unknown = ada_of()
    unknown.change_dose(ADA.mrn, 2, TODAY, "when needed")
    assert said(unknown, "dose-above-label").endswith("cannot be evaluated: the daily dose is not known.")


# Tofacitinib


def test_tofacitinib_counts_say_whether_they_are_confirmed(ada_of) -> None:
    clinic = ada_of("tofacitinib", 5.0)
    record(clinic, date(2026, 11, 1), anc="0.9 10*9/L")
    assert "is below 1; repeat to confirm. Label says: interrupt while the ANC stays at 0.5 to 1.0" in said(clinic, "tofa-anc")
    record(clinic, DAY, anc="0.45 10*9/L")
    assert "is below 1; confirmed: interrupt." in said(clinic, "tofa-anc")
    record(clinic, date(2026, 11, 20), anc="0.4 10*9/L")
    assert "is below 1; confirmed: discontinue." in said(clinic, "tofa-anc")


def test_where_the_label_is_silent_that_is_said(ada_of) -> None:
    clinic = ada_of("tofacitinib", 5.0)
    record(clinic, BEFORE, hb="10.5 g/dL")
    record(clinic, DAY, hb="8.6 g/dL")
    assert said(clinic, "tofa-hb-8-9") == (
        "Hb 8.6 g/dL on 2026-11-19 is from 8 to below 9, baseline 10.5 on 2026-02-20, -18.1 %. "
        "Label is silent: a hemoglobin of 8 to below 9 with a fall of 2 or less is in no row of it."
    )
    record(clinic, date(2026, 11, 20), hb="8.4 g/dL")
    assert said(clinic, "tofa-hb-8-9").endswith(": not so. Hb 8.4 g/dL on 2026-11-20, baseline 10.5 on 2026-02-20, -20 %.")
    assert finding(clinic, "hb-fall-2").severity == "urgent"


# Holds and events


def test_a_hold_that_may_end_names_its_condition(ada_of) -> None:
    words = {}
    for name, drug, region in (("us", "baricitinib", Region.US), ("eu", "baricitinib", Region.EU), ("upa", "upadacitinib", Region.US)):
        clinic = ada_of(drug, 2.0, region)
        clinic.hold(ADA.mrn, "anc-below-1", date(2026, 11, 1))
        record(clinic, DAY, anc="1.0 10*9/L")
        words[name] = said(clinic, "hold-may-end")
    assert words["us"] == (
        "ANC 1 ×10⁹/L on 2026-11-19 is at or above 1; on hold since 2026-11-01 (anc-below-1). Label says: it may be resumed at 1 or above."
    )
    assert words["eu"] == words["upa"] == "ANC 1 ×10⁹/L on 2026-11-19 is not above 1."
    clinic = ada_of("tofacitinib", 5.0)
    clinic.hold(ADA.mrn, "hb-fall-2", date(2026, 11, 1))
    record(clinic, DAY, hb="12.5 g/dL")
    assert said(clinic, "hold-may-end").endswith("Label says: it may be resumed once the value is normal.")


def test_every_resume_condition_has_its_sentence() -> None:
    for drug in catalogue().drugs.values():
        for region in Region:
            for analyte in ("anc", "alc", "hb"):
                known = drug.resume_for(region, analyte) is not None
                assert resume_text(drug, region, analyte).startswith("Label says: it may be resumed ") is known


def test_events_are_told_with_their_days(ada: Clinic) -> None:
    ada.add_event(ADA.mrn, "prior-vte", date(2024, 1, 1))
    ada.end_event(ADA.mrn, "prior-vte", date(2024, 6, 1))
    ada.add_event(ADA.mrn, "vte", date(2026, 1, 10))
    ada.end_event(ADA.mrn, "vte", date(2026, 2, 1))
    ada.add_event(ADA.mrn, "vte", date(2026, 11, 2))
    ada.add_event(ADA.mrn, "obesity", date(2026, 1, 1))
    ada.add_event(ADA.mrn, "opportunistic-infection", date(2026, 11, 5))
    ada.add_event(ADA.mrn, "malignancy-active", date(2026, 11, 3))
    assert said(ada, "vte-event").startswith("Venous thromboembolism since 2026-11-02. Label says: stop and evaluate promptly")
    assert said(ada, "vte-risk").startswith("Obesity since 2026-01-01. The article asks to screen for prior clots")
    expected = "Venous thromboembolism 2026-01-10 to 2026-02-01; Active malignancy since 2026-11-03. The article says to avoid"
    assert said(ada, "contraindication").startswith(expected)
    infection = said(ada, "serious-infection")
    assert "The article says: pause until it is resolved, then reassess. Label says: interrupt for a serious or opp" in infection
    ada.hold(ADA.mrn, "opportunistic-infection", TODAY)
    assert said(ada, "serious-infection") == "An open serious or opportunistic infection while the drug is not on hold: not so."


@pytest.mark.parametrize(("drug", "severity"), [("baricitinib", "urgent"), ("tofacitinib", "action"), ("upadacitinib", "action")])
def test_shingles_weigh_as_the_drugs_label_says(ada_of, drug: str, severity: str) -> None:
    clinic = ada_of(drug)
    clinic.add_event(ADA.mrn, "herpes-zoster", DAY)
    found = finding(clinic, "herpes-zoster")
    assert (found.severity, found.evidence) == (severity, ())
    assert found.message.startswith("Herpes zoster since 2026-11-19. Label says: ")


def test_open_screening_items_are_named(clinic: Clinic) -> None:
    clinic.add_patient(ADA)
    words = said(clinic, "screening-incomplete")
    assert words.startswith("not settled: Tuberculosis, Hepatitis B, ")
    assert "Pregnancy status" not in words
    clinic.edit_patient(ADA.mrn, birth_date=date(1990, 1, 1))
    assert "Pregnancy status" in said(clinic, "screening-incomplete")


def test_a_recent_clot_of_a_candidate_counts_from_today(clinic: Clinic) -> None:
    clinic.add_patient(ADA)
    clinic.add_event(ADA.mrn, "prior-vte", date(2026, 11, 1))
    clinic.end_event(ADA.mrn, "prior-vte", date(2026, 11, 2))
    assert "2026-11-01 to 2026-11-02" in said(clinic, "contraindication")


# Before the start, after the stop, doubt and age


def test_before_the_start_the_label_says_do_not_start(clinic: Clinic) -> None:
    clinic.add_patient(ADA)
    record(clinic, DAY, anc="0.9 10*9/L")
    assert said(clinic, "anc-below-1") == "ANC 0.9 ×10⁹/L on 2026-11-19 is below 1. Label says: do not start with an ANC below 1.0."
    assert said(clinic, "egfr-30-60-dose").endswith(": not applicable.")
    assert said(clinic, "hb-fall-2").endswith("cannot be evaluated: no usable result; treatment has not started (Hb).")


def test_after_the_stop_urgent_findings_say_why_they_stay(ada: Clinic) -> None:
    record(ada, DAY, anc="0.9 10*9/L")
    ada.stop_course(ADA.mrn, "remission", TODAY)
    assert said(ada, "anc-below-1").endswith("As of the stop date; listed until a later result.")


def test_doubt_and_age_are_told_beside_a_met_rule(ada: Clinic) -> None:
    record(ada, date(2026, 5, 1), anc="0.9 10*9/L", ldl="195 mg/dL")
    record(ada, DAY, anc="clotted 10*9/L")
    assert "is below 1; the newest report of it cannot be read; more than 98 days old. Label" in said(ada, "anc-below-1")
    assert finding(ada, "anc-below-1").evidence[0].in_doubt
    assert "is at or above 190. The ACC/AHA" in said(ada, "ldl-190")
    assert "; more than 378 days old." in said(ada, "ldl-190", date(2027, 6, 1))


def test_a_result_from_before_the_start_is_relied_on_for_180_days(clinic: Clinic) -> None:
    clinic.add_patient(ADA)
    record(clinic, date(2026, 5, 1), anc="0.9 10*9/L")
    assert "; more than 180 days old." in said(clinic, "anc-below-1")


@pytest.mark.parametrize(
    ("values", "rule", "words"),
    [
        ({}, "platelets-below-75", "no usable result (Plt)."),
        ({"alt": "20 U/L"}, "transaminase-3x", "no usable result (AST). Last: ALT 20 U/L on 2026-11-19."),
        ({"alt": "20 U/L"}, "hys-law", "no usable result (Bili, AST). Last: ALT 20 U/L on 2026-11-19."),
        ({"alt": "clotted U/L", "ast": "20 U/L"}, "transaminase-3x", "no usable result (ALT). Last: AST 20 U/L"),
        ({"plt": "<100 10*9/L"}, "platelets-below-75", "leaves both answers open. Last: Plt <100 ×10⁹/L on 2026-11-19."),
        ({"plt": "70 furlong"}, "platelets-below-75", "a unit that is not known for it"),
    ],
)
def test_what_lacks_is_named(ada: Clinic, values: dict[str, str], rule: str, words: str) -> None:
    if values:
        record(ada, DAY, **values)
    assert ": cannot be evaluated: " in said(ada, rule)
    assert words in said(ada, rule)


# Sources


def test_a_clinics_own_threshold_is_said_to_be_its_own(ada_of) -> None:
    clinic = ada_of(rules={"ldl-190": {"limit": 180}})
    record(clinic, DAY, ldl="185 mg/dL")
    found = finding(clinic, "ldl-190")
    assert found.message.startswith("LDL 185 mg/dL on 2026-11-19 is at or above 180. The threshold is this clinic's own. No label names")
    assert found.source.startswith("local; acc-aha-2018 [G]")


def test_every_met_rule_names_what_it_rests_on() -> None:
    for rule in REGISTRY.rules.values():
        for key in rule.drugs:
            for region in map(Region, rule.regions):
                drug = catalogue().drugs[key]
                text = basis_text(rule, drug, region, False)
                if rule.id != "hold-may-end":  # its sentence is made from the condition
                    assert re.search(r"[Ll]abel|[Aa]rticle|guideline|protocol|KDIGO|guidance|House policy|CTCAE", text), rule.id
                assert text == "" or text.endswith("."), rule.id
                assert source_text(rule, drug, region)


def test_a_plug_ins_rule_speaks_for_itself() -> None:
    (rule, *_) = effective_rules({})[0].values()
    assert "this clinic's own" not in basis_text(rule, None, Region.US, False)


def test_nothing_is_advised(tmp_path: Path) -> None:
    with open_clinic(tmp_path, date(2025, 6, 1)) as clinic:
        put_people(clinic, [drawn.person for drawn in nasty_people(21, 40)])
        messages = {str(row["message"]) for row in clinic.assess(every_verdict=True)}
        messages |= {str(row["message"]) for row in clinic.assess(as_of=START, every_verdict=True)}
    assert len(messages) > 300
    for message in messages:
        assert not re.search(r"\b(should|must|you|please|recommend )\b", message, re.IGNORECASE), message
        assert not re.search(r"\bnan\b|None|\binf\b|  |\.\.|; \.|: \.", message), message
        assert message.endswith("."), message
