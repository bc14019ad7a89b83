"""The parts of resources: nothing empty, decimals digit for digit, times that are never invented."""

from __future__ import annotations

import json
import re
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.exchange.fhir.r4 import JSON, PATTERNS

from labtrack.core.quantity import Comparator
from labtrack.core.record import CollectedAt
from labtrack.exchange.fhir.elements import (
    code_at,
    collected_fields,
    collected_of,
    concept,
    decimal_of,
    element,
    exact_decimal,
    extension,
    extension_at,
    extensions_at,
    identifier_at,
    json_text,
    list_at,
    mapping_at,
    number_at,
    patient_reference,
    period,
    printed_limit,
    printed_quantity,
    quantity,
    range_text,
    read_date_time,
    text_at,
)
from labtrack.exchange.fhir.vocabulary import LOCAL_TIME, LOINC

DAY = date(2026, 4, 3)
COLLECTED = st.builds(CollectedAt, st.dates(date(1900, 1, 1))) | st.builds(
    CollectedAt, st.dates(date(1900, 1, 1)), st.times(), st.none() | st.integers(-12 * 60, 14 * 60)
)


def test_what_is_empty_is_not_written() -> None:
    assert element(a="", b=None, c=[], d={}, e=" \t", f=0, g=False, h="x") == {"f": 0, "g": False, "h": "x"}
    assert extension("u", valueString="") is None
    assert extension("u", extension("v", valueString="")) is None
    assert extension("u", extension("v", valueString=""), extension("w", valueCode="x")) == {
        "url": "u",
        "extension": [{"url": "w", "valueCode": "x"}],
    }
    assert concept(LOINC, "718-7") == {"coding": [{"system": LOINC, "code": "718-7"}]}


def test_quantities_name_ucum_only_where_the_unit_is_known() -> None:
    assert quantity(Decimal("4.60"), "gm/dl", "g/dL") == {
        "value": Decimal("4.60"),
        "unit": "gm/dl",
        "system": "http://unitsofmeasure.org",
        "code": "g/dL",
    }
    assert quantity(Decimal("0"), "furlong", comparator=Comparator.AT_MOST) == {"value": 0, "comparator": "<=", "unit": "furlong"}


def test_references_and_periods() -> None:
    assert patient_reference("1")["reference"].startswith("urn:uuid:")
    assert patient_reference("1") != patient_reference("2")
    assert period(DAY) == {"start": "2026-04-03"}
    assert period(DAY, DAY) == {"start": "2026-04-03", "end": "2026-04-03"}


@pytest.mark.parametrize(
    ("number", "exact"),
    [
        (Decimal("4.60"), "4.60"), (Decimal("1E+3"), "1E+3"), (13.5, "13.5"), (0.1 + 0.2, "0.3"), (27.0, "27"), (float("inf"), None),
        (float("nan"), None), (Decimal("1." + "0" * 18), None), (Decimal("NaN"), None),
    ],
)  # fmt: skip
def test_numbers_as_decimals(number: Decimal | float, exact: str | None) -> None:
    found = decimal_of(number)
    assert (found if found is None else str(found)) == exact


@given(st.floats(1e-9, 1e9))
def test_an_exact_decimal_reads_back_as_the_same_number(number: float) -> None:
    assert float(json_text(exact_decimal(number))) == number
    assert decimal_of(exact_decimal(number)) is not None


# Times


@pytest.mark.parametrize(
    ("collected", "fields"),
    [
        (CollectedAt(DAY), {"t": "2026-04-03"}),
        (CollectedAt(DAY, time(7, 30), 120), {"t": "2026-04-03T07:30:00+02:00"}),
        (CollectedAt(DAY, time(7, 30, 15, 250000), 0), {"t": "2026-04-03T07:30:15.250000Z"}),
        (CollectedAt(DAY, time(0, 0), -210), {"t": "2026-04-03T00:00:00-03:30"}),
        (CollectedAt(DAY, time(7, 30)), {"t": "2026-04-03", "_t": {"extension": [{"url": LOCAL_TIME, "valueTime": "07:30:00"}]}}),
        (CollectedAt(DAY, time(7, 30), 900), {"t": "2026-04-03", "_t": {"extension": [{"url": LOCAL_TIME, "valueTime": "07:30:00"}]}}),
    ],
)
def test_a_time_without_offset_is_no_date_time(collected: CollectedAt, fields: dict[str, object]) -> None:
    assert collected_fields("t", collected) == fields


@given(COLLECTED)
def test_a_collection_time_reads_back_as_it_was(collected: CollectedAt) -> None:
    fields = json.loads(json_text(collected_fields("t", collected)))
    assert collected_of(fields, "t") == collected
    (pattern,) = (pattern for pattern, names in PATTERNS.items() if "effectiveDateTime" in names)
    assert re.fullmatch(pattern, fields["t"])
    if collected.at is not None and collected.offset_minutes is not None:
        zone = timezone(timedelta(minutes=collected.offset_minutes))
        assert datetime.fromisoformat(fields["t"]) == datetime.combine(collected.on, collected.at, zone)


@pytest.mark.parametrize(
    ("text", "local"),
    [
        ("2026", ""), ("2026-04", ""), ("", ""), ("2026-04-03T07:30", ""), ("2026-04-03T07:30:00", ""), ("2026-04-03 07:30:00Z", ""),
        ("2026-02-30", ""), ("2026-04-03", "7:30"), ("2026-04-03", "25:00:00"), ("1850-01-01", ""), ("2026-04-03T07:30:00+23:00", ""),
    ],
)  # fmt: skip
def test_what_is_less_than_a_day_or_no_time_is_not_read(text: str, local: str) -> None:
    assert read_date_time(text, local) is None


def test_an_offset_that_was_sent_stands_against_a_local_time() -> None:
    assert read_date_time("2026-04-03T07:30:00Z", "08:00:00") == CollectedAt(DAY, time(7, 30), 0)


# Printed texts


@pytest.mark.parametrize(
    ("text", "number"), [("4.60", "4.60"), ("<0.5", "0.5"), ("≥90", "90"), ("0,82", None), ("hemolyzed", None), ("1" * 19, None)]
)
def test_printed_numbers(text: str, number: str | None) -> None:
    read = printed_quantity(text)
    assert (read if read is None else str(read.number)) == number


def test_printed_limits_are_plain_numbers() -> None:
    assert printed_limit("40") is not None
    assert printed_limit("<40") is None
    assert [range_text(*pair) for pair in (("1", "2"), ("1", ""), ("", "2"), ("", ""))] == ["1 - 2", "lower limit 1", "upper limit 2", ""]


# Reading


@given(JSON)
def test_nothing_is_found_in_garbage_and_nothing_raised(value: object) -> None:
    for parent in (
        value,
        {"x": value},
        {"x": [value]},
        {"extension": value, "coding": value, "identifier": value, "_x": value, "x": "2026-04-03"},
    ):
        assert isinstance(text_at(parent, "x"), str)
        assert number_at(parent, "x") is None or isinstance(number_at(parent, "x"), float)
        assert all(isinstance(each, dict) for each in list_at(parent, "x"))
        assert isinstance(mapping_at(parent, "x"), dict)
        assert extensions_at(parent, "u") == []
        assert extension_at(parent, "u") == {}
        assert code_at(parent, LOINC) == identifier_at(parent, LOINC) == ""
        assert collected_of(parent, "x") is None or text_at(parent, "x")


def test_a_truth_is_no_number() -> None:
    assert number_at({"x": True}, "x") is None
    assert number_at({"x": 10**400}, "x") is None
    assert number_at({"x": Decimal("sNaN")}, "x") is None
    assert number_at({"x": Decimal("1.5")}, "x") == 1.5


# JSON

WRITABLE = st.recursive(
    st.booleans() | st.integers() | st.text() | st.decimals(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
)


@given(WRITABLE)
def test_json_is_ascii_and_reads_back_digit_for_digit(value: object) -> None:
    text = json_text(value)
    assert text.isascii()
    assert _numbers_as_text(json.loads(text, parse_float=Decimal)) == _numbers_as_text(value)


def _numbers_as_text(value: object) -> object:
    if isinstance(value, dict):
        return {name: _numbers_as_text(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_numbers_as_text(each) for each in value]
    return str(value) if isinstance(value, (int, Decimal)) and not isinstance(value, bool) else value


@pytest.mark.parametrize("value", [None, 1.5, float("nan"), Decimal("NaN"), Decimal("Infinity"), (1,), {"x": None}, [b""]])
def test_what_json_cannot_hold_exactly_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match="has no place"):
        json_text(value)
