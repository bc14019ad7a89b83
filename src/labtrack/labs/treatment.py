"""Treatment on a day: which course governs, its drug and dose, holds, and recorded events, one row per (patient, day)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from labtrack.labs.bounds import Days, Flags, Floats, Rows
from labtrack.labs.columns import Cohort, SpanColumns
from labtrack.labs.lazy import lazy

NO_COURSE, PLANNED, STARTED, STOPPED = range(4)
#: Larger than any ordinal day (date.max is day 3,652,059), so that (owner, day) packs into one integer.
_DAYS = 1 << 22


class Treatment:
    """Columns of shape (rows,) on treatment. A hold and a stop take effect on their date (clinical reference, section 4).

    ``day`` is the day that is judged: the as-of day, or for a stopped course its stop date.
    """

    def __init__(self, cohort: Cohort, patient: Rows, as_of: Days) -> None:
        self.cohort = cohort
        self.patient = patient
        self.as_of = as_of
        courses = cohort.courses
        keys = courses.patient * _DAYS + courses.start
        begun = keys.searchsorted(patient * _DAYS + as_of, side="right") - 1
        self.course, self.state = self._governing(begun)
        self.day = np.where(self.state == STOPPED, self._of_course(courses.stop, 0), as_of)

    def _governing(self, begun: Rows) -> tuple[Rows, npt.NDArray[np.int8]]:
        """The open course, else the next planned one, else the last stopped one."""
        courses, count = self.cohort.courses, len(self.cohort.courses.patient)
        if not count:
            return np.full(len(begun), -1), np.full(len(begun), np.int8(NO_COURSE))
        place = np.maximum(begun, 0)
        has_begun = (begun >= 0) & (courses.patient[place] == self.patient)
        is_open = has_begun & (courses.stop[place] > self.as_of)
        following = np.minimum(begun + 1, count - 1)
        has_plan = (begun + 1 < count) & (courses.patient[following] == self.patient)
        course = np.where(is_open, begun, np.where(has_plan, following, np.where(has_begun, begun, -1)))
        state = np.where(is_open, STARTED, np.where(has_plan, PLANNED, np.where(has_begun, STOPPED, NO_COURSE)))
        return course, state.astype(np.int8)

    def _of_course(self, column: npt.NDArray[np.generic], missing: int) -> npt.NDArray[np.int64]:
        if not len(column):
            return np.full(len(self.course), missing)
        return np.where(self.course >= 0, column[np.maximum(self.course, 0)], missing)

    @lazy
    def drug(self) -> npt.NDArray[np.int64]:
        """Drug number; without any course the patient is a candidate for baricitinib (number 1)."""
        return self._of_course(self.cohort.courses.drug, 1)

    @lazy
    def start(self) -> Days:
        """Start day of the governing course, 0 without one."""
        return self._of_course(self.cohort.courses.start, 0)

    @lazy
    def has_course(self) -> Flags:
        """Whether any course governs."""
        governed: Flags = self.state != NO_COURSE
        return governed

    @lazy
    def started(self) -> Flags:
        """Whether treatment has begun (a stopped course is judged as of its stop date, so it has)."""
        return self.state >= STARTED

    @lazy
    def stopped(self) -> Flags:
        """Whether the course has ended and none is open or planned."""
        stopped: Flags = self.state == STOPPED
        return stopped

    @lazy
    def dose_per_day(self) -> Floats:
        """Milligrams a day on the judged day (planned course: the planned dose); NaN if not known or no course."""
        doses = self.cohort.doses
        if not len(doses.course):
            return np.full(len(self.patient), np.nan)
        keys = doses.course * _DAYS + doses.on
        wanted = self.course * _DAYS + np.maximum(self.day, self.start)
        place = np.maximum(keys.searchsorted(wanted, side="right") - 1, 0)
        return np.where(self.course >= 0, doses.per_day[place], np.nan)

    @lazy
    def restarts(self) -> tuple[Rows, Days]:
        """Dose increases and ends of holds as (course, day), sorted. A step to or from an unknown dose counts as an increase."""
        doses, holds = self.cohort.doses, self.cohort.holds
        later_step = np.zeros(len(doses.course), np.bool_)
        later_step[1:] = (doses.course[1:] == doses.course[:-1]) & ~(doses.per_day[1:] <= doses.per_day[:-1])
        course = np.concatenate([doses.course[later_step], holds.owner])
        day = np.concatenate([doses.on[later_step], holds.end])
        order = np.lexsort((day, course))
        return course[order], day[order]

    def first_restart_after(self, day: Days) -> Days:
        """Of a running course the earliest dose increase or resumption later than ``day``, up to the judged day; 0 where there is none."""
        course, on = self.restarts
        if not len(course):
            return np.zeros(len(self.patient), np.int64)
        place = (course * _DAYS + on).searchsorted(self.course * _DAYS + np.maximum(day, self.start), side="right")
        inside = np.minimum(place, len(course) - 1)
        found = (place < len(course)) & (course[inside] == self.course) & (on[inside] <= self.day)
        return np.where(found, on[inside], 0)

    @lazy
    def on_hold(self) -> Flags:
        """Whether the drug is paused on the judged day; a stopped drug is not taken either."""
        held = self._marked(self.cohort.holds, self.course, self.cohort.holds.owner >= 0)
        return held | self.stopped

    def hold_of(self, reasons: frozenset[str]) -> tuple[Flags, Days]:
        """Whether a hold with one of these reasons is in force, and since when (0: not)."""
        holds = self.cohort.holds
        wanted = np.array([kind in reasons for kind in holds.kinds], np.bool_)
        chosen = wanted[holds.kind] if len(holds.kinds) else np.zeros(0, np.bool_)
        since = np.zeros(len(self.patient), np.int64)
        for item, row in zip(*pairs(holds, self.course, chosen), strict=True):
            if holds.start[item] <= self.day[row] < holds.end[item]:
                since[row] = max(since[row], holds.start[item])
        return (since > 0) & ~self.stopped, since

    def event_open(self, *kinds: str) -> Flags:
        """Whether an event of one of these kinds has begun and not ended on the judged day."""
        events = self.cohort.events
        return self._marked(events, self.patient, self._kinds(kinds))

    def event_since(self, first: Days, last: Days, *kinds: str) -> Flags:
        """Whether an event of one of these kinds began between two days, inclusive."""
        events = self.cohort.events
        item, row = pairs(events, self.patient, self._kinds(kinds))
        inside = (events.start[item] >= first[row]) & (events.start[item] <= last[row])
        return self._scattered(row[inside])

    def settled(self, items: tuple[str, ...]) -> npt.NDArray[np.bool_]:
        """Shape (items, rows): whether an event settles the item, done or declined, by the judged day."""
        events = self.cohort.events
        places = {key: place for place, key in enumerate(items)}
        item_of_kind = np.array([places.get(kind.removeprefix("declined-"), -1) for kind in events.kinds] or [-1])
        item, row = pairs(events, self.patient, item_of_kind[events.kind] >= 0)
        by_then = events.start[item] <= self.day[row]
        table = np.zeros((len(items), len(self.patient)), np.bool_)
        table[item_of_kind[events.kind[item[by_then]]], row[by_then]] = True
        return table

    def recorded(self, row: int) -> list[tuple[str, int, int]]:
        """Events of one row that have begun by the judged day: kind, first day, and the day it ended."""
        events = self.cohort.events
        mine = np.flatnonzero((events.owner == self.patient[row]) & (events.start <= self.day[row]))
        return [(events.kinds[events.kind[item]], int(events.start[item]), int(events.end[item])) for item in mine]

    def _kinds(self, kinds: tuple[str, ...]) -> Flags:
        events = self.cohort.events
        wanted = np.array([kind in kinds for kind in events.kinds], np.bool_)
        return wanted[events.kind] if len(events.kinds) else np.zeros(0, np.bool_)

    def _marked(self, spans: SpanColumns, owner: Rows, chosen: Flags) -> Flags:
        item, row = pairs(spans, owner, chosen)
        inside = (spans.start[item] <= self.day[row]) & (self.day[row] < spans.end[item])
        return self._scattered(row[inside])

    def _scattered(self, rows: Rows) -> Flags:
        flags = np.zeros(len(self.patient), np.bool_)
        flags[rows] = True
        return flags


def pairs(spans: SpanColumns, owner: Rows, chosen: Flags) -> tuple[Rows, Rows]:
    """Every (span, row) of one owner: a join, since a row list may hold a patient on many days."""
    items = np.flatnonzero(chosen)
    if not len(items):
        return items, items
    order = np.argsort(owner, kind="stable")
    owners = owner[order]
    first = owners.searchsorted(spans.owner[items])
    count = owners.searchsorted(spans.owner[items], side="right") - first
    item = np.repeat(items, count)
    within = np.arange(len(item)) - np.repeat(np.cumsum(count) - count, count)
    return item, order[np.repeat(first, count) + within]
