"""One engine for one patient and for a hundred thousand: snapshot, rules, rechecks, next checks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from labtrack.catalogue import Catalogue
from labtrack.core.judgment import Region
from labtrack.labs.bounds import Days, Rows
from labtrack.labs.cells import Group
from labtrack.labs.columns import Cohort
from labtrack.labs.series import Readings
from labtrack.labs.snapshot import Labs
from labtrack.rules import Judged, Rule, judge
from labtrack.schedule import PanelChecks, Recheck, next_checks


@dataclass(slots=True)
class Judgment:
    """Columns of everything judged on a row list: one entry of ``rules`` per rule, of ``checks`` per panel."""

    labs: Labs
    rules: list[Judged]
    rechecks: list[Recheck]
    checks: list[PanelChecks]


class Habit:
    """Which analytes the rules asked for so far: the next snapshot looks them up at once. It changes no answer."""

    def __init__(self) -> None:
        self.group: Group | None = None

    def note(self, labs: Labs) -> None:
        """Remember what was asked of a snapshot."""
        known = self.group.lines if self.group else {}
        if not labs.asked <= known.keys():
            self.group = Group(labs.catalogue.analytes[key] for key in sorted(labs.asked.union(known)))


@dataclass(frozen=True, slots=True)
class Engine:
    """The rules and the region they run under."""

    catalogue: Catalogue
    rules: Mapping[str, Rule]
    region: Region
    habit: Habit = field(default_factory=Habit, compare=False, repr=False)

    def judge_today(self, cohort: Cohort, as_of: int) -> Judgment:
        """Every patient of a cohort on one ordinal day: row n is patient n."""
        count = len(cohort.patients)
        return self.judge(cohort, np.arange(count), np.full(count, as_of))

    def judge(self, cohort: Cohort, patient: Rows, as_of: Days, readings: Readings | None = None) -> Judgment:
        """A row list of (patient, ordinal day): a history, a replay, or today. ``readings`` may be reused between calls."""
        with np.errstate(all="ignore"):
            labs = Labs(cohort, self.catalogue, self.region, patient, as_of, readings, self.habit.group)
            judged = judge(labs, self.rules.values())
            rechecks = [
                Recheck(each.rule.panel, each.rule.id, each.rule.recheck_days, each.collected())
                for each in judged
                if each.rule.panel and each.rule.recheck_days is not None
            ]
            rechecks = [each for each in rechecks if each.collected.any()]
            checks = next_checks(labs, rechecks)
            self.habit.note(labs)
            return Judgment(labs, judged, rechecks, checks)
