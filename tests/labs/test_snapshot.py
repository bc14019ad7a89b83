"""The snapshot: analytes as attributes, dose, events, screening, later results."""

from __future__ import annotations

import gc
import weakref
from datetime import date

import numpy as np
import pytest
from tests.labs.build import case, cell, labs, labs_of

from labtrack.catalogue import catalogue
from labtrack.core.judgment import Reason, Region
from labtrack.labs.snapshot import Labs, readings_of

ITEMS = tuple(catalogue().screening_items)


def done(*left_out: str) -> list[str]:
    return [f"2026-01-05 {item}" for item in ITEMS if item not in left_out]


def test_every_analyte_is_an_attribute_made_once() -> None:
    snapshot = labs("2026-06-01 hb 12 g/dL")
    assert snapshot.hb is snapshot.hb is snapshot.analyte("hb")
    assert snapshot.hb.analyte.key == "hb"
    assert len(snapshot) == 1


def test_what_is_no_analyte_is_no_attribute() -> None:
    with pytest.raises(AttributeError, match="potassium"):
        _ = labs().potassium


def test_a_row_list_may_hold_one_patient_on_many_days() -> None:
    one = case("2026-05-01 hb 12 g/dL", "2026-06-01 hb 11 g/dL")
    cohort = labs_of([one]).cohort
    days = np.array([date(2026, month, 1).toordinal() for month in (4, 5, 6)])
    snapshot = Labs(cohort, catalogue(), Region.US, np.zeros(3, np.int64), days)
    assert [cell(snapshot.hb.bounds, row) for row in range(3)] == ["missing", "12", "11"]


def test_readings_may_be_handed_in() -> None:
    cohort = labs_of([case("2026-06-01 hb 12 g/dL")]).cohort
    readings = readings_of(cohort, catalogue())
    snapshot = Labs(cohort, catalogue(), Region.US, np.array([0]), np.array([date(2026, 6, 2).toordinal()]), readings)
    assert snapshot.readings is readings


@pytest.mark.parametrize(
    ("dose", "answer"),
    [
        ("1 mg daily", -1),
        ("2 mg daily", -1),
        ("2.1 mg daily", 1),
        ("1 mg twice daily", -1),
        ("4 mg every other day", -1),
        ("2 mg weekly", 0),
    ],
)
def test_a_daily_dose_above_a_limit(dose: str, answer: int) -> None:
    verdicts = labs(course=f"baricitinib {dose} from 2026-01-10").dose_above(2.0)
    assert verdicts.answer.tolist() == [answer]
    assert verdicts.reasons.tolist() == [Reason.DOSE_UNKNOWN.bit if answer == 0 else 0]


def test_which_drug() -> None:
    snapshot = labs_of([case(), case(course="tofacitinib 5 mg daily from 2026-01-10"), case(course="none")])
    assert snapshot.on_drug("baricitinib").tolist() == [True, False, True]
    assert snapshot.on_drug("tofacitinib", "upadacitinib").tolist() == [False, True, False]
    assert snapshot.on_drug("baricitinib") is snapshot.on_drug("baricitinib")


@pytest.mark.parametrize(
    ("course", "before"),
    [("none", True), ("baricitinib 2 mg daily from 2026-07-01", True), ("baricitinib 2 mg daily from 2026-06-10", False)],
)
def test_before_the_start(course: str, before: bool) -> None:
    assert labs(course=course).before_start.tolist() == [before]


def test_events_and_holds_as_verdicts() -> None:
    snapshot = labs(events=["2026-05-02 vte"], holds=["2026-05-03: vte"])
    assert (snapshot.event_open("vte").answer.tolist(), snapshot.event_open("vte").kinds) == ([1], ("vte",))
    start = snapshot.treatment.start
    assert snapshot.event_recorded(start, snapshot.treatment.day, "vte").answer.tolist() == [1]
    assert snapshot.event_recorded(start, start, "vte").answer.tolist() == [-1]
    assert snapshot.on_hold.answer.tolist() == [1]


def test_age_on_the_judged_day() -> None:
    snapshot = labs_of([case(as_of="2026-04-30"), case(as_of="2026-05-01"), case(patient="F birth date unknown")])
    assert snapshot.age[:2].tolist() == [65.0, 66.0]
    assert np.isnan(snapshot.age[2])


@pytest.mark.parametrize(
    ("patient", "left_out", "expected"),
    [
        ("F born 1980-05-01", [], (False, False)),
        ("F born 1980-05-01", ["screen-tb"], (True, False)),
        ("F born 1980-05-01", ["screen-pregnancy"], (True, False)),
        ("F born 1970-06-11", ["screen-pregnancy"], (True, False)),
        ("F born 1970-06-10", ["screen-pregnancy"], (False, False)),
        ("M born 1980-05-01", ["screen-pregnancy"], (False, False)),
        ("M birth date unknown", ["screen-pregnancy"], (False, False)),
        ("sex unknown born 1960-05-01", ["screen-pregnancy"], (False, False)),
        ("sex unknown born 1980-05-01", ["screen-pregnancy"], (False, True)),
        ("F birth date unknown", ["screen-pregnancy"], (False, True)),
        ("sex unknown birth date unknown", ["screen-pregnancy", "screen-tb"], (True, False)),
    ],
)
def test_screening_that_is_open_and_what_only_may_be(patient: str, left_out: list[str], expected: tuple[bool, bool]) -> None:
    """Pregnancy status applies to sex F under 56."""
    certain, perhaps = labs(patient=patient, events=done(*left_out)).screening_open
    assert (bool(certain[0]), bool(perhaps[0])) == expected


def test_the_items_that_are_open_by_name() -> None:
    names = {item.key: item.name for item in catalogue().screening_items.values()}
    snapshot = labs_of(
        [
            case(events=done("screen-tb", "screen-pregnancy")),
            case(patient="F birth date unknown", events=done("screen-pregnancy")),
            case(patient="F birth date unknown", events=[*done("screen-pregnancy"), "2026-01-06 declined-screen-pregnancy"]),
        ]
    )
    assert snapshot.unsettled_items(0) == [names["screen-tb"]], "pregnancy status does not apply at 66"
    assert snapshot.unsettled_items(1) == [names["screen-pregnancy"]]
    assert snapshot.unsettled_items(2) == []


def test_the_day_of_the_last_reading_up_to_a_day_on_some_rows() -> None:
    snapshot = labs_of([case("2026-05-01 hb 12 g/dL", "2026-06-01 hb 11 g/dL"), case()])
    rows, days = np.array([1, 0]), np.array([date(2026, 5, 31).toordinal()] * 2)
    assert snapshot.latest_days(["hb", "plt"], rows, days).tolist() == [[0, date(2026, 5, 1).toordinal()], [0, 0]]
    several = labs("2026-04-01 hb 12 g/dL", "2026-05-01 hb 12 g/dL", "2026-06-01 hb 12 g/dL")
    assert several.latest_days(["hb"], np.array([0]), days[:1]).tolist() == [[date(2026, 5, 1).toordinal()]]


def test_a_snapshot_that_let_its_analytes_go_is_freed_at_once_and_answers_as_before() -> None:
    snapshot = labs("2026-05-01 hb 7 g/dL", "2026-05-01 egfr 50 mL/min/1.73m2")
    before = (snapshot.hb.low.tolist(), snapshot.egfr.low.tolist())
    snapshot.let_go()
    assert (snapshot.hb.low.tolist(), snapshot.egfr.low.tolist()) == before
    freed = weakref.ref(snapshot)
    gc.disable()
    try:
        snapshot.let_go()
        del snapshot
        assert freed() is None
    finally:
        gc.enable()


def test_a_later_result_of_a_stopped_course() -> None:
    course = "baricitinib 2 mg daily from 2026-01-10 to 2026-05-01"
    for later, expected in (("2026-05-01", False), ("2026-05-02", True), ("2026-06-11", False)):
        snapshot = labs("2026-04-30 hb 7 g/dL", f"{later} hb 7.5 g/dL", course=course)
        assert snapshot.has_later_result(snapshot.hb).tolist() == [expected]
