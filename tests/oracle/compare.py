"""Runs engine and oracle over the same persons and lists every disagreement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from tests.oracle.model import CANNOT, MET, NOT_APPLICABLE, NOT_MET, Person
from tests.oracle.rules import ALL_RULES, judge
from tests.oracle.schedule import checks

from labtrack.catalogue import catalogue
from labtrack.clinic.engine import Engine, Judgment
from labtrack.core.judgment import Region, reasons_of
from labtrack.labs.columns import Chart, Cohort, Pin, ResultColumns, cohort_of, pack_results
from labtrack.rules import REGISTRY
from labtrack.schedule import statuses

VERDICTS = {1: MET, 0: CANNOT, -1: NOT_MET, -2: NOT_APPLICABLE}
STATUSES = ("later", "due", "overdue")


@dataclass(frozen=True)
class Line:
    """What the engine says of one patient on one date.

    rule → (verdict, reasons), panel → (due, status, missing), rule → additional sentence.
    """

    rules: dict[str, tuple[str, tuple[str, ...]]]
    checks: dict[str, tuple[date, str, frozenset[str]]]
    notes: dict[str, str]


def engine_for(region: Region) -> Engine:
    return Engine(catalogue(), REGISTRY.rules, region)


def cohort(persons: Sequence[Person]) -> Cohort:
    charts = [
        Chart(
            person.patient,
            person.courses,
            person.events,
            tuple(Pin(pin.drug, pin.start_on, pin.analyte, pin.at) for pin in person.pins),
        )
        for person in persons
    ]
    segments = [pack_results(person.results, catalogue()).tobytes() for person in persons]
    return cohort_of(charts, ResultColumns.from_segments(segments), catalogue())


def lines(judgment: Judgment) -> list[Line]:
    """A judgment's columns as plain values, one per row."""
    day = judgment.labs.treatment.as_of
    found = [Line({}, {}, {}) for _ in day]
    for judged in judgment.rules:
        for row, answer in enumerate(judged.answer.tolist()):
            reasons = tuple(map(str, reasons_of(int(judged.verdicts.reasons[row])))) if answer == 0 else ()
            found[row].rules[judged.rule.id] = (VERDICTS[answer], reasons)
            if answer == 1 and judged.verdicts.note is not None:
                found[row].notes[judged.rule.id] = judged.rule.notes[judged.verdicts.note[row]]
    for panel in judgment.checks:
        status = statuses(panel, day)
        for row in np.flatnonzero(panel.exists).tolist():
            lacking = frozenset(analyte for analyte, flags in panel.missing.items() if flags[row])
            found[row].checks[panel.panel] = (date.fromordinal(int(panel.due[row])), STATUSES[status[row]], lacking)
    return found


def engine_lines(persons: Sequence[Person], day: date, region: Region) -> list[Line]:
    return lines(engine_for(region).judge_today(cohort(persons), day.toordinal()))


def disagreements(person: Person, day: date, region: Region, line: Line) -> list[str]:
    """Where the engine's line differs from the oracle: verdicts, a reason that does not apply, checks."""
    answers = judge(person, day, region)
    found = []
    for rule in ALL_RULES:
        verdict, reasons = line.rules[rule]
        answer = answers[rule]
        if verdict != answer.verdict:
            found.append(f"{rule}: engine {verdict} {reasons}, oracle {answer.verdict} {sorted(answer.reasons)}")
        elif answer.note != line.notes.get(rule, ""):
            found.append(f"{rule}: engine adds {line.notes.get(rule)!r}, oracle {answer.note!r}")
        elif verdict == CANNOT and (not reasons or reasons[0] not in answer.reasons):
            found.append(f"{rule}: engine's reason {reasons}, oracle's {sorted(answer.reasons)}")
    expected = {panel: (due.on, due.status, due.missing) for panel, due in checks(person, day, region, answers).items()}
    found.extend(
        f"check {panel}: engine {line.checks.get(panel)}, oracle {expected.get(panel)}"
        for panel in sorted(expected.keys() | line.checks.keys())
        if expected.get(panel) != line.checks.get(panel)
    )
    return found
