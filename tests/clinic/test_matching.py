"""Matching: what repeats, replaces, strikes or clashes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labtrack.clinic.matching import Known, match
from labtrack.core.record import ResultStatus

STATUSES = st.sampled_from(ResultStatus)
REPORTS = st.tuples(st.sampled_from(["5", "6", "7"]), st.sampled_from(["g/dL", "g/L"]), STATUSES)


def history(*reports: tuple[str, str]) -> list[Known]:
    """Results entered one after the other, each matched against those before."""
    known: list[Known] = []
    for value, status in reports:
        enter(known, value, "g/dL", ResultStatus(status))
    return known


def enter(known: list[Known], value: str, unit: str, status: ResultStatus) -> str:
    found = match(known, value, unit, status)
    if found.duplicate_of is None:
        for each in found.superseded:
            each.stands = False
        known.append(Known(len(known) + 1, value, unit, status))
    return found.warning


def standing(known: list[Known]) -> list[tuple[str, str]]:
    return [(each.value_text, each.status.value) for each in known if each.stands]


@pytest.mark.parametrize(
    ("reports", "stand"),
    [
        ([("5", "preliminary"), ("6", "final")], [("6", "final")]),
        ([("", "registered"), ("5", "unknown"), ("5", "final")], [("5", "final")]),
        ([("5", "final"), ("6", "preliminary")], [("5", "final"), ("6", "preliminary")]),
        ([("5", "final"), ("6", "corrected")], [("6", "corrected")]),
        ([("5", "final"), ("6", "final"), ("7", "amended")], [("7", "amended")]),
        ([("5", "corrected"), ("6", "amended")], [("6", "amended")]),
        ([("5", "corrected"), ("6", "final")], [("5", "corrected"), ("6", "final")]),
        ([("5", "final"), ("6", "final")], [("5", "final"), ("6", "final")]),
        ([("5", "corrected"), ("6", "corrected")], [("5", "corrected"), ("6", "corrected")]),
        ([("5", "final"), ("6", "final"), ("6", "entered-in-error")], [("5", "final"), ("6", "entered-in-error")]),
        ([("5", "final"), ("6", "final"), ("", "entered-in-error")], [("", "entered-in-error")]),
        ([("5", "entered-in-error"), ("5", "final")], [("5", "entered-in-error"), ("5", "final")]),
        ([("5", "final"), ("5", "cancelled")], [("5", "final"), ("5", "cancelled")]),
        ([("5", "cancelled"), ("5", "corrected")], [("5", "corrected")]),
        ([("5", "final"), ("6", "corrected"), ("5", "final")], [("6", "corrected")]),
    ],
)
def test_what_stands_after_a_history(reports: list[tuple[str, str]], stand: list[tuple[str, str]]) -> None:
    assert standing(history(*reports)) == stand


@pytest.mark.parametrize(
    ("reports", "new", "warning"),
    [
        ([("5", "final")], ("6", "final"), "clashes with 5 g/dL (final) of the same time and specimen: both stand"),
        ([("5", "corrected")], ("6", "final"), "clashes with 5 g/dL (corrected)"),
        ([("5", "corrected")], ("5", "final"), ""),
        ([("5", "final")], ("6", "corrected"), ""),
        ([("5", "final")], ("6", "preliminary"), ""),
        ([("5", "preliminary")], ("6", "final"), ""),
        ([], ("5", "entered-in-error"), "nothing to strike"),
        ([("5", "final")], ("", "cancelled"), "a final result stands at this time"),
        ([("5", "preliminary")], ("", "cancelled"), ""),
    ],
)
def test_what_is_told(reports: list[tuple[str, str]], new: tuple[str, str], warning: str) -> None:
    found = match(history(*reports), new[0], "g/dL", ResultStatus(new[1]))
    assert warning in found.warning
    assert bool(warning) == bool(found.warning)


@given(st.lists(REPORTS, max_size=6))
def test_the_same_history_again_changes_nothing(reports: list[tuple[str, str, ResultStatus]]) -> None:
    known: list[Known] = []
    for report in reports:
        enter(known, *report)
    before = [(each.result_id, each.stands) for each in known]
    for report in reports:
        enter(known, *report)
    assert [(each.result_id, each.stands) for each in known] == before
    assert len({(each.value_text, each.unit, each.status) for each in known}) == len(known)


HERE, LATER = ("2024-03-01T08:00:00", ""), ("2024-03-01T09:00:00", "")


def version(value: str, status: str, *, at: tuple[str, str] = HERE, report_id: str = "F1") -> Known:
    return Known(1, value, "g/dL", ResultStatus(status), place=at, report_id=report_id)


@pytest.mark.parametrize("status", ["final", "corrected", "amended"])
def test_a_version_with_another_time_replaces_the_one_at_the_old_time(status: str) -> None:
    old = version("5", "final")
    found = match([old], "5", "g/dL", ResultStatus(status), LATER, "F1")
    assert found.superseded == (old,)
    assert "changed when" in found.warning


def test_a_preliminary_version_with_another_time_replaces_nothing() -> None:
    assert match([version("5", "final")], "5", "g/dL", ResultStatus.PRELIMINARY, LATER, "F1").superseded == ()


def test_a_second_correction_of_one_report_replaces_the_first() -> None:
    first = version("5", "corrected")
    assert match([first], "6", "g/dL", ResultStatus.CORRECTED, HERE, "F1").superseded == (first,)


def test_a_correction_leaves_another_report_of_the_same_instant_alone() -> None:
    other = version("5", "final", report_id="F2")
    found = match([other], "6", "g/dL", ResultStatus.CORRECTED, HERE, "F1")
    assert found.superseded == ()
    assert "clashes" in found.warning


def test_a_deletion_strikes_its_own_report_and_no_other() -> None:
    own, other = version("5", "final"), version("5", "final", report_id="F2")
    assert match([other, own], "", "g/dL", ResultStatus.ENTERED_IN_ERROR, LATER, "F1").superseded == (own,)
    assert match([other], "", "g/dL", ResultStatus.ENTERED_IN_ERROR, HERE, "F1").warning.startswith("nothing to strike")


def test_same_instant_twice_with_the_same_value_is_one_result() -> None:
    assert match([version("5", "final", report_id="F2")], "5", "g/dL", ResultStatus.FINAL, HERE, "F1").duplicate_of is not None


def test_same_instant_twice_of_one_sender_is_two_results() -> None:
    other = version("5", "final", report_id="urn:lab|1")
    assert match([other], "5", "g/dL", ResultStatus.FINAL, HERE, "urn:lab|2").duplicate_of is None
    assert match([other], "5", "g/dL", ResultStatus.FINAL, HERE, "urn:hospital|2").duplicate_of is other


def test_a_report_without_identity_matches_by_place_alone() -> None:
    old = version("5", "final")
    assert match([old], "6", "g/dL", ResultStatus.CORRECTED, HERE, "").superseded == (old,)
    assert match([old], "6", "g/dL", ResultStatus.CORRECTED, LATER, "").superseded == ()
