"""Infections on treatment."""

from __future__ import annotations

from labtrack.labs.snapshot import Labs
from labtrack.labs.verdicts import Verdicts
from labtrack.rules.registry import ACTION, BARICITINIB, URGENT, rule


@rule("serious-infection", severity=URGENT, sources=["article"], topics=["infection"])
def serious_infection(labs: Labs) -> Verdicts:
    """An open serious or opportunistic infection while the drug is not on hold."""
    return labs.event_open("serious-infection", "opportunistic-infection") & ~labs.on_hold


@rule("herpes-zoster", severity=ACTION, severity_on={BARICITINIB: URGENT}, topics=["zoster"])
def herpes_zoster(labs: Labs) -> Verdicts:
    """An open episode of shingles while the drug is not on hold."""
    return labs.event_open("herpes-zoster") & ~labs.on_hold
