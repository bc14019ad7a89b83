"""Until when an assessment holds: the first day on which a verdict or a status could change without new data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import numpy as np

from labtrack.labs.bounds import Days, Rows
from labtrack.labs.columns import DAY_SECONDS, EPOCH_DAY, FOREVER, CourseColumns, DoseColumns, SpanColumns, day_of_instant
from labtrack.labs.lab import Lab
from labtrack.labs.snapshot import PREGNANCY_AGE, Labs
from labtrack.labs.treatment import pairs

if TYPE_CHECKING:
    from labtrack.clinic.engine import Judgment


def valid_until(judgment: Judgment) -> Days:
    """Per row the first ordinal day on which the assessment may differ; 0 where it can never change by itself.

    Errs to the early side: a day on which nothing changes after all costs one more assessment, a missed one would show a stale
    answer as current.
    """
    labs = judgment.labs
    cohort, treatment = labs.cohort, labs.treatment
    first = np.full(len(labs), FOREVER)
    for candidate in (*_aging(labs), *_statuses(judgment), _birthday(labs)):
        later = (candidate > treatment.as_of) & (candidate < first)
        first = np.where(later, candidate, first)
    for spans, owner in (
        (_courses(cohort.courses), labs.patient),
        (cohort.holds, treatment.course),
        (_dose_steps(cohort.doses), treatment.course),
        (cohort.events, labs.patient),
        (_collections(labs), labs.patient),
    ):
        _turns(labs, spans, owner, (spans.start, spans.end), first)
    for events, days in _counted(judgment):
        _turns(labs, events, labs.patient, (events.start + days + 1,), first)
    return np.where(first == FOREVER, 0, first)


def _aging(labs: Labs) -> list[Days]:
    """The days on which the readings that were used become too old to rely on."""
    limits = labs.catalogue.staleness
    used = [each for each in vars(labs).values() if isinstance(each, Lab)]
    return [lab.day + days + 1 for lab in used for days in (limits.on_treatment, limits.before, limits.lipids)]


def _statuses(judgment: Judgment) -> list[Days]:
    """The days on which a check becomes due, and overdue."""
    return [day for checks in judgment.checks for day in (checks.due - checks.window, checks.due + checks.window + 1)]


def _counted(judgment: Judgment) -> Iterator[tuple[SpanColumns, int]]:
    """Events that count in a rule for some days after they began (a recent clot), and the number of days."""
    events = judgment.labs.cohort.events
    for judged in judgment.rules:
        spans = {int(limit) for name, limit in judged.rule.limits.items() if name.endswith("days")}
        kinds = [place for place, kind in enumerate(events.kinds) if kind in judged.verdicts.kinds]
        if not spans or not kinds:
            continue
        chosen = np.isin(events.kind, kinds)
        counted = SpanColumns(events.owner[chosen], events.kind[chosen], events.start[chosen], events.end[chosen], events.kinds)
        yield from ((counted, days) for days in spans)


def _turns(labs: Labs, spans: SpanColumns, owner: Rows, turns: Iterable[Days], first: Days) -> None:
    """Lower ``first`` to the days to come on which something of the owner's turns."""
    earliest = labs.treatment.as_of.min(initial=FOREVER)
    for days in turns:
        item, row = pairs(spans, owner, (days > earliest) & (days < FOREVER))
        ahead = days[item] > labs.treatment.as_of[row]
        np.minimum.at(first, row[ahead], days[item[ahead]])


def _courses(courses: CourseColumns) -> SpanColumns:
    """Courses as spans of their patients."""
    return SpanColumns(courses.patient, np.zeros(len(courses.patient), np.int16), courses.start, courses.stop, ("course",))


def _dose_steps(doses: DoseColumns) -> SpanColumns:
    """Dose steps as spans of no length."""
    return SpanColumns(doses.course, np.zeros(len(doses.course), np.int16), doses.on, doses.on, ("dose",))


def _collections(labs: Labs) -> SpanColumns:
    """Results from days to come, as spans of no length: an earlier day may be asked about than the last one recorded."""
    results = labs.cohort.results
    end = int(labs.treatment.as_of.min(initial=FOREVER) - EPOCH_DAY + 1) * DAY_SECONDS
    ahead = np.flatnonzero(results.at >= end)
    day = day_of_instant(results.at[ahead])
    return SpanColumns(results.patient[ahead], np.zeros(len(ahead), np.int16), day, day, ("result",))


def _birthday(labs: Labs) -> Days:
    """The birthday after which pregnancy status no longer applies."""
    patients = labs.cohort.patients
    years = patients.birth_year[labs.patient] + PREGNANCY_AGE
    month_day = patients.birth_month_day[labs.patient]
    known = (patients.birth_year[labs.patient] > 0) & (labs.sex != 2)
    months = np.where(known, (years - 1970) * 12 + month_day // 100 - 1, 0).astype("datetime64[M]")
    days = months.astype("datetime64[D]").astype(np.int64) + month_day % 100 - 1 + 719_163
    return np.where(known, days, 0)
