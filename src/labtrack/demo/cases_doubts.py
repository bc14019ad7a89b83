"""Sample patients of whom something cannot be told: one for each reason.

``rule-failed`` is the only reason without a patient: it means that a rule itself is broken, and the sample clinic ships none. Tests
break one on purpose. ``no-weight`` is told under the EU label only, which asks for a clearance by Cockcroft-Gault (cases_treatment).
"""

from __future__ import annotations

from labtrack.core.judgment import Reason, WorklistState
from labtrack.core.record import Sex
from labtrack.demo.case import Case, Report, Shows, Therapy
from labtrack.demo.chart import PANELS
from labtrack.demo.laboratories import RIVERSIDE, SAINT_ANNE

F, M = Sex.FEMALE, Sex.MALE

CASES = (
    Case(
        "Silva, Rui",
        M,
        63,
        (
            Shows(
                "started in a hurry: no lipids before, two screening items open",
                met=("screening-incomplete",),
                reasons=(Reason.NO_BASELINE,),
            ),
        ),
        (Therapy("upadacitinib", 15, started=35),),
        rechecks={"lipid": (7,)},
        not_before_start=("lipid",),
        unscreened=("screen-hepatitis-c", "vaccine-zoster"),
    ),
    Case(
        "Yılmaz, Emre",
        M,
        36,
        (
            Shows(
                "a hemolyzed specimen and platelets in an unknown unit",
                reasons=(Reason.TEXT_RESULT, Reason.UNIT_UNKNOWN),
                state=WorklistState.CANNOT_EVALUATE,
            ),
        ),
        (Therapy("tofacitinib", 5, frequency="twice daily", started=130),),
        rechecks={"cbc": (2,), "liver": (2,)},
        reports=(
            Report(2, "ast", "hemolyzed", note="please repeat"),
            Report(2, "plt", "0.231", unit="10*12/L"),
        ),
    ),
    Case(
        "Kim, Min-jun",
        M,
        33,
        (Shows("ALT 49, and the printed limit cannot be read", reasons=(Reason.NO_ULN,)),),
        (Therapy("upadacitinib", 15, started=95),),
        reports=(Report(11, "alt", "49", upper_limit="see comment"),),
    ),
    Case(
        "Rivera, Alex",
        Sex.UNKNOWN,
        40,
        (Shows("hemoglobin 12.6 of a person whose sex is not recorded", reasons=(Reason.SEX_UNKNOWN,)),),
        (Therapy("upadacitinib", 15, started=100),),
        RIVERSIDE,
        values={"hb": (13.4, 13.1, 12.6)},
    ),
    Case(
        "Dubois, Noé",
        M,
        16,
        (Shows("under 18, for whom the eGFR equation does not hold", reasons=(Reason.AGE_UNKNOWN,)),),
        (Therapy("tofacitinib", 5, frequency="twice daily", started=70),),
    ),
    Case(
        "Horváth, Katalin",
        F,
        70,
        (Shows("eGFR 57 at a frequency that says nothing of the daily dose", reasons=(Reason.DOSE_UNKNOWN,)),),
        (Therapy("baricitinib", 2, frequency="three times a week", started=97),),
        SAINT_ANNE,
        values={"creatinine": (1.00, 1.03, 1.05)},
    ),
    Case(
        "Dlamini, Thandi",
        F,
        59,
        (Shows("not seen for four months", reasons=(Reason.STALE,), state=WorklistState.OVERDUE),),
        (Therapy("upadacitinib", 15, started=300),),
        resting=130,
    ),
    Case(
        "O'Connor, Patrick",
        M,
        66,
        (Shows("last measured more than half a year before the start", reasons=(Reason.BASELINE_TOO_OLD,)),),
        (Therapy("baricitinib", 2, started=150),),
        visits=(345, 122, 66),
    ),
    Case(
        "Jensen, Freja",
        F,
        31,
        (Shows("never tested", reasons=(Reason.NO_RESULT,), state=WorklistState.OVERDUE),),
        (Therapy("upadacitinib", 15, started=45),),
        never=PANELS,
    ),
    Case(
        "Haile, Selam",
        F,
        None,
        (
            Shows(
                "a candidate without drug or birth date: does the question of pregnancy arise?",
                reasons=(Reason.NO_TREATMENT_START, Reason.AGE_UNKNOWN),
            ),
        ),
    ),
    Case(
        "Santos, João",
        M,
        48,
        (Shows("two final reports of one specimen that differ across the limit", met=("neutropenia",), reasons=(Reason.BOUND_TOO_WIDE,)),),
        (Therapy("upadacitinib", 15, started=120),),
        rechecks={"cbc": (4,)},
        values={"anc": (1.0,)},
        reports=(Report(4, "anc", "0.94"), Report(4, "anc", "1.12", note="second analyzer")),
    ),
)
