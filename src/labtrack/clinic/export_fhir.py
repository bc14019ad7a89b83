"""``export fhir``: what a clinic knows of its patients as one FHIR R4 Bundle, patient by patient and in bounded memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Generic, TextIO, TypeVar

from labtrack.clinic.exporting import baselines_of, courses_of, events_of, everyone
from labtrack.clinic.judging import Judge
from labtrack.core.judgment import Assessment
from labtrack.core.record import Course, Event, Patient, Result, ResultStatus
from labtrack.exchange.fhir.elements import Resource
from labtrack.exchange.fhir.own import baseline_resource, course_resource, event_resource
from labtrack.exchange.fhir.writing import (
    bundle_text,
    detected_issue,
    observation,
    observation_id,
    patient_resource,
    service_request,
    statement,
)
from labtrack.exchange.rows import BaselineOf
from labtrack.exchange.writing import whole_file
from labtrack.store import Reader

Value = TypeVar("Value")


def write_fhir(judge: Judge, reader: Reader, out: Path | TextIO, patient_ids: list[int] | None, as_of: date) -> None:
    """One Bundle of some patients or all, judged as of a day; the same clinic gives the same bytes.

    Raises LabtrackError when the file cannot be written.
    """
    lines = bundle_text(_resources(judge, reader, patient_ids, as_of))
    if isinstance(out, Path):
        with whole_file(out) as stream:
            stream.writelines(lines)
    else:
        out.writelines(lines)


def _resources(judge: Judge, reader: Reader, patient_ids: list[int] | None, as_of: date) -> Iterator[Resource]:
    yield statement(as_of, judge.engine.region.value, judge.rule_set)
    patients = everyone(reader, patient_ids)
    courses, events = _InStep(courses_of(reader, patients)), _InStep(events_of(reader, patients))
    baselines: dict[str, list[BaselineOf]] = {}
    for mrn, baseline in baselines_of(reader, patients):
        baselines.setdefault(mrn, []).append(baseline)
    # Judged in the order of ``patients``, which courses and events follow.
    wanted = None if patient_ids is None else [each.id for each in patients]
    for stored, assessment in judge.assessments(reader, as_of, wanted):
        mrn = stored.patient.mrn
        treatment = _treatment(mrn, courses.of(mrn), events.of(mrn), baselines.get(mrn, ()), as_of)
        yield from patient_resources(stored.patient, treatment, reader.results(stored.id), assessment)


class _InStep(Generic[Value]):
    """(mrn, value) pairs that are grouped by patient, asked for patient by patient in the same order."""

    def __init__(self, pairs: Iterator[tuple[str, Value]]) -> None:
        self._pairs = pairs
        self._next = next(pairs, None)

    def of(self, mrn: str) -> list[Value]:
        """The values of the next patient."""
        found = []
        while self._next is not None and self._next[0] == mrn:
            found.append(self._next[1])
            self._next = next(self._pairs, None)
        return found


def _treatment(
    mrn: str, courses: Iterable[Course], events: Iterable[Event], baselines: Iterable[BaselineOf], as_of: date
) -> Iterator[Resource]:
    yield from (course_resource(mrn, each, as_of) for each in courses)
    yield from (event_resource(mrn, each) for each in events)
    yield from (baseline_resource(mrn, each) for each in baselines)


def patient_resources(
    patient: Patient, treatment: Iterable[Resource], results: Sequence[Result], assessment: Assessment
) -> Iterator[Resource]:
    """Everything of one patient: the person, the treatment, the reports that stand, the findings, the next checks.

    ``results`` are all that were ever entered, in order of entry: reports stand in the Bundle in that order, because of two of one
    instant the later one counts.
    """
    mrn = patient.mrn
    yield patient_resource(patient)
    yield from treatment
    first = first_reports(results)
    standing = [each for each in results if not each.superseded and each.status is not ResultStatus.ENTERED_IN_ERROR]
    for each in standing:
        yield observation(mrn, each, first[each.result_id])
    observations = {each.result_id: observation_id(mrn, each) for each in standing}
    for finding in assessment.findings:
        yield detected_issue(mrn, finding, assessment.as_of, observations)
    for check in assessment.checks:
        yield service_request(mrn, check, assessment.as_of)


def first_reports(results: Sequence[Result]) -> Mapping[int, Result]:
    """For each result the earliest report that it corrects, itself if it corrects none. ``results`` in order of entry."""
    first: dict[int, Result] = {}
    for each in results:
        corrected = [first[old] for old in each.supersedes if old in first]
        first[each.result_id] = min(corrected, key=lambda one: one.result_id, default=each)
    return first
