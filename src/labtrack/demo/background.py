"""Sample patients drawn at random, with findings as often as the base rates of the clinical reference (section 7) have them.

Long-term upadacitinib 15 mg: lymphocytes grade 3 in 17 %, neutrophils 0.8 %, hemoglobin 5.7 %, ALT 2.9 %. Baricitinib: neutrophils
below 1, lymphocytes below 0.5 and hemoglobin below 8 in less than 1 % each; half of that is taken. Of tofacitinib, and of ALT on
either, the reference has no figure, and that of baricitinib serves. Grade 3 is CTCAE v5's. What share of people come on time, and
who is treated with what, come from no source.
"""

from __future__ import annotations

from random import Random

from labtrack.core.record import Sex
from labtrack.demo.case import Case, Shows, Therapy
from labtrack.demo.laboratories import CITY, HARBOR, SAINT_ANNE

_RARE = 0.005
#: Share of people in whom an analyte reaches grade 3 at some time on the drug.
RATES = {
    "baricitinib": {"alc": _RARE, "anc": _RARE, "hb": _RARE, "alt": _RARE},
    "tofacitinib": {"alc": _RARE, "anc": _RARE, "hb": _RARE, "alt": _RARE},
    "upadacitinib": {"alc": 0.17, "anc": 0.008, "hb": 0.057, "alt": 0.029},
}
#: Values of grade 3 (10⁹/L, 10⁹/L, g/dL, U/L), and what they come back to.
_GRADE_3 = {"alc": (0.22, 0.49), "anc": (0.52, 0.97), "hb": (6.7, 7.9), "alt": (240, 360)}
_RECOVERED = {"alc": 1.2, "anc": 2.4, "hb": 12.4, "alt": 28}

_DRUGS = (("baricitinib", 2.0, "daily"), ("upadacitinib", 15.0, "daily"), ("tofacitinib", 5.0, "twice daily"))
_DRUG_WEIGHTS = (45, 35, 20)
_LABORATORIES = (CITY, HARBOR, SAINT_ANNE)
_LABORATORY_WEIGHTS = (50, 25, 25)
_SHARE_OF_WOMEN = 0.75
#: Days since the last visit of those who come on time, whose visit is due, and who are late; and how common each is.
_SINCE_LAST = ((3, 55), (72, 95), (104, 150))
_SINCE_LAST_WEIGHTS = (65, 20, 15)
_LAST_MILESTONE = (84, 168, 252, 336, 504, 672)

_WOMEN = (
    "Hernández, Rosa",
    "Iyer, Lakshmi",
    "Dupont, Camille",
    "Yamamoto, Keiko",
    "Ferrari, Chiara",
    "Mensah, Abena",
    "Larsen, Ingrid",
    "Haddou, Salma",
    "Popescu, Ioana",
    "Garcia, Maria",
    "Tran, Thu Hà",
    "Smith, Margaret",
    "Kamau, Wanjiru",
    "Öztürk, Elif",
)
_MEN = (
    "Almeida, Tiago",
    "Ahmed, Yusuf",
    "Weber, Stefan",
    "Suzuki, Kenji",
    "Papadopoulos, Nikos",
    "Johansson, Erik",
    "Reyes, Carlos",
    "Kelly, Brendan",
    "Zhang, Min",
    "Mwangi, Peter",
)


def background(count: int, seed: int) -> tuple[Case, ...]:
    """``count`` patients; the same for the same seed, and the first ones the same for a larger count."""
    rng = Random(f"background/{seed}")  # nosec B311
    women, men = rng.sample(_WOMEN, len(_WOMEN)), rng.sample(_MEN, len(_MEN))
    return tuple(_one(rng, women, men, place) for place in range(count))


def _one(rng: Random, women: list[str], men: list[str], place: int) -> Case:
    is_woman = rng.random() < _SHARE_OF_WOMEN
    names = women if is_woman else men
    drug, dose_mg, frequency = rng.choices(_DRUGS, _DRUG_WEIGHTS)[0]
    since_last = rng.randint(*rng.choices(_SINCE_LAST, _SINCE_LAST_WEIGHTS)[0])
    return Case(
        name=names[place % len(names)],
        sex=Sex.FEMALE if is_woman else Sex.MALE,
        age=round(rng.triangular(24, 81, 57)),
        shows=(Shows("one of those whom every clinic has"),),
        therapies=(Therapy(drug, dose_mg, started=rng.choice(_LAST_MILESTONE) + since_last, frequency=frequency),),
        laboratory=rng.choices(_LABORATORIES, _LABORATORY_WEIGHTS)[0],
        resting=since_last - 5,
        values=_excursions(rng, drug),
    )


def _excursions(rng: Random, drug: str) -> dict[str, tuple[float, ...]]:
    """Which analytes reached grade 3, at the last visit or the one before."""
    found: dict[str, tuple[float, ...]] = {}
    for analyte, rate in RATES[drug].items():
        low, high = _GRADE_3[analyte]
        worst, is_over, happens = rng.uniform(low, high), rng.random() < 0.5, rng.random() < rate
        if happens:
            found[analyte] = (worst, _RECOVERED[analyte]) if is_over else (worst,)
    return found
