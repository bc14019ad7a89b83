"""Dates and collection times: ISO 8601 in its extended form only, because no other order of day and month is certain."""

from __future__ import annotations

import re
from datetime import date, time

from labtrack.core.quantity import clean_text
from labtrack.core.record import CollectedAt

#: Nothing recorded here happened before this year.
EARLIEST = date(1900, 1, 1)

_ISO_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_ISO_TIME = re.compile(r"([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:[.,]([0-9]{1,12}))?)?\s?(?:([Zz])|([+-])([0-9]{2})(?::?([0-9]{2}))?)?")
_NUMERIC_DAY = re.compile(r"([0-9]{1,4})[-/. ]([0-9]{1,2})[-/. ]([0-9]{1,4})\b")
_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December")
#: UTC offsets in use reach from −12:00 to +14:00; in minutes.
_OFFSETS = range(-12 * 60, 14 * 60 + 1)


def parse_day(text: str) -> date | str:
    """A date ``YYYY-MM-DD``, or the reason (a clause) why the text is none.

    >>> parse_day("2026-04-03")
    datetime.date(2026, 4, 3)
    >>> parse_day("03/04/2026")
    'ambiguous date: 3 April or 4 March 2026? write 2026-04-03 or 2026-03-04'
    """
    cleaned = clean_text(text)
    match = _ISO_DAY.fullmatch(cleaned)
    if match is None:
        return _why_no_day(cleaned)
    try:
        day = date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return "no such day in the calendar"
    if day < EARLIEST:
        return f"before {EARLIEST.year}"
    return day


def _why_no_day(text: str) -> str:
    if not text:
        return "date is empty"
    match = _NUMERIC_DAY.match(text)
    if match is None:
        return "not a date: write it as YYYY-MM-DD"
    first, second, third = match.groups()
    if len(first) == 4:
        return f"not an ISO date: write {first}-{int(second):02d}-{int(third):02d}"
    if len(third) != 4:
        return "ambiguous date: the year has two digits; write it as YYYY-MM-DD"
    one, other = int(first), int(second)
    if one == other and 1 <= one <= 12:
        return f"not an ISO date: write {third}-{one:02d}-{one:02d}"
    if 1 <= one <= 12 and 1 <= other <= 12:
        return (
            f"ambiguous date: {one} {_MONTHS[other - 1]} or {other} {_MONTHS[one - 1]} {third}? "
            f"write {third}-{other:02d}-{one:02d} or {third}-{one:02d}-{other:02d}"
        )
    day, month = (one, other) if one > 12 else (other, one)
    if day > 31 or not 1 <= month <= 12:
        return "no such day in the calendar; write it as YYYY-MM-DD"
    return f"not an ISO date: write {third}-{month:02d}-{day:02d}"


def parse_collected(text: str) -> CollectedAt | str:
    """A collection date or date-time with its offset if printed, or the reason (a clause) why the text is none.

    Accepted after the date: ``T`` or one space, ``HH:MM``, seconds, fractions (kept to the microsecond), ``Z`` or ``±HH[[:]MM]``.

    >>> str(parse_collected("2026-04-03 07:30:15+02"))
    '2026-04-03T07:30:15+02:00'
    """
    cleaned = clean_text(text)
    if not _ISO_DAY.match(cleaned):
        return _why_no_day(cleaned)
    day = parse_day(cleaned[:10])
    rest = cleaned[10:]
    if isinstance(day, str):
        return day
    if not rest:
        return CollectedAt(day)
    if rest[0] not in "Tt ":
        return "not a date or date-time: write YYYY-MM-DD or YYYY-MM-DDTHH:MM"
    return _with_time(day, rest[1:].lstrip())


def _with_time(day: date, text: str) -> CollectedAt | str:
    match = _ISO_TIME.fullmatch(text)
    if match is None:
        return "the time cannot be read: write HH:MM, seconds and UTC offset if known"
    hours, minutes, seconds, fraction, zulu, sign, offset_hours, offset_minutes = match.groups()
    try:
        at = time(int(hours), int(minutes), int(seconds or 0), int((fraction or "0")[:6].ljust(6, "0")))
    except ValueError:
        return "no such time of day"
    offset = 0 if zulu else None
    if sign:
        offset = int(offset_hours) * 60 + int(offset_minutes or 0)
        offset = -offset if sign == "-" else offset
        if offset not in _OFFSETS or int(offset_minutes or 0) > 59:
            return "no such UTC offset"
    return CollectedAt(day, at, offset)
