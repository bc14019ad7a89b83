"""Tests of labtrack.clinic.engine; what it answers is tested with the rules, the schedule and the oracle."""

from __future__ import annotations

from datetime import date

import numpy as np
from tests.labs.build import case
from tests.rules.casefile import cohort_of_cases

from labtrack.catalogue import catalogue
from labtrack.clinic.engine import Engine
from labtrack.core.judgment import Region
from labtrack.rules import REGISTRY

ENGINE = Engine(catalogue(), REGISTRY.rules, Region.US)
DAY = date(2026, 6, 30).toordinal()


def test_every_rule_and_every_check_has_a_column_of_all_rows() -> None:
    judgment = ENGINE.judge_today(cohort_of_cases([case(), case()]), DAY)
    assert [each.rule.id for each in judgment.rules] == list(REGISTRY.rules)
    assert all(len(each.answer) == 2 for each in judgment.rules)
    assert [each.panel for each in judgment.checks] == [*catalogue().panels, "response-review", "screening"]


def test_only_rules_that_are_met_hand_over_a_recheck() -> None:
    results = [f"{date.fromordinal(DAY).isoformat()} anc 0.4 10*9/L"]
    judgment = ENGINE.judge_today(cohort_of_cases([case(*results, as_of="2026-06-30")]), DAY)
    assert {each.rule for each in judgment.rechecks} == {"anc-below-1", "neutropenia"}
    assert all(each.collected.tolist() == [DAY] for each in judgment.rechecks)


def test_readings_may_be_used_again_for_another_day() -> None:
    cohort = cohort_of_cases([case("2026-06-01 anc 0.4 10*9/L")])
    first = ENGINE.judge_today(cohort, DAY)
    day = np.array([date(2026, 5, 1).toordinal()])
    again = ENGINE.judge(cohort, np.array([0]), day, first.labs.readings)
    fresh = ENGINE.judge(cohort, np.array([0]), day)
    assert [each.answer.tolist() for each in again.rules] == [each.answer.tolist() for each in fresh.rules]
    assert again.labs.readings is first.labs.readings
