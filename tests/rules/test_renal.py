"""Kidney function: bands, doses and equations against arithmetic in plain Python."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st
from tests.rules.casefile import verdicts_of

from labtrack.core.judgment import Region

EGFR = "2026-06-01 eGFR {} mL/min/1.73m2"


@given(st.lists(st.tuples(st.integers(100, 900), st.integers(1, 8)), min_size=1, max_size=20))
def test_us_band_and_dose(pairs: list[tuple[int, int]]) -> None:
    entries = [
        {"course": f"baricitinib {halves / 2} mg daily from 2026-01-10", "results": [EGFR.format(Decimal(tenths) / 10)]}
        for tenths, halves in pairs
    ]
    expected = ["met" if 300 <= tenths < 600 and halves > 2 else "not met" for tenths, halves in pairs]
    assert verdicts_of("egfr-30-60-dose", entries) == expected
    assert verdicts_of("egfr-below-30", entries) == ["met" if tenths < 300 else "not met" for tenths, _ in pairs]


@given(st.lists(st.tuples(st.integers(40, 400), st.integers(35, 140), st.sampled_from("FM"), st.integers(1, 8)), min_size=1, max_size=20))
def test_eu_band_is_by_clearance(charts: list[tuple[int, int, str, int]]) -> None:
    entries, expected = [], []
    for hundredths, weight, sex, halves in charts:
        entries.append(
            {
                "patient": f"{sex} born 1966-01-01 {weight} kg",
                "course": f"baricitinib {halves / 2} mg daily from 2026-01-10",
                "results": [f"2026-06-01 creatinine {Decimal(hundredths) / 100} mg/dL"],
            }
        )
        clearance = Decimal(140 - 60) * weight * (Decimal("0.85") if sex == "F" else 1) / (72 * Decimal(hundredths) / 100)
        expected.append("met" if 30 <= clearance <= 60 and halves > 4 else "not met")
    assert verdicts_of("egfr-30-60-dose", entries, Region.EU) == expected


@given(st.lists(st.tuples(st.integers(20, 120), st.integers(10, 120)), min_size=1, max_size=20))
def test_a_fall_of_more_than_a_quarter(pairs: list[tuple[int, int]]) -> None:
    entries = [{"results": [f"2026-01-05 eGFR {start} mL/min/1.73m2", EGFR.format(now)]} for start, now in pairs]
    assert verdicts_of("egfr-fall-25", entries) == ["met" if 4 * now < 3 * start else "not met" for start, now in pairs]
