"""Sample patients with laboratory findings: one for each rule on blood counts, liver, lipids and kidneys."""

from __future__ import annotations

from labtrack.core.judgment import Region, WorklistState
from labtrack.core.record import Sex
from labtrack.demo.case import Case, Happening, Shows, Therapy
from labtrack.demo.laboratories import HARBOR, SAINT_ANNE

F, M = Sex.FEMALE, Sex.MALE

CASES = (
    Case(
        "Okafor, Ada",
        F,
        58,
        (Shows("neutrophils that fall for a year to below 1.0", met=("anc-below-1", "neutropenia"), state=WorklistState.NEEDS_ACTION),),
        (Therapy("baricitinib", 2, started=262),),
        rechecks={"cbc": (3,)},
        values={"anc": (3.1, 2.8, 2.2, 1.4, 1.2, 0.82)},
    ),
    Case(
        "Lind, Per",
        M,
        71,
        (Shows("kidney function lost within three months, in SI units", met=("egfr-below-30", "egfr-fall-25")),),
        (Therapy("baricitinib", 2, started=98),),
        SAINT_ANNE,
        rechecks={"renal": (2,)},
        values={"creatinine": (1.10, 1.22, 1.9, 2.45), "urea": (6.1, 7.0, 12.4, 16.8)},
    ),
    Case(
        "Haddad, Noor",
        F,
        49,
        (Shows("LDL up by 41 % at week 12", met=("ldl-rise-30",)),),
        (Therapy("baricitinib", 2, started=91),),
        values={"ldl": (108, 152)},
    ),
    Case(
        "Park, Ji-woo",
        F,
        66,
        (Shows("lymphocytes that fall over a year to below 0.5", met=("alc-below-0.5",)),),
        (Therapy("upadacitinib", 15, started=430),),
        values={"alc": (1.6, 1.3, 1.2, 0.9, 0.7, 0.55, 0.42)},
    ),
    Case(
        "Moreau, Étienne",
        M,
        74,
        (Shows("a bleeding ulcer: hemoglobin 7.6", met=("hb-below-8", "anemia", "hb-fall-2")),),
        (Therapy("baricitinib", 2, started=180),),
        rechecks={"cbc": (2,)},
        values={"hb": (13.9, 12.8, 11.0, 9.1, 7.6)},
    ),
    Case(
        "Nguyễn, Thị Mai",
        F,
        61,
        (Shows("two low counts in a row on tofacitinib: confirmed", met=("tofa-anc", "tofa-alc", "neutropenia")),),
        (Therapy("tofacitinib", 5, frequency="twice daily", started=176),),
        rechecks={"cbc": (1,)},
        values={"anc": (2.9, 2.4, 1.6, 0.94, 0.81), "alc": (1.3, 1.0, 0.8, 0.47, 0.41)},
    ),
    Case(
        "Adeyemi, Folake",
        F,
        44,
        (
            Shows("hemoglobin 8.6 on tofacitinib, down by 1.6: the label is silent", met=("tofa-hb-8-9", "anemia")),
            Shows("lymphocytes twice below 0.75, a limit that only the EU label has", met=("tofa-alc",), region=Region.EU),
        ),
        (Therapy("tofacitinib", 5, frequency="twice daily", started=120),),
        rechecks={"cbc": (5,)},
        values={"hb": (10.2, 9.6, 8.9, 8.6), "alc": (1.1, 0.9, 0.66, 0.62)},
    ),
    Case(
        "Schneider, Jürgen",
        M,
        57,
        (Shows("hemoglobin down by 2.3 on tofacitinib, printed in g/L", met=("hb-fall-2", "anemia")),),
        (Therapy("tofacitinib", 5, frequency="twice daily", started=100),),
        SAINT_ANNE,
        rechecks={"cbc": (2,)},
        values={"hb": (15.2, 14.6, 13.3, 12.9)},
    ),
    Case(
        "Rossi, Giulia",
        F,
        38,
        (Shows("platelets 62", met=("platelets-below-75",)),),
        (Therapy("upadacitinib", 15, started=92),),
        values={"plt": (190, 110, 62)},
    ),
    Case(
        "Al-Masri, Omar",
        M,
        52,
        (
            Shows(
                "liver injury with jaundice: ALT almost six times its limit, bilirubin 3.1",
                met=("transaminase-raised", "transaminase-3x", "transaminase-5x", "hys-law"),
            ),
        ),
        (Therapy("upadacitinib", 15, started=63),),
        rechecks={"liver": (2,)},
        values={"alt": (22, 58, 262), "ast": (24, 51, 214), "bilirubin": (0.6, 0.9, 3.1), "alp": (70, 80, 104)},
    ),
    Case(
        "Petrov, Nikolai",
        M,
        60,
        (Shows("LDL 196, which was high from the start", met=("ldl-190",)),),
        (Therapy("baricitinib", 2, started=455),),
        values={"ldl": (168, 181, 196)},
    ),
    Case(
        "Morales, Ximena",
        F,
        47,
        (Shows("triglycerides 540, LDL calculated by Sampson; takes hormones", met=("triglycerides-500", "vte-risk")),),
        (Therapy("upadacitinib", 15, started=88),),
        HARBOR,
        values={"tg": (210, 540), "ldl": (118, 124)},
        happenings=(Happening("hormone-therapy", 120, note="estradiol"),),
    ),
    Case(
        "Tanaka, Haruko",
        F,
        68,
        (Shows("eGFR 49 on 2 mg", met=("egfr-30-60-dose",)),),
        (Therapy("baricitinib", 2, started=200),),
        rechecks={"renal": (6,)},
        values={"creatinine": (1.10, 1.14, 1.16, 1.18, 1.20)},
    ),
)
