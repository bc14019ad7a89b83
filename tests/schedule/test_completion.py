"""When a panel was last complete, and what an incomplete set lacks (clinical reference, section 4, *Schedule*)."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.labs.build import case, labs_of
from tests.schedule.panels import START, lacks, on, panel, snapshot

from labtrack.labs.snapshot import Labs
from labtrack.schedule.completion import current_days, lacking, last_completion

CBC = ("hb", "anc", "alc")
SAID = {"hb": "Hb 13.5 g/dL", "anc": "ANC 4.0 10*9/L", "alc": "ALC 2.0 10*9/L"}
NEVER = -START.toordinal()


def taken(**days: int | list[int]) -> list[str]:
    """Usable results of these analytes on these days."""
    return [f"{on(day)} {SAID[key]}" for key, each in days.items() for day in (each if isinstance(each, list) else [each])]


def completed(shot: Labs, earliest: int = -180, required: tuple[str, ...] = CBC, span: int = 6) -> list[int | None]:
    """The day of the last completion on each row, counted from the start."""
    found = last_completion(shot, required, np.full(len(shot), START.toordinal() + earliest), span)
    return [int(day) - START.toordinal() if day else None for day in found]


@pytest.mark.parametrize(
    ("results", "expected"),
    [
        ([], None),
        (taken(hb=10, anc=10), None),
        (taken(hb=10, anc=10, alc=10), 10),
        (taken(hb=4, anc=10, alc=10), 10),
        (taken(hb=4, anc=7, alc=10), 10),
        (taken(hb=3, anc=10, alc=10), None),
        (taken(hb=[3, 5], anc=10, alc=10), 10),
        (taken(hb=3, anc=4, alc=10), None),
    ],
)
def test_complete_when_all_lie_within_six_days_before(results: list[str], expected: int | None) -> None:
    assert completed(snapshot(30, results)) == [expected]


def test_a_later_result_of_one_analyte_keeps_an_older_completion_alive() -> None:
    assert completed(snapshot(60, taken(hb=[10, 50], anc=10, alc=10))) == [10]


def test_a_later_result_within_six_days_is_the_completion_day() -> None:
    assert completed(snapshot(60, taken(hb=[10, 16], anc=10, alc=10))) == [16]
    assert completed(snapshot(60, taken(hb=[10, 17], anc=10, alc=10))) == [10]


def test_a_set_may_close_days_after_the_oldest_of_it() -> None:
    assert completed(snapshot(60, taken(hb=[10, 14, 40], anc=[10, 50], alc=[12, 31]))) == [14]


def test_the_search_passes_several_incomplete_sets() -> None:
    results = taken(hb=[0, 20, 40, 60], anc=[0, 30, 50], alc=[0, 25, 45])
    assert completed(snapshot(70, results)) == [0]


@pytest.mark.parametrize(("earliest", "expected"), [(9, 10), (10, 10), (11, None)])
def test_no_completion_before_the_earliest_day(earliest: int, expected: int | None) -> None:
    assert completed(snapshot(30, taken(hb=9, anc=10, alc=10)), earliest) == [expected]
    assert completed(snapshot(30, taken(hb=[9, 25], anc=10, alc=10)), earliest) == [expected]


def test_members_of_the_set_may_lie_before_the_earliest_day() -> None:
    assert completed(snapshot(30, taken(hb=4, anc=5, alc=10)), 10) == [10]


def test_what_is_not_collected_by_the_judged_day_does_not_count() -> None:
    results = taken(hb=[0, 10], anc=[0, 11], alc=[0, 10])
    assert [completed(snapshot(as_of, results)) for as_of in (10, 11)] == [[0], [11]]


def test_only_usable_results_count() -> None:
    results = [*taken(hb=10, anc=10), f"{on(10)} ALC hemolyzed 10*9/L"]
    assert completed(snapshot(30, results)) == [None]
    assert completed(snapshot(30, [*results[:2], f"{on(10)} ALC 2.0 10*9/L (preliminary)"])) == [None]


def test_a_calculated_count_completes_the_panel() -> None:
    calculated = [f"{on(10)} {each}" for each in ("WBC 6.0 10*9/L", "neutrophils 60 %", "lymphocytes 30 %")]
    assert completed(snapshot(30, [*taken(hb=10), *calculated])) == [10]


def test_another_span() -> None:
    results = taken(hb=10, anc=10, alc=11)
    assert completed(snapshot(30, results), span=0) == [None]
    assert completed(snapshot(30, results), span=1) == [11]


def test_each_row_is_searched_by_itself() -> None:
    charts = [taken(hb=[10, 50], anc=10, alc=10), taken(hb=5), [], panel("cbc", 20), taken(hb=[0, 30], anc=[0, 45], alc=[0, 30])]
    assert completed(labs_of([case(*results, as_of=on(60)) for results in charts])) == [10, None, None, 20, 0]


days = st.lists(st.integers(0, 40), max_size=6)


@given(hb=days, anc=days, alc=days, earliest=st.integers(-1, 41))
def test_the_search_finds_what_the_definition_says(hb: list[int], anc: list[int], alc: list[int], earliest: int) -> None:
    everything = (hb, anc, alc)
    complete = [
        day
        for day in sorted({*hb, *anc, *alc})
        if day >= earliest and all(any(day - 6 <= each <= day for each in one) for one in everything)
    ]
    shot = snapshot(41, taken(hb=hb, anc=anc, alc=alc))
    assert completed(shot, earliest) == [complete[-1] if complete else None]


@pytest.mark.parametrize(
    ("results", "expected"),
    [
        ([], []),
        (taken(hb=10, anc=10, alc=10), []),
        (taken(hb=10, anc=4, alc=4), []),
        (taken(hb=10, anc=3, alc=4), ["anc"]),
        (taken(hb=10), ["anc", "alc"]),
        (taken(hb=[0, 20], anc=0, alc=0), ["anc", "alc"]),
    ],
)
def test_an_incomplete_set_names_what_it_lacks(results: list[str], expected: list[str]) -> None:
    shot = snapshot(30, results)
    assert lacks(shot, "cbc") == expected
    assert [key for key, flags in zip(CBC, lacking(shot, CBC, 6), strict=True) if flags[0]] == expected


def test_the_day_of_each_current_reading() -> None:
    found = current_days(snapshot(30, taken(hb=[1, 10], anc=3)), CBC)
    assert (found - START.toordinal()).tolist() == [[10], [3], [NEVER]]
    assert START + timedelta(days=10) == date.fromordinal(int(found[0, 0]))
