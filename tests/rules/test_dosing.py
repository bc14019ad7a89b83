"""Dose and holds: every dose against the label's, and every resume condition that the catalogue has."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.rules.casefile import verdicts_of

from labtrack.catalogue import catalogue
from labtrack.core.judgment import Region
from labtrack.rules import REGISTRY
from labtrack.rules.dosing import LABEL_HOLDS

TIMES = {"daily": 2, "twice daily": 4, "every other day": 1}
DOSES = {"baricitinib": "2 mg daily", "tofacitinib": "5 mg twice daily", "upadacitinib": "15 mg daily"}
HOLDS = [(analyte, reason) for analyte, reasons in LABEL_HOLDS.items() for reason in sorted(reasons)]


@given(st.lists(st.tuples(st.integers(1, 80), st.sampled_from(sorted(TIMES))), min_size=1, max_size=20))
def test_the_daily_dose_is_compared(doses: list[tuple[int, str]]) -> None:
    entries = [{"course": f"baricitinib {tenths / 10} mg {often} from 2026-01-10"} for tenths, often in doses]
    expected = ["met" if tenths * TIMES[often] > 40 else "not met" for tenths, often in doses]
    assert verdicts_of("dose-above-label", entries) == expected


@pytest.mark.parametrize("region", Region)
@pytest.mark.parametrize("drug", DOSES)
@pytest.mark.parametrize(("analyte", "reason"), HOLDS)
def test_a_hold_may_end_as_the_catalogue_says(region: Region, drug: str, analyte: str, reason: str) -> None:
    condition = catalogue().drugs[drug].resume_for(region, analyte)
    unit = "g/dL" if analyte == "hb" else "10*9/L"
    limit = 12.0 if condition is None or condition.limit is None else condition.limit
    held = {"course": f"{drug} {DOSES[drug]} from 2026-01-10", "holds": [f"2026-05-20: {reason}"]}
    entries = [{**held, "results": [f"2026-06-01 {analyte} {value} {unit}"]} for value in (limit * 0.99, limit, limit * 1.01)]
    found = verdicts_of("hold-may-end", entries, region)
    if condition is None:
        assert found == ["not applicable"] * 3
    else:
        at_limit = "met" if condition.inclusive or condition.limit is None else "not met"
        assert found == ["not met", at_limit, "met"]


def test_holds_of_the_label_are_rules_on_that_analyte() -> None:
    analytes = {condition.analyte for drug in catalogue().drugs.values() for condition in drug.resume}
    assert analytes == LABEL_HOLDS.keys()
    for _, reason in HOLDS:
        assert REGISTRY.rules[reason].panel == "cbc"
    assert {
        "anc": {"anc-below-1", "tofa-anc"},
        "alc": {"alc-below-0.5", "tofa-alc"},
        "hb": {"hb-below-8", "hb-fall-2"},
    } == LABEL_HOLDS
