"""Readings at chosen places: a group of analytes answers as each of them alone."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from tests.labs.build import case, labs_of, told

from labtrack.catalogue import catalogue
from labtrack.labs.cells import Group, flag_reasons
from labtrack.labs.columns import IS_TEXT, NO_AGE, NO_SEX, UNIT_UNKNOWN
from labtrack.labs.lab import Lab
from labtrack.labs.snapshot import Labs

CHARTS = (
    case("2026-06-01 hb <10 g/dL", "2026-06-02 hb TNP g/dL", "2026-05-01 ldl 130 mg/dL", "2024-05-01 anc 1.2 10*9/L"),
    case("2026-06-01 anc 1.0 10*9/L", "2026-06-01 anc 1.1 10*9/L", "2024-01-01 ldl >100 mg/dL"),
    case(),
)
KEYS = ("hb", "anc", "ldl", "tg")
COLUMNS = ("place", "present", "row", "low", "high", "low_open", "high_open", "flags", "at", "day", "doubt", "missing", "stale")


def snapshot(together: Sequence[str]) -> Labs:
    plain = labs_of(CHARTS)
    group = Group.of(catalogue().analytes[key] for key in together)
    return Labs(plain.cohort, plain.catalogue, plain.region, plain.patient, plain.treatment.as_of, together=group)


@pytest.mark.parametrize("together", [(), ("hb",), ("ldl", "hb"), KEYS])
@pytest.mark.parametrize("name", [*COLUMNS, "some_missing", "some_doubt", "some_stale"])
def test_a_group_answers_as_each_alone(together: tuple[str, ...], name: str) -> None:
    alone, grouped = labs_of(CHARTS), snapshot(together)
    for key in KEYS:
        one, other = (getattr(Lab(each, catalogue().analytes[key]).cells, name) for each in (alone, grouped))
        shown = alone.analyte(key).present if name in ("row", "flags", "low_open", "high_open") else np.True_
        np.testing.assert_array_equal(np.where(shown, one, 0), np.where(shown, other, 0))


def test_what_nobody_foresaw_is_looked_up_alone() -> None:
    assert snapshot(("hb",)).analyte("anc").present.tolist() == [True, True, False]


def test_the_printed_limits_of_a_line() -> None:
    labs = snapshot(("hb",))
    assert labs.hb.cells.column("upper_limit").shape == (3,)


def test_reasons_of_flags() -> None:
    found = flag_reasons(np.array([0, IS_TEXT, UNIT_UNKNOWN, NO_SEX | NO_AGE], np.uint8))
    assert [told(mask) for mask in found] == [[], ["text-result"], ["unit-unknown"], ["sex-unknown", "age-unknown"]]
