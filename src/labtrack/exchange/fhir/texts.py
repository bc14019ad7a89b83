"""Texts of FHIR elements, fit to be recorded; dates and times as they are said."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from labtrack.exchange.fhir.elements import extensions_at, list_at, mapping_at, text_at
from labtrack.exchange.said import clean, one_line

_ABSENT = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
_YEAR = re.compile(r"[0-9]{4}")
_MONTH = re.compile(r"[0-9]{4}-[0-9]{2}")
#: Longer than any date-time.
_LONGEST_TIME = 60


def concept_text(concept: Mapping[str, Any]) -> str:
    """A CodeableConcept in words: its text, else what a code is displayed as, else a code."""
    codings = list_at(concept, "coding")
    said = [text_at(concept, "text"), *(text_at(each, "display") for each in codings), *(text_at(each, "code") for each in codings)]
    return next((one_line(each) for each in said if each.strip()), "")


def absent_reason(element: Mapping[str, Any]) -> str:
    """Why there is no value, where an element says so; empty where it does not. A reason that says nothing is ``unknown``."""
    concept = element.get("dataAbsentReason")
    if not isinstance(concept, Mapping) or not concept:
        return ""
    return concept_text(concept) or "unknown"


def extended_reason(element: object) -> str:
    """The same of an element whose value is replaced by an extension."""
    for each in extensions_at(element, _ABSENT):
        return one_line(text_at(each, "valueCode")) or concept_text(mapping_at(each, "valueCodeableConcept")) or "unknown"
    return ""


class Moment(NamedTuple):
    """When something was: ``text`` as said, or the ``problem`` (a clause) with what was ``said``; all empty where nothing is said.

    ``notice`` is what a person should know about the text.
    """

    text: str = ""
    problem: str = ""
    said: str = ""
    notice: str = ""


def moment_of(element: Mapping[str, Any], stem: str) -> Moment:
    """The time of a choice element: ``effectiveDateTime``, ``effectivePeriod``, ``collectedDateTime`` … by its ``stem``."""
    told = [name for name in element if name.startswith(stem) and element[name] not in (None, "", {}, [])]
    if not told:
        return Moment()
    name, kind = told[0], told[0][len(stem) :]
    if len(told) > 1:
        return Moment("", one_line(f"it says two times: {' and '.join(told)}"), "")
    if kind in ("DateTime", "Instant"):
        said = text_at(element, name)
        return _whole(said) if said else Moment("", f"{name} is no text", "")
    if kind == "Period":
        return _period(mapping_at(element, name))
    return Moment("", f"{one_line(name, 40)} is no time that labtrack reads: a day or a moment is needed", "")


def _period(period: Mapping[str, Any]) -> Moment:
    start, end = text_at(period, "start").strip(), text_at(period, "end").strip()
    if not start and not end:
        return Moment()
    if not (start and end) or start[:10] == end[:10]:
        return _whole(start or end)
    said = one_line(f"{start} to {end}")
    if not _is_within_a_day(start, end):
        return Moment("", "it was taken over a period of more than one day: uncertain which day is meant", said)
    return _whole(start)._replace(said=said, notice="it was taken over a period: its start counts")


def _is_within_a_day(start: str, end: str) -> bool:
    """Whether a period between two moments lasts at most 24 hours; false where that cannot be told."""
    try:
        lasted = datetime.fromisoformat(end) - datetime.fromisoformat(start)
    except (ValueError, TypeError):  # no moment, or one of the two without its offset
        return False
    return timedelta(0) <= lasted <= timedelta(days=1)


def _whole(said: str) -> Moment:
    text = said.strip()
    if _YEAR.fullmatch(text) or _MONTH.fullmatch(text):
        return Moment("", f"known only to the {'year' if len(text) == 4 else 'month'}", text)
    if len(text) > _LONGEST_TIME:
        return Moment("", "not a date or date-time", one_line(text))
    return Moment(clean(text), "", text)
