"""The estimate: only where the readings carry one, and a straight line where they do."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labtrack.clinic.projection import FARTHEST, FEWEST, Limit, projected

TODAY = date(2026, 11, 22)
NOW = float(TODAY.toordinal())
BELOW_30, BELOW_60 = Limit("egfr-below-30", 30.0, True), Limit("egfr-30-60-dose", 60.0, True)
ABOVE = Limit("ldl-190", 190.0, False)


def falling(*values: float, every: float = 60.0, until: float = NOW) -> list[tuple[float, float]]:
    """Readings at even distances that end on a day."""
    return [(until - every * (len(values) - 1 - place), value) for place, value in enumerate(values)]


def test_a_straight_fall_is_continued() -> None:
    found = projected(falling(70, 65, 60, 55, 50), [BELOW_30], TODAY)
    assert found is not None
    assert found.limit is BELOW_30
    assert (found.on - TODAY).days == 240


def test_a_rise_reaches_upper_limits_only() -> None:
    rise = falling(100, 120, 140, 160)
    assert projected(rise, [BELOW_30], TODAY) is None
    found = projected(rise, [ABOVE, BELOW_30], TODAY)
    assert found is not None
    assert found.limit is ABOVE


def test_the_first_limit_ahead_is_told_and_one_that_is_passed_is_not() -> None:
    found = projected(falling(90, 84, 78, 72), [BELOW_30, BELOW_60], TODAY)
    assert found is not None
    assert found.limit is BELOW_60
    found = projected(falling(70, 64, 58, 52), [BELOW_60, BELOW_30], TODAY)
    assert found is not None
    assert found.limit is BELOW_30


@pytest.mark.parametrize(
    ("readings", "why"),
    [
        ([], "none"),
        (falling(70, 65, 60), "three"),
        (falling(70, 65, 60, 55, every=10.0), "less than eight weeks"),
        (falling(50, 50, 50, 50), "flat"),
        (falling(70, 50, 72, 49, 71, 50), "up and down"),
        (falling(70, 69.9, 69.8, 69.7), "too far ahead"),
        (falling(70, 65, 60, 55, until=NOW - 181), "long ago"),
        (falling(70, 65, 60, 55, every=300.0), "only three of them in two years"),
    ],
)
def test_where_nothing_can_be_said_nothing_is(readings: Sequence[tuple[float, float]], why: str) -> None:
    assert projected(readings, [BELOW_30], TODAY) is None, why


def test_a_line_that_is_past_the_limit_already_reaches_it_now() -> None:
    found = projected(falling(90, 82, 74, 66, until=NOW - 60), [BELOW_30, BELOW_60], TODAY)
    assert found is not None
    assert (found.limit, found.on) == (BELOW_60, TODAY)


def test_one_stray_value_does_not_turn_it() -> None:
    straight, stray = falling(90, 85, 80, 75, 70, 65, 60), falling(90, 85, 80, 30, 70, 65, 60)
    one, other = projected(straight, [BELOW_30], TODAY), projected(stray, [BELOW_30], TODAY)
    assert one is not None
    assert other is not None
    assert abs((one.on - other.on).days) <= 10


def test_no_limit_no_estimate() -> None:
    assert projected(falling(70, 65, 60, 55), [], TODAY) is None


@given(st.lists(st.tuples(st.floats(NOW - 900, NOW), st.floats(1, 300)), max_size=14), st.lists(st.floats(1, 300), max_size=4))
def test_an_estimate_lies_ahead_and_within_reach(readings: list[tuple[float, float]], limits: list[float]) -> None:
    readings = sorted(readings)
    found = projected(readings, [Limit("x", each, is_lower) for each in limits for is_lower in (True, False)], TODAY)
    if found is not None:
        assert len(readings) >= FEWEST
        assert 0 <= (found.on - TODAY).days <= FARTHEST
        newest = readings[-1][1]
        assert newest > found.limit.value if found.limit.is_lower else newest < found.limit.value
