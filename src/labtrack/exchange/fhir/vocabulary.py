"""Names in the FHIR that labtrack writes: standard systems where R4 has one, else URIs of labtrack's own, which never change meaning."""

from __future__ import annotations

import json
from functools import lru_cache
from uuid import NAMESPACE_URL, uuid5

LOINC = "http://loinc.org"
UCUM = "http://unitsofmeasure.org"
IDENTIFIER_TYPE = "http://terminology.hl7.org/CodeSystem/v2-0203"
OBSERVATION_CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category"
ABSENT_REASON = "http://terminology.hl7.org/CodeSystem/data-absent-reason"

#: Systems of identifiers: the clinic's number of a person, of a result, and of a report through all of its corrections.
MRN = "urn:labtrack:mrn"
RESULT = "urn:labtrack:result"
REPORT = "urn:labtrack:report"
SPECIMEN = "urn:labtrack:specimen"

#: Systems of codes: keys of the catalogue, ids of rules, reason codes.
ANALYTE = "urn:labtrack:analyte"
DRUG = "urn:labtrack:drug"
EVENT_KIND = "urn:labtrack:event-kind"
PANEL = "urn:labtrack:panel"
REASON = "urn:labtrack:reason"
RULE = "urn:labtrack:rule"
#: What a Basic resource is: :data:`EVENT`, :data:`BASELINE` or :data:`STATEMENT`.
RECORD = "urn:labtrack:record"
EVENT, BASELINE, STATEMENT = "event", "baseline", "statement"

#: Extensions. On an Observation: what was printed (analyte, value, unit, ref-low, ref-high), and the value in the canonical unit.
REPORTED = "urn:labtrack:fhir:reported"
CANONICAL = "urn:labtrack:fhir:canonical"
#: On a dateTime that is only a date: the local time of day, whose offset nobody knows.
LOCAL_TIME = "urn:labtrack:fhir:local-time"
#: On a Patient, in kg.
WEIGHT = "urn:labtrack:fhir:weight"
#: On a MedicationStatement (period, reason), and on a Dosage or Timing.
HOLD = "urn:labtrack:fhir:hold"
WHY = "urn:labtrack:fhir:reason"
#: On a Basic: the event (kind, period, note), the pinned baseline (drug, start, analyte, collected, reason), the statement's facts.
EVENT_FACTS = "urn:labtrack:fhir:event"
BASELINE_FACTS = "urn:labtrack:fhir:baseline"
STATEMENT_FACTS = "urn:labtrack:fhir:statement"
#: On a DetectedIssue: the verdict with its reasons, and each source (id, mark, text). On a ServiceRequest: status, reason, missing.
VERDICT = "urn:labtrack:fhir:verdict"
SOURCE = "urn:labtrack:fhir:source"
CHECK = "urn:labtrack:fhir:check"

#: The catalogue's unit names that UCUM writes otherwise; all others are UCUM as they stand.
_UCUM_CODES = {"FRACTION": "1", "lakh/cumm": "10*5/uL", "mmol/L (monomer)": "mmol/L"}
#: The catalogue's LOINC codes for an amount of substance per volume; the analytes' others are for mass, count or activity.
MOLAR_CODES = frozenset({"14631-6", "14647-2", "22748-8", "14646-4", "14927-8", "14682-9", "22664-7", "14937-7", "59260-0"})

_NAMESPACE = uuid5(NAMESPACE_URL, "urn:labtrack:fhir")


def ucum_code(unit: str) -> str:
    """The UCUM code of a unit of the catalogue.

    >>> ucum_code("mg/dL"), ucum_code("lakh/cumm")
    ('mg/dL', '10*5/uL')
    """
    return _UCUM_CODES.get(unit, unit)


def is_molar(code: str) -> bool:
    """Whether a UCUM code is an amount of substance per volume."""
    return "mol/" in code


@lru_cache(4096)
def uuid_of(*parts: str) -> str:
    """The same UUID for the same parts, always: the id of a resource, and after ``urn:uuid:`` its address in a Bundle.

    >>> uuid_of("patient", "1") == uuid_of("patient", "1") != uuid_of("patient1")
    True
    """
    return str(uuid5(_NAMESPACE, json.dumps(parts)))
