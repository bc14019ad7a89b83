"""From the store to the engine's columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from labtrack.catalogue import Catalogue
from labtrack.core.record import Course, Event
from labtrack.labs.columns import Chart, Cohort, Pin, ResultColumns, cohort_of
from labtrack.store import Reader, StoredPatient
from labtrack.store.rows import collected_of

#: Patients judged at a time: so many that the time goes into columns and not into calls, so few that a column stays in the processor's
#: cache and memory is the same for any clinic.
CHUNK = 2048
#: Patients at a time where a value is made of every judgment: that takes so much longer than judging that short columns cost little.
ASSEMBLED = 512
#: Up to so many patients are fetched one by one instead of in one sweep over the tables.
FEW = 50


@dataclass(slots=True)
class LoadedCohort:
    """Some patients and their columns, in the same order."""

    patients: list[StoredPatient]
    cohort: Cohort


def load_cohorts(
    reader: Reader, catalogue: Catalogue, patient_ids: Sequence[int] | None = None, size: int = CHUNK
) -> Iterator[LoadedCohort]:
    """Cohorts of at most ``size`` patients: of some patients in their order, or of all."""
    if patient_ids is not None and len(patient_ids) <= FEW:
        yield from _few(reader, catalogue, patient_ids)
        return
    patients = reader.patients()
    if patient_ids is not None:
        wanted = set(patient_ids)
        patients = [each for each in patients if each.id in wanted]
    courses, events, pins = reader.courses(), reader.events(), pins_of(reader, None)
    segments = reader.segment_stream()
    found, rest = next(segments, (None, b"")), segments
    for first in range(0, len(patients), size):
        group = patients[first : first + size]
        packed = []
        for each in group:
            while found[0] is not None and found[0] < each.id:
                found = next(rest, (None, b""))
            packed.append(found[1] if found[0] == each.id else b"")
        yield _loaded(group, courses, events, pins, packed, catalogue)


def _few(reader: Reader, catalogue: Catalogue, patient_ids: Sequence[int]) -> Iterator[LoadedCohort]:
    patients = [each for each in map(reader.patient_numbered, patient_ids) if each is not None]
    courses: dict[int, list[Course]] = {}
    events: dict[int, list[Event]] = {}
    pins: dict[int, list[Pin]] = {}
    for each in patients:
        courses.update(reader.courses(each.id))
        events.update(reader.events(each.id))
        pins.update(pins_of(reader, each.id))
    if patients:
        yield _loaded(patients, courses, events, pins, [reader.segment(each.id) for each in patients], catalogue)


def _loaded(
    patients: list[StoredPatient],
    courses: dict[int, list[Course]],
    events: dict[int, list[Event]],
    pins: dict[int, list[Pin]],
    segments: list[bytes],
    catalogue: Catalogue,
) -> LoadedCohort:
    charts = [
        Chart(each.patient, tuple(courses.get(each.id, ())), tuple(events.get(each.id, ())), tuple(pins.get(each.id, ())))
        for each in patients
    ]
    return LoadedCohort(patients, cohort_of(charts, ResultColumns.from_segments(segments), catalogue))


def pins_of(reader: Reader, patient_id: int | None) -> dict[int, list[Pin]]:
    """Pinned baselines by patient number."""
    found: dict[int, list[Pin]] = {}
    for owner, drug, start_on, analyte, collected_at, _ in reader.baseline_pins(patient_id):
        pin = Pin(drug, date.fromisoformat(start_on), analyte, collected_of(collected_at).ordering)
        found.setdefault(owner, []).append(pin)
    return found
