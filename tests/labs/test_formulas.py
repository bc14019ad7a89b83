"""Published equations against the points of the clinical reference and against independent calculators."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from labtrack.labs.bounds import Floats
from labtrack.labs.formulas import (
    NO_ESTIMATE,
    USES_FRIEDEWALD,
    USES_SAMPSON,
    calculated_ldl,
    ckd_epi_2021,
    cockcroft_gault,
    completed_years,
    friedewald,
    sampson_nih,
)

FEMALE, MALE = 1, 2


def one(function: Callable[..., Floats], *arguments: float) -> float:
    return float(function(*(np.array([argument], float) for argument in arguments))[0])


def table(shared: Path, name: str) -> list[dict[str, str]]:
    with (shared / "data" / "open" / "calculators" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def column(rows: list[dict[str, str]], name: str) -> Floats:
    return np.array([float(row[name]) if row[name] else np.nan for row in rows])


def sexes(rows: list[dict[str, str]]) -> np.ndarray[tuple[int], np.dtype[np.int8]]:
    return np.array([FEMALE if row["sex"] == "female" else MALE for row in rows], np.int8)


@pytest.mark.parametrize(
    ("creatinine", "age", "sex", "expected", "digits"),
    [(1.09, 55, MALE, 80, 0), (1.2, 55, MALE, 71, 0), (1.1, 50, MALE, 82, 0), (1.0, 60, FEMALE, 64.495, 3), (2.5, 70, MALE, 26.9638, 4)],
)
def test_ckd_epi_2021_on_the_points_of_the_reference(creatinine: float, age: int, sex: int, expected: float, digits: int) -> None:
    assert round(one(ckd_epi_2021, creatinine, age, sex), digits) == expected


def test_ckd_epi_2021_falls_as_creatinine_rises() -> None:
    rising = np.linspace(0.2, 20, 500)
    for sex in (FEMALE, MALE):
        assert (np.diff(ckd_epi_2021(rising, np.full(500, 60.0), np.full(500, sex, np.int8))) < 0).all()


@pytest.mark.parametrize(("sex", "expected"), [(MALE, 60.0), (FEMALE, 51.0)])
def test_cockcroft_gault(sex: int, expected: float) -> None:
    """(140 − 68) · 60 / (72 · 1.0) = 60, times 0.85 for a woman."""
    assert one(cockcroft_gault, 1.0, 68, 60, sex) == pytest.approx(expected)


def test_ldl_equations_on_the_points_of_the_reference() -> None:
    assert one(friedewald, 200, 50, 150) == pytest.approx(120.0)
    assert round(one(sampson_nih, 200, 50, 150), 2) == 123.40
    assert round(one(sampson_nih, 250, 40, 500), 2) == 121.13


@pytest.mark.parametrize(
    ("tc", "hdl", "tg", "equation"),
    [
        (250, 40, 399.9, USES_FRIEDEWALD),
        (250, 40, 400, USES_SAMPSON),
        (250, 40, 400 * (1 - 1e-12), USES_SAMPSON),
        (300, 40, 800, USES_SAMPSON),
        (300, 40, 800 * (1 + 1e-12), USES_SAMPSON),
        (300, 40, 800.1, NO_ESTIMATE),
        (90, 95, 50, NO_ESTIMATE),
        (100, 80, 100, NO_ESTIMATE),
        (5.0 * 38.67, 4.0 * 38.67, 193.35, NO_ESTIMATE),
        (np.nan, 80, 100, NO_ESTIMATE),
    ],
)
def test_which_equation_gives_ldl(tc: float, hdl: float, tg: float, equation: int) -> None:
    """Friedewald below 400 of TG, Sampson-NIH from 400 to 800, none above, none where the estimate is not positive."""
    estimate, used = calculated_ldl(*(np.array([value]) for value in (tc, hdl, tg)))
    assert used.tolist() == [equation]
    assert np.isnan(estimate[0]) == (equation == NO_ESTIMATE)


@pytest.mark.parametrize(
    ("born", "on", "years"),
    [
        ((1960, 501), (2026, 430), 65),
        ((1960, 501), (2026, 501), 66),
        ((1968, 229), (2026, 228), 57),
        ((1968, 229), (2026, 301), 58),
        ((1968, 229), (2028, 229), 60),
    ],
)
def test_completed_years(born: tuple[int, int], on: tuple[int, int], years: int) -> None:
    assert completed_years(*(np.array([number]) for number in (*born, *on))).tolist() == [years]


@pytest.mark.shared
def test_every_egfr_of_the_grid_to_the_printed_digits(shared: Path) -> None:
    rows = table(shared, "ckd_epi_2021_grid.csv")
    found = ckd_epi_2021(column(rows, "creat_mg_dl"), column(rows, "age"), sexes(rows))
    assert np.abs(found - column(rows, "egfr_exact")).max() <= 0.5e-4 + 1e-9
    assert np.array_equal(np.floor(found + 0.5), column(rows, "egfr_clincalc_0.4.0_rounded"))


@pytest.mark.shared
def test_published_egfr_points(shared: Path) -> None:
    """Those of the 2021 equation match; those of the 2009 one, a control, must not."""
    rows = [row for row in table(shared, "ckd_epi_published_points.csv") if row["creat"] and row["egfr"]]
    scale = np.array([1 / 88.4 if "mol" in row["unit"] else 1.0 for row in rows])
    found = np.round(ckd_epi_2021(column(rows, "creat") * scale, column(rows, "age"), sexes(rows)))
    is_2021 = np.array([row["equation"] == "2021" for row in rows])
    assert is_2021.sum() >= 2
    assert np.array_equal(found[is_2021], column(rows, "egfr")[is_2021])
    assert (found[~is_2021] != column(rows, "egfr")[~is_2021]).all()


@pytest.mark.shared
def test_every_ldl_of_the_grid_to_the_printed_digits(shared: Path) -> None:
    rows = table(shared, "ldl_grid_mgdl.csv")
    values = [column(rows, name) for name in ("tc", "hdl", "tg")]
    assert np.abs(friedewald(*values) - column(rows, "friedewald_raw")).max() <= 0.05 + 1e-9
    assert np.abs(sampson_nih(*values) - column(rows, "sampson_raw")).max() <= 0.005 + 1e-9
    estimate, equation = calculated_ldl(*values)
    by_friedewald, by_sampson = equation == USES_FRIEDEWALD, equation == USES_SAMPSON
    assert np.abs(estimate - column(rows, "friedewald_raw"))[by_friedewald].max() <= 0.05 + 1e-9
    assert np.abs(estimate - column(rows, "sampson_raw"))[by_sampson].max() <= 0.005 + 1e-9
    assert (values[2][by_friedewald] < 400).all()
    assert ((values[2][by_sampson] >= 400) & (values[2][by_sampson] <= 800)).all()


@pytest.mark.shared
def test_friedewald_on_real_measurements(shared: Path) -> None:
    """NHANES prints whole numbers; it calculated with unrounded ones, so a few lie beyond one half, and none beyond one."""
    rows = table(shared, "nhanes_real_friedewald.csv")
    values = [column(rows, name) for name in ("totchol", "hdl", "trig")]
    estimate, equation = calculated_ldl(*values)
    assert (equation == USES_FRIEDEWALD).all()
    apart = np.abs(estimate - column(rows, "ldl_nhanes"))
    assert (apart <= 0.5 + 1e-9).mean() > 0.95
    assert apart.max() <= 1.0
