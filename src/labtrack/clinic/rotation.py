"""Which backups stay: of the last days, weeks and months. Plain dates in, plain values out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from labtrack.store.anchored import DAILY, Kept

#: Of how many of the last days, weeks and months that have a backup one stays: the newest of each.
DAYS, WEEKS, MONTHS = 7, 4, 12


def days_kept(days: Iterable[date]) -> set[date]:
    """The days whose backups stay: the last :data:`DAYS`, and the last day of each of the last :data:`WEEKS` and :data:`MONTHS`."""
    newest = sorted(set(days), reverse=True)
    weeks: dict[tuple[int, int], date] = {}
    months: dict[tuple[int, int], date] = {}
    for day in newest:
        weeks.setdefault(day.isocalendar()[:2], day)
        months.setdefault((day.year, day.month), day)
    return {*newest[:DAYS], *list(weeks.values())[:WEEKS], *list(months.values())[:MONTHS]}


def expendable(copies: Sequence[Kept], today: date) -> list[Kept]:
    """Those that may go once one of ``today`` is there and was verified.

    Never that one, the one with the longest audit chain, the newest before each upgrade, or one that somebody asked for. Days
    after today were written while a clock was wrong, or the clock is now: they are counted by themselves, so that they push out none.
    """
    automatic = [each for each in copies if each.is_automatic]
    if not automatic:
        return []
    kept = days_kept(each.on for each in automatic if each.on <= today) | days_kept(each.on for each in automatic if each.on > today)
    last: dict[str, Kept] = {}
    for each in sorted(automatic, key=lambda each: (each.on, each.anchor.entry)):
        if each.kind != DAILY:
            last[each.kind] = each
    safe = {max(automatic, key=lambda each: each.anchor.entry).path, *(each.path for each in last.values())}
    return [each for each in automatic if each.on not in kept and each.path not in safe]
