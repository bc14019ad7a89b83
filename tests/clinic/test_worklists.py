"""Tests of labtrack.clinic.worklists."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from tests.clinic.homes import ADA, TODAY, open_clinic, record

from labtrack.clinic import Clinic
from labtrack.clinic.views import WORKLIST_COLUMNS
from labtrack.clinic.worklists import rows_on, stored_rows
from labtrack.core.judgment import WorklistState
from labtrack.core.record import Patient


@pytest.fixture
def ward(ada: Clinic) -> Clinic:
    """Urgent, no course (twice), and a course whose checks are all overdue."""
    record(ada, date(2026, 11, 19), anc="0.82 10*9/L")
    for mrn in ("9", "30", "20"):
        ada.add_patient(Patient(mrn, f"Patient {mrn}"))
    ada.start_course("30", "upadacitinib", 15, "daily", date(2026, 1, 5))
    return ada


def test_the_gravest_first_then_the_next_check_then_the_number(ward: Clinic) -> None:
    with ward.store.read() as reader:
        rows = stored_rows(reader, ward.judge.rule_set, TODAY)
    assert all(tuple(row) == WORKLIST_COLUMNS for row in rows)
    assert [(row["mrn"], row["worst"], bool(row["next_due"])) for row in rows] == [
        (ADA.mrn, "urgent", True),
        ("30", "watch", True),
        ("20", "watch", False),
        ("9", "watch", False),
    ]


def test_stored_and_live_lines_are_the_same(ward: Clinic) -> None:
    with ward.store.read() as reader:
        assert stored_rows(reader, ward.judge.rule_set, TODAY) == rows_on(ward.judge, reader, TODAY)


def test_another_day_is_judged_live_and_kept_nowhere(ward: Clinic) -> None:
    past = {row["mrn"]: row for row in ward.worklist(as_of=date(2026, 3, 1))}
    assert past[ADA.mrn]["rule"] != "anc-below-1"
    assert ward.worklist()[0]["rule"] == "anc-below-1"


def test_who_has_no_assessment_of_today_is_not_assessed_and_shows_nothing_as_clear(ward: Clinic, tmp_path: Path) -> None:
    with ward.store.write() as writer:
        added = writer.add_patient(Patient("new", "Never judged"))
        writer.audit("add patient", {}, added)
        writer.touch([1])
    ward.close()
    with open_clinic(tmp_path, read_only=True) as reading:
        rows = {row["mrn"]: row for row in reading.worklist()}
        assert reading.tallies()["not-assessed"] == 2
    assert rows["new"]["state"] == rows[ADA.mrn]["state"] == WorklistState.NOT_ASSESSED
    assert str(rows[ADA.mrn]["message"]).startswith("As of 2026-11-22: ANC 0.82")
    assert rows[ADA.mrn]["cannot_evaluate"] == ""
    with open_clinic(tmp_path) as writing:
        assert writing.tallies()["not-assessed"] == 0


def test_one_state_and_the_count_of_each(ward: Clinic) -> None:
    tallies = ward.tallies()
    assert list(tallies) == [*WorklistState, "all"]
    assert tallies["all"] == sum(tallies[state] for state in WorklistState) == 4
    assert [row["mrn"] for row in ward.worklist(state="needs-action")] == [ADA.mrn]
