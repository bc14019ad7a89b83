"""Published equations on columns. All concentrations in mg/dL, eGFR in mL/min/1.73 m², clearance in mL/min, ages in years.

Sources stand with each function (clinical reference, section 7).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from labtrack.labs.bounds import TOLERANCE, Days, Floats

FEMALE = 1
#: The 2021 equation is for adults (Inker et al., N Engl J Med 2021;385:1737-49).
YOUNGEST_ADULT = 18


def ckd_epi_2021(creatinine: Floats, age: Floats, sex: npt.NDArray[np.int8]) -> Floats:
    """CKD-EPI 2021: ``142 · min(Scr/κ,1)^α · max(Scr/κ,1)^−1.200 · 0.9938^age · (1.012 if F)``.

    κ 0.7 F / 0.9 M, α −0.241 F / −0.302 M (Inker et al. 2021). ``sex`` is 1 for F, 2 for M. Falls with creatinine, so the ends of
    a bound change places.
    """
    female = sex == FEMALE
    ratio = creatinine / np.where(female, 0.7, 0.9)
    below = np.minimum(ratio, 1.0) ** np.where(female, -0.241, -0.302)
    above = np.maximum(ratio, 1.0) ** -1.2
    return np.asarray(142.0 * below * above * 0.9938**age * np.where(female, 1.012, 1.0))


def cockcroft_gault(creatinine: Floats, age: Floats, weight_kg: Floats, sex: npt.NDArray[np.int8]) -> Floats:
    """Creatinine clearance: ``(140 − age) · kg · (0.85 if F) / (72 · Scr)`` (Cockcroft and Gault, Nephron 1976;16:31-41)."""
    return np.asarray((140.0 - age) * weight_kg * np.where(sex == FEMALE, 0.85, 1.0) / (72.0 * creatinine))


def friedewald(tc: Floats, hdl: Floats, tg: Floats) -> Floats:
    """LDL = ``TC − HDL − TG/5`` (Friedewald et al., Clin Chem 1972;18:499-502)."""
    return np.asarray(tc - hdl - tg / 5.0)


def sampson_nih(tc: Floats, hdl: Floats, tg: Floats) -> Floats:
    """LDL = ``TC/0.948 − HDL/0.971 − (TG/8.56 + TG·nonHDL/2140 − TG²/16100) − 9.44`` (Sampson et al., JAMA Cardiol 2020;5:540-8)."""
    return np.asarray(tc / 0.948 - hdl / 0.971 - (tg / 8.56 + tg * (tc - hdl) / 2140.0 - tg**2 / 16100.0) - 9.44)


#: Friedewald below this TG, Sampson-NIH from here to :data:`SAMPSON_LIMIT` (clinical reference, section 4, *LDL*), mg/dL.
FRIEDEWALD_LIMIT = 400.0
SAMPSON_LIMIT = 800.0
USES_FRIEDEWALD, USES_SAMPSON, NO_ESTIMATE = 1, 2, 0


def calculated_ldl(tc: Floats, hdl: Floats, tg: Floats) -> tuple[Floats, npt.NDArray[np.int8]]:
    """LDL by the equation its TG asks for, and which that was; NaN and :data:`NO_ESTIMATE` above 800 or when not positive."""
    by_friedewald = tg < FRIEDEWALD_LIMIT * (1 - TOLERANCE)
    by_sampson = ~by_friedewald & (tg <= SAMPSON_LIMIT * (1 + TOLERANCE))
    estimate = np.where(by_friedewald, friedewald(tc, hdl, tg), sampson_nih(tc, hdl, tg))
    # Zero on paper may come out as a trace of rounding.
    usable = (by_friedewald | by_sampson) & (estimate > TOLERANCE * tc)
    equation = np.where(by_friedewald, np.int8(USES_FRIEDEWALD), np.int8(USES_SAMPSON))
    return np.where(usable, estimate, np.nan), np.where(usable, equation, np.int8(NO_ESTIMATE))


def completed_years(birth_year: Days, birth_month_day: Days, year: Days, month_day: Days) -> Days:
    """Completed years between two dates given as year and month · 100 + day; a birthday on 29 February is 1 March in other years."""
    return np.asarray(year - birth_year - (month_day < birth_month_day))
