"""What only labtrack writes reads back as the same; what is not of its making, or was changed since, is never taken for it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, time
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.exchange.fhir.r4 import JSON, faults, plain, spoiled, validated

from labtrack.catalogue import catalogue
from labtrack.core.record import CollectedAt, Course, DoseStep, Event, Hold, Result, ResultStatus
from labtrack.exchange.fhir.elements import json_text
from labtrack.exchange.fhir.own import (
    OwnReport,
    baseline_of,
    baseline_resource,
    course_of,
    course_resource,
    event_of,
    event_resource,
    printed_of,
    report_of,
)
from labtrack.exchange.fhir.writing import observation
from labtrack.exchange.rows import BaselineOf

TODAY, START = date(2026, 11, 22), date(2026, 3, 3)
DAYS = st.dates(date(1900, 1, 1), date(2100, 12, 31))
DOSES = st.floats(0.001, 1000)
#: Texts as they are recorded: without white space at their ends.
TEXTS = st.text(max_size=30).map(str.strip) | st.sampled_from(["[bold]x[/]", '"quoted" \\ <&>', "مرحبا \u202eabc", "é" * 200, "=1+1"])
WORDS = TEXTS.filter(bool)
TIMES = st.builds(CollectedAt, DAYS, st.none() | st.times()) | st.builds(CollectedAt, DAYS, st.times(), st.integers(-720, 840))


@st.composite
def spans(draw: st.DrawFn) -> tuple[date, date | None]:
    """A start, and an end that is not before it or none."""
    start = draw(DAYS)
    return start, draw(st.none() | st.dates(start, date(2200, 1, 1)))


@st.composite
def courses(draw: st.DrawFn) -> Course:
    """Any course that a clinic can hold, doses in any order."""
    start, stop = draw(spans())
    drug = draw(st.sampled_from(sorted(catalogue().drugs)))
    frequencies = st.sampled_from(["daily", "Twice daily", "every other day", "when needed", ""]) | TEXTS
    doses = draw(st.lists(st.builds(DoseStep, DAYS, DOSES, frequencies, TEXTS), max_size=3))
    holds = draw(st.lists(st.builds(lambda span, reason: Hold(span[0], reason, span[1]), spans(), WORDS), max_size=3))
    return Course(drug, draw(DOSES), draw(frequencies), start, stop, draw(TEXTS), tuple(doses), tuple(holds))


COURSE = Course(
    "baricitinib", 2.0, "daily", START, None, "flare", (DoseStep(date(2026, 6, 1), 4.0, "every other day", "flare"),),
    (Hold(date(2026, 7, 1), "anc-below-1", date(2026, 7, 10)),),
)  # fmt: skip
EVENT = Event("herpes-zoster", date(2026, 8, 1), date(2026, 8, 20), "left 'arm'")
PIN = BaselineOf("baricitinib", START, "ldl", CollectedAt(date(2026, 1, 10), time(8)), "fasting")


def without(resource: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in resource.items() if name not in names}


# Courses


@given(courses(), DAYS)
def test_a_course_reads_back_as_it_was(course: Course, as_of: date) -> None:
    resource = course_resource("1", course, as_of)
    assert faults(resource) == []
    assert course_of(plain(resource)) == course
    assert course_of(json.loads(json_text(resource), parse_float=Decimal)) == course


@given(courses(), DAYS)
def test_a_course_is_valid(course: Course, as_of: date) -> None:
    validated(course_resource("1", course, as_of))


@pytest.mark.parametrize(
    ("as_of", "stop_on", "status"),
    [
        (date(2026, 3, 2), None, "intended"), (START, None, "active"), (date(2026, 7, 1), None, "on-hold"),
        (date(2026, 7, 9), None, "on-hold"), (date(2026, 7, 10), None, "active"), (date(2026, 8, 1), date(2026, 8, 1), "completed"),
        (date(2026, 7, 31), date(2026, 8, 1), "active"),
    ],
)  # fmt: skip
def test_the_status_is_that_of_the_day(as_of: date, stop_on: date | None, status: str) -> None:
    assert course_resource("1", replace(COURSE, stop_on=stop_on), as_of)["status"] == status


def test_doses_are_dosages_until_the_next() -> None:
    first, second = course_resource("1", COURSE, TODAY)["dosage"]
    assert first["text"] == "2 mg daily"
    assert first["timing"]["repeat"] == {
        "boundsPeriod": {"start": "2026-03-03", "end": "2026-05-31"}, "frequency": 1, "period": 1, "periodUnit": "d",
    }  # fmt: skip
    assert first["doseAndRate"] == [{"doseQuantity": {"value": 2, "unit": "mg", "system": "http://unitsofmeasure.org", "code": "mg"}}]
    assert second["timing"]["repeat"] == {"boundsPeriod": {"start": "2026-06-01"}, "frequency": 1, "period": 2, "periodUnit": "d"}
    twice, other = (course_resource("1", replace(COURSE, frequency=words), TODAY)["dosage"][0] for words in ("twice daily", "at night"))
    assert (twice["timing"]["repeat"]["frequency"], twice["timing"]["repeat"]["period"]) == (2, 1)
    assert other["timing"] == {"repeat": {"boundsPeriod": {"start": "2026-03-03", "end": "2026-05-31"}}, "code": {"text": "at night"}}


def changed(path: str, value: Any) -> dict[str, Any]:
    """The course's resource with another value at a path."""
    resource = plain(course_resource("1", COURSE, TODAY))
    place: Any = resource
    *before, last = [int(step) if step.isdigit() else step for step in path.split(".")]
    for step in before:
        place = place[step]
    place[last] = value
    return resource


@pytest.mark.parametrize(
    ("path", "value", "reason"),
    [
        ("status", "entered-in-error", "it is marked entered-in-error"),
        ("medicationCodeableConcept.coding.0.code", "placebo", "unknown drug; known: baricitinib, tofacitinib, upadacitinib"),
        ("effectivePeriod", [], "start: date is empty"),
        ("effectivePeriod.start", "2026-03", "start: not a date: write it as YYYY-MM-DD"),
        ("effectivePeriod.start", "2026-03-04", "its first dose is not of the day that it starts"),
        ("effectivePeriod.end", "2026-02-01", "stop: before the start (2026-03-03)"),
        ("effectivePeriod.end", None, "stop: date is empty"),
        ("dosage", "", "it names no dose"),
        ("dosage.0.doseAndRate.0.doseQuantity.code", "g", "dose: must be above 0 and at most 1000 mg"),
        ("dosage.1.doseAndRate.0.doseQuantity.value", 0, "dose: must be above 0 and at most 1000 mg"),
        ("dosage.1.doseAndRate.0.doseQuantity.value", True, "dose: must be above 0 and at most 1000 mg"),
        ("dosage.1.timing.code.text", 5, "frequency: no text of at most 10000 characters"),
        ("statusReason.0.text", "x" * 10_001, "reason: no text of at most 10000 characters"),
        ("extension.0.extension.0.valuePeriod.end", "2026-06-30", "end of the hold: before the start (2026-07-01)"),
        ("extension.0.extension.1.valueString", " ", "a hold without a reason"),
    ],
)
def test_a_course_that_cannot_be_read_says_why(path: str, value: Any, reason: str) -> None:
    assert course_of(changed(path, value)) == reason


def test_medication_of_another_program_is_not_ours() -> None:
    assert course_of(changed("medicationCodeableConcept", {"text": "Baricitinib"})) is None
    assert course_of(changed("medicationCodeableConcept.coding.0.system", "urn:other")) is None
    assert course_of(changed("resourceType", "MedicationRequest")) is None


# Events


@given(st.sampled_from(sorted(catalogue().event_kinds)), spans(), WORDS)
def test_an_event_reads_back_as_it_was(kind: str, span: tuple[date, date | None], note: str) -> None:
    event = Event(kind, *span, note)
    resource = event_resource("1", event)
    assert faults(resource) == []
    assert event_of(plain(resource)) == event
    validated(resource)


def test_an_event_without_a_note() -> None:
    assert event_of(plain(event_resource("1", replace(EVENT, note="")))) == replace(EVENT, note="")
    declined = Event("declined-screen-tb", date(2026, 2, 1))
    assert event_of(plain(event_resource("1", declined))) == "a declined item needs a note that says why"


def test_an_event_that_cannot_be_read_says_why() -> None:
    resource = plain(event_resource("1", EVENT))
    assert str(event_of(plain(event_resource("1", replace(EVENT, kind="fever"))))).startswith("unknown kind; known: serious-infection, ")
    assert event_of(plain(event_resource("1", replace(EVENT, ended_on=date(2026, 1, 1))))) == "end: before the start (2026-08-01)"
    assert str(event_of(without(resource, "extension"))).startswith("unknown kind")
    assert event_of({**resource, "code": {"text": "Event"}}) is None
    assert event_of({**resource, "resourceType": "Condition"}) is None


# Pinned baselines


@given(st.sampled_from(sorted(catalogue().drugs)), DAYS, st.sampled_from(sorted(catalogue().analytes)), TIMES, WORDS)
def test_a_pinned_baseline_reads_back_as_it_was(drug: str, start_on: date, analyte: str, collected: CollectedAt, reason: str) -> None:
    pin = BaselineOf(drug, start_on, analyte, collected, reason)
    resource = baseline_resource("1", pin)
    assert faults(resource) == []
    assert baseline_of(plain(resource)) == pin
    validated(resource)


@pytest.mark.parametrize(
    ("part", "reason"),
    [
        ("drug", "unknown drug; known: baricitinib, tofacitinib, upadacitinib"), ("start", "start of the course: date is empty"),
        ("analyte", "unknown analyte; known: wbc, "), ("collected", "its collection time cannot be read"),
        ("reason", "a pinned baseline needs a reason"),
    ],
)  # fmt: skip
def test_a_pinned_baseline_that_cannot_be_read_says_why(part: str, reason: str) -> None:
    resource = plain(baseline_resource("1", PIN))
    facts = resource["extension"][0]
    facts["extension"] = [each for each in facts["extension"] if each["url"] != part]
    assert str(baseline_of(resource)).startswith(reason)


def test_the_kinds_of_basic_are_told_apart() -> None:
    assert baseline_of(plain(event_resource("1", EVENT))) is None
    assert event_of(plain(baseline_resource("1", PIN))) is None
    assert baseline_of({}) is None


# Reports

RESULT = Result(
    "hb", "4.60", "g/dl", CollectedAt(date(2026, 4, 3), time(7, 30)), ref_low="12", ref_high="15,5", lab="North", specimen_id="S1",
    note="seen [H]", code="718-7", method="optical", result_id=17,
)  # fmt: skip


def test_a_report_is_read_as_it_was_printed() -> None:
    read = report_of(plain(observation("1", RESULT)))
    assert read is not None
    assert read == OwnReport(
        "718-7", "4.60", "g/dl", RESULT.collected_at, "12", "15,5", ResultStatus.FINAL, "optical", "North", "S1",
        "seen [H]", 17, read.report_id,
    )  # fmt: skip
    assert printed_of(plain(observation("1", RESULT))) == ("4.60", "g/dl", RESULT.collected_at)


@given(
    st.sampled_from(["4.60", "<0.5", "≤0.5", "> 90", "hemolyzed", "0,82", "1" * 20, "-1", "1e3", "", "[H] \u202e5"]) | TEXTS,
    st.sampled_from(["g/dl", "", "furlong"]) | TEXTS,
    TIMES,
    st.sampled_from([*ResultStatus]),
    st.sampled_from(["", "12", "<40", "n/a"]) | TEXTS,
    st.sampled_from(["", "15.5", "15,5"]) | TEXTS,
    TEXTS,
)
def test_any_report_reads_back(value: str, unit: str, at: CollectedAt, status: ResultStatus, low: str, high: str, note: str) -> None:
    result = Result("hb", value, unit, at, status, ref_low=low, ref_high=high, lab=note, specimen_id=note, note=note, result_id=3)
    resource = observation("1", result)
    assert faults(resource) == []
    read = report_of(plain(resource))
    assert read is not None
    assert read[1:12] == (value, unit, at, low, high, status, "", note, note, note, 3)
    assert report_of(json.loads(json_text(resource), parse_float=Decimal)) == read


@pytest.mark.parametrize(
    "change",
    [
        {"valueQuantity": {"value": 4.7, "unit": "g/dl"}}, {"valueQuantity": {"value": 4.6, "unit": "g/l"}},
        {"valueQuantity": {"value": 4.6, "unit": "g/dl", "comparator": "<"}}, {"valueString": "4.60"}, {"valueInteger": 4},
        {"referenceRange": []}, {"referenceRange": [{"low": {"value": 11}, "text": "12 - 15,5"}]},
        {"referenceRange": [{"low": {"value": 12}, "text": "12 - 16"}]}, {"referenceRange": [{"text": "12 - 15,5"}]},
        {"code": {"text": "Hemoglobin"}}, {"effectiveDateTime": "2026-04"}, {"status": "done"}, {"extension": []},
    ],
)  # fmt: skip
def test_a_report_that_somebody_changed_is_not_what_its_extension_says(change: dict[str, Any]) -> None:
    assert report_of({**plain(observation("1", RESULT)), **change}) is None
    assert printed_of({**plain(observation("1", RESULT)), **change}) is None


def test_a_report_of_an_analyte_that_is_not_known_is_not_read() -> None:
    resource = plain(observation("1", RESULT))
    resource["extension"][0]["extension"][0]["valueString"] = "troponin"
    assert report_of(resource) is None


def test_a_value_taken_out_or_put_in_is_noticed() -> None:
    resource = plain(observation("1", RESULT))
    assert report_of(without(resource, "valueQuantity")) is None
    assert report_of(without(resource, "referenceRange")) is None
    text, empty = (plain(observation("1", replace(RESULT, value_text=text))) for text in ("hemolyzed", ""))
    assert report_of(without(text, "valueString")) is None
    assert report_of({**text, "valueString": "clotted"}) is None
    assert report_of({**empty, "valueString": "5"}) is None
    bare = plain(observation("1", replace(RESULT, ref_low="", ref_high="")))
    assert report_of({**bare, "referenceRange": [{"low": {"value": 1}}]}) is None


@pytest.mark.parametrize("number", ["", "x", "²", "-1", "9" * 30])
def test_a_number_that_is_none_of_ours_is_none(number: str) -> None:
    resource = plain(observation("1", RESULT))
    resource["identifier"][0]["value"] = number
    read = report_of(resource)
    assert read is not None
    assert read.result_id == 0


# Garbage

EVERY_READER = (course_of, event_of, baseline_of, report_of, printed_of)
RESOURCES = [course_resource("1", COURSE, TODAY), event_resource("1", EVENT), baseline_resource("1", PIN), observation("1", RESULT)]


@given(st.dictionaries(st.text(max_size=8), JSON, max_size=4), st.sampled_from(["MedicationStatement", "Basic", "Observation", ""]))
def test_garbage_is_not_ours(garbage: dict[str, Any], kind: str) -> None:
    for read in EVERY_READER:
        assert read({**garbage, "resourceType": kind}) is None


@given(st.one_of([spoiled(each) for each in RESOURCES]))
def test_a_spoiled_resource_is_read_or_not_but_never_raises(resource: dict[str, Any]) -> None:
    for read, kinds in ((course_of, (Course, str)), (event_of, (Event, str)), (baseline_of, (BaselineOf, str)), (report_of, (OwnReport,))):
        found = read(resource)
        assert found is None or isinstance(found, kinds)
