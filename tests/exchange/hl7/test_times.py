"""HL7's moments: the precision and offset that were sent, or why not."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labtrack.exchange.dates import parse_collected
from labtrack.exchange.hl7.times import birth_date_of, moment_of


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("20240301", "2024-03-01"),
        ("202403010815", "2024-03-01T08:15"),
        ("20240301081530", "2024-03-01T08:15:30"),
        ("20240301081530.1234+1345", "2024-03-01T08:15:30.1234+13:45"),
        ("202403010815-0500", "2024-03-01T08:15-05:00"),
        ("20240301081530+1400", "2024-03-01T08:15:30+14:00"),
        ("20240301+0100", "2024-03-01"),
    ],
)
def test_precision_and_offset_are_kept(text: str, iso: str) -> None:
    assert moment_of(text) == (iso, "", "")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("2024", "known only to the year"),
        ("202403", "known only to the month"),
        ("20240231", "no such day in the calendar"),
        ("20240301240000", "no such time of day"),
        ("20240301081530-2400", "no such UTC offset"),
        ("20240301081530+1430", "no such UTC offset"),
        ("18991231", "before 1900"),
        ("1/5101/14", "not a moment as HL7 writes it, YYYYMMDDHHMM"),
        ("20240301 0815", "not a moment"),
        ("20240301~20240302", "not a moment"),
        ("２０２４０３０１", "not a moment"),
        ("20240301081530.1234567", "not a moment"),
    ],
)
def test_what_is_no_day_or_moment_is_refused_by_name(text: str, problem: str) -> None:
    found = moment_of(text)
    assert found.text == ""
    assert found.problem.startswith(problem)


def test_an_hour_is_taken_as_the_full_one_and_told() -> None:
    assert moment_of("2024030108-0500") == ("2024-03-01T08:00-05:00", "", "known only to the hour: taken as 08:00")


@pytest.mark.parametrize(
    ("degree", "text", "problem"),
    [
        ("D", "2024-03-01", ""),
        ("d", "2024-03-01", ""),
        ("L", "", "known only to the month"),
        ("Y", "", "known only to the year"),
        ("M", "2024-03-01T08:15-05:00", ""),
        ("S", "2024-03-01T08:15:30.12-05:00", ""),
        ("", "2024-03-01T08:15:30.12-05:00", ""),
    ],
)
def test_the_degree_of_precision_of_older_versions_holds(degree: str, text: str, problem: str) -> None:
    assert moment_of("20240301081530.12-0500", degree)[:2] == (text, problem)


def test_a_degree_finer_than_the_text_changes_nothing() -> None:
    assert moment_of("20240301", "M").text == moment_of("20240301", "D").text == "2024-03-01"
    assert moment_of("2024", "D").problem == "known only to the year"


@given(st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1)), st.integers(-12 * 4, 14 * 4))
def test_every_moment_that_can_be_written_is_the_same_one(at: datetime, quarters: int) -> None:
    at = at.replace(tzinfo=timezone(timedelta(minutes=15 * quarters)))
    found = parse_collected(moment_of(f"{at:%Y%m%d%H%M%S}.{at.microsecond:06d}{at:%z}").text)
    assert not isinstance(found, str)
    assert (found.on, found.at, found.offset_minutes) == (at.date(), at.time(), 15 * quarters)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("19700102", date(1970, 1, 2)),
        ("19500101120000", date(1950, 1, 1)),
        ("1970", None),
        ("197001", None),
        ("19700231", None),
        ("", None),
        ("10131113", None),
    ],
)
def test_a_birth_date_is_known_to_the_day_or_not_at_all(text: str, day: date | None) -> None:
    assert birth_date_of(text) == day
