"""The two axes: where a day or a value stands, and at which of them a mark is set."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from labtrack.charts.model import Series

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_FIRST_DAY, _LAST_DAY = 1, date.max.toordinal()
#: The data take at least this share of the height beside the limits of rules (one farther away is named at the edge instead of
#: flattening the line), and this one beside reference limits.
LEAST_SHARE, LEAST_SHARE_IN_BAND = 0.2, 0.4


@dataclass(frozen=True, slots=True)
class Scale:
    """A line of ``cells`` characters from ``low`` to ``high``, each made of ``parts`` dots (braille has 2 across and 4 down)."""

    low: float
    high: float
    cells: int
    parts: int = 1

    def dot(self, value: float) -> int:
        """The dot that a value falls on, as plotext places it; outside the line for one that lies outside."""
        share = (value - self.low) / (self.high - self.low)
        return math.floor(round(0.5 + (self.cells * self.parts - 1) * min(max(share, -1.0), 2.0), 8))

    def cell(self, value: float) -> int:
        """The character that a value falls on."""
        return self.dot(value) // self.parts


def time_scale(first: float, last: float, cells: int, parts: int) -> Scale:
    """The days of a chart, with some air at both ends; a chart of one day gets two weeks either side."""
    air = max((last - first) * 0.02, 0.5) if last > first else 14.0
    return Scale(first - air, last + air, cells, parts)


@dataclass(frozen=True, slots=True)
class DateTick:
    """A mark on the time axis."""

    at: float
    text: str


def date_ticks(scale: Scale, room: int) -> list[DateTick]:
    """Marks at the beginnings of days, months or years, as many as there is room for (columns); the first of a year names it."""
    low, high = max(scale.low, _FIRST_DAY), min(scale.high, _LAST_DAY)
    if high < low:
        return []
    for days in _steps(low, high):
        ticks = _named([day for day in days if low <= day <= high])
        widest = max((len(tick.text) for tick in ticks), default=0)
        if 0 < len(ticks) <= max(1, room // (widest + 3)):
            return ticks
    return []


def _steps(low: float, high: float) -> Iterator[list[int]]:
    """Candidates from fine to coarse."""
    first, last = date.fromordinal(int(low)), date.fromordinal(int(high))
    if high - low < 400:
        for step in (1, 2, 7, 14):
            yield list(range(math.ceil(low), int(high) + 1, step))
    if high - low < 12_000:
        for months in (1, 2, 3, 6):
            count = (last.year - first.year) * 12 + last.month
            places = [each for each in range(first.month - 1, count) if each % months == 0]
            yield [date(first.year + each // 12, each % 12 + 1, 1).toordinal() for each in places]
    for years in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000):
        yield [date(year, 1, 1).toordinal() for year in range(first.year, last.year + 1) if year % years == 0]
    yield [math.ceil(low)]


def _named(days: list[int]) -> list[DateTick]:
    found: list[DateTick] = []
    year = 0
    each_first = all(date.fromordinal(day).day == 1 for day in days)
    each_january = each_first and all(date.fromordinal(day).month == 1 for day in days) and len(days) > 1
    for number in days:
        day = date.fromordinal(number)
        text = _MONTHS[day.month - 1] if each_first else f"{day.day} {_MONTHS[day.month - 1]}"
        if each_january:
            text = str(day.year)
        elif day.year != year:
            text += f" {day.year}"
        year = day.year
        found.append(DateTick(number, text))
    return found


def value_range(series: Series, rows: int) -> tuple[float, float]:
    """The values that a plot of so many rows shows: all data, and every limit near enough to leave the data their share of the height."""
    points = [*series.points, *([series.baseline] if series.baseline else [])]
    ends = [end for point in points for end in point.ends] or [each.value for each in series.thresholds] or [0.0, 1.0]
    low, high = min(ends), max(ends)
    extent = max(high - low, abs(high) * 0.1, abs(low) * 0.1, 1e-6)
    band = {limit for point in series.points for limit in (point.low, point.high) if limit is not None}
    named = {threshold.value for threshold in series.thresholds}
    for limits, share in ((named, LEAST_SHARE), (band, 0.0 if series.whole_band else LEAST_SHARE_IN_BAND)):
        for limit in sorted(limits, key=lambda each: (max(min(ends) - each, each - max(ends)), each)):
            lower, upper = min(low, limit), max(high, limit)
            if (upper - lower) * share <= extent:
                low, high = lower, upper
    # Beyond an outermost reading that has just passed a limit there is a row more, so that it need not stand on the limit's own.
    row = (high - low) / max(rows - 2, 1)
    air = max((high - low) * 0.06, extent * 0.05)
    under = max(air, row) if any(0 < each - min(ends) <= row for each in named) and low == min(ends) else air
    over = max(air, row) if any(0 < max(ends) - each <= row for each in named) and high == max(ends) else air
    return (max(0.0, low - under) if low >= 0 else low - under), high + over


def value_ticks(low: float, high: float, most: int) -> list[float]:
    """At most so many round numbers between two values."""
    span = high - low
    if most < 1 or not (math.isfinite(span) and span > 0):
        return []
    power = 10.0 ** math.floor(math.log10(span / most))
    for step in (power, power * 2, power * 2.5, power * 5, power * 10, power * 20, power * 50):
        first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
        if 0 <= last - first < most:
            return [number * step for number in range(first, last + 1)]
    return []
