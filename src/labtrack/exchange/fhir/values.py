"""What an Observation, or a component of one, says: value and unit as printed, reference limits; never interpreted."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple

from labtrack.catalogue import Catalogue
from labtrack.catalogue.units import LONGEST_UNIT
from labtrack.core.quantity import clean_text
from labtrack.exchange.fhir.elements import list_at, mapping_at, text_at
from labtrack.exchange.fhir.scan import Number
from labtrack.exchange.fhir.texts import absent_reason, concept_text, extended_reason
from labtrack.exchange.fhir.vocabulary import UCUM
from labtrack.exchange.ranges import parse_range
from labtrack.exchange.said import clean, one_line, unfit

_UCUM_SYSTEMS = frozenset({UCUM, "https://unitsofmeasure.org", "urn:oid:2.16.840.1.113883.6.8", "2.16.840.1.113883.6.8"})
_COMPARATORS = frozenset({"<", "<=", ">=", ">"})
#: A number whose point would move further than this stays as it is printed.
_FARTHEST = 30
_WITH_UNIT = re.compile(r"(?P<value>[<>=≤≥]{0,2}\s*[+-]?[0-9][0-9.,]*(?:[eE][+-]?[0-9]+)?)(?:\s+(?=\S)|(?=[^\s0-9.,]))(?P<unit>.{1,60})")
#: Kinds of value that a rule cannot use, in words that no number can be read from.
_UNUSABLE = {
    "Range": "a range", "Ratio": "a ratio", "SampledData": "sampled data", "Time": "a time", "DateTime": "a date", "Period": "a period",
    "Boolean": "yes or no", "Attachment": "an attachment", "Reference": "a reference",
}  # fmt: skip
#: Types of a range that make it the one of the healthy.
_NORMAL = frozenset({"", "normal"})


class Value(NamedTuple):
    """A value and its unit as printed. ``other_unit`` is a second spelling that must mean the same; ``problem`` refuses, of ``column``."""

    text: str = ""
    unit: str = ""
    other_unit: str = ""
    problem: str = ""
    column: str = "value"


def plain_number(number: str) -> str:
    """A JSON number in plain digits; as printed where it has no exponent, or an absurd one.

    >>> plain_number("4.60"), plain_number("0.96E+2"), plain_number("9.6e1"), plain_number("1e-245")
    ('4.60', '96', '96', '1e-245')
    """
    text = str(number)
    if "e" not in text and "E" not in text:
        return text
    exact = Decimal(text)
    return f"{exact:f}" if abs(exact.adjusted()) <= _FARTHEST and len(text) <= _FARTHEST else text


def value_of(element: Mapping[str, Any]) -> Value | None:
    """The value of an Observation or component; None where it has neither a value nor a reason for having none.

    A reason stands as text: ``no value: specimen clotted``.
    """
    told = [name for name in element if name.startswith("value") and name[5:6].isupper() and element[name] not in (None, "", {}, [])]
    reason = absent_reason(element)
    if not told:
        reason = reason or next((said for name in element if name.startswith("_value") and (said := extended_reason(element[name]))), "")
        return Value(f"no value: {reason}") if reason else None
    if len(told) > 1:
        return Value(problem=f"it says two values: {' and '.join(one_line(each, 40) for each in told)}")
    name = told[0]
    value = _quantity(mapping_at(element, name)) if name == "valueQuantity" else _other(name[5:], element[name])
    if reason and value.text and not value.problem and not value.text.startswith("no value: "):
        return Value(value.text, value.unit, problem=f"it has a value, and a reason for having none: {reason}")
    if not value.text and not value.problem:
        return Value(f"no value: {reason}", value.unit) if reason else value
    return value


def _quantity(quantity: Mapping[str, Any]) -> Value:
    number, comparator = quantity.get("value"), quantity.get("comparator")
    unit, code = text_at(quantity, "unit"), text_at(quantity, "code")
    chosen, other = (code, unit) if code and text_at(quantity, "system").strip() in _UCUM_SYSTEMS else (unit or code, code)
    chosen, other = clean(chosen).strip(), "" if other == chosen else clean(other).strip()
    if problem := unfit(chosen):
        return Value(problem=problem, column="unit")
    if number is None:
        reason = extended_reason(quantity.get("_value")) or extended_reason(quantity)
        return Value(f"no value: {reason}" if reason else "", chosen)
    if type(number) is Number:
        text = plain_number(number)
    elif type(number) is str:
        text = clean(number).strip()
    else:
        return Value(problem="its value is no number")
    if comparator:
        if type(comparator) is not str or comparator.strip() not in _COMPARATORS:
            return Value(text, chosen, problem=f"comparator {one_line(str(comparator), 40)!r} is none of {', '.join(sorted(_COMPARATORS))}")
        text = comparator.strip() + text
    return Value(text, chosen, other, unfit(text))


def _other(kind: str, value: Any) -> Value:
    if kind in ("String", "Integer", "Decimal"):
        if type(value) is Number:
            return Value(plain_number(value))
        text = clean(value).strip() if type(value) is str else ""
        return Value(text, problem=unfit(text) if text else f"value{kind} is no text")
    if kind == "CodeableConcept":
        text = concept_text(value) if isinstance(value, Mapping) else ""
        return Value(text, problem="" if text else "valueCodeableConcept says nothing")
    if kind in _UNUSABLE:
        return Value(f"{_UNUSABLE[kind]}: {_words(value)}")
    return Value(problem=f"value{one_line(kind, 40)} is no kind of value that labtrack reads")


def _words(value: Any) -> str:
    """An element in words: its plain parts, in order."""
    if isinstance(value, Mapping):
        parts = [_words(each) for name, each in list(value.items())[:10] if name not in ("system", "data")]
        return one_line(" ".join(filter(None, parts)), 100)
    if type(value) is bool:
        return str(value).lower()
    return one_line(value, 100) if isinstance(value, str) else ""


class Units:
    """What units mean for an analyte, remembered: whether two are alike, and where a text ends and its unit begins."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._remembered: Callable[[str, str], float | None] = lru_cache(4096)(self._factor)

    def factor(self, analyte: str, unit: str) -> float | None:
        """What a number in a unit is multiplied by for an analyte; None for a unit that is not known."""
        return self._remembered(analyte, unit) if len(unit) <= LONGEST_UNIT else None

    def _factor(self, analyte: str, unit: str) -> float | None:
        identity = self._catalogue.identify(analyte, unit)
        return None if identity is None else self._catalogue.factor(identity, unit)

    def are_alike(self, analyte: str, one: str, other: str) -> bool:
        """Whether two spellings are one unit."""
        if one == other or clean_text(one) == clean_text(other):
            return True
        factor = self.factor(analyte, one)
        return factor is not None and factor == self.factor(analyte, other)

    def settled(self, analyte: str, value: Value) -> Value:
        """The value as it is to be recorded for an analyte: a unit within the text apart, two units that differ refused."""
        if value.problem:
            return value
        if value.other_unit:
            factors = {self.factor(analyte, value.unit), self.factor(analyte, value.other_unit)} - {None}
            if len(factors) > 1:
                problem = f"its unit is said to be {one_line(value.unit, 40)} and {one_line(value.other_unit, 40)}, which differ"
                return Value(value.text, value.unit, problem=problem, column="unit")
        elif not value.unit and (parts := _WITH_UNIT.fullmatch(value.text)) and self.factor(analyte, parts["unit"]) is not None:
            return Value(parts["value"].strip(), parts["unit"].strip())
        return value

    def limits(self, element: Mapping[str, Any], analyte: str, unit: str) -> tuple[str, str]:
        """The reference limits as printed. Ranges that differ, or of another unit, come to a text on both sides: none that can be read."""
        ranges = element.get("referenceRange")
        if not isinstance(ranges, list):
            return "", ""
        normal = [each for each in ranges if isinstance(each, Mapping) and _is_normal(each)]
        told = dict.fromkeys(self._limits(each, analyte, unit) for each in normal)
        told.pop(("", ""), None)
        if len(told) > 1:
            several = f"{len(told)} ranges that differ"
            return several, several
        return next(iter(told), ("", ""))

    def _limits(self, told: Mapping[str, Any], analyte: str, unit: str) -> tuple[str, str]:
        low, high = (self._limit(mapping_at(told, side), analyte, unit) for side in ("low", "high"))
        if told.get("modifierExtension"):
            return "a range of another meaning", "a range of another meaning"
        if low or high:
            return low, high
        text = one_line(text_at(told, "text"))
        if unit and text.endswith(unit):
            text = text.removesuffix(unit).strip()
        low, high = parse_range(text)
        return one_line(low), one_line(high)

    def _limit(self, limit: Mapping[str, Any], analyte: str, unit: str) -> str:
        value = _quantity(limit)
        if not value.text:
            return one_line(value.problem)
        if value.problem or (value.unit and not self.are_alike(analyte, value.unit, unit)):
            return one_line(f"{value.text} {value.unit or value.problem}")
        if value.other_unit and not self.are_alike(analyte, value.other_unit, unit) and self.factor(analyte, value.other_unit) is not None:
            return one_line(f"{value.text} {value.other_unit}")
        return one_line(value.text)


def _is_normal(told: Mapping[str, Any]) -> bool:
    """Whether a range is of the healthy, as one without a type is."""
    type_ = mapping_at(told, "type")
    codes = {text_at(each, "code").casefold() for each in list_at(type_, "coding")}
    if codes:
        return "normal" in codes
    return text_at(type_, "text").casefold().removesuffix("range").strip() in _NORMAL
