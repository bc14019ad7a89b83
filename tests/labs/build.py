"""Small charts for the tests of ``labs`` and ``schedule``: one patient, written as in the rules' case files."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

import numpy as np
from tests.rules.casefile import USUAL, Case, case_of, cohort_of_cases, verdicts_of

from labtrack.catalogue import catalogue
from labtrack.clinic.engine import Engine, Judgment
from labtrack.core.judgment import Region, reasons_of
from labtrack.core.quantity import Interval, format_interval
from labtrack.labs.bounds import Bounds
from labtrack.labs.lab import Lab
from labtrack.labs.snapshot import Labs
from labtrack.rules import REGISTRY
from labtrack.schedule import statuses

MISSING = "missing"
_STATUSES = ("later", "due", "overdue")


def case(*results: str, **fields: object) -> Case:
    """A chart; fields as in a case file, ``USUAL`` for what is left out."""
    return case_of("anemia", {**USUAL, **fields, "results": list(results)})


def labs(*results: str, **fields: object) -> Labs:
    """The snapshot of one chart, one row."""
    return labs_of([case(*results, **fields)])


def labs_of(cases: Sequence[Case]) -> Labs:
    """The snapshot of several charts, row n for chart n; the region is the first one's."""
    days = np.array([each.as_of.toordinal() for each in cases])
    return Labs(cohort_of_cases(cases), catalogue(), cases[0].region, np.arange(len(cases)), days)


def judged(*results: str, **fields: object) -> Judgment:
    """Everything that the engine says of one chart."""
    one = case(*results, **fields)
    return Engine(catalogue(), REGISTRY.rules, one.region).judge_today(cohort_of_cases([one]), one.as_of.toordinal())


def asked(rule: str, *results: str, region: Region = Region.US, **fields: object) -> str:
    """``met``, ``cannot evaluate: stale`` and so on."""
    return verdicts_of(rule, [{**fields, "results": list(results)}], region)[0]


def check(panel: str, *results: str, **fields: object) -> str:
    """The next check of a panel, as ``2026-06-10 due``; empty where there is none."""
    judgment = judged(*results, **fields)
    (found,) = (each for each in judgment.checks if each.panel == panel)
    if not found.exists[0]:
        return ""
    return f"{date.fromordinal(int(found.due[0]))} {_STATUSES[statuses(found, judgment.labs.treatment.as_of)[0]]}"


def cell(bounds: Bounds, row: int = 0) -> str:
    """One cell as a laboratory would print it."""
    if np.isnan(bounds.low[row]):
        return MISSING
    low, high = float(bounds.low[row]), float(bounds.high[row])
    return format_interval(Interval(low, high, bool(bounds.low_open[row]), bool(bounds.high_open[row])))


def told(mask: int) -> list[str]:
    """The reasons of a mask."""
    return [str(reason) for reason in reasons_of(int(mask))]


def current(key: str, *results: str, **fields: object) -> str:
    """The current reading of an analyte."""
    return cell(labs(*results, **fields).analyte(key).bounds)


def series(key: str, *results: str, **fields: object) -> list[str]:
    """All usable readings of an analyte, oldest first, as ``2026-06-01T08:30 0.82``."""
    snapshot = labs(*results, **fields)
    found = []
    for place in snapshot.readings.places_of(catalogue().analytes[key].number):
        one = Lab(snapshot, catalogue().analytes[key], np.array([place]))
        at = datetime(1900, 1, 1) + timedelta(seconds=int(one.at[0]))
        found.append(f"{at:%Y-%m-%dT%H:%M} {cell(one.bounds)}")
    return found
