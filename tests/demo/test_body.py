"""A sample person's blood stays unremarkable by itself and answers to treatment as the reference says."""

from __future__ import annotations

from random import Random
from statistics import mean

import pytest

from labtrack.catalogue import catalogue
from labtrack.core.record import Sex
from labtrack.demo.body import Body, completed


@pytest.mark.parametrize("sex", [Sex.FEMALE, Sex.MALE])
@pytest.mark.parametrize("drug", ["baricitinib", "tofacitinib", "upadacitinib"])
def test_quiet_values_stay_within_the_reference_limits(sex: Sex, drug: str) -> None:
    rng = Random(5)
    for _ in range(60):
        body = Body.born(rng, sex)
        for analyte in sorted(set(body.set_points) - {"crp", "ldl", "tg", "hdl"}):
            low, high = catalogue().analytes[analyte].ranges[sex]
            for days_on in (None, 0, 30, 400):
                value = body.quiet(rng, analyte, days_on, drug)
                assert (low or 0) <= value <= (high or 1e9), analyte


def test_ldl_rises_by_thirteen_at_week_12() -> None:
    rng = Random(5)
    bodies = [Body.born(rng, Sex.FEMALE) for _ in range(400)]
    rises = [body.quiet(rng, "ldl", 84, "upadacitinib") - body.set_points["ldl"] for body in bodies]
    assert mean(rises) == pytest.approx(13, abs=1.5)


def test_a_quiet_ldl_never_rises_by_thirty_percent() -> None:
    rng = Random(6)
    for _ in range(400):
        body = Body.born(rng, Sex.MALE)
        before, after = body.quiet(rng, "ldl", None, ""), body.quiet(rng, "ldl", 84, "tofacitinib")
        assert after < before * 1.30


def test_baricitinib_alone_raises_creatinine() -> None:
    rng = Random(7)
    bodies = [Body.born(rng, Sex.MALE) for _ in range(400)]

    def mean_rise(drug: str) -> float:
        return mean(body.quiet(rng, "creatinine", 60, drug) - body.set_points["creatinine"] for body in bodies) * 88.4

    assert mean_rise("baricitinib") == pytest.approx(3.8, abs=0.6)
    assert mean_rise("upadacitinib") == pytest.approx(0, abs=0.6)


def test_crp_falls_on_treatment() -> None:
    body = Body.born(Random(8), Sex.FEMALE)
    assert body.quiet(Random(1), "crp", 84, "baricitinib") < body.quiet(Random(1), "crp", None, "") / 2


def test_what_follows_from_other_values() -> None:
    full = completed({"anc": 3.0, "alc": 1.5, "hb": 13.0, "ldl": 100, "hdl": 50, "tg": 100}, other_cells=0.5)
    assert full["wbc"] == pytest.approx(5.0)
    assert (full["neut_pct"], full["lymph_pct"]) == (pytest.approx(60), pytest.approx(30))
    assert (full["hct"], full["tc"]) == (pytest.approx(39), pytest.approx(170))
    assert completed({"alt": 20}, other_cells=0.5) == {"alt": 20}
