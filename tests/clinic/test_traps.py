"""Unit traps: each trips just past its edge, and never for what is unknown."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labtrack.catalogue import catalogue
from labtrack.clinic import traps
from labtrack.clinic.traps import UNIT_RATIOS, calculated_egfr, entry_traps, panel_trips, unit_ratio

VALUES = st.floats(0.01, 1000)


@given(VALUES, st.sampled_from(UNIT_RATIOS), st.floats(0.96, 1.04), st.booleans())
def test_a_ratio_near_a_unit_factor_is_found_up_and_down(value: float, factor: float, wobble: float, up: bool) -> None:
    other = value * factor * wobble
    assert unit_ratio(other, value) == factor if up else unit_ratio(value, other) == factor


@pytest.mark.parametrize(("value", "last"), [(1.0, 1.0), (9.4, 1.0), (10.6, 1.0), (0.0, 1.0), (1.0, 0.0), (math.nan, 1.0), (5.0, math.nan)])
def test_other_ratios_ask_nothing(value: float, last: float) -> None:
    assert unit_ratio(value, last) == 0


def test_ratios_of_columns() -> None:
    assert unit_ratio(np.array([10.0, 2.0, 1.0]), np.array([1.0, 1.0, 100.0])).tolist() == [10.0, 0.0, 100.0]


@pytest.mark.parametrize(
    ("trips", "inside", "outside"),
    [
        (traps.counts_exceed_white_cells, (6.2, 4.0, 10.0), (6.21, 4.0, 10.0)),
        (traps.hematocrit_disagrees, (15.9, 40.0), (16.1, 40.0)),
        (traps.hematocrit_disagrees, (10.7, 40.0), (10.6, 40.0)),
        (traps.parts_exceed_cholesterol, (190.0, 50.0, 150.0), (189.9, 50.0, 150.0)),
        (traps.egfr_disagrees, (68.0, 60.0), (70.0, 60.0)),
        (traps.egfr_disagrees, (52.0, 60.0), (50.0, 60.0)),
    ],
)
def test_the_edges(trips, inside: tuple[float, ...], outside: tuple[float, ...]) -> None:
    assert not trips(*map(np.float64, inside))
    assert trips(*map(np.float64, outside))
    for place in range(len(outside)):
        unknown = [np.float64(math.nan if place == each else value) for each, value in enumerate(outside)]
        assert not trips(*unknown)


def test_calculated_egfr_needs_an_adult_of_known_sex() -> None:
    found = calculated_egfr(np.full(4, 1.09), np.array([55.0, 55.0, 17.0, math.nan]), np.array([2, 0, 2, 2], np.int8))
    assert found[0] == pytest.approx(80, abs=0.5)
    assert np.isnan(found[1:]).all()


def test_a_form_is_told_by_analyte() -> None:
    found = entry_traps(catalogue(), {"wbc": 5.0, "anc": 4.0, "alc": 2.0, "hb": 128.0}, {"hb": 12.8, "anc": 3.9})
    assert found["wbc"] == ["ANC and ALC exceed WBC: check the numbers and the units"]
    assert found["hb"] == ["Hb 128 against 12.8 g/dL before: near a factor of 10; has the unit changed?"]
    assert entry_traps(catalogue(), {"hb": 12.8}, {}) == {}


def test_columns_are_told_by_row() -> None:
    nan = math.nan
    columns = {"wbc": np.array([5.0, 5.0, nan]), "anc": np.array([4.0, 2.0, 4.0]), "alc": np.array([2.0, 2.0, 9.0]), "hb": np.full(3, 12.0)}
    ((trap, rows),) = panel_trips(columns)
    assert (trap.keys[0], rows.tolist()) == ("wbc", [0])
    assert panel_trips({}) == []
