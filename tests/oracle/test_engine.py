"""The engine against the oracle, on random patients and on the rules' case files. Longer by hand: ``python -m tests.oracle.fuzz``."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from tests.oracle.cohorts import Drawn, people, persons
from tests.oracle.compare import Line, cohort, disagreements, engine_for, engine_lines, lines
from tests.oracle.model import Person, Pinned
from tests.rules.casefile import Case, case_files, cases_of

from labtrack.clinic.validity import valid_until
from labtrack.core.judgment import Region
from labtrack.labs.snapshot import readings_of

SEED, COUNT = 20_261_122, 200


@pytest.fixture(scope="module")
def crowd() -> list[Drawn]:
    return people(SEED, COUNT)


def rows_of(drawn: Sequence[Drawn]) -> list[tuple[int, date]]:
    return [(place, day) for place, each in enumerate(drawn) for day in each.days]


def judged(persons: Sequence[Person], rows: Sequence[tuple[int, date]], region: Region) -> list[Line]:
    patient = np.array([place for place, _ in rows])
    days = np.array([day.toordinal() for _, day in rows])
    return lines(engine_for(region).judge(cohort(persons), patient, days))


@pytest.mark.parametrize("region", list(Region))
def test_engine_and_oracle_agree_on_random_patients(crowd: list[Drawn], region: Region) -> None:
    rows = rows_of(crowd)
    found = judged([each.person for each in crowd], rows, region)
    wrong = [
        f"{crowd[place].person.patient.mrn} on {day}: {each}"
        for (place, day), line in zip(rows, found, strict=True)
        for each in disagreements(crowd[place].person, day, region, line)
    ]
    assert not wrong, "\n".join(wrong[:20])


@settings(max_examples=20)
@given(drawn=persons())
def test_engine_and_oracle_agree_on_a_patient_that_shrinks(drawn: Drawn) -> None:
    for day in drawn.days:
        (line,) = engine_lines([drawn.person], day, Region.EU)
        assert disagreements(drawn.person, day, Region.EU, line) == []


def person_of(case: Case) -> Person:
    pins = tuple(Pinned(pin.drug, pin.start_on, pin.analyte, pin.at) for pin in case.chart.pins)
    # A declined item always has its note: import and entry refuse one without.
    events = tuple(replace(event, note="says no") for event in case.chart.events)
    return Person(case.chart.patient, case.chart.courses, events, case.results, pins)


@pytest.mark.parametrize("path", case_files(), ids=lambda path: path.stem)
def test_engine_and_oracle_agree_on_every_rule_of_every_case_file(path: object) -> None:
    by_region = defaultdict(list)
    for case in cases_of(path):  # type: ignore[arg-type]
        by_region[case.region].append(case)
    for region, cases in by_region.items():
        found = judged([person_of(case) for case in cases], [(place, case.as_of) for place, case in enumerate(cases)], region)
        for case, line in zip(cases, found, strict=True):
            assert disagreements(person_of(case), case.as_of, region, line) == [], case.id


def test_one_row_list_says_the_same_as_patients_one_by_one(crowd: list[Drawn]) -> None:
    some = crowd[:30]
    together = judged([each.person for each in some], rows_of(some), Region.US)
    alone = [engine_lines([each.person], day, Region.US)[0] for each in some for day in each.days]
    assert together == alone


def test_the_order_of_rows_does_not_matter(crowd: list[Drawn]) -> None:
    persons_ = [each.person for each in crowd]
    rows = rows_of(crowd)
    shuffled = list(range(len(rows)))
    Random(SEED).shuffle(shuffled)
    usual = judged(persons_, rows, Region.EU)
    assert judged(persons_, [rows[place] for place in shuffled], Region.EU) == [usual[place] for place in shuffled]


def test_the_order_of_patients_does_not_matter(crowd: list[Drawn]) -> None:
    order = list(range(len(crowd)))
    Random(SEED).shuffle(order)
    usual = judged([each.person for each in crowd], rows_of(crowd), Region.US)
    permuted = [crowd[place] for place in order]
    by_row = dict(zip(rows_of(permuted), judged([each.person for each in permuted], rows_of(permuted), Region.US), strict=True))
    new_place = {old: new for new, old in enumerate(order)}
    assert [by_row[new_place[place], day] for place, day in rows_of(crowd)] == usual


def test_chunks_of_a_cohort_say_the_same_as_the_whole(crowd: list[Drawn]) -> None:
    whole = judged([each.person for each in crowd], rows_of(crowd), Region.US)
    pieces = [crowd[:1], crowd[1:8], crowd[8:100], crowd[100:]]
    assert [line for piece in pieces for line in judged([each.person for each in piece], rows_of(piece), Region.US)] == whole


def test_all_patients_at_a_past_date_say_the_same_as_without_what_came_later(crowd: list[Drawn]) -> None:
    """A replay judges the past by what was collected by then: results after the as-of date change nothing.

    Specimens that span the date are left out: a specimen's reported eGFR, LDL or count decides for all of it, whenever it was collected.
    """
    for each in crowd[:80]:
        day = min(each.days)
        known = tuple(result for result in each.person.results if result.collected_at.on <= day)
        later = {result.specimen_id for result in each.person.results} - {""}
        if later & {result.specimen_id for result in known}:
            continue
        cut = Person(each.person.patient, each.person.courses, each.person.events, known, each.person.pins)
        assert engine_lines([each.person], day, Region.US) == engine_lines([cut], day, Region.US)


def test_readings_may_be_reused_between_row_lists(crowd: list[Drawn]) -> None:
    columns = cohort([each.person for each in crowd[:40]])
    engine, readings = engine_for(Region.US), readings_of(columns, engine_for(Region.US).catalogue)
    for day in (date(2025, 1, 1), date(2025, 6, 1)):
        patients, days = np.arange(40), np.full(40, day.toordinal())
        assert lines(engine.judge(columns, patients, days, readings)) == lines(engine.judge(columns, patients, days))


@pytest.mark.parametrize("region", list(Region))
def test_nothing_changes_before_the_day_until_which_an_assessment_holds(crowd: list[Drawn], region: Region) -> None:
    """Without new data: results after the judged day are left out."""
    random = Random(SEED)
    rows = rows_of(crowd[:120])
    persons_ = [
        replace(each, results=tuple(result for result in each.results if result.collected_at.on <= day))
        for each, day in ((crowd[place].person, day) for place, day in rows)
    ]
    columns, days = cohort(persons_), np.array([day.toordinal() for _, day in rows])
    engine = engine_for(region)
    judgment = engine.judge(columns, np.arange(len(rows)), days)
    usual, until = lines(judgment), valid_until(judgment)
    later = []
    for place, day in enumerate(days.tolist()):
        end = int(until[place]) or day + 1000
        later += [(place, each) for each in {day + 1, end - 1, random.randint(day, end - 1)} if day < each < end]
    found = lines(engine.judge(columns, np.array([place for place, _ in later]), np.array([day for _, day in later])))
    assert len(later) > 500
    for (place, day), line in zip(later, found, strict=True):
        assert line == usual[place], (persons_[place].patient.mrn, date.fromordinal(int(days[place])), date.fromordinal(day))
