"""Dates: ISO or refused, with the reason."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labtrack.core.record import CollectedAt
from labtrack.exchange.dates import EARLIEST, parse_collected, parse_day

DAYS = st.dates(min_value=EARLIEST)


@given(DAYS)
def test_every_iso_date_is_read(day: date) -> None:
    assert parse_day(day.isoformat()) == day


@given(DAYS, st.sampled_from(["{0.day:02d}/{0.month:02d}/{0.year}", "{0.day}.{0.month}.{0.year}", "{0.month}-{0.day}-{0.year}"]))
def test_no_other_order_is_ever_read(day: date, form: str) -> None:
    reason = parse_day(form.format(day))
    assert isinstance(reason, str)
    assert day.isoformat() in reason


@given(st.text(max_size=30))
def test_anything_typed_gives_a_date_or_a_reason(text: str) -> None:
    assert parse_day(text)
    assert parse_collected(text)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "date is empty"),
        ("03/04/2026", "ambiguous date: 3 April or 4 March 2026? write 2026-04-03 or 2026-03-04"),
        ("04.04.2026", "not an ISO date: write 2026-04-04"),
        ("23.11.2012", "not an ISO date: write 2012-11-23"),
        ("11/23/2012", "not an ISO date: write 2012-11-23"),
        ("31/31/2012", "no such day in the calendar; write it as YYYY-MM-DD"),
        ("2026/03/04", "not an ISO date: write 2026-03-04"),
        ("2026-3-4", "not an ISO date: write 2026-03-04"),
        ("03/04/26", "ambiguous date: the year has two digits; write it as YYYY-MM-DD"),
        ("2026-02-30", "no such day in the calendar"),
        ("1899-12-31", "before 1900"),
        ("20260304", "not a date: write it as YYYY-MM-DD"),
        ("yesterday", "not a date: write it as YYYY-MM-DD"),
    ],
)
def test_why_a_date_is_refused(text: str, reason: str) -> None:
    assert parse_day(text) == reason


@given(st.datetimes(min_value=datetime(1900, 1, 1)), st.none() | st.integers(-12 * 60, 14 * 60))
def test_what_a_collection_time_prints_it_reads(moment: datetime, offset: int | None) -> None:
    collected = CollectedAt(moment.date(), moment.time(), offset)
    assert parse_collected(str(collected)) == collected


@given(st.datetimes(min_value=datetime(1900, 1, 1)), st.integers(-12 * 60, 14 * 60))
def test_the_standard_librarys_iso_form_is_read(moment: datetime, offset: int) -> None:
    zoned = moment.replace(tzinfo=timezone(timedelta(minutes=offset)))
    assert parse_collected(zoned.isoformat()) == CollectedAt(moment.date(), moment.time(), offset)


@pytest.mark.parametrize(
    ("text", "collected"),
    [
        ("2026-04-03", CollectedAt(date(2026, 4, 3))),
        ("2026-04-03 07:30", CollectedAt(date(2026, 4, 3), time(7, 30))),
        ("2026-04-03t07:30z", CollectedAt(date(2026, 4, 3), time(7, 30), 0)),
        ("2026-04-03T07:30:15.5", CollectedAt(date(2026, 4, 3), time(7, 30, 15, 500_000))),
        ("2026-04-03T07:30:15,1234567", CollectedAt(date(2026, 4, 3), time(7, 30, 15, 123_456))),
        ("2026-04-03T07:30 +0530", CollectedAt(date(2026, 4, 3), time(7, 30), 330)),
        ("2026-04-03T07:30-04", CollectedAt(date(2026, 4, 3), time(7, 30), -240)),
    ],
)
def test_collection_times(text: str, collected: CollectedAt) -> None:
    assert parse_collected(text) == collected


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("2026-04-03T24:00", "no such time of day"),
        ("2026-04-03T07:30:60", "no such time of day"),
        ("2026-04-03T07", "the time cannot be read: write HH:MM, seconds and UTC offset if known"),
        ("2026-04-03T07:30+15:00", "no such UTC offset"),
        ("2026-04-03T07:30+01:75", "no such UTC offset"),
        ("2026-04-03x", "not a date or date-time: write YYYY-MM-DD or YYYY-MM-DDTHH:MM"),
        ("2026-02-30T07:30", "no such day in the calendar"),
        ("03/04/2026 07:30", "ambiguous date: 3 April or 4 March 2026? write 2026-04-03 or 2026-03-04"),
    ],
)
def test_why_a_collection_time_is_refused(text: str, reason: str) -> None:
    assert parse_collected(text) == reason
