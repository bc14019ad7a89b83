"""The next check of each panel: baseline, milestones, repeats, restarts, rechecks; response review and screening."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from tests.labs.build import check, judged

from labtrack.catalogue import catalogue
from labtrack.schedule.checks import BASELINE_MISSING, FIRST_RECHECK, MILESTONE, REPEATING, RESTART

START = date(2026, 1, 10)
SETS = {
    "cbc": ("hb 13 g/dL", "anc 3 10*9/L", "alc 1.5 10*9/L"),
    "liver": ("alt 20 U/L", "ast 20 U/L"),
    "renal": ("egfr 90 mL/min/1.73m2",),
    "lipid": ("ldl 100 mg/dL",),
}
TOFACITINIB = "tofacitinib 5 mg twice daily from 2026-01-10"


def after(days: int) -> str:
    """A day counted from the start."""
    return (START + timedelta(days=days)).isoformat()


def panel(name: str, *days: int) -> list[str]:
    """Complete sets of a panel on days counted from the start."""
    return [f"{after(day)} {each}" for day in days for each in SETS[name]]


def due_day(name: str, *results: str, **fields: object) -> int:
    """The due date of a panel, counted from the start."""
    found = check(name, *results, **fields)
    return (date.fromisoformat(found.split()[0]) - START).days


# Routine


@pytest.mark.parametrize("name", list(SETS))
def test_a_missing_baseline_is_due_on_the_start_date(name: str) -> None:
    assert due_day(name) == 0
    assert due_day(name, *panel(name, -181)) == 0, "one from 181 days before the start is none"


@pytest.mark.parametrize(("as_of", "status"), [(-8, "later"), (-7, "due"), (0, "due"), (7, "due"), (8, "overdue"), (200, "overdue")])
def test_never_tested_is_overdue_as_soon_as_the_start_and_its_window_have_passed(as_of: int, status: str) -> None:
    assert check("cbc", as_of=after(as_of)) == f"{after(0)} {status}"


@pytest.mark.parametrize(("name", "first"), [("cbc", 28), ("liver", 28), ("renal", 28), ("lipid", 84)])
@pytest.mark.parametrize("baseline", [-180, -1])
def test_with_a_baseline_the_first_milestone_is_due(name: str, first: int, baseline: int) -> None:
    assert due_day(name, *panel(name, baseline)) == first


@pytest.mark.parametrize(
    ("completed", "due"),
    [(0, 28), (20, 28), (21, 84), (28, 84), (69, 84), (70, 154), (84, 168), (100, 184)],
)
def test_a_completion_covers_a_milestone_from_its_window_on(completed: int, due: int) -> None:
    """e < 21 asks for day 28, e < 70 for day 84, after that 84 days on."""
    for name in ("cbc", "liver", "renal"):
        assert due_day(name, *panel(name, -1, completed), as_of=after(110)) == due


@pytest.mark.parametrize(("completed", "due"), [(0, 84), (69, 84), (70, 434), (84, 448), (100, 464)])
def test_lipids_at_week_12_then_every_52_weeks(completed: int, due: int) -> None:
    assert due_day("lipid", *panel("lipid", -1, completed), as_of=after(110)) == due


@pytest.mark.parametrize(("completed", "due"), [(0, 56), (41, 56), (42, 406), (84, 448)])
def test_lipids_on_tofacitinib_at_week_8(completed: int, due: int) -> None:
    assert due_day("lipid", *panel("lipid", -1, completed), as_of=after(110), course=TOFACITINIB) == due


def test_a_completion_after_the_start_makes_up_for_a_missing_baseline() -> None:
    assert due_day("cbc", *panel("cbc", 5), as_of=after(10)) == 28


def test_the_last_completion_counts() -> None:
    assert due_day("cbc", *panel("cbc", -1, 28, 84, 90), as_of=after(110)) == 174
    assert due_day("cbc", *panel("cbc", -1, 28, 84, 90), as_of=after(85)) == 168, "what comes later is not known yet"


@pytest.mark.parametrize(
    ("results", "as_of", "status"),
    [
        (panel("cbc", -1), 20, "later"),
        (panel("cbc", -1), 21, "due"),
        (panel("cbc", -1), 35, "due"),
        (panel("cbc", -1), 36, "overdue"),
        (panel("cbc", -1, 28), 69, "later"),
        (panel("cbc", -1, 28), 70, "due"),
        (panel("cbc", -1, 28), 98, "due"),
        (panel("cbc", -1, 28), 99, "overdue"),
        (panel("cbc", -1, 84), 153, "later"),
        (panel("cbc", -1, 84), 154, "due"),
        (panel("cbc", -1, 84), 182, "due"),
        (panel("cbc", -1, 84), 183, "overdue"),
    ],
)
def test_the_window_of_each_step(results: list[str], as_of: int, status: str) -> None:
    assert check("cbc", *results, as_of=after(as_of)).endswith(f" {status}")


def test_a_planned_course_has_its_checks() -> None:
    assert check("cbc", as_of=after(-30)) == f"{after(0)} later"
    assert check("cbc", *panel("cbc", -40), as_of=after(-30)) == f"{after(28)} later"
    assert check("cbc", *panel("cbc", -1), as_of=after(-30)) == f"{after(0)} later", "a result to come is not known"


def test_without_a_course_there_are_no_checks() -> None:
    results = (*panel("cbc", -1), f"{after(0)} hb 7.0 g/dL")
    assert {check(name, *results, course="none") for name in (*SETS, "response-review", "screening")} == {""}


# Restarts


@pytest.mark.parametrize(
    ("completions", "due"),
    [((-1, 28, 70), 128), ((-1, 28, 70, 120), 128), ((-1, 28, 70, 121), 205), ((-1, 28, 70, 128), 212)],
)
def test_a_dose_increase_asks_for_a_check_after_28_days(completions: tuple[int, ...], due: int) -> None:
    """On day 100: due on day 128, unless complete on or after day 121."""
    increase = {"doses": [f"4 mg daily from {after(100)}"], "as_of": after(135)}
    for name in ("cbc", "liver", "renal"):
        assert due_day(name, *panel(name, *completions), **increase) == due
    assert due_day("lipid", *panel("lipid", -1, 70), **increase) == 434, "lipids are not asked for"


def test_its_window_is_7_days() -> None:
    fields = {"doses": [f"4 mg daily from {after(100)}"]}
    results = panel("cbc", -1, 28, 70)
    statuses = [check("cbc", *results, as_of=after(day), **fields).split()[1] for day in (120, 121, 135, 136)]
    assert statuses == ["later", "due", "due", "overdue"]


def test_an_earlier_routine_date_stays() -> None:
    assert due_day("cbc", *panel("cbc", -1, 28), doses=[f"4 mg daily from {after(60)}"], as_of=after(70)) == 84
    assert due_day("cbc", *panel("cbc", -1, 28), doses=[f"4 mg daily from {after(56)}"], as_of=after(70)) == 84


def test_a_resumption_counts_and_a_lower_dose_does_not() -> None:
    results = panel("cbc", -1, 28, 70)
    assert due_day("cbc", *results, holds=[f"{after(90)} to {after(100)}: anc-below-1"], as_of=after(110)) == 128
    assert due_day("cbc", *results, doses=[f"1 mg daily from {after(100)}"], as_of=after(110)) == 154
    assert due_day("cbc", *results, holds=[f"{after(90)}: anc-below-1"], as_of=after(110)) == 154, "checks go on during a hold"


# Rechecks


@pytest.mark.parametrize(
    ("name", "result", "days"),
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
def test_a_met_rule_brings_its_panel_forward(name: str, result: str, days: int) -> None:
    results = (*panel(name, -1, 84), f"{after(100)} {result}")
    assert due_day(name, *results, as_of=after(101)) == 100 + days


def test_its_window_is_3_days() -> None:
    results = (*panel("cbc", -1, 84), f"{after(100)} anc 0.9 10*9/L")
    statuses = [check("cbc", *results, as_of=after(day)).split()[1] for day in (103, 104, 110, 111)]
    assert statuses == ["later", "due", "due", "overdue"]


def test_of_several_the_earliest_and_of_alt_and_ast_the_earlier_one() -> None:
    assert due_day("cbc", *panel("cbc", -1, 84), f"{after(100)} hb 11 g/dL", f"{after(101)} anc 0.9 10*9/L", as_of=after(102)) == 108
    both = (f"{after(100)} alt 150 U/L", f"{after(103)} ast 150 U/L")
    assert due_day("liver", *panel("liver", -1, 84), *both, as_of=after(104)) == 114


def test_hys_law_counts_from_the_bilirubin() -> None:
    results = (f"{after(100)} alt 200 U/L", f"{after(104)} bilirubin 3.0 mg/dL")
    assert due_day("liver", *panel("liver", -1, 84), *results, as_of=after(104)) == 107


def test_a_later_recheck_than_the_routine_date_waits() -> None:
    assert due_day("cbc", *panel("cbc", -1), f"{after(10)} hb 11 g/dL", as_of=after(11)) == 28


def test_of_equal_dates_the_recheck_counts_with_its_window() -> None:
    results = (*panel("cbc", -1), f"{after(21)} anc 0.9 10*9/L")
    assert check("cbc", *results, as_of=after(31)) == f"{after(28)} due"
    assert check("cbc", *results, as_of=after(32)) == f"{after(28)} overdue"


def test_not_before_the_start_of_a_started_course() -> None:
    results = (f"{after(-30)} anc 0.9 10*9/L",)
    assert due_day("cbc", *results, as_of=after(1)) == 0
    assert due_day("cbc", *results, as_of=after(-1)) == -23, "before the start it is due when it is due"


def test_after_a_stop_only_the_rechecks_of_urgent_findings_are_left() -> None:
    stopped = {"course": f"baricitinib 2 mg daily from {after(0)} to {after(100)}", "as_of": after(110)}
    low = f"{after(99)} anc 0.9 10*9/L"
    assert check("cbc", *panel("cbc", -1), low, **stopped) == f"{after(106)} overdue"
    assert check("liver", *panel("liver", -1), **stopped) == ""
    assert check("cbc", *panel("cbc", -1), low, f"{after(105)} anc 0.9 10*9/L", **stopped) == "", "until a later result"
    assert {check(name, low, **stopped) for name in ("response-review", "screening")} == {""}


# Review and screening


@pytest.mark.parametrize(("as_of", "status"), [(-5, "later"), (69, "later"), (70, "due"), (98, "due"), (99, "overdue")])
def test_the_response_review_is_due_at_week_12(as_of: int, status: str) -> None:
    assert check("response-review", as_of=after(as_of)) == f"{after(84)} {status}"


@pytest.mark.parametrize(("on", "done"), [(-1, False), (0, True), (50, True), (111, False)])
def test_it_is_done_by_an_event_of_its_kind(on: int, done: bool) -> None:
    assert (check("response-review", events=[f"{after(on)} response-review"], as_of=after(110)) == "") == done


@pytest.mark.parametrize(("as_of", "status"), [(-1, "later"), (0, "due"), (1, "overdue")])
def test_screening_is_due_on_the_start_date(as_of: int, status: str) -> None:
    assert check("screening", as_of=after(as_of)) == f"{after(0)} {status}"


def test_screening_is_due_some_days_after_the_start_where_the_protocol_says_so() -> None:
    shot = snapshot(1, [])
    shot.catalogue = replace(catalogue(), protocols=replace(catalogue().protocols, screening=Due(3, 2)))
    assert planned(shot, SCREENING) == Next(3, 2, "milestone")


def test_screening_is_done_when_every_item_is() -> None:
    items = tuple(catalogue().screening_items)
    assert check("screening", events=[f"{after(-5)} {item}" for item in items]) == ""
    assert check("screening", events=[f"{after(-5)} declined-{item}" for item in items]) == ""
    assert check("screening", events=[f"{after(-5)} {item}" for item in items[1:]]) != ""
    unknown = {"patient": "F birth date unknown", "events": [f"{after(-5)} {item}" for item in items if item != "screen-pregnancy"]}
    assert check("screening", **unknown) != "", "an item that may apply is open"


# Why, and what lacks


@pytest.mark.parametrize(
    ("fields", "results", "why"),
    [
        ({}, [], BASELINE_MISSING),
        ({}, panel("cbc", -1), MILESTONE),
        ({}, panel("cbc", -1, 84), REPEATING),
        ({"doses": [f"4 mg daily from {after(100)}"]}, panel("cbc", -1, 84), RESTART),
    ],
)
def test_why_a_panel_is_due(fields: dict[str, object], results: list[str], why: int) -> None:
    (cbc,) = (each for each in judged(*results, **fields).checks if each.panel == "cbc")
    assert cbc.why.tolist() == [why]


def test_a_recheck_is_named_by_its_place() -> None:
    judgment = judged(*panel("cbc", -1, 84), f"{after(100)} anc 0.9 10*9/L", f"{after(100)} hb 11 g/dL", as_of=after(101))
    (cbc,) = (each for each in judgment.checks if each.panel == "cbc")
    assert judgment.rechecks[int(cbc.why[0]) - FIRST_RECHECK].rule == "anc-below-1"


def test_what_the_last_incomplete_set_lacks_is_named() -> None:
    (cbc,) = (each for each in judged(*panel("cbc", -1), f"{after(28)} hb 12 g/dL").checks if each.panel == "cbc")
    assert {key: bool(flags[0]) for key, flags in cbc.missing.items()} == {"hb": False, "anc": True, "alc": True}
