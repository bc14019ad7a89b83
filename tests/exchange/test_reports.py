"""Reports: what one combination of analyte, unit, value and limits says."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labtrack.catalogue import catalogue
from labtrack.exchange.reports import NO_VALUE, Report, read_plain, read_report


def report(decimal: str = ".", **cells: str) -> Report:
    return read_report({"analyte": "hb", "unit": "g/dL", "value": "12.5", **cells}, catalogue(), decimal)  # type: ignore[arg-type]


def test_a_plain_report() -> None:
    plain = report(ref_low="12", ref_high="")
    assert (plain.analyte, plain.texts, plain.problem, plain.warnings) == ("hb", ("g/dL", "12.5", "12", ""), None, ())
    low, high, lower, upper, *flags = plain.numbers
    assert (low, high, lower, flags) == (12.5, 12.5, 12.0, [0, 0, 0, 0, 0, catalogue().analytes["hb"].number])
    assert math.isnan(upper)


def test_a_bound_and_an_unreadable_limit() -> None:
    bound = report(value="<8", ref_high="see note")
    assert bound.numbers[:2] == (0.0, 8.0)
    assert bound.numbers[4:9] == (0, 1, 0, 1, 0)


@pytest.mark.parametrize(("cells", "unusable"), [({"value": "hemolyzed"}, 1), ({"unit": "furlong"}, 2), ({"unit": ""}, 2)])
def test_an_unusable_report_is_kept_with_a_warning(cells: dict[str, str], unusable: int) -> None:
    unusable_report = report(**cells)
    assert unusable_report.problem is None
    assert unusable_report.numbers[8] == unusable
    assert math.isnan(unusable_report.numbers[0])
    assert len(unusable_report.warnings) == 1


@pytest.mark.parametrize(
    ("cells", "column", "reason"),
    [
        ({"analyte": ""}, "analyte", "analyte is empty"),
        ({"analyte": "789-8"}, "analyte", "789-8 is"),
        ({"value": "125"}, "value", "outside"),
        ({"unit": "mmol/L"}, "value", "mmol/L"),
        ({"value": "1,234.5"}, "value", "holds a comma in a file whose decimal mark is the other one"),
        ({"ref_low": "1,2"}, "ref_low", "holds a comma"),
        ({"code": "6690-2"}, "code", "6690-2 is White blood cells, the analyte column says hb"),
        ({"code": "789-8"}, "code", "789-8 is"),
        ({"analyte": "urea", "unit": "mg/dL", "code": "1234-5"}, "code", "1234-5"),
        ({"analyte": "bun", "unit": "mg/dL", "code": "22664-7"}, "code", "22664-7 is Urea"),
    ],
)
def test_a_report_that_cannot_be_taken(cells: dict[str, str], column: str, reason: str) -> None:
    problem = report(**cells).problem
    assert problem is not None
    assert problem[0] == column
    assert reason in problem[1]


def test_a_soft_bound_warns() -> None:
    (warning,) = report(value="2.5").warnings
    assert warning[0] == "value"


def test_a_report_without_a_value_is_complete_otherwise() -> None:
    empty = report(value=" ")
    assert empty.problem is NO_VALUE
    assert (empty.analyte, empty.warnings) == ("hb", ())


def test_code_method_and_variant_survive_an_export() -> None:
    assert report(unit="mmol/L", value="9.2", code="59260-0").numbers[0] == pytest.approx(9.2 * 1.61145)
    assert report(analyte="59260-0", unit="mmol/L", value="9.2").code == "59260-0"
    bun = report(analyte="BUN", unit="mg/dL", value="10")
    assert (bun.analyte, bun.method, bun.code) == ("urea", "bun", "")
    again = report(analyte="urea", unit="mg/dL", value="10", method=bun.method)
    assert again.numbers == bun.numbers
    assert (again.method, again.numbers[0]) == ("bun", pytest.approx(3.57))


def test_a_method_of_its_own_does_not_make_urea_of_bun() -> None:
    """The two names are a factor of 2.144 apart, and an export keeps the variant in the method column."""
    bun = report(analyte="BUN", unit="mg/dL", value="10", method="enzymatic")
    assert (bun.analyte, bun.method, bun.numbers[0]) == ("urea", "bun; enzymatic", pytest.approx(3.57))
    again = report(analyte="urea", unit="mg/dL", value="10", method=bun.method)
    assert (again.method, again.numbers) == (bun.method, bun.numbers)
    assert report(analyte="urea", unit="mg/dL", value="10").numbers[0] == pytest.approx(1.665)
    assert report(method="my own").method == "my own"


def test_a_code_that_is_not_loincs_is_not_kept() -> None:
    local = report(code="HGB-1")
    assert (local.code, [column for column, _ in local.warnings]) == ("", ["code"])


NUMBERS = st.sampled_from(["", "0", "7", "12", "12.5", "12,5", "98", "1250", "0.3", "<8", " 12 ", "12.5.1", "1e1", "x", "-1", "１２"])
NAMES = st.sampled_from(["hb", " HB ", "718-7", "alt", "anc", "urea", "BUN", "59260-0", "ldl", "2089-1", "rbc", ""])
UNITS = st.sampled_from(["g/dL", "g/L", "mmol/L", "U/L", "ukat/L", "10*9/L", "/uL", "mg/dL", " mg/dL ", "mL/min", "furlong", ""])


@given(NAMES, UNITS, st.tuples(NUMBERS, NUMBERS, NUMBERS), st.sampled_from([".", ","]))
def test_a_plain_report_is_what_a_careful_reading_says(name: str, unit: str, texts: tuple[str, str, str], decimal: str) -> None:
    plain = read_plain(name, unit, texts, catalogue(), decimal)  # type: ignore[arg-type]
    if plain is None:
        return
    careful = report(decimal, analyte=name, unit=unit, value=texts[0], ref_low=texts[1], ref_high=texts[2])
    np.testing.assert_array_equal(plain.numbers, careful.numbers)
    assert plain._replace(numbers=()) == careful._replace(numbers=())


def test_most_reports_are_plain() -> None:
    assert read_plain("Hb", "g/L", ("125", "115", "160"), catalogue(), ".") is not None
    assert read_plain("Hb", "g/L", ("125,5", "", "160"), catalogue(), ",") is not None
