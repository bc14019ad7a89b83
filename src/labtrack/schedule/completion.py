"""When a panel was last complete.

Complete on day d: d is a day with a usable result of a required analyte, and each required analyte has a usable result collected
from d − 6 to d.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from labtrack.labs.bounds import Days, Flags
from labtrack.labs.snapshot import Labs


def last_completion(labs: Labs, required: Sequence[str], earliest: Days, span: int) -> Days:
    """The last day, from ``earliest`` to the judged day, on which the panel was complete; 0 where there is none.

    Walks back from the newest result: a day on which some analyte's last result lies more than ``span`` days back is not complete,
    nor is any day until ``span`` days after that result, so the next candidate lies there or before.
    """
    found = np.zeros(len(labs), np.int64)
    rows, last = np.arange(len(labs)), current_days(labs, required)
    while True:
        newest, oldest = last.max(axis=0), last.min(axis=0)
        in_reach = (oldest > 0) & (newest >= earliest[rows])
        complete = in_reach & (newest - oldest <= span)
        found[rows[complete]] = newest[complete]
        going_on = in_reach & ~complete
        if not np.count_nonzero(going_on):
            return found
        rows = rows[going_on]
        last = labs.latest_days(required, rows, (oldest + span)[going_on])


def current_days(labs: Labs, required: Sequence[str]) -> Days:
    """Shape (analytes, rows): the day of each required analyte's current reading, 0 where there is none."""
    return np.stack([labs.analyte(key).day for key in required])


def lacking(labs: Labs, required: Sequence[str], span: int) -> list[Flags]:
    """Per required analyte: whether it lacks from the last set, if that set is incomplete (never where nothing was measured)."""
    last = current_days(labs, required)
    newest = last.max(axis=0)
    return list((newest > 0) & (newest - last > span))
