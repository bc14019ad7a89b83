"""The same in polars: one lazy query, all cores."""

from __future__ import annotations

import numpy as np
import polars as pl

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
_STARTED = pl.col("start") <= AS_OF
_RECHECKS = {
    "cbc": (("anc-below-1", ANC, 7), ("alc-below-0.5", ALC, 7), ("hb-below-8", HB, 7), ("neutropenia", ANC, 14), ("hb-fall-2", HB, 14)),
    "liver": (("alt-3x", ALT, 14), ("ast-3x", AST, 14)),
    "renal": (("egfr-below-30", EGFR, 14),),
    "lipid": (("ldl-rise-30", LDL, 42),),
}


def _of(name: str, number: int) -> pl.Expr:
    return pl.col(f"{name}_{number}")


def _judged(number: int, met: pl.Expr, comparable: pl.Expr | None = None) -> pl.Expr:
    """+1, 0 or −1: missing and stale cannot be evaluated, unless met."""
    day = _of("day", number)
    if number == LDL:
        stale = day < AS_OF - 378
    else:
        stale = AS_OF - day > pl.when(_STARTED & (day > pl.col("start"))).then(98).otherwise(180)
    known = day.is_not_null() if comparable is None else comparable.fill_null(value=False)
    return pl.when(~known).then(UNKNOWN).when(met).then(MET).when(stale).then(UNKNOWN).otherwise(NOT_MET).cast(pl.Int8)


def _comparable(number: int) -> pl.Expr:
    return _STARTED & (_of("day", number) > pl.col("start")) & (_of("base_day", number) >= pl.col("start") - 180)


def _verdicts() -> dict[str, pl.Expr]:
    on_tofacitinib = pl.col("drug") == TOFACITINIB
    hb_limit = pl.when(on_tofacitinib & ~_STARTED).then(9.0).otherwise(8.0)
    elsewhere = pl.when(on_tofacitinib).then(pl.lit(NOT_APPLICABLE, pl.Int8))
    return {
        "anc-below-1": elsewhere.otherwise(_judged(ANC, _of("value", ANC) < 1.0 * _UNDER)),
        "alc-below-0.5": elsewhere.otherwise(_judged(ALC, _of("value", ALC) < 0.5 * _UNDER)),
        "hb-below-8": _judged(HB, _of("value", HB) < hb_limit * _UNDER),
        "neutropenia": _judged(ANC, _of("value", ANC) < 1.5 * _UNDER),
        "hb-fall-2": _judged(HB, _of("value", HB) < (_of("base", HB) - 2.0) * _UNDER, _comparable(HB)),
        "alt-3x": _judged(ALT, _of("value", ALT) > 3.0 * _of("upper", ALT) * _OVER),
        "ast-3x": _judged(AST, _of("value", AST) > 3.0 * _of("upper", AST) * _OVER),
        "ldl-rise-30": _judged(LDL, _of("value", LDL) > 1.3 * _of("base", LDL) * _OVER, _comparable(LDL)),
        "egfr-below-30": _judged(EGFR, _of("value", EGFR) < 30.0 * _UNDER),
    }


def _routine(panel: str) -> pl.Expr:
    """The day that the milestones give."""
    start, done = pl.col("start"), pl.col(f"done_{panel}")
    since = pl.when(done >= start).then(done - start).otherwise(-1)
    if panel == "lipid":
        first = pl.when(pl.col("drug") == TOFACITINIB).then(56).otherwise(84)
        due = pl.when(since < first - 14).then(start + first).otherwise(done + 364)
    else:
        due = pl.when(since < 21).then(start + 28).when(since < 70).then(start + 84).otherwise(done + 84)
    return pl.when(done.is_null()).then(start).otherwise(due)


def _due(panel: str) -> pl.Expr:
    """The routine day, or that of a met rule's recheck where it is no later."""
    started = pl.when(_STARTED).then(pl.col("start"))
    repeats = [
        pl.when(pl.col(rule) == MET).then(pl.max_horizontal(_of("day", number) + days, started))
        for rule, number, days in _RECHECKS[panel]
        if not rule.endswith("-3x")
    ]
    if panel == "liver":
        first = pl.min_horizontal(*(pl.when(pl.col(rule) == MET).then(_of("day", number)) for rule, number, _ in _RECHECKS[panel]))
        repeats = [pl.when(first.is_not_null()).then(pl.max_horizontal(first + 14, started))]
    return pl.min_horizontal(_routine(panel), *repeats).alias(panel)


class Polar:
    """polars on its own frame, in its own types."""

    def prepare(self, cohort: Cohort) -> None:
        """Copy what the questions need into a frame; days are there beside the instants."""
        results, courses = cohort.results, cohort.courses
        self.results = pl.DataFrame(
            {
                "patient": results.patient.astype(np.int32),
                "analyte": results.analyte,
                "at": results.at,
                "day": day_of_instant(results.at).astype(np.int32),
                "value": results.low,
                "upper": results.upper_limit,
            }
        )
        self.courses = pl.DataFrame(
            {"patient": courses.patient.astype(np.int32), "drug": courses.drug, "start": courses.start.astype(np.int32)}
        )

    def run(self) -> Answers:
        """One query per table that is read again, then one for the answers."""
        asked = self.results.lazy().filter(pl.col("analyte").is_in(NEEDED), pl.col("day") <= AS_OF)
        latest = pl.col("at").arg_max()
        before = pl.col("day") <= pl.col("start")
        last = (
            asked.join(self.courses.lazy().select("patient", "start"), on="patient")
            .group_by("patient", "analyte")
            .agg(
                pl.col("day").max(),
                pl.col("value").get(latest),
                pl.col("upper").get(latest),
                pl.col("day").filter(before).max().alias("base_day"),
                pl.col("value").filter(before).get(pl.col("at").filter(before).arg_max(), null_on_oob=True).alias("base"),
            )
            .collect()
        )
        wide = self.courses
        for number in NEEDED:
            mine = last.filter(pl.col("analyte") == number).drop("analyte")
            wide = wide.join(mine.rename(lambda name: name if name == "patient" else f"{name}_{number}"), on="patient", how="left")  # noqa: B023
        answers = wide.lazy()
        for panel in PANELS:
            answers = answers.join(self._complete(panel, wide), on="patient", how="left")
        verdicts = _verdicts()
        found = (
            answers.with_columns(expression.alias(rule) for rule, expression in verdicts.items())
            .with_columns(_due(panel) for panel in PANELS)
            .with_columns(pl.max_horizontal("alt-3x", "ast-3x").alias("transaminase-3x"))
            .sort("patient")
            .collect()
        )
        return Answers(found.select(RULES).to_numpy(), found.select(PANELS).to_numpy())

    def _complete(self, panel: str, wide: pl.DataFrame) -> pl.LazyFrame:
        """The last complete day. Where the latest values lie within 6 days of each other it is the latest of them; only for the other
        patients are the earlier days looked through."""
        numbers = REQUIRED[panel]
        days = [_of("day", number) for number in numbers]
        newest, oldest = pl.max_horizontal(days), pl.min_horizontal(days)
        measured = wide.lazy().filter(pl.all_horizontal(day.is_not_null() for day in days))
        name = f"done_{panel}"
        quick = measured.filter(newest - oldest <= 6).select("patient", "start", newest.alias(name))
        slow = measured.filter(newest - oldest > 6).select("patient", "start")
        by_day = (
            self.results.lazy()
            .filter(pl.col("analyte").is_in(numbers), pl.col("day") <= AS_OF)
            .join(slow, on="patient")
            .sort("patient", "day")
            .select(
                "patient",
                "start",
                "day",
                *(
                    pl.when(pl.col("analyte") == number).then(pl.col("day")).forward_fill().over("patient").alias(f"last_{number}")
                    for number in numbers
                ),
            )
            .group_by("patient", "day")
            .agg(pl.col("start").first(), *(_of("last", number).max() for number in numbers))
            .filter(pl.all_horizontal(_of("last", number) >= pl.col("day") - 6 for number in numbers))
            .group_by("patient")
            .agg(pl.col("start").first(), pl.col("day").max().alias(name))
        )
        return pl.concat([quick, by_day]).filter(pl.col(name) >= pl.col("start") - 180).select("patient", name)
