"""Sample patients whose treatment is the matter: infection, thrombosis, screening, dose, holds, stops; and each place on the worklist.

*Acknowledged* is nothing that an import file can say: whoever makes the sample clinic acknowledges what ``Case.acknowledged`` names.
*Not assessed* is a passing state, between a change and the next assessment, and no patient is there to show it.
"""

from __future__ import annotations

from labtrack.core.judgment import Reason, Region, WorklistState
from labtrack.core.record import ResultStatus, Sex
from labtrack.demo.case import Case, Happening, Report, Shows, Therapy
from labtrack.demo.laboratories import HARBOR, SAINT_ANNE

F, M = Sex.FEMALE, Sex.MALE

CASES = (
    Case(
        "Banerjee, Anirban",
        M,
        69,
        (Shows("pneumonia, the drug not on hold", met=("serious-infection",), state=WorklistState.NEEDS_ACTION),),
        (Therapy("baricitinib", 2, started=300),),
        happenings=(Happening("serious-infection", 2, note="pneumonia, admitted"),),
    ),
    Case(
        "Svensson, Birgitta",
        F,
        64,
        (Shows("shingles on baricitinib", met=("herpes-zoster",)),),
        (Therapy("baricitinib", 2, started=230),),
        SAINT_ANNE,
        happenings=(Happening("herpes-zoster", 3, note="thoracic, left"),),
    ),
    Case(
        "Cohen, Miriam",
        F,
        55,
        (Shows("a clot on treatment, the drug not stopped", met=("vte-event",)),),
        (Therapy("tofacitinib", 5, frequency="twice daily", started=210),),
        happenings=(Happening("vte", 1, note="deep vein thrombosis, left leg"),),
    ),
    Case(
        "Osei, Kwame",
        M,
        50,
        (
            Shows(
                "to start in ten days, diabetes out of control",
                met=("contraindication",),
                reasons=(Reason.NO_TREATMENT_START,),
                state=WorklistState.NEEDS_ACTION,
            ),
        ),
        (Therapy("baricitinib", 2, started=-10),),
        HARBOR,
        visits=(6,),
        happenings=(Happening("diabetes-uncontrolled", 20, note="HbA1c 10.4 %"),),
    ),
    Case(
        "Walsh, Siobhán",
        F,
        41,
        (
            Shows("4 mg after week 12, as the article has it and the US label has not", met=("dose-above-label",)),
            Shows("the EU asks for a clearance, and the weight is not recorded", reasons=(Reason.NO_WEIGHT,), region=Region.EU),
        ),
        (Therapy("baricitinib", 2, started=150, doses=((60, 4, "daily", "disease still active at week 12"),)),),
        is_weighed=False,
        rechecks={"cbc": (33,), "liver": (33,), "renal": (33,)},
    ),
    Case(
        "Ivanova, Darya",
        F,
        46,
        (Shows("on hold for low neutrophils, now exactly 1.0: the US label lets the hold end", met=("hold-may-end", "neutropenia")),),
        (Therapy("baricitinib", 2, started=210, holds=((29, None, "anc-below-1"),)),),
        rechecks={"cbc": (29, 2)},
        values={"anc": (3.3, 2.6, 1.7, 1.2, 0.84, 1.0)},
    ),
    Case(
        "Fernández, Lucía",
        F,
        53,
        (Shows("LDL up by 36 %, a statin started and the finding acknowledged", met=("ldl-rise-30",), state=WorklistState.ACKNOWLEDGED),),
        (Therapy("upadacitinib", 15, started=90),),
        values={"ldl": (121, 164)},
        happenings=(Happening("statin-start", 3, note="rosuvastatin 10 mg"),),
        acknowledged={"ldl-rise-30": "statin started, lipids again in six weeks"},
    ),
    Case(
        "Hassan, Leila",
        F,
        67,
        (Shows("stopped for low neutrophils, not measured since", met=("anc-below-1",), state=WorklistState.NEEDS_ACTION),),
        (Therapy("upadacitinib", 15, started=140, stopped=12, stop_reason="neutropenia"),),
        rechecks={"cbc": (13,)},
        values={"anc": (2.8, 2.1, 1.4, 0.71)},
    ),
    Case(
        "Novák, Jan",
        M,
        62,
        (Shows("stopped long ago, nothing open", state=WorklistState.NO_SCHEDULE),),
        (Therapy("tofacitinib", 5, frequency="twice daily", started=400, stopped=120, stop_reason="moved away"),),
    ),
    Case(
        "Chen, Wei",
        M,
        58,
        (Shows("switched from one drug to another, all well", state=WorklistState.CLEAR),),
        (
            Therapy("tofacitinib", 5, frequency="twice daily", started=700, stopped=270, stop_reason="not effective enough"),
            Therapy("upadacitinib", 15, started=262),
        ),
    ),
    Case(
        "Andersen, Mette",
        F,
        54,
        (Shows("a preliminary report, its final one and two corrections: only the last of each counts", state=WorklistState.CLEAR),),
        (Therapy("baricitinib", 2, started=176),),
        reports=(
            Report(8, "hb", "6.9", status=ResultStatus.PRELIMINARY),
            Report(8, "hb", "9.6"),
            Report(8, "hb", "12.9", status=ResultStatus.CORRECTED, note="diluted specimen, repeated"),
            Report(8, "alc", "0.31"),
            Report(8, "alc", "0.31", status=ResultStatus.ENTERED_IN_ERROR, note="another patient's"),
            Report(8, "alc", "1.84", status=ResultStatus.CORRECTED),
        ),
    ),
    Case(
        "Müller, Anna",
        F,
        73,
        (Shows("eGFR just under 60 on the 1 mg that the label then names; one vaccine declined", state=WorklistState.CLEAR),),
        (Therapy("baricitinib", 1, started=340),),
        values={"creatinine": (0.98, 0.99, 1.01, 1.00, 1.02, 1.00)},
        unscreened=("vaccine-zoster",),
        happenings=(Happening("declined-vaccine-zoster", 361, note="does not want it"),),
    ),
    Case(
        "Kaur, Harpreet",
        F,
        50,
        (Shows("routine blood tests due this week", state=WorklistState.DUE),),
        (Therapy("baricitinib", 2, started=248),),
        HARBOR,
        resting=60,
    ),
)
