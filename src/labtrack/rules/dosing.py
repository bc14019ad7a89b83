"""Dose and holds: what the label says of the dose itself, and when a hold for a laboratory value may end."""

from __future__ import annotations

import numpy as np

from labtrack.catalogue import Resume
from labtrack.core.judgment import Reason
from labtrack.labs.bounds import Days, Flags
from labtrack.labs.lab import Lab
from labtrack.labs.snapshot import Labs
from labtrack.labs.verdicts import NOT_MET, UNKNOWN, Verdicts
from labtrack.rules.registry import ACTION, BARICITINIB, WATCH, rule


@rule("dose-above-label", severity=WATCH, drugs=(BARICITINIB,), needs="course", regions=("US",), sources=["article"], topics=["dose"])
def dose_above_label(labs: Labs, limit: float = 2.0) -> Verdicts:
    """A daily dose of baricitinib above 2 mg."""
    return labs.dose_above(limit)


#: The holds that a resume condition of the label speaks of: an analyte, and the rules that such a hold is recorded under.
LABEL_HOLDS = {
    "anc": frozenset({"anc-below-1", "tofa-anc"}),
    "alc": frozenset({"alc-below-0.5", "tofa-alc"}),
    "hb": frozenset({"hb-below-8", "hb-fall-2"}),
}


@rule("hold-may-end", severity=ACTION, needs="started", topics=["resume"])
def hold_may_end(labs: Labs) -> Verdicts:
    """On hold for a laboratory value whose label condition for resuming now holds."""
    held_for_any = np.zeros(len(labs), np.bool_)
    found = Verdicts(np.full(len(labs), np.int8(NOT_MET)), np.zeros(len(labs), np.uint16))
    for analyte, hold_reasons in LABEL_HOLDS.items():
        held, since = labs.treatment.hold_of(hold_reasons)
        if not held.any():
            continue
        for drug in labs.catalogue.drugs.values():
            condition = drug.resume_for(labs.region, analyte)
            held_on_drug = held & labs.on_drug(drug.key)
            if condition is not None and held_on_drug.any():
                held_for_any |= held_on_drug
                found |= _limited(_recovered(labs, condition, since), held_on_drug)
    found.applicable = held_for_any
    return found


def _recovered(labs: Labs, condition: Resume, since: Days) -> Verdicts:
    """Whether the current value meets the condition; a result from before the hold cannot show that."""
    lab: Lab = getattr(labs, condition.analyte)
    if condition.limit is None:
        verdicts = lab >= lab.lln
    elif condition.inclusive:
        verdicts = lab >= condition.limit
    else:
        verdicts = lab > condition.limit
    renewed = lab.day >= since
    answer = np.where(renewed, verdicts.answer, np.int8(UNKNOWN))
    reasons = np.where(renewed, verdicts.reasons, np.uint16(Reason.NO_RESULT.bit))
    verdicts.terms[0].answer = answer
    return Verdicts(answer, reasons, verdicts.terms)


def _limited(verdicts: Verdicts, rows: Flags) -> Verdicts:
    """Not met, without a word, outside some rows."""
    for term in verdicts.terms:
        term.answer = np.where(rows, term.answer, np.int8(NOT_MET))
    return Verdicts(np.where(rows, verdicts.answer, np.int8(NOT_MET)), np.where(rows, verdicts.reasons, np.uint16(0)), verdicts.terms)
