"""The same in idiomatic pandas: sort, drop duplicates, unstack, columns."""

from __future__ import annotations

import numpy as np
import pandas as pd

from benchmarks.cohort import AS_OF
from benchmarks.contenders.question import (
    ALC,
    ALT,
    ANC,
    AST,
    EGFR,
    HB,
    LDL,
    MET,
    NEEDED,
    NOT_APPLICABLE,
    NOT_MET,
    PANELS,
    REQUIRED,
    RULES,
    TOFACITINIB,
    TOLERANCE,
    UNKNOWN,
    Answers,
)
from labtrack.labs.columns import Cohort, day_of_instant

_UNDER, _OVER = 1 - TOLERANCE, 1 + TOLERANCE


class Panda:
    """pandas on its own frames."""

    def prepare(self, cohort: Cohort) -> None:
        """Copy what the questions need into frames; days are there beside the instants."""
        results, courses = cohort.results, cohort.courses
        self.results = pd.DataFrame(
            {
                "patient": results.patient.astype(np.int32),
                "analyte": results.analyte,
                "at": results.at,
                "day": day_of_instant(results.at).astype(np.int32),
                "value": results.low,
                "upper": results.upper_limit,
            }
        )
        self.courses = pd.DataFrame(
            {"drug": courses.drug, "start": courses.start}, index=pd.Index(courses.patient.astype(np.int32), name="patient")
        )

    def run(self) -> Answers:
        """Current and baseline values by patient, then verdicts and checks as columns."""
        table = self.results
        asked = table[table["analyte"].isin(NEEDED) & (table["day"] <= AS_OF)].sort_values("at", kind="stable")
        current = self._last(asked)
        before = asked[asked["day"].to_numpy() <= self.courses["start"].to_numpy()[asked["patient"].to_numpy()]]
        baseline = self._last(before)
        judged = _Judged(self.courses, current, baseline)
        verdicts = judged.verdicts()
        due = {panel: judged.due(panel, self._complete(panel, asked), verdicts) for panel in PANELS}
        verdicts["transaminase-3x"] = np.maximum(verdicts["alt-3x"], verdicts["ast-3x"])
        return Answers(
            np.stack([verdicts[rule] for rule in RULES], axis=1), np.stack([due[panel] for panel in PANELS], axis=1).astype(np.int64)
        )

    def _last(self, rows: pd.DataFrame) -> pd.DataFrame:
        """One row per patient; the last value of each analyte, its day and its printed limit."""
        last = rows.drop_duplicates(["patient", "analyte"], keep="last")
        wide = last.pivot(index="patient", columns="analyte", values=["day", "value", "upper"])
        return wide.reindex(self.courses.index)

    def _complete(self, panel: str, asked: pd.DataFrame) -> pd.Series:
        """The last day on which every required analyte lies at most 6 days back."""
        numbers = REQUIRED[panel]
        mine = asked.loc[asked["analyte"].isin(numbers), ["patient", "day", "analyte"]].drop_duplicates()
        if len(numbers) > 1:
            mine = mine.assign(last=mine["day"]).set_index(["patient", "day", "analyte"])["last"].unstack().sort_index()
            filled = mine.groupby(level="patient").ffill()
            day = filled.index.get_level_values("day").to_numpy()
            whole = filled.index[(filled.ge(day - 6, axis=0)).all(axis=1)]
            mine = whole.to_frame(index=False)
        done = mine.groupby("patient")["day"].max().reindex(self.courses.index)
        return done.where(done >= self.courses["start"] - 180)


class _Judged:
    """Columns by patient."""

    def __init__(self, courses: pd.DataFrame, current: pd.DataFrame, baseline: pd.DataFrame) -> None:
        self.current, self.baseline = current, baseline
        self.start = courses["start"].to_numpy()
        self.drug = courses["drug"].to_numpy()
        self.started = self.start <= AS_OF

    def _of(self, name: str, number: int) -> np.ndarray:
        return self.current[name, number].to_numpy()

    def _verdict(self, number: int, met: np.ndarray, known: np.ndarray | None = None) -> np.ndarray:
        day = self._of("day", number)
        on_treatment = self.started & (day > self.start)
        longest = 378 if number == LDL else np.where(on_treatment, 98, 180)
        known = ~np.isnan(day) if known is None else known
        return np.select([~known, met, AS_OF - day > longest], [UNKNOWN, MET, UNKNOWN], NOT_MET).astype(np.int8)

    def _comparable(self, number: int) -> np.ndarray:
        return self.started & (self._of("day", number) > self.start) & (self.baseline["day", number].to_numpy() >= self.start - 180)

    def verdicts(self) -> dict[str, np.ndarray]:
        """By rule."""
        tofacitinib = self.drug == TOFACITINIB
        anc, alc, hb, ldl = (self._of("value", number) for number in (ANC, ALC, HB, LDL))
        hb_base, ldl_base = (self.baseline["value", number].to_numpy() for number in (HB, LDL))
        hb_limit = np.where(tofacitinib & ~self.started, 9.0, 8.0)
        return {
            "anc-below-1": np.where(tofacitinib, np.int8(NOT_APPLICABLE), self._verdict(ANC, anc < 1.0 * _UNDER)),
            "alc-below-0.5": np.where(tofacitinib, np.int8(NOT_APPLICABLE), self._verdict(ALC, alc < 0.5 * _UNDER)),
            "hb-below-8": self._verdict(HB, hb < hb_limit * _UNDER),
            "neutropenia": self._verdict(ANC, anc < 1.5 * _UNDER),
            "hb-fall-2": self._verdict(HB, hb < (hb_base - 2.0) * _UNDER, self._comparable(HB)),
            "alt-3x": self._verdict(ALT, self._of("value", ALT) > 3.0 * self._of("upper", ALT) * _OVER),
            "ast-3x": self._verdict(AST, self._of("value", AST) > 3.0 * self._of("upper", AST) * _OVER),
            "ldl-rise-30": self._verdict(LDL, ldl > 1.3 * ldl_base * _OVER, self._comparable(LDL)),
            "egfr-below-30": self._verdict(EGFR, self._of("value", EGFR) < 30.0 * _UNDER),
        }

    def due(self, panel: str, done: pd.Series, verdicts: dict[str, np.ndarray]) -> np.ndarray:
        """The routine day, or that of a met rule's recheck where it is no later."""
        last = done.to_numpy()
        due = self._routine(panel, last)
        for number, days, met in self._rechecks(panel, verdicts):
            day = self._of("day", number) + days
            repeat = np.where(self.started, np.maximum(day, self.start), day)
            due = np.where(met, np.minimum(due, repeat), due)
        return due

    def _routine(self, panel: str, last: np.ndarray) -> np.ndarray:
        since = np.where(last >= self.start, last - self.start, -1)
        if panel == "lipid":
            first = np.where(self.drug == TOFACITINIB, 56, 84)
            due = np.where(since < first - 14, self.start + first, last + 364)
        else:
            due = np.select([since < 21, since < 70], [self.start + 28, self.start + 84], last + 84)
        return np.where(np.isnan(last), self.start, due)

    def _rechecks(self, panel: str, verdicts: dict[str, np.ndarray]) -> list[tuple[int, int, np.ndarray]]:
        met = {rule: answer == MET for rule, answer in verdicts.items()}
        if panel == "liver":
            return [(ALT, 14, met["alt-3x"]), (AST, 14, met["ast-3x"])]
        if panel == "renal":
            return [(EGFR, 14, met["egfr-below-30"])]
        if panel == "lipid":
            return [(LDL, 42, met["ldl-rise-30"])]
        return [
            (ANC, 7, met["anc-below-1"]), (ALC, 7, met["alc-below-0.5"]), (HB, 7, met["hb-below-8"]), (ANC, 14, met["neutropenia"]),
            (HB, 14, met["hb-fall-2"]),
        ]  # fmt: skip
