"""People and treatment: patients, courses, doses, holds, events, pinned baselines. One open course at a time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from labtrack.catalogue import Catalogue
from labtrack.core.errors import NotFound, Refused, UsageError
from labtrack.core.record import CollectedAt, Course, DoseStep, Event, Hold, Patient, Sex
from labtrack.rules import REGISTRY
from labtrack.store import Reader, StoredPatient, Writer

#: Fields of a patient that may be edited; the MRN is the key.
EDITABLE = ("name", "birth_date", "sex", "weight_kg", "phone", "email")
#: Kinds whose note is their reason, and so is needed.
_NEEDS_NOTE = "declined-"


@dataclass(frozen=True, slots=True)
class Care:
    """Changes to people and treatment; each method writes the change and its audit entry in the caller's transaction."""

    catalogue: Catalogue
    today: date

    def add_patient(self, writer: Writer, patient: Patient) -> StoredPatient:
        """A new patient; Refused if the MRN is taken or a fact cannot be."""
        self._check_patient(patient)
        if writer.patient(patient.mrn) is not None:
            raise Refused(f"There is a patient {patient.mrn} already.", f"To change it: labtrack patient edit {patient.mrn}")
        patient_id = writer.add_patient(patient)
        writer.audit("add patient", _patient_detail(patient), patient_id)
        return StoredPatient(patient_id, 0, patient)

    def edit_patient(self, writer: Writer, mrn: str, changes: dict[str, object]) -> StoredPatient:
        """Change a patient; UsageError for a field that is none."""
        stored = find(writer, mrn)
        unknown = sorted(set(changes) - set(EDITABLE))
        if unknown:
            raise UsageError(f"A patient has no {', '.join(unknown)}.", f"What can be edited: {', '.join(EDITABLE)}.")
        changed = replace(stored.patient, **changes)  # type: ignore[arg-type]
        self._check_patient(changed)
        writer.edit_patient(stored.id, changed)
        before, after = _patient_detail(stored.patient), _patient_detail(changed)
        writer.audit("edit patient", {key: [before[key], after[key]] for key in after if before[key] != after[key]}, stored.id)
        return replace(stored, patient=changed)

    def _check_patient(self, patient: Patient) -> None:
        if not patient.mrn.strip():
            raise Refused("A patient needs an MRN.", "Give the clinic's own number.")
        if not patient.name.strip():
            raise Refused("A patient needs a name.", "Give the name as the clinic writes it.")
        if patient.birth_date is not None and patient.birth_date > self.today:
            raise Refused(f"Born on {patient.birth_date.isoformat()}, which is after today.", "Correct the birth date.")
        if patient.weight_kg is not None and not 20 <= patient.weight_kg <= 400:
            raise Refused(f"A weight of {patient.weight_kg:g} kg cannot be.", "Give the weight in kilograms.")

    def start_course(self, writer: Writer, stored: StoredPatient, course: Course) -> Course:
        """A new course; Refused while another is open on its start date."""
        drug = self.catalogue.drug(course.drug)
        if drug is None:
            raise Refused(f"{course.drug!r} is not a drug that labtrack knows.", f"Known: {', '.join(self.catalogue.drugs)}.")
        self._check_dose(course.dose_mg)
        course = replace(course, drug=drug.key)
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
        return course

    def change_dose(self, writer: Writer, stored: StoredPatient, step: DoseStep) -> None:
        """A dose step of the course that is open or planned on its date."""
        self._check_dose(step.dose_mg)
        course_id, course = self.course_on(writer, stored, step.on)
        step = step if step.frequency else replace(step, frequency=_frequency_on(course, step.on))
        writer.put_dose(course_id, step)
        detail = {"drug": course.drug, "on": step.on.isoformat(), "dose_mg": step.dose_mg, "frequency": step.frequency}
        writer.audit("change dose", {**detail, "reason": step.reason}, stored.id)

    def hold(self, writer: Writer, stored: StoredPatient, reason: str, on: date) -> None:
        """Pause the drug; the reason is a rule, an event kind or ``other: text``."""
        if not self.is_hold_reason(reason):
            raise Refused(
                f"{reason!r} is not a reason for a hold.",
                "Give a rule id (labtrack rules), an event kind, or 'other: ' and your own words.",
            )
        course_id, course = self.course_on(writer, stored, on)
        if any(each.start_on <= on and (each.end_on is None or each.end_on > on) for each in course.holds):
            raise Refused(f"{course.drug} is on hold on {on.isoformat()} already.", f"First: labtrack course resume {stored.patient.mrn}")
        writer.put_hold(course_id, Hold(on, reason))
        writer.audit("hold", {"drug": course.drug, "on": on.isoformat(), "reason": reason}, stored.id)

    def is_hold_reason(self, reason: str) -> bool:
        """Whether a hold may be recorded under this reason."""
        other = reason.lower().startswith("other:") and bool(reason[len("other:") :].strip())
        return other or reason in REGISTRY.rules or reason in self.catalogue.event_kinds

    def resume(self, writer: Writer, stored: StoredPatient, on: date) -> None:
        """End the hold in force."""
        course_id, course = self.course_on(writer, stored, on)
        held = [each for each in course.holds if each.end_on is None and each.start_on <= on]
        if not held:
            raise Refused(f"{course.drug} is not on hold on {on.isoformat()}.", f"See: labtrack patient show {stored.patient.mrn}")
        writer.put_hold(course_id, replace(held[-1], end_on=on))
        writer.audit("resume", {"drug": course.drug, "on": on.isoformat(), "held_since": held[-1].start_on.isoformat()}, stored.id)

    def stop_course(self, writer: Writer, stored: StoredPatient, reason: str, on: date) -> None:
        """End the open course; the stop takes effect on its date."""
        if not reason.strip():
            raise Refused("A stop needs its reason.", "Give it with --reason.")
        course_id, course = self.course_on(writer, stored, on)
        writer.edit_course(course_id, replace(course, stop_on=on, reason=reason))
        writer.audit("stop course", {"drug": course.drug, "on": on.isoformat(), "reason": reason}, stored.id)

    def add_event(self, writer: Writer, stored: StoredPatient, event: Event) -> None:
        """Something that happened or was done."""
        if event.kind not in self.catalogue.event_kinds:
            raise Refused(f"{event.kind!r} is not a kind of event.", f"Known: {', '.join(self.catalogue.event_kinds)}.")
        if event.on > self.today:
            raise Refused(f"{event.on.isoformat()} is after today.", "Record an event once it has happened.")
        if event.kind.startswith(_NEEDS_NOTE) and not event.note.strip():
            raise Refused(f"{event.kind} needs its reason.", "Give it with --note.")
        writer.put_event(stored.id, event)
        writer.audit("add event", {"kind": event.kind, "on": event.on.isoformat(), "note": event.note}, stored.id)

    def end_event(self, writer: Writer, stored: StoredPatient, kind: str, on: date) -> None:
        """End the latest open event of a kind."""
        events = writer.events(stored.id).get(stored.id, [])
        open_ones = [each for each in events if each.kind == kind and each.ended_on is None and each.on <= on]
        if not open_ones:
            raise NotFound(f"No open {kind} of {stored.patient.mrn} on {on.isoformat()}.", f"See: labtrack patient show {stored.patient.mrn}")
        writer.put_event(stored.id, replace(open_ones[-1], ended_on=on))
        writer.audit("end event", {"kind": kind, "on": on.isoformat(), "began_on": open_ones[-1].on.isoformat()}, stored.id)

    def pin_baseline(self, writer: Writer, stored: StoredPatient, analyte: str, at: CollectedAt, reason: str) -> None:
        """Choose a reading as the baseline of the open or planned course."""
        identity = self.catalogue.identify(analyte)
        if identity is None:
            raise Refused(self.catalogue.why_not(analyte), "Name the analyte by its key.")
        if not reason.strip():
            raise Refused("A pinned baseline needs its reason.", "Give it with --reason.")
        key = identity.analyte.key
        standing = [each for each in writer.results(stored.id) if each.analyte == key and not each.superseded and each.value]
        if not any(each.collected_at.ordering == at.ordering for each in standing):
            raise NotFound(f"No usable {key} of {stored.patient.mrn} collected {at}.", f"`labtrack show {stored.patient.mrn}` lists them.")
        course_id, course = self.course_on(writer, stored, self.today)
        writer.pin_baseline(course_id, key, at, reason)
        writer.audit("pin baseline", {"analyte": key, "at": str(at), "drug": course.drug, "reason": reason}, stored.id)

    def course_on(self, reader: Reader, stored: StoredPatient, on: date) -> tuple[int, Course]:
        """The course that is open on a day, else the next planned one; with its store number."""
        courses = reader.numbered_courses(stored.id).get(stored.id, [])
        for course_id, course in courses:
            if course.start_on <= on and (course.stop_on is None or course.stop_on > on):
                return course_id, course
        for course_id, course in courses:
            if course.start_on > on:
                return course_id, course
        raise NotFound(
            f"{stored.patient.mrn} has no open course on {on.isoformat()}.", f"Start one: labtrack course start {stored.patient.mrn} DRUG …"
        )

    def _check_dose(self, dose_mg: float) -> None:
        if not 0 < dose_mg <= 100:
            raise Refused(f"A dose of {dose_mg:g} mg cannot be.", "Give the milligrams of one dose.")


def find(reader: Reader, mrn: str) -> StoredPatient:
    """The patient with an MRN; NotFound."""
    stored = reader.patient(mrn)
    if stored is None:
        raise NotFound(f"There is no patient {mrn}.", "`labtrack patient list` lists them.")
    return stored


def _overlap(one: Course, other: Course) -> bool:
    far = date.max
    return one.start_on < (other.stop_on or far) and other.start_on < (one.stop_on or far)


def _frequency_on(course: Course, on: date) -> str:
    steps: Iterable[DoseStep] = (each for each in course.doses if each.on <= on)
    frequency = course.frequency
    for each in steps:
        frequency = each.frequency
    return frequency


def _patient_detail(patient: Patient) -> dict[str, object]:
    return {
        "mrn": patient.mrn,
        "name": patient.name,
        "birth_date": patient.birth_date.isoformat() if patient.birth_date else None,
        "sex": Sex(patient.sex).value,
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
