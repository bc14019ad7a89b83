"""Printed reference ranges: taken apart, never interpreted."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labtrack.exchange.ranges import parse_range


@pytest.mark.parametrize(
    ("text", "limits"),
    [
        ("3.5-5.0", ("3.5", "5.0")),
        ("3,85-7,4", ("3,85", "7,4")),
        ("3,85–7,4", ("3,85", "7,4")),
        ("4.0 to 11.0", ("4.0", "11.0")),
        ("4300 TO 10800", ("4300", "10800")),
        ("12 bis 15", ("12", "15")),
        ("-2 - 2", ("-2", "2")),
        ("(0.8 - 3)", ("0.8", "3")),
        ("[0.8-3]", ("0.8", "3")),
        ("<40", ("", "<40")),
        ("< 5,0", ("", "<5,0")),
        ("≤ 5", ("", "≤5")),
        (">90", (">90", "")),
        (">= 60", (">=60", "")),
        ("=>60", ("=>60", "")),
        ("> OR = 60", (">=60", "")),
        ("41", ("(41)", "(41)")),
        ("4.0-11.0¹", ("(4.0-11.01)", "(4.0-11.01)")),
        ("3.5\u200b-\u00a05.0", ("3.5", "5.0")),
        ("", ("", "")),
        (" - ", ("", "")),
        ("N/A", ("", "")),
        ('""', ("", "")),
    ],
)
def test_ranges_as_laboratories_print_them(text: str, limits: tuple[str, str]) -> None:
    assert parse_range(text) == limits


def test_inverted_range_stays_inverted() -> None:
    """Whoever compares with it sees that it cannot be read; turning it round would be a guess."""
    assert parse_range("7.4-3.85") == ("7.4", "3.85")


@pytest.mark.parametrize("text", ["see note", "M 13-17 F 12-15", "negative", "3.5-5.0 g/dL", "1-2-3", "<5->9", "3.5-"])
def test_what_is_no_range_is_a_limit_that_cannot_be_read(text: str) -> None:
    assert parse_range(text) == (text, text)


@given(st.text(max_size=40))
def test_no_text_is_lost_and_none_raises(text: str) -> None:
    low, high = parse_range(text)
    assert (
        (low or high)
        or not any(character.isalnum() for character in text)
        or text.strip().casefold() in ("n/a", "na", "none")
        or not text.isascii()
    )
