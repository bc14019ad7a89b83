"""Screening: what rules the drug out, and every set of settled items."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st
from tests.rules.casefile import verdicts_of

from labtrack.catalogue import catalogue

ITEMS = tuple(catalogue().screening_items)
START = date(2026, 1, 10)


@given(st.lists(st.lists(st.sampled_from(["open", "done", "declined"]), min_size=len(ITEMS), max_size=len(ITEMS)), min_size=1, max_size=10))
def test_incomplete_while_any_item_is_open(states: list[list[str]]) -> None:
    prefix = {"done": "", "declined": "declined-"}
    entries = [
        {
            "patient": "F born 1985-05-01",
            "events": [f"2026-01-05 {prefix[state]}{item}" for item, state in zip(ITEMS, each, strict=True) if state != "open"],
        }
        for each in states
    ]
    assert verdicts_of("screening-incomplete", entries) == ["met" if "open" in each else "not met" for each in states]


def test_a_clot_is_recent_for_180_days_before_the_start() -> None:
    days = [START + timedelta(day) for day in range(-200, 20)]
    expected = ["met" if -180 <= (day - START).days <= 0 else "not met" for day in days]
    for kind in ("vte", "prior-vte"):
        assert verdicts_of("contraindication", [{"events": [f"{day} {kind}"]} for day in days]) == expected


def test_of_a_planned_start_only_what_is_known_by_now_counts() -> None:
    days = [START + timedelta(day) for day in range(-200, 20)]
    planned = {"course": f"baricitinib 2 mg daily from {START}", "as_of": "2025-12-20"}
    expected = ["met" if (day - START).days >= -180 and day <= date(2025, 12, 20) else "not met" for day in days]
    assert verdicts_of("contraindication", [{**planned, "events": [f"{day} vte"]} for day in days]) == expected


def test_the_conditions_are_the_listed_kinds_and_no_other() -> None:
    kinds = [kind for kind in catalogue().event_kinds if not kind.startswith(("declined-", "screen-", "vaccine-"))]
    found = verdicts_of("contraindication", [{"events": [f"2026-06-01 {kind}"]} for kind in kinds])
    assert {kind for kind, said in zip(kinds, found, strict=True) if said == "met"} == {
        "malignancy-active",
        "diabetes-uncontrolled",
        "tb-active",
        "hepatitis-active",
    }
