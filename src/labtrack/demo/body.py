"""A sample person's blood: set points, everyday variation, and what a JAK inhibitor does to it. Canonical units throughout.

What is taken from the clinical reference, section 7: LDL rises by a mean of 13 mg/dL by week 12 and HDL rises too; within-person
variation is the catalogue's CVi. From its section 2: baricitinib raises creatinine by a mean 3.8 µmol/L. The set points, the size
of the HDL rise and the fall of CRP are chosen to look like a rheumatology clinic; they come from no source.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random

from labtrack.catalogue import catalogue
from labtrack.core.record import Sex

#: Where healthy set points lie: for both sexes, or by sex.
_BOTH = {
    "anc": (3.0, 5.2),
    "alc": (1.5, 2.4),
    "plt": (210, 320),
    "alt": (15, 24),
    "ast": (17, 25),
    "alp": (55, 95),
    "ggt": (14, 30),
    "bilirubin": (0.4, 0.8),
    "albumin": (4.0, 4.6),
    "ldl": (95, 135),
    "tg": (80, 140),
    "urea": (3.5, 6.0),
    "ck": (60, 140),
    "crp": (3, 28),
    "egfr": (75, 100),
}
_WOMEN = {"hb": (13.0, 14.1), "hdl": (52, 68), "creatinine": (0.64, 0.76)}
_MEN = {"hb": (14.4, 15.6), "hdl": (42, 56), "creatinine": (0.78, 0.93)}

_LDL_RISE = 13.0
_HDL_RISE = 6.0
_RISE_COMPLETE_DAYS = 84
_CREATININE_RISE = 3.8 / 88.4
_CREATININE_RISE_DAYS = 14
#: The share of CRP that is left once the treatment works.
_CRP_LEFT = 0.07
_CRP_HALVED_DAYS = 14
#: Neither monocytes nor the other white cells are reported; they are the rest of the white count (10⁹/L).
_OTHER_CELLS = (0.4, 0.9)
#: Variation beyond this many standard deviations is left out, so that no finding of a case patient is an accident.
_WIDEST = 1.5


@dataclass(frozen=True, slots=True)
class Body:
    """One person's set points before treatment. ``other_cells`` in 10⁹/L."""

    set_points: Mapping[str, float]
    other_cells: float

    @classmethod
    def born(cls, rng: Random, sex: Sex) -> Body:
        """A healthy person; one whose sex is not recorded is drawn from the women's ranges."""
        ranges = {**_BOTH, **(_MEN if sex is Sex.MALE else _WOMEN)}
        return cls({analyte: rng.uniform(low, high) for analyte, (low, high) in ranges.items()}, rng.uniform(*_OTHER_CELLS))

    def quiet(self, rng: Random, analyte: str, days_on: int | None, drug: str) -> float:
        """An unremarkable value after ``days_on`` days on ``drug`` (None: off treatment), with half the within-person variation."""
        value = self.set_points[analyte]
        if days_on is not None and days_on > 0:
            value = _treated(analyte, value, days_on, drug)
        spread = (catalogue().analytes[analyte].cvi or 0) / 100 / 2
        deviations = max(-_WIDEST, min(_WIDEST, rng.gauss(0, 1)))
        return value * math.exp(spread * deviations)


def _treated(analyte: str, value: float, days_on: int, drug: str) -> float:
    lipids = min(1.0, days_on / _RISE_COMPLETE_DAYS)
    match analyte:
        case "ldl":
            return value + _LDL_RISE * lipids
        case "hdl":
            return value + _HDL_RISE * lipids
        case "creatinine" if drug == "baricitinib":
            return value + _CREATININE_RISE * min(1.0, days_on / _CREATININE_RISE_DAYS)
        case "crp":
            return value * (_CRP_LEFT + (1 - _CRP_LEFT) * math.exp2(-days_on / _CRP_HALVED_DAYS))
    return value


def completed(values: dict[str, float], other_cells: float) -> dict[str, float]:
    """``values`` with what follows from them: white cells and shares, hematocrit, total cholesterol."""
    full = dict(values)
    if {"anc", "alc"} <= values.keys():
        full["wbc"] = values["anc"] + values["alc"] + other_cells
        full["neut_pct"] = 100 * values["anc"] / full["wbc"]
        full["lymph_pct"] = 100 * values["alc"] / full["wbc"]
    if "hb" in values:
        full["hct"] = 3 * values["hb"]
    if {"ldl", "hdl", "tg"} <= values.keys():
        full["tc"] = values["ldl"] + values["hdl"] + values["tg"] / 5
    return full
