"""Core values to rows of the import layouts, such that importing them into an empty clinic gives the same values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from labtrack.core.record import Course, Event, Patient, Result
from labtrack.exchange.rows import BaselineOf
from labtrack.exchange.writing import day_text, number_text

#: One row, in the order of its layout's ``columns``.
Cells = tuple[str, ...]


def patient_rows(patients: Iterable[Patient]) -> Iterator[Cells]:
    """Rows of ``patients``."""
    for each in patients:
        yield each.mrn, each.name, day_text(each.birth_date), each.sex.value, number_text(each.weight_kg), each.phone, each.email


def course_rows(courses: Iterable[tuple[str, Course]]) -> Iterator[Cells]:
    """Rows of ``courses`` from (mrn, course); their steps and holds have rows of their own."""
    for mrn, each in courses:
        dose, frequency = number_text(each.dose_mg), each.frequency
        yield mrn, each.drug, dose, frequency, day_text(each.start_on), day_text(each.stop_on), each.reason


def dose_rows(courses: Iterable[tuple[str, Course]]) -> Iterator[Cells]:
    """Rows of ``doses`` from (mrn, course)."""
    for mrn, course in courses:
        for each in course.doses:
            yield mrn, course.drug, day_text(each.on), number_text(each.dose_mg), each.frequency, each.reason


def hold_rows(courses: Iterable[tuple[str, Course]]) -> Iterator[Cells]:
    """Rows of ``holds`` from (mrn, course)."""
    for mrn, course in courses:
        for each in course.holds:
            yield mrn, course.drug, day_text(each.start_on), day_text(each.end_on), each.reason


def event_rows(events: Iterable[tuple[str, Event]]) -> Iterator[Cells]:
    """Rows of ``events`` from (mrn, event)."""
    for mrn, each in events:
        yield mrn, each.kind, day_text(each.on), day_text(each.ended_on), each.note


def result_rows(results: Iterable[tuple[str, Result]]) -> Iterator[Cells]:
    """Rows of ``results`` from (mrn, result), with the columns that carry ids, code and method."""
    for mrn, each in results:
        yield (
            mrn,
            each.analyte,
            each.value_text,
            each.unit,
            str(each.collected_at),
            each.ref_low,
            each.ref_high,
            each.lab,
            each.specimen_id,
            each.status.value,
            each.note,
            str(each.result_id),
            " ".join(map(str, each.supersedes)),
            each.code,
            each.method,
        )


def baseline_rows(baselines: Iterable[tuple[str, BaselineOf]]) -> Iterator[Cells]:
    """Rows of ``baselines`` from (mrn, pinned baseline)."""
    for mrn, each in baselines:
        yield mrn, each.drug, day_text(each.start_on), each.analyte, str(each.collected_at), each.reason
