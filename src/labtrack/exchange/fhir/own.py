"""What only labtrack writes, both ways: courses, events, pinned baselines, and the exact words of a report.

``*_of`` gives None for a resource that is not of labtrack's making, the value, or a reason (a clause) why it cannot be read. They
take any JSON object and raise nothing. Days are not compared with today's, and a hold's reason not with the rules: neither is known here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from labtrack.catalogue import catalogue
from labtrack.core.quantity import format_number
from labtrack.core.record import CollectedAt, Course, DoseStep, Event, Hold, ResultStatus
from labtrack.exchange.cells import LONGEST_CELL
from labtrack.exchange.dates import parse_day
from labtrack.exchange.fhir.elements import (
    Resource,
    code_at,
    collected_of,
    concept,
    date_time,
    element,
    exact_decimal,
    extension,
    extension_at,
    extensions,
    extensions_at,
    identifier_at,
    list_at,
    mapping_at,
    number_at,
    patient_reference,
    period,
    printed_limit,
    printed_quantity,
    quantity,
    range_text,
    read_date_time,
    text_at,
)
from labtrack.exchange.fhir.vocabulary import (
    ANALYTE,
    BASELINE,
    BASELINE_FACTS,
    DRUG,
    EVENT,
    EVENT_FACTS,
    EVENT_KIND,
    HOLD,
    RECORD,
    REPORT,
    REPORTED,
    RESULT,
    UCUM,
    WHY,
    uuid_of,
)
from labtrack.exchange.rows import HIGHEST_DOSE_MG, BaselineOf

#: Marks of a statement that somebody has taken back.
_WITHDRAWN = frozenset({"entered-in-error", "not-taken"})


class _Facts:
    """A resource being read. The first thing that cannot be taken is kept in ``reason``; the readers then answer with stand-ins."""

    def __init__(self) -> None:
        self.reason = ""

    def fail(self, reason: str) -> None:
        self.reason = self.reason or reason

    def day(self, parent: object, name: str, what: str) -> date:
        day = parse_day(text_at(parent, name))
        if isinstance(day, str):
            self.fail(f"{what}: {day}")
            return date.max
        return day

    def day_or_none(self, parent: Mapping[str, Any], name: str, what: str, not_before: date) -> date | None:
        if name not in parent:
            return None
        day = self.day(parent, name, what)
        if day < not_before:
            self.fail(f"{what}: before the start ({not_before})")
        return day

    def text(self, parent: Mapping[str, Any], name: str, what: str) -> str:
        text = text_at(parent, name)
        if (name in parent and not text) or len(text) > LONGEST_CELL:
            self.fail(f"{what}: no text of at most {LONGEST_CELL} characters")
        return text

    def drug(self, key: str) -> str:
        if key not in catalogue().drugs:
            self.fail(f"unknown drug; known: {', '.join(catalogue().drugs)}")
        return key


# Courses


def course_resource(mrn: str, course: Course, as_of: date) -> Resource:
    """A MedicationStatement: one dosage per dose, in order; holds in extensions. ``as_of`` decides the status."""
    doses = [DoseStep(course.start_on, course.dose_mg, course.frequency), *course.doses]
    return element(
        resourceType="MedicationStatement",
        id=uuid_of("course", mrn, course.drug, course.start_on.isoformat()),
        extension=extensions(*map(_hold_extension, course.holds)),
        status=_course_status(course, as_of),
        statusReason=[each for each in [element(text=course.reason)] if each],
        medicationCodeableConcept=concept(DRUG, course.drug, catalogue().drugs[course.drug].name),
        subject=patient_reference(mrn),
        effectivePeriod=period(course.start_on, course.stop_on),
        dosage=[_dosage(doses, place) for place in range(len(doses))],
    )


def _course_status(course: Course, as_of: date) -> str:
    if course.start_on > as_of:
        return "intended"
    if course.stop_on is not None and course.stop_on <= as_of:
        return "completed"
    held = any(each.start_on <= as_of and (each.end_on is None or as_of < each.end_on) for each in course.holds)
    return "on-hold" if held else "active"


def _dosage(doses: Sequence[DoseStep], place: int) -> Resource:
    """One dose, until the day before the next. Words that say how often are kept; what they come to a day is written where it is known."""
    step = doses[place]
    following = doses[place + 1].on if place + 1 < len(doses) else step.on
    bounds = period(step.on, following - timedelta(days=1) if following > step.on else None)
    per_day = catalogue().doses_per_day(step.frequency)
    often: dict[str, Any] = {}
    if per_day is not None:
        often = {"frequency": max(1, round(per_day)), "period": max(1, round(1 / per_day)), "periodUnit": "d"}
    return element(
        extension=extensions(extension(WHY, valueString=step.reason)),
        sequence=place + 1,
        text=f"{format_number(step.dose_mg)} mg {step.frequency}".strip(),
        timing=element(repeat=element(boundsPeriod=bounds, **often), code=element(text=step.frequency)),
        doseAndRate=[{"doseQuantity": quantity(exact_decimal(step.dose_mg), "mg", "mg")}],
    )


def _hold_extension(hold: Hold) -> Resource | None:
    return extension(
        HOLD, extension("period", valuePeriod=period(hold.start_on, hold.end_on)), extension("reason", valueString=hold.reason)
    )


def course_of(resource: Mapping[str, Any]) -> Course | str | None:
    """The course of a MedicationStatement."""
    key = code_at(mapping_at(resource, "medicationCodeableConcept"), DRUG)
    if resource.get("resourceType") != "MedicationStatement" or not key:
        return None
    facts = _Facts()
    if text_at(resource, "status") in _WITHDRAWN:
        facts.fail(f"it is marked {text_at(resource, 'status')}")
    drug = facts.drug(key)
    span = mapping_at(resource, "effectivePeriod")
    start_on = facts.day(span, "start", "start")
    stop_on = facts.day_or_none(span, "end", "stop", start_on)
    doses = [_dose(facts, each) for each in list_at(resource, "dosage")]
    if not doses:
        return facts.reason or "it names no dose"
    reason = next((facts.text(each, "text", "reason") for each in list_at(resource, "statusReason")), "")
    holds = tuple(_hold(facts, each) for each in extensions_at(resource, HOLD))
    first, *later = doses
    if first.on != start_on:
        facts.fail("its first dose is not of the day that it starts")
    return facts.reason or Course(drug, first.dose_mg, first.frequency, start_on, stop_on, reason, tuple(later), holds)


def _dose(facts: _Facts, dosage: Mapping[str, Any]) -> DoseStep:
    timing = mapping_at(dosage, "timing")
    on = facts.day(mapping_at(mapping_at(timing, "repeat"), "boundsPeriod"), "start", "dose")
    given = next((mapping_at(each, "doseQuantity") for each in list_at(dosage, "doseAndRate")), {})
    dose = number_at(given, "value")
    if dose is None or (text_at(given, "system"), text_at(given, "code")) != (UCUM, "mg") or not 0 < dose <= HIGHEST_DOSE_MG:
        facts.fail(f"dose: must be above 0 and at most {HIGHEST_DOSE_MG:g} mg")
    frequency = facts.text(mapping_at(timing, "code"), "text", "frequency")
    return DoseStep(on, dose or 1.0, frequency, facts.text(extension_at(dosage, WHY), "valueString", "reason of the dose"))


def _hold(facts: _Facts, held: Mapping[str, Any]) -> Hold:
    span = mapping_at(extension_at(held, "period"), "valuePeriod")
    start_on = facts.day(span, "start", "hold")
    reason = facts.text(extension_at(held, "reason"), "valueString", "reason of the hold")
    if not reason.strip():
        facts.fail("a hold without a reason")
    return Hold(start_on, reason, facts.day_or_none(span, "end", "end of the hold", start_on))


# Events


def event_resource(mrn: str, event: Event) -> Resource:
    """A Basic."""
    kind = catalogue().event_kinds.get(event.kind)
    return element(
        resourceType="Basic",
        id=uuid_of("event", mrn, event.kind, event.on.isoformat(), event.note),
        extension=extensions(
            extension(
                EVENT_FACTS,
                extension("kind", valueCoding=element(system=EVENT_KIND, code=event.kind, display=kind.name if kind else "")),
                extension("period", valuePeriod=period(event.on, event.ended_on)),
                extension("note", valueString=event.note),
            )
        ),
        code=concept(RECORD, EVENT, "Event"),
        subject=patient_reference(mrn),
    )


def event_of(resource: Mapping[str, Any]) -> Event | str | None:
    """The event of a Basic."""
    if not _is_record(resource, EVENT):
        return None
    facts, told = _Facts(), extension_at(resource, EVENT_FACTS)
    key = text_at(mapping_at(extension_at(told, "kind"), "valueCoding"), "code")
    kind = catalogue().event_kinds.get(key)
    note = facts.text(extension_at(told, "note"), "valueString", "note")
    if kind is None:
        facts.fail(f"unknown kind; known: {', '.join(catalogue().event_kinds)}")
    elif kind.declined and not note.strip():
        facts.fail("a declined item needs a note that says why")
    span = mapping_at(extension_at(told, "period"), "valuePeriod")
    on = facts.day(span, "start", "day")
    ended_on = facts.day_or_none(span, "end", "end", on)
    return facts.reason or Event(key, on, ended_on, note)


def _is_record(resource: Mapping[str, Any], code: str) -> bool:
    return resource.get("resourceType") == "Basic" and code_at(mapping_at(resource, "code"), RECORD) == code


# Pinned baselines


def baseline_resource(mrn: str, baseline: BaselineOf) -> Resource:
    """A Basic."""
    collected, local_time = date_time(baseline.collected_at)
    return element(
        resourceType="Basic",
        id=uuid_of("baseline", mrn, baseline.drug, baseline.start_on.isoformat(), baseline.analyte),
        extension=extensions(
            extension(
                BASELINE_FACTS,
                extension("drug", valueCode=baseline.drug),
                extension("start", valueDate=baseline.start_on.isoformat()),
                extension("analyte", valueCode=baseline.analyte),
                extension("collected", valueDateTime=collected),
                extension("local-time", valueTime=local_time),
                extension("reason", valueString=baseline.reason),
            )
        ),
        code=concept(RECORD, BASELINE, "Pinned baseline"),
        subject=patient_reference(mrn),
    )


def baseline_of(resource: Mapping[str, Any]) -> BaselineOf | str | None:
    """The pinned baseline of a Basic."""
    if not _is_record(resource, BASELINE):
        return None
    facts, told = _Facts(), extension_at(resource, BASELINE_FACTS)
    drug = facts.drug(text_at(extension_at(told, "drug"), "valueCode"))
    start_on = facts.day(extension_at(told, "start"), "valueDate", "start of the course")
    analyte = text_at(extension_at(told, "analyte"), "valueCode")
    if analyte not in catalogue().analytes:
        facts.fail(f"unknown analyte; known: {', '.join(catalogue().analytes)}")
    local_time = text_at(extension_at(told, "local-time"), "valueTime")
    collected = read_date_time(text_at(extension_at(told, "collected"), "valueDateTime"), local_time)
    if collected is None:
        facts.fail("its collection time cannot be read")
    reason = facts.text(extension_at(told, "reason"), "valueString", "reason")
    if not reason.strip():
        facts.fail("a pinned baseline needs a reason")
    return facts.reason or BaselineOf(drug, start_on, analyte, collected or CollectedAt(start_on), reason)


# The exact words of a report


class OwnReport(NamedTuple):
    """A report as labtrack had it; texts are as printed.

    ``analyte`` is the name that means the same again: the LOINC code where it was reported under one, else the variant's name or our
    key. ``result_id`` is the number it had (0 where none is told), ``report_id`` the same for every correction of it.
    """

    analyte: str
    value_text: str
    unit: str
    collected_at: CollectedAt
    ref_low: str
    ref_high: str
    status: ResultStatus
    method: str
    lab: str
    specimen_id: str
    note: str
    result_id: int
    report_id: str


def reported_extension(analyte: str, value_text: str, unit: str, ref_low: str, ref_high: str) -> Resource | None:
    """What was printed, for an Observation; ``analyte`` as in :class:`OwnReport`."""
    return extension(
        REPORTED,
        extension("analyte", valueString=analyte),
        extension("value", valueString=value_text),
        extension("unit", valueString=unit),
        extension("ref-low", valueString=ref_low),
        extension("ref-high", valueString=ref_high),
    )


def printed_of(observation: Mapping[str, Any]) -> tuple[str, str, CollectedAt] | None:
    """(value, unit, collection time) of :func:`report_of`."""
    report = report_of(observation)
    return None if report is None else (report.value_text, report.unit, report.collected_at)


def report_of(observation: Mapping[str, Any]) -> OwnReport | None:
    """The report of an Observation that labtrack wrote, exactly as it had it.

    None for any other, also for one of ours in which somebody has since changed the value, the unit, the limits or the code: what its
    extension says is then no longer what it says, and it is to be read as anybody's.
    """
    told = extension_at(observation, REPORTED)
    printed = [text_at(extension_at(told, name), "valueString") for name in ("analyte", "value", "unit", "ref-low", "ref-high")]
    analyte, value_text, unit, ref_low, ref_high = printed
    status, collected = text_at(observation, "status"), collected_of(observation, "effectiveDateTime")
    if not analyte or status not in list(ResultStatus) or collected is None or max(map(len, printed)) > LONGEST_CELL:
        return None
    identity = catalogue().identify(analyte, unit)
    if identity is None or code_at(mapping_at(observation, "code"), ANALYTE) != identity.analyte.key:
        return None
    if not (_is_value(observation, value_text, unit) and _is_range(observation, ref_low, ref_high)):
        return None
    number = identifier_at(observation, RESULT)
    return OwnReport(
        analyte,
        value_text,
        unit,
        collected,
        ref_low,
        ref_high,
        ResultStatus(status),
        text_at(mapping_at(observation, "method"), "text"),
        next((text_at(each, "display") for each in list_at(observation, "performer")), ""),
        text_at(mapping_at(mapping_at(observation, "specimen"), "identifier"), "value"),
        next((text_at(each, "text") for each in list_at(observation, "note")), ""),
        int(number) if number.isascii() and number.isdigit() and len(number) < 19 else 0,
        identifier_at(observation, REPORT),
    )


def _is_value(observation: Mapping[str, Any], value_text: str, unit: str) -> bool:
    """Whether value[x] still is what was printed."""
    names = [name for name in observation if name.startswith("value")]
    read = printed_quantity(value_text)
    if read is None:
        return names == ["valueString"] * bool(value_text) and text_at(observation, "valueString") == value_text
    value = mapping_at(observation, "valueQuantity")
    same = number_at(value, "value") == float(read.number) and text_at(value, "comparator") == read.comparator.value
    return same and names == ["valueQuantity"] and text_at(value, "unit") == unit


def _is_range(observation: Mapping[str, Any], ref_low: str, ref_high: str) -> bool:
    """Whether the reference range still is what was printed."""
    ranges = list_at(observation, "referenceRange")
    if not ranges or not (ref_low or ref_high):
        return not ranges and not (ref_low or ref_high)
    limits = [printed_limit(ref_low), printed_limit(ref_high)]
    expected = [None if each is None else float(each.number) for each in limits]
    told = [number_at(mapping_at(ranges[0], side), "value") for side in ("low", "high")]
    return len(ranges) == 1 and told == expected and text_at(ranges[0], "text") == range_text(ref_low, ref_high)
