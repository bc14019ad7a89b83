"""Texts fit to be recorded, and times as they are said."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.exchange.fhir.reading import ANY

from labtrack.exchange.fhir.texts import Moment, absent_reason, concept_text, extended_reason, moment_of

MASKED = {"extension": [{"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "masked"}]}


def test_a_concept_is_told_by_its_text_then_display_then_code() -> None:
    assert concept_text({"text": " Clotted ", "coding": [{"code": "x"}]}) == "Clotted"
    assert concept_text({"coding": [{"code": "x"}, {"display": "Clotted"}]}) == "Clotted"
    assert concept_text({"coding": [{}, {"code": "x"}]}) == "x"
    assert concept_text({}) == ""


def test_a_reason_for_absence_is_found_where_r4_puts_it() -> None:
    assert absent_reason({"dataAbsentReason": {"coding": [{"code": "not-performed"}]}}) == "not-performed"
    assert absent_reason({"dataAbsentReason": {"id": "x"}}) == "unknown"
    assert absent_reason({"dataAbsentReason": {}}) == absent_reason({"dataAbsentReason": "x"}) == absent_reason({}) == ""
    assert extended_reason(MASKED) == "masked"
    assert extended_reason({"extension": [{"url": "other"}, 3]}) == extended_reason(None) == ""


UNCERTAIN = "it was taken over a period of more than one day: uncertain which day is meant"


@pytest.mark.parametrize(
    ("element", "text", "problem"),
    [
        ({"effectiveDateTime": "2026-04-03"}, "2026-04-03", ""),
        ({"effectiveDateTime": " 2026-04-03T07:30:00.123+13:45 "}, "2026-04-03T07:30:00.123+13:45", ""),
        ({"effectiveInstant": "2026-04-03T07:30:00Z"}, "2026-04-03T07:30:00Z", ""),
        ({"effectiveDateTime": "2026-04"}, "", "known only to the month"),
        ({"effectiveDateTime": "2026"}, "", "known only to the year"),
        ({"effectiveDateTime": "2026-13-45"}, "2026-13-45", ""),
        ({"effectiveDateTime": "x" * 80}, "", "not a date or date-time"),
        ({"effectiveDateTime": 2026}, "", "effectiveDateTime is no text"),
        ({"effectivePeriod": {"start": "2026-04-03T07:00:00Z", "end": "2026-04-03T08:00:00Z"}}, "2026-04-03T07:00:00Z", ""),
        ({"effectivePeriod": {"start": "2026-04-03T23:00:00Z", "end": "2026-04-04T01:00:00Z"}}, "2026-04-03T23:00:00Z", ""),
        ({"effectivePeriod": {"start": "2026-04-03T08:00:00Z", "end": "2026-04-04T08:00:01Z"}}, "", UNCERTAIN),
        ({"effectivePeriod": {"start": "2026-04-03T08:00:00Z", "end": "2026-04-02T08:00:00Z"}}, "", UNCERTAIN),
        ({"effectivePeriod": {"start": "2026-04-03T08:00:00Z", "end": "2026-04-04"}}, "", UNCERTAIN),
        ({"effectivePeriod": {"start": "2026-04-03", "end": "2026-04"}}, "", UNCERTAIN),
        ({"effectivePeriod": {"start": "2026-04-03"}}, "2026-04-03", ""),
        ({"effectivePeriod": {"end": "2026-04-03"}}, "2026-04-03", ""),
        ({"effectivePeriod": {"start": "2026"}}, "", "known only to the year"),
        ({"effectivePeriod": {"id": "x"}}, "", ""),
        ({"effectiveTiming": {"event": ["2026-04-03"]}}, "", "effectiveTiming is no time that labtrack reads: a day or a moment is needed"),
        ({"effectiveDateTime": "2026-04-03", "effectiveInstant": "x"}, "", "it says two times: effectiveDateTime and effectiveInstant"),
        ({"effectiveDateTime": None, "_effectiveDateTime": MASKED, "issued": "2026-04-03"}, "", ""),
    ],
)
def test_when_something_was(element: dict[str, Any], text: str, problem: str) -> None:
    found = moment_of(element, "effective")
    assert (found.text, found.problem) == (text, problem)


@given(ANY, st.sampled_from(["effectiveDateTime", "effectivePeriod", "effectiveInstant", "effectiveTiming", "effectiveX"]))
def test_any_json_comes_to_a_time_a_problem_or_nothing(value: Any, name: str) -> None:
    found = moment_of({name: value}, "effective")
    assert isinstance(found, Moment)
    assert not (found.text and found.problem)
    assert absent_reason({"dataAbsentReason": value}) is not None
