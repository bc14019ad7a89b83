"""Lipids: LDL against baseline and on its own, triglycerides."""

from __future__ import annotations

from labtrack.labs.snapshot import Labs
from labtrack.labs.verdicts import Verdicts
from labtrack.rules.registry import ACTION, rule


@rule("ldl-rise-30", panel="lipid", family="ldl", severity=ACTION, recheck_days=42, sources=["article"], topics=["lipid"])
def ldl_rise_30(labs: Labs, times: float = 1.30) -> Verdicts:
    """LDL cholesterol up by more than 30 % since treatment began."""
    return labs.ldl > labs.ldl.baseline * times


@rule("ldl-190", panel="lipid", family="ldl", severity=ACTION, recheck_days=42, sources=["acc-aha-2018"], topics=["ldl"])
def ldl_190(labs: Labs, limit: float = 190.0) -> Verdicts:
    """LDL cholesterol at 190 mg/dL or above."""
    return labs.ldl >= limit


@rule("triglycerides-500", panel="lipid", severity=ACTION, recheck_days=42, sources=["acc-aha-2018-triglycerides"], topics=["lipid"])
def triglycerides_500(labs: Labs, limit: float = 500.0) -> Verdicts:
    """Triglycerides at 500 mg/dL or above."""
    return labs.tg >= limit
