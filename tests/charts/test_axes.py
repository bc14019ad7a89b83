"""Where days and values stand, and which of them are named."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.charts.build import anc, day, exact, hb

from labtrack.charts.axes import Scale, date_ticks, time_scale, value_range, value_ticks
from labtrack.charts.model import Series, Threshold


def test_time_is_true_to_scale() -> None:
    scale = time_scale(day("2026-01-01"), day("2026-12-31"), 100, 2)
    january, july = (
        scale.cell(day("2026-01-31")) - scale.cell(day("2026-01-01")),
        scale.cell(day("2026-07-31")) - scale.cell(day("2026-07-01")),
    )
    assert abs(january - july) <= 1
    assert scale.cell(day("2026-01-01")) > 0
    assert scale.cell(day("2026-12-31")) < 99


def test_one_day_alone_stands_in_the_middle() -> None:
    scale = time_scale(day("2026-05-01"), day("2026-05-01"), 51, 1)
    assert scale.cell(day("2026-05-01")) == 25


def test_what_lies_outside_stands_outside() -> None:
    scale = Scale(0.0, 10.0, 10, 4)
    assert scale.cell(-100.0) < 0
    assert scale.cell(1e9) >= 10
    assert (scale.cell(0.0), scale.cell(10.0)) == (0, 9)


@pytest.mark.parametrize(
    ("first", "last", "room", "expected"),
    [
        ("2026-03-01", "2026-11-22", 90, ["Mar 2026", "May", "Jul", "Sep", "Nov"]),
        ("2025-11-01", "2026-03-20", 60, ["Nov 2025", "Dec", "Jan 2026", "Feb", "Mar"]),
        ("2026-11-01", "2026-11-20", 60, ["1 Nov 2026", "8 Nov", "15 Nov"]),
        ("2016-02-01", "2026-11-20", 60, ["2016", "2018", "2020", "2022", "2024", "2026"]),
        ("2026-03-02", "2026-03-02", 60, ["16 Feb 2026", "2 Mar", "16 Mar"]),
    ],
)
def test_dates_are_round_and_the_year_is_told(first: str, last: str, room: int, expected: list[str]) -> None:
    scale = time_scale(day(first), day(last), room, 1)
    assert [tick.text for tick in date_ticks(scale, room)] == expected


@given(st.integers(1, date.max.toordinal()), st.integers(0, 400_000), st.integers(1, 200))
def test_dates_of_any_time_fit(first: int, days: int, room: int) -> None:
    scale = time_scale(float(first), float(min(first + days, date.max.toordinal())), room, 2)
    ticks = date_ticks(scale, room)
    assert len(ticks) <= max(1, room // 4)
    assert all(scale.low <= tick.at <= scale.high for tick in ticks)


def test_where_no_date_can_be_there_is_none() -> None:
    assert date_ticks(Scale(-50.0, -10.0, 40), 40) == []
    assert date_ticks(Scale(1.2, 1.4, 40), 40) == []
    assert value_ticks(1.0, 1.0, 5) == value_ticks(0.0, float("inf"), 5) == value_ticks(0.0, 1.0, 0) == []


def test_near_limits_are_shown_and_far_ones_do_not_flatten_the_line() -> None:
    low, high = value_range(anc(), 10)
    assert low < 0.82
    assert 3.3 < high < 7.5
    low, high = value_range(hb(), 10)
    assert low < 8.0
    far = replace(hb(), thresholds=(Threshold(220.0, "far >220"),))
    assert value_range(far, 10)[1] < 20


def test_a_whole_band_is_shown_where_that_is_wanted() -> None:
    assert value_range(replace(anc(), whole_band=True), 10)[1] > 7.5


def test_a_reading_just_past_a_limit_has_a_row_of_its_own() -> None:
    low, high = value_range(anc(), 8)
    assert (0.82 - low) >= (high - low) / 8 * 0.9


@pytest.mark.parametrize("value", [0.0, 5.0, -3.0, 1e6])
def test_one_value_has_a_range(value: float) -> None:
    low, high = value_range(Series("x", "", (exact("2026-01-01", value),)), 5)
    assert low <= value <= high
    assert low < high


@given(st.floats(-1e6, 1e6), st.floats(1e-6, 1e6), st.integers(0, 12))
def test_values_named_are_round_few_and_inside(low: float, span: float, most: int) -> None:
    ticks = value_ticks(low, low + span, most)
    assert len(ticks) <= most
    assert all(low - span * 1e-6 <= tick <= low + span * (1 + 1e-6) for tick in ticks)
