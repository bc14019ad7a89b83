"""Who in the clinic a message is about: by a number and who assigned it, never by name alone.

A number that is linked with its authority to a patient decides. One that is met for the first time is the clinic's own MRN if it is
one (told once for each authority), unless what the message says of the person differs from the record, or the record knows that
number from another authority and nothing else agrees: then a person must say so (``same``). Whoever is not found is listed, and
added only if told.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import NamedTuple

from labtrack.clinic.import_outcome import Tally
from labtrack.core.quantity import clean_text
from labtrack.core.record import Patient
from labtrack.exchange.cells import LONGEST_MRN, mrn_of, mrn_refusal
from labtrack.exchange.feed import Identifier, Person
from labtrack.exchange.fhir.vocabulary import MRN
from labtrack.exchange.remarks import Notice, shown
from labtrack.store import Writer

#: Kinds of HL7's table 0203 under which a hospital's number of a patient comes; others (SS, DL, PPN, AN, …) are no such number.
_PATIENT_KINDS = frozenset({"", "MR", "MRN", "PI", "PT", "MC", "U"})
_WORD = re.compile(r"[^\W\d_]+")
LONGEST_AUTHORITY = 300


class Resolved(NamedTuple):
    """The patient's MRN, or why there is none.

    ``unknown``: nobody of the clinic, who could be added; ``asks``: the MRN of whom the message may be about, if a person says so.
    """

    mrn: str = ""
    problem: str = ""
    unknown: bool = False
    asks: str = ""


@dataclass(slots=True)
class People:
    """Answers for one import. ``ids`` are store numbers by MRN, kept up to date; ``same`` are MRNs that a person has confirmed.

    ``authorities``: if any are named, only their numbers can be the clinic's MRNs.
    """

    writer: Writer
    tally: Tally
    ids: dict[str, int]
    add: bool = False
    same: Collection[str] = ()
    authorities: Collection[str] = ()
    _mrns: dict[int, str] = field(default_factory=dict)
    _told: set[str] = field(default_factory=set)

    def resolve(self, person: Person, file: str) -> Resolved:
        """Whom a person of a message is; links the numbers, or adds the patient, where that follows."""
        numbers = [each for each in map(_tidied, person.identifiers) if each.value]
        if not numbers:
            return Resolved(problem="the message gives no patient number")
        linked = {found for each in numbers if each.authority and (found := self.writer.identified(each.authority, each.value)) is not None}
        if len(linked) > 1:
            return Resolved(problem=f"its numbers belong to different patients: {', '.join(sorted(map(self._mrn, linked)))}")
        own = [each for each in numbers if self._may_be_ours(each)]
        if linked:
            return self._agreed(linked.pop(), person, own)
        candidates = {self.ids[each.value] for each in own if each.value in self.ids}
        if len(candidates) > 1:
            return Resolved(problem=f"its numbers are those of different patients: {', '.join(sorted(map(self._mrn, candidates)))}")
        if candidates:
            return self._met(candidates.pop(), person, own, file)
        return self._unknown(person, own or numbers)

    def _may_be_ours(self, number: Identifier) -> bool:
        return number.kind in _PATIENT_KINDS and (not self.authorities or not number.authority or number.authority in self.authorities)

    def _met(self, patient_id: int, person: Person, own: list[Identifier], file: str) -> Resolved:
        """An MRN that equals a number of the message, whose authority is met for the first time."""
        mrn = self._mrn(patient_id)
        theirs = sorted({each.authority for each in own if each.value == mrn and each.authority})
        known = [str(authority) for _, authority, value in self.writer.identifiers(patient_id) if value == mrn]
        if known and theirs and mrn not in self.same and not self._is_corroborated(patient_id, person):
            said = f"{mrn} is the number of {shown(known[0])}; the message gives it as one of {shown(theirs[0])}"
            return Resolved(problem=f"{said}. {self._ask(mrn)}", asks=mrn)
        found = self._agreed(patient_id, person, own)
        if found.mrn and theirs and not known and theirs[0] not in self._told:
            self._told.add(theirs[0])
            reason = f"numbers of {shown(theirs[0])} are taken for this clinic's own, first {shown(mrn)}"
            self.tally.notice(Notice(file, person.line, person.where, shown(mrn), reason))
        return found

    def _is_corroborated(self, patient_id: int, person: Person) -> bool:
        """Whether the birth date agrees; a name alone proves nothing, and a differing one is asked about anyway."""
        recorded = self._recorded(patient_id)
        return recorded.birth_date is not None and recorded.birth_date == person.birth_date

    def _agreed(self, patient_id: int, person: Person, own: list[Identifier]) -> Resolved:
        """The patient, if what the message says of the person agrees with the record."""
        recorded, mrn = self._recorded(patient_id), self._mrn(patient_id)
        differing = differences(recorded, person)
        if differing and mrn not in self.same:
            return Resolved(problem=f"{'; '.join(differing)}. {self._ask(mrn)}", asks=mrn)
        self._link(patient_id, own)
        return Resolved(mrn)

    @staticmethod
    def _ask(mrn: str) -> str:
        return f"Is it the same person? Then: --same-patient {shown(mrn)}"

    def _unknown(self, person: Person, numbers: list[Identifier]) -> Resolved:
        """Nobody of the clinic."""
        chosen = min(numbers, key=lambda each: each.kind not in ("MR", "MRN"))
        if not self.add:
            return Resolved(problem=f"no patient {shown(chosen.value)} here: --add-patients adds them", unknown=True)
        if chosen.value in self.ids:
            whose = shown(chosen.authority) or "an authority that is not named"
            return Resolved(problem=f"{shown(chosen.value)} of {whose} is nobody here, but the number is taken: add them under another")
        about = (person.birth_date, person.sex, person.weight_kg, person.phone, person.email)
        patient_id = self.writer.add_patient(Patient(chosen.value, shown(clean_text(person.name)), *about))
        self.ids[chosen.value] = patient_id
        self.tally.added(patient_id, "patient")
        self.tally.count.patients_added += 1
        self._link(patient_id, [each for each in numbers if each.kind in _PATIENT_KINDS])
        return Resolved(chosen.value)

    def _link(self, patient_id: int, numbers: list[Identifier]) -> None:
        """Remember numbers with their authority; one that is somebody else's stays so."""
        for each in numbers:
            if each.authority and self.writer.identified(each.authority, each.value) is None:
                self.writer.add_identifier(each.authority, each.value, patient_id)
                self.tally.amended(patient_id, "known to others as", {each.authority: ["", each.value]})

    def _mrn(self, patient_id: int) -> str:
        if patient_id not in self._mrns:
            self._mrns[patient_id] = self._recorded(patient_id).mrn
        return self._mrns[patient_id]

    def _recorded(self, patient_id: int) -> Patient:
        stored = self.writer.patient_numbered(patient_id)
        assert stored is not None  # the number came from the store
        return stored.patient


def _tidied(number: Identifier) -> Identifier:
    """A number as it is compared; without a value where no patient could have it."""
    value = mrn_of(number.value)
    authority = clean_text(number.authority)[:LONGEST_AUTHORITY]
    if authority == MRN:  # what labtrack writes for a clinic's own numbers: it does not say of which clinic, so it is no authority
        authority = ""
    return Identifier("" if mrn_refusal(value) or len(value) > LONGEST_MRN else value, authority, clean_text(number.kind).upper())


def differences(recorded: Patient, person: Person) -> list[str]:
    """What a message says otherwise than the record, a clause each; what either leaves open does not differ."""
    found = []
    if not same_name(recorded.name, person.name):
        found.append(f"the message says {shown(clean_text(person.name))}, the record {shown(recorded.name)}")
    if recorded.birth_date and person.birth_date and recorded.birth_date != person.birth_date:
        found.append(f"the message says born {person.birth_date}, the record {recorded.birth_date}")
    if recorded.sex.value and person.sex.value and recorded.sex is not person.sex:
        found.append(f"the message says sex {person.sex.value}, the record {recorded.sex.value}")
    return found


def same_name(one: str, other: str) -> bool:
    """Whether two names can be the same person's: the same words in any order, case and accents, or the one among the other's.

    A name that is empty says nothing.

    >>> same_name("Müller, Jörg", "Jorg Peter MULLER"), same_name("Amy Shaw", "Amy Baxter")
    (True, False)
    """
    first, second = _words(one), _words(other)
    return not first or not second or first <= second or second <= first


def _words(name: str) -> set[str]:
    plain = "".join(each for each in unicodedata.normalize("NFKD", clean_text(name).casefold()) if not unicodedata.combining(each))
    return set(_WORD.findall(plain))
