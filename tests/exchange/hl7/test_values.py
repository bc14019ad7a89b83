"""OBX-5 by type; units, ranges and flags as printed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labtrack.core.quantity import parse_quantity
from labtrack.exchange.hl7.segments import encoding_of
from labtrack.exchange.hl7.values import LONGEST_VALUE, flags_of, range_of, unit_of, value_of

USUAL = encoding_of("MSH|^~\\&|", "utf-8")


@pytest.mark.parametrize(
    ("kind", "raw", "text"),
    [
        ("NM", "99", "99"),
        ("NM", " 8.1 ", "8.1"),
        ("NM", "<5", "<5"),
        ("NM", "1,234", "1,234"),
        ("NM", "+3.1", "+3.1"),
        ("NM", ".9", ".9"),
        ("NM", "", ""),
        ("NM", '""', ""),
        ("NM", "5~", "5"),
        ("NM", "5\u200b", "5\u200b"),
        ("NM", "5^6", "5^6"),
        ("SN", "<^5", "<5"),
        ("SN", ">=^60", ">=60"),
        ("SN", "^7.2", "7.2"),
        ("SN", "^2^-^5", "2-5"),
        ("SN", "^1^:^128", "1:128"),
        ("SN", "<>^3", "<>3"),
        ("SN", "^100^+", "100+"),
        ("SN", "=^5", "=5"),
        ("SN", '""', ""),
        ("SN", "", ""),
        ("ST", "> 5.0", "> 5.0"),
        ("ST", '""', ""),
        ("ST", "TNP", "TNP"),
        ("", "4.5", "4.5"),
        ("TX", "This~Is~A", "This Is A"),
        ("FT", "pH\\.br\\\\H\\7.28\\N\\", "pH 7.28"),
        ("TX", "a\\F\\b", "a|b"),
        ("CE", "POS^Positive^L", "Positive"),
        ("CE", "POS", "POS"),
        ("CE", "^^^SASP^Salmonella sp.^L", "Salmonella sp."),
        ("CWE", "^^^^^^^^free", "free"),
        ("CWE", 'LA1^""', "LA1"),
        ("CE", "A^one~B^two", "one two"),
        ("CWE", "1^4.5^L", "4.5"),
    ],
)
def test_values_are_taken_as_printed(kind: str, raw: str, text: str) -> None:
    assert value_of(kind, raw, USUAL) == (text, "")


@pytest.mark.parametrize(
    ("kind", "raw", "problem"),
    [
        ("NM", "5~6", "2 values in one field"),
        ("SN", "<^5~^6", "2 values in one field"),
        ("ST", "5~6~<7", "3 values in one field"),
        ("", "5~6", "2 values in one field"),
        ("CE", "1^5~1^6", "2 values in one field"),
        ("NM", "37.0~37.1~37.2", "3 values in one field"),
        ("SN", "^2^^5", "whose parts do not say one value"),
        ("SN", "^2^.^5", "whose parts do not say one value"),
        ("SN", "5^6", "whose parts do not say one value"),
        ("SN", "<^<5", "whose parts do not say one value"),
        ("ED", "^IM^JPEG^Base64^VGhp", "its type, OBX-2 ED, is a document or a reference to one"),
        ("RP", "http", "a document"),
        ("DTM", "20240301", "a date or a time"),
        ("TM", "0830", "a date or a time"),
        ("NR", "2^5", "more than one value"),
        ("?", "5", "no type"),
        ("CE", "5", "a code, 5, without its text is no number"),
        ("IS", "1", "a code, 1,"),
        ("NM", "5\x06", "holds the control character U+0006"),
        ("ST", "a\x00", "U+0000"),
        ("NM", "\\X35\\\\X07\\", "U+0007"),
        ("NM", "1" * (LONGEST_VALUE + 1), "a value of more than 2,000 characters"),
    ],
)
def test_what_is_no_single_value_is_refused_with_a_word(kind: str, raw: str, problem: str) -> None:
    found = value_of(kind, raw, USUAL)
    assert found.text == ""
    assert problem in found.problem


def test_several_lines_of_text_are_no_number() -> None:
    assert parse_quantity(value_of("TX", "5~see note", USUAL).text) is None
    assert parse_quantity(value_of("SN", "^2^-^5", USUAL).text) is None


@given(st.sampled_from(["NM", "SN", "ST", "TX", "FT", "CE", "CWE", "IS", "", "ED"]), st.text(max_size=30))
def test_any_value_comes_to_a_text_or_a_reason(kind: str, raw: str) -> None:
    found = value_of(kind, raw, USUAL)
    assert not (found.text and found.problem)


@given(st.from_regex(r"[<>]?=?[0-9]{1,6}(\.[0-9]{1,4})?", fullmatch=True), st.sampled_from(["NM", "ST", "TX", "FT", ""]))
def test_a_printed_number_stays_as_it_is(number: str, kind: str) -> None:
    assert value_of(kind, number, USUAL).text == number


@pytest.mark.parametrize(
    ("raw", "unit"),
    [
        ("10*3/uL^^UCUM", "10*3/uL"),
        ("K/uL^thousand^L^10*3/uL^^UCUM", "10*3/uL"),
        ("x10\\S\\9/L", "x10^9/L"),
        ("10^9/L", "10^9/L"),
        ("x10^9/L", "x10^9/L"),
        ("^% TOTAL HGB", "% TOTAL HGB"),
        ("^^L", ""),
        ("", ""),
        ('""', ""),
        ("^^^g/dL", "g/dL"),
        ("^^^^g per dL", "g per dL"),
        ("10^ten", "10"),
        ("mg/dL^10^9/L", "mg/dL"),
        ("g/dL~g/L", "g/dL"),
    ],
)
def test_the_unit_is_ucums_else_the_first(raw: str, unit: str) -> None:
    assert unit_of(raw, USUAL) == unit


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("150-400", "150-400"),
        ("&lt;500", "<500"),
        ("&gt;=60", ">=60"),
        ("\\T\\lt;5", "<5"),
        ("a&b", "a&b"),
        ('""', ""),
        ("4 - 5 ", "4 - 5"),
        ("1\x00-2", "1 -2"),
        ("x" * 300, "x" * 199 + "…"),
    ],
)
def test_the_range_is_one_text(raw: str, text: str) -> None:
    assert range_of(raw, USUAL) == text


@pytest.mark.parametrize(
    ("raw", "flags"), [("", ""), ("N", ""), ("HH", "HH"), ("N~A", "A"), ("H~A~H", "H, A"), ("A^Abnormal^HL70078~N", "A"), ('""', "")]
)
def test_flags_other_than_normal_are_told(raw: str, flags: str) -> None:
    assert flags_of(raw, USUAL) == flags
