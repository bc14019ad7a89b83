"""Treatment on a day: the governing course, dose, holds, restarts and events."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from tests.labs.build import case, labs, labs_of

from labtrack.catalogue import catalogue
from labtrack.core.record import Event
from labtrack.labs.columns import Chart, ResultColumns, SpanColumns, cohort_of
from labtrack.labs.treatment import NO_COURSE, PLANNED, STARTED, STOPPED, Treatment, pairs

TWO = ["tofacitinib 5 mg twice daily from 2026-01-10 to 2026-03-01", "upadacitinib 15 mg daily from 2026-05-01"]
LABTRACK_STATES = {NO_COURSE: "none", PLANNED: "planned", STARTED: "started", STOPPED: "stopped"}


def treatment(**fields: object) -> Treatment:
    return labs(**fields).treatment


def day(text: str) -> int:
    return date.fromisoformat(text).toordinal()


@pytest.mark.parametrize(
    ("as_of", "state", "drug", "judged"),
    [
        ("2026-01-09", "planned", "tofacitinib", "2026-01-09"),
        ("2026-01-10", "started", "tofacitinib", "2026-01-10"),
        ("2026-02-28", "started", "tofacitinib", "2026-02-28"),
        ("2026-03-01", "planned", "upadacitinib", "2026-03-01"),
        ("2026-04-30", "planned", "upadacitinib", "2026-04-30"),
        ("2026-05-01", "started", "upadacitinib", "2026-05-01"),
    ],
)
def test_the_open_course_else_the_planned_one(as_of: str, state: str, drug: str, judged: str) -> None:
    """A stop takes effect on its date."""
    found = treatment(courses=TWO, as_of=as_of)
    assert LABTRACK_STATES[int(found.state[0])] == state
    assert found.drug.tolist() == [catalogue().drugs[drug].number]
    assert found.day.tolist() == [day(judged)]


def test_else_the_last_stopped_one_as_of_its_stop() -> None:
    found = treatment(course=TWO[0], as_of="2026-06-01")
    assert (int(found.state[0]), found.day.tolist(), found.as_of.tolist()) == (STOPPED, [day("2026-03-01")], [day("2026-06-01")])
    assert (found.stopped.tolist(), found.started.tolist(), found.on_hold.tolist()) == ([True], [True], [True])


def test_without_a_course_the_patient_is_a_candidate_for_baricitinib() -> None:
    found = treatment(course="none")
    assert (int(found.state[0]), found.drug.tolist(), found.has_course.tolist()) == (NO_COURSE, [1], [False])
    assert (found.start.tolist(), found.started.tolist(), found.on_hold.tolist()) == ([0], [False], [False])
    assert np.isnan(found.dose_per_day).all()
    assert found.first_restart_after(np.array([0])).tolist() == [0]


def test_a_candidate_among_others() -> None:
    found = labs_of([case(course="none"), case(), case(course="none")]).treatment
    assert found.drug.tolist() == [1, 1, 1]
    assert found.has_course.tolist() == [False, True, False]
    assert np.isnan(found.dose_per_day).tolist() == [True, False, True]


@pytest.mark.parametrize(
    ("as_of", "dose"), [("2026-01-01", 2.0), ("2026-01-10", 2.0), ("2026-02-28", 2.0), ("2026-03-01", 8.0), ("2026-04-01", np.nan)]
)
def test_the_dose_on_a_day(as_of: str, dose: float) -> None:
    """Before the start the planned dose; an unknown frequency is no dose."""
    found = treatment(doses=["4 mg twice daily from 2026-03-01", "4 mg weekly from 2026-04-01"], as_of=as_of)
    assert np.array_equal(found.dose_per_day, [dose], equal_nan=True)


def test_each_patient_has_a_course_doses_and_restarts_of_their_own() -> None:
    cases = [
        case(course="baricitinib 2 mg daily from 2026-04-01", doses=["4 mg daily from 2026-06-10"]),
        case(course="none"),
        case(course="tofacitinib 5 mg daily from 2026-01-01", doses=["10 mg daily from 2026-02-01", "8 mg daily from 2026-06-10"]),
        case(course="upadacitinib 15 mg daily from 2026-07-01"),
        case(course="upadacitinib 15 mg daily from 2025-01-01 to 2025-02-01", doses=["30 mg daily from 2025-01-20"]),
    ]
    found = labs_of(cases).treatment
    assert found.state.tolist() == [STARTED, NO_COURSE, STARTED, PLANNED, STOPPED]
    starts = ["2026-04-01", "", "2026-01-01", "2026-07-01", "2025-01-01"]
    assert found.start.tolist() == [day(start) if start else 0 for start in starts]
    assert found.started.tolist() == [True, False, True, False, True]
    assert np.array_equal(found.dose_per_day, [4, np.nan, 8, 15, 30], equal_nan=True)
    restarts = ["2026-06-10", "", "2026-02-01", "", "2025-01-20"]
    assert found.first_restart_after(np.zeros(5, np.int64)).tolist() == [day(restart) if restart else 0 for restart in restarts]


def test_a_step_is_compared_with_the_one_before_it() -> None:
    found = treatment(doses=["8 mg daily from 2026-03-01", "4 mg daily from 2026-04-01"])
    assert found.first_restart_after(np.array([day("2026-03-01")])).tolist() == [0]


@pytest.mark.parametrize(("as_of", "held"), [("2026-02-02", False), ("2026-02-03", True), ("2026-02-09", True), ("2026-02-10", False)])
def test_a_hold_and_its_end_take_effect_on_their_date(as_of: str, held: bool) -> None:
    found = treatment(holds=["2026-02-03 to 2026-02-10: anc-below-1"], as_of=as_of)
    assert found.on_hold.tolist() == [held]
    flags, since = found.hold_of(frozenset({"anc-below-1"}))
    assert (flags.tolist(), since.tolist()) == ([held], [day("2026-02-03") if held else 0])


def test_a_hold_for_another_reason() -> None:
    found = treatment(holds=["2026-02-03: herpes-zoster"])
    assert found.on_hold.tolist() == [True]
    assert found.hold_of(frozenset({"anc-below-1"}))[0].tolist() == [False]
    assert treatment().hold_of(frozenset({"anc-below-1"}))[0].tolist() == [False]


def test_of_two_holds_the_later_start_counts() -> None:
    flags, since = treatment(holds=["2026-02-03: anc-below-1", "2026-03-03: tofa-anc"]).hold_of(frozenset({"anc-below-1", "tofa-anc"}))
    assert (flags.tolist(), since.tolist()) == ([True], [day("2026-03-03")])


@pytest.mark.parametrize(
    ("fields", "after", "expected"),
    [
        ({"doses": ["4 mg daily from 2026-03-01"]}, "2026-01-10", "2026-03-01"),
        ({"doses": ["1 mg daily from 2026-03-01"]}, "2026-01-10", ""),
        ({"doses": ["2 mg twice daily from 2026-03-01"]}, "2026-01-10", "2026-03-01"),
        ({"doses": ["4 mg every other day from 2026-03-01"]}, "2026-01-10", ""),
        ({"doses": ["2 mg weekly from 2026-03-01"]}, "2026-01-10", "2026-03-01"),
        ({"doses": ["4 mg daily from 2026-07-01"]}, "2026-01-10", ""),
        ({"doses": ["4 mg daily from 2026-01-10"]}, "2026-01-01", ""),
        ({"doses": ["4 mg daily from 2026-03-01"]}, "2026-03-01", ""),
        ({"doses": ["4 mg daily from 2026-03-01", "8 mg daily from 2026-04-01"]}, "2026-03-01", "2026-04-01"),
        ({"holds": ["2026-02-03 to 2026-02-10: anc-below-1"]}, "2026-01-10", "2026-02-10"),
        ({"holds": ["2026-02-03: anc-below-1"]}, "2026-01-10", ""),
        ({"holds": ["2026-02-03 to 2026-07-10: anc-below-1"]}, "2026-01-10", ""),
        ({"holds": ["2026-02-03 to 2026-02-10: anc-below-1"], "doses": ["4 mg daily from 2026-02-05"]}, "2026-01-10", "2026-02-05"),
    ],
)
def test_the_first_dose_increase_or_resumption_after_a_day(fields: dict[str, object], after: str, expected: str) -> None:
    """Up to the judged day; from or to an unknown dose counts as an increase."""
    assert treatment(**fields).first_restart_after(np.array([day(after)])).tolist() == [day(expected) if expected else 0]


def test_a_restart_belongs_to_its_course() -> None:
    courses = ["baricitinib 2 mg daily from 2025-01-10 to 2025-12-01", "baricitinib 2 mg daily from 2026-01-10"]
    with_step = treatment(courses=courses, doses=["4 mg daily from 2026-03-01"], as_of="2025-06-01")
    assert with_step.first_restart_after(np.array([0])).tolist() == [0]


@pytest.mark.parametrize(("as_of", "is_open"), [("2026-05-01", False), ("2026-05-02", True), ("2026-05-08", True), ("2026-05-09", False)])
def test_an_event_is_open_until_the_day_it_ended(as_of: str, is_open: bool) -> None:
    found = treatment(events=["2026-05-02 to 2026-05-09 herpes-zoster"], as_of=as_of)
    assert found.event_open("herpes-zoster", "vte").tolist() == [is_open]
    assert found.event_open("vte").tolist() == [False]


def test_events_that_began_between_two_days() -> None:
    found = treatment(events=["2026-05-02 vte", "2026-04-01 surgery"])
    first, last = np.array([day("2026-05-02")]), np.array([day("2026-05-02")])
    assert found.event_since(first, last, "vte").tolist() == [True]
    assert found.event_since(first + 1, last + 1, "vte").tolist() == [False]
    assert found.event_since(first, last, "surgery").tolist() == [False]
    assert treatment().event_since(first, last, "vte").tolist() == [False]


def test_screening_items_settled_by_a_day() -> None:
    items = ("screen-tb", "vaccine-zoster")
    found = treatment(events=["2026-01-05 screen-tb", "2026-02-01 declined-vaccine-zoster", "2026-01-01 vte"], as_of="2026-01-31")
    assert found.settled(items).tolist() == [[True], [False]]
    assert treatment(events=["2026-01-05 vaccine-zoster"], as_of="2026-01-05").settled(items).tolist() == [[False], [True]]
    assert treatment(events=["2026-01-05 declined-screen-tb"]).settled(items).tolist() == [[True], [False]]
    assert treatment().settled(items).tolist() == [[False], [False]]


def test_events_recorded_by_a_day() -> None:
    found = treatment(events=["2026-05-02 to 2026-05-09 herpes-zoster", "2026-07-01 vte"])
    assert treatment(events=["2026-06-10 vte"]).recorded(0)[0][:2] == ("vte", day("2026-06-10"))
    assert found.recorded(0) == [("herpes-zoster", day("2026-05-02"), day("2026-05-09"))]


def test_one_patient_on_many_days_and_others_between() -> None:
    chart = replace(case().chart, events=(Event("vte", date(2026, 5, 1), date(2026, 5, 3)),))
    other = Chart(chart.patient, chart.courses)
    cohort = cohort_of([other, chart], ResultColumns.from_segments([b"", b""]), catalogue())
    days = np.array([day("2026-05-01"), day("2026-05-01"), day("2026-05-02"), day("2026-05-03")])
    found = Treatment(cohort, np.array([1, 0, 1, 1]), days)
    assert found.event_open("vte").tolist() == [True, False, True, False]


def test_pairs_join_spans_to_every_row_of_their_owner() -> None:
    spans = SpanColumns(np.array([0, 2, 2]), np.zeros(3, np.int16), np.zeros(3, np.int64), np.zeros(3, np.int64), ("x",))
    item, row = pairs(spans, np.array([2, 1, 0, 2]), np.array([True, True, False]))
    assert sorted(zip(item.tolist(), row.tolist(), strict=True)) == [(0, 2), (1, 0), (1, 3)]
    nothing, _ = pairs(spans, np.array([2]), np.zeros(3, np.bool_))
    assert not len(nothing)
