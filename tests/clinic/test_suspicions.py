"""Tests of labtrack.clinic.suspicions."""

from __future__ import annotations

from datetime import date, time

import pytest

from labtrack.catalogue import catalogue
from labtrack.clinic.segments import segment_of
from labtrack.clinic.suspicions import Standing, questions
from labtrack.core.quantity import Interval
from labtrack.core.record import CollectedAt, Patient, Result, Sex, Unusable

NOON = CollectedAt(date(2026, 6, 1), time(12))
ADA = Patient("1", "Ada", date(1968, 2, 11), Sex.FEMALE)


def result(number: int, analyte: str, low: float, high: float | None = None, at: CollectedAt = NOON, specimen: str = "s") -> Result:
    interval = Interval(low, low if high is None else high)
    return Result(analyte, "x", "y", at, value=interval, specimen_id=specimen, result_id=number)


def standing(*results: Result, without: int = 0) -> Standing:
    return Standing.of(segment_of(results, catalogue()), NOON, "s", catalogue(), without)


def test_what_stands_is_sorted_by_instant_specimen_and_time() -> None:
    earlier = [CollectedAt(date(2026, month, 1)) for month in (1, 3)]
    found = standing(
        result(1, "anc", 3.0, at=earlier[1], specimen="a"),
        result(2, "anc", 2.0, at=earlier[0], specimen="b"),
        result(3, "hb", 12.0),
        result(4, "plt", 200.0, at=CollectedAt(date(2026, 5, 1)), specimen="s"),
    )
    assert found.at_once == ((3, "hb", Interval(12.0, 12.0)),)
    assert dict(found.specimen) == {"hb": 12.0, "plt": 200.0}
    assert dict(found.last) == {"anc": 3.0, "plt": 200.0}


def test_what_cannot_be_used_or_is_about_to_go_does_not_count() -> None:
    text = Result("anc", "hemolyzed", "10*9/L", NOON, unusable=Unusable.TEXT, specimen_id="s", result_id=1)
    assert standing(text).at_once == ()
    assert standing(result(2, "anc", 1.0), without=2).at_once == ()


@pytest.mark.parametrize(("value", "same"), [(1.0, True), (1.0 + 1e-12, True), (1.1, False)])
def test_results_of_one_instant_agree_when_they_are_equal_on_paper(value: float, same: bool) -> None:
    found, new = standing(result(1, "anc", 1.0)), result(0, "anc", value)
    assert found.disagrees(new) is not same
    assert found.says_the_same(1, new) is same


def test_another_analyte_or_an_unusable_report_never_disagrees() -> None:
    found = standing(result(1, "anc", 1.0))
    assert not found.disagrees(result(0, "alc", 2.0))
    assert not found.disagrees(Result("anc", "text", "y", NOON))
    assert not found.says_the_same(1, Result("anc", "text", "y", NOON))


def test_bounds_agree_only_with_the_same_open_ends() -> None:
    open_end = Result("anc", "<1", "y", NOON, value=Interval(0.0, 1.0, high_open=True), specimen_id="s", result_id=1)
    assert standing(open_end).disagrees(result(0, "anc", 0.0, 1.0))
    assert not standing(open_end).disagrees(open_end)


def test_a_ratio_near_a_unit_factor_is_asked_about() -> None:
    before = standing(result(1, "ldl", 100.0, at=CollectedAt(date(2026, 1, 1)), specimen="a"))
    assert any("unit" in question for _, question in questions(catalogue(), ADA, [result(0, "ldl", 2.6)], before))
    assert questions(catalogue(), ADA, [result(0, "ldl", 110.0)], before) == []


def test_values_that_do_not_fit_each_other_are_asked_about_once() -> None:
    counts = [result(0, "wbc", 4.0), result(0, "anc", 3.0), result(0, "alc", 2.0)]
    assert len(questions(catalogue(), ADA, counts, standing())) == 1
    already = standing(*(result(number, each.analyte, each.value.low) for number, each in enumerate(counts, 1) if each.value))
    assert questions(catalogue(), ADA, [result(0, "plt", 200.0)], already) == []


def test_a_reported_egfr_is_held_against_the_calculated_one() -> None:
    pair = [result(0, "creatinine", 1.0), result(0, "egfr", 30.0)]
    assert len(questions(catalogue(), ADA, pair, standing())) == 1
    assert questions(catalogue(), Patient("2", "No birth date"), pair, standing()) == []


def test_bounds_alone_ask_nothing() -> None:
    assert questions(catalogue(), ADA, [result(0, "anc", 0.0, 1.0)], standing()) == []
