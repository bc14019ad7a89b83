"""The oracle's schedule: the next check of each panel (clinical reference, section 4, *Schedule*)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from tests.oracle.facts import doses_a_day, mg_a_day
from tests.oracle.model import MET, Answer, Person
from tests.oracle.rules import PANEL_OF, RECHECK, Case

from labtrack.core.judgment import Region

REQUIRED = {"cbc": ("hb", "anc", "alc"), "liver": ("alt", "ast"), "renal": ("egfr",), "lipid": ("ldl",)}


@dataclass(frozen=True)
class Due:
    """The next check of a panel and where it stands."""

    on: date
    window: int
    status: str
    missing: frozenset[str] = frozenset()


def days(count: int) -> timedelta:
    return timedelta(days=count)


def status_of(due: date, window: int, day: date) -> str:
    if day < due - days(window):
        return "later"
    return "due" if day <= due + days(window) else "overdue"


def test_days(case: Case, panel: str) -> list[date]:
    """Days with a usable result of a required analyte, until the as-of date."""
    return sorted({reading.on for analyte in REQUIRED[panel] for reading in case.series(analyte).until(case.day)})


def lacking(case: Case, panel: str, day: date) -> frozenset[str]:
    """Required analytes without a usable result from six days before a day to it."""
    return frozenset(
        analyte
        for analyte in REQUIRED[panel]
        if not any(day - days(6) <= reading.on <= day for reading in case.series(analyte).until(case.day))
    )


def completions(case: Case, panel: str) -> list[date]:
    return [day for day in test_days(case, panel) if not lacking(case, panel, day)]


def milestones(panel: str, drug: str) -> list[tuple[int, int]]:
    if panel == "lipid":
        return [(56, 14)] if drug == "tofacitinib" else [(84, 14)]
    return [(28, 7), (84, 14)]


def routine(case: Case, panel: str) -> tuple[date, int]:
    course = case.phase.course
    assert course is not None
    start = course.start_on
    complete = completions(case, panel)
    if not [day for day in complete if day >= start - days(180)]:
        return start, 7
    since = [day for day in complete if day >= start]
    elapsed = (since[-1] - start).days if since else None
    for milestone, window in milestones(panel, case.drug):
        if elapsed is None or elapsed < milestone - window:
            return start + days(milestone), window
    return since[-1] + days(364 if panel == "lipid" else 84), 14


def restarts(case: Case) -> list[date]:
    """Days of a dose increase or a resumption, until the as-of date. From or to an unknown dose counts as an increase (safer)."""
    course = case.phase.course
    assert course is not None
    found = [
        hold.end_on
        for hold in course.holds
        if hold.end_on is not None and hold.end_on <= case.day and (course.stop_on is None or hold.end_on < course.stop_on)
    ]
    before = mg_a_day(course.dose_mg, course.frequency)
    for step in sorted(course.doses, key=lambda each: each.on):
        if step.on > case.day:
            break
        now = mg_a_day(*doses_a_day(course, step.on))
        if before is None or now is None or now > before:
            found.append(step.on)
        before = now
    return [day for day in found if day > course.start_on]


def panel_due(case: Case, panel: str, answers: Mapping[str, Answer]) -> tuple[date, int] | None:
    found: tuple[date, int] | None = None
    if case.phase.name in {"on", "planned"}:
        found = routine(case, panel)
        if panel != "lipid" and case.phase.name == "on":
            complete = completions(case, panel)
            for day in restarts(case):
                if not [each for each in complete if each >= day + days(21)]:
                    found = min(found, (day + days(28), 7))
    return with_rechecks(case, panel, answers, found)


def with_rechecks(case: Case, panel: str, answers: Mapping[str, Answer], found: tuple[date, int] | None) -> tuple[date, int] | None:
    asked = [
        answer.met_on + days(RECHECK[rule])
        for rule, answer in answers.items()
        if answer.verdict == MET and PANEL_OF.get(rule) == panel and answer.met_on is not None
    ]
    if not asked or case.phase.course is None:
        return found
    first = min(asked)
    if case.phase.started:
        first = max(first, case.phase.course.start_on)
    return (first, 3) if found is None or first <= found[0] else found


def missing(case: Case, panel: str) -> frozenset[str]:
    """What the last incomplete set lacks."""
    tested = test_days(case, panel)
    return lacking(case, panel, tested[-1]) if tested else frozenset()


def checks(person: Person, day: date, region: Region, answers: Mapping[str, Answer]) -> dict[str, Due]:
    """The next check of each panel, ``response-review`` and ``screening``; a panel without one is absent."""
    case = Case(person, day, region)
    course = case.phase.course
    if course is None:
        return {}
    # After a stop everything is as of the stop date.
    last = case if case.phase.name != "stopped" or course.stop_on is None else Case(person, course.stop_on, region, case.phase)
    found: dict[str, Due] = {}
    for panel in REQUIRED:
        due = panel_due(case, panel, answers)
        if due is not None:
            found[panel] = Due(due[0], due[1], status_of(*due, day), missing(last, panel))
    if case.phase.name == "stopped":
        return found
    reviewed = any(event.kind == "response-review" and course.start_on <= event.on <= day for event in person.events)
    if not reviewed:
        due_on = course.start_on + days(84)
        found["response-review"] = Due(due_on, 14, status_of(due_on, 14, day))
    if case.screening()[0] is not False:
        found["screening"] = Due(course.start_on, 0, status_of(course.start_on, 0, day))
    return found
