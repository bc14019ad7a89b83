"""Dates as laboratories write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labtrack.exchange.day_formats import DATE_FORMATS, header_moment, looks_like_a_date, plain_clock, plain_date
from labtrack.exchange.layouts import column_name


@pytest.mark.parametrize(
    ("format", "cell", "plain"),
    [
        ("DD/MM/YYYY", "03/04/2026", "2026-04-03"),
        ("MM/DD/YYYY", "03/04/2026", "2026-03-04"),
        ("DD.MM.YYYY", " 3.4.2026 08:15", "2026-04-03 08:15"),
        ("DD-MM-YYYY", "03-04-2026T08:15", "03-04-2026T08:15"),
        ("YYYYMMDD", "20260403", "2026-04-03"),
        ("YYYYMMDD", "202604031", "202604031"),
        ("YYYY/MM/DD", "2026/4/3", "2026-04-03"),
        ("DD-Mon-YYYY", "3-Apr-2026", "2026-04-03"),
        ("DD-Mon-YYYY", "3 April 2026", "2026-04-03"),
        ("DD-Mon-YYYY", "3-Avr-2026", "3-Avr-2026"),
        ("DD/MM/YYYY", "03/04/26", "03/04/26"),
        ("DD/MM/YYYY", "31/02/2026", "2026-02-31"),
        ("YYYY-MM-DD", "03/04/2026", "03/04/2026"),
    ],
)
def test_dates_are_read_as_said_and_in_no_other_way(format: str, cell: str, plain: str) -> None:
    assert plain_date(cell, DATE_FORMATS[format]) == plain


@pytest.mark.parametrize(
    ("cell", "plain"),
    [
        ("2026-04-03 7:05", "2026-04-03T07:05"),
        ("2026-04-03 12:30 p.m.", "2026-04-03T12:30"),
        ("2026-04-03 13:30 PM", "2026-04-03 13:30 PM"),
        ("2026-04-03 soon", "2026-04-03 soon"),
        ("2026-04-03T07:30", "2026-04-03T07:30"),
    ],
)
def test_times_of_day(cell: str, plain: str) -> None:
    assert plain_clock(cell) == plain


@pytest.mark.parametrize(
    ("format", "header", "moment"),
    [
        ("DD.MM.YYYY", "23.11.2012", "2012-11-23"),
        ("DD.MM.YYYY", " 3.1.2012  8:15 ", "2012-01-03T08:15"),
        ("DD.MM.YYYY", "23.11.2012 08:15:30", "2012-11-23T08:15:30"),
        ("DD/MM/YYYY", "03/04/2026 7:30 PM", "2026-04-03T19:30"),
        ("MM/DD/YYYY", "03/04/2026", "2026-03-04"),
        ("DD-MM-YYYY", "03-04-2026", "2026-04-03"),
        ("MM-DD-YYYY", "03-04-2026 11:20", "2026-03-04T11:20"),
        ("YYYY-MM-DD", "2012-11-23", "2012-11-23"),
        ("YYYY-MM-DD", "2012-11-23T08:15", "2012-11-23T08:15"),
        ("YYYYMMDD", "20121123", "2012-11-23"),
        ("YYYY/MM/DD", "2012/11/23", "2012-11-23"),
        ("DD-Mon-YYYY", "23-Nov-2012", "2012-11-23"),
        ("DD-Mon-YYYY", "23 november 2012 10:00", "2012-11-23T10:00"),
        ("DD.MM.YYYY", "2012-11-23", "2012-11-23"),
        ("DD.MM.YYYY", "23.11.12", ""),
        ("YYYY-MM-DD", "23.11.2012", ""),
        ("DD.MM.YYYY", "23.11.2012 nüchtern", ""),
        ("DD.MM.YYYY", "Referenz", ""),
        ("DD.MM.YYYY", "", ""),
        ("no such format", "23.11.2012", ""),
    ],
)
def test_headers_that_are_dates(format: str, header: str, moment: str) -> None:
    assert header_moment(column_name(header), format) == moment


@pytest.mark.parametrize("header", ["23.11.12", "11/23/2012", "2012-11-23", "23. Nov 2012", "5-nov-12", "20121123", "1/2/26 08:00"])
def test_what_a_person_takes_for_a_date(header: str) -> None:
    assert looks_like_a_date(column_name(header))


@pytest.mark.parametrize("header", ["Test", "25-OH Vitamin D", "2h glucose", "ref 3.5-5.0", "", "10*9/L", "123456789"])
def test_what_nobody_takes_for_a_date(header: str) -> None:
    assert not looks_like_a_date(column_name(header))


@given(st.text(max_size=30), st.sampled_from(sorted(DATE_FORMATS)))
def test_no_text_raises(text: str, format: str) -> None:
    assert isinstance(plain_date(text, DATE_FORMATS[format]), str)
    assert isinstance(plain_clock(text), str)
    moment = header_moment(text, format)
    assert moment == "" or header_moment(moment.lower().replace("-", "_"), format) == moment
    looks_like_a_date(text)


@given(st.dates(), st.sampled_from(sorted(DATE_FORMATS)))
def test_every_day_is_read_back(day: object, format: str) -> None:
    from datetime import date

    assert isinstance(day, date)
    months = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
    said = format.replace("YYYY", f"{day.year:04d}").replace("Mon", months[day.month - 1])
    said = said.replace("MM", f"{day.month:02d}").replace("DD", f"{day.day:02d}")
    assert header_moment(column_name(said), format) == day.isoformat()
