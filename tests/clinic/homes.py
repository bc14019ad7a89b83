"""Clinics of a test's own: a small one to work with by hand, and the oracle's nasty people put into one."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, time
from pathlib import Path

from tests.oracle.cohorts import Drawn, people
from tests.oracle.model import Person

from labtrack.clinic import Clinic, Entry, Settings
from labtrack.clinic.recording import Recorded
from labtrack.clinic.segments import segment_of
from labtrack.core.judgment import Region
from labtrack.core.record import CollectedAt, Patient, Sex
from labtrack.store import Writer
from labtrack.store.rows import result_values

TODAY = date(2026, 11, 22)
START = date(2026, 3, 3)
ADA = Patient("10021", "Okafor, Ada", date(1968, 2, 11), Sex.FEMALE, 61.0)
#: Screening items, all of them.
SCREENING = (
    "screen-tb", "screen-hepatitis-b", "screen-hepatitis-c", "screen-pregnancy", "screen-vte", "screen-malignancy",
    "screen-diabetes", "screen-cardiovascular", "vaccine-zoster", "vaccine-pneumococcal",
)  # fmt: skip


def without_seal(detail: object) -> str:
    """What an audit entry says of a change, without what the record adds up to after it."""
    return re.sub(r',?"seal":"[^"]*"', "", str(detail))


def open_clinic(
    folder: Path, today: date = TODAY, *, settings: Settings | None = None, region: Region | None = None, read_only: bool = False
) -> Clinic:
    """The clinic of a folder, made if there is none."""
    path = folder / "clinic.db"
    return Clinic.open(path, today=today, settings=settings or Settings(), region=region, actor="tester", read_only=read_only)


def with_ada(clinic: Clinic, drug: str = "baricitinib", dose_mg: float = 2.0) -> Clinic:
    """One patient on treatment, screened and reviewed, without any result."""
    clinic.add_patient(ADA)
    clinic.start_course(ADA.mrn, drug, dose_mg, "daily", START)
    for item in SCREENING:
        clinic.add_event(ADA.mrn, item, date(2026, 2, 20))
    clinic.add_event(ADA.mrn, "response-review", date(2026, 5, 26))
    return clinic


def entries(**values: str) -> list[Entry]:
    """``anc="0.82 10*9/L"`` and so on."""
    return [Entry(name, *text.partition(" ")[::2]) for name, text in values.items()]


def record(clinic: Clinic, on: date, **values: str) -> Recorded:
    """Results of one morning."""
    return clinic.record(ADA.mrn, entries(**values), CollectedAt(on, time(8, 0)))


def nasty_people(seed: int, count: int) -> list[Drawn]:
    """The oracle's people, but for those whom no clinic takes: one drug twice from one day, an event that ends after today."""

    def is_taken(person: Person) -> bool:
        courses = {(each.drug, each.start_on) for each in person.courses}
        return len(courses) == len(person.courses) and all((each.ended_on or each.on) <= TODAY for each in person.events)

    return [each for each in people(seed, count) if is_taken(each.person)]


def put_people(clinic: Clinic, people: Iterable[Person]) -> None:
    """Write people as they are, past every check, and judge them."""
    with clinic.store.write() as writer:
        added = [_put(writer, clinic, person) for person in people]
        writer.audit("import", {"patients": len(added)})
        clinic.judge.store(writer, added, clinic.today)


def _put(writer: Writer, clinic: Clinic, person: Person) -> int:
    patient_id = writer.add_patient(person.patient)
    for course in person.courses:
        number = writer.add_course(patient_id, course)
        for step in course.doses:
            writer.put_dose(number, step)
        for hold in course.holds:
            writer.put_hold(number, hold)
        for pin in person.pins:
            if (pin.drug, pin.start_on) == (course.drug, course.start_on):
                writer.pin_baseline(number, pin.analyte, CollectedAt(pin.at.date(), pin.at.time()), "chosen")
    for event in person.events:
        writer.put_event(patient_id, event)
    # Numbers without gaps, as a clinic gives them; a report without a value is not taken.
    kept = [each for each in person.results if each.value_text]
    numbers = {each.result_id: writer.last_result_id() + place for place, each in enumerate(kept, 1)}
    results = [
        replace(each, result_id=numbers[each.result_id], supersedes=tuple(numbers[old] for old in each.supersedes if old in numbers))
        for each in kept
    ]
    writer.insert_results([result_values(patient_id, each.result_id, each, None) for each in results])
    writer.supersede([(old, each.result_id, patient_id) for each in results for old in each.supersedes])
    writer.put_segments([(patient_id, segment_of(results, clinic.catalogue))])
    writer.touch([patient_id])
    return patient_id
