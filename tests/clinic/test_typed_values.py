"""What a person types into a form."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labtrack.clinic.typed_values import collected_at, value_and_unit
from labtrack.core.record import CollectedAt

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("0.82", "0.82", ""),
        ("0,82", "0,82", ""),
        ("<0.5", "<0.5", ""),
        (">90", ">90", ""),
        ("≥ 90", "≥ 90", ""),
        ("12.4 g/dL", "12.4", "g/dL"),
        (" 124 g/L ", "124", "g/L"),
        ("124g/L", "124", "g/L"),
        ("<0.5 10*9/L", "<0.5", "10*9/L"),
        ("4.2 ×10⁹/L", "4.2", "×10⁹/L"),
        ("4.2 x10^9/L", "4.2", "x10^9/L"),
        ("4.2 10e9/L", "4.2", "10e9/L"),
        ("2e3 /uL", "2e3", "/uL"),
        ("42 %", "42", "%"),
        ("42%", "42", "%"),
        ("hemolyzed", "hemolyzed", ""),
        ("12 13", "12 13", ""),
        ("", "", ""),
    ],
)
def test_a_value_and_the_unit_behind_it(text: str, value: str, unit: str) -> None:
    assert value_and_unit(text) == (value, unit)


@given(st.text(max_size=80))
def test_nothing_typed_is_lost_or_refused(text: str) -> None:
    value, unit = value_and_unit(text)
    assert "".join((value + unit).split()) == "".join(text.split())


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2026-11-19", "2026-11-19"),
        ("2026-11-19 08:15", "2026-11-19T08:15"),
        ("today", "2026-11-22"),
        ("Yesterday 7:30", "2026-11-21T07:30"),
        ("8:15", "2026-11-22T08:15"),
        ("19 Nov", "2026-11-19"),
        ("19 november 2025 08:15", "2025-11-19T08:15"),
        ("24 dec", "2025-12-24"),
    ],
)
def test_a_time_of_collection(text: str, at: str) -> None:
    assert str(collected_at(text, TODAY)) == at


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        ("03/04/2026", "ambiguous"),
        ("31 feb", "no such day"),
        ("5 xyz", "no such month"),
        ("today noon", "time cannot be read"),
        ("9" * 500, "not a date"),
    ],
)
def test_what_is_no_time_says_why(text: str, reason: str) -> None:
    read = collected_at(text, TODAY)
    assert isinstance(read, str)
    assert reason in read


@given(st.text(max_size=80))
def test_any_text_is_a_time_or_has_a_reason(text: str) -> None:
    assert isinstance(collected_at(text, TODAY), CollectedAt | str)
