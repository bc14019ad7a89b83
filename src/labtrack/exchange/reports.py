"""What one line of a laboratory report says: analyte, unit, value, limits, code and method, as printed and as numbers."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

from labtrack.catalogue import Catalogue, Identity, Reading, read_value
from labtrack.core.quantity import DecimalMark, clean_text, parse_quantity
from labtrack.core.record import Unusable
from labtrack.exchange.cells import tidy
from labtrack.exchange.decimals import is_grouped_number

#: The columns that a report is read from.
REPORT_COLUMNS = ("analyte", "unit", "value", "ref_low", "ref_high", "code", "method")
#: The problem of a report without a value, which some statuses may have.
NO_VALUE = ("value", "value is empty")

_LOINC = re.compile(r"[0-9]{1,7}-[0-9]")
_PLAIN = {
    ".": re.compile(r"[0-9]{1,15}(?:\.[0-9]{1,15})?").fullmatch,
    ",": re.compile(r"[0-9]{1,15}(?:,[0-9]{1,15})?").fullmatch,
}
_UNUSABLE = {Unusable.NOT: 0.0, Unusable.TEXT: 1.0, Unusable.UNIT: 2.0}


class Report(NamedTuple):
    """One report. ``texts`` are unit, value, ref_low and ref_high as printed; ``problem`` and ``warnings`` are (column, reason).

    ``numbers``, as floats: low, high, lower limit, upper limit (canonical unit; NaN where there is none), then as 0 or 1 low open,
    high open, lower limit unreadable, upper limit unreadable, then 0 usable, 1 text, 2 unit unknown, then the analyte's number.
    """

    texts: tuple[str, str, str, str] = ("", "", "", "")
    analyte: str = ""
    code: str = ""
    method: str = ""
    numbers: tuple[float, ...] = (math.nan,) * 4 + (0.0,) * 6
    problem: tuple[str, str] | None = None
    warnings: tuple[tuple[str, str], ...] = ()


def read_report(cells: Mapping[str, str], catalogue: Catalogue, decimal: DecimalMark, *, exported: bool = False) -> Report:
    """Read the cells of :data:`REPORT_COLUMNS`, of which any may be missing.

    Numbers of a file with decimal commas are kept with a decimal point (``0,82`` as ``0.82``): the mark is the file's, not the
    laboratory's, and only so can reports of several files stand side by side. A number with the other mark is refused, except in a
    file that labtrack ``exported``, where it is a text that some other source reported.
    A report without a value has the problem :data:`NO_VALUE`, and is complete otherwise: its status may not need one.
    """
    name, unit, value, ref_low, ref_high, code, method = (tidy(cells.get(column, "")) for column in REPORT_COLUMNS)
    texts = (unit, value, ref_low, ref_high)
    identity, problem, identified = _identify(catalogue, name, unit, code, method)
    if identity is None:
        return Report(texts, problem=problem)
    if not exported:
        for column, text in (("value", value), ("ref_low", ref_low), ("ref_high", ref_high)):
            if text and is_grouped_number(text, decimal):
                mark = "comma" if decimal == "." else "point"
                reason = f"holds a {mark} in a file whose decimal mark is the other one: write the number without grouping"
                return Report(texts, problem=(column, reason))
    if decimal == ",":
        value, ref_low, ref_high = map(_with_point, (value, ref_low, ref_high))
        texts = (unit, value, ref_low, ref_high)
    reading = read_value(identity, value, unit, ref_low, ref_high)
    if reading.refusal is not None and value:
        return Report(texts, problem=("value", reading.refusal))
    warnings = identified + tuple(("value", warning) for warning in reading.warnings if value)
    variant = "" if identity.code else identity.variant
    kept_method = f"{variant}; {method}" if method and variant and _first(method) != variant else method or variant or reading.method
    return Report(
        texts, identity.analyte.key, identity.code, kept_method, _numbers(identity, reading), None if value else NO_VALUE, warnings
    )


def read_plain(name: str, unit: str, texts: Sequence[str], catalogue: Catalogue, decimal: DecimalMark) -> Report | None:
    """:func:`read_report` for what most reports are: a plain number in a known unit, within the soft bounds, limits plain or absent.

    ``texts`` are value, ref_low and ref_high. None for any other report; a test holds the two to the same answers.
    """
    terms = _plain_terms(catalogue, name, unit)
    if terms is None:
        return None
    plain = _PLAIN[decimal]
    numbers = [math.nan, math.nan, math.nan]
    for place, text in enumerate(texts):
        if plain(text):
            numbers[place] = float(text.replace(",", ".")) * terms.factor
        elif text or not place:
            return None
    value, lower, upper = numbers
    if not terms.low <= value <= terms.high or lower > upper:
        return None
    value_text, ref_low, ref_high = texts if decimal == "." else (text.replace(",", ".") for text in texts)
    every = (value, value, lower, upper, 0.0, 0.0, 0.0, 0.0, 0.0, terms.number)
    return Report((terms.unit, value_text, ref_low, ref_high), terms.analyte, terms.code, terms.method, every)


class _PlainTerms(NamedTuple):
    """What plain reports of one name and unit have in common; ``low`` and ``high`` are the soft bounds, canonical."""

    unit: str
    analyte: str
    code: str
    method: str
    factor: float
    low: float
    high: float
    number: float


@lru_cache(4096)
def _plain_terms(catalogue: Catalogue, name_cell: str, unit_cell: str) -> _PlainTerms | None:
    name, unit = tidy(name_cell), tidy(unit_cell)
    identity, _, warnings = _identify(catalogue, name, unit, "", "")
    factor = None if identity is None else catalogue.factor(identity, unit)
    if identity is None or factor is None or warnings:
        return None
    analyte = identity.analyte
    method = ("" if identity.code else identity.variant) or read_value(identity, "1", unit).method
    return _PlainTerms(unit, analyte.key, identity.code, method, factor, *analyte.soft, float(analyte.number))


@lru_cache(4096)
def _identify(
    catalogue: Catalogue, name: str, unit: str, code: str, method: str
) -> tuple[Identity | None, tuple[str, str], tuple[tuple[str, str], ...]]:
    """What is measured, by name and by code where both are given; else which column is wrong and why."""
    identity = catalogue.identify(name, unit)
    if identity is None:
        return None, ("analyte", catalogue.why_not(name) if name else "analyte is empty"), ()
    if not code:
        return _variant(catalogue, identity, method), ("", ""), ()
    if not _LOINC.fullmatch(clean_text(code)):
        return identity, ("", ""), (("code", "not a LOINC code: not kept"),)
    coded = catalogue.identify(code, unit)
    if coded is None:
        return None, ("code", catalogue.why_not(code)), ()
    if coded.analyte is not identity.analyte or identity.variant not in ("", coded.variant):
        return (
            None,
            ("code", f"{code} is {coded.analyte.name}{coded.variant and f' ({coded.variant})'}, the analyte column says {name}"),
            (),
        )
    return coded, ("", ""), ()


def _with_point(text: str) -> str:
    return text.replace(",", ".") if text and parse_quantity(text, ",") is not None else text


def _variant(catalogue: Catalogue, identity: Identity, method: str) -> Identity:
    """The variant that an export keeps first in the method column (``bun``, ``monomer``) for a report named without a code."""
    if not method or identity.variant or identity.code:
        return identity
    named = catalogue.identify(replace(identity, variant=_first(method)).import_name)
    return named if named is not None and named.analyte is identity.analyte else identity


def _first(method: str) -> str:
    return method.partition(";")[0].strip()


def _numbers(identity: Identity, reading: Reading) -> tuple[float, ...]:
    value = reading.value
    lower, upper = reading.lower_limit, reading.upper_limit
    return (
        value.low if value else math.nan,
        value.high if value else math.nan,
        math.nan if lower is None else lower,
        math.nan if upper is None else upper,
        float(value is not None and value.low_open),
        float(value is not None and value.high_open),
        float(lower is not None and math.isnan(lower)),
        float(upper is not None and math.isnan(upper)),
        _UNUSABLE[reading.unusable],
        float(identity.analyte.number),
    )
