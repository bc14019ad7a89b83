"""Blood counts: numbers equal on paper compare equal, in every unit and beside every limit."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.rules.casefile import verdicts_of

from labtrack.rules.cbc import CONFIRMATION, NOT_STARTED

COUNTS = {"10*9/L": 1, "K/uL": 1, "/uL": 1000, "cells/uL": 1000}
TOFACITINIB = "tofacitinib 5 mg twice daily from 2026-01-10"
BELOW = [
    ("anc-below-1", "ANC", "1.0", "baricitinib 2 mg daily from 2026-01-10", COUNTS),
    ("alc-below-0.5", "ALC", "0.5", "upadacitinib 15 mg daily from 2026-01-10", COUNTS),
    ("tofa-anc", "ANC", "1.0", TOFACITINIB, COUNTS),
    ("tofa-alc", "ALC", "0.5", TOFACITINIB, COUNTS),
    ("neutropenia", "ANC", "1.5", TOFACITINIB, COUNTS),
    ("hb-below-8", "Hb", "8.0", TOFACITINIB, {"g/dL": 1, "g/L": 10}),
    ("platelets-below-75", "PLT", "75", TOFACITINIB, {"10*9/L": 1, "/uL": 1000, "lakh/cumm": Decimal("0.01")}),
]


@pytest.mark.parametrize(("rule", "analyte", "limit", "course", "units"), BELOW, ids=lambda value: str(value)[:24])
@given(steps=st.lists(st.integers(-1000, 1000), min_size=1, max_size=20), data=st.data())
def test_below_a_limit_is_strict_in_every_unit(
    rule: str, analyte: str, limit: str, course: str, units: dict[str, Decimal], steps: list[int], data: st.DataObject
) -> None:
    expected, entries = [], []
    for step in steps:
        value = Decimal(limit) * (1 + Decimal(step) / 2000)
        unit = data.draw(st.sampled_from(sorted(units)))
        expected.append("met" if value < Decimal(limit) else "not met")
        entries.append({"course": course, "results": [f"2026-06-01 {analyte} {value * units[unit]:f} {unit}"]})
    assert verdicts_of(rule, entries) == expected


@given(st.lists(st.tuples(st.integers(80, 180), st.integers(50, 180)), min_size=1, max_size=20))
def test_a_fall_of_more_than_two_in_tenths(pairs: list[tuple[int, int]]) -> None:
    entries = [{"results": [f"2026-01-05 Hb {start / 10} g/dL", f"2026-06-01 Hb {now} g/L"]} for start, now in pairs]
    assert verdicts_of("hb-fall-2", entries) == ["met" if start - now > 20 else "not met" for start, now in pairs]


@given(st.lists(st.tuples(st.integers(80, 130), st.integers(70, 100)), min_size=1, max_size=20))
def test_the_gap_of_the_tofacitinib_label_is_what_no_other_rule_has(pairs: list[tuple[int, int]]) -> None:
    entries = [{"course": TOFACITINIB, "results": [f"2026-01-05 Hb {start} g/L", f"2026-06-01 Hb {now} g/L"]} for start, now in pairs]
    gap, low, fallen = (verdicts_of(rule, entries) for rule in ("tofa-hb-8-9", "hb-below-8", "hb-fall-2"))
    for (_, now), *said in zip(pairs, gap, low, fallen, strict=True):
        assert (said[0] == "met") == (now < 90 and said[1] == said[2] == "not met")


def test_the_sentence_before_the_start_is_empty() -> None:
    assert CONFIRMATION[NOT_STARTED] == ""
