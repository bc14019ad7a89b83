"""Intervals and the three-valued comparison."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labtrack.core.quantity import Interval, parse_quantity
from labtrack.labs.bounds import Bounds, less, more, same


def bounds(*texts: str) -> Bounds:
    """A column of values as printed; ``-`` is missing."""
    cells = [Interval(np.nan, np.nan) if text == "-" else interval(text) for text in texts]
    return Bounds(
        np.array([cell.low for cell in cells]),
        np.array([cell.high for cell in cells]),
        np.array([cell.low_open for cell in cells]),
        np.array([cell.high_open for cell in cells]),
        np.zeros(len(cells), np.uint16),
    )


def interval(text: str) -> Interval:
    if "–" in text:
        low, high = text.split("–")
        return Interval(float(low), float(high))
    quantity = parse_quantity(text)
    assert quantity is not None
    return quantity.interval


@pytest.mark.parametrize(
    ("value", "limit", "expected"),
    [
        ("0.99", 1.0, 1),
        ("1.0", 1.0, -1),
        ("1.01", 1.0, -1),
        ("<1.0", 1.0, 1),
        ("<=1.0", 1.0, 0),
        ("<1.5", 1.0, 0),
        ("<0.5", 1.0, 1),
        (">1.0", 1.0, -1),
        (">=1.0", 1.0, -1),
        (">0.9", 1.0, 0),
        (">60", 60.0, -1),
        ("0.9–1.1", 1.0, 0),
        ("0.8–0.9", 1.0, 1),
        ("1.0–1.1", 1.0, -1),
        ("-", 1.0, 0),
        ("0", 0.0, -1),
    ],
)
def test_less_than_a_number(value: str, limit: float, expected: int) -> None:
    assert less(bounds(value), limit).tolist() == [expected]
    assert less(bounds(value), np.array([limit])).tolist() == [expected]
    assert less(bounds(value), bounds(str(limit))).tolist() == [expected]


@pytest.mark.parametrize(
    ("value", "limit", "expected"),
    [
        ("44", 44.0, -1),
        ("44.1", 44.0, 1),
        ("43", 44.0, -1),
        (">44", 44.0, 1),
        (">=44", 44.0, 0),
        (">40", 44.0, 0),
        (">50", 44.0, 1),
        ("<44", 44.0, -1),
        ("<=44", 44.0, -1),
        ("<45", 44.0, 0),
        ("40–50", 44.0, 0),
        ("-", 44.0, 0),
    ],
)
def test_more_than_a_number(value: str, limit: float, expected: int) -> None:
    assert more(bounds(value), limit).tolist() == [expected]
    assert more(bounds(value), np.array([limit])).tolist() == [expected]
    assert more(bounds(value), bounds(str(limit))).tolist() == [expected]


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("<5", "5", 1),
        ("<5", ">5", 1),
        ("<=5", ">5", 1),
        ("<=5", ">=5", 0),
        ("<5", ">=5", 1),
        ("5", "5", -1),
        (">5", "<5", -1),
        (">=5", "<=5", -1),
        (">4", "<5", 0),
        (">4", ">5", 0),
        (">6", ">5", 0),
        (">=4", ">5", 0),
        ("<4", "<5", 0),
        ("4", ">5", 1),
        (">4", "5", 0),
        ("-", "5", 0),
        ("5", "-", 0),
    ],
)
def test_less_than_another_column(one: str, other: str, expected: int) -> None:
    assert less(bounds(one), bounds(other)).tolist() == [expected]
    assert more(bounds(other), bounds(one)).tolist() == [expected]


def test_numbers_equal_on_paper_compare_equal_after_conversion() -> None:
    assert less(bounds("2.99") * 38.67, bounds("2.30") * 38.67 * 1.30).tolist() == [-1]
    assert more(bounds("2.99") * 38.67, bounds("2.30") * 38.67 * 1.30).tolist() == [-1]
    assert less(bounds("14.9"), bounds("16.9") - 2.0).tolist() == [-1]
    assert more(bounds("1.8"), 1.5 * 1.2).tolist() == [-1]
    assert less(bounds("1000") * 0.001, 1.0 - 1e-12).tolist() == [-1]


def test_arithmetic_keeps_the_open_ends() -> None:
    doubled = 2 * bounds("<5")
    assert (doubled.low.tolist(), doubled.high.tolist(), doubled.high_open.tolist()) == ([0.0], [10.0], [True])
    shifted = bounds(">5") - 2.0
    assert (shifted.low.tolist(), shifted.high.tolist(), shifted.low_open.tolist()) == ([3.0], [np.inf], [True])


def test_same_is_equality_on_paper() -> None:
    found = same(np.array([0.82, 0.3, 0.0, np.inf, 1.0, 10.0]), np.array([820 * 0.001, 0.1 + 0.2, 0.0, np.inf, 1.001, np.inf]))
    assert found.tolist() == [True, True, True, True, False, False]


_NUMBERS = st.decimals("0.01", "999", places=2)
_OPENS = st.sampled_from(("", "<", "<=", ">", ">="))


@given(low=_NUMBERS, sign=_OPENS, limit=_NUMBERS)
def test_a_bound_is_met_exactly_when_every_value_in_it_is(low: Decimal, sign: str, limit: Decimal) -> None:
    """Against the definition, on values inside the bound: its end, and points next to it and far from it."""
    tiny, far = Fraction(1, 10**6), Fraction(10**6)
    number = Fraction(low)
    inside = {
        "": [number],
        "<": [number - tiny, Fraction(0)],
        "<=": [number, Fraction(0)],
        ">": [number + tiny, far],
        ">=": [number, far],
    }[sign]
    exact = Fraction(limit)
    for compare, answers in ((less, {value < exact for value in inside}), (more, {value > exact for value in inside})):
        expected = 0 if len(answers) == 2 else 1 if True in answers else -1
        assert compare(bounds(f"{sign}{low}"), float(limit)).tolist() == [expected]


def column(*numbers: float, plain: bool) -> Bounds:
    """Numbers as a column that knows, or does not know, that it holds nothing but numbers."""
    value, closed = np.array(numbers), np.zeros(len(numbers), np.bool_)
    return Bounds(value, value, closed, closed, np.zeros(len(numbers), np.uint16), plain=plain)


@pytest.mark.parametrize("plain", [True, False])
@pytest.mark.parametrize("size", [1e-7, 1.0, 150.0, 1e9])
def test_noise_of_rounding_is_equal_at_any_size(size: float, plain: bool) -> None:
    a, b = column(size * 1.3, plain=plain), column(size * 1.3 * (1 + 4e-16), size * 1.3 * (1 - 4e-16), plain=plain)
    both = column(size * 1.3, size * 1.3, plain=plain)
    assert same(both.low, b.low).all()
    assert less(both, b).tolist() == more(both, b).tolist() == [-1, -1]
    assert less(a, column(size * 1.3001, plain=plain)).tolist() == more(column(size * 1.3001, plain=plain), a).tolist() == [1]


@pytest.mark.parametrize("plain", [True, False])
def test_nothing_is_less_than_itself(plain: bool) -> None:
    zero = column(0.0, plain=plain)
    assert less(zero, zero).tolist() == more(zero, zero).tolist() == [-1]
    assert less(zero, 0.0).tolist() == more(zero, 0.0).tolist() == [-1]


@pytest.mark.parametrize("text", ["<5", ">5", "<=5", ">=5"])
def test_open_ends_stay_where_they_are(text: str) -> None:
    value = bounds(text)
    for moved in (value * 2.0, 2.0 * value, value - 1.0):
        assert (moved.low_open.tolist(), moved.high_open.tolist()) == (value.low_open.tolist(), value.high_open.tolist())
        assert not moved.plain


@pytest.mark.parametrize(
    ("a", "b", "is_less", "is_more"),
    [
        ("4–6", "6–8", 0, -1),
        ("4–6", "6.1–8", 1, -1),
        ("6–8", "4–6", -1, 0),
        ("4–7", "6–8", 0, 0),
        ("<5", ">=5", 1, -1),
        ("<=5", ">5", 1, -1),
        ("<=5", ">=5", 0, -1),
    ],
)
def test_intervals_against_intervals(a: str, b: str, is_less: int, is_more: int) -> None:
    assert less(bounds(a), bounds(b)).tolist() == [is_less]
    assert more(bounds(a), bounds(b)).tolist() == [is_more]
    assert more(bounds(b), bounds(a)).tolist() == [is_less]
