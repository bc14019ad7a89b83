"""People and treatment: patients, courses, doses, holds, events, pinned baselines. One open course at a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from labtrack.catalogue import Catalogue
from labtrack.clinic.cohorts import load_cohorts
from labtrack.core.errors import NotFound, Refused, UsageError
from labtrack.core.quantity import clean_text
from labtrack.core.record import CollectedAt, Course, DoseStep, Event, Hold, Patient, Sex
from labtrack.exchange.cells import LONGEST_CELL, guard, mrn_of, mrn_refusal, tidy
from labtrack.exchange.encodings import CONTROL
from labtrack.exchange.rows import HIGHEST_DOSE_MG, HIGHEST_WEIGHT_KG
from labtrack.labs.columns import instant
from labtrack.labs.series import has, owner_key
from labtrack.labs.snapshot import readings_of
from labtrack.store import Reader, StoredPatient, Writer

#: Fields of a patient that may be edited; the MRN is the key.
EDITABLE = ("name", "birth_date", "sex", "weight_kg", "phone", "email")
_OTHER = "other:"


@dataclass(frozen=True, slots=True)
class Care:
    """Changes to people and treatment; each method writes the change and its audit entry in the caller's transaction.

    ``latest_day`` is the last day on which something can have happened; ``rule_ids`` may be reasons of holds.
    """

    catalogue: Catalogue
    latest_day: date
    rule_ids: frozenset[str]

    def add_patient(self, writer: Writer, patient: Patient) -> StoredPatient:
        """A new patient; Refused if the MRN is taken or a fact cannot be."""
        mrn = mrn_of(guard(patient.mrn))
        if problem := mrn_refusal(mrn):
            raise Refused(f"{problem[0].upper()}{problem[1:]}.", "Give the clinic's own number.")
        patient = self._checked(replace(patient, mrn=mrn), EDITABLE)
        if writer.patient(mrn) is not None:
            raise Refused(f"There is a patient {mrn} already.", f"To change it: labtrack patient edit {mrn}")
        patient_id = writer.add_patient(patient)
        writer.audit("add patient", _patient_detail(patient), patient_id)
        return StoredPatient(patient_id, 0, patient)

    def edit_patient(self, writer: Writer, stored: StoredPatient, changes: Mapping[str, object]) -> StoredPatient:
        """Change a patient, unless all is as it was; UsageError for a field that is none."""
        unknown = sorted(set(changes) - set(EDITABLE))
        if unknown:
            raise UsageError(f"A patient has no {', '.join(unknown)}.", f"What can be edited: {', '.join(EDITABLE)}.")
        changed = self._checked(replace(stored.patient, **changes), tuple(changes))  # type: ignore[arg-type]
        before, after = _patient_detail(stored.patient), _patient_detail(changed)
        difference = {key: [before[key], after[key]] for key in after if before[key] != after[key]}
        if difference:
            writer.edit_patient(stored.id, changed)
            writer.audit("edit patient", difference, stored.id)
        return replace(stored, patient=changed)

    def _checked(self, patient: Patient, fields: tuple[str, ...]) -> Patient:
        """A patient fit to be kept; only the named fields are looked at, for what an import took stands."""
        texts = {each: kept(str(getattr(patient, each)), each) for each in ("name", "phone", "email") if each in fields}
        patient = replace(patient, **texts)  # type: ignore[arg-type]
        if "name" in fields and not patient.name:
            raise Refused("A patient needs a name.", "Give the name as the clinic writes it.")
        if "birth_date" in fields and patient.birth_date is not None and patient.birth_date > self.latest_day:
            raise Refused(f"Born on {patient.birth_date.isoformat()}, which is after today.", "Correct the birth date.")
        if "weight_kg" in fields and patient.weight_kg is not None and not 0 < patient.weight_kg <= HIGHEST_WEIGHT_KG:
            raise Refused(f"A weight of {patient.weight_kg:g} kg cannot be.", "Give the weight in kilograms.")
        try:
            return replace(patient, sex=Sex(patient.sex))
        except ValueError:
            raise Refused(f"Sex {patient.sex!r} is not recorded here.", "Use F, M or nothing.") from None

    def start_course(self, writer: Writer, stored: StoredPatient, course: Course) -> tuple[str, ...]:
        """A new course; Refused while another is open on its start date."""
        drug = self.catalogue.drug(course.drug)
        if drug is None:
            raise Refused(f"{course.drug!r} is not a drug that labtrack knows.", f"Known: {', '.join(self.catalogue.drugs)}.")
        self._check_dose(course.dose_mg)
        course = replace(course, drug=drug.key, frequency=kept(course.frequency, "frequency"), reason=kept(course.reason, "reason"))
        for other in writer.courses(stored.id).get(stored.id, []):
            if other.drug == course.drug and other.start_on == course.start_on:
                raise Refused(f"{course.drug} from {course.start_on.isoformat()} is recorded already.", "Change its dose instead.")
            if _overlap(other, course):
                raise Refused(
                    f"{other.drug} from {other.start_on.isoformat()} is still open then; one course is open at a time.",
                    f"First: labtrack course stop {stored.patient.mrn} --reason … --on …",
                )
        writer.add_course(stored.id, course)
        writer.audit("start course", _course_detail(course), stored.id)
        return self._about_frequency(course.frequency)

    def change_dose(self, writer: Writer, stored: StoredPatient, step: DoseStep) -> tuple[str, ...]:
        """A dose step of the course that is open on its date; without a frequency the one before stays. Of one day the last counts."""
        self._check_dose(step.dose_mg)
        course_id, course = self.open_course(writer, stored, step.on)
        given = kept(step.frequency, "frequency")
        step = replace(step, frequency=given or _frequency_on(course, step.on), reason=kept(step.reason, "reason"))
        if step in course.doses:
            said = f"{step.dose_mg:g} mg {step.frequency} from {step.on.isoformat()}"
            raise Refused(f"{said} is recorded already.", "If another dose was entered since, give a reason that tells the two apart.")
        writer.put_dose(course_id, step)
        said_of = {"dose_mg": step.dose_mg, "frequency": step.frequency, "reason": step.reason}
        earlier = [[each.dose_mg, each.frequency, each.reason] for each in course.doses if each.on == step.on]
        writer.audit("change dose", {"drug": course.drug, "on": step.on.isoformat(), **said_of, "instead_of": earlier}, stored.id)
        return self._about_frequency(given) if given else ()

    def _about_frequency(self, frequency: str) -> tuple[str, ...]:
        if self.catalogue.doses_per_day(frequency) is not None:
            return ()
        known = ", ".join(self.catalogue.frequencies)
        return (f"{frequency!r} is not a frequency that labtrack counts with ({known}): rules on the dose cannot be evaluated",)

    def hold(self, writer: Writer, stored: StoredPatient, reason: str, on: date) -> tuple[str, ...]:
        """Pause the drug; the reason is a rule, an event kind or ``other: text``."""
        named = self.hold_reason(reason)
        if not named:
            raise Refused(
                f"{reason!r} is not a reason for a hold.",
                "Give a rule id (labtrack rules), an event kind, or 'other: ' and your own words.",
            )
        course_id, course = self.open_course(writer, stored, on)
        if any(_in_force(each, on) for each in course.holds):
            raise Refused(f"{course.drug} is on hold on {on.isoformat()} already.", f"First: labtrack course resume {stored.patient.mrn}")
        writer.put_hold(course_id, Hold(on, named))
        writer.audit("hold", {"drug": course.drug, "on": on.isoformat(), "reason": named}, stored.id)
        return ()

    def hold_reason(self, text: str) -> str:
        """The reason of a hold as it is kept; empty for what is none."""
        folded = clean_text(text).casefold()
        if folded in self.rule_ids or folded in self.catalogue.event_kinds:
            return folded
        own = kept(text, "reason")[len(_OTHER) :].strip() if folded.startswith(_OTHER) else ""
        return f"{_OTHER} {own}" if own else ""

    def resume(self, writer: Writer, stored: StoredPatient, on: date) -> tuple[str, ...]:
        """End every hold in force."""
        course_id, course = self.open_course(writer, stored, on)
        held = [each for each in course.holds if _in_force(each, on)]
        if not held:
            raise Refused(f"{course.drug} is not on hold on {on.isoformat()}.", f"See: labtrack patient show {stored.patient.mrn}")
        for each in held:
            writer.put_hold(course_id, replace(each, end_on=on))
        since = [each.start_on.isoformat() for each in held]
        writer.audit("resume", {"drug": course.drug, "on": on.isoformat(), "held_since": since}, stored.id)
        return ()

    def stop_course(self, writer: Writer, stored: StoredPatient, reason: str, on: date) -> tuple[str, ...]:
        """End the open course on a date, or a planned one before it begins: that is kept as a stop on the day of its start."""
        reason = kept(reason, "reason")
        if not reason:
            raise Refused("A stop needs its reason.", "Give it with --reason.")
        course_id, course = self.open_course(writer, stored, on, or_planned=True)
        stop_on = max(on, course.start_on)
        writer.edit_course(course_id, replace(course, stop_on=stop_on, reason=reason))
        before = {"stop_on": course.stop_on.isoformat() if course.stop_on else None, "reason": course.reason}
        detail = {"drug": course.drug, "on": stop_on.isoformat(), "reason": reason, "instead_of": before}
        writer.audit("stop course", detail, stored.id)
        if stop_on == on:
            return ()
        return (f"{course.drug} has not begun; it is kept as stopped on {stop_on.isoformat()}, the day it was planned for",)

    def add_event(self, writer: Writer, stored: StoredPatient, event: Event) -> tuple[str, ...]:
        """Something that happened or was done."""
        event = replace(event, kind=clean_text(event.kind).casefold(), note=kept(event.note, "note"))
        kind = self.catalogue.event_kinds.get(event.kind)
        if kind is None:
            raise Refused(f"{event.kind!r} is not a kind of event.", f"Known: {', '.join(self.catalogue.event_kinds)}.")
        if event.on > self.latest_day:
            raise Refused(f"{event.on.isoformat()} is after today.", "Record an event once it has happened.")
        if kind.declined and not event.note:
            raise Refused(f"{event.kind} needs its reason.", "Give it with --note.")
        recorded = writer.events(stored.id).get(stored.id, [])
        if any((each.kind, each.on, each.note) == (event.kind, event.on, event.note) for each in recorded):
            mrn, day = stored.patient.mrn, event.on.isoformat()
            raise Refused(f"{event.kind} on {day} is recorded already.", f"See: labtrack patient show {mrn}")
        writer.put_event(stored.id, event)
        writer.audit("add event", {"kind": event.kind, "on": event.on.isoformat(), "note": event.note}, stored.id)
        return ()

    def end_event(self, writer: Writer, stored: StoredPatient, kind: str, on: date) -> tuple[str, ...]:
        """End the latest open event of a kind."""
        kind = clean_text(kind).casefold()
        if on > self.latest_day:
            raise Refused(f"{on.isoformat()} is after today.", "Record the end of an event once it has come.")
        events = writer.events(stored.id).get(stored.id, [])
        open_ones = [each for each in events if each.kind == kind and each.ended_on is None and each.on <= on]
        if not open_ones:
            mrn = stored.patient.mrn
            raise NotFound(f"No open {kind} of {mrn} on {on.isoformat()}.", f"See: labtrack patient show {mrn}")
        ended = open_ones[-1]
        writer.put_event(stored.id, replace(ended, ended_on=on))
        detail = {"kind": kind, "on": on.isoformat(), "began_on": ended.on.isoformat(), "note": ended.note}
        writer.audit("end event", detail, stored.id)
        return ()

    def pin_baseline(self, writer: Writer, stored: StoredPatient, analyte: str, at: CollectedAt, reason: str) -> tuple[str, ...]:
        """Choose a reading, reported or calculated, as the baseline of the open or planned course."""
        identity = self.catalogue.identify(analyte)
        if identity is None:
            raise Refused(self.catalogue.why_not(analyte), "Name the analyte by its key.")
        reason = kept(reason, "reason")
        if not reason:
            raise Refused("A pinned baseline needs its reason.", "Give it with --reason.")
        key, mrn = identity.analyte.key, stored.patient.mrn
        (loaded,) = load_cohorts(writer, self.catalogue, [stored.id])
        readings = readings_of(loaded.cohort, self.catalogue)
        owner = owner_key(identity.analyte.number, np.zeros(1, np.int64))
        place = readings.at_instant(readings.view, owner, np.array([instant(at.ordering)]))
        if not has(place)[0]:
            raise NotFound(f"No usable {key} of {mrn} collected {at}.", f"`labtrack trend {mrn} {key}` lists them.")
        course_id, course = self.open_course(writer, stored, self.latest_day, or_planned=True)
        writer.pin_baseline(course_id, key, at, reason)
        writer.audit("pin baseline", {"analyte": key, "at": str(at), "drug": course.drug, "reason": reason}, stored.id)
        return ()

    def open_course(self, reader: Reader, stored: StoredPatient, on: date, *, or_planned: bool = False) -> tuple[int, Course]:
        """The course that is open on a day (else, if asked for, the next planned one), with its store number; NotFound."""
        courses = reader.numbered_courses(stored.id).get(stored.id, [])
        for course_id, course in courses:
            if course.start_on <= on and (course.stop_on is None or course.stop_on > on):
                return course_id, course
        planned = [each for each in courses if each[1].start_on > on and each[1].stop_on != each[1].start_on]
        if planned and or_planned:
            return planned[0]
        mrn, day = stored.patient.mrn, on.isoformat()
        if planned:
            first = planned[0][1]
            plan = f"{first.drug} is planned from {first.start_on.isoformat()}"
            raise NotFound(f"{mrn} has no open course on {day}; {plan}.", "Give a date from then on.")
        raise NotFound(f"{mrn} has no open course on {day}.", f"Start one: labtrack course start {mrn} DRUG …")

    def _check_dose(self, dose_mg: float) -> None:
        if not 0 < dose_mg <= HIGHEST_DOSE_MG:
            raise Refused(f"A dose of {dose_mg:g} mg cannot be.", "Give the milligrams of one dose.")


def find(reader: Reader, mrn: str) -> StoredPatient:
    """The patient with an MRN; NotFound."""
    stored = reader.patient(mrn_of(guard(mrn)))
    if stored is None:
        raise NotFound(f"There is no patient {mrn}.", "`labtrack patient list` lists them.")
    return stored


def kept(text: str, what: str) -> str:
    """A typed text as it is kept: without outer white space, and such that an export of it can be read back."""
    tidied = tidy(guard(text))
    if CONTROL.search(tidied):
        raise Refused(f"The {what} holds a control character.", "Type it again.")
    if len(tidied) > LONGEST_CELL:
        raise Refused(f"The {what} is longer than {LONGEST_CELL:,} characters.", "Shorten it.")
    return tidied


def _in_force(hold: Hold, on: date) -> bool:
    return hold.start_on <= on and (hold.end_on is None or hold.end_on > on)


def _overlap(one: Course, other: Course) -> bool:
    far = date.max
    return one.start_on < (other.stop_on or far) and other.start_on < (one.stop_on or far)


def _frequency_on(course: Course, on: date) -> str:
    """The frequency in force on a day; steps are in order of their day."""
    return [course.frequency, *(each.frequency for each in course.doses if each.on <= on)][-1]


def _patient_detail(patient: Patient) -> dict[str, object]:
    return {
        "mrn": patient.mrn,
        "name": patient.name,
        "birth_date": patient.birth_date.isoformat() if patient.birth_date else None,
        "sex": patient.sex.value,
        "weight_kg": patient.weight_kg,
        "phone": patient.phone,
        "email": patient.email,
    }


def _course_detail(course: Course) -> dict[str, object]:
    return {
        "drug": course.drug,
        "dose_mg": course.dose_mg,
        "frequency": course.frequency,
        "start_on": course.start_on.isoformat(),
        "reason": course.reason,
    }
