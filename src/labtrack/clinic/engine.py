"""One engine for one patient and for a hundred thousand: snapshot, rules, rechecks, next checks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from labtrack.catalogue import Catalogue
from labtrack.core.judgment import Region
from labtrack.labs.bounds import Days, Rows
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


@dataclass(frozen=True, slots=True)
class Engine:
    """The rules and the region they run under."""

    catalogue: Catalogue
    rules: Mapping[str, Rule]
    region: Region

    def judge_today(self, cohort: Cohort, as_of: int) -> Judgment:
        """Every patient of a cohort on one ordinal day: row n is patient n."""
        count = len(cohort.patients)
        return self.judge(cohort, np.arange(count), np.full(count, as_of))

    def judge(self, cohort: Cohort, patient: Rows, as_of: Days, readings: Readings | None = None) -> Judgment:
        """A row list of (patient, ordinal day): a history, a replay, or today. ``readings`` may be reused between calls."""
        with np.errstate(all="ignore"):
            labs = Labs(cohort, self.catalogue, self.region, patient, as_of, readings)
            judged = judge(labs, self.rules.values())
            rechecks = [
                Recheck(each.rule.panel, each.rule.id, each.rule.recheck_days, each.collected())
                for each in judged
                if each.rule.panel and each.rule.recheck_days is not None
            ]
            rechecks = [each for each in rechecks if each.collected.any()]
            return Judgment(labs, judged, rechecks, next_checks(labs, rechecks))
