"""Lipids: percentages and limits that are equal on paper compare equal, in both units."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st
from tests.rules.casefile import verdicts_of


@given(
    st.lists(st.tuples(st.integers(50, 500), st.integers(-20, 20)), min_size=1, max_size=20),
    st.sampled_from([("mg/dL", 1), ("mmol/L", 100)]),
)
def test_a_rise_of_more_than_thirty_percent(pairs: list[tuple[int, int]], unit: tuple[str, int]) -> None:
    name, scale = unit
    entries, expected = [], []
    for start, step in pairs:
        baseline = Decimal(start) / scale
        now = (baseline * Decimal("1.3")).quantize(Decimal("0.001")) + Decimal(step) / 1000
        entries.append({"results": [f"2026-01-05 LDL {baseline} {name}", f"2026-06-01 LDL {now} {name}"]})
        expected.append("met" if now > baseline * Decimal("1.3") else "not met")
    assert verdicts_of("ldl-rise-30", entries) == expected


@given(st.lists(st.integers(-30, 30), min_size=1, max_size=20))
def test_at_the_limit_or_above(steps: list[int]) -> None:
    for rule, analyte, limit in (("ldl-190", "LDL", 190), ("triglycerides-500", "TG", 500)):
        entries = [{"results": [f"2026-06-01 {analyte} {Decimal(limit) + Decimal(step) / 10} mg/dL"]} for step in steps]
        assert verdicts_of(rule, entries) == ["met" if step >= 0 else "not met" for step in steps]
