"""What a person types into a form, as values: a number with its unit, a time of collection."""

from __future__ import annotations

import re
from datetime import date, timedelta

from labtrack.core.quantity import clean_text
from labtrack.core.record import CollectedAt
from labtrack.exchange.dates import parse_collected

#: ``12.4 g/dL``, ``124g/L``, ``<0.5 10*9/L``: a number or bound and what follows it, which begins like no number.
_VALUE_AND_UNIT = re.compile(
    r"(?P<value>(?:<=|=<|>=|=>|[<>=≤≥]?)\s*[+-]?[0-9][0-9.,]*(?:[eE][+-]?[0-9]{1,3}(?![0-9]))?)"
    r"(?:\s+(?P<spaced>(?:[^\s0-9<>=≤≥]|[0-9]+\s*[*^xX×⁰¹²³⁴-⁹]|[0-9]+[eE][0-9]+/).*)|(?P<close>[%A-Za-zµμ×/].*))"
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAY_IN_WORDS = re.compile(r"(?P<day>[0-9]{1,2})\.?\s*(?P<month>[a-z]{3,9})\.?(?:\s+(?P<year>[0-9]{4}))?(?=\s|$)")
_TIME = re.compile(r"[0-9]{1,2}:[0-9]{2}")
_NAMED_DAYS = {"today": 0, "yesterday": 1}


def value_and_unit(text: str) -> tuple[str, str]:
    """A typed value and the unit typed behind it; the unit is empty where there is none, and for what begins with no number.

    >>> value_and_unit("12.4 g/dL"), value_and_unit("124g/L"), value_and_unit("<0.5"), value_and_unit("hemolyzed")
    (('12.4', 'g/dL'), ('124', 'g/L'), ('<0.5', ''), ('hemolyzed', ''))
    """
    stripped = clean_ends(text)
    match = _VALUE_AND_UNIT.fullmatch(stripped)
    if match is None:
        return stripped, ""
    return match["value"].strip(), (match["spaced"] or match["close"]).strip()


def clean_ends(text: str) -> str:
    """Without outer white space; nothing else is touched, because it is kept as printed."""
    return text.strip()


def collected_at(text: str, today: date) -> CollectedAt | str:
    """When a specimen was taken, as typed, or the reason (a clause) why that cannot be read.

    ISO as everywhere, and besides ``today``, ``yesterday`` or ``19 Nov`` (the last one up to today), each with or without ``HH:MM``;
    ``08:15`` alone is today. An order of numbers that could be two days is refused.

    >>> str(collected_at("19 nov 8:15", date(2026, 11, 22))), str(collected_at("yesterday", date(2026, 11, 22)))
    ('2026-11-19T08:15', '2026-11-21')
    """
    folded = clean_text(text).casefold()
    if len(folded) > 60:
        return "not a date: write it as YYYY-MM-DD"
    if _TIME.fullmatch(folded):
        return parse_collected(_with_time(today, folded))
    first, _, rest = folded.partition(" ")
    if first in _NAMED_DAYS:
        return parse_collected(_with_time(today - timedelta(_NAMED_DAYS[first]), rest))
    match = _DAY_IN_WORDS.match(folded)
    if match is not None:
        month = next((number for number, name in enumerate(_MONTHS, 1) if match["month"].startswith(name)), 0)
        day = _day_of(int(match["day"]), month, match["year"], today)
        return day if isinstance(day, str) else parse_collected(_with_time(day, folded[match.end() :]))
    return parse_collected(clean_text(text))


def _day_of(day: int, month: int, year: str | None, today: date) -> date | str:
    """A day without a year is the last one up to today."""
    if not month:
        return "no such month; write the date as YYYY-MM-DD"
    for candidate in (int(year),) if year else (today.year, today.year - 1):
        try:
            found = date(candidate, month, day)
        except ValueError:
            continue
        if year or found <= today:
            return found
    return "no such day in the calendar"


def _with_time(day: date, time: str) -> str:
    time = time.strip()
    if re.match(r"[0-9]:", time):
        time = f"0{time}"
    return f"{day.isoformat()} {time}".strip()
