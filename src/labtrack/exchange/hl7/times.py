"""HL7's moments (``YYYYMMDDHHMM[SS[.S]][±ZZZZ]``) as ISO text of the same precision, with the offset that was sent."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from labtrack.exchange.dates import parse_collected, parse_day

_MOMENT = re.compile(
    r"(?P<year>[0-9]{4})(?:(?P<month>[0-9]{2})(?:(?P<day>[0-9]{2})(?:(?P<hour>[0-9]{2})(?:(?P<minute>[0-9]{2})"
    r"(?:(?P<second>[0-9]{2})(?P<fraction>\.[0-9]{1,6})?)?)?)?)?)?(?P<offset>[+-][0-9]{4})?"
)
#: The degree of precision that HL7 before 2.5 gives as a second component, and what it leaves of a moment.
_DEGREES = {"Y": 4, "L": 6, "D": 8, "H": 10, "M": 12}


class Moment(NamedTuple):
    """``text`` is an ISO date or date-time; without one, ``problem`` says why. ``notice`` is a remark on what is not certain."""

    text: str = ""
    problem: str = ""
    notice: str = ""


@lru_cache(4096)
def moment_of(text: str, degree: str = "") -> Moment:
    """Read a moment; of a text that is none, or not precise to the day, the problem. ``degree`` is HL7's degree of precision.

    >>> moment_of("20240301081530-0500").text, moment_of("202403").problem, moment_of("20240301000000", "D").text
    ('2024-03-01T08:15:30-05:00', 'known only to the month', '2024-03-01')
    """
    match = _MOMENT.fullmatch(text)
    if match is None:
        return Moment(problem="not a moment as HL7 writes it, YYYYMMDDHHMM")
    kept = _DEGREES.get(degree.upper())
    if kept is not None and text[:kept].isdigit() and text[kept : kept + 1].isdigit():
        match = _MOMENT.fullmatch(text[:kept] + (match["offset"] or ""))
        assert match is not None  # each degree ends where a part of the pattern does
    year, month, day, hour, minute, second, fraction, offset = match.groups()
    if day is None:
        return Moment(problem=f"known only to the {'month' if month else 'year'}")
    iso, notice = f"{year}-{month}-{day}", ""
    if hour is not None:
        zone = f"{offset[:3]}:{offset[3:]}" if offset else ""
        iso = f"{iso}T{hour}:{minute or '00'}" + (f":{second}{fraction or ''}" if second else "") + zone
        notice = "" if minute else f"known only to the hour: taken as {hour}:00"
    found = parse_collected(iso)
    return Moment(problem=found) if isinstance(found, str) else Moment(iso, notice=notice)


def birth_date_of(text: str) -> date | None:
    """A date of birth that is known to the day."""
    match = _MOMENT.fullmatch(text)
    if match is None or match["day"] is None:
        return None
    found = parse_day(f"{match['year']}-{match['month']}-{match['day']}")
    return None if isinstance(found, str) else found
