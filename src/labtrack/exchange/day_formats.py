"""Dates as a laboratory writes them, read in the one way that a mapping says and in no other: in cells and in headers of columns."""

from __future__ import annotations

import re

from labtrack.core.quantity import clean_text

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NUMERIC = r"(?P<{}>[0-9]{{1,2}})"
_YEAR = r"(?P<y>[0-9]{4})"
_DAY, _MONTH = _NUMERIC.format("d"), _NUMERIC.format("m")
#: How a laboratory writes a date, in the words of the mapping; a year always has four digits.
DATE_FORMATS: dict[str, re.Pattern[str] | None] = {
    "YYYY-MM-DD": None,
    "DD/MM/YYYY": re.compile(f"{_DAY}/{_MONTH}/{_YEAR}"),
    "MM/DD/YYYY": re.compile(f"{_MONTH}/{_DAY}/{_YEAR}"),
    "DD.MM.YYYY": re.compile(rf"{_DAY}\.{_MONTH}\.{_YEAR}"),
    "DD-MM-YYYY": re.compile(f"{_DAY}-{_MONTH}-{_YEAR}"),
    "MM-DD-YYYY": re.compile(f"{_MONTH}-{_DAY}-{_YEAR}"),
    "YYYY/MM/DD": re.compile(f"{_YEAR}/{_MONTH}/{_DAY}"),
    "YYYYMMDD": re.compile("(?P<y>[0-9]{4})(?P<m>[0-9]{2})(?P<d>[0-9]{2})"),
    "DD-Mon-YYYY": re.compile(rf"{_DAY}[- ](?P<name>[A-Za-z]{{3}})[a-z]*[- ]{_YEAR}"),
}
_CLOCK = re.compile(r"(?P<h>[0-9]{1,2}):(?P<rest>[0-9]{2}(?::[0-9]{2})?)(?:\s*(?P<half>[AaPp])\.?[Mm]\.?)?")
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[Tt ][0-9]{2}:[0-9]{2}(?::[0-9]{2})?)?")
_LIKE_A_DATE = re.compile(
    rf"[0-9]{{1,4}}[./_][0-9]{{1,2}}[./_][0-9]{{1,4}}(?![0-9])|(?:19|20)[0-9]{{6}}(?![0-9])"
    rf"|[0-9]{{1,2}}[._]*(?:{'|'.join(_MONTHS)})[a-z]*[._]*[0-9]{{2,4}}(?![0-9])"
)


def plain_date(cell: str, pattern: re.Pattern[str] | None) -> str:
    """A cell with its date as YYYY-MM-DD, what follows it as it is; the cell itself where it does not begin with such a date.

    >>> plain_date("3/4/2026 07:30", DATE_FORMATS["DD/MM/YYYY"]), plain_date("2026-04-03", DATE_FORMATS["DD/MM/YYYY"])
    ('2026-04-03 07:30', '2026-04-03')
    """
    text = clean_text(cell)
    match = pattern.match(text) if pattern is not None else None
    if match is None or text[match.end() : match.end() + 1].isalnum():
        return cell
    said = match.groupdict()
    name = (said.get("name") or "").casefold()
    if name and name not in _MONTHS:
        return cell
    month = _MONTHS.index(name) + 1 if name else int(said["m"])
    return f"{said['y']}-{month:02d}-{int(said['d']):02d}{text[match.end() :]}"


def plain_clock(cell: str) -> str:
    """A date and a time of day with the time as HH:MM in 24 hours; the cell itself where it holds no other.

    >>> plain_clock("2026-04-03 7:30 pm"), plain_clock("2026-04-03 12:05 AM"), plain_clock("2026-04-03")
    ('2026-04-03T19:30', '2026-04-03T00:05', '2026-04-03')
    """
    day, gap, rest = cell.strip().partition(" ")
    match = _CLOCK.fullmatch(rest.strip()) if gap else None
    if match is None:
        return cell
    hour, half = int(match["h"]), (match["half"] or "").casefold()
    if half and not 1 <= hour <= 12:
        return cell
    if half:
        hour = hour % 12 + 12 * (half == "p")
    return f"{day}T{hour:02d}:{match['rest']}"


def header_moment(name: str, date_format: str) -> str:
    """The day, and time of day if there is one, that the name of a column is; empty where it is none in this format.

    Names of columns are as :func:`labtrack.exchange.layouts.column_name` gives them: without hyphens. Whether the calendar has such a
    day is for whoever reads the results below it.

    >>> header_moment("23.11.2012_8:15", "DD.MM.YYYY"), header_moment("2012_11_23", "DD.MM.YYYY"), header_moment("11/23/12", "MM/DD/YYYY")
    ('2012-11-23T08:15', '2012-11-23', '')
    """
    pattern = DATE_FORMATS.get(date_format)
    for text in (name.replace("_", " "), name.replace("_", "-", 2).replace("_", " ")):
        moment = plain_clock(plain_date(text, pattern))
        if _MOMENT.fullmatch(moment):
            return moment.replace("t", "T")
    return ""


def looks_like_a_date(name: str) -> bool:
    """Whether the name of a column begins with what a person would take for a date, in whatever format.

    >>> looks_like_a_date("23.11.12"), looks_like_a_date("5_nov_2012"), looks_like_a_date("25_oh_vitamin_d")
    (True, True, False)
    """
    return _LIKE_A_DATE.match(name) is not None
