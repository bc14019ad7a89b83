"""Tests of labtrack.clinic.cohorts."""

from __future__ import annotations

from datetime import date

import pytest

from labtrack.catalogue import catalogue
from labtrack.clinic import Clinic, cohorts
from labtrack.clinic.cohorts import CHUNK, load_cohorts
from labtrack.clinic.recording import Entry
from labtrack.core.record import CollectedAt, Patient


@pytest.fixture
def three(ada: Clinic) -> Clinic:
    """Three patients: one with a result, one with none, one with two and a pinned baseline."""
    for mrn in ("20", "30"):
        ada.add_patient(Patient(mrn, f"Patient {mrn}"))
    ada.start_course("30", "tofacitinib", 5, "twice daily", date(2026, 5, 1))
    ada.record("10021", [Entry("anc", "3.1", "10*9/L")], CollectedAt(date(2026, 11, 1)))
    ada.record("30", [Entry("hb", "12", "g/dL"), Entry("anc", "2", "10*9/L")], CollectedAt(date(2025, 1, 1)))
    ada.pin_baseline("30", "hb", CollectedAt(date(2025, 1, 1)), "the only one")
    return ada


def shapes(clinic: Clinic, ids: list[int] | None = None, size: int = CHUNK) -> list[tuple[list[str], list[int], int, int]]:
    """Per cohort: MRNs, owner of each result, number of courses, number of pins."""
    with clinic.store.read() as reader:
        return [
            (
                [each.patient.mrn for each in loaded.patients],
                loaded.cohort.results.patient.tolist(),
                len(loaded.cohort.courses.patient),
                len(loaded.cohort.pins.course),
            )
            for loaded in load_cohorts(reader, catalogue(), ids, size)
        ]


def test_all_patients_with_their_results_courses_and_pins(three: Clinic) -> None:
    assert shapes(three) == [(["10021", "20", "30"], [0, 2, 2], 2, 1)]


def test_some_patients_in_their_order_and_unknown_ones_left_out(three: Clinic) -> None:
    assert shapes(three, [3, 1, 99]) == [(["30", "10021"], [0, 0, 1], 2, 1)]


def test_nobody_is_no_cohort(three: Clinic) -> None:
    assert shapes(three, []) == []


def test_many_patients_come_in_groups_and_lose_nothing(three: Clinic) -> None:
    assert shapes(three, size=2) == [(["10021", "20"], [0], 1, 0), (["30"], [0, 0], 1, 1)]


def test_more_than_a_few_are_swept_from_the_tables(three: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cohorts, "FEW", 0)
    assert shapes(three, [3]) == [(["30"], [0, 0], 1, 1)]
