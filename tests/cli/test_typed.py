"""What a person types."""

from __future__ import annotations

from datetime import date

import pytest
import typer

from labtrack.cli.output import Format
from labtrack.cli.typed import choice, day, entry, moment, number, quantity, sex, whole
from labtrack.core.errors import UsageError
from labtrack.core.record import Sex


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("hb=12.4:g/dL", ("hb", "12.4", "g/dL")),
        ("anc=0.82:10*9/L", ("anc", "0.82", "10*9/L")),
        ("anc=<0.5:10*9/L", ("anc", "<0.5", "10*9/L")),
        ("anc=<=0.5:10*9/L", ("anc", "<=0.5", "10*9/L")),
        ("anc<=0.5:10*9/L", ("anc", "<=0.5", "10*9/L")),
        ("anc<0.5:10*9/L", ("anc", "<0.5", "10*9/L")),
        ("egfr≥90:mL/min/1.73m2", ("egfr", "≥90", "mL/min/1.73m2")),
        ("egfr=≥90:mL/min/{1.73_m2}", ("egfr", "≥90", "mL/min/{1.73_m2}")),
        ("hb=12,4:g/dL", ("hb", "12,4", "g/dL")),
        ("hb = 12.4 g/dL", ("hb", "12.4", "g/dL")),
        ("wbc=4.2 10*9/L", ("wbc", "4.2", "10*9/L")),
        ("neutrophils=35:%", ("neutrophils", "35", "%")),
        ("718-7=124:g/L", ("718-7", "124", "g/L")),
        ("hb=hemolyzed:g/dL", ("hb", "hemolyzed", "g/dL")),
        ("hb=hemolyzed", ("hb", "hemolyzed", "")),
        ("hb=see note below", ("hb", "see note below", "")),
        ("hb=12.4", ("hb", "12.4", "")),
        ("hb=12.4:", ("hb", "12.4", "")),
    ],
)
def test_an_entry_is_name_value_and_unit(text: str, read: tuple[str, str, str]) -> None:
    assert entry(text) == read


@pytest.mark.parametrize("text", ["hb", "hb 12.4", "", "=12.4:g/dL", "hb=", "hb=:g/dL", " = : "])
def test_what_is_no_entry_gets_an_example(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        entry(text)
    assert "labtrack record 10021 'anc=0.82:10*9/L'" in caught.value.next_step


@pytest.mark.parametrize(
    ("text", "read"),
    [("0.92:10*9/L", ("0.92", "10*9/L")), ("0.92", ("0.92", "")), ("<0.5 g/dL", ("<0.5", "g/dL")), ("1:40:titer", ("1:40", "titer"))],
)
def test_a_quantity_is_value_and_unit(text: str, read: tuple[str, str]) -> None:
    assert quantity(text) == read


def test_dates_are_iso() -> None:
    assert day("2026-11-22") == date(2026, 11, 22)
    assert str(moment("2026-11-19T08:15")) == "2026-11-19T08:15"
    with pytest.raises(typer.BadParameter, match="ambiguous date: 3 April or 4 March"):
        day("03/04/2026")
    with pytest.raises(typer.BadParameter, match="no such time"):
        moment("2026-11-19T25:15")


def test_numbers_have_a_point() -> None:
    assert (whole("14"), number("2"), number("0.5")) == (14, 2.0, 0.5)
    for text in ("-1", "1.5", "x", "", "1" * 20, "²"):
        with pytest.raises(typer.BadParameter, match="whole number"):
            whole(text)
    for text in ("-1", "2,5", "1e3", "nan", "", "1_0"):
        with pytest.raises(typer.BadParameter, match="decimal point"):
            number(text)


def test_choices_are_named() -> None:
    assert choice(Format)("JSON") is Format.JSON
    assert [sex(text) for text in ("f", "M", "")] == [Sex.FEMALE, Sex.MALE, Sex.UNKNOWN]
    with pytest.raises(typer.BadParameter, match="choose from table, csv, json"):
        choice(Format)("xml")
