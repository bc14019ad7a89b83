"""The small parts that resources are made of: codes, quantities, extensions, dates; and the way from them to JSON text.

A resource is a dict of JSON values whose decimals are :class:`decimal.Decimal`, so that ``4.60`` keeps its zero. R4 knows no empty
element, so what is empty is never written. The functions that read take any JSON value and raise nothing.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from json.encoder import encode_basestring_ascii as _quoted
from typing import Any, TypeAlias

from labtrack.core.quantity import Comparator, Quantity, format_number, parse_quantity
from labtrack.core.record import CollectedAt
from labtrack.exchange.dates import parse_collected
from labtrack.exchange.fhir.vocabulary import LOCAL_TIME, UCUM, uuid_of

Resource: TypeAlias = dict[str, Any]

#: R4 decimals have at most so many digits.
MOST_DIGITS = 18
#: R4's dateTime reaches so far from UTC, in minutes.
_FARTHEST = 14 * 60
_DATE_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2}))?")
_TIME = re.compile(r"[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?")


def element(**fields: Any) -> Resource:
    """An element without its empty fields; a text of white space alone is empty, for R4 has none."""
    return {name: value for name, value in fields.items() if not (value.isspace() or not value if isinstance(value, str) else _void(value))}


def _void(value: Any) -> bool:
    return value is None or value == [] or value == {}


def concept(system: str, code: str, text: str = "") -> Resource:
    """A CodeableConcept of one code; ``text`` is also what the code is displayed as."""
    return element(coding=[element(system=system, code=code, display=text)], text=text)


def decimal_of(number: Decimal | float) -> Decimal | None:
    """A number as R4 can hold it exactly; None where it has too many digits, or is none."""
    exact = number if isinstance(number, Decimal) else Decimal(format_number(number) if math.isfinite(number) else "NaN")
    return exact if exact.is_finite() and len(exact.as_tuple().digits) <= MOST_DIGITS else None


def exact_decimal(number: float) -> Decimal:
    """The shortest decimal that reads back as the same float: ``2.0`` as 2, ``71.5`` as 71.5."""
    return Decimal(repr(number).removesuffix(".0"))


def quantity(number: Decimal, unit: str = "", code: str = "", comparator: Comparator = Comparator.EXACT) -> Resource:
    """A Quantity; ``code`` is UCUM's for ``unit``, empty where the unit is not known."""
    return element(value=number, comparator=comparator.value, unit=unit, system=UCUM if code else "", code=code)


def extension(url: str, *parts: Resource | None, **value: Any) -> Resource | None:
    """An extension of one value (``valueString="x"``) or of parts; None where both are empty, for R4 has no empty one."""
    inner = [each for each in parts if each is not None]
    held = element(**value)
    return {"url": url, "extension": inner} if inner else {"url": url, **held} if held else None


def extensions(*each: Resource | None) -> list[Resource]:
    """Those that are not empty."""
    return [one for one in each if one is not None]


def address(*parts: str) -> str:
    """Where the resource of these parts stands in a Bundle: its fullUrl."""
    return f"urn:uuid:{uuid_of(*parts)}"


def patient_reference(mrn: str) -> Resource:
    """A reference to a patient's resource."""
    return {"reference": address("patient", mrn), "type": "Patient"}


def period(start: date, end: date | None = None) -> Resource:
    """A Period of whole days."""
    return element(start=start.isoformat(), end=end.isoformat() if end else "")


def date_time(collected: CollectedAt) -> tuple[str, str]:
    """A dateTime with the precision and offset that are known, and the local time of day where it could not go into it.

    R4 wants an offset beside every time of day, and none is invented: without one only the date is a dateTime.
    """
    day = collected.on.isoformat()
    if collected.at is None:
        return day, ""
    at, offset = collected.at.isoformat(), collected.offset_minutes
    if offset is None or abs(offset) > _FARTHEST:
        return day, at
    hours, minutes = divmod(abs(offset), 60)
    return f"{day}T{at}" + (f"{'-' if offset < 0 else '+'}{hours:02d}:{minutes:02d}" if offset else "Z"), ""


def collected_fields(name: str, collected: CollectedAt) -> Resource:
    """:func:`date_time` as the element ``name``, the local time in an extension of it."""
    text, local = date_time(collected)
    local_time = extensions(extension(LOCAL_TIME, valueTime=local))
    return {name: text, f"_{name}": {"extension": local_time}} if local_time else {name: text}


def printed_quantity(value_text: str) -> Quantity | None:
    """The printed number or bound, where a Quantity can hold it digit for digit."""
    read = parse_quantity(value_text)
    return read if read is not None and decimal_of(read.number) is not None else None


def printed_limit(text: str) -> Quantity | None:
    """A printed reference limit that is a plain number."""
    read = printed_quantity(text)
    return read if read is not None and read.comparator is Comparator.EXACT else None


def range_text(ref_low: str, ref_high: str) -> str:
    """Reference limits in one text.

    >>> range_text("0.7", "1.3"), range_text("", "<40"), range_text("60", "")
    ('0.7 - 1.3', 'upper limit <40', 'lower limit 60')
    """
    if ref_low and ref_high:
        return f"{ref_low} - {ref_high}"
    return f"lower limit {ref_low}" if ref_low else f"upper limit {ref_high}" if ref_high else ""


# Reading


def mapping_at(parent: object, name: str) -> Mapping[str, Any]:
    """The object under a name; an empty one where there is none."""
    found = parent.get(name) if isinstance(parent, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def list_at(parent: object, name: str) -> list[Mapping[str, Any]]:
    """The objects of the array under a name; what is no object is left out."""
    found = parent.get(name) if isinstance(parent, Mapping) else None
    return [each for each in found if isinstance(each, Mapping)] if isinstance(found, list) else []


def text_at(parent: object, name: str) -> str:
    """The text under a name; empty where there is none."""
    found = parent.get(name) if isinstance(parent, Mapping) else None
    return found if isinstance(found, str) else ""


def number_at(parent: object, name: str) -> float | None:
    """The finite number under a name."""
    found = parent.get(name) if isinstance(parent, Mapping) else None
    if isinstance(found, bool) or not isinstance(found, (int, float, Decimal)):
        return None
    try:
        number = float(found)
    except (OverflowError, ValueError):
        return None
    return number if math.isfinite(number) else None


def extensions_at(parent: object, url: str) -> list[Mapping[str, Any]]:
    """The extensions of an element under a URL."""
    return [each for each in list_at(parent, "extension") if each.get("url") == url]


def extension_at(parent: object, url: str) -> Mapping[str, Any]:
    """The first of them; an empty one where there is none."""
    return next(iter(extensions_at(parent, url)), {})


def code_at(concept: object, system: str) -> str:
    """The code that a CodeableConcept has in a system; empty where it has none."""
    return next((text_at(each, "code") for each in list_at(concept, "coding") if each.get("system") == system), "")


def identifier_at(resource: object, system: str) -> str:
    """A resource's identifier in a system; empty where it has none."""
    return next((text_at(each, "value") for each in list_at(resource, "identifier") if each.get("system") == system), "")


def read_date_time(text: str, local: str = "") -> CollectedAt | None:
    """What :func:`date_time` wrote; None for a dateTime that is less than a whole day, or none at all."""
    if not _DATE_TIME.fullmatch(text) or not (not local or _TIME.fullmatch(local)):
        return None
    collected = parse_collected(f"{text}T{local}" if local and "T" not in text else text)
    return collected if isinstance(collected, CollectedAt) else None


def collected_of(parent: object, name: str) -> CollectedAt | None:
    """What :func:`collected_fields` wrote, as :func:`read_date_time` reads it."""
    return read_date_time(text_at(parent, name), text_at(extension_at(mapping_at(parent, f"_{name}"), LOCAL_TIME), "valueTime"))


# JSON


def json_text(value: Any) -> str:
    """JSON of ASCII characters alone, decimals digit for digit. Raises ValueError for what JSON cannot hold (NaN, another type)."""
    if isinstance(value, str):
        return _quoted(value)
    if isinstance(value, dict):
        return f"{{{','.join([f'{_quoted(name)}:{json_text(field)}' for name, field in value.items()])}}}"
    if isinstance(value, list):
        return f"[{','.join([json_text(each) for each in value])}]"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int) or (isinstance(value, Decimal) and value.is_finite()):
        return str(value)
    raise ValueError(f"{value!r} has no place in a resource")
