"""Values, units and reference limits as printed."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.exchange.fhir.reading import ANY, UCUM, coded, quantity

from labtrack.catalogue import catalogue
from labtrack.core.quantity import parse_quantity
from labtrack.exchange.fhir.scan import Number
from labtrack.exchange.fhir.values import Units, Value, plain_number, value_of


def parsed(value: Any) -> Any:
    """A value as the scanner decodes it."""
    return json.loads(value if isinstance(value, str) else json.dumps(value), parse_int=Number, parse_float=Number)


def said(**element: Any) -> tuple[str, str]:
    found = value_of(parsed(element))
    assert found is not None
    assert not found.problem, found
    return found.text, found.unit


def problem(**element: Any) -> str:
    found = value_of(parsed(element))
    assert found is not None
    return found.problem


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("4.60", "4.60"),
        ("96", "96"),
        ("9.6e1", "96"),
        ("0.96E+2", "96"),
        ("1E-3", "0.001"),
        ("-0.5", "-0.5"),
        ("1e-245", "1e-245"),
        ("1e99999", "1e99999"),
    ],
)
def test_numbers_are_in_plain_digits_as_printed(number: str, text: str) -> None:
    assert plain_number(number) == text
    assert value_of(parsed(f'{{"valueQuantity": {{"value": {number}, "unit": "g/dL"}}}}')) == Value(text, "g/dL")


def test_a_quantity_has_the_unit_of_ucum_else_as_printed_else_the_code() -> None:
    assert said(valueQuantity={"value": 4.6, "unit": "K/uL", "system": UCUM, "code": "10*3/uL"}) == ("4.6", "10*3/uL")
    assert said(valueQuantity={"value": 4.6, "unit": "K/uL", "system": "urn:local", "code": "thou"}) == ("4.6", "K/uL")
    assert said(valueQuantity={"value": 4.6, "code": "10*3/uL"}) == ("4.6", "10*3/uL")
    assert said(valueQuantity={"value": 4.6}) == ("4.6", "")
    assert said(valueQuantity={"value": "4,6", "unit": "g/dL"}) == ("4,6", "g/dL")


def test_comparators_stand_before_the_number_and_others_are_refused() -> None:
    assert [said(valueQuantity=quantity(5, comparator=each))[0] for each in ("<", "<=", ">=", ">", "", None)] == [
        "<5",
        "<=5",
        ">=5",
        ">5",
        "5",
        "5",
    ]
    for odd in ("ad", "sa", "~", 3, ["<"], {"a": 1}):
        assert "comparator" in problem(valueQuantity=quantity(5, comparator=odd))


@pytest.mark.parametrize(
    ("element", "text"),
    [
        ({"valueString": "Hemolyzed, recollect"}, "Hemolyzed, recollect"),
        ({"valueString": " <9.6 10*3/uL"}, "<9.6 10*3/uL"),
        ({"valueInteger": 96}, "96"),
        ({"valueDecimal": 4.60}, "4.6"),
        ({"valueCodeableConcept": {"text": "Positive"}}, "Positive"),
        ({"valueCodeableConcept": coded("10828004", "Positive")}, "Positive"),
        ({"valueBoolean": True}, "yes or no: true"),
        ({"valueBoolean": False}, "yes or no: false"),
        ({"valueRange": {"low": quantity(3.5, "g/dL"), "high": {"value": 5}}}, "a range: 3.5 g/dL g/dL 5"),
        ({"valueRatio": {"numerator": {"value": 1}, "denominator": {"value": 40}}}, "a ratio: 1 40"),
        ({"valueTime": "10:00:00"}, "a time: 10:00:00"),
        ({"valueDateTime": "2016"}, "a date: 2016"),
        ({"valuePeriod": {"start": "2016", "end": "2017"}}, "a period: 2016 2017"),
        ({"valueSampledData": {"period": 10, "data": "1 2 3"}}, "sampled data: 10"),
    ],
)
def test_other_kinds_of_value_are_texts_and_none_but_a_number_reads_as_one(element: dict[str, Any], text: str) -> None:
    assert said(**element) == (text, "")
    if "valueInteger" not in element and "valueDecimal" not in element:
        assert parse_quantity(text) is None


def absent(code: str) -> dict[str, Any]:
    """An element with a reason in the place of its value."""
    return {"extension": [{"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": code}]}


@pytest.mark.parametrize(
    ("element", "text"),
    [
        ({"dataAbsentReason": coded("not-performed", text="Specimen clotted")}, "no value: Specimen clotted"),
        ({"valueQuantity": {"_value": absent("masked"), "unit": "g/L"}}, "no value: masked"),
        ({"_valueString": absent("error")}, "no value: error"),
        ({"valueQuantity": {"unit": "g/L"}, "dataAbsentReason": coded("unknown")}, "no value: unknown"),
        ({"valueQuantity": {"unit": "g/L"}}, ""),
    ],
)
def test_a_missing_value_is_a_text_that_says_why(element: dict[str, Any], text: str) -> None:
    assert said(**element)[0] == text


def test_no_value_and_no_reason_is_nothing() -> None:
    for element in ({}, {"valueQuantity": {}}, {"valueString": ""}, {"valueQuantity": None}, {"dataAbsentReason": {}}, {"values": 3}):
        assert value_of(element) is None


def test_contradictions_and_unknown_kinds_are_refused_by_name() -> None:
    assert problem(valueString="5", valueInteger=5) == "it says two values: valueString and valueInteger"
    assert problem(valueInteger=5, dataAbsentReason=coded("error")) == "it has a value, and a reason for having none: error"
    assert problem(valueFoo=3) == "valueFoo is no kind of value that labtrack reads"
    assert problem(valueQuantity={"value": True}) == "its value is no number"
    assert "U+0000" in problem(valueString="a\0b")
    assert "more than 10000" in problem(valueString="x" * 10_001)


UNITS = Units(catalogue())


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("<9.6 10*3/uL", "<9.6", "10*3/uL"),
        (">= 450 K/uL", ">= 450", "K/uL"),
        ("96K/uL", "96", "K/uL"),
        ("96 mg/dL", "96 mg/dL", ""),
        ("96 (clumped)", "96 (clumped)", ""),
        ("1 234 K/uL", "1 234 K/uL", ""),
        ("96", "96", ""),
        ("Hemolyzed", "Hemolyzed", ""),
    ],
)
def test_a_text_is_parted_into_number_and_unit_only_where_the_unit_is_known(text: str, value: str, unit: str) -> None:
    assert UNITS.settled("777-3", Value(text)) == Value(value, unit)


def test_two_spellings_of_a_unit_must_mean_the_same() -> None:
    both = value_of(parsed({"valueQuantity": {"value": 150, "unit": "g/L", "system": UCUM, "code": "g/dL"}}))
    assert both is not None
    assert UNITS.settled("718-7", both).problem == "its unit is said to be g/dL and g/L, which differ"
    assert UNITS.settled("718-7", both).column == "unit"
    alike = value_of(parsed({"valueQuantity": {"value": 15, "unit": "gm/dL", "system": UCUM, "code": "g/dL"}}))
    assert alike is not None
    assert UNITS.settled("718-7", alike)[:2] == ("15", "g/dL")
    named = value_of(parsed({"valueQuantity": {"value": 15, "unit": "grams per deciliter", "system": UCUM, "code": "g/dL"}}))
    assert named is not None
    assert not UNITS.settled("718-7", named).problem


def limits(*ranges: Any, unit: str = "10*3/uL") -> tuple[str, str]:
    return UNITS.limits(parsed({"referenceRange": list(ranges)}), "777-3", unit)


def test_limits_are_as_printed_in_a_unit_like_the_value_s() -> None:
    assert limits({"low": quantity(150), "high": quantity(450)}) == ("150", "450")
    assert limits({"low": {"value": 150.0}, "high": {"value": 450, "unit": "K/uL"}}) == ("150.0", "450")
    assert limits({"high": {"value": 450.0}}) == ("", "450.0")
    assert limits({"low": {"value": 450}, "high": {"value": 150}}) == ("450", "150")
    assert limits({"low": quantity(150000, "/uL"), "high": quantity(450)}) == ("150000 /uL", "450")
    assert limits({"low": quantity(150)}, unit="") == ("150 10*3/uL", "")
    assert limits({"low": {"value": 150, "unit": "/uL", "system": UCUM, "code": "10*3/uL"}}) == ("150 /uL", "")


def test_limits_in_a_text_are_taken_apart_and_ranges_that_differ_cannot_be_read() -> None:
    assert limits({"text": "150 - 450"}) == ("150", "450")
    assert limits({"text": "150-450 10*3/uL"}) == ("150", "450")
    assert limits({"text": "< 450"}) == ("", "<450")
    assert limits({"text": "see note"}) == ("see note", "see note")
    adults = {"low": {"value": 150}, "age": {"low": {"value": 18, "unit": "a"}}}
    assert limits(adults) == ("150", "")
    assert limits(adults, {"low": {"value": 100}, "age": {"high": {"value": 18}}}) == ("2 ranges that differ", "2 ranges that differ")
    assert limits(adults, {"low": {"value": 150}}, {}) == ("150", "")
    assert limits({"low": {"value": 150}, "modifierExtension": [{"url": "x"}]}) == ("a range of another meaning",) * 2


def test_only_the_range_of_the_healthy_counts() -> None:
    therapeutic = {
        "low": {"value": 50},
        "type": coded("therapeutic", system="http://terminology.hl7.org/CodeSystem/referencerange-meaning"),
    }
    normal = {"low": {"value": 150}, "type": coded("normal")}
    assert limits(therapeutic, normal) == ("150", "")
    assert limits(therapeutic) == limits() == ("", "")
    assert limits({"low": {"value": 150}, "type": {"text": "Normal Range"}}) == ("150", "")
    assert UNITS.limits({"referenceRange": {"low": {"value": 1}}}, "777-3", "") == ("", "")


@given(
    ANY,
    st.sampled_from(
        [
            "valueQuantity",
            "valueString",
            "valueInteger",
            "valueCodeableConcept",
            "valueRange",
            "valueBoolean",
            "referenceRange",
            "dataAbsentReason",
        ]
    ),
)
def test_any_json_comes_to_a_value_a_problem_or_nothing(value: Any, name: str) -> None:
    element = parsed({name: value})
    for each in (element, {"valueQuantity": element}, {"referenceRange": [element], "valueQuantity": quantity(5)}):
        found = value_of(each)
        if found is not None:
            UNITS.settled("777-3", found)
        assert all(isinstance(each, str) for each in UNITS.limits(each, "777-3", "10*3/uL"))
