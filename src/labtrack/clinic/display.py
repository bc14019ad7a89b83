"""Numbers and units as the screens show them: conventional or SI. For showing only; what is judged stays in canonical units."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date

from labtrack.catalogue import Analyte
from labtrack.clinic.settings import UNITS
from labtrack.core.errors import UsageError
from labtrack.core.quantity import Interval, format_interval, format_number, format_rounded

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
CONVENTIONAL, SI = UNITS
#: Values of so many significant digits are shown as they are; one with more comes from a calculation or another unit.
_AS_REPORTED = 5


def checked_units(units: str) -> str:
    """``conventional`` or ``SI``; UsageError for anything else."""
    if units not in UNITS:
        raise UsageError(f"There are no units {units!r}.", f"Use {' or '.join(UNITS)}.")
    return units


def factor_of(analyte: Analyte, units: str) -> float:
    """What a canonical value is multiplied with to be shown."""
    return analyte.si_factor if units == SI else 1.0


def unit_of(analyte: Analyte, units: str) -> str:
    """The unit beside it, as it is printed."""
    if units != SI or analyte.si_factor == 1.0:
        return analyte.display_unit
    return analyte.si_unit.replace("umol", "µmol")


def number_text(number: float, limits: Sequence[float] = ()) -> str:
    """A number for a screen: as reported, or four significant digits, more where fewer would hide how it stands to a limit."""
    if math.isinf(number) or math.isclose(float(f"{number:.{_AS_REPORTED}g}"), number, rel_tol=1e-12):
        return format_number(number)
    return format_rounded(number, min(limits, key=lambda each: abs(each - number), default=None))


def value_text(value: Interval, limits: Sequence[float] = ()) -> str:
    """A value or bound for a screen."""
    return format_interval(value, lambda number: number_text(number, limits))


def day_text(day: date, *, full: bool = True) -> str:
    """``22 Nov 2026``, or ``22 Nov``; the same in every locale."""
    text = f"{day.day} {_MONTHS[day.month - 1]}"
    return f"{text} {day.year}" if full else text


def month_text(day: date) -> str:
    """``Nov 2026``."""
    return f"{_MONTHS[day.month - 1]} {day.year}"
