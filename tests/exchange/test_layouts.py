"""Layouts are recognized by their header in any order and case."""

from __future__ import annotations

import random

import pytest

from labtrack.exchange.layouts import LAYOUTS, RESULTS, Layout, column_name, nearest, recognize


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda each: each.name)
def test_each_layout_is_recognized_with_and_without_its_optional_columns(layout: Layout) -> None:
    for columns in (list(layout.required), list(layout.columns)):
        random.Random(1).shuffle(columns)
        assert recognize(columns) is layout
        assert recognize([*columns, "something_else"]) is layout


@pytest.mark.parametrize(("cell", "name"), [(" MRN ", "mrn"), ("Collected At", "collected_at"), ("\ufeffRef-Low", "ref_low")])
def test_column_name(cell: str, name: str) -> None:
    assert column_name(cell) == name


def test_a_results_file_that_carries_patient_columns_is_of_results() -> None:
    assert recognize(["mrn", "name", "birth_date", "sex", *RESULTS.required[1:]]) is RESULTS


def test_a_header_that_fits_two_layouts_equally_is_of_none() -> None:
    assert recognize(["mrn", "drug", "dose_mg", "frequency", "start_on", "on"]) is None


def test_nearest_names_what_is_missing() -> None:
    layout, missing = nearest(["mrn", "analyte", "value", "collected_at"])
    assert (layout.name, missing) == ("results", ("unit",))
