"""FHIR R4 out: a resource for each thing that labtrack knows of a patient, and the Bundle that holds them.

Checked against the definitions of R4 4.0.1. What R4 has an element for stands in that element; what it has none for stands beside it in
an extension. Values are as reported, with the canonical value beside them; calculated values are not written, for they are no reports.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from labtrack.catalogue import Identity, catalogue, read_value
from labtrack.core.judgment import Check, Evidence, Finding, Severity, Verdict
from labtrack.core.quantity import Comparator, Interval, format_interval
from labtrack.core.record import Patient, Result, Sex
from labtrack.exchange.fhir.elements import (
    Resource,
    collected_fields,
    concept,
    decimal_of,
    element,
    exact_decimal,
    extension,
    extensions,
    json_text,
    patient_reference,
    printed_limit,
    printed_quantity,
    quantity,
    range_text,
)
from labtrack.exchange.fhir.own import reported_extension
from labtrack.exchange.fhir.vocabulary import (
    ABSENT_REASON,
    ANALYTE,
    CANONICAL,
    CHECK,
    IDENTIFIER_TYPE,
    LOINC,
    MOLAR_CODES,
    MRN,
    OBSERVATION_CATEGORY,
    PANEL,
    REASON,
    RECORD,
    REPORT,
    RESULT,
    RULE,
    SOURCE,
    SPECIMEN,
    STATEMENT,
    STATEMENT_FACTS,
    VERDICT,
    WEIGHT,
    is_molar,
    ucum_code,
    uuid_of,
)

_GENDERS = {Sex.FEMALE: "female", Sex.MALE: "male", Sex.UNKNOWN: "unknown"}
_SEVERITIES = {Severity.URGENT: "high", Severity.ACTION: "moderate", Severity.WATCH: "low"}
#: A source as a finding names it: ``bari-us [L]``.
_CITED = re.compile(r"(?P<id>.+) \[(?P<mark>.)\]")
#: Checks that are no panel.
_OTHER_CHECKS = {"response-review": "Review of the response to treatment", "screening": "Screening before treatment"}

#: Said once in every Bundle.
NOTICE = (
    "Written by labtrack. The thresholds behind its DetectedIssue and ServiceRequest resources are those of drug labels, of guidelines "
    "and of one patient article; each DetectedIssue names its sources with their evidence mark (L label, G guideline, 2 secondary copy, "
    "A article, H house policy, u unverified). They say what a label or an article says, and are neither a diagnosis nor an order. A "
    "DetectedIssue of status preliminary is a rule that could not be evaluated, with the reasons: it says nothing of the patient's state."
)


def patient_resource(patient: Patient) -> Resource:
    """A Patient."""
    weight = None if patient.weight_kg is None else quantity(exact_decimal(patient.weight_kg), "kg", "kg")
    return element(
        resourceType="Patient",
        id=uuid_of("patient", patient.mrn),
        extension=extensions(extension(WEIGHT, valueQuantity=weight)),
        identifier=[{"type": concept(IDENTIFIER_TYPE, "MR"), "system": MRN, "value": patient.mrn}],
        name=[each for each in [element(text=patient.name)] if each],
        telecom=[
            element(system=system, value=value) for system, value in (("phone", patient.phone), ("email", patient.email)) if value.strip()
        ],
        gender=_GENDERS[patient.sex],
        birthDate=patient.birth_date.isoformat() if patient.birth_date else "",
    )


# Results


def observation_id(mrn: str, result: Result) -> str:
    """The id of a result's Observation."""
    return uuid_of("result", mrn, str(result.result_id), result.analyte, str(result.collected_at), result.value_text, result.unit)


def observation(mrn: str, result: Result, first: Result | None = None) -> Resource:
    """An Observation. ``first`` is the report that this one corrects, if it does: they share the report's identifier."""
    identity = identity_of(result)
    row = catalogue().unit_row(identity, result.unit)
    code = "" if row is None else ucum_code(row.unit)
    report = observation_id(mrn, first or result)
    return element(
        resourceType="Observation",
        id=observation_id(mrn, result),
        extension=extensions(
            reported_extension(identity.import_name, result.value_text, result.unit, result.ref_low, result.ref_high),
            extension(CANONICAL, valueQuantity=_canonical(identity, result.value)),
        ),
        identifier=[element(system=RESULT, value=str(result.result_id)), element(system=REPORT, value=report)],
        status=result.status.value,
        category=[concept(OBSERVATION_CATEGORY, "laboratory")],
        code=_code(identity, code),
        subject=patient_reference(mrn),
        **collected_fields("effectiveDateTime", result.collected_at),
        performer=[{"display": result.lab}] if result.lab.strip() else [],
        **_value(result, code),
        note=[{"text": result.note}] if result.note.strip() else [],
        method=element(text=result.method),
        specimen=element(identifier=element(system=SPECIMEN, value=result.specimen_id) if result.specimen_id.strip() else None),
        referenceRange=[each for each in [_range(result, code)] if each],
    )


def identity_of(result: Result) -> Identity:
    """What a result measures, such that its texts read again under it come to the value that is recorded."""
    known = catalogue()
    coded = known.identify(result.code) if result.code else None
    if coded is not None and coded.analyte.key == result.analyte:
        return coded
    plain = Identity(known.analytes[result.analyte])
    variants = {each.variant: replace(plain, variant=each.variant) for each in known.index.codes.values() if each.analyte is plain.analyte}
    likely = [variants.get(result.method, plain), plain, *variants.values()]
    same = (each for each in likely if read_value(each, result.value_text, result.unit).value == result.value)
    return next(same, likely[0])


def loinc_code(identity: Identity, ucum: str = "") -> str:
    """The LOINC code that a report was named by, else the first of its analyte that says no more than is known of it.

    That is: of the same variant, naming no method, and for amounts of substance where the unit is one.
    """
    if identity.code:
        return identity.code
    known, analyte = catalogue(), identity.analyte
    codes = [each for each in analyte.loinc if known.index.codes[each].variant == identity.variant]
    plain = [each for each in codes if each not in analyte.methods]
    fitting = [each for each in plain if (each in MOLAR_CODES) == is_molar(ucum)] if ucum else plain
    return (fitting or plain or codes)[0]


def _code(identity: Identity, ucum: str) -> Resource:
    analyte = identity.analyte
    name = f"{analyte.name} ({identity.variant})" if identity.variant else analyte.name
    codings = [{"system": LOINC, "code": loinc_code(identity, ucum)}, {"system": ANALYTE, "code": analyte.key, "display": analyte.name}]
    return {"coding": codings, "text": name}


def _value(result: Result, ucum: str) -> dict[str, Any]:
    """The value as reported: a quantity where it is a number or a bound, else its text; where there is none, that."""
    read = printed_quantity(result.value_text)
    if read is not None:
        return {"valueQuantity": quantity(read.number, result.unit, ucum, read.comparator)}
    if result.value_text.strip():
        return {"valueString": result.value_text}
    return {"dataAbsentReason": concept(ABSENT_REASON, "unknown")}


def _canonical(identity: Identity, value: Interval | None) -> Resource | None:
    """A usable value in the analyte's canonical unit."""
    if value is None:
        return None
    comparator, number = Comparator.EXACT, value.low
    if not value.is_exact and value.high == float("inf"):
        comparator = Comparator.GREATER if value.low_open else Comparator.AT_LEAST
    elif not value.is_exact:
        comparator, number = (Comparator.LESS if value.high_open else Comparator.AT_MOST), value.high
    exact = decimal_of(number)
    analyte = identity.analyte
    return None if exact is None else quantity(exact, analyte.display_unit, analyte.unit, comparator)


def _range(result: Result, ucum: str) -> Resource:
    low, high = printed_limit(result.ref_low), printed_limit(result.ref_high)
    return element(
        low=quantity(low.number, result.unit, ucum) if low else None,
        high=quantity(high.number, result.unit, ucum) if high else None,
        text=range_text(result.ref_low, result.ref_high),
    )


# What was judged


def detected_issue(mrn: str, finding: Finding, as_of: date, observations: Mapping[int, str]) -> Resource:
    """A DetectedIssue of a met rule, or of one that cannot be evaluated.

    ``observations`` are the ids of the Observations that stand in the same Bundle, by result number.
    """
    verdict = extension(
        VERDICT,
        extension("verdict", valueString=finding.verdict.value),
        *(extension("reason", valueCoding=element(system=REASON, code=each.value, display=each.in_words)) for each in finding.reasons),
    )
    return element(
        resourceType="DetectedIssue",
        id=uuid_of("finding", mrn, finding.rule, as_of.isoformat()),
        extension=extensions(verdict, *map(_source, filter(None, finding.source.split("; ")))),
        status="final" if finding.verdict is Verdict.MET else "preliminary",
        code=concept(RULE, finding.rule, finding.rule),
        severity=_SEVERITIES[finding.severity],
        patient=patient_reference(mrn),
        identifiedDateTime=as_of.isoformat(),
        evidence=[_evidence(each, observations) for each in finding.evidence],
        detail="\n".join(filter(None, [finding.message, f"Source: {finding.source}" if finding.source else ""])),
    )


def _evidence(proof: Evidence, observations: Mapping[int, str]) -> Resource:
    """The reading in words, and the reports that it comes from."""
    analyte = catalogue().analytes[proof.analyte]
    told = [f"{analyte.short} {format_interval(proof.value)} {analyte.display_unit} on {proof.collected_on.isoformat()}"]
    told.append(f"({proof.method})" if proof.method else "")
    if proof.baseline is not None:
        told.append(f"baseline {format_interval(proof.baseline)}" + (f" on {proof.baseline_on.isoformat()}" if proof.baseline_on else ""))
    told.append("a newer report cannot be read" if proof.in_doubt else "")
    behind = [observations[each] for each in dict.fromkeys(proof.result_ids) if each in observations]
    return element(
        code=[concept(ANALYTE, analyte.key, "; ".join(filter(None, told)).replace("; (", " ("))],
        detail=[{"reference": f"urn:uuid:{each}", "type": "Observation"} for each in behind],
    )


def _source(cited: str) -> Resource | None:
    """One source of a finding; a word without a mark (``local``) says that the clinic has changed the rule."""
    match = _CITED.fullmatch(cited)
    if match is None:
        return extension(SOURCE, extension("id", valueString=cited))
    known = catalogue().sources.get(match["id"])
    return extension(
        SOURCE,
        extension("id", valueString=match["id"]),
        extension("mark", valueString=match["mark"]),
        extension("text", valueString=known.text if known else ""),
    )


def service_request(mrn: str, check: Check, as_of: date) -> Resource:
    """A ServiceRequest of a next check: a plan, no order."""
    panel = catalogue().panels.get(check.panel)
    name = panel.name if panel else _OTHER_CHECKS.get(check.panel, check.panel)
    missing = [catalogue().analytes[key].short if key in catalogue().analytes else key for key in check.missing]
    words = [check.status.value, check.reason, f"missing from the last set: {', '.join(missing)}" if missing else ""]
    facts = extension(
        CHECK,
        extension("status", valueCode=check.status.value),
        extension("reason", valueString=check.reason),
        *(extension("missing", valueString=each) for each in check.missing),
    )
    return element(
        resourceType="ServiceRequest",
        id=uuid_of("check", mrn, check.panel, as_of.isoformat()),
        extension=extensions(facts),
        status="active",
        intent="plan",
        code=concept(PANEL, check.panel, name),
        subject=patient_reference(mrn),
        occurrenceDateTime=check.due_on.isoformat(),
        authoredOn=as_of.isoformat(),
        note=[{"text": f"As of {as_of.isoformat()}: {'; '.join(filter(None, words))}."}],
    )


# The Bundle


def statement(as_of: date, region: str, rule_set: str) -> Resource:
    """A Basic that says what the Bundle's findings and checks rest on (:data:`NOTICE`)."""
    facts = extension(
        STATEMENT_FACTS,
        extension("as-of", valueDate=as_of.isoformat()),
        extension("region", valueString=region),
        extension("rule-set", valueString=rule_set),
        extension("text", valueString=NOTICE),
    )
    narrative = {"status": "generated", "div": f'<div xmlns="http://www.w3.org/1999/xhtml"><p>{NOTICE}</p></div>'}
    code = concept(RECORD, STATEMENT, "About this Bundle")
    return element(resourceType="Basic", id=uuid_of("statement", as_of.isoformat()), text=narrative, extension=extensions(facts), code=code)


def bundle_text(resources: Iterable[Resource]) -> Iterator[str]:
    """The JSON text of a Bundle of type collection, a line for each entry; ASCII alone."""
    yield '{"resourceType":"Bundle","type":"collection"'
    before = ',"entry":['
    for resource in resources:
        entry = {"fullUrl": f"urn:uuid:{resource['id']}", "resource": resource}
        yield f"{before}\n{json_text(entry)}"
        before = ","
    yield "\n]}\n" if before == "," else "}\n"
