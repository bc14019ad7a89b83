"""Tests of labtrack.clinic.risks."""

from __future__ import annotations

from datetime import date

import pytest

from labtrack.catalogue import catalogue
from labtrack.clinic.risks import risk_factors
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
    found = risk_factors(Patient("1", "A", birth_date), date(2026, 11, 22), catalogue())
    assert [each.fact for each in found] == facts
    assert all(each.says.startswith("EMA 2023 says") and each.source.id == "ema-2023" for each in found)
