"""People and treatment."""

from __future__ import annotations

import pytest
from tests.cli.conftest import Labtrack


def test_a_patient_is_added_edited_and_listed(labtrack: Labtrack) -> None:
    add = labtrack("patient", "add", "7", "--name", "Lind, Per", "--birth-date", "1955-05-14", "--sex", "m", "--weight-kg", "72.5")
    assert (add.status, add.out, add.err) == (
        0,
        "",
        "Today is taken to be 2026-11-22 (LABTRACK_TODAY).\nAdded Lind, Per, born 1955-05-14, MRN 7.\n",
    )
    edit = labtrack("patient", "edit", "7", "--weight-kg", "70", "--phone", "555-0100", "--sex", "")
    assert edit.status == 0
    assert "Changed sex, weight kg, phone of Lind, Per, MRN 7." in edit.err
    (row,) = labtrack("patient", "list", "--format", "csv").rows
    assert row == {
        "mrn": "7", "name": "Lind, Per", "birth_date": "1955-05-14", "sex": "", "weight_kg": "70", "phone": "555-0100", "email": "",
    }  # fmt: skip
    assert labtrack("patient", "list").err.endswith("1 patient.\n")


def test_an_mrn_is_taken_once(ada: str, labtrack: Labtrack) -> None:
    ran = labtrack("patient", "add", ada, "--name", "X", "--birth-date", "1960-01-01", "--sex", "M")
    assert ran.status == 3
    assert f"There is a patient {ada} already." in ran.err


def test_an_edit_of_nothing_is_no_edit(ada: str, labtrack: Labtrack) -> None:
    ran = labtrack("patient", "edit", ada)
    assert ran.status == 2
    assert f"labtrack patient edit {ada} --weight-kg 68.5" in ran.err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["patient", "add", "8", "--name", "A", "--birth-date", "14.05.1955", "--sex", "F"], "--birth-date"),
        (["patient", "add", "8", "--name", "A", "--birth-date", "1955-05-14", "--sex", "X"], "choose from F, M"),
        (["patient", "add", "8", "--name", "A", "--birth-date", "1955-05-14"], "Missing option '--sex'"),
        (["course", "start", "8", "baricitinib", "--dose-mg", "2,5", "--frequency", "daily", "--on", "2026-03-03"], "decimal point"),
        (["course", "start", "8"], "Missing"),
        (["course"], "Missing command"),
    ],
)
def test_wrong_usage_shows_the_right_one(arguments: list[str], told: str, labtrack: Labtrack) -> None:
    ran = labtrack(*arguments)
    assert (ran.status, ran.out) == (2, "")
    assert told in ran.err
    assert "Usage: labtrack " in ran.err


def test_treatment_is_recorded_step_by_step(ada: str, labtrack: Labtrack) -> None:
    for arguments in (
        ["course", "hold", ada, "--reason", "anc-below-1", "--on", "2026-11-20"],
        ["course", "resume", ada, "--on", "2026-11-21"],
        ["course", "dose", ada, "--dose-mg", "1", "--on", "2026-11-22", "--reason", "eGFR 48"],
        ["course", "baseline", ada, "hb", "--at", "2026-02-24", "--reason", "the right one"],
        ["event", "add", ada, "herpes-zoster", "--on", "2026-11-10", "--note", "left side"],
        ["event", "end", ada, "herpes-zoster", "--on", "2026-11-18"],
        ["course", "stop", ada, "--reason", "switch", "--on", "2026-11-22"],
    ):
        ran = labtrack(*arguments)
        assert (ran.status, ran.out) == (0, ""), ran.err
        assert f"Recorded: {ada}: " in ran.err
    rows = labtrack("patient", "show", ada, "--format", "csv").rows
    assert [(row["on"], row["ended_on"], row["what"], row["detail"]) for row in rows] == [
        ("2026-02-24", "", "baseline", "hb, of baricitinib from 2026-03-03"),
        ("2026-03-03", "2026-11-22", "baricitinib", "2 mg daily"),
        ("2026-11-10", "2026-11-18", "herpes-zoster", "left side"),
        ("2026-11-20", "2026-11-21", "hold", "baricitinib"),
        ("2026-11-22", "", "dose", "baricitinib 1 mg daily"),
    ]


def test_what_is_doubtful_is_told(ada: str, labtrack: Labtrack) -> None:
    ran = labtrack("course", "dose", ada, "--dose-mg", "1", "--frequency", "now and then", "--on", "2026-11-22")
    assert ran.status == 0
    assert "Please check: 'now and then'" in ran.err


@pytest.mark.parametrize(
    "arguments",
    [
        ["course", "start", "10021", "baricitinib", "--dose-mg", "2", "--frequency", "daily", "--on", "2026-05-01"],
        ["course", "start", "10021", "aspirin", "--dose-mg", "2", "--frequency", "daily", "--on", "2026-05-01"],
        ["course", "resume", "10021", "--on", "2026-05-01"],
        ["course", "hold", "10021", "--reason", "because", "--on", "2026-05-01"],
        ["event", "add", "10021", "headache", "--on", "2026-05-01"],
        ["event", "end", "10021", "vte", "--on", "2026-05-01"],
        ["course", "baseline", "10021", "ldl", "--at", "2026-02-24", "--reason", "x"],
    ],
    ids=lambda arguments: "-".join(arguments[:2]),
)
def test_what_the_record_forbids_changes_nothing(arguments: list[str], ada: str, labtrack: Labtrack) -> None:
    before = labtrack("audit", "--format", "csv").out
    ran = labtrack(*arguments)
    assert (ran.status, ran.out) == (3, ""), ran.err
    assert labtrack("audit", "--format", "csv").out == before
