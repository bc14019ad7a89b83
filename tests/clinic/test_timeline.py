"""Treatment and events of one patient in order of time."""

from __future__ import annotations

from datetime import date

from tests.clinic.homes import ADA, START, record

from labtrack.clinic import Clinic
from labtrack.clinic.timeline import TimelineLine


def of(clinic: Clinic, kind: str) -> list[TimelineLine]:
    return [each for each in clinic.timeline(ADA.mrn) if each.kind == kind]


def test_newest_first_and_what_lasts_is_open(ada: Clinic) -> None:
    ada.change_dose(ADA.mrn, 1, date(2026, 6, 1), reason="eGFR 48")
    ada.hold(ADA.mrn, "serious-infection", date(2026, 11, 1))
    ada.add_event(ADA.mrn, "serious-infection", date(2026, 10, 30), "pneumonia")
    lines = ada.timeline(ADA.mrn)
    assert [each.on for each in lines] == sorted((each.on for each in lines), reverse=True)
    assert [(each.kind, each.what, each.detail, each.is_open) for each in lines[:3]] == [
        ("hold", "Baricitinib on hold", "serious-infection", True),
        ("event", "Serious infection", "pneumonia", True),
        ("dose", "Baricitinib dose changed", "1 mg daily. Reason: eGFR 48", False),
    ]
    assert (of(ada, "course")[0].on, of(ada, "course")[0].what, of(ada, "course")[0].is_open) == (START, "Baricitinib started", True)


def test_what_ended_is_not_open(ada: Clinic) -> None:
    ada.hold(ADA.mrn, "other: travel", date(2026, 7, 1))
    ada.resume(ADA.mrn, date(2026, 7, 10))
    ada.add_event(ADA.mrn, "surgery", date(2026, 7, 1))
    ada.end_event(ADA.mrn, "surgery", date(2026, 7, 9))
    ada.stop_course(ADA.mrn, "remission", date(2026, 11, 1))
    assert (of(ada, "hold")[0].ended_on, of(ada, "hold")[0].is_open) == (date(2026, 7, 10), False)
    surgery = next(each for each in of(ada, "event") if each.key == "surgery")
    assert (surgery.ended_on, surgery.is_open) == (date(2026, 7, 9), False)
    assert (of(ada, "stop")[0].detail, of(ada, "course")[0].is_open, of(ada, "course")[0].detail) == ("remission", False, "2 mg daily")


def test_done_items_are_never_open_and_a_plan_is_called_one(ada: Clinic) -> None:
    assert not any(each.is_open for each in of(ada, "event"))
    ada.stop_course(ADA.mrn, "switch", date(2026, 11, 1))
    ada.start_course(ADA.mrn, "upadacitinib", 15, "daily", date(2026, 12, 1))
    assert (of(ada, "course")[0].what, of(ada, "course")[0].is_open) == ("Upadacitinib planned", False)


def test_a_chosen_baseline_is_told(ada: Clinic) -> None:
    made = record(ada, date(2026, 2, 20), hb="12.9 g/dL").results[0]
    ada.pin_baseline(ADA.mrn, "hb", made.collected_at, "ill before")
    assert (of(ada, "baseline")[0].what, of(ada, "baseline")[0].detail) == ("Baseline of Hb", "chosen for baricitinib. Reason: ill before")
