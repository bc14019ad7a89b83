"""The questions asked about entered values."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labtrack.catalogue import catalogue, misfits, unit_change

TRAPS = catalogue().traps
FITTING = {"wbc": 6.0, "anc": 4.0, "alc": 1.5, "hb": 14.0, "hct": 42.0, "tc": 200.0, "hdl": 50.0, "ldl": 120.0, "egfr": 80.0}


@pytest.mark.parametrize("ratio", [10, 18, 38.67, 60, 88.4, 100, 1000])
def test_a_value_a_unit_apart_is_asked_about_either_way(ratio: float) -> None:
    for near in (ratio * 0.951, ratio, ratio * 1.049):
        assert unit_change(TRAPS, 1.1, 1.1 * near).startswith("unit changed? ")
        assert unit_change(TRAPS, 1.1 * near, 1.1).startswith("unit changed? ")


@pytest.mark.parametrize("ratio", [1, 2, 9.4, 10.6, 17.0, 19.0, 36.6, 40.7, 56.9, 63.1, 83.9, 92.9, 94.9, 105.1, 949.0, 1051.0])
def test_other_ratios_are_not(ratio: float) -> None:
    assert unit_change(TRAPS, 2.0, 2.0 * ratio) == ""
    assert unit_change(TRAPS, 2.0 * ratio, 2.0) == ""


def test_the_question_names_both_values() -> None:
    assert unit_change(TRAPS, 14.1, 141.0) == "unit changed? 141 is 10 times the last value, 14.1"
    assert unit_change(TRAPS, 88.4, 1.0) == "unit changed? 1 is 1/88.4 of the last value, 88.4"


@given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6))
def test_any_two_values_can_be_compared(last: float, new: float) -> None:
    asked = unit_change(TRAPS, last, new)
    assert not asked or (last > 0 and new > 0)


def test_values_that_fit_together() -> None:
    assert misfits(TRAPS, FITTING, 80.0) == ()
    assert misfits(TRAPS, {}) == ()


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"wbc": 5.39}, "ANC and ALC together are more than WBC"),
        ({"wbc": 5.5 / 1.02}, ""),
        ({"hb": 16.9}, "Hb does not fit Hct: a third of it is 14.0"),
        ({"hb": 11.1}, "Hb does not fit Hct: a third of it is 14.0"),
        ({"hb": 16.8}, ""),
        ({"hb": 11.2}, ""),
        ({"tc": 161.4}, "total cholesterol is less than HDL and LDL together"),
        ({"tc": 161.5}, ""),
        ({"egfr": 67.9}, "the reported eGFR is not near the 80 that its creatinine gives"),
        ({"egfr": 92.0}, ""),
        ({"egfr": 68.0}, ""),
    ],
)
def test_values_that_do_not(changed: dict[str, float], said: str) -> None:
    assert misfits(TRAPS, FITTING | changed, 80.0) == ((said,) if said else ())
