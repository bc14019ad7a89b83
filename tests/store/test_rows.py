"""What is stored comes back as the value that it was."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labtrack.core.quantity import Interval
from labtrack.core.record import CollectedAt, Result, ResultStatus, Unusable
from labtrack.store.compiled import COLUMNS
from labtrack.store.rows import RESULT_COLUMNS, collected_of, day, limit_text, ordering_text, result_of, result_values, text_of

offsets = st.none() | st.integers(-14 * 60, 14 * 60)
moments = st.builds(CollectedAt, st.dates(date(1900, 1, 1)), st.times(), offsets)
collections = moments | st.builds(CollectedAt, st.dates(date(1900, 1, 1)))
numbers = st.floats(0, 1e6)
intervals = st.none() | st.builds(Interval, numbers, numbers | st.just(math.inf), st.booleans(), st.booleans())
texts = st.text(max_size=8)
results = st.builds(
    Result,
    analyte=st.sampled_from(["anc", "hb"]),
    value_text=texts,
    unit=texts,
    collected_at=collections,
    status=st.sampled_from(ResultStatus),
    value=intervals,
    unusable=st.sampled_from(Unusable),
    ref_low=texts,
    ref_high=texts,
    lower_limit=st.none() | numbers,
    upper_limit=st.none() | numbers,
    lab=texts,
    specimen_id=texts,
    note=texts,
    code=texts,
    method=texts,
    result_id=st.integers(1, 10**9),
    supersedes=st.lists(st.integers(1, 9), max_size=3).map(tuple),
    superseded=st.booleans(),
)


@given(results)
def test_a_result_comes_back_whole(result: Result) -> None:
    row = result_values(7, result.result_id, result, 3)
    assert row[0] == 7
    assert row[-1] == 3
    assert result_of(row, result.supersedes, superseded=result.superseded) == result


def test_a_limit_that_cannot_be_read_is_neither_missing_nor_a_number() -> None:
    result = Result("anc", "1", "10*9/L", CollectedAt(date(2026, 11, 2)), lower_limit=math.nan, upper_limit=None)
    back = result_of(result_values(1, 1, result, None))
    assert back.lower_limit is not None
    assert math.isnan(back.lower_limit)
    assert back.upper_limit is None
    assert limit_text(math.nan) == "nan"


@given(collections)
def test_a_collection_time_comes_back_as_printed(collected: CollectedAt) -> None:
    assert collected_of(str(collected)) == collected


@given(collections, collections)
def test_ordering_texts_sort_as_the_times_do(one: CollectedAt, other: CollectedAt) -> None:
    assert (ordering_text(one) < ordering_text(other)) == (one.ordering < other.ordering)
    assert (ordering_text(one) == ordering_text(other)) == (one.ordering == other.ordering)


def test_a_date_without_a_time_stands_at_midnight_but_stays_without_one() -> None:
    plain, midnight = CollectedAt(date(2026, 11, 2)), CollectedAt(date(2026, 11, 2), time(0))
    assert ordering_text(plain) == ordering_text(midnight) == "2026-11-02T00:00:00"
    assert collected_of(str(plain)) != collected_of(str(midnight))


@pytest.mark.parametrize("value", [None, date(2026, 11, 2)])
def test_days_come_back(value: date | None) -> None:
    assert day(text_of(value)) == value


def test_the_columns_are_the_tables() -> None:
    assert COLUMNS["result"] == RESULT_COLUMNS
    assert len(result_values(1, 1, replace_nothing(), None)) == len(RESULT_COLUMNS)


def replace_nothing() -> Result:
    return replace(Result("anc", "1", "10*9/L", CollectedAt(date(2026, 11, 2))), result_id=1)
