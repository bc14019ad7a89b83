"""Readings at chosen places: a group of analytes answers as each of them alone."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from tests.labs.build import case, labs_of, told

from labtrack.catalogue import catalogue
from labtrack.labs.cells import Cells, Group, flag_reasons
from labtrack.labs.columns import IS_TEXT, NO_AGE, NO_SEX, UNIT_UNKNOWN
from labtrack.labs.snapshot import Labs

CHARTS = (
    case("2026-06-01 hb <10 g/dL", "2026-06-02 hb TNP g/dL", "2026-05-01 ldl 130 mg/dL", "2024-05-01 anc 1.2 10*9/L"),
    case("2026-06-01 anc 1.0 10*9/L", "2026-06-01 anc 1.1 10*9/L", "2024-01-01 ldl >100 mg/dL"),
    case(),
)
KEYS = ("hb", "anc", "ldl", "tg")
COLUMNS = (
    "place", "present", "row", "low", "high", "low_open", "high_open", "flags", "at", "day", "doubt", "missing", "stale", "some_missing",
    "some_doubt", "some_stale", "is_plain",
)  # fmt: skip


def snapshot(together: Sequence[str]) -> Labs:
    plain = labs_of(CHARTS)
    group = Group(catalogue().analytes[key] for key in together)
    return Labs(plain.cohort, plain.catalogue, plain.region, plain.patient, plain.treatment.as_of, together=group)


@pytest.mark.parametrize("together", [(), ("hb",), ("ldl", "hb"), KEYS])
@pytest.mark.parametrize("name", COLUMNS)
def test_a_group_answers_as_each_alone(together: tuple[str, ...], name: str) -> None:
    alone, grouped = labs_of(CHARTS), snapshot(together)
    for key in KEYS:
        one, other = (getattr(each.analyte(key), name) for each in (alone, grouped))
        shown = alone.analyte(key).present if name in ("row", "flags", "low_open", "high_open") else np.True_
        np.testing.assert_array_equal(np.where(shown, one, 0), np.where(shown, other, 0))


def test_what_nobody_foresaw_is_looked_up_alone() -> None:
    labs = snapshot(("hb",))
    assert labs.analyte("anc").present.tolist() == [True, True, False]
    assert labs.asked == {"anc"}


@pytest.mark.parametrize("end", ["lower_limit", "upper_limit"])
def test_the_limits_of_a_group(end: str) -> None:
    """Shape (analytes, rows), as each alone; where there is no reading they mean nothing."""
    labs = snapshot(KEYS)
    kind = Group(catalogue().analytes[key] for key in KEYS).kind
    limits, reasons = getattr(Cells(labs, kind, labs.latest(kind.number, labs.end), labs.readings.view), end)
    for line, key in enumerate(KEYS):
        alone = labs.analyte(key)
        bounds = alone.lln if end == "lower_limit" else alone.uln
        np.testing.assert_array_equal(limits[line][alone.present], bounds.low[alone.present])
        assert reasons[line].tolist() == bounds.reasons.tolist()


def test_reasons_of_flags() -> None:
    found = flag_reasons(np.array([0, IS_TEXT, UNIT_UNKNOWN, NO_SEX | NO_AGE], np.uint8))
    assert [told(mask) for mask in found] == [[], ["text-result"], ["unit-unknown"], ["sex-unknown", "age-unknown"]]


def test_an_analyte_of_a_group_finds_its_last_place_on_other_days() -> None:
    labs = snapshot(KEYS)
    alone = labs_of(CHARTS)
    day = labs.treatment.day - 10
    for key in KEYS:
        np.testing.assert_array_equal(labs.analyte(key).last_place(day), alone.analyte(key).last_place(day))


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [("30", "90", "bound-too-wide"), ("10", "20", ""), ("50", "90", ""), ("<=30", "30", ""), (">=30", "30", "bound-too-wide")],
)
def test_a_clash_is_compared_with_a_limit_by_both_its_ends(one: str, other: str, expected: str) -> None:
    """An ALT of 30 to 90 against 44 U/L: two results that a rule disagrees on cannot be evaluated (section 4, *Usable result*)."""
    alt = labs_of([case(f"2026-06-01 alt {one} U/L #a", f"2026-06-01 alt {other} U/L #b")]).alt
    verdicts = alt > alt.uln
    assert not alt.is_plain
    assert (", ".join(told(verdicts.reasons[0])), verdicts.answer[0]) == (expected, 0 if expected else 1 if one == "50" else -1)
