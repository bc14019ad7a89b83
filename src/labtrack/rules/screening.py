"""Screening before the start: what rules the drug out, and what has not been looked at."""

from __future__ import annotations

import numpy as np

from labtrack.core.judgment import Reason
from labtrack.labs.snapshot import Labs
from labtrack.labs.verdicts import MET, NOT_MET, UNKNOWN, Verdicts
from labtrack.rules.registry import URGENT, WATCH, rule


@rule("contraindication", severity=URGENT, sources=["article", "labels-unverified", "house"])
def contraindication(labs: Labs, recent_days: float = 180.0) -> Verdicts:
    """Active malignancy, uncontrolled diabetes, recent thromboembolism, active tuberculosis or active hepatitis recorded.

    Says: The article says to avoid a JAK inhibitor in active malignancy, uncontrolled diabetes and after a recent clot; labels add
        active tuberculosis and active hepatitis. A clot counts as recent within 180 days before the start (house policy), without a
        course before the date asked about.
    Why: Each of these can be made much worse by a drug that holds back the immune system or that makes clots likelier.
    When it cannot tell: It always can: it rests on recorded events. A condition that nobody recorded is not seen.
    For the patient: Something is recorded that usually speaks against this medicine. Your team may choose another treatment, or may
        wait until it is under control.
    Differs from the label: No rule on uncontrolled diabetes was found in a label; that one is the article's. No source gives days
        for a recent clot; 180 is house policy.
    References: The article; US and EU labels of the three drugs (wording known, not re-read); house policy for the 180 days.
    """
    treatment = labs.treatment
    reference = np.where(treatment.has_course, treatment.start, treatment.day)
    known_by = np.minimum(reference, treatment.day)
    recent = labs.event_recorded(reference - int(recent_days), known_by, "vte", "prior-vte")
    return labs.event_open("malignancy-active", "diabetes-uncontrolled", "tb-active", "hepatitis-active") | recent


@rule("screening-incomplete", severity=WATCH, sources=["screening", "ema-2023", "house"])
def screening_incomplete(labs: Labs) -> Verdicts:
    """A screening item that applies is neither done nor declined with a reason.

    Says: Article and labels ask, before a JAK inhibitor, for tuberculosis, hepatitis B and C, pregnancy status where it applies,
        clots, cancer, diabetes, smoking and cardiovascular risk to be looked at, and for vaccination against shingles and
        pneumococcus. The rule is met until each item is recorded as done or declined.
    Why: What sleeps in the body, tuberculosis or hepatitis, can wake on a JAK inhibitor; vaccines work better before it.
    When it cannot tell: Pregnancy status is the only item open, and sex or birth date is not recorded. It applies to sex F under 56
        (house policy).
    For the patient: Some checks or vaccinations that belong before this medicine are not recorded yet. They may be done or planned
        already; your team may ask you about them.
    Differs from the label: Each label has its own list; this one is their union with the article's. At 65 or more, in smokers and
        with heart or cancer risks, EMA 2023 says: only where there is no suitable alternative.
    References: The article and the labels; European Medicines Agency 2023; house policy for the age of 56.
    """
    certain, perhaps = labs.screening_open
    answer = np.where(certain, np.int8(MET), np.where(perhaps, np.int8(UNKNOWN), np.int8(NOT_MET)))
    why = np.where(labs.sex == 0, np.uint16(Reason.SEX_UNKNOWN.bit), np.uint16(Reason.AGE_UNKNOWN.bit))
    return Verdicts(answer, np.where(answer == UNKNOWN, why, np.uint16(0)))
