"""Screening before the start: what rules the drug out, and what has not been looked at."""

from __future__ import annotations

import numpy as np

from labtrack.core.judgment import Reason
from labtrack.labs.snapshot import Labs
from labtrack.labs.verdicts import MET, NOT_MET, UNKNOWN, Verdicts
from labtrack.rules.registry import URGENT, WATCH, rule


@rule("contraindication", severity=URGENT, sources=["article", "labels-unverified", "house"])
def contraindication(labs: Labs, recent_days: float = 180.0) -> Verdicts:
    """Active malignancy, uncontrolled diabetes, recent thromboembolism, active tuberculosis or active hepatitis recorded."""
    treatment = labs.treatment
    reference = np.where(treatment.started, treatment.start, treatment.day)
    recent = labs.event_recorded(reference - int(recent_days), reference, "vte", "prior-vte")
    return labs.event_open("malignancy-active", "diabetes-uncontrolled", "tb-active", "hepatitis-active") | recent


@rule("screening-incomplete", severity=WATCH, sources=["screening", "ema-2023", "house"])
def screening_incomplete(labs: Labs) -> Verdicts:
    """A screening item that applies is neither done nor declined with a reason."""
    certain, perhaps = labs.screening_open
    answer = np.where(certain, np.int8(MET), np.where(perhaps, np.int8(UNKNOWN), np.int8(NOT_MET)))
    why = np.where(labs.sex == 0, np.uint16(Reason.SEX_UNKNOWN.bit), np.uint16(Reason.AGE_UNKNOWN.bit))
    return Verdicts(answer, np.where(answer == UNKNOWN, why, np.uint16(0)))
