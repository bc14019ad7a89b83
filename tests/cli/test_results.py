"""Recording, amending and striking by hand."""

from __future__ import annotations

import pytest
from tests.cli.conftest import Labtrack


def test_a_set_is_recorded_and_what_it_means_is_told(ada: str, labtrack: Labtrack) -> None:
    ran = labtrack("record", ada, "anc=0.61:10*9/L", "ldl=152:mg/dL", "--at", "2026-11-21T07:30", "--lab", "City Lab", "--format", "csv")
    assert ran.status == 0
    assert [(row["mrn"], row["analyte"], row["value"], row["unit"], row["collected_at"], row["status"]) for row in ran.rows] == [
        (ada, "anc", "0.61", "10*9/L", "2026-11-21T07:30", "final"),
        (ada, "ldl", "152", "mg/dL", "2026-11-21T07:30", "final"),
    ]
    assert "Okafor, Ada, born 1968-02-11, MRN 10021: 2 results recorded." in ran.err
    assert "urgent: ANC 0.61" in ran.err
    assert "(anc-below-1)" in ran.err
    assert "Next check: " in ran.err


def test_without_a_time_it_is_today_and_says_so(ada: str, labtrack: Labtrack) -> None:
    ran = labtrack("record", ada, "crp=4:mg/L", "--format", "json")
    assert ran.objects[0]["collected_at"] == "2026-11-22"
    assert "Collected today, 2026-11-22" in ran.err


def test_without_a_unit_nothing_is_recorded_and_the_units_are_named(ada: str, labtrack: Labtrack) -> None:
    ran = labtrack("record", ada, "anc=0.5:10*9/L", "hb=12.4", "--at", "2026-11-21")
    assert (ran.status, ran.out) == (3, "")
    assert "hb" in ran.err
    assert "g/dL, g/L" in ran.err
    assert "2026-11-21" not in labtrack("show", ada).out


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("hb=124:g/dL", "outside 1 to 30 g/dL"),
        ("vitamin=3:mg/L", "unknown analyte 'vitamin'"),
    ],
)
def test_what_cannot_be_is_refused(value: str, told: str, ada: str, labtrack: Labtrack) -> None:
    ran = labtrack("record", ada, value, "--at", "2026-11-21")
    assert (ran.status, ran.out) == (3, "")
    assert told in ran.err


@pytest.mark.parametrize("arguments", [[], ["10021"], ["10021", "hb"], ["10021", "hb=12.4:g/dL", "--at", "19.11.2026"]])
def test_wrong_usage_shows_the_right_one(arguments: list[str], ada: str, labtrack: Labtrack) -> None:
    ran = labtrack("record", *arguments)
    assert (ran.status, ran.out) == (2, "")
    assert "labtrack record 10021 'anc=0.82:10*9/L'" in ran.err


def test_unknown_patients_are_named(ada: str, labtrack: Labtrack) -> None:
    ran = labtrack("record", "999", "hb=12.4:g/dL", "--at", "2026-11-21")
    assert ran.status == 3
    assert "There is no patient 999." in ran.err
    assert "labtrack patient list" in ran.err


def number_of(labtrack: Labtrack, mrn: str, analyte: str) -> str:
    return next(row["result_id"] for row in labtrack("show", mrn, "--format", "csv").rows if row["analyte"] == analyte)


def test_an_amended_result_stands_in_the_place_of_the_old_one(ada: str, labtrack: Labtrack) -> None:
    old = number_of(labtrack, ada, "anc")
    ran = labtrack("amend", old, "1.92", "--reason", "corrected report", "--format", "csv")
    assert ran.status == 0
    assert (ran.rows[0]["value"], ran.rows[0]["unit"], ran.rows[0]["status"]) == ("1.92", "10*9/L", "corrected")
    assert "Okafor, Ada, born 1968-02-11, MRN 10021: 1 result amended." in ran.err
    shown = {row["result_id"]: row for row in labtrack("show", ada, "--format", "csv").rows}
    assert shown[old]["superseded"] == "yes"
    assert "anc-below-1" not in labtrack("assess", "--patient", ada).out


def test_a_struck_result_counts_no_more(ada: str, labtrack: Labtrack) -> None:
    ran = labtrack("strike", number_of(labtrack, ada, "anc"), "--reason", "another patient")
    assert ran.status == 0
    assert "MRN 10021: 1 result struck." in ran.err
    assert "urgent" not in labtrack("assess", "--patient", ada).out


@pytest.mark.parametrize("arguments", [["amend", "4711", "1.0:10*9/L"], ["strike", "4711"]])
def test_a_result_that_is_not_there(arguments: list[str], ada: str, labtrack: Labtrack) -> None:
    ran = labtrack(*arguments, "--reason", "x")
    assert ran.status == 3
    assert "There is no result 4711." in ran.err
