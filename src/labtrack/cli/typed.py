"""What a person types on the command line, as values: dates, ``KEY=VALUE:UNIT``, ``VALUE:UNIT``."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from enum import StrEnum
from typing import TypeVar

import typer

from labtrack.core.errors import UsageError
from labtrack.core.record import CollectedAt, Sex

#: ``anc<=0.5:10*9/L`` is taken as it reads; ``anc=<=0.5:10*9/L`` is the written form.
_ENTRY = re.compile(r"(?P<name>[^<>=≤≥]+)(?P<sign><=|>=|[<>≤≥]|=)(?P<rest>.*)", re.DOTALL)
#: ``12.4 g/dL``: a number or bound, a space, a unit that begins with no digit or comparator.
_SPACED = re.compile(r"(?P<value>[<>=≤≥]{0,2}\s*[+-]?[0-9][0-9.,]*(?:[eE][+-]?[0-9]+)?)\s+(?P<unit>[^\s0-9<>=≤≥].*|[0-9]+[*^xX].*)")

_NUMBER = re.compile(r"[0-9]{1,6}(?:\.[0-9]{1,6})?")
Choice = TypeVar("Choice", bound=StrEnum)

EXAMPLE = "labtrack record 10021 'anc=0.82:10*9/L' hb=12.4:g/dL --at 2026-11-19T08:15"


def day(text: str) -> date:
    """A date as an option takes it."""
    from labtrack.clinic.text import parse_day

    read = parse_day(text)
    if isinstance(read, str):
        raise typer.BadParameter(f"{text!r}: {read}.")
    return read


def moment(text: str) -> CollectedAt:
    """A collection date or date-time as an option takes it."""
    from labtrack.clinic.text import parse_collected

    read = parse_collected(text)
    if isinstance(read, str):
        raise typer.BadParameter(f"{text!r}: {read}.")
    return read


def sex(text: str) -> Sex:
    """``F``, ``M`` or empty, in any case."""
    return choice(Sex)(text.strip())


def whole(text: str) -> int:
    """A whole number, zero or more."""
    if not (text.isascii() and text.isdigit() and len(text) < 16):
        raise typer.BadParameter(f"{text!r}: write a whole number.")
    return int(text)


def number(text: str) -> float:
    """A plain number above zero, with a decimal point."""
    if not _NUMBER.fullmatch(text):
        raise typer.BadParameter(f"{text!r}: write a number with a decimal point, such as 2 or 0.5.")
    return float(text)


def choice(kind: type[Choice]) -> Callable[[str], Choice]:
    """One of a closed list, in any case."""

    def chosen(text: str) -> Choice:
        for each in kind:
            if text.casefold() == each.value.casefold():
                return each
        raise typer.BadParameter(f"{text!r}: choose from {', '.join(each.value for each in kind)}.")

    return chosen


def entry(text: str) -> tuple[str, str, str]:
    """Name, value and unit (empty if none was given) of ``KEY=VALUE:UNIT``. UsageError when it has not that form.

    >>> entry("anc=<0.5:10*9/L"), entry("hb=12.4 g/dL"), entry("anc<0.5:10*9/L")
    (('anc', '<0.5', '10*9/L'), ('hb', '12.4', 'g/dL'), ('anc', '<0.5', '10*9/L'))
    """
    match = _ENTRY.fullmatch(text.strip())
    if match is None:
        raise UsageError(f"{text!r} is not of the form KEY=VALUE:UNIT.", f"For example: {EXAMPLE}")
    sign = "" if match["sign"] == "=" else match["sign"]
    value, unit = quantity(match["rest"])
    name = match["name"].strip()
    if not (name and value):
        raise UsageError(f"{text!r} lacks its {'value' if name else 'analyte'}.", f"For example: {EXAMPLE}")
    return name, sign + value, unit


def quantity(text: str) -> tuple[str, str]:
    """Value and unit of ``VALUE:UNIT`` or ``VALUE UNIT``; the unit is empty if none was given."""
    value, colon, unit = text.rpartition(":")
    if colon:
        return value.strip(), unit.strip()
    spaced = _SPACED.fullmatch(text.strip())
    if spaced is not None:
        return spaced["value"].strip(), spaced["unit"].strip()
    return text.strip(), ""
