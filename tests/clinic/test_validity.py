"""An assessment holds until the day that it names: nothing changes before, and what changes on that day is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from random import Random

import numpy as np
import pytest
from tests.labs.build import case, judged
from tests.oracle.cohorts import Drawn, people
from tests.oracle.compare import cohort, engine_for
from tests.oracle.model import Person
from tests.rules.casefile import cohort_of_cases

from labtrack.catalogue import catalogue
from labtrack.clinic.assembly import Assembler
from labtrack.clinic.engine import Engine
from labtrack.clinic.validity import valid_until
from labtrack.core.judgment import Assessment, Region
from labtrack.labs.columns import Cohort
from labtrack.rules import REGISTRY
from labtrack.rules.local import effective_rules

SEED, COUNT = 20_261_123, 45
NONE, MAN = {"course": "none"}, {"patient": "M born 1960-05-01 70 kg"}


def assessments(columns: Cohort, rows: Sequence[tuple[int, date]], region: Region) -> list[Assessment]:
    """Every verdict, with its sentence and evidence, and every check of some (patient, day)."""
    patient = np.array([place for place, _ in rows])
    days = np.array([day.toordinal() for _, day in rows])
    return list(Assembler(engine_for(region).judge(columns, patient, days), "", every_verdict=True).assessments())


def undated(assessment: Assessment) -> Assessment:
    return replace(assessment, as_of=date.min, valid_until=None)


def until(*results: str, **fields: object) -> str:
    """The first day on which the assessment of a chart may differ; empty where it never does."""
    (day,) = valid_until(judged(*results, **fields)).tolist()
    return date.fromordinal(day).isoformat() if day else ""


def days_between(first: date, last: date, random: Random) -> list[date]:
    """The day before ``last``, the one after ``first`` and some in between."""
    between = (last - first).days
    return sorted(
        {first + timedelta(each) for each in (1, between - 1, *(random.randint(0, between) for _ in range(3))) if 0 < each < between}
    )


@pytest.mark.parametrize("region", list(Region))
@pytest.mark.parametrize("kept", ["all results", "results so far"])
def test_nothing_is_different_before_the_day(region: Region, kept: str) -> None:
    """Verdicts, reasons, sentences, evidence, checks and why they are due; also where results from days to come are recorded."""
    random = Random(SEED)
    rows = [(each.person, day) for each in people(SEED, COUNT) for day in each.days]
    if kept != "all results":
        rows = [(so_far(person, day), day) for person, day in rows]
    columns = cohort([person for person, _ in rows])
    first = assessments(columns, [(place, day) for place, (_, day) in enumerate(rows)], region)
    later = [
        (place, day)
        for place, each in enumerate(first)
        for day in days_between(each.as_of, each.valid_until or each.as_of + timedelta(1000), random)
    ]
    assert len(later) > 300
    for (place, day), found in zip(later, assessments(columns, later, region), strict=True):
        assert undated(found) == undated(first[place]), (rows[place][0].patient.mrn, first[place].as_of, day)


def so_far(person: Person, day: date) -> Person:
    return replace(person, results=tuple(each for each in person.results if each.collected_at.on <= day))


def test_going_from_day_to_day_meets_every_change() -> None:
    """Judged only when an assessment has run out, patients show on every day of a year what judging daily shows."""
    drawn: list[Drawn] = people(SEED + 1, 12)
    columns = cohort([each.person for each in drawn])
    for place, each in enumerate(drawn):
        start = min(each.days)
        daily = assessments(columns, [(place, start + timedelta(day)) for day in range(365)], Region.US)
        current = daily[0]
        for today in daily:
            if current.valid_until is not None and current.valid_until <= today.as_of:
                current = today
            assert undated(today) == undated(current), (each.person.patient.mrn, today.as_of)


# Each kind of change: on the day before nothing, on the day itself something


@pytest.mark.parametrize(
    ("fields", "results", "as_of", "day"),
    [
        # A result that is relied on no more: 180 days without a started course, 378 for lipids
        ({**NONE, **MAN}, ["2026-01-01 anc 3.1 10*9/L"], "2026-06-01", "2026-07-01"),
        ({**NONE, **MAN}, ["2026-01-01T23:59 anc 3.1 10*9/L"], "2026-06-01", "2026-07-01"),
        ({**NONE, **MAN}, ["2026-01-01 ldl 100 mg/dL"], "2026-11-01", "2027-01-15"),
        ({**NONE, **MAN}, ["2026-01-01 tc 180 mg/dL", "2026-01-01 hdl 50 mg/dL", "2026-01-01 tg 100 mg/dL"], "2026-11-01", "2027-01-15"),
        ({**NONE, **MAN}, ["2026-01-01 creatinine 0.9 mg/dL"], "2026-06-01", "2026-07-01"),
        # On treatment 98; before the start 180
        ({}, ["2026-02-10 plt 200 10*9/L"], "2026-04-30", "2026-05-20"),
        ({"course": "upadacitinib 15 mg daily from 2026-01-10"}, ["2025-12-20 plt 200 10*9/L"], "2026-06-10", "2026-06-19"),
        # A met rule stays met; that it is old is said from that day on
        ({**NONE, **MAN}, ["2026-01-01 anc 0.8 10*9/L"], "2026-06-01", "2026-07-01"),
        # The window of a check opens, and closes: milestone of week 4, window 7
        ({"events": []}, [], "2026-01-01", "2026-01-03"),
        ({}, [], "2026-01-10", "2026-01-11"),
        ({}, [], "2026-01-11", "2026-01-18"),
        ({"course": "baricitinib 2 mg daily from 2026-01-10"}, [], "2026-01-20", "2026-03-21"),
        ({}, [], "2026-04-17", "2026-04-19"),
        # A planned course starts; it stops; another one takes its place
        ({"course": "baricitinib 2 mg daily from 2026-06-12"}, ["2026-06-10 hb 14 g/dL"], "2026-06-11", "2026-06-12"),
        ({"course": "baricitinib 2 mg daily from 2026-01-10 to 2026-06-20"}, [], "2026-06-10", "2026-06-20"),
        (
            {"courses": ["baricitinib 2 mg daily from 2026-01-10 to 2026-05-20", "upadacitinib 15 mg daily from 2026-06-30"]},
            [],
            "2026-06-29",
            "2026-06-30",
        ),
        # A hold starts and ends
        (
            {"holds": ["2026-06-15 to 2026-06-20: other: travel"], "events": ["2026-06-01 serious-infection"]},
            [],
            "2026-06-10",
            "2026-06-15",
        ),
        (
            {"holds": ["2026-06-01 to 2026-06-20: other: travel"], "events": ["2026-06-01 serious-infection"]},
            [],
            "2026-06-10",
            "2026-06-20",
        ),
        # An event ends, and one begins
        ({"events": ["2026-06-01 to 2026-06-14 serious-infection"]}, [], "2026-06-10", "2026-06-14"),
        ({"events": ["2026-06-14 herpes-zoster"]}, [], "2026-06-10", "2026-06-14"),
        # The dose changes
        ({"doses": ["4 mg daily from 2026-06-13"]}, [], "2026-06-10", "2026-06-13"),
        ({"course": "baricitinib 4 mg daily from 2026-01-10", "doses": ["2 mg daily from 2026-06-13"]}, [], "2026-06-10", "2026-06-13"),
        # Pregnancy status no longer applies
        ({**NONE, "patient": "F born 1970-06-30"}, [], "2026-06-10", "2026-06-30"),
        ({**NONE, "patient": "sex unknown born 1970-06-30"}, [], "2026-06-10", "2026-06-30"),
        ({**NONE, "patient": "F born 1968-02-29"}, [], "2024-02-10", "2024-02-29"),
        # A clot is recent for 180 days
        ({**NONE, **MAN, "events": ["2026-01-01 vte"]}, [], "2026-06-10", "2026-07-01"),
        ({**NONE, **MAN, "events": ["2026-01-01 to 2026-01-20 prior-vte"]}, [], "2026-06-10", "2026-07-01"),
        # A result recorded for a day to come: asked about the past
        ({**NONE, **MAN}, ["2026-06-12T08:00 anc 0.8 10*9/L"], "2026-06-10", "2026-06-12"),
        ({**NONE, **MAN}, ["2026-06-12 anc hemolyzed 10*9/L"], "2026-06-10", "2026-06-12"),
    ],
)
def test_the_day_is_the_one_on_which_something_changes(fields: dict[str, object], results: list[str], as_of: str, day: str) -> None:
    assert until(*results, **fields, as_of=as_of) == day
    one, turn = case(*results, **{**fields, "as_of": as_of}), date.fromisoformat(day)
    rows = [(0, each) for each in (one.as_of, turn - timedelta(1), turn)]
    first, before, after = map(undated, assessments(cohort_of_cases([one]), rows, Region.US))
    assert before == first
    assert after != before


@pytest.mark.parametrize(
    ("fields", "results", "as_of", "day"),
    [
        # Nothing to come
        ({**NONE, **MAN}, [], "2026-06-10", ""),
        ({**NONE, "patient": "F born 1960-05-01"}, [], "2026-06-10", ""),
        ({**NONE, "patient": "F birth date unknown"}, [], "2026-06-10", ""),
        ({**NONE, "patient": "M born 1970-06-30"}, [], "2026-06-10", ""),
        ({**NONE, **MAN}, ["2020-01-01 anc 3.1 10*9/L"], "2026-06-10", ""),
        ({**NONE, **MAN, "events": ["2020-01-01 to 2020-02-01 prior-vte"]}, [], "2026-06-10", ""),
        ({**NONE, "patient": "F born 1971-02-28"}, [], "2026-06-10", "2027-02-28"),
        # Never on or before the day asked about
        ({**NONE, **MAN}, ["2026-01-01 anc 3.1 10*9/L"], "2026-07-01", "2027-01-15"),
        ({**NONE, **MAN}, ["2026-01-01 anc 3.1 10*9/L"], "2027-01-15", ""),
    ],
)
def test_what_is_left_of_days(fields: dict[str, object], results: list[str], as_of: str, day: str) -> None:
    assert until(*results, **fields, as_of=as_of) == day


def test_a_rules_own_number_of_days_counts() -> None:
    """A clinic that counts a clot as recent for 30 days is told on the day after them."""
    rules, _ = effective_rules({"contraindication": {"recent_days": 30}}, "")
    chart = case(**NONE, **MAN, events=["2026-06-01 vte"])
    judgment = Engine(catalogue(), rules, Region.US).judge_today(cohort_of_cases([chart]), chart.as_of.toordinal())
    assert valid_until(judgment).tolist() == [date(2026, 7, 2).toordinal()]


def test_each_row_has_its_own_day() -> None:
    cases = [
        case(**NONE, **MAN),
        case("2026-06-09 anc 3.1 10*9/L", **NONE, **MAN),
        case(**NONE, **MAN, events=["2026-06-15 surgery"]),
        case(events=["2026-06-11 surgery"]),
    ]
    engine = Engine(catalogue(), REGISTRY.rules, Region.US)
    columns, day = cohort_of_cases(cases), date(2026, 6, 10).toordinal()
    together = valid_until(engine.judge_today(columns, day)).tolist()
    assert together[0] == 0
    assert together == [valid_until(engine.judge_today(cohort_of_cases([each]), day)).tolist()[0] for each in cases]
    surgery = date(2026, 6, 15).toordinal()
    found = valid_until(engine.judge(columns, np.array([2, 2, 2]), np.array([surgery - 1, surgery, day]))).tolist()
    assert found[::2] == [surgery, surgery]
    assert found[1] == 0 or found[1] > surgery
