"""When a value would reach a limit if it went on as it does: an estimate, told only where the readings carry one.

The method is Theil–Sen: the slope is the median of the slopes between all pairs of the last readings, so that one stray value does
not turn it. House policy, each number below: it is told for at least four plain numbers over at least eight weeks, the newest within
half a year; when at least three quarters of the pairs agree on the direction; towards a limit that the newest reading has not
reached; no more than two years ahead, and no farther ahead than twice the time that the readings cover.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from statistics import median

#: Fewest and most readings that are looked at, counted back from the newest.
FEWEST, MOST = 4, 8
#: Days that they cover at least, and days back from the newest that are looked at.
LEAST_DAYS, REACH = 56.0, 730.0
#: Days that have passed since the newest at most.
NEWEST = 180.0
#: Share of the pairs that must agree on the direction.
AGREEMENT = 0.75
#: Farthest estimate, in days and in multiples of the time covered.
FARTHEST, FARTHEST_TIMES = 730.0, 2.0


@dataclass(frozen=True, slots=True)
class Limit:
    """A number that a rule is met beyond: below it where ``is_lower``, else above it."""

    rule: str
    value: float
    is_lower: bool


@dataclass(frozen=True, slots=True)
class Projection:
    """An estimated crossing."""

    limit: Limit
    on: date


def projected(readings: Sequence[tuple[float, float]], limits: Sequence[Limit], today: date) -> Projection | None:
    """The first limit that readings (day, value; in order of time) would cross; None where nothing can be said."""
    if not readings:
        return None
    newest_at, newest = readings[-1]
    used = [each for each in readings if newest_at - each[0] <= REACH][-MOST:]
    covered = newest_at - used[0][0]
    if len(used) < FEWEST or covered < LEAST_DAYS or today.toordinal() - newest_at > NEWEST:
        return None
    slopes = [(later - earlier) / (b - a) for (a, earlier), (b, later) in combinations(used, 2) if b > a]
    slope = median(slopes)
    if slope == 0 or sum(each * slope > 0 for each in slopes) < AGREEMENT * len(slopes):
        return None
    level = median(value - slope * at for at, value in used)
    ahead = [
        ((limit.value - level) / slope, limit)
        for limit in limits
        if limit.is_lower == (slope < 0) and (newest > limit.value if limit.is_lower else newest < limit.value)
    ]
    last = min(newest_at + FARTHEST_TIMES * covered, today.toordinal() + FARTHEST)
    at, limit = min((each for each in ahead if each[0] <= last), key=lambda each: each[0], default=(0.0, None))
    # A line that is past the limit already, though no reading is, reaches it about now.
    return None if limit is None else Projection(limit, max(today, date.fromordinal(max(int(at), 1))))
