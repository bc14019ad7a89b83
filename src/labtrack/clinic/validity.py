"""Until when an assessment holds: the first day on which a verdict or a status could change without new data."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from labtrack.labs.bounds import Days, Rows
from labtrack.labs.columns import FOREVER, SpanColumns
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
    first = np.full(len(labs), FOREVER)
    for candidate in (*_aging(labs), *_statuses(judgment), *_treatment(labs), _birthday(labs)):
        later = (candidate > labs.treatment.as_of) & (candidate < first)
        first = np.where(later, candidate, first)
    _spans(labs, labs.cohort.holds, labs.treatment.course, first)
    _spans(labs, labs.cohort.events, labs.patient, first)
    _spans(labs, _dose_steps(labs), labs.treatment.course, first)
    return np.where(first == FOREVER, 0, first)


def _aging(labs: Labs) -> list[Days]:
    """The days on which the readings that were used become too old to rely on."""
    limits = labs.catalogue.staleness
    used = [each for each in vars(labs).values() if isinstance(each, Lab)]
    return [lab.day + days + 1 for lab in used for days in (limits.on_treatment, limits.before, limits.lipids)]


def _statuses(judgment: Judgment) -> list[Days]:
    """The days on which a check becomes due, and overdue."""
    return [day for checks in judgment.checks for day in (checks.due - checks.window, checks.due + checks.window + 1)]


def _treatment(labs: Labs) -> list[Days]:
    """Start and stop of the governing course."""
    treatment, courses = labs.treatment, labs.cohort.courses
    days = [treatment.start]
    if len(courses.patient):
        stop = np.where(treatment.has_course, courses.stop[np.maximum(treatment.course, 0)], 0)
        days.append(np.where(stop == FOREVER, 0, stop))
    return days


def _spans(labs: Labs, spans: SpanColumns, owner: Rows, first: Days) -> None:
    """Lower ``first`` to the days on which a span begins, ends, or (for a recent clot) is no longer recent."""
    recent = labs.catalogue.protocols.baseline_reach + 1
    for days in (spans.start, spans.end, spans.start + recent):
        item, row = pairs(spans, owner, (days >= labs.treatment.as_of.min(initial=FOREVER)) & (days < FOREVER))
        ahead = days[item] > labs.treatment.as_of[row]
        np.minimum.at(first, row[ahead], days[item[ahead]])


def _dose_steps(labs: Labs) -> SpanColumns:
    """Dose steps as spans of no length."""
    doses = labs.cohort.doses
    return SpanColumns(doses.course, np.zeros(len(doses.course), np.int16), doses.on, doses.on, ("dose",))


def _birthday(labs: Labs) -> Days:
    """The birthday after which pregnancy status no longer applies."""
    patients = labs.cohort.patients
    years = patients.birth_year[labs.patient] + PREGNANCY_AGE
    month_day = patients.birth_month_day[labs.patient]
    known = (patients.birth_year[labs.patient] > 0) & (labs.sex != 2)
    months = np.where(known, (years - 1970) * 12 + month_day // 100 - 1, 0).astype("datetime64[M]")
    days = months.astype("datetime64[D]").astype(np.int64) + month_day % 100 - 1 + 719_163
    return np.where(known, days, 0)
