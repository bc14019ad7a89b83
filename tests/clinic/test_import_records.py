"""Patients, courses, doses, holds, events and baselines of an import, against what is recorded."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from labtrack.clinic.import_records import course_on, difference, merged
from labtrack.core.record import Course, Hold, Patient, Sex
from labtrack.store import Store

PEOPLE = "mrn,name,birth_date,sex,weight_kg\nA1,Ann,1960-01-01,F,70\nA2,Bo,,,\n"
COURSES = "mrn,drug,dose_mg,frequency,start_on,stop_on,reason\n"
DOSES = "mrn,drug,on,dose_mg,frequency,reason\n"
HOLDS = "mrn,drug,start_on,end_on,reason\n"
EVENTS = "mrn,kind,on,ended_on,note\n"
BASELINES = "mrn,drug,start_on,analyte,collected_at,reason\n"
ONE_COURSE = COURSES + "A1,baricitinib,4,daily,2026-01-01,,\n"


def amendments(store: Store) -> list[Any]:
    with store.read() as reader:
        return [each for entry in reader.audit_entries() if entry.patient_id for each in json.loads(entry.detail).get("amended", [])]


def courses(store: Store, patient_id: int = 1) -> list[Course]:
    with store.read() as reader:
        return reader.courses().get(patient_id, [])


def test_a_patient_row_that_differs_amends_what_it_says(run, store: Store) -> None:
    run(patients=PEOPLE)
    outcome = run(patients="mrn,name,birth_date,sex\nA1,Ann,1961-01-01,\nA2,Bo,,M\n")
    assert [outcome.total(name) for name in ("accepted", "amended", "duplicate")] == [2, 2, 0]
    with store.read() as reader:
        assert [each.patient for each in reader.patients()] == [
            Patient("A1", "Ann", date(1961, 1, 1), Sex.FEMALE, 70.0),
            Patient("A2", "Bo", None, Sex.MALE),
        ]
        assert [each.data_version for each in reader.patients()] == [2, 2]
    assert amendments(store) == [{"patient": {"birth_date": ["1960-01-01", "1961-01-01"]}}, {"patient": {"sex": ["", "M"]}}]


def test_a_patient_twice_in_one_file(run, store: Store) -> None:
    outcome = run(patients=PEOPLE + "A1,Ann,1960-01-01,F,71\nA1,Ann,1960-01-01,F,71\n")
    assert [outcome.total(name) for name in ("accepted", "amended", "duplicate")] == [3, 1, 1]
    with store.read() as reader:
        assert reader.patients()[0].patient.weight_kg == 71.0


@pytest.mark.parametrize(
    ("rows", "starts"),
    [
        (["baricitinib,4,daily,2026-01-01,,", "tofacitinib,5,twice daily,2026-05-01,,"], ["2026-01-01"]),
        (["tofacitinib,5,twice daily,2026-05-01,,", "baricitinib,4,daily,2026-01-01,,"], ["2026-01-01"]),
        (["tofacitinib,5,twice daily,2026-05-01,,", "baricitinib,4,daily,2026-01-01,2026-05-01,switch"], ["2026-01-01", "2026-05-01"]),
        (["baricitinib,4,daily,2026-01-01,2026-05-02,", "tofacitinib,5,twice daily,2026-05-01,,"], ["2026-01-01"]),
        (
            ["baricitinib,4,daily,2026-01-01,,", "baricitinib,4,daily,2026-01-01,2026-02-01,x", "baricitinib,2,daily,2026-03-01,,"],
            ["2026-01-01", "2026-03-01"],
        ),
        (["baricitinib,4,daily,2026-01-01,,", "tofacitinib,5,twice daily,2026-01-01,,"], ["2026-01-01"]),
    ],
)
def test_one_course_at_a_time(run, store: Store, rows: list[str], starts: list[str]) -> None:
    outcome = run(patients=PEOPLE, courses=COURSES + "".join(f"A1,{row}\n" for row in rows))
    assert [each.start_on.isoformat() for each in courses(store)] == starts
    for refusal in outcome.refusals:
        assert "one course at a time: baricitinib since 2026-01-01 is" in refusal.reason


def test_a_row_ends_a_recorded_course_so_that_another_can_begin(run, store: Store) -> None:
    run(patients=PEOPLE, courses=ONE_COURSE)
    other = "A1,upadacitinib,15,daily,2026-06-01,,\n"
    assert run(courses=COURSES + other).total("refused") == 1
    outcome = run(courses=COURSES + other + "A1,baricitinib,4,daily,2026-01-01,2026-06-01,switch\n")
    assert [outcome.total(name) for name in ("accepted", "amended", "refused")] == [2, 1, 0]
    assert [(each.drug, each.stop_on) for each in courses(store)] == [("baricitinib", date(2026, 6, 1)), ("upadacitinib", None)]
    assert amendments(store) == [
        {"course baricitinib 2026-01-01": {"stop_on": [None, "2026-06-01"], "reason": ["", "switch"]}},
    ]


def test_an_amendment_that_makes_courses_overlap_is_refused(run, store: Store) -> None:
    run(patients=PEOPLE, courses=COURSES + "A1,baricitinib,4,daily,2026-01-01,2026-02-01,\nA1,upadacitinib,15,daily,2026-03-01,,\n")
    outcome = run(courses=COURSES + "A1,baricitinib,4,daily,2026-01-01,2026-03-02,\n")
    assert outcome.total("refused") == 1
    assert courses(store)[0].stop_on == date(2026, 2, 1)


def test_rows_of_nobody_and_of_no_course_are_refused(run) -> None:
    outcome = run(
        patients=PEOPLE,
        courses=ONE_COURSE + "A9,baricitinib,4,daily,2026-01-01,,\n",
        doses=DOSES + "A1,baricitinib,2025-12-31,2,daily,\nA9,baricitinib,2026-02-01,2,daily,\n",
        holds=HOLDS + "A1,upadacitinib,2026-02-01,,surgery\n",
        events=EVENTS + "A9,surgery,2026-02-01,,\n",
        baselines=BASELINES + "A1,baricitinib,2026-01-02,hb,2025-12-30,x\nA9,baricitinib,2026-01-01,hb,2025-12-30,x\n",
    )
    assert [(each.file, each.line, each.reason) for each in outcome.refusals] == [
        ("courses.csv", 3, "no such patient"),
        ("doses.csv", 3, "no such patient"),
        ("doses.csv", 2, "no course of baricitinib on that date"),
        ("holds.csv", 2, "no course of upadacitinib on that date"),
        ("events.csv", 2, "no such patient"),
        ("baselines.csv", 3, "no such patient"),
        ("baselines.csv", 2, "no course of baricitinib starts on that date"),
    ]


def test_holds_are_keyed_by_all_but_their_end(run, store: Store) -> None:
    first = HOLDS + "A1,baricitinib,2026-02-01,,anc-below-1\nA1,baricitinib,2026-02-01,,surgery\nA1,baricitinib,2026-02-01,,surgery\n"
    outcome = run(patients=PEOPLE, courses=ONE_COURSE, holds=first)
    assert outcome.files[2].duplicate == 1
    outcome = run(holds=HOLDS + "A1,baricitinib,2026-02-01,2026-02-08,surgery\nA1,baricitinib,2026-02-01,,surgery\n")
    assert [outcome.total(name) for name in ("accepted", "amended", "duplicate")] == [1, 1, 1]
    assert set(courses(store)[0].holds) == {
        Hold(date(2026, 2, 1), "anc-below-1"),
        Hold(date(2026, 2, 1), "surgery", date(2026, 2, 8)),
    }
    assert amendments(store) == [{"hold baricitinib 2026-02-01": {"end_on": [None, "2026-02-08"]}}]


def test_events_are_keyed_by_all_but_their_end(run, store: Store) -> None:
    outcome = run(patients=PEOPLE, events=EVENTS + "A1,surgery,2026-02-01,,hip\nA1,surgery,2026-02-01,,knee\nA1,surgery,2026-02-01,,hip\n")
    assert [outcome.files[1].accepted, outcome.files[1].duplicate] == [2, 1]
    outcome = run(events=EVENTS + "A1,surgery,2026-02-01,2026-02-03,hip\n")
    assert outcome.total("amended") == 1
    with store.read() as reader:
        assert {(each.note, each.ended_on) for each in reader.events()[1]} == {("hip", date(2026, 2, 3)), ("knee", None)}


def test_doses_are_added_once(run, store: Store) -> None:
    outcome = run(patients=PEOPLE, courses=ONE_COURSE, doses=DOSES + "A1,baricitinib,2026-02-01,2,daily,\n" * 2)
    assert [outcome.files[2].accepted, outcome.files[2].duplicate] == [1, 1]
    assert [each.dose_mg for each in courses(store)[0].doses] == [2.0]


def test_a_pinned_baseline_is_amended(run, store: Store) -> None:
    run(patients=PEOPLE, courses=ONE_COURSE, baselines=BASELINES + "A1,baricitinib,2026-01-01,ldl,2025-12-01,fasting\n")
    outcome = run(
        baselines=BASELINES + "A1,baricitinib,2026-01-01,ldl,2025-12-01,fasting\nA1,baricitinib,2026-01-01,LDL,2025-11-01,older\n"
    )
    assert [outcome.total(name) for name in ("accepted", "amended", "duplicate")] == [1, 1, 1]
    with store.read() as reader:
        assert [row[3:] for row in reader.baseline_pins()] == [("ldl", "2025-11-01", "older")]


def test_a_warning_is_told_once_and_only_for_a_row_that_is_taken(run) -> None:
    odd = COURSES + "A1,baricitinib,4,weekly,2026-01-01,,\n"
    outcome = run(patients=PEOPLE, courses=odd + "A9,baricitinib,4,weekly,2026-01-01,,\n")
    assert [(each.line, each.column) for each in outcome.notices] == [(2, "frequency")]
    assert outcome.total("warned") == 1
    assert run(courses=odd).notices == []


def test_merged_and_difference() -> None:
    before = Patient("A1", "Ann", date(1960, 1, 1), Sex.FEMALE, 70.0, "1", "")
    after = merged(before, Patient("A1", "", None, Sex.UNKNOWN, None, "2", "e"))
    assert after == Patient("A1", "Ann", date(1960, 1, 1), Sex.FEMALE, 70.0, "2", "e")
    assert difference(before, after) == {"phone": ["1", "2"], "email": ["", "e"]}


def test_course_on_takes_the_latest_begun() -> None:
    numbered = [
        (1, Course("baricitinib", 4.0, "daily", date(2026, 1, 1), date(2026, 2, 1))),
        (2, Course("baricitinib", 2.0, "daily", date(2026, 2, 1))),
    ]
    assert course_on(numbered, "baricitinib", date(2026, 1, 31)) == 0
    assert course_on(numbered, "baricitinib", date(2026, 2, 1)) == 1
    assert course_on(numbered, "baricitinib", date(2025, 12, 31)) is None
    assert course_on(numbered, "tofacitinib", date(2026, 2, 1)) is None
