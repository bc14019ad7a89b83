"""Blood counts: neutrophils, lymphocytes, hemoglobin, platelets."""

from __future__ import annotations

import numpy as np

from labtrack.core.judgment import Region
from labtrack.labs.bounds import Answers, Flags, less
from labtrack.labs.lab import Lab
from labtrack.labs.snapshot import Labs
from labtrack.labs.verdicts import MET, Verdicts
from labtrack.rules.registry import ACTION, BARICITINIB, TOFACITINIB, UPADACITINIB, URGENT, WATCH, rule

#: What the tofacitinib label makes of one low count, a second one, and a second one below its discontinuation limit.
CONFIRMATION = ("repeat to confirm", "confirmed: interrupt", "confirmed: discontinue")


@rule(
    "anc-below-1",
    panel="cbc",
    family="anc",
    severity=URGENT,
    recheck_days=7,
    drugs=(BARICITINIB, UPADACITINIB),
    topics=["anc"],
)
def anc_below_1(labs: Labs, limit: float = 1.0) -> Verdicts:
    """Neutrophils below 1.0 ×10⁹/L."""
    return labs.anc < limit


@rule("alc-below-0.5", panel="cbc", severity=URGENT, recheck_days=7, drugs=(BARICITINIB, UPADACITINIB), topics=["alc"])
def alc_below_half(labs: Labs, limit: float = 0.5) -> Verdicts:
    """Lymphocytes below 0.5 ×10⁹/L."""
    return labs.alc < limit


@rule("hb-below-8", panel="cbc", family="hb", severity=URGENT, recheck_days=7, topics=["hb"])
def hb_below_8(labs: Labs, limit: float = 8.0, tofacitinib_start: float = 9.0) -> Verdicts:
    """Hemoglobin below 8.0 g/dL (tofacitinib before the start: below 9.0)."""
    starting_tofacitinib = labs.on_drug(TOFACITINIB) & labs.before_start
    return labs.hb < np.where(starting_tofacitinib, tofacitinib_start, limit)


@rule(
    "tofa-anc",
    panel="cbc",
    family="anc",
    severity=URGENT,
    recheck_days=7,
    drugs=(TOFACITINIB,),
    notes=CONFIRMATION,
    topics=["anc"],
)
def tofa_anc(labs: Labs, limit: float = 1.0, discontinue: float = 0.5) -> Verdicts:
    """Neutrophils below 1.0 ×10⁹/L on tofacitinib."""
    verdicts = labs.anc < limit
    verdicts.note = _confirmation(labs.anc, limit, discontinue)
    return verdicts


@rule("tofa-alc", panel="cbc", severity=URGENT, recheck_days=7, drugs=(TOFACITINIB,), notes=CONFIRMATION, topics=["alc"])
def tofa_alc(labs: Labs, limit: float = 0.5, limit_eu: float = 0.75, discontinue: float = 0.5) -> Verdicts:
    """Lymphocytes below 0.5 ×10⁹/L (EU: below 0.75) on tofacitinib."""
    regional = limit_eu if labs.region is Region.EU else limit
    verdicts = labs.alc < regional
    verdicts.note = _confirmation(labs.alc, regional, discontinue)
    return verdicts


def _confirmation(lab: Lab, limit: float, discontinue: float) -> Answers:
    """Which sentence of :data:`CONFIRMATION` a met row gets: 0, 1 or 2."""
    previous, current = lab.previous.bounds, lab.bounds
    confirmed: Flags = less(previous, limit) == MET
    both_lowest: Flags = (less(previous, discontinue) == MET) & (less(current, discontinue) == MET)
    return confirmed.astype(np.int8) + both_lowest.astype(np.int8)


@rule(
    "tofa-hb-8-9",
    panel="cbc",
    family="hb",
    severity=WATCH,
    recheck_days=14,
    drugs=(TOFACITINIB,),
    needs="started",
    topics=["hb-8-9"],
)
def tofa_hb_8_to_9(labs: Labs, low: float = 8.0, high: float = 9.0, fall: float = 2.0) -> Verdicts:
    """Hemoglobin from 8.0 to below 9.0 g/dL on tofacitinib without a fall of more than 2.0."""
    fallen = labs.hb < labs.hb.baseline - fall
    return labs.hb.between(low, high) & ~fallen.known_or_false()


@rule("neutropenia", panel="cbc", family="anc", severity=WATCH, recheck_days=14, sources=["article", "ctcae-v5"])
def neutropenia(labs: Labs, limit: float = 1.5) -> Verdicts:
    """Neutrophils below 1.5 ×10⁹/L."""
    return labs.anc < limit


@rule("anemia", panel="cbc", family="hb", severity=WATCH, recheck_days=28, sources=["article", "who-anemia"])
def anemia(labs: Labs) -> Verdicts:
    """Hemoglobin below the laboratory's lower limit."""
    return labs.hb < labs.hb.lln


@rule(
    "hb-fall-2",
    panel="cbc",
    severity=ACTION,
    severity_on={TOFACITINIB: URGENT},
    recheck_days=14,
    sources=["omeract"],
    topics=["hb-fall"],
)
def hb_fall_2(labs: Labs, fall: float = 2.0) -> Verdicts:
    """Hemoglobin down by more than 2.0 g/dL from baseline."""
    return labs.hb < labs.hb.baseline - fall


@rule("platelets-below-75", panel="cbc", severity=ACTION, recheck_days=7, sources=["house", "ctcae-v5"], topics=["plt"])
def platelets_below_75(labs: Labs, limit: float = 75.0) -> Verdicts:
    """Platelets below 75 ×10⁹/L."""
    return labs.plt < limit
