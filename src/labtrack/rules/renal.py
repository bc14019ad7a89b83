"""Kidney function: eGFR on its own, against the dose, and against baseline."""

from __future__ import annotations

from labtrack.core.judgment import Region
from labtrack.labs.snapshot import Labs
from labtrack.labs.verdicts import Verdicts
from labtrack.rules.registry import ACTION, BARICITINIB, URGENT, WATCH, rule


@rule("egfr-below-30", panel="renal", family="egfr", severity=URGENT, recheck_days=14, sources=["article"], topics=["renal", "renal-15"])
def egfr_below_30(labs: Labs, limit: float = 30.0) -> Verdicts:
    """eGFR below 30 mL/min/1.73 m²."""
    return labs.egfr < limit


@rule(
    "egfr-30-60-dose",
    panel="renal",
    family="egfr",
    severity=ACTION,
    recheck_days=14,
    drugs=(BARICITINIB,),
    needs="course",
    topics=["renal", "creatinine"],
)
def egfr_30_to_60_dose(labs: Labs, low: float = 30.0, high: float = 60.0, dose_us: float = 1.0, dose_eu: float = 2.0) -> Verdicts:
    """eGFR from 30 to below 60 and a daily dose above the label's for it (EU: creatinine clearance from 30 to 60)."""
    if labs.region is Region.EU:
        return labs.creatinine_clearance.between(low, high, including_high=True, only_if=labs.dose_above(dose_eu))
    return labs.egfr.between(low, high, only_if=labs.dose_above(dose_us))


@rule("egfr-fall-25", panel="renal", family="egfr", severity=WATCH, recheck_days=28, sources=["kdigo", "variation"])
def egfr_fall_25(labs: Labs, fraction: float = 0.75) -> Verdicts:
    """eGFR below three quarters of its baseline."""
    return labs.egfr.fallen_below(fraction)
