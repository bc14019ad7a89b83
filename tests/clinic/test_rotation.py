"""Which backups stay, over any dates: enough of them, never too many, and never without the newest."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

from hypothesis import example, given
from hypothesis import strategies as st

from labtrack.clinic.rotation import DAYS, MONTHS, WEEKS, days_kept, expendable
from labtrack.store.anchored import BY_HAND, DAILY, Anchor, Kept

TODAY = date(2026, 11, 22)
DATES = st.dates(date(2020, 1, 1), date(2035, 12, 31))


def copy(on: date, entry: int = 1, kind: str = DAILY) -> Kept:
    anchor = Anchor(entry, "0" * 16)
    return Kept(Path(f"clinic.db.{on}.{kind}.{anchor}.bak"), on, kind, anchor)


def grown(days: int, until: date = TODAY) -> list[Kept]:
    """One of each day, rotated every day, as a clinic in use has them."""
    copies: list[Kept] = []
    for number in range(days):
        day = until - timedelta(days - 1 - number)
        made = copy(day, number + 1)
        copies.append(made)
        gone = expendable(copies, day)
        copies = [each for each in copies if each not in gone]
    return copies


def test_a_year_of_daily_starts_leaves_days_weeks_and_months() -> None:
    days = [each.on for each in grown(500)]
    assert days[-7:] == [TODAY - timedelta(back) for back in range(6, -1, -1)]
    assert {each.isocalendar()[:2] for each in days} >= {(TODAY - timedelta(7 * back)).isocalendar()[:2] for back in range(WEEKS)}
    assert {(each.year, each.month) for each in days} == {(2025, 12), *((2026, month) for month in range(1, 12))}
    assert len(days) <= DAYS + WEEKS + MONTHS


@given(st.sets(DATES, max_size=60))
def test_what_is_kept_is_bounded_and_ends_with_the_newest(days: set[date]) -> None:
    kept = days_kept(days)
    assert kept <= days
    assert len(kept) <= DAYS + WEEKS + MONTHS
    assert set(sorted(days)[-DAYS:]) <= kept
    assert len({each.isocalendar()[:2] for each in kept}) >= min(WEEKS, len({each.isocalendar()[:2] for each in days}))
    assert len({(each.year, each.month) for each in kept}) >= min(MONTHS, len({(each.year, each.month) for each in days}))
    assert days_kept(kept) == kept


@given(st.lists(st.tuples(DATES, st.integers(1, 10_000)), max_size=60), DATES, st.integers(1, 10_000))
@example([(date(2024, 1, 1) + timedelta(11 * number), number + 1) for number in range(60)], date(2025, 11, 22), 100)
def test_never_the_one_just_made_the_newest_the_longest_or_one_asked_for(others: list[tuple[date, int]], today: date, entry: int) -> None:
    made = copy(today, entry)
    asked = [copy(day, number, BY_HAND) for day, number in others[::5]]
    before = [copy(day, number, "upgrade-0003" if number % 7 == 0 else DAILY) for day, number in others]
    copies = list({each.path: each for each in [*before, *asked, made]}.values())
    gone = expendable(copies, today)
    left = [each for each in copies if each not in gone]
    assert made in left
    assert [each for each in copies if not each.is_automatic] == [each for each in left if not each.is_automatic]
    automatic = [each for each in copies if each.is_automatic]
    assert max(each.on for each in automatic) in {each.on for each in left}
    assert max(each.anchor.entry for each in automatic) in {each.anchor.entry for each in left}
    upgrades = [each for each in copies if each.kind == "upgrade-0003"]
    assert not upgrades or max(each.on for each in upgrades) in {each.on for each in left if each.kind == "upgrade-0003"}


@given(st.sets(DATES, min_size=1, max_size=60), DATES)
def test_a_clock_that_was_ahead_pushes_out_none_of_the_last_seven_days(days: set[date], today: date) -> None:
    copies = [copy(day) for day in days | {today}]
    gone = {each.on for each in expendable(copies, today)}
    assert not gone & set(sorted(day for day in {*days, today} if day <= today)[-DAYS:])


def test_nothing_is_expendable_of_nothing() -> None:
    assert expendable([], TODAY) == []
    assert expendable([copy(TODAY, 1, BY_HAND)], TODAY) == []


def test_the_newest_before_each_upgrade_stays_for_years() -> None:
    first, second = copy(date(2021, 3, 2), 1, "upgrade-0002"), copy(date(2021, 3, 3), 2, "upgrade-0002")
    third = copy(date(2022, 5, 1), 3, "upgrade-0003")
    daily = [copy(TODAY - timedelta(back), 900 - back) for back in range(400)]
    gone = expendable([first, second, third, *daily], TODAY)
    assert first in gone
    assert second not in gone
    assert third not in gone
