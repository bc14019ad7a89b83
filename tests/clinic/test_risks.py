"""Tests of labtrack.clinic.risks."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from tests.clinic.homes import ADA, TODAY

from labtrack.catalogue import catalogue
from labtrack.clinic import Clinic
from labtrack.clinic.risks import drug_on, risk_factors
from labtrack.core.judgment import Region
from labtrack.core.record import Course, Patient


@pytest.mark.parametrize(
    ("birth_date", "facts"),
    [
        (date(1961, 11, 22), ["65 years old"]),
        (date(1961, 11, 23), []),
        (date(1940, 1, 1), ["86 years old"]),
        (None, ["birth date not recorded: whether 65 or older cannot be told"]),
    ],
)
def test_sixty_five_completed_years_are_a_risk_factor(birth_date: date | None, facts: list[str]) -> None:
    for drug in catalogue().drugs.values():
        for region in Region:
            found = risk_factors(Patient("1", "A", birth_date), drug, region, date(2026, 11, 22), catalogue())
            assert [each.fact for each in found] == facts
            assert all(each.says.startswith("EMA 2023") and each.source.id == "ema-2023" for each in found)


def test_a_drug_whose_label_does_not_speak_of_age_has_no_risk_factor() -> None:
    silent = replace(catalogue().drugs["baricitinib"], labels=())
    assert risk_factors(Patient("1", "A", date(1940, 1, 1)), silent, Region.US, date(2026, 11, 22), catalogue()) == ()


def test_the_drug_of_a_day_is_the_one_taken_or_planned() -> None:
    courses = [
        Course("upadacitinib", 15, "daily", date(2026, 12, 1)),
        Course("tofacitinib", 5, "twice daily", date(2026, 1, 1), date(2026, 6, 1)),
    ]
    named = [drug_on(courses, day, catalogue()).key for day in (date(2026, 5, 31), date(2026, 6, 1), date(2027, 1, 1))]
    assert named == ["tofacitinib", "upadacitinib", "upadacitinib"]
    assert drug_on([], TODAY, catalogue()).key == "baricitinib"


def test_the_facade_tells_the_risk_factors_of_a_day(ada: Clinic) -> None:
    assert ada.risks(ADA.mrn) == ()
    assert [each.fact for each in ada.risks(ADA.mrn, date(2033, 2, 11))] == ["65 years old"]
