"""The laboratories print what the catalogue reads back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labtrack.catalogue import catalogue, read_value
from labtrack.core.record import Sex, Unusable
from labtrack.demo.laboratories import CITY, LABORATORIES, RIVERSIDE, SAINT_ANNE, Column, Laboratory

EVERY_COLUMN = [(laboratory, analyte) for laboratory in LABORATORIES.values() for analyte in laboratory.columns]


@pytest.mark.parametrize(("laboratory", "analyte"), EVERY_COLUMN, ids=lambda it: getattr(it, "key", it))
def test_names_and_units_mean_the_analyte(laboratory: Laboratory, analyte: str) -> None:
    column = laboratory.columns[analyte]
    identity = catalogue().identify(column.name, column.unit)
    assert identity is not None
    assert identity.analyte.key == analyte
    assert catalogue().factor(identity, column.unit) is not None


@pytest.mark.parametrize(("laboratory", "analyte"), EVERY_COLUMN, ids=lambda it: getattr(it, "key", it))
@given(share=st.floats(0, 1))
def test_a_printed_value_reads_back_within_its_last_digit(laboratory: Laboratory, analyte: str, share: float) -> None:
    column = laboratory.columns[analyte]
    identity = catalogue().identify(column.name, column.unit)
    assert identity is not None
    low, high = identity.analyte.soft
    value = low + share * (high - low)
    reading = read_value(identity, laboratory.printed(analyte, value), column.unit, decimal=laboratory.decimal)
    factor = catalogue().factor(identity, column.unit)
    assert reading.unusable is Unusable.NOT
    assert reading.value is not None
    assert factor is not None
    last_digit = 10**-column.decimals * factor
    assert reading.value.low - last_digit <= value <= reading.value.high + last_digit


@pytest.mark.parametrize(("laboratory", "analyte"), EVERY_COLUMN, ids=lambda it: getattr(it, "key", it))
@pytest.mark.parametrize("sex", [Sex.FEMALE, Sex.MALE])
def test_printed_limits_can_be_read(laboratory: Laboratory, analyte: str, sex: Sex) -> None:
    column = laboratory.columns[analyte]
    identity = catalogue().identify(column.name, column.unit)
    assert identity is not None
    reading = read_value(identity, "1", column.unit, *laboratory.printed_limits(analyte, sex), decimal=laboratory.decimal)
    for limit in (reading.lower_limit, reading.upper_limit):
        assert limit is None or limit == limit  # a NaN differs from itself


def test_bounds_are_printed_where_the_laboratory_sees_no_further() -> None:
    assert CITY.printed("crp", 0.3) == "<0.5"
    assert RIVERSIDE.printed("egfr", 88) == ">60"
    assert RIVERSIDE.printed("egfr", 41) == "41"


def test_limits_differ_by_sex_and_laboratory() -> None:
    assert CITY.printed_limits("hb", Sex.FEMALE) == ("12.0", "15.5")
    assert SAINT_ANNE.printed_limits("hb", Sex.MALE) == ("134", "170")
    assert RIVERSIDE.printed_limits("hb", Sex.MALE) == ("", "")


def test_a_column_that_the_catalogue_does_not_know_is_an_error_of_the_sample() -> None:
    wrong = Laboratory("x", "X", "X", {"hb": Column("Hemoglobin", "stone", 1)}, {})
    with pytest.raises(LookupError, match="stone"):
        wrong.printed("hb", 12)
