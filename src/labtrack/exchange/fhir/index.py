"""The first pass: what the second needs to know of resources that may stand anywhere in the file.

Of each Patient, Specimen and Organization a few words; of a DiagnosticReport only when it was and whose, and that only while an
Observation that does not say so itself may be among its results. Results are remembered as numbers of 8 bytes.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from labtrack.exchange.feed import Person
from labtrack.exchange.fhir.elements import list_at, mapping_at, text_at
from labtrack.exchange.fhir.entries import Found
from labtrack.exchange.fhir.people import person_of, same_person
from labtrack.exchange.fhir.references import Key, Place, Reference, own_keys, reference_of, references_at, target_keys
from labtrack.exchange.fhir.texts import Moment, moment_of
from labtrack.exchange.said import one_line

#: So many different reports that list one result contradict one another already.
_ENOUGH = 20
#: A report of one of these no longer holds, or never did.
_WITHDRAWN = frozenset({"entered-in-error", "cancelled"})


class Specimen(NamedTuple):
    """The laboratory's number of a specimen, and when it was taken."""

    number: str
    collected: Moment


class Report(NamedTuple):
    """What a DiagnosticReport says for its results."""

    effective: Moment
    subject: Reference
    place: Place
    status: str


def specimen_of(specimen: Mapping[str, Any]) -> Specimen:
    """A Specimen's facts."""
    numbers = [mapping_at(specimen, "accessionIdentifier"), *list_at(specimen, "identifier")]
    number = next((one_line(said) for each in numbers if (said := text_at(each, "value").strip())), "")
    return Specimen(number, moment_of(mapping_at(specimen, "collection"), "collected"))


def report_facts(found: Found) -> Report:
    """A DiagnosticReport's facts."""
    resource = found.resource
    subject, status = reference_of(resource.get("subject")), text_at(resource, "status")
    return Report(moment_of(resource, "effective"), subject, found.place._replace(url=""), status)


class Index:
    """Filled by :meth:`add` with every resource, closed by :meth:`finish`; the second pass only asks.

    ``unresolved`` counts, by the number of a DiagnosticReport in the order of the file, its results that are not there.
    """

    def __init__(self) -> None:
        self.resources = 0
        self.unresolved: dict[int, int] = {}
        self._patients: dict[Key, Person | None] = {}
        #: By (system, value) of an identifier; None where it is of two.
        self._numbered: dict[tuple[str, str], Person | None] = {}
        self._specimens: dict[Key, Specimen] = {}
        self._organizations: dict[Key, str] = {}
        self._reports: list[Report] = []
        self._needy: set[int] = set()
        self._observed = array("q")
        #: One row for each key under which a result is looked for: the key, the number of the result among all that are listed.
        self._sought, self._sought_by = array("q"), array("q")
        #: By that number: the report.
        self._listed_in = array("q")
        self._listing: dict[int, list[Report]] = {}
        self._withdrawn: set[int] = set()

    def add(self, found: Found) -> None:
        """One resource of the file."""
        self.resources += 1
        resource, kind = found.resource, found.kind
        if kind == "Observation":
            self._observation(resource, found.place)
        elif kind == "Patient":
            self._patient(resource, found)
        elif kind == "DiagnosticReport":
            self._report(resource, found)
        elif kind == "Specimen":
            self._known(self._specimens, found, specimen_of(resource))
        elif kind == "Organization":
            self._known(self._organizations, found, one_line(text_at(resource, "name")))

    def _known(self, table: dict[Key, Any], found: Found, fact: Any) -> None:
        for key in own_keys(found.kind, text_at(found.resource, "id"), found.place):
            table.setdefault(key, fact)

    def _patient(self, resource: Mapping[str, Any], found: Found) -> None:
        person = person_of(resource, found.place.base, found.line, found.where)
        for key in own_keys("Patient", text_at(resource, "id"), found.place):
            other = self._patients.setdefault(key, person)
            if other is None or not (other is person or same_person(other, person)):
                self._patients[key] = None
        for each in person.identifiers:
            number = (each.authority, each.value)
            other = self._numbered.setdefault(number, person)
            if other is None or not (other is person or same_person(other, person)):
                self._numbered[number] = None

    def _observation(self, resource: Mapping[str, Any], place: Place) -> None:
        keys = hashes(own_keys("Observation", text_at(resource, "id"), place))
        self._observed.extend(keys)
        if not resource.get("subject") or not any(name.startswith("effective") for name in resource):
            self._needy.update(keys)

    def _report(self, resource: Mapping[str, Any], found: Found) -> None:
        number = len(self._reports)
        self._reports.append(report_facts(found))
        for reference in references_at(resource, "result"):
            if reference.local:
                continue
            place = len(self._listed_in)
            self._listed_in.append(number)
            for key in hashes(target_keys(reference, found.place)):
                self._sought.append(key)
                self._sought_by.append(place)

    def finish(self) -> None:
        """Join results with the reports that list them; what no Observation needs is let go."""
        if self._listed_in:
            self._join()
        self._reports = []
        self._observed = self._sought = self._sought_by = self._listed_in = array("q")

    def _join(self) -> None:
        import numpy as np

        observed, sought, by, listed_in = (
            np.frombuffer(each, np.int64) if each else np.zeros(0, np.int64)
            for each in (self._observed, self._sought, self._sought_by, self._listed_in)
        )
        there = np.zeros(len(listed_in), bool)
        there[by[np.isin(sought, observed)]] = True
        lacking = np.bincount(listed_in[~there], minlength=1)
        self.unresolved = {number: int(lacking[number]) for number in np.flatnonzero(lacking).tolist()}
        needy = np.isin(sought, np.fromiter(self._needy, np.int64, len(self._needy)))
        for key, report in zip(sought[needy].tolist(), listed_in[by[needy]].tolist(), strict=True):
            listing, facts = self._listing.setdefault(key, []), self._reports[report]
            if len(listing) < _ENOUGH and facts not in listing:
                listing.append(facts)
        bad = np.array([report.status in _WITHDRAWN for report in self._reports], bool)
        if bad.any():
            of_bad = bad[listed_in[by]]
            self._withdrawn = set(sought[of_bad].tolist()) - set(sought[~of_bad].tolist())

    def patient(self, reference: Reference, place: Place) -> Person | str | None:
        """The Patient that a reference means; None for one that is not in the file, a reason where it could be two."""
        for key in target_keys(reference, place):
            if key in self._patients:
                return self._patients[key] or f"two different patients are called {one_line(key[1].lstrip('*~'), 100)} in this file"
        return None

    def patient_numbered(self, system: str, value: str) -> Person | None:
        """The one Patient of the file with an identifier."""
        return self._numbered.get((system, value))

    def specimen(self, reference: Reference, place: Place) -> Specimen | None:
        """The Specimen that a reference means."""
        return next((self._specimens[key] for key in target_keys(reference, place) if key in self._specimens), None)

    def organization(self, reference: Reference, place: Place) -> str:
        """The name of the Organization that a reference means; empty where the file does not say."""
        return next((self._organizations[key] for key in target_keys(reference, place) if key in self._organizations), "")

    def reports(self, observation: Mapping[str, Any], place: Place) -> list[Report]:
        """The DiagnosticReports among whose results an Observation without time or subject is, each once."""
        keys = hashes(own_keys("Observation", text_at(observation, "id"), place)) if self._listing else ()
        return list(dict.fromkeys(report for key in keys for report in self._listing.get(key, ())))

    def is_withdrawn(self, observation: Mapping[str, Any], place: Place) -> bool:
        """Whether every DiagnosticReport that lists an Observation has been withdrawn."""
        if not self._withdrawn:
            return False
        return not self._withdrawn.isdisjoint(hashes(own_keys("Observation", text_at(observation, "id"), place)))


def hashes(keys: Iterable[Key]) -> list[int]:
    """Keys as numbers of 8 bytes, the same as long as the program runs."""
    return [hash(key) for key in keys]
