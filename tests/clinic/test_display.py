"""Numbers, units and days as screens show them."""

from __future__ import annotations

import math
from datetime import date

import pytest

from labtrack.catalogue import catalogue
from labtrack.clinic.display import checked_units, day_text, factor_of, month_text, number_text, unit_of, value_text
from labtrack.core.errors import UsageError
from labtrack.core.quantity import Interval


@pytest.mark.parametrize(
    ("number", "limits", "text"),
    [
        (0.82, (), "0.82"),
        (116.01, (), "116.01"),
        (12345.0, (), "12345"),
        (71.9820902389, (), "71.98"),
        (59.99996, (60.0,), "59.99996"),
        (59.99996, (1000.0, 60.0), "59.99996"),
        (59.99996, (), "60"),
        (math.inf, (), "inf"),
        (0.0, (), "0"),
    ],
)
def test_numbers_are_as_reported_or_short_and_never_hide_a_limit(number: float, limits: tuple[float, ...], text: str) -> None:
    assert number_text(number, limits) == text


def test_bounds_keep_their_sign() -> None:
    assert value_text(Interval(0, 5, high_open=True)) == "<5"
    assert value_text(Interval(90, math.inf, low_open=True)) == ">90"


def test_units_are_for_showing() -> None:
    analytes = catalogue().analytes
    assert (factor_of(analytes["hb"], "SI"), unit_of(analytes["hb"], "SI")) == (10.0, "g/L")
    assert (factor_of(analytes["hb"], "conventional"), unit_of(analytes["hb"], "conventional")) == (1.0, "g/dL")
    assert unit_of(analytes["creatinine"], "SI") == "µmol/L"
    assert unit_of(analytes["anc"], "SI") == unit_of(analytes["anc"], "conventional") == "×10⁹/L"
    assert checked_units("SI") == "SI"
    with pytest.raises(UsageError, match="conventional or SI"):
        checked_units("metric")


def test_days_read_the_same_everywhere() -> None:
    assert day_text(date(2026, 11, 22)) == "22 Nov 2026"
    assert day_text(date(2026, 3, 2), full=False) == "2 Mar"
    assert month_text(date(2027, 9, 30)) == "Sep 2027"
