"""The next check of each panel, clause by clause (clinical reference, section 4, *Schedule*). Day 0 is the start."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from types import MappingProxyType

import numpy as np
import pytest
from tests.labs.build import case, check, judged, labs_of
from tests.schedule.panels import START, Next, checks_of, course, on, panel, planned, recheck, snapshot, status

from labtrack.catalogue import Due, catalogue
from labtrack.schedule import Recheck
from labtrack.schedule.checks import FIRST_RECHECK, RESPONSE_REVIEW, SCREENING

FOUR_WEEKLY = ("cbc", "liver", "renal")
PANELS = (*FOUR_WEEKLY, "lipid")
ITEMS = tuple(catalogue().screening_items)
#: Everything that the usual patient is screened for: she is past the age for pregnancy status.
SCREENED = [f"{on(-5)} {item}" for item in ITEMS if item != "screen-pregnancy"]


def renal(as_of: int, *days: int, **fields: object) -> Next | None:
    """The next kidney check of a patient tested on some days."""
    return planned(snapshot(as_of, panel("renal", *days), **fields), "renal")


# Routine: baseline, milestones, repeats


@pytest.mark.parametrize("key", PANELS)
def test_without_any_result_the_baseline_is_missing(key: str) -> None:
    assert planned(snapshot(100, []), key) == Next(0, 7, "baseline missing")


@pytest.mark.parametrize(
    ("complete", "expected"),
    [
        (-181, Next(0, 7, "baseline missing")),
        (-180, Next(28, 7, "milestone")),
        (-1, Next(28, 7, "milestone")),
        (0, Next(28, 7, "milestone")),
    ],
)
def test_a_baseline_reaches_back_180_days(complete: int, expected: Next) -> None:
    assert renal(5, complete) == expected


@pytest.mark.parametrize("key", FOUR_WEEKLY)
@pytest.mark.parametrize(
    ("complete", "expected"),
    [
        (20, Next(28, 7, "milestone")),
        (21, Next(84, 14, "milestone")),
        (69, Next(84, 14, "milestone")),
        (70, Next(154, 14, "repeating")),
        (100, Next(184, 14, "repeating")),
    ],
)
def test_milestones_at_weeks_4_and_12_then_every_12_weeks(key: str, complete: int, expected: Next) -> None:
    assert planned(snapshot(130, panel(key, -3, complete)), key) == expected


@pytest.mark.parametrize(
    ("drug", "complete", "expected"),
    [
        ("baricitinib", 0, Next(84, 14, "milestone")),
        ("baricitinib", 69, Next(84, 14, "milestone")),
        ("baricitinib", 70, Next(434, 14, "repeating")),
        ("upadacitinib", 69, Next(84, 14, "milestone")),
        ("upadacitinib", 70, Next(434, 14, "repeating")),
        ("tofacitinib", 0, Next(56, 14, "milestone")),
        ("tofacitinib", 41, Next(56, 14, "milestone")),
        ("tofacitinib", 42, Next(406, 14, "repeating")),
    ],
)
def test_lipids_at_week_12_or_8_then_every_52_weeks(drug: str, complete: int, expected: Next) -> None:
    assert planned(snapshot(130, panel("lipid", -3, complete), course=course(drug)), "lipid") == expected


def test_the_milestone_is_told_in_days_after_the_start() -> None:
    found = [checks_of(snapshot(130, panel("renal", -3, complete)))["renal"].milestone[0] for complete in (0, 21, 70)]
    assert found == [28, 84, 84]


def test_a_baseline_is_not_needed_once_the_panel_was_complete_after_the_start() -> None:
    assert renal(60, 30) == Next(84, 14, "milestone")


def test_the_last_completion_by_the_judged_day_counts() -> None:
    assert renal(29, -3, 30) == Next(28, 7, "milestone")
    assert renal(30, -3, 30) == Next(84, 14, "milestone")
    assert renal(85, -3, 28, 84, 90) == Next(168, 14, "repeating")
    assert renal(90, -3, 28, 84, 90) == Next(174, 14, "repeating")


def test_an_incomplete_set_covers_no_milestone_and_is_named() -> None:
    shot = snapshot(40, [*panel("cbc", -3), f"{on(28)} Hb 13.5 g/dL", f"{on(28)} ANC 4.0 10*9/L"])
    assert planned(shot, "cbc") == Next(28, 7, "milestone")
    assert {key: bool(flags[0]) for key, flags in checks_of(shot)["cbc"].missing.items()} == {"hb": False, "anc": False, "alc": True}


def test_a_planned_course_is_scheduled_from_its_start() -> None:
    assert renal(-10) == Next(0, 7, "baseline missing")
    assert renal(-10, -20) == Next(28, 7, "milestone")


def test_a_drug_with_fewer_milestones_than_the_others() -> None:
    found = []
    for complete in (0, 69, 70):
        shot = snapshot(130, panel("renal", -3, complete), course=course("tofacitinib"))
        fewer = MappingProxyType({("tofacitinib", "renal"): (Due(84, 14),)})
        shot.catalogue = replace(catalogue(), protocols=replace(catalogue().protocols, drug_milestones=fewer))
        found.append(planned(shot, "renal"))
    assert found == [Next(84, 14, "milestone"), Next(84, 14, "milestone"), Next(154, 14, "repeating")]


def test_each_row_has_a_plan_of_its_own() -> None:
    cases = [case(*panel("lipid", -3), course=course(drug), as_of=on(10)) for drug in ("baricitinib", "tofacitinib")]
    assert (checks_of(labs_of(cases))["lipid"].due - START.toordinal()).tolist() == [84, 56]


# Without a running course


def test_a_candidate_has_no_checks() -> None:
    shot = snapshot(10, panel("renal", 0), course="none")
    assert [planned(shot, key, recheck("renal", 0, 7)) for key in (*PANELS, RESPONSE_REVIEW, SCREENING)] == [None] * 6


def test_a_stopped_course_has_only_rechecks() -> None:
    shot = snapshot(60, panel("renal", -3, 35), course=course(stop=40))
    wanted = recheck("renal", 35, 14)
    assert [planned(shot, key, wanted) for key in (*PANELS, RESPONSE_REVIEW, SCREENING)] == [
        None, None, Next(49, 3, "recheck 0"), None, None, None,
    ]  # fmt: skip


# Dose increases and resumptions


@pytest.mark.parametrize("key", FOUR_WEEKLY)
@pytest.mark.parametrize(
    ("complete", "expected"),
    [
        (95, Next(128, 7, "restart")),
        (120, Next(128, 7, "restart")),
        (121, Next(205, 14, "repeating")),
        (122, Next(206, 14, "repeating")),
    ],
)
def test_a_dose_increase_asks_for_a_check_unless_complete_21_days_after_it(key: str, complete: int, expected: Next) -> None:
    shot = snapshot(130, panel(key, -3, 80, complete), doses=[f"4 mg daily from {on(100)}"])
    assert planned(shot, key) == expected


@pytest.mark.parametrize(
    ("complete", "expected"),
    [(120, Next(128, 7, "restart")), (121, Next(205, 14, "repeating"))],
)
def test_so_does_a_resumption_on_its_day(complete: int, expected: Next) -> None:
    assert renal(130, -3, 80, complete, holds=[f"{on(90)} to {on(100)}: anc-below-1"]) == expected


def test_an_open_hold_is_no_resumption_and_checks_go_on() -> None:
    assert renal(130, -3, 100, holds=[f"{on(105)} anc-below-1"]) == Next(184, 14, "repeating")


def test_a_dose_increase_does_not_concern_lipids() -> None:
    shot = snapshot(130, panel("lipid", -3, 80), doses=[f"4 mg daily from {on(100)}"])
    assert planned(shot, "lipid") == Next(444, 14, "repeating")


def test_a_decrease_asks_for_nothing() -> None:
    assert renal(130, -3, 100, doses=[f"1 mg daily from {on(110)}"]) == Next(184, 14, "repeating")


def test_a_dose_increase_counts_from_its_day_on() -> None:
    doses = [f"4 mg daily from {on(100)}"]
    assert renal(99, -3, 80, doses=doses) == Next(164, 14, "repeating")
    assert renal(100, -3, 80, doses=doses) == Next(128, 7, "restart")


def test_of_several_restarts_the_first_one_not_yet_checked_counts() -> None:
    doses = [f"3 mg daily from {on(90)}", f"4 mg daily from {on(100)}"]
    assert renal(130, -3, 80, doses=doses) == Next(118, 7, "restart")
    assert renal(130, -3, 110, doses=doses) == Next(118, 7, "restart")
    assert renal(130, -3, 111, doses=doses) == Next(128, 7, "restart")
    assert renal(130, -3, 121, doses=doses) == Next(205, 14, "repeating")


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        (55, Next(83, 7, "restart")),
        (56, Next(84, 7, "restart")),
        (57, Next(84, 14, "milestone")),
    ],
)
def test_the_earlier_of_restart_and_milestone(step: int, expected: Next) -> None:
    assert renal(60, -3, 30, doses=[f"4 mg daily from {on(step)}"]) == expected


def test_a_missing_baseline_comes_before_a_restart() -> None:
    assert renal(60, doses=[f"4 mg daily from {on(20)}"]) == Next(0, 7, "baseline missing")


@pytest.mark.parametrize(
    ("doses", "expected"),
    [
        ([f"4 mg as needed from {on(100)}"], Next(128, 7, "restart")),
        ([f"1 mg as needed from {on(60)}", f"1 mg daily from {on(100)}"], Next(128, 7, "restart")),
        ([f"1 mg twice daily from {on(100)}"], Next(184, 14, "repeating")),
        ([f"4 mg every other day from {on(100)}"], Next(184, 14, "repeating")),
        ([f"2 mg twice daily from {on(100)}"], Next(128, 7, "restart")),
    ],
)
def test_a_step_to_or_from_an_unknown_frequency_counts_as_an_increase(doses: list[str], expected: Next) -> None:
    assert renal(130, -3, 100, doses=doses) == expected


# Rechecks


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (7, Next(107, 3, "recheck 0")),
        (83, Next(183, 3, "recheck 0")),
        (84, Next(184, 3, "recheck 0")),
        (85, Next(184, 14, "repeating")),
    ],
)
def test_a_met_rule_brings_its_panel_forward_if_no_later_than_the_routine_date(days: int, expected: Next) -> None:
    shot = snapshot(130, panel("renal", -3, 100))
    assert planned(shot, "renal", recheck("renal", 100, days)) == expected


def test_a_rule_brings_forward_its_own_panel_only() -> None:
    shot = snapshot(130, [*panel("renal", -3, 100), *panel("liver", -3, 100)])
    assert planned(shot, "liver", recheck("renal", 100, 7)) == Next(184, 14, "repeating")


def test_of_several_rechecks_the_earliest_date_counts() -> None:
    shot = snapshot(130, panel("renal", -3, 100))
    sooner, later, elsewhere = recheck("renal", 100, 7), recheck("renal", 99, 9), recheck("cbc", 100, 1)
    assert planned(shot, "renal", elsewhere, sooner, later) == Next(107, 3, "recheck 1")
    assert planned(shot, "renal", later, sooner) == Next(107, 3, "recheck 1")


def test_a_rule_that_is_not_met_asks_for_nothing() -> None:
    nowhere = Recheck("renal", "rule", 7, np.array([0]))
    assert planned(snapshot(130, panel("renal", -3, 100)), "renal", nowhere) == Next(184, 14, "repeating")
    assert planned(snapshot(130, panel("renal", 35), course=course(stop=40)), "renal", nowhere) is None


@pytest.mark.parametrize(
    ("days", "expected"),
    [(3, Next(0, 3, "recheck 0")), (5, Next(0, 3, "recheck 0")), (6, Next(1, 3, "recheck 0"))],
)
def test_no_recheck_before_the_start_of_a_started_course(days: int, expected: Next) -> None:
    assert planned(snapshot(0, panel("renal", -5)), "renal", recheck("renal", -5, days)) == expected


def test_a_recheck_before_a_planned_start_stands() -> None:
    assert planned(snapshot(-1, panel("renal", -5)), "renal", recheck("renal", -5, 3)) == Next(-2, 3, "recheck 0")


def test_a_recheck_gives_way_to_a_missing_baseline_unless_it_is_on_that_date() -> None:
    shot = snapshot(10, panel("renal", -190))
    assert planned(shot, "renal", recheck("renal", -190, 191)) == Next(0, 7, "baseline missing")
    assert planned(shot, "renal", recheck("renal", -190, 14)) == Next(0, 3, "recheck 0")


def test_the_reason_names_the_recheck_by_its_place() -> None:
    found = checks_of(snapshot(130, panel("renal", -3, 100)), recheck("cbc", 100, 7), recheck("renal", 100, 7))["renal"]
    assert found.why.tolist() == [FIRST_RECHECK + 1] == [5]


# Rechecks as the rules ask for them


def asked(key: str, as_of: int, *results: str) -> int:
    """The due date of a panel with a baseline and week 12, the rules run."""
    due, _ = check(key, *panel(key, -1, 84), *results, as_of=on(as_of)).split()
    return (date.fromisoformat(due) - START).days


@pytest.mark.parametrize(
    ("key", "result", "days"),
    [
        ("cbc", "anc 0.9 10*9/L", 7),
        ("cbc", "hb 11.9 g/dL", 28),
        ("cbc", "plt 74 10*9/L", 7),
        ("liver", "alt 45 U/L", 28),
        ("liver", "ast 121 U/L", 14),
        ("liver", "alt 221 U/L", 7),
        ("renal", "egfr 29 mL/min/1.73m2", 14),
        ("lipid", "ldl 190 mg/dL", 42),
        ("lipid", "tg 500 mg/dL", 42),
    ],
)
def test_a_rule_asks_for_its_panel_days_after_the_result_that_meets_it(key: str, result: str, days: int) -> None:
    assert asked(key, 101, f"{on(100)} {result}") == 100 + days


def test_of_several_rules_and_of_alt_and_ast_the_earliest_date() -> None:
    assert asked("cbc", 102, f"{on(100)} hb 11 g/dL", f"{on(101)} anc 0.9 10*9/L") == 108
    assert asked("liver", 104, f"{on(100)} alt 150 U/L", f"{on(103)} ast 150 U/L") == 114
    assert asked("liver", 104, f"{on(103)} alt 150 U/L", f"{on(100)} ast 150 U/L") == 114


def test_hys_law_counts_from_the_bilirubin() -> None:
    assert asked("liver", 104, f"{on(100)} alt 200 U/L", f"{on(104)} bilirubin 3.0 mg/dL") == 107


def test_after_a_stop_the_rechecks_of_urgent_findings_last_until_a_later_result() -> None:
    stopped = {"course": course(stop=100), "as_of": on(110)}
    low = f"{on(99)} anc 0.9 10*9/L"
    assert check("cbc", *panel("cbc", -1), low, **stopped) == f"{on(106)} overdue"
    assert check("cbc", *panel("cbc", -1), low, f"{on(105)} anc 0.9 10*9/L", **stopped) == ""
    assert check("cbc", *panel("cbc", -1), f"{on(99)} anc 1.4 10*9/L", **stopped) == "", "not urgent"
    assert check("liver", *panel("liver", -1), low, **stopped) == ""


def test_the_engine_hands_in_the_rules_behind_the_reasons() -> None:
    judgment = judged(*panel("cbc", -1, 84), f"{on(100)} anc 0.9 10*9/L", f"{on(100)} hb 11 g/dL", as_of=on(101))
    (cbc,) = (each for each in judgment.checks if each.panel == "cbc")
    assert judgment.rechecks[int(cbc.why[0]) - FIRST_RECHECK].rule == "anc-below-1"


# Status


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [(20, "later"), (21, "due"), (28, "due"), (35, "due"), (36, "overdue")],
)
def test_due_within_the_window_either_side(as_of: int, expected: str) -> None:
    assert status(snapshot(as_of, panel("renal", 0)), "renal") == expected


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [(-8, "later"), (-7, "due"), (0, "due"), (7, "due"), (8, "overdue")],
)
def test_never_tested_is_overdue_as_soon_as_start_and_window_have_passed(as_of: int, expected: str) -> None:
    assert status(snapshot(as_of, []), "cbc") == expected


@pytest.mark.parametrize(("as_of", "expected"), [(103, "later"), (104, "due"), (110, "due"), (111, "overdue")])
def test_a_recheck_has_a_window_of_three_days(as_of: int, expected: str) -> None:
    assert status(snapshot(as_of, panel("renal", -3, 100)), "renal", recheck("renal", 100, 7)) == expected


def test_the_status_of_a_stopped_course_is_that_of_today() -> None:
    shot = snapshot(60, panel("renal", 35), course=course(stop=40))
    assert status(shot, "renal", recheck("renal", 35, 14)) == "overdue"


# Response review and screening


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ([], Next(84, 14, "milestone")),
        ([f"{on(-1)} response-review"], Next(84, 14, "milestone")),
        ([f"{on(0)} response-review"], None),
        ([f"{on(90)} response-review"], None),
        ([f"{on(91)} response-review"], Next(84, 14, "milestone")),
        ([f"{on(80)} statin-start"], Next(84, 14, "milestone")),
    ],
)
def test_the_response_review_is_due_until_it_is_recorded(events: list[str], expected: Next | None) -> None:
    assert planned(snapshot(90, [], events=events), RESPONSE_REVIEW) == expected


@pytest.mark.parametrize(("as_of", "expected"), [(69, "later"), (70, "due"), (98, "due"), (99, "overdue")])
def test_the_response_review_has_a_window_of_two_weeks(as_of: int, expected: str) -> None:
    assert status(snapshot(as_of, []), RESPONSE_REVIEW) == expected


@pytest.mark.parametrize(("as_of", "expected"), [(-1, "later"), (0, "due"), (1, "overdue")])
def test_screening_is_due_on_the_start_date_exactly(as_of: int, expected: str) -> None:
    shot = snapshot(as_of, [], events=SCREENED[1:])
    assert planned(shot, SCREENING) == Next(0, 0, "milestone")
    assert status(shot, SCREENING) == expected


def test_screening_is_due_some_days_after_the_start_where_the_protocol_says_so() -> None:
    shot = snapshot(1, [])
    shot.catalogue = replace(catalogue(), protocols=replace(catalogue().protocols, screening=Due(3, 2)))
    assert planned(shot, SCREENING) == Next(3, 2, "milestone")


def test_screening_is_done_when_every_item_is_done_or_declined() -> None:
    assert planned(snapshot(1, [], events=SCREENED), SCREENING) is None
    declined = [f"{on(-5)} declined-{item}" for item in ITEMS]
    assert planned(snapshot(1, [], events=declined), SCREENING) is None
    assert planned(snapshot(1, [], events=[declined[0], *SCREENED[1:]]), SCREENING) is None
    assert planned(snapshot(-6, [], events=SCREENED), SCREENING) == Next(0, 0, "milestone")


@pytest.mark.parametrize(
    ("patient", "is_open"),
    [
        ("F born 1990-05-01", True),
        ("M born 1990-05-01", False),
        ("sex unknown born 1990-05-01", True),
        ("F birth date unknown", True),
    ],
)
def test_pregnancy_status_is_open_where_it_applies_or_may_apply(patient: str, is_open: bool) -> None:
    assert (planned(snapshot(1, [], events=SCREENED, patient=patient), SCREENING) is not None) == is_open


def test_the_panels_come_in_the_order_of_the_catalogue() -> None:
    assert list(checks_of(snapshot(1, []))) == [*PANELS, RESPONSE_REVIEW, SCREENING]


def test_checks_other_than_panels_require_no_analyte() -> None:
    found = checks_of(snapshot(1, []))
    assert (found[SCREENING].missing, found[RESPONSE_REVIEW].missing) == ({}, {})
