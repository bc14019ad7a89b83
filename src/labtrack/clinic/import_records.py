"""Patients, courses, dose steps, holds, events and pinned baselines of an import, against what is recorded.

A patient is keyed by mrn, a course by (mrn, drug, start), a pinned baseline by course and analyte, the others by all but their end. A
row that differs in the rest amends. An empty cell says nothing: it never erases what is recorded, nor reopens what was ended.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields, replace
from datetime import date
from enum import Enum
from typing import Any, TypeVar

from labtrack.clinic.import_outcome import Tally
from labtrack.core.record import Course, DoseStep, Event, Hold, Patient
from labtrack.exchange.remarks import Notice
from labtrack.exchange.rows import BaselineOf, DoseOf, HoldOf, Row
from labtrack.store import Writer

Value = TypeVar("Value")
Record = TypeVar("Record", Patient, Course)
Numbered = list[tuple[int, Course]]
#: Drug and start: the key of a course within a patient.
CourseKey = tuple[str, date]


def merged(recorded: Record, row: Record) -> Record:
    """What is recorded with what a row says instead; what it leaves empty stays."""
    said = {each.name: value for each in fields(row) if (value := getattr(row, each.name)) not in (None, "", ())}
    return replace(recorded, **{name: value for name, value in said.items() if not (isinstance(value, Enum) and not value.value)})


def difference(before: object, after: object) -> dict[str, list[Any]]:
    """The fields in which two values of one kind differ: before and after, fit for JSON."""
    pairs = ((each.name, getattr(before, each.name), getattr(after, each.name)) for each in fields(before))  # type: ignore[arg-type]
    return {name: [_plain(old), _plain(new)] for name, old, new in pairs if old != new}


def _plain(value: object) -> object:
    return value if value is None or isinstance(value, str | int | float) else str(value)


class RecordImporter:
    """Takes parsed rows into the open transaction. ``ids`` are store numbers by MRN, kept up to date."""

    def __init__(self, writer: Writer, tally: Tally) -> None:
        self.writer, self.tally = writer, tally
        self.ids = writer.patient_ids()
        self._notices: dict[tuple[str, int], list[Notice]] = {}

    def remember(self, notices: Iterable[Notice]) -> None:
        """Warnings of rows as they were read: told when the row is taken."""
        for notice in notices:
            self._notices.setdefault((notice.file, notice.line), []).append(notice)

    def _accept(self, row: Row[Any], *, amended: bool = False) -> None:
        notices = self._notices.pop((row.file, row.line), [])
        for notice in notices:
            self.tally.notice(notice)
        self.tally.accept(warned=bool(notices), amended=amended)
        if self.tally.watch is not None:
            self.tally.watch.row(row, duplicate=False)

    def _duplicate(self, row: Row[Any]) -> None:
        self.tally.count.duplicate += 1
        if self.tally.watch is not None:
            self.tally.watch.row(row, duplicate=True)

    def patients(self, rows: Iterable[Row[Patient]]) -> None:
        """New patients are added, known ones amended."""
        for row in rows:
            patient_id = self.ids.get(row.mrn)
            if patient_id is None:
                patient_id = self.ids[row.mrn] = self.writer.add_patient(row.value)
                self.tally.added(patient_id, "patient")
                self._accept(row)
                continue
            stored = self.writer.patient_numbered(patient_id)
            assert stored is not None  # the number came from the store
            after = merged(stored.patient, row.value)
            if after == stored.patient:
                self._duplicate(row)
                continue
            self.writer.edit_patient(patient_id, after)
            self.tally.amended(patient_id, "patient", difference(stored.patient, after))
            self._accept(row, amended=True)

    def _by_patient(self, rows: Iterable[Row[Value]]) -> dict[int, list[Row[Value]]]:
        """Rows by store number in order; rows of nobody are refused."""
        found: dict[int, list[Row[Value]]] = {}
        for row in rows:
            patient_id = self.ids.get(row.mrn)
            if patient_id is None:
                self.tally.refuse(row.refusal("mrn", row.mrn, "no such patient"))
            else:
                found.setdefault(patient_id, []).append(row)
        return found

    def courses(self, rows: Iterable[Row[Course]]) -> None:
        """All course rows of one file: what they end is ended before what they begin is looked at."""
        for patient_id, mine in self._by_patient(rows).items():
            self._courses_of(patient_id, mine)

    def _courses_of(self, patient_id: int, rows: Sequence[Row[Course]]) -> None:
        stored = {(course.drug, course.start_on): (number, course) for number, course in self._stored_courses(patient_id)}
        before = {key: course for key, (_, course) in stored.items()}
        planned = dict(before)
        for row in rows:
            key = (row.value.drug, row.value.start_on)
            planned[key] = merged(planned[key], row.value) if key in planned else row.value
        refused = _overlapping(before, planned)
        for row in rows:
            key = (row.value.drug, row.value.start_on)
            if key in refused:
                self.tally.refuse(row.refusal("start_on", row.value.start_on.isoformat(), refused[key]))
            elif before.get(key) == planned[key]:
                self._duplicate(row)
            else:
                self._put_course(patient_id, row, stored.get(key), planned[key])
                before[key] = planned[key]

    def _put_course(self, patient_id: int, row: Row[Course], stored: tuple[int, Course] | None, course: Course) -> None:
        if stored is None:
            self.writer.add_course(patient_id, course)
            self.tally.added(patient_id, "courses")
        else:
            self.writer.edit_course(stored[0], course)
            self.tally.amended(patient_id, f"course {course.drug} {course.start_on}", difference(stored[1], course))
        self._accept(row, amended=stored is not None)

    def _stored_courses(self, patient_id: int) -> Numbered:
        return self.writer.numbered_courses(patient_id).get(patient_id, [])

    def doses(self, rows: Iterable[Row[DoseOf]]) -> None:
        """Dose steps: each belongs to the course of its drug that its date lies in."""
        self._of_courses(rows, lambda value: (value.drug, value.step.on, value.step), "on", self._dose)

    def holds(self, rows: Iterable[Row[HoldOf]]) -> None:
        """Holds: each belongs to the course of its drug that its start lies in."""
        self._of_courses(rows, lambda value: (value.drug, value.hold.start_on, value.hold), "start_on", self._hold)

    def _of_courses(
        self,
        rows: Iterable[Row[Value]],
        parts: Callable[[Value], tuple[str, date, Any]],
        column: str,
        put: Callable[[int, int, Course, Row[Value], Any], Course],
    ) -> None:
        for patient_id, mine in self._by_patient(rows).items():
            courses = self._stored_courses(patient_id)
            for row in mine:
                drug, on, part = parts(row.value)
                place = course_on(courses, drug, on)
                if place is not None and (stop := courses[place][1].stop_on) is not None and stop < on:
                    self.remember([row.notice(column, on.isoformat(), f"after the stop of {drug} on {stop}: kept, without effect")])
                if place is None:
                    self.tally.refuse(row.refusal(column, on.isoformat(), f"no course of {drug} on that date"))
                else:
                    number, course = courses[place]
                    courses[place] = (number, put(patient_id, number, course, row, part))

    def _dose(self, patient_id: int, course_id: int, course: Course, row: Row[Any], step: DoseStep) -> Course:
        if step in course.doses:
            self._duplicate(row)
            return course
        self.writer.put_dose(course_id, step)
        self.tally.added(patient_id, "doses")
        self._accept(row)
        return replace(course, doses=(*course.doses, step))

    def _hold(self, patient_id: int, course_id: int, course: Course, row: Row[Any], hold: Hold) -> Course:
        known = next((each for each in course.holds if (each.start_on, each.reason) == (hold.start_on, hold.reason)), None)
        if known is not None and hold.end_on in (None, known.end_on):
            self._duplicate(row)
            return course
        self.writer.put_hold(course_id, hold)
        if known is None:
            self.tally.added(patient_id, "holds")
        else:
            self.tally.amended(patient_id, f"hold {course.drug} {hold.start_on}", difference(known, hold))
        self._accept(row, amended=known is not None)
        return replace(course, holds=(*(each for each in course.holds if each != known), hold))

    def events(self, rows: Iterable[Row[Event]]) -> None:
        """Events and screening items."""
        for patient_id, mine in self._by_patient(rows).items():
            known = {(each.kind, each.on, each.note): each for each in self.writer.events(patient_id).get(patient_id, [])}
            for row in mine:
                event, key = row.value, (row.value.kind, row.value.on, row.value.note)
                before = known.get(key)
                if before is not None and event.ended_on in (None, before.ended_on):
                    self._duplicate(row)
                    continue
                self.writer.put_event(patient_id, event)
                known[key] = event
                if before is None:
                    self.tally.added(patient_id, "events")
                else:
                    self.tally.amended(patient_id, f"event {event.kind} {event.on}", difference(before, event))
                self._accept(row, amended=before is not None)

    def baselines(self, rows: Iterable[Row[BaselineOf]]) -> None:
        """Pinned baselines of recorded courses."""
        for patient_id, mine in self._by_patient(rows).items():
            courses = {(course.drug, course.start_on): number for number, course in self._stored_courses(patient_id)}
            pins = {
                (drug, date.fromisoformat(start_on), analyte): (at, reason)
                for _, drug, start_on, analyte, at, reason in self.writer.baseline_pins(patient_id)
            }
            for row in mine:
                pin = row.value
                course_id = courses.get((pin.drug, pin.start_on))
                if course_id is None:
                    self.tally.refuse(row.refusal("start_on", pin.start_on.isoformat(), f"no course of {pin.drug} starts on that date"))
                    continue
                key, chosen = (pin.drug, pin.start_on, pin.analyte), (str(pin.collected_at), pin.reason)
                before = pins.get(key)
                if before == chosen:
                    self._duplicate(row)
                    continue
                self.writer.pin_baseline(course_id, pin.analyte, pin.collected_at, pin.reason)
                pins[key] = chosen
                if before is None:
                    self.tally.added(patient_id, "baselines")
                else:
                    self.tally.amended(patient_id, f"baseline {pin.drug} {pin.analyte}", {"pinned": [list(before), list(chosen)]})
                self._accept(row, amended=before is not None)


def course_on(courses: Numbered, drug: str, on: date) -> int | None:
    """The place of the course of a drug that a date lies in (its stop date included), else of the last that ended before it.

    The latest begun of several; None before the first. A stop may be recorded before a dose or hold that was planned for later.
    """
    begun = [place for place, (_, course) in enumerate(courses) if course.drug == drug and course.start_on <= on]
    running = [place for place in begun if (stop := courses[place][1].stop_on) is None or on <= stop]
    return max(running or begun, key=lambda place: courses[place][1].start_on, default=None)


def _overlapping(before: Mapping[CourseKey, Course], planned: Mapping[CourseKey, Course]) -> dict[CourseKey, str]:
    """Courses that would be open beside another, by key with the reason. Those recorded before have the first claim."""
    refused: dict[CourseKey, str] = {}
    accepted: dict[CourseKey, Course] = {key: planned[key] for key in before}
    for key in sorted(planned, key=lambda each: (each not in before, each[1])):
        others = (course for other, course in accepted.items() if other != key)
        other = next((each for each in others if _overlap(each, planned[key])), None)
        if other is None:
            accepted[key] = planned[key]
            continue
        if key in before:
            accepted[key] = before[key]
        if planned[key] != before.get(key):
            ended = f"until {other.stop_on}" if other.stop_on else "not ended"
            refused[key] = f"one course at a time: {other.drug} since {other.start_on} is {ended}; give it a stop_on first"
    return refused


def _overlap(one: Course, other: Course) -> bool:
    """Whether two courses are open on one day; a switch ends one and begins the other on the same date."""
    return one.start_on < (other.stop_on or date.max) and other.start_on < (one.stop_on or date.max)
