"""One patient's assessment once the results are loaded: columns to findings, checks and messages, with every rule."""

from __future__ import annotations

import statistics

from benchmarks.cohort import AS_OF, as_stored, pieces, synthetic
from benchmarks.measure import Line, Section, seconds, shown

PATIENTS = 200
TARGET = 0.002


def measure(rounds: int) -> Section:
    """Median over patients of the median over rounds."""
    from labtrack.catalogue import catalogue
    from labtrack.clinic.assembly import Assembler
    from labtrack.clinic.engine import Engine
    from labtrack.core.judgment import Region
    from labtrack.rules import REGISTRY

    engine = Engine(catalogue(), REGISTRY.rules, Region.US)
    cohort = as_stored(synthetic(PATIENTS * 153, catalogue()))
    people = list(pieces(cohort, 1))
    held = sum(len(each.results) for each in people) / len(people)

    def judged() -> None:
        for each in people:
            engine.judge_today(each, AS_OF)

    def assessed() -> None:
        for each in people:
            list(Assembler(engine.judge_today(each, AS_OF), "").assessments())

    assessed()
    verdicts = statistics.median(seconds(judged) for _ in range(rounds)) / len(people)
    values = statistics.median(seconds(assessed) for _ in range(rounds)) / len(people)
    section = Section("One patient, once loaded")
    section.lines = [Line("one patient's assessment", values, "2 ms", TARGET, 1.0)]
    facts = f"{len(REGISTRY.rules)} rules and all checks on {held:.0f} results"
    section.notes = [f"{facts}: columns of verdicts and checks in {shown(verdicts)}; with findings, messages and evidence {shown(values)}."]
    return section
