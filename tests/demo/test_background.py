"""Background patients: reproducible, and findings as often as the base rates have them."""

from __future__ import annotations

import pytest

from labtrack.catalogue import catalogue
from labtrack.demo.background import RATES, background


def test_the_first_ones_do_not_depend_on_how_many_follow() -> None:
    assert background(12, seed=4)[:5] == background(5, seed=4)
    assert background(5, seed=4) != background(5, seed=5)


def test_findings_come_at_the_base_rates() -> None:
    people = background(6000, seed=1)
    for drug, rates in RATES.items():
        treated = [case for case in people if case.therapies[0].drug == drug]
        for analyte, rate in rates.items():
            share = sum(analyte in case.values for case in treated) / len(treated)
            assert share == pytest.approx(rate, abs=0.02), (drug, analyte)


def test_rates_name_what_the_catalogue_knows() -> None:
    assert RATES.keys() == catalogue().drugs.keys()
    assert all(analyte in catalogue().analytes for rates in RATES.values() for analyte in rates)


def test_everybody_is_an_adult_with_a_course_and_a_last_visit() -> None:
    for case in background(200, seed=2):
        assert case.age is not None
        assert case.age >= 18
        assert case.therapies[0].started > case.resting
