"""Expected variation of one person's values, by the log-normal formula of the clinical reference, section 7."""

from __future__ import annotations

import math

import pytest

from labtrack.clinic.variation import expected_variation, is_beyond


def test_the_formula_by_hand() -> None:
    spread = math.sqrt(math.log(1 + 0.05**2 + 0.10**2))
    down, up = expected_variation(10, 5)
    assert up == pytest.approx((math.exp(1.96 * math.sqrt(2) * spread) - 1) * 100)
    assert down == pytest.approx((math.exp(-1.96 * math.sqrt(2) * spread) - 1) * 100)
    assert (1 + up / 100) * (1 + down / 100) == pytest.approx(1)


def test_half_of_it_where_the_laboratory_is_not_known() -> None:
    assert expected_variation(14) == expected_variation(14, 7)
    assert expected_variation(14, 0) != expected_variation(14)


def test_the_cvi_of_creatinine_agrees_with_the_published_16_percent() -> None:
    """Clinical reference, section 3: RCV of eGFR ± 16.5 %, from a CVi of about 5 %."""
    down, up = expected_variation(5.2)
    assert 14 < up < 18
    assert -16 < down < -13


@pytest.mark.parametrize(("change", "beyond"), [(34.0, False), (34.2, True), (-25.3, False), (-25.5, True), (0.0, False)])
def test_beyond_is_outside_either_way(change: float, beyond: bool) -> None:
    assert is_beyond(change, 9.5) is beyond
