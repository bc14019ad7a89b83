"""Values as printed: what is read, what is not, and that nothing is lost on the way back to text."""

from __future__ import annotations

import math
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labtrack.core.quantity import (
    LONGEST_NUMBER,
    Comparator,
    DecimalMark,
    Interval,
    clean_text,
    format_interval,
    format_number,
    format_percent,
    format_rounded,
    parse_quantity,
)

INF = math.inf
PRINTED = st.decimals(min_value=0, max_value=10**6, places=3, allow_nan=False, allow_infinity=False)


@pytest.mark.parametrize(
    ("text", "interval"),
    [
        ("0.82", Interval(0.82, 0.82)),
        (" 27 ", Interval(27.0, 27.0)),
        ("+5", Interval(5.0, 5.0)),
        ("-3", Interval(-3.0, -3.0)),
        ("=5", Interval(5.0, 5.0)),
        ("1.2e3", Interval(1200.0, 1200.0)),
        ("1E-2", Interval(0.01, 0.01)),
        ("<0.5", Interval(0.0, 0.5, high_open=True)),
        ("< 0.5", Interval(0.0, 0.5, high_open=True)),
        ("<=0.5", Interval(0.0, 0.5)),
        ("=<0.5", Interval(0.0, 0.5)),
        ("≤0.5", Interval(0.0, 0.5)),
        (">90", Interval(90.0, INF, low_open=True)),
        (">=90", Interval(90.0, INF)),
        ("=>90", Interval(90.0, INF)),
        ("≥ 90", Interval(90.0, INF)),
        ("<-2", Interval(-2.0, -2.0, high_open=True)),
        ("１２", Interval(12.0, 12.0)),
        ("＜0.5", Interval(0.0, 0.5, high_open=True)),
        ("\u200b0.5\ufeff", Interval(0.5, 0.5)),
        ("\u00a07.1\u00a0", Interval(7.1, 7.1)),
    ],
)
def test_numbers_and_bounds_are_read(text: str, interval: Interval) -> None:
    quantity = parse_quantity(text)
    assert quantity is not None
    assert quantity.text == text
    assert quantity.interval == interval


@pytest.mark.parametrize(
    "text",
    [
        *("", "  ", "hemolyzed", "5 mg", "5 - 9", "1 234", "nan", "inf", "1" * (LONGEST_NUMBER + 1)),
        *[
            "1.2.3",
            "1,234.5",
            "0,82",
            "1,234",
            "<",
            ">=",
            "<>5",
            "5<",
            "1e999",
            "1e1000000",
            "--5",
            ".5",
            "5.",
            "1/2",
            "12%",
            "5*",
            "٣",
            "९",
            "②",
            "4.5¹",
            "10³",
            "5₂",
            "4½",
        ],
    ],
)
def test_what_is_no_number_or_bound_is_not_read(text: str) -> None:
    assert parse_quantity(text) is None


@pytest.mark.parametrize(
    ("text", "number"), [("0,82", "0.82"), ("<0,5", "0.5"), ("12", "12"), ("1.5", None), ("1.234,5", None), ("1,2,3", None)]
)
def test_a_decimal_comma_is_read_only_where_the_file_has_it(text: str, number: str | None) -> None:
    quantity = parse_quantity(text, ",")
    assert (quantity.number if quantity else None) == (Decimal(number) if number else None)


@given(PRINTED, st.sampled_from(list(Comparator)), st.sampled_from([".", ","]))
def test_any_printed_number_is_kept_exactly(number: Decimal, comparator: Comparator, mark: DecimalMark) -> None:
    quantity = parse_quantity(f"{comparator}{number}".replace(".", mark), mark)
    assert quantity is not None
    assert quantity.number == number
    assert quantity.comparator is comparator


@given(st.text())
def test_any_text_is_a_value_or_none(text: str) -> None:
    quantity = parse_quantity(text)
    if quantity is not None:
        assert quantity.interval.low <= quantity.interval.high
        assert math.isfinite(float(quantity.number))


@given(PRINTED, st.sampled_from([each for each in Comparator if each is not Comparator.EXACT]))
def test_a_bound_reads_back_from_its_text(number: Decimal, comparator: Comparator) -> None:
    quantity = parse_quantity(f"{comparator}{number}")
    assert quantity is not None
    again = parse_quantity(format_interval(quantity.interval))
    if quantity.interval.is_exact:
        assert number == 0
    else:
        assert again is not None
        assert again.interval == quantity.interval


@pytest.mark.parametrize(
    ("interval", "text"),
    [
        (Interval(0.82, 0.82), "0.82"),
        (Interval(0.0, 0.5, high_open=True), "<0.5"),
        (Interval(0.0, 0.5), "<=0.5"),
        (Interval(90.0, INF, low_open=True), ">90"),
        (Interval(90.0, INF), ">=90"),
        (Interval(1.2, 1.4), "1.2–1.4"),
    ],
)
def test_an_interval_is_shown_as_a_laboratory_prints_it(interval: Interval, text: str) -> None:
    assert format_interval(interval) == text


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0.1 + 0.2, "0.3"),
        (27.0, "27"),
        (1234567.0, "1234567"),
        (1e-7, "0.0000001"),
        (1e15, "1000000000000000"),
        (INF, "inf"),
        (-INF, "-inf"),
    ],
)
def test_a_number_is_shown_in_full(number: float, text: str) -> None:
    assert format_number(number) == text


@given(st.floats(min_value=0, max_value=1e6))
def test_no_rounding_hides_a_threshold(number: float) -> None:
    assert float(format_number(number)) == pytest.approx(number, rel=1e-11)


@given(st.floats(0, 1e6), st.floats(0, 1e6), st.floats(1e-3, 1e3), st.booleans(), st.booleans())
def test_scaling_keeps_the_order_and_the_open_ends(one: float, other: float, factor: float, low_open: bool, high_open: bool) -> None:
    scaled = Interval(min(one, other), max(one, other), low_open, high_open).scaled(factor)
    assert scaled.low <= scaled.high
    assert (scaled.low_open, scaled.high_open) == (low_open, high_open)


def test_clean_text_leaves_plain_text_alone() -> None:
    assert clean_text(" Hb ") == "Hb"
    assert clean_text("µmol\u00adｌ") == "μmoll"


@given(st.floats(-100, 1000), st.sampled_from([1, 2]))
def test_a_percentage_never_rounds_onto_a_whole_number(change: float, decimals: int) -> None:
    shown = float(format_percent(change, decimals))
    whole = round(change)
    assert abs(shown - change) <= 0.5 * 10**-decimals + 1e-9
    if abs(change - whole) > 1e-6:
        assert (shown > whole) == (change > whole)
        assert shown != whole


@pytest.mark.parametrize(
    ("change", "decimals", "text"),
    [
        (30.0, 1, "30"),
        (30.04, 1, "30.04"),
        (30.0000001, 2, "30.0000001"),
        (-25.0 - 1e-12, 2, "-25"),
        (-12.4031, 2, "-12.4"),
        (0.0, 1, "0"),
        (12.5, 12, "12.5"),
    ],
)
def test_percentages_as_shown(change: float, decimals: int, text: str) -> None:
    assert format_percent(change, decimals) == text


@pytest.mark.parametrize(
    ("value", "limit", "text"),
    [
        (0.0, None, "0"),
        (INF, 30.0, "inf"),
        (18.8520688508, 30.0, "18.85"),
        (1234.56, None, "1235"),
        (59.99996, 60.0, "59.99996"),
        (60.00004, 60.0, "60.00004"),
        (60.0, 60.0, "60"),
        (60.0 - 1e-13, 60.0, "60"),
    ],
)
def test_a_number_in_a_sentence_stays_on_its_side_of_the_limit(value: float, limit: float | None, text: str) -> None:
    assert format_rounded(value, limit) == text
