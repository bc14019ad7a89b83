"""Kidney function: eGFR on its own, against the dose, and against baseline."""

from __future__ import annotations

from labtrack.core.judgment import Region
from labtrack.labs.snapshot import Labs
from labtrack.labs.verdicts import Verdicts
from labtrack.rules.registry import ACTION, BARICITINIB, URGENT, WATCH, rule


@rule("egfr-below-30", panel="renal", family="egfr", severity=URGENT, recheck_days=14, sources=["article"], topics=["renal", "renal-15"])
def egfr_below_30(labs: Labs, limit: float = 30.0) -> Verdicts:
    """eGFR below 30 mL/min/1.73 m².

    Says: The article says to adjust the dose below 30. The labels of baricitinib do not recommend it there; tofacitinib is given at
        5 mg once a day (US already at a clearance of 50 or below); upadacitinib is not recommended below 15. Exactly 30 does not
        meet the rule. eGFR is the reported one, else calculated from creatinine (CKD-EPI 2021) and marked so.
    Why: The kidneys clear a part of each drug; when they work poorly the same dose acts more strongly.
    When it cannot tell: No eGFR and no creatinine with sex and an age of 18 or more to calculate it from; a newest report that is
        text or in an unknown unit; a bound that leaves both answers open (<45); a value too old to rely on (over 98 days on
        treatment, over 180 before it).
    For the patient: The eGFR tells how well the kidneys clean the blood. Yours was low in this test. Your team may change the dose
        or pause the medicine and may ask for another test in about two weeks.
    Differs from the label: The article says to adjust the dose; the baricitinib labels do not recommend the drug at all below 30
        and reduce the dose already from 30 to 60. Label doses in the EU, and tofacitinib's in the US, go by creatinine clearance
        instead of eGFR.
    References: The article; label of the drug and region: renal impairment.
    """
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
    """eGFR from 30 to below 60 and a daily dose above the label's for it (EU: creatinine clearance from 30 to 60).

    Says: The US label of baricitinib says: 1 mg a day at an eGFR from 30 to below 60. The EU label says: 2 mg a day at a creatinine
        clearance from 30 to 60 (Cockcroft-Gault). The rule is met when the daily dose, before the start the planned one, is above
        that. Baricitinib raises creatinine by a mean of 3.8 µmol/L without loss of kidney function, so a single eGFR just under 60
        is worth repeating.
    Why: The kidneys clear a large part of baricitinib; with reduced function the same dose acts more strongly.
    When it cannot tell: No eGFR and no creatinine with sex and an age of 18 or more to calculate it from (EU: no creatinine, sex,
        age or weight for the clearance); the daily dose not known; a newest report that is text or in an unknown unit; a bound that
        leaves both answers open (>44); a value too old to rely on (over 98 days on treatment, over 180 before it).
    For the patient: The eGFR tells how well the kidneys clean the blood. Yours was somewhat low in this test, and for such a value
        the label names a smaller dose than yours. Baricitinib can change this test a little without harming the kidneys. Your team
        may repeat the test in about two weeks and may lower the dose.
    Differs from the label: This is the label's rule. The article speaks only of an eGFR below 30. The regions differ in the dose,
        in the measure and at exactly 60.
    References: Baricitinib label, US and EU: renal impairment.
    """
    if labs.region is Region.EU:
        return labs.creatinine_clearance.between(low, high, including_high=True, only_if=labs.dose_above(dose_eu))
    return labs.egfr.between(low, high, only_if=labs.dose_above(dose_us))


@rule("egfr-fall-25", panel="renal", family="egfr", severity=WATCH, recheck_days=28, sources=["kdigo", "variation"])
def egfr_fall_25(labs: Labs, fraction: float = 0.75) -> Verdicts:
    """eGFR below three quarters of its baseline.

    Says: KDIGO takes a fall of eGFR by a quarter or more, with a worse category, as progression of kidney disease; here more than a
        quarter is listed. Baseline is the last usable value on or before the start, at most 180 days old. Reported values are
        compared with reported ones, calculated with calculated ones, never across. A fall of exactly a quarter does not meet the
        rule.
    Why: A fall by a quarter is beyond the usual variation of the test (about 16.5 % either way), and by more than baricitinib's own
        small effect on creatinine explains.
    When it cannot tell: No eGFR and no creatinine with sex and an age of 18 or more to calculate it from; none after the start;
        treatment not started; no baseline of the same kind, or one more than 180 days before the start; a newest report that is
        text or in an unknown unit; a bound that leaves both answers open (<60); a value too old to rely on (over 98 days on
        treatment, over 180 before it).
    For the patient: The eGFR tells how well the kidneys clean the blood. Yours has gone down by more than a quarter since the
        treatment began. Your team may look for a cause, such as another medicine or too little to drink, and may ask for another
        test in about four weeks.
    Differs from the label: No label has a rule on the fall; the article has none either.
    References: KDIGO guideline on chronic kidney disease; published estimates of within-subject variation.
    """
    return labs.egfr.fallen_below(fraction)
