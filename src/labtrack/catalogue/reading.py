"""The one place that turns printed texts into a usable value: CSV, command line, screens, FHIR and HL7 all come here."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

from labtrack.catalogue.loader import catalogue
from labtrack.catalogue.model import Analyte, Identity, UnitRow
from labtrack.core.quantity import Comparator, DecimalMark, Interval, Quantity, clean_text, format_number, parse_quantity
from labtrack.core.record import Unusable

#: Numbers equal on paper compare equal after conversion (clinical reference, section 4, *Equality*).
_TOLERANCE = 1e-9
_SHOWN = 40
_LOWER = frozenset({Comparator.EXACT, Comparator.GREATER, Comparator.AT_LEAST})
_UPPER = frozenset({Comparator.EXACT, Comparator.LESS, Comparator.AT_MOST})


@dataclass(frozen=True, slots=True)
class Reading:
    """What a printed result comes to, in the analyte's canonical unit.

    ``value`` is None when the report is refused or not usable (``unusable`` says why). A limit is None when none was printed
    and NaN when one was printed that cannot be read or converted, or lies the wrong way round. ``refusal`` is the reason for
    not recording the report at all; ``warnings`` are recorded beside it. ``method`` says how the laboratory came to the value
    where code or unit tell (``direct``, ``MDRD``, ``mL/min under an eGFR code …``).
    """

    value: Interval | None
    unusable: Unusable
    lower_limit: float | None
    upper_limit: float | None
    warnings: tuple[str, ...] = ()
    refusal: str | None = None
    method: str = ""


def read_value(
    identity: Identity, value_text: str, unit: str, ref_low: str = "", ref_high: str = "", decimal: DecimalMark = "."
) -> Reading:
    """Read a value as printed, with its unit and reference limits.

    Text instead of a number is kept as unusable (:attr:`Unusable.TEXT`), so is an unknown or missing unit
    (:attr:`Unusable.UNIT`), both with a warning. A number, or a bound whose number, lies outside the hard bounds is refused,
    and so is hemoglobin in mmol/L that does not say of what; one outside the soft bounds is taken with a warning
    (clinical reference, section 6). ``decimal`` is the file's decimal mark. Raises nothing: bad data is a value.
    """
    known = catalogue()
    row = known.unit_row(identity, unit)
    lower, upper = _limits(row, ref_low, ref_high, decimal)
    quantity = parse_quantity(value_text, decimal)
    if quantity is None:
        return Reading(None, Unusable.TEXT, lower, upper, (_text_warning(value_text),), method=identity.method)
    if row is None:
        refusal = known.unit_refusal(identity, unit)
        if refusal is not None:
            return Reading(None, Unusable.UNIT, lower, upper, refusal=refusal)
        return Reading(None, Unusable.UNIT, lower, upper, (_unit_warning(identity, unit),), method=identity.method)
    method = f"{identity.method}; {row.mark}".strip("; ") if row.mark else identity.method
    number = float(quantity.number) * row.factor
    analyte = identity.analyte
    if quantity.comparator is Comparator.LESS and number <= 0:
        return Reading(
            None, Unusable.NOT, lower, upper, refusal=f"{analyte.short} {quantity.text.strip()}: nothing is below zero", method=method
        )
    if not _within(number, analyte.hard):
        said = f"{_as_reported(analyte, quantity, number, row)} is outside {_span(analyte, analyte.hard)}, which no patient has"
        return Reading(None, Unusable.NOT, lower, upper, refusal=f"{said}: check the number and the unit", method=method)
    warnings: tuple[str, ...] = ()
    if not _within(number, analyte.soft):
        said = f"{_as_reported(analyte, quantity, number, row)} is outside the usual {_span(analyte, analyte.soft)}"
        warnings = (f"{said}: check the number and the unit",)
    exact = quantity.comparator is Comparator.EXACT
    value = Interval(number, number) if exact else quantity.interval.scaled(row.factor)
    return Reading(value, Unusable.NOT, lower, upper, warnings, method=method)


def _within(number: float, bounds: tuple[float, float]) -> bool:
    low, high = bounds
    return low - _TOLERANCE * low <= number <= high + _TOLERANCE * high


def _span(analyte: Analyte, bounds: tuple[float, float]) -> str:
    return f"{format_number(bounds[0])} to {format_number(bounds[1])} {analyte.display_unit}"


def _as_reported(analyte: Analyte, quantity: Quantity, number: float, row: UnitRow) -> str:
    reported = f"{analyte.short} {quantity.text.strip()} {row.unit if row.factor != 1 else analyte.display_unit}"
    return reported if row.factor == 1 else f"{reported} ({format_number(number)} {analyte.display_unit})"


def _text_warning(value_text: str) -> str:
    shown = clean_text(value_text)[:_SHOWN]
    what = f"{shown!r} is not a number or a bound" if shown else "no value is given"
    return f"{what}: kept as reported, not usable"


def _unit_warning(identity: Identity, unit: str) -> str:
    known = catalogue()
    shown = clean_text(unit)[:_SHOWN]
    withheld = known.withheld_unit(identity, unit)
    if withheld is not None:
        what = withheld.otherwise
    else:
        what = f"unit {shown!r} is not known for {identity.analyte.short}" if shown else f"no unit is given for {identity.analyte.short}"
    return f"{what}: kept as reported, not usable; known units: {', '.join(known.units_of(identity.analyte))}"


@lru_cache(maxsize=4096)
def _limits(row: UnitRow | None, low: str, high: str, decimal: DecimalMark) -> tuple[float | None, float | None]:
    lower = _limit(row, low, decimal, _LOWER)
    upper = _limit(row, high, decimal, _UPPER)
    if lower is not None and upper is not None and lower > upper:
        return math.nan, math.nan
    return lower, upper


def _limit(row: UnitRow | None, text: str, decimal: DecimalMark, meant: frozenset[Comparator]) -> float | None:
    """A printed limit in the canonical unit. ``<40`` as an upper limit is 40, as a lower limit it cannot be read."""
    if not clean_text(text):
        return None
    quantity = parse_quantity(text, decimal)
    if row is None or quantity is None or quantity.comparator not in meant:
        return math.nan
    limit = float(quantity.number) * row.factor
    return limit if math.isfinite(limit) else math.nan
