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
