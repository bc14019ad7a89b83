"""labtrack's own engine, over the cohort in pieces as the sweep reads it from the store."""

from __future__ import annotations

import numpy as np

from benchmarks.cohort import AS_OF, pieces
from benchmarks.contenders.question import PANELS, RULES, Answers
from labtrack.catalogue import catalogue
from labtrack.clinic.cohorts import CHUNK
from labtrack.clinic.engine import Engine
from labtrack.core.judgment import Region
from labtrack.labs.columns import Cohort
from labtrack.rules import REGISTRY


class Product:
    """The engine with eight of its rules."""

    def prepare(self, cohort: Cohort) -> None:
        """The columns are what the engine reads."""
        self.cohort = cohort
        self.engine = Engine(catalogue(), {id: REGISTRY.rules[id] for id in RULES}, Region.US)

    def run(self) -> Answers:
        """Snapshot, rules, rechecks and checks, piece by piece."""
        rules, due = [], []
        for piece in pieces(self.cohort, CHUNK):
            judgment = self.engine.judge_today(piece, AS_OF)
            rules.append(np.stack([each.answer for each in judgment.rules], axis=1))
            panels = {checks.panel: checks.due for checks in judgment.checks}
            due.append(np.stack([panels[panel] for panel in PANELS], axis=1))
        return Answers(np.concatenate(rules), np.concatenate(due))


class Floor:
    """No answers: one argsort of the packed (analyte, patient, minute) key."""

    def prepare(self, cohort: Cohort) -> None:
        """Pack the key."""
        results = cohort.results
        minute = (results.at - results.at.min()) // 60
        self.key = (results.analyte.astype(np.int64) << 56) + (results.patient << 30) + minute

    def run(self) -> Answers:
        """Sort once."""
        np.argsort(self.key)
        return Answers(np.empty((0, len(RULES)), np.int8), np.empty((0, len(PANELS)), np.int64))
