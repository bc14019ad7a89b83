"""Tests of labtrack.clinic.risks."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from labtrack.catalogue import catalogue
from labtrack.clinic.risks import risk_factors
from labtrack.core.judgment import Region
from labtrack.core.record import Patient


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
