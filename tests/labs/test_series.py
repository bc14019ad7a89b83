"""Readings: one per instant, clashes span, the latest up to a day, whatever the order of the rows."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.labs.build import case, cell, current, labs, labs_of, series, told
from tests.rules.casefile import Case

from labtrack.catalogue import catalogue
from labtrack.core.record import CollectedAt
from labtrack.labs.columns import DOUBT, LAST_INSTANT, Cohort, ResultColumns, packed_keys
from labtrack.labs.lab import Lab
from labtrack.labs.series import NONE, end_of_day, owner_key
from labtrack.labs.snapshot import Labs

HB = catalogue().analytes["hb"].number


def clashes(snapshot: Labs) -> list[list[int]]:
    """The ids of the results of each clash."""
    return [snapshot.cohort.results.result_id[clash.rows].tolist() for clash in snapshot.readings.clashes]


def ids(snapshot: Labs, lab: Lab) -> list[int]:
    """The ids of the results behind the first row's reading."""
    return [int(snapshot.cohort.results.result_id[row]) for row in snapshot.readings.sources(int(lab.row[0]))]


def test_readings_stand_in_order_of_collection_not_of_entry() -> None:
    assert series("hb", "2026-06-02 hb 12 g/dL", "2026-06-01T08:30 hb 11 g/dL", "2026-06-01 hb 10 g/dL") == [
        "2026-06-01T00:00 10",
        "2026-06-01T08:30 11",
        "2026-06-02T00:00 12",
    ]


def test_a_date_without_a_time_counts_as_midnight() -> None:
    assert series("hb", "2026-06-01 hb 10 g/dL", "2026-06-01T00:00 hb 11 g/dL") == ["2026-06-01T00:00 10–11"]


@pytest.mark.parametrize(
    ("one", "other", "reading"),
    [
        ("10 g/dL", "11 g/dL", "10–11"),
        ("11 g/dL", "10 g/dL", "10–11"),
        ("10 g/dL", "100 g/L", "10"),
        ("10 g/dL", "10.0 g/dL", "10"),
        ("<10 g/dL", "10 g/dL", "<=10"),
        ("<10 g/dL", "<10.0 g/dL", "<10"),
        ("<100 g/L", "<=10 g/dL", "<=10"),
        (">10 g/dL", "10 g/dL", ">=10"),
        (">10 g/dL", ">12 g/dL", ">10"),
        ("<8 g/dL", "9 g/dL", "<=9"),
    ],
)
def test_two_that_stand_at_one_instant_span(one: str, other: str, reading: str) -> None:
    assert current("hb", f"2026-06-01T08:30 hb {one} #a", f"2026-06-01T08:30 hb {other} #b") == reading


def test_three_at_one_instant_span_all() -> None:
    assert current("hb", *(f"2026-06-01 hb {value} g/dL" for value in (10, 12, 11))) == "10–12"


def test_a_clash_is_listed_with_its_results_and_equal_ones_are_no_clash() -> None:
    snapshot = labs(
        "2026-06-01 hb 10 g/dL", "2026-06-01 hb 11 g/dL", "2026-06-02 hb 82 g/L", "2026-06-02 hb 8.2 g/dL", "2026-06-03 hb <9 g/dL",
        "2026-06-03 hb <9 g/dL", "2026-06-04 hb <9 g/dL", "2026-06-04 hb <=9 g/dL", "2026-06-05 hb >9 g/dL", "2026-06-05 hb >=9 g/dL",
    )  # fmt: skip
    assert clashes(snapshot) == [[1, 2], [7, 8], [9, 10]]


def test_the_sources_of_a_spanned_reading_are_all_its_results() -> None:
    snapshot = labs("2026-06-01 hb 10 g/dL", "2026-06-01 hb 11 g/dL")
    assert ids(snapshot, snapshot.hb) == [1, 2]
    alone = labs("2026-06-01 hb 10 g/dL")
    assert ids(alone, alone.hb) == [1]


def test_the_sources_of_a_calculated_reading_are_its_ingredients() -> None:
    tube = [f"2026-06-01 {name} {value} mg/dL" for name, value in (("tc", 200), ("hdl", 50), ("tg", 150))]
    snapshot = labs(*tube)
    assert ids(snapshot, snapshot.ldl) == [1, 2, 3]
    clash = labs(*tube, "2026-06-01T00:00 ldl 100 mg/dL #other")
    assert cell(clash.ldl.bounds) == "100–120"
    assert ids(clash, clash.ldl) == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("first", "second", "lower", "upper"),
    [
        ("[12..16]", "[11..15]", 11.0, 15.0),
        ("[12..16]", "", 12.0, 16.0),
        ("[12..16]", "[..15]", 12.0, 15.0),
        ("", "", 12.0, 15.0),
        ("[12..16]", "[n/a..n/a]", None, None),
        ("[n/a..n/a]", "[11..15]", 11.0, 15.0),
    ],
)
def test_a_spanned_reading_has_the_limits_of_the_last_entered_that_prints_any(
    first: str, second: str, lower: float | None, upper: float | None
) -> None:
    """Where that one leaves one of the two out, the catalogue's stands in (a woman's: 12.0 to 15.0)."""
    lab = labs(f"2026-06-01 hb 10 g/dL {first}".strip(), f"2026-06-01 hb 11 g/dL {second}".strip()).hb
    found = [None if np.isnan(limit.low[0]) else float(limit.low[0]) for limit in (lab.lln, lab.uln)]
    assert found == [lower, upper]


@pytest.mark.parametrize(("day", "reading"), [("2026-05-31", "missing"), ("2026-06-01", "11"), ("2026-06-02", "11"), ("2026-06-03", "12")])
def test_the_latest_up_to_the_end_of_a_day(day: str, reading: str) -> None:
    results = ("2026-06-01 hb 10 g/dL", "2026-06-01T23:59 hb 11 g/dL", "2026-06-03 hb 12 g/dL")
    assert current("hb", *results, as_of=day) == reading


def test_the_latest_is_the_patients_own() -> None:
    snapshot = labs_of([case("2026-06-01 hb 10 g/dL"), case(), case("2026-05-01 hb 9 g/dL"), case("2026-04-01 anc 1 10*9/L")])
    assert [cell(snapshot.hb.bounds, row) for row in range(4)] == ["10", "missing", "9", "missing"]
    assert [cell(snapshot.hb.previous.bounds, row) for row in range(4)] == ["missing"] * 4


def test_the_one_before() -> None:
    snapshot = labs_of([case("2026-05-01 hb 9 g/dL", "2026-06-01 hb 10 g/dL"), case("2026-06-01 hb 12 g/dL"), case()])
    assert [cell(snapshot.hb.previous.bounds, row) for row in range(3)] == ["9", "missing", "missing"]
    assert cell(labs().hb.previous.bounds) == "missing"


def test_the_reading_at_an_instant() -> None:
    snapshot = labs("2026-06-01T08:30 hb 10 g/dL")
    readings, owner, at = snapshot.readings, owner_key(HB, np.array([0])), snapshot.hb.at
    assert readings.at_instant(readings.view, owner, at).tolist() == [0]
    assert readings.at_instant(readings.view, owner, at + 60).tolist() == [NONE]
    empty = labs("2026-06-01 anc 1 10*9/L").readings
    assert empty.at_instant(empty.view, owner, at).tolist() == [NONE]


def test_unusable_reports_are_a_series_of_their_own() -> None:
    snapshot = labs("2026-06-01 hb 10 g/dL", "2026-06-01 hb hemolyzed g/dL", "2026-06-02 hb hemolyzed g/dL", "2026-06-02 hb TNP g/dL")
    assert snapshot.readings.has_doubt
    assert len(snapshot.readings.places_of(HB)) == 1
    assert len(snapshot.readings.places_of(HB + DOUBT)) == 2, "two of one instant are one"
    assert not labs("2026-06-01 hb 10 g/dL").readings.has_doubt
    assert not labs().readings.has_doubt


@pytest.mark.parametrize(
    ("results", "reason"),
    [(("TNP g/dL", "TNP g/dL", "12 furlong"), "unit-unknown"), (("12 furlong", "12 furlong", "TNP g/dL"), "text-result")],
)
def test_of_unusable_reports_of_one_instant_the_last_entered_says_why(results: tuple[str, ...], reason: str) -> None:
    assert told(labs(*(f"2026-06-01 hb {each}" for each in results)).hb.doubt[0]) == [reason]


def test_the_places_of_an_analyte_are_those_of_all_patients() -> None:
    snapshot = labs_of([case("2026-06-01 hb 10 g/dL"), case("2026-06-01 anc 1 10*9/L", "2026-06-02 hb 11 g/dL")])
    rows = snapshot.readings.view.row(snapshot.readings.places_of(HB))
    assert (snapshot.readings.patient(rows).tolist(), snapshot.readings.low(rows).tolist()) == ([0, 1], [10.0, 11.0])


def test_seconds_count() -> None:
    one = case("2026-06-01T08:30 hb 10 g/dL", "2026-06-01T08:30 hb 11 g/dL")
    later = replace(one.results[1], collected_at=CollectedAt(one.results[1].collected_at.on, time(8, 30, 1)))
    assert cell(labs_of([replace(one, results=(one.results[0], later))]).hb.bounds) == "11"


def test_the_reported_readings_alone() -> None:
    snapshot = labs("2026-06-01 creatinine 1.0 mg/dL #a", "2026-06-02 egfr 80 mL/min/1.73m2 #b")
    assert len(snapshot.readings.places_of(catalogue().analytes["egfr"].number)) == 2
    assert snapshot.readings.view.keys.tolist() != snapshot.readings.reported.keys.tolist()
    assert len(snapshot.readings.reported.keys) == 2, "the creatinine and the reported eGFR"
    alone = labs("2026-06-02 egfr 80 mL/min/1.73m2 #b")
    assert alone.readings.reported is alone.readings.view


def test_columns_of_any_rows() -> None:
    """Recorded, calculated and spanned rows answer alike; a calculated one prints no limits."""
    snapshot = labs("2026-06-01 creatinine 1.0 mg/dL", "2026-06-02 hb 10 g/dL [12..16]", "2026-06-02 hb 11 g/dL")
    rows = np.array([0, int(snapshot.egfr.row[0]), int(snapshot.hb.row[0])])
    lower, upper = snapshot.readings.limits(rows)
    assert lower[[0, 2]].tolist() == [12.0, 12.0]
    assert np.isnan(lower[1])
    assert np.isnan(upper[1])
    assert snapshot.readings.patient(rows).tolist() == [0, 0, 0]
    assert snapshot.readings.method(rows).tolist() == [0, 1, 0]


@given(st.permutations(range(8)))
def test_rows_may_stand_in_any_order(order: list[int]) -> None:
    """Results come in packed order from the store; in another one they give the same readings, clashes in order of entry."""
    one = case(
        "2026-06-02 hb 12 g/dL", "1950-01-01T08:30 hb 11 g/dL", "2026-06-02 hb 12.5 g/dL [12..16]", "2026-06-03 hb TNP g/dL",
        "2026-06-02 anc 1 10*9/L", "2026-06-01 creatinine 1.0 mg/dL", "2026-06-02 hb 12.2 g/dL", "2026-06-01 alt 20 U/L",
    )  # fmt: skip
    snapshot = labs_of([one])
    results = snapshot.cohort.results
    ascending = np.argsort(results.result_id)
    # Rows of one instant keep their order of entry, whatever else moves.
    moved = np.array(sorted(range(8), key=lambda place: order[place if place not in (2, 6) else 0]))
    rows = ascending[moved]
    columns = {each.name: getattr(results, each.name)[rows] for each in fields(ResultColumns)}
    shuffled = labs_with(replace(snapshot.cohort, results=ResultColumns(**columns)), one)
    assert cell(shuffled.hb.bounds) == cell(snapshot.hb.bounds) == "12–12.5"
    assert cell(shuffled.hb.previous.bounds) == "11"
    assert clashes(shuffled) == clashes(snapshot) == [[1, 3, 7]]
    assert shuffled.hb.uln.high.tolist() == [16.0]
    assert cell(shuffled.egfr.bounds) == cell(snapshot.egfr.bounds)
    assert shuffled.hb.doubt.tolist() == snapshot.hb.doubt.tolist() != [0]


def labs_with(cohort: Cohort, one: Case) -> Labs:
    return Labs(cohort, catalogue(), one.region, np.array([0]), np.array([one.as_of.toordinal()]))


def test_days_outside_the_record_are_clipped() -> None:
    assert end_of_day(np.array([0, 1, 693_596, 3_652_059])).tolist() == [0, 0, 86_400, LAST_INSTANT]


@pytest.mark.parametrize("as_of", ["2172-04-01", "2300-01-01", "9999-12-31"])
@pytest.mark.parametrize("collected", ["1900-01-01", "2026-06-01"])
def test_a_day_beyond_all_records_finds_no_other_analytes_reading(as_of: str, collected: str) -> None:
    """Keys of hematocrit follow those of hemoglobin: a search that ends too late takes the one for the other."""
    assert catalogue().analytes["hct"].number == HB + 1
    snapshot = labs(f"{collected} hct 40 %", as_of=as_of)
    assert (cell(snapshot.hb.bounds), cell(snapshot.hct.bounds)) == ("missing", "40")


def test_the_first_instant_of_all_is_a_time_like_any_other() -> None:
    assert current("hb", "1900-01-01 hb 10 g/dL") == "10"


def test_times_that_no_key_can_hold_come_first_or_last() -> None:
    at = np.array([-5, 0, 86_400, LAST_INSTANT + 7])
    code = np.zeros(4, np.uint8)
    keys = packed_keys(np.zeros(4, np.int64), code, code, at)
    assert keys.tolist() == [0, 0, 86_400, LAST_INSTANT]
    first_too_late = packed_keys(np.zeros(1, np.int64), code[:1], code[:1], np.array([LAST_INSTANT + 1]))
    assert first_too_late.tolist() == [LAST_INSTANT]
