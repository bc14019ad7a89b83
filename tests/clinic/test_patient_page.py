"""One patient at a glance: treatment in words, findings folded by family, acknowledged ones last, checks in order."""

from __future__ import annotations

from datetime import date

import pytest
from tests.clinic.homes import ADA, START, TODAY, record

from labtrack.catalogue import catalogue
from labtrack.clinic import Clinic
from labtrack.clinic.patient_page import dose_on, treatment_on
from labtrack.core.errors import NotFound
from labtrack.core.judgment import Verdict
from labtrack.core.record import Course, DoseStep, Hold, Patient, Sex

BEFORE, DAY = date(2026, 2, 20), date(2026, 11, 19)
RUNNING = Course("baricitinib", 2.0, "daily", START)


@pytest.mark.parametrize(
    ("courses", "text"),
    [
        ([], "no treatment recorded"),
        ([RUNNING], "baricitinib 2 mg daily since 2026-03-03 (week 37)"),
        (
            [Course("baricitinib", 2.0, "daily", START, doses=(DoseStep(date(2026, 6, 1), 4.0, "every other day"),))],
            "baricitinib 4 mg every other day since 2026-03-03 (week 37)",
        ),
        (
            [Course("baricitinib", 2.0, "daily", START, holds=(Hold(DAY, "anc-below-1"),))],
            "baricitinib 2 mg daily since 2026-03-03 (week 37), ON HOLD since 2026-11-19 (anc-below-1)",
        ),
        (
            [Course("baricitinib", 2.0, "daily", START, holds=(Hold(BEFORE, "x", DAY),))],
            "baricitinib 2 mg daily since 2026-03-03 (week 37)",
        ),
        ([Course("upadacitinib", 15.0, "daily", date(2026, 12, 1))], "upadacitinib 15 mg daily planned from 2026-12-01"),
        ([Course("tofacitinib", 5.0, "twice daily", START, DAY)], "tofacitinib stopped on 2026-11-19"),
        ([Course("tofacitinib", 5.0, "twice daily", BEFORE, START), RUNNING], "baricitinib 2 mg daily since 2026-03-03 (week 37)"),
        ([Course("upadacitinib", 15.0, "daily", date(2026, 12, 1), date(2026, 12, 1))], "no treatment recorded"),
    ],
)
def test_the_treatment_in_words(courses: list[Course], text: str) -> None:
    assert treatment_on(courses, TODAY, catalogue()).text == text


def test_of_two_dose_steps_of_one_day_the_last_counts() -> None:
    steps = (DoseStep(DAY, 1.0, "daily"), DoseStep(DAY, 4.0, "daily"))
    course = Course("baricitinib", 2.0, "daily", START, doses=steps)
    assert dose_on(course, DAY).dose_mg == 4.0
    assert dose_on(course, START).dose_mg == 2.0


def test_one_line_for_each_family_the_gravest_first(ada: Clinic) -> None:
    record(ada, DAY, anc="0.82 10*9/L", alc="1.5 10*9/L", hb="12.9 g/dL", plt="70 10*9/L")
    page = ada.patient_page(ADA.mrn)
    met = [each for each in page.found if each.finding.verdict is Verdict.MET]
    assert [(each.finding.rule, each.kind) for each in met] == [("anc-below-1", "urgent"), ("platelets-below-75", "action")]
    assert [each.rule for each in met[0].others] == ["neutropenia"]
    assert met[0].on == DAY
    assert met[0].finding.headline == "ANC 0.82 below 1"


def test_what_cannot_be_evaluated_stands_together_by_reason_at_the_end(ada: Clinic) -> None:
    page = ada.patient_page(ADA.mrn)
    kinds = [each.kind for each in page.found]
    assert kinds == ["cannot evaluate"] * len(kinds)
    assert len(page.found) == len({each.finding.reason for each in page.found})
    assert sum(1 + len(each.others) for each in page.found) == len(ada.assessment(ADA.mrn).findings)


def test_an_acknowledged_finding_goes_last_and_another_of_its_family_leads(ada: Clinic) -> None:
    record(ada, DAY, anc="0.82 10*9/L", plt="70 10*9/L")
    ada.acknowledge(ADA.mrn, "platelets-below-75", "known", date(2026, 12, 1))
    met = [each for each in ada.patient_page(ADA.mrn).found if each.finding.verdict is Verdict.MET]
    assert [(each.finding.rule, each.acknowledged, each.until) for each in met] == [
        ("anc-below-1", False, None), ("platelets-below-75", True, date(2026, 12, 1)),
    ]  # fmt: skip
    ada.acknowledge(ADA.mrn, "anc-below-1", "seen")
    met = [each for each in ada.patient_page(ADA.mrn).found if each.finding.verdict is Verdict.MET]
    assert [(each.finding.rule, each.acknowledged) for each in met] == [("neutropenia", False), ("platelets-below-75", True)]


def test_age_risks_checks_and_the_number_of_results(ada: Clinic) -> None:
    record(ada, DAY, anc="3 10*9/L", hb="12 g/dL")
    page = ada.patient_page(ADA.mrn)
    assert (page.age, page.risks, page.results) == (58, (), 2)
    assert [each.due_on for each in page.checks] == sorted(each.due_on for each in page.checks)
    ada.add_patient(Patient("2", "Old, Jo", date(1950, 1, 1), Sex.MALE))
    assert [each.fact for each in ada.patient_page("2").risks] == ["76 years old"]
    ada.add_patient(Patient("3", "Unknown"))
    assert ada.patient_page("3").age is None
    with pytest.raises(NotFound):
        ada.patient_page("4")
