"""Tests of labtrack.clinic.headlines, through the assessments of a clinic."""

from __future__ import annotations

from datetime import date

import pytest
from tests.clinic.homes import ADA, START, TODAY, record, with_ada

from labtrack.catalogue import catalogue
from labtrack.clinic import Clinic
from labtrack.clinic.headlines import basis, in_words
from labtrack.core.judgment import Region
from labtrack.rules import REGISTRY


def said(clinic: Clinic, rule: str) -> tuple[str, str]:
    (finding,) = [each for each in clinic.assessment(ADA.mrn).findings if each.rule == rule]
    return finding.headline, finding.basis


@pytest.mark.parametrize(
    ("values", "rule", "headline", "whose"),
    [
        ({"anc": "0.82 10*9/L"}, "anc-below-1", "ANC 0.82 below 1", "label"),
        ({"anc": "<0.5 10*9/L"}, "anc-below-1", "ANC <0.5 below 1", "label"),
        ({"anc": "1.2 10*9/L"}, "neutropenia", "ANC 1.2 below 1.5", "article"),
        ({"ldl": "200 mg/dL"}, "ldl-190", "LDL 200 at or above 190", "guideline"),
        ({"plt": "62 10*9/L"}, "platelets-below-75", "Plt 62 below 75", "house"),
        ({"egfr": "27 mL/min/1.73.m2"}, "egfr-below-30", "eGFR 27 below 30", "article, label"),
        ({"egfr": "45 mL/min/1.73.m2"}, "egfr-30-60-dose", "eGFR 45, from 30 to 60", "label"),
    ],
)
def test_a_met_finding_in_a_few_words(ada: Clinic, values: dict[str, str], rule: str, headline: str, whose: str) -> None:
    record(ada, TODAY, **values)
    assert said(ada, rule) == (headline, whose)


def test_a_change_is_told_from_the_baseline(ada: Clinic) -> None:
    record(ada, START, ldl="108 mg/dL")
    record(ada, TODAY, ldl="152 mg/dL")
    assert said(ada, "ldl-rise-30") == ("LDL 152, +40.7 % from 108", "article")


def test_an_event_is_told_with_its_day(ada: Clinic) -> None:
    ada.add_event(ADA.mrn, "herpes-zoster", date(2026, 11, 19))
    assert said(ada, "herpes-zoster") == ("Herpes zoster since 19 Nov 2026", "label")


def test_what_cannot_be_evaluated_names_the_rule_and_why(ada: Clinic) -> None:
    assert said(ada, "anc-below-1") == ("anc-below-1: no usable result", "")


def test_a_dose_is_the_labels_and_open_screening_is_called_so(clinic: Clinic) -> None:
    with_ada(clinic, dose_mg=4.0)
    assert said(clinic, "dose-above-label") == ("4 mg a day is above 2 mg", "label")


def test_every_rule_has_a_basis_for_every_drug() -> None:
    known = {"article", "label", "article, label", "guideline", "house", "label silent"}
    for rule in REGISTRY.rules.values():
        for drug in [None, *catalogue().drugs.values()]:
            for region in Region:
                assert basis(rule, drug, region, False) in known


def test_the_gap_in_the_label_is_called_so() -> None:
    assert basis(REGISTRY.rules["tofa-hb-8-9"], catalogue().drugs["tofacitinib"], Region.US, False) == "label silent"


def test_a_day_in_words() -> None:
    assert in_words(date(2026, 1, 9)) == "9 Jan 2026"
