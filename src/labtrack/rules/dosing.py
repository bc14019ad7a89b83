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
    """A daily dose of baricitinib above 2 mg.

    Says: The US label of baricitinib says: 2 mg a day in rheumatoid arthritis. The article starts with 2 mg and goes to 4 mg if the
        disease is still active after 12 weeks; the EU label knows 4 mg. The rule runs under the US label only.
    Why: A dose that the region's label does not know is worth a second look, if only to see that it is meant.
    When it cannot tell: The daily dose is not known: the frequency is neither daily, twice daily nor every other day.
    For the patient: Your daily dose of baricitinib is higher than the one on the US label. This may well be meant. Your team may
        explain why.
    Differs from the label: This is the US label's limit. The article's step from 2 to 4 mg is in no label; the EU label starts with
        4 mg for most people.
    References: Baricitinib label, US: dosage in rheumatoid arthritis; the article.
    """
    return labs.dose_above(limit)


#: The holds that a resume condition of the label speaks of: an analyte, and the rules that such a hold is recorded under.
LABEL_HOLDS = {
    "anc": frozenset({"anc-below-1", "tofa-anc"}),
    "alc": frozenset({"alc-below-0.5", "tofa-alc"}),
    "hb": frozenset({"hb-below-8", "hb-fall-2"}),
}


@rule("hold-may-end", severity=ACTION, needs="started", topics=["resume"])
def hold_may_end(labs: Labs) -> Verdicts:
    """On hold for a laboratory value whose label condition for resuming now holds.

    Says: The labels name when a hold for neutrophils, lymphocytes or hemoglobin may end. Baricitinib: ANC 1.0, ALC 0.5, hemoglobin
        8 or above (US), above these (EU). Upadacitinib: above these. Tofacitinib: ANC above 1.0, ALC above 0.75 (EU), hemoglobin
        normal. The rule is met when the newest value, from the day of the hold or later, fulfills the condition. It never resumes
        anything by itself.
    Why: A hold that lasts longer than it must leaves the disease untreated; nobody is told when a value has come back.
    When it cannot tell: No value since the hold began; a newest report that is text or in an unknown unit; a bound that leaves both
        answers open (>0.8); a value too old to rely on (over 98 days); for hemoglobin on tofacitinib a lower limit that cannot be
        read or that depends on a sex not recorded.
    For the patient: Your medicine was paused because of a blood value, and that value is good enough again. Your team may start the
        medicine again. That decision is theirs.
    Differs from the label: This is the labels' condition. At exactly the value the US and EU labels of baricitinib differ. The
        article speaks of ending a pause only for infections.
    References: Label of the drug and region: dose interruption.
    """
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
        term.rows = rows
        term.answer = np.where(rows, term.answer, np.int8(NOT_MET))
    return Verdicts(np.where(rows, verdicts.answer, np.int8(NOT_MET)), np.where(rows, verdicts.reasons, np.uint16(0)), verdicts.terms)
