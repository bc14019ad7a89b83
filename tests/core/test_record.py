"""Recorded values: when a specimen was taken, and which statuses count as reported."""

from __future__ import annotations

from datetime import date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labtrack.core.record import CollectedAt, ResultStatus

DAY = date(2026, 3, 1)


def test_final_amended_and_corrected_are_reported() -> None:
    reported = {status for status in ResultStatus if status.is_reported}
    assert reported == {ResultStatus.FINAL, ResultStatus.AMENDED, ResultStatus.CORRECTED}


@pytest.mark.parametrize(
    ("collected", "shown"),
    [
        (CollectedAt(DAY), "2026-03-01"),
        (CollectedAt(DAY, time(7, 30)), "2026-03-01T07:30"),
        (CollectedAt(DAY, time(7, 30, 5)), "2026-03-01T07:30:05"),
        (CollectedAt(DAY, time(7, 30, 5, 250000)), "2026-03-01T07:30:05.250000"),
        (CollectedAt(DAY, time(7, 30), 0), "2026-03-01T07:30Z"),
        (CollectedAt(DAY, time(7, 30), -300), "2026-03-01T07:30-05:00"),
        (CollectedAt(DAY, time(7, 30), 825), "2026-03-01T07:30+13:45"),
    ],
)
def test_collection_time_is_written_as_it_is_known(collected: CollectedAt, shown: str) -> None:
    assert str(collected) == shown


def test_a_date_without_a_time_orders_as_midnight() -> None:
    assert CollectedAt(DAY).ordering == datetime(2026, 3, 1)
    assert CollectedAt(DAY).ordering < CollectedAt(DAY, time(0, 1)).ordering


@given(st.dates(), st.none() | st.times())
def test_the_written_form_reads_back(on: date, at: time | None) -> None:
    collected = CollectedAt(on, at)
    assert datetime.fromisoformat(str(collected)) == collected.ordering


@given(st.dates(min_value=date(2, 1, 1), max_value=date(9998, 1, 1)), st.times(), st.integers(-14 * 60, 14 * 60))
def test_the_written_offset_reads_back(on: date, at: time, offset: int) -> None:
    moment = datetime.fromisoformat(str(CollectedAt(on, at, offset)))
    assert moment.replace(tzinfo=None) == datetime.combine(on, at)
    assert moment.utcoffset() is not None
    assert moment.utcoffset().total_seconds() == offset * 60  # type: ignore[union-attr]
