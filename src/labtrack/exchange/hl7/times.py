"""HL7's moments (``YYYYMMDDHHMM[SS[.S]][±ZZZZ]``) as ISO text of the same precision, with the offset that was sent."""

from __future__ import annotations

import re
from datetime import date
from typing import NamedTuple

_MOMENT = re.compile(
    r"(?P<year>[0-9]{4})(?:(?P<month>[0-9]{2})(?:(?P<day>[0-9]{2})(?:(?P<hour>[0-9]{2})(?:(?P<minute>[0-9]{2})"
    r"(?:(?P<second>[0-9]{2})(?P<fraction>\.[0-9]{1,6})?)?)?)?)?)?(?P<offset>[+-][0-9]{4})?"
)


class Moment(NamedTuple):
    """``text`` is an ISO date or date-time; without one, ``problem`` says why. ``notice`` is a remark on what is not certain."""

    text: str = ""
    problem: str = ""
    notice: str = ""


def moment_of(text: str) -> Moment:
    """Read a moment; of a text that is none, or not precise to the day, the problem.

    >>> moment_of("20240301081530-0500").text, moment_of("202403").problem
    ('2024-03-01T08:15:30-05:00', 'known only to the month')
    """
    match = _MOMENT.fullmatch(text.strip())
    if match is None:
        return Moment(problem="not a moment as HL7 writes it (YYYYMMDDHHMM)")
    year, month, day, hour, minute, second, fraction, offset = match.groups()
    if day is None:
        return Moment(problem=f"known only to the {'month' if month else 'year'}")
    zone = f"{offset[:3]}:{offset[3:]}" if offset else ""
    if hour is None:
        return Moment(f"{year}-{month}-{day}")
    clock = f"{hour}:{minute or '00'}" + (f":{second}{fraction or ''}" if second else "")
    return Moment(f"{year}-{month}-{day}T{clock}{zone}", notice="" if minute else "known only to the hour: taken as the full hour")


def birth_date_of(text: str) -> date | None:
    """A date of birth that is known to the day."""
    match = _MOMENT.fullmatch(text.strip())
    if match is None or match["day"] is None:
        return None
    try:
        return date(int(match["year"]), int(match["month"]), int(match["day"]))
    except ValueError:
        return None
