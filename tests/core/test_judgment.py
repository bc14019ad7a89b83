"""Verdicts, reasons, severities and findings as values."""

from __future__ import annotations

from datetime import date
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labtrack.core.judgment import Assessment, Evidence, Finding, Reason, Severity, Verdict, reasons_of
from labtrack.core.quantity import Interval


def exact(number: float) -> Interval:
    return Interval(number, number)


def evidence(value: Interval, baseline: Interval | None) -> Evidence:
    return Evidence("ldl", value, "mg/dL", date(2026, 5, 1), baseline=baseline)


def test_severity_ranks_the_worst_first() -> None:
    assert sorted(Severity, key=lambda severity: severity.rank) == [Severity.URGENT, Severity.ACTION, Severity.WATCH]


def test_reasons_are_the_codes_of_the_clinical_reference() -> None:
    named = "no-result stale no-baseline baseline-too-old unit-unknown text-result bound-too-wide no-uln sex-unknown age-unknown"
    assert set(Reason) == set(f"{named} dose-unknown no-weight no-treatment-start rule-failed".split())


def test_each_reason_has_a_bit_and_words_of_its_own() -> None:
    for one, other in combinations(Reason, 2):
        assert one.bit & other.bit == 0
        assert one.in_words != other.in_words
    assert max(reason.bit for reason in Reason) < 2**16


@given(st.sets(st.sampled_from(list(Reason))))
def test_a_mask_tells_its_reasons_in_the_order_of_telling(reasons: set[Reason]) -> None:
    told = reasons_of(sum(reason.bit for reason in reasons))
    assert set(told) == reasons
    assert list(told) == sorted(told, key=list(Reason).index)


def test_a_finding_tells_its_first_reason() -> None:
    finding = Finding("anc-below-1", Verdict.CANNOT_EVALUATE, Severity.URGENT, (Reason.NO_RESULT, Reason.STALE))
    assert finding.reason is Reason.NO_RESULT
    assert Finding("anc-below-1", Verdict.MET, Severity.URGENT).reason is None


@pytest.mark.parametrize(
    ("value", "baseline", "change"),
    [
        (exact(130.0), exact(100.0), 30.0),
        (exact(50.0), exact(100.0), -50.0),
        (exact(130.0), None, None),
        (Interval(0.0, 130.0, high_open=True), exact(100.0), None),
        (exact(130.0), Interval(90.0, 100.0), None),
        (exact(130.0), exact(0.0), None),
    ],
)
def test_change_from_baseline_needs_two_exact_numbers(value: Interval, baseline: Interval | None, change: float | None) -> None:
    assert evidence(value, baseline).change_percent == (None if change is None else pytest.approx(change))


def test_an_assessment_without_clashes_has_none() -> None:
    assert Assessment(date(2026, 5, 1), (), ()).clashes == ()
