"""Cells in which a laboratory prints more than one thing."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labtrack.core.quantity import parse_quantity
from labtrack.exchange.printed_cells import same_unit, split_flag, split_header, split_range


@pytest.mark.parametrize(
    ("cell", "value", "flag"),
    [
        ("14.9 H", "14.9", "H"),
        ("H 14.9", "14.9", "H"),
        ("14.9*", "14.9", "*"),
        ("14.9 (H)", "14.9", "H"),
        ("14.9(L)", "14.9", "L"),
        ("14.9 [H]", "14.9", "H"),
        ("14.9 HIGH", "14.9", "HIGH"),
        ("48 Low", "48", "Low"),
        ("<40 Low", "<40", "Low"),
        ("<40 L", "<40", "L"),
        ("≥ 90 H", "≥ 90", "H"),
        ("14,9 ↑", "14,9", "↑"),
        ("14.9H", "14.9", "H"),
        ("2.1 LL", "2.1", "LL"),
        ("2.1 Critical Low", "2.1", "Critical Low"),
        ("14.9 H*", "14.9", "H*"),
        ("* 14.9", "14.9", "*"),
        ("(H) 14.9", "14.9", "H"),
        ("HIGH 14.9", "14.9", "HIGH"),
        (" 14.9\u00a0\u200bH ", "14.9", "H"),
        ("1,234.5 H", "1,234.5", "H"),
        ("1.5e3 H", "1.5e3", "H"),
        ("-1.2 A", "-1.2", "A"),
        ("14.9 N", "14.9", "N"),
    ],
)
def test_a_flag_is_taken_off(cell: str, value: str, flag: str) -> None:
    assert split_flag(cell) == (value, flag)


@pytest.mark.parametrize(
    "cell",
    ["14.9", " 14.9 ", "HIGH", "H", "*", "", "hemolyzed", "1+", "14.9-", "14.9 +", "4.5²", "4.5² H", "14.9 C", "14.9 g/dL", "A 14.9", "5 E",
     "3-5 H", "14.9 H L", "H 14.9 H", "14.9 h", "see note H", "1 2 H", "１４.9 H", "9" * 300 + " H"],
)  # fmt: skip
def test_what_is_no_value_with_a_flag_stays_whole(cell: str) -> None:
    assert split_flag(cell) == (cell, "")


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("3.5-5.0", ("3.5", "5.0", "")),
        ("3,85–7,4", ("3,85", "7,4", "")),
        ("<40", ("", "<40", "")),
        ("> 60", (">60", "", "")),
        ("0 - 41 U/L", ("0", "41", "U/L")),
        ("4.0 to 11.0", ("4.0", "11.0", "")),
        ("0-41U/L", ("0", "41", "U/L")),
        ("35-115 IU/L", ("35", "115", "IU/L")),
        ("3.8-10.7 x10E3/uL", ("3.8", "10.7", "x10E3/uL")),
        ("4.0-11.0 10*9/L", ("4.0", "11.0", "10*9/L")),
        ("4.0-11.0 10⁹/L", ("4.0", "11.0", "10⁹/L")),
        ("150,000-400,000 cells/uL", ("150,000", "400,000", "cells/uL")),
        ("(3.5-5.0) g/dL", ("3.5", "5.0", "g/dL")),
        ("3.5-5.0%", ("3.5", "5.0", "%")),
        ("<5 mg/L", ("", "<5", "mg/L")),
        ("> OR = 60 mL/min/1.73m2", (">=60", "", "mL/min/1.73m2")),
        ("< or = 5.0", ("", "<=5.0", "")),
        ("3.5-5.0 see note", ("3.5", "5.0", "see note")),
        ("", ("", "", "")),
        ("-", ("", "", "")),
        ("7.4-3.85", ("7.4", "3.85", "")),
    ],
)
def test_a_range_and_its_unit(cell: str, said: tuple[str, str, str]) -> None:
    assert tuple(split_range(cell)) == said


@pytest.mark.parametrize(
    "cell", ["see note", "U/L", "1-2-3", "41", " 41 ", "4.5²-5", "4-11⁹", "negative", "3-5-7 U/L", "<5->9", "x" * 300, "4.1 g/dL"]
)
def test_what_is_no_range_is_a_limit_that_nobody_reads(cell: str) -> None:
    low, high, unit = split_range(cell)
    assert low == high != ""
    assert parse_quantity(low) is None
    assert unit == ""


NUMBERS = st.from_regex(r"(<=|>=|[<>≤≥])?[0-9]{1,5}([.,][0-9]{1,4})?", fullmatch=True)
FLAGS = st.sampled_from(["H", "L", "HH", "LL", "HIGH", "low", "*", "**", "(H)", "[L]", "↑", "Abnormal", "H*", "Panic High"])
GAPS = st.sampled_from([" ", "  ", "\u00a0", " \u200b"])


@given(NUMBERS, FLAGS, GAPS)
def test_a_value_comes_back_as_printed_whatever_its_flag(number: str, flag: str, gap: str) -> None:
    assert split_flag(f"{number}{gap}{flag}")[0] == number
    assert split_flag(number) == (number, "")


PRINTED = st.text(st.sampled_from("0123456789.,<>=≤≥+-eEHLNA*!#()[] \u00a0\u200b²¹½①０a/%↑lowhighOR–'"), max_size=24)


@given(PRINTED | st.text(max_size=60))
def test_no_cell_raises_and_no_number_is_changed(cell: str) -> None:
    value, flag = split_flag(cell)
    if flag:
        assert value in cell
        assert not re.search(r"\d", cell.replace(value, "", 1))
        assert split_flag(value) == (value, "")
        for mark in ".,":
            quantity = parse_quantity(value, mark)  # type: ignore[arg-type]
            assert quantity is None or quantity.text == value
    else:
        assert value == cell
    printed = split_range(cell)
    assert printed.unit in cell
    split_header(cell)


@given(
    NUMBERS, NUMBERS, st.sampled_from(["-", " - ", "–", " to ", " bis "]), st.sampled_from(["", "U/L", "10*9/L", "x10E3/uL", "%", "g/dL"])
)
def test_limits_come_back_as_printed(low: str, high: str, between: str, unit: str) -> None:
    low, high = low.lstrip("<>=≤≥"), high.lstrip("<>=≤≥")
    assert tuple(split_range(f"{low}{between}{high} {unit}")) == (low, high, unit)


def test_units_are_alike_but_for_case_and_spaces() -> None:
    assert same_unit(" 10^9 / L", "10^9/l")
    assert not same_unit("g/L", "g/dL")


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("HGB [g/L]", ("HGB", "g/L")),
        ("Platelets(10*9/L)", ("Platelets", "10*9/L")),
        ("Hb", ("Hb", "")),
        ("[g/L]", ("[g/L]", "")),
        ("x" * 300 + "[g/L]", ("x" * 300 + "[g/L]", "")),
    ],
)
def test_a_unit_in_a_header(header: str, said: tuple[str, str]) -> None:
    assert split_header(header) == said
