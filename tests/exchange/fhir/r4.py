"""Rules of R4 4.0.1 for what labtrack writes: its own checks of form, and the models of ``fhir.resources``.

The models are R4B's (4.3.0). For the resources written here the elements that are used have the same names and types in the
definitions of 4.0.1; the value sets of R4 that codes are bound to are listed below.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

import hypothesis.strategies as st

_DATE = r"([0-9]([0-9]([0-9][1-9]|[1-9]0)|[1-9]00)|[1-9]000)(-(0[1-9]|1[0-2])(-(0[1-9]|[1-2][0-9]|3[0-1]){})?)?"
_CLOCK = r"([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)(\.[0-9]+)?"
_DATE_TIME = _DATE.format(f"(T{_CLOCK}(Z|(\\+|-)((0[0-9]|1[0-3]):[0-5][0-9]|14:00)))?")
#: The patterns of R4's definitions, by the names of the elements that labtrack writes.
PATTERNS = {
    _DATE.format(""): ("birthDate", "valueDate"),
    _DATE_TIME: (
        "start", "end", "effectiveDateTime", "valueDateTime", "identifiedDateTime", "occurrenceDateTime", "authoredOn",
    ),
    _CLOCK: ("valueTime",),
    r"[^\s]+(\s[^\s]+)*": ("code", "valueCode", "status", "comparator", "gender", "severity", "intent", "periodUnit"),
    r"\S*": ("url", "system", "fullUrl"),
    r"[A-Za-z0-9\-.]{1,64}": ("id",),
}  # fmt: skip
_OF_NAME = {name: re.compile(pattern) for pattern, names in PATTERNS.items() for name in names}
_DECIMAL = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")

OBSERVATION_STATUS = {"registered", "preliminary", "final", "amended", "corrected", "cancelled", "entered-in-error", "unknown"}
#: Codes of required bindings, by resource and element.
REQUIRED = {
    ("Patient", "gender"): {"male", "female", "other", "unknown"},
    ("Observation", "status"): OBSERVATION_STATUS,
    ("DetectedIssue", "status"): OBSERVATION_STATUS,
    ("DetectedIssue", "severity"): {"high", "moderate", "low"},
    ("MedicationStatement", "status"): {
        "active", "completed", "entered-in-error", "intended", "stopped", "on-hold", "unknown", "not-taken",
    },
    ("ServiceRequest", "status"): {"draft", "active", "on-hold", "revoked", "completed", "entered-in-error", "unknown"},
    ("ServiceRequest", "intent"): {
        "proposal", "plan", "directive", "order", "original-order", "reflex-order", "filler-order", "instance-order", "option",
    },
}  # fmt: skip
#: Elements that R4 wants.
NEEDED = {
    "Patient": (),
    "Observation": ("status", "code"),
    "MedicationStatement": ("status", "medicationCodeableConcept", "subject"),
    "Basic": ("code",),
    "DetectedIssue": ("status",),
    "ServiceRequest": ("status", "intent", "subject"),
}


def faults(resource: Mapping[str, Any]) -> list[str]:
    """What R4 would not have in a resource."""
    kind = resource["resourceType"]
    found = [f"{kind} without {name}" for name in NEEDED[kind] if name not in resource]
    found += [f"{kind}.{name}" for (whose, name), codes in REQUIRED.items() if whose == kind and resource.get(name, "") not in {*codes, ""}]
    found += [f"{where}: {why}" for where, why in _faults(kind, resource)]
    if kind == "Observation" and "dataAbsentReason" in resource and any(name.startswith("value") for name in resource):
        found.append("obs-6")
    if not all(any(name in each for name in ("low", "high", "text")) for each in resource.get("referenceRange", [])):
        found.append("obs-3")
    return found


def _faults(where: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        if not value:
            yield where, "empty object"
        if where.rpartition(".")[2].rstrip("0123456789[]") == "extension" and ("extension" in value) == any(
            n.startswith("value") for n in value
        ):
            yield where, "ext-1"
        for name, each in value.items():
            pattern = _OF_NAME.get(name)
            if isinstance(each, str) and pattern is not None and not pattern.fullmatch(each):
                yield f"{where}.{name}", f"{each!r} is no {name}"
            yield from _faults(f"{where}.{name}", each)
    elif isinstance(value, list):
        if not value:
            yield where, "empty array"
        for place, each in enumerate(value):
            yield from _faults(f"{where}[{place}]", each)
    elif isinstance(value, str):
        if not value.strip(" \r\n\t"):
            yield where, "empty text"
    elif isinstance(value, Decimal):
        if not _DECIMAL.fullmatch(str(value)) or len(value.as_tuple().digits) > 18:
            yield where, f"{value} is no decimal"
    elif value is None or isinstance(value, float):
        yield where, f"{value!r} has no place in a resource"


def validated(resource: Mapping[str, Any]) -> None:
    """Raise what the model of ``fhir.resources`` says against a resource."""
    from fhir.resources.R4B import get_fhir_model_class

    get_fhir_model_class(resource["resourceType"]).model_validate(json.loads(json.dumps(resource, default=float)))


def plain(resource: Mapping[str, Any]) -> Any:
    """A resource as another program would read it: through JSON, decimals as floats."""
    from labtrack.exchange.fhir.elements import json_text

    return json.loads(json_text(dict(resource)))


def bundle_faults(bundle: Mapping[str, Any]) -> list[str]:
    """What R4 would not have in a Bundle and in what it holds; references that lead nowhere."""
    urls = [entry["fullUrl"] for entry in bundle["entry"]]
    found = [] if len(set(urls)) == len(urls) else ["bdl-7: a fullUrl twice"]
    for entry in bundle["entry"]:
        resource = entry["resource"]
        if entry["fullUrl"] != f"urn:uuid:{resource['id']}":
            found.append(f"{entry['fullUrl']} is not of {resource['id']}")
        found += faults(resource)
        found += [f"{resource['resourceType']}: {one} leads nowhere" for one in references(resource) if one not in urls]
    return found


def references(value: Any) -> Iterator[str]:
    """Every reference in a resource."""
    if isinstance(value, dict):
        if isinstance(value.get("reference"), str):
            yield value["reference"]
        for each in value.values():
            yield from references(each)
    elif isinstance(value, list):
        for each in value:
            yield from references(each)


# Garbage

_SCALARS = st.none() | st.booleans() | st.integers() | st.just(10**400) | st.floats() | st.text(max_size=8) | st.decimals()
#: Any JSON value.
JSON = st.recursive(
    _SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3), max_leaves=8
)


@st.composite
def spoiled(draw: st.DrawFn, resource: Mapping[str, Any]) -> Any:
    """A resource in which one part, at any depth, is taken out or is something else."""
    whole = plain(resource)
    place: Any = whole
    while True:
        key = draw(st.sampled_from(sorted(place) if isinstance(place, dict) else range(len(place))))
        if isinstance(place[key], (dict, list)) and place[key] and draw(st.booleans()):
            place = place[key]
            continue
        if draw(st.booleans()):
            del place[key]
        else:
            place[key] = draw(JSON)
        return whole
