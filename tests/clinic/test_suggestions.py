"""Another unit that makes sense of a value."""

from __future__ import annotations

import pytest

from labtrack.catalogue import catalogue
from labtrack.clinic.suggestions import Suggestion, suggested


def suggestion(name: str, value: str, unit: str, last: float | None) -> Suggestion | None:
    identity = catalogue().identify(name, unit)
    assert identity is not None
    return suggested(catalogue(), identity, value, unit, last)


@pytest.mark.parametrize(
    ("name", "value", "unit", "last", "meant"),
    [
        ("hb", "124", "g/dL", 12.9, "g/L"),
        ("hb", "124", "g/dL", None, "g/L"),
        ("creatinine", "80", "mg/dL", 0.9, "umol/L"),
        ("ldl", "3.1", "mg/dL", 118.0, "mmol/L"),
        ("ldl", "3.1", "mg/dL", None, "mmol/L"),
        ("anc", "4200", "10*9/L", 3.9, "/uL"),
        ("hb", "<124", "g/dL", 12.9, "g/L"),
        ("hb", "124", "furlong", 12.9, "g/L"),
    ],
)
def test_the_unit_that_makes_it_plausible(name: str, value: str, unit: str, last: float | None, meant: str) -> None:
    found = suggestion(name, value, unit, last)
    assert found is not None
    assert (found.value, found.unit) == (value, meant)
    assert found.sentence.startswith(f"did you mean {value} ")


@pytest.mark.parametrize(
    ("name", "value", "unit", "last"),
    [
        ("hb", "hemolyzed", "g/dL", 12.9),
        ("hb", "0", "g/dL", 12.9),
        ("hb", "12.4", "g/dL", 12.9),  # in g/L it would be 1.24 g/dL
        ("alt", "9999", "U/L", 20.0),
        ("ldl", "3.1", "mg/dL", 12.0),  # 120 mg/dL is far from 12
    ],
)
def test_none_where_no_unit_does(name: str, value: str, unit: str, last: float | None) -> None:
    assert suggestion(name, value, unit, last) is None
