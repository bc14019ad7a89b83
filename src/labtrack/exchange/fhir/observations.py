"""Observations to reports: of what, when, with which status. Each becomes a report, is kept out by name, or is refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from labtrack.catalogue import Catalogue
from labtrack.core.quantity import clean_text
from labtrack.core.record import ResultStatus
from labtrack.exchange.coding import Coded, Coding, code_reader
from labtrack.exchange.feed import FeedChunk, Told
from labtrack.exchange.fhir.elements import extension_at, list_at, mapping_at, text_at
from labtrack.exchange.fhir.entries import Found
from labtrack.exchange.fhir.holders import Holder
from labtrack.exchange.fhir.index import Index, Report, specimen_of
from labtrack.exchange.fhir.own import report_of
from labtrack.exchange.fhir.references import is_uuid, kind_of, reference_of, references_at
from labtrack.exchange.fhir.scan import decimals
from labtrack.exchange.fhir.subjects import Subjects, is_about_another, subject_text
from labtrack.exchange.fhir.texts import Moment, concept_text, moment_of
from labtrack.exchange.fhir.values import Units, Value, value_of
from labtrack.exchange.fhir.vocabulary import OBSERVATION_CATEGORY, REPORT, REPORTED, RESULT
from labtrack.exchange.remarks import Notice, Refusal, shown
from labtrack.exchange.said import clean, one_line, unfit

#: The parts of an Observation by our columns.
COLUMNS = {
    "mrn": ".subject",
    "analyte": ".code",
    "value": ".value[x]",
    "unit": ".value[x].unit",
    "collected_at": ".effective[x]",
    "ref_low": ".referenceRange",
    "ref_high": ".referenceRange",
    "lab": ".performer",
    "specimen_id": ".specimen",
    "status": ".status",
    "note": ".note",
}
#: A longer identity of a report is none: it could not be told from another that is cut.
LONGEST_ID = 300
_LONGEST_NOTE = 500
_LONGEST_NAME = 300

_STATUSES = frozenset(map(str, ResultStatus))
_NEEDS_NO_VALUE = frozenset({"registered", "cancelled", "entered-in-error"})
_REPORTED = frozenset({"final", "amended", "corrected"})
#: Diagnostic services of HL7's table 0074 that are a laboratory's.
_SERVICES = frozenset(
    ["LAB", "HM", "CH", "MB", "MCB", "MYC", "BLB", "BG", "CG", "CP", "GE", "IMM", "PAR", "SP", "SR", "TX", "VR", "URN", "LP", "OTH"]
)
_LABORATORY = frozenset({"laboratory", "lab"})
_MUST_BE_KNOWN = ("modifierExtension", "implicitRules")
_NOT_KNOWN = "which may change what it means and is not known here"


class _Problem(NamedTuple):
    """Why an Observation cannot be taken, in which of our columns."""

    column: str
    text: str
    reason: str


class _Facts(NamedTuple):
    """What an Observation and its components have in common."""

    person: int
    status: str
    collected: str
    specimen: str
    lab: str
    note: str
    report_id: str


class _Part(NamedTuple):
    """An Observation, or a component, with its value. A heading only gathers others: it is counted if it is kept out, else nothing."""

    element: Mapping[str, Any]
    where: str
    value: Value
    is_heading: bool = False
    is_component: bool = False


class Observations:
    """Reads the Observations of one file into :attr:`chunk`."""

    def __init__(self, file: str, catalogue: Catalogue, codes: Mapping[str, str] | None, index: Index, subjects: Subjects) -> None:
        self.chunk = FeedChunk()
        self._file, self._index, self._subjects, self._catalogue = file, index, subjects, catalogue
        self._identify = code_reader(catalogue, codes)
        self._units = Units(catalogue)

    def take(self, found: Found, holder: Holder) -> None:
        """One Observation; ``holder`` is the resource that contains it, else the Observation itself."""
        resource = found.resource
        if "extension" in resource and self._own(found, holder):
            return
        value = value_of(resource)
        components = resource.get("component")
        if not isinstance(components, list) or not components:
            self._parts(found, holder, [_Part(resource, found.where, value or Value(), value is None and "hasMember" in resource)])
            return
        parts = [] if value is None else [_Part(resource, found.where, value)]
        for place, each in enumerate(components):
            if isinstance(each, Mapping) and (value := value_of(each)) is not None:
                parts.append(_Part(each, f"{found.where}.component[{place}]", value, is_component=True))
        self._parts(found, holder, parts)

    def _parts(self, found: Found, holder: Holder, parts: list[_Part]) -> None:
        """What becomes of the values of one Observation."""
        facts: _Facts | _Problem | None = None
        met: set[str] = set()
        for part in parts:
            coded = self._coded(part.element, part.value.unit)
            name = concept_text(mapping_at(part.element, "code")) if coded.refusal else ""
            if coded.kept_out:
                self.chunk.kept_out[one_line(coded.kept_out)] += 1
            elif part.is_heading:
                continue
            elif coded.refusal and self._is_elsewhere(found.resource, part.element):
                self.chunk.kept_out[name or "without a code"] += 1
            elif coded.refusal:
                self._refuse(found, part.where, _Problem("analyte", name, coded.refusal))
            else:
                if facts is None:
                    facts = self._facts(found, holder)
                self._tell(found, part, coded.analyte, facts, is_first=coded.analyte not in met)
                if part.is_component:
                    met.add(coded.analyte)

    def _tell(self, found: Found, part: _Part, analyte: str, facts: _Facts | _Problem, *, is_first: bool) -> None:
        """One report, or its refusal. Of components of one code only the first has an identity: nothing tells the others apart."""
        element = part.element
        if part.is_component and element.get("modifierExtension"):
            facts = _Problem(".modifierExtension", "", f"it has modifierExtension, {_NOT_KNOWN}")
        value = self._units.settled(analyte, part.value)
        if isinstance(facts, _Problem):
            self._refuse(found, part.where, facts)
            return
        if value.problem:
            self._refuse(found, part.where, _Problem(value.column, value.text, value.problem))
            return
        text, note = value.text, _joined(_flags(element), facts.note)
        if text.startswith("no value: ") and facts.status in _NEEDS_NO_VALUE:
            text, note = "", _joined(note, text)
        low, high = self._units.limits(element, analyte, value.unit) if "referenceRange" in element else ("", "")
        report_id = facts.report_id
        if part.is_component and report_id:
            report_id = f"{report_id}#{analyte}" if is_first else ""
        self.chunk.reports.append(
            Told(found.line, part.where, facts.person, analyte, text, value.unit, facts.collected, low, high, facts.lab, facts.specimen,
                 facts.status, note, report_id)
        )  # fmt: skip

    def _refuse(self, found: Found, where: str, problem: _Problem) -> None:
        column = where + COLUMNS.get(problem.column, problem.column)
        self.chunk.refusals.append(Refusal(self._file, found.line, column, shown(problem.text), problem.reason))

    # What is measured

    def _coded(self, element: Mapping[str, Any], unit: str) -> Coded:
        code = mapping_at(element, "code")
        codings = tuple([_coding(each) for each in list_at(code, "coding")])
        return self._identify(codings, clean(text_at(code, "text")[:_LONGEST_NAME]), unit)

    def _is_elsewhere(self, resource: Mapping[str, Any], element: Mapping[str, Any]) -> bool:
        """Whether an Observation says that it is no laboratory's, and no code of it is one of ours."""
        categories = list_at(resource, "category")
        if not categories or any(map(_is_laboratory, categories)):
            return False
        codings = list_at(mapping_at(element, "code"), "coding")
        return not any(Coding(text_at(each, "code"), text_at(each, "system")).is_loinc and self._catalogue.identify(text_at(each, "code"))
                       for each in codings)  # fmt: skip

    # Whose, when, which

    def _facts(self, found: Found, holder: Holder) -> _Facts | _Problem:
        resource = found.resource
        for name in _MUST_BE_KNOWN:
            if resource.get(name):
                return _Problem(f".{name}", text_at(resource, name), f"it has {name}, {_NOT_KNOWN}")
        status = text_at(resource, "status")
        if status not in _STATUSES:
            what = f"status {one_line(status, 40)} is none of FHIR's" if status else "it has no status"
            return _Problem("status", status, f"{what}; known: {', '.join(ResultStatus)}")
        reports = self._reports(found, holder)
        person = self._person(found, holder, reports)
        if isinstance(person, str):
            return _Problem("mrn", subject_text(resource), person)
        if is_about_another(resource):
            return _Problem(".focus", "", "it is about another than its subject (focus)")
        if status in _REPORTED and (self._index.is_withdrawn(resource, found.place) or _is_void(found, holder, reports)):
            return _Problem("status", status, f"it is {status}, but its DiagnosticReport is withdrawn: ask the laboratory which holds")
        specimen, taken = self._specimen(found, holder)
        moment = self._moment(found, reports, taken)
        if moment.problem:
            return _Problem("collected_at", moment.said, moment.problem)
        if moment.notice:
            self.chunk.notices.append(Notice(self._file, found.line, found.where + COLUMNS["collected_at"], moment.said, moment.notice))
        note = _joined(*(one_line(text_at(each, "text"), _LONGEST_NOTE) for each in list_at(resource, "note")))
        return _Facts(person, str(status), moment.text, specimen, self._lab(found, holder), note, report_id(found, holder))

    def _reports(self, found: Found, holder: Holder) -> list[Report]:
        """The reports that say what the Observation itself does not."""
        if holder.found is found:
            return self._index.reports(found.resource, found.place)
        return holder.reports(text_at(found.resource, "id"))

    def _person(self, found: Found, holder: Holder, reports: list[Report]) -> int | str:
        subject = found.resource.get("subject")
        if isinstance(subject, Mapping) and subject:
            return self._subjects.of(subject, found, holder)
        people = {self._subjects.person(each.subject, each.place, found, holder) for each in reports}
        if len(people) > 1:
            return "it does not say whose it is, and its DiagnosticReports are about different people"
        return next(iter(people), "it does not say whose it is: no subject")

    def _moment(self, found: Found, reports: list[Report], taken: Moment) -> Moment:
        own = moment_of(found.resource, "effective")
        if own.text or own.problem:
            return own
        told = {each.effective for each in reports if each.effective.text or each.effective.problem}
        if len(told) > 1:
            return Moment("", "it does not say when it was taken, and its DiagnosticReports say different times")
        if told:
            return told.pop()
        if taken.text:
            reason = "collection time is the specimen's: the result itself says none"
            self.chunk.notices.append(Notice(self._file, found.line, found.where + COLUMNS["collected_at"], taken.text, reason))
        if taken.text or taken.problem:
            return taken
        issued = text_at(found.resource, "issued")
        only = ": only when it was issued" if issued else ""
        return Moment("", f"it does not say when the specimen was taken{only}", one_line(issued))

    def _specimen(self, found: Found, holder: Holder) -> tuple[str, Moment]:
        """The specimen's number and the time that it says it was taken."""
        if "specimen" not in found.resource:
            return "", Moment()
        reference = reference_of(found.resource["specimen"])
        if reference.local:
            held = holder.contained(reference.local)
            known = specimen_of(held) if kind_of(held) == "Specimen" else None
        else:
            known = self._index.specimen(reference, found.place)
        number = (known.number if known else "") or one_line(reference.value) or one_line(reference.display)
        return number, known.collected if known else Moment()

    def _lab(self, found: Found, holder: Holder) -> str:
        """An Organization among the performers, else the first of them that has a name."""
        performers = references_at(found.resource, "performer")
        for each in performers:
            held = holder.contained(each.local) if each.local else {}
            if "Organization" in (each.kind, each.type, kind_of(held)) or each.url[:4] == "urn:":
                name = text_at(held, "name") if held else self._index.organization(each, found.place)
                if name or each.kind == "Organization":
                    return one_line(name or each.display)
        return next((one_line(each.display) for each in performers if each.display.strip()), "")

    # What labtrack wrote itself

    def _own(self, found: Found, holder: Holder) -> bool:
        """An Observation of labtrack's own, exactly as it was recorded; false for any other."""
        if not extension_at(found.resource, REPORTED) or any(found.resource.get(name) for name in (*_MUST_BE_KNOWN, "focus")):
            return False
        own = report_of(decimals(found.resource))
        if own is None or any(unfit(each) for each in own if isinstance(each, str)):
            return False
        person = self._person(found, holder, [])
        if isinstance(person, str):
            self._refuse(found, found.where, _Problem("mrn", subject_text(found.resource), person))
            return True
        identity = f"{REPORT}|{own.report_id}" if own.report_id else ""
        self.chunk.reports.append(
            Told(found.line, found.where, person, clean(own.analyte), clean(own.value_text), clean(own.unit), str(own.collected_at),
                 clean(own.ref_low), clean(own.ref_high), clean(own.lab), clean(own.specimen_id), own.status.value, clean(own.note),
                 clean(identity) if len(identity) <= LONGEST_ID else "")
        )  # fmt: skip
        return True


def _coding(element: Mapping[str, Any]) -> Coding:
    """A coding whose texts are fit to be remembered: longer ones than any code and name mean nothing anyway."""
    code, system, display = (text_at(element, name)[:_LONGEST_NAME] for name in ("code", "system", "display"))
    return Coding(clean_text(clean(code)), system, clean(display))


def report_id(found: Found, holder: Holder) -> str:
    """The sender's own identity of a report: an identifier with its system, an http address, a UUID. A bare id is none."""
    for each in list_at(found.resource, "identifier"):
        system, value = text_at(each, "system").strip(), text_at(each, "value").strip()
        if system and value and system != RESULT:
            identity = clean(f"{system}|{value}")
            return identity if len(identity) <= LONGEST_ID and identity.isprintable() else ""
    if holder.found is not found:
        return ""
    url, id = found.place.url, text_at(found.resource, "id")
    if url[:4] == "http" and len(url) <= LONGEST_ID and url.isprintable():
        return clean(url)
    return id.lower() if is_uuid(id) else ""


def _is_laboratory(category: Mapping[str, Any]) -> bool:
    """Whether a category is a laboratory's, by its codes; by its text where none of them is FHIR's own."""
    codings = list_at(category, "coding")
    if any(text_at(each, "code") in _SERVICES or text_at(each, "code").casefold() in _LABORATORY for each in codings):
        return True
    if any(text_at(each, "system") == OBSERVATION_CATEGORY for each in codings):
        return False
    return text_at(category, "text").strip().casefold() in _LABORATORY


def _is_void(found: Found, holder: Holder, reports: list[Report]) -> bool:
    return holder.found is not found and bool(reports) and all(each.status in ("entered-in-error", "cancelled") for each in reports)


def _flags(element: Mapping[str, Any]) -> str:
    """The laboratory's flags other than normal."""
    if "interpretation" not in element:
        return ""
    told = []
    for each in list_at(element, "interpretation"):
        code = next((text_at(coding, "code") for coding in list_at(each, "coding")), "") or concept_text(each)
        if code and code.casefold() not in ("n", "normal"):
            told.append(one_line(code))
    return _joined(*told)


def _joined(*parts: str) -> str:
    return one_line("; ".join(each for each in parts if each), _LONGEST_NOTE)
