"""Cells of the grid: as reported where the unit is the row's, converted and marked where not, never rounded past a threshold."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.clinic.homes import ADA

from labtrack.catalogue import catalogue, read_value
from labtrack.clinic.grid_cells import Shown, quantity_of
from labtrack.core.quantity import Interval
from labtrack.core.record import CollectedAt, Result, ResultStatus, Unusable

AT = CollectedAt(date(2026, 11, 19), time(8, 0))
ANALYTES = catalogue().analytes


def result(key: str, text: str, unit: str, id: int = 1, **fields: object) -> Result:
    read = read_value(catalogue().identify(key), text, unit)  # type: ignore[arg-type]
    made = Result(key, text, unit, AT, value=read.value, unusable=read.unusable, result_id=id)
    return replace(made, **fields)  # type: ignore[arg-type]


def shown(key: str, *, si: bool = False, limits: tuple[float, ...] = ()) -> Shown:
    return Shown(ANALYTES[key], ADA, ANALYTES[key].si_factor if si else 1.0, limits)


@pytest.mark.parametrize(
    ("key", "text", "unit", "si", "expected", "converted"),
    [
        ("hb", "12.40", "g/dL", False, "12.40", False),
        ("hb", "124", "g/L", False, "12.4", True),
        ("hb", "124", "g/L", True, "124", False),
        ("hb", "12.4", "g/dL", True, "124", True),
        ("ldl", "118", "mg/dL", True, "3.051", True),
        ("ldl", "3.05", "mmol/L", True, "3.05", False),
        ("anc", "0.82", "10*9/L", True, "0.82", False),
        ("anc", "820", "/uL", False, "0.82", True),
        ("crp", "<5", "mg/L", False, "<5", False),
        ("creatinine", "<0.5", "mg/dL", True, "<44.2", True),
        ("creatinine", ">10", "mg/dL", True, ">884", True),
        ("anc", "≥ 5", "10*9/L", False, "≥ 5", False),
        ("anc", "0,82", "10*9/L", False, "0,82", False),
        ("anc", "0", "10*9/L", False, "0", False),
    ],
)
def test_text_as_reported_or_converted_and_marked(key: str, text: str, unit: str, si: bool, expected: str, converted: bool) -> None:
    printed = result(key, text.replace(",", "."), unit)
    cell = shown(key, si=si).cell([replace(printed, value_text=text)])
    assert (cell.text, cell.is_converted, cell.is_usable) == (expected, converted, True)


def test_no_rounding_hides_a_threshold() -> None:
    assert shown("ldl", si=True, limits=(190.0,)).cell([result("ldl", "190.001", "mg/dL")]).text == "4.9134"
    assert shown("ldl", si=True).cell([result("ldl", "190.001", "mg/dL")]).text == "4.913"


@given(st.decimals("0.2", "9.9", places=4), st.floats(0.3, 9.0))
def test_a_shown_number_stands_to_a_limit_as_the_true_one(value: object, limit: float) -> None:
    cell = shown("creatinine", si=True, limits=(limit,)).cell([result("creatinine", str(value), "mg/dL")])
    number, edge = float(cell.text), limit * 88.4
    true = float(str(value)) * 88.4
    if abs(true - edge) > 1e-9 * edge:
        assert (number < edge, number > edge) == (true < edge, true > edge)


def test_units_never_change_a_flag() -> None:
    for text, unit in (("11.9", "g/dL"), ("119", "g/L"), ("12.0", "g/dL"), ("15.1", "g/dL"), ("<12", "g/dL")):
        printed = result("hb", text, unit)
        assert shown("hb").cell([printed]).flag == shown("hb", si=True).cell([printed]).flag
    assert shown("hb").cell([result("hb", "119", "g/L")]).flag == "L"


def test_what_cannot_be_used_is_shown_as_reported() -> None:
    assert shown("anc").cell([result("anc", "hemolyzed", "10*9/L")]).text == "hemolyzed"
    unknown = result("anc", "820", "furlongs")
    assert unknown.unusable is Unusable.UNIT
    cell = shown("anc").cell([unknown])
    assert (cell.text, cell.is_usable, cell.flag) == ("820 furlongs", False, "")
    both = shown("anc").cell([unknown, result("anc", "0.82", "10*9/L", 2)])
    assert (both.text, both.is_usable, len(both.results)) == ("0.82", True, 2)


def test_an_amended_value_is_marked_and_keeps_the_old_one() -> None:
    old = result("hb", "11.9", "g/dL", superseded=True)
    new = result("hb", "12.9", "g/dL", 2, status=ResultStatus.CORRECTED, supersedes=(1,))
    cell = shown("hb").cell([old, new])
    assert (cell.text, cell.flag, cell.is_amended) == ("12.9", "", True)
    assert [each.value_text for each in cell.results] == ["11.9", "12.9"]


def test_a_preliminary_value_that_became_final_was_not_amended() -> None:
    early = result("hb", "11.9", "g/dL", status=ResultStatus.PRELIMINARY, superseded=True)
    assert not shown("hb").cell([early, result("hb", "12.0", "g/dL", 2)]).is_amended
    alone = shown("hb").cell([replace(early, superseded=False)])
    assert (alone.text, alone.status, alone.is_usable) == ("11.9", "preliminary", False)


def test_struck_replaced_and_cancelled_values_say_so() -> None:
    old = result("hb", "11.9", "g/dL", superseded=True)
    strike = result("hb", "11.9", "g/dL", 2, status=ResultStatus.ENTERED_IN_ERROR, supersedes=(1,))
    struck = shown("hb").cell([old, strike])
    assert (struck.text, struck.is_usable, struck.is_amended, struck.status) == ("struck", False, True, "entered-in-error")
    assert shown("hb").cell([old]).text == "replaced"
    assert shown("hb").cell([result("hb", "11.9", "g/dL", status=ResultStatus.CANCELLED)]).text == "cancelled"


def test_values_of_one_time_that_differ_are_all_shown() -> None:
    cell = shown("anc").cell([result("anc", "0.94", "10*9/L"), result("anc", "3.12", "10*9/L", 2)])
    assert (cell.text, cell.flag, cell.value) == ("0.94 / 3.12", "", None)
    same = shown("anc").cell([result("anc", "0.94", "10*9/L"), result("anc", "0.94", "10*9/L", 2)])
    assert (same.text, same.flag) == ("0.94", "L")


def test_a_calculated_value_names_its_method_and_what_it_comes_from() -> None:
    source = result("creatinine", "2.5", "mg/dL")
    cell = shown("egfr").calculated(Interval(26.963812, 26.963812), "CKD-EPI 2021", [source])
    assert (cell.text, cell.method, cell.flag, cell.results) == ("26.96", "CKD-EPI 2021", "L", (source,))
    near = shown("egfr", limits=(30.0,)).calculated(Interval(29.99999, 29.99999), "CKD-EPI 2021", [source])
    assert near.text == "29.99999"


def test_a_quantity_is_read_with_either_mark() -> None:
    assert str(quantity_of("0,82").number) == "0.82"  # type: ignore[union-attr]
    assert quantity_of("see note") is None
