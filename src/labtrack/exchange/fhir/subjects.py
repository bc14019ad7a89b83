"""Whose a resource is: its subject resolved to a person of the feed, or the reason why it is nobody's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from labtrack.core.record import Sex
from labtrack.exchange.feed import Person
from labtrack.exchange.fhir.elements import text_at
from labtrack.exchange.fhir.entries import Found
from labtrack.exchange.fhir.holders import Holder
from labtrack.exchange.fhir.index import Index
from labtrack.exchange.fhir.people import People, person_of, person_referred
from labtrack.exchange.fhir.references import LONGEST, Place, Reference, kind_of, reference_of, references_at
from labtrack.exchange.said import one_line

#: References remembered; a file about more people than this forgets them all and begins anew.
_REMEMBERED = 20_000


class Subjects:
    """Answers for one file; everybody who is found stands in ``people``."""

    def __init__(self, index: Index, people: People) -> None:
        self._index, self._people = index, people
        self._known: dict[tuple[object, ...], int | str] = {}

    def of(self, element: Mapping[str, Any], found: Found, holder: Holder) -> int | str:
        """The person that a subject element means. ``holder`` has the contained resources that it may name."""
        text, display = text_at(element, "reference"), text_at(element, "display")
        if len(text) + len(display) > LONGEST or text[:1] == "#" or "identifier" in element or "type" in element:
            return self.person(reference_of(element), found.place, found, holder)
        key = (text, display, found.place.scopes, found.place.base)
        if key not in self._known:
            if len(self._known) > _REMEMBERED:
                self._known.clear()
            self._known[key] = self.person(reference_of(element), found.place, found, holder)
        return self._known[key]

    def person(self, reference: Reference, place: Place, found: Found, holder: Holder) -> int | str:
        """The place of the person in the feed, or why there is none. ``place`` is where the reference stands."""
        if reference.local:
            return self._contained(reference, found, holder)
        kind = reference.kind or reference.type
        if kind not in ("", "Patient") or reference.type not in ("", "Patient"):
            return f"its subject is a {one_line(reference.type if kind in ('', 'Patient') else kind, 40)}, not a patient"
        person = self._index.patient(reference, place)
        if isinstance(person, str):
            return person
        if person is None and reference.value.strip():
            person = self._index.patient_numbered(reference.system, reference.value)
        if person is None:
            if not reference.value.strip() and not (reference.id and reference.kind):
                said = one_line(reference.url, 100)
                return f"its subject {said} is no Patient in this file" if said else "it does not say whose it is"
            person = person_referred(reference, place.base, found.line, f"{found.where}.subject")
        return self._people.place(person)

    def _contained(self, reference: Reference, found: Found, holder: Holder) -> int | str:
        patient = holder.contained(reference.local)
        kind = kind_of(patient)
        if kind != "Patient":
            held = f"a {one_line(kind, 40)}, not a patient" if kind else "not held by the resource that refers to it"
            return f"its subject #{one_line(reference.local, 60)} is {held}"
        person = person_of(patient, None, found.line, f"{found.where}.subject")
        if person.identifiers or not reference.value.strip():
            return self._people.place(person)
        referred = person_referred(reference, "", found.line, f"{found.where}.subject")
        return self._people.place(_both(person, referred))


def _both(person: Person, referred: Person) -> Person:
    """What a contained Patient says, with the number that the reference to it gives."""
    sex = person.sex if person.sex is not Sex.UNKNOWN else referred.sex
    return Person(referred.identifiers, person.name or referred.name, person.birth_date, sex, person.line, person.where)


def is_about_another(resource: Mapping[str, Any]) -> bool:
    """Whether an Observation has a focus that is not its subject: a fetus, a donor, a device."""
    focus = references_at(resource, "focus")
    subject = reference_of(resource.get("subject"))
    return any((each.url, each.kind, each.id, each.local) != (subject.url, subject.kind, subject.id, subject.local) for each in focus)


def subject_text(resource: Mapping[str, Any]) -> str:
    """What a resource says of its subject, to be shown."""
    subject = reference_of(resource.get("subject"))
    element = resource.get("subject")
    return one_line(text_at(element, "reference") or subject.value or subject.display, 100)
