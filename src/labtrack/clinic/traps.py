"""Unit traps: values that a wrong unit or a slip of the pen could explain. They ask; they never refuse (clinical reference, section 6).

Every test takes numbers or equally long columns of them, in canonical units, and answers alike; NaN (unknown) never trips one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from labtrack.catalogue import Catalogue
from labtrack.core.quantity import format_number
from labtrack.labs.bounds import Floats
from labtrack.labs.formulas import YOUNGEST_ADULT, ckd_epi_2021

#: Factors between units that are taken for each other: powers of ten; glucose or globulin (18), cholesterol (38.67), katal (60),
#: creatinine (88.4).
UNIT_RATIOS = (10.0, 18.0, 38.67, 60.0, 88.4, 100.0, 1000.0)
#: How near a ratio must be to one of them.
RATIO_MARGIN = 0.05

Flags = npt.NDArray[np.bool_]


def unit_ratio(value: Floats | float, last: Floats | float) -> Floats:
    """The factor of :data:`UNIT_RATIOS` that a value and the patient's last one are apart, up or down; 0 where none."""
    value, last = np.asarray(value, np.float64), np.asarray(last, np.float64)
    found = np.zeros(np.broadcast_shapes(value.shape, last.shape))
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(value >= last, value / last, last / value)
        for factor in UNIT_RATIOS:
            found = np.where(np.abs(ratio / factor - 1) <= RATIO_MARGIN, factor, found)
    return found


def counts_exceed_white_cells(anc: Floats, alc: Floats, wbc: Floats) -> Flags:
    """Neutrophils and lymphocytes together more than 1.02 times all white cells (10*9/L)."""
    return np.asarray(anc + alc > wbc * 1.02)


def hematocrit_disagrees(hb: Floats, hct: Floats) -> Flags:
    """Hemoglobin (g/dL) more than 20 % off a third of the hematocrit (%)."""
    return np.asarray(np.abs(hb * 3 / hct - 1) > 0.2)


def parts_exceed_cholesterol(tc: Floats, hdl: Floats, ldl: Floats) -> Flags:
    """Total cholesterol more than 5 % below HDL and LDL together (mg/dL)."""
    return np.asarray(tc < (hdl + ldl) * 0.95)


def egfr_disagrees(reported: Floats, calculated: Floats) -> Flags:
    """A reported eGFR more than 15 % off the one calculated from its creatinine (mL/min/1.73 m²)."""
    return np.asarray(np.abs(reported / calculated - 1) > 0.15)


@dataclass(frozen=True, slots=True)
class PanelTrap:
    """A test on analytes of one patient at one time; the warning belongs to the first of ``keys``."""

    keys: tuple[str, ...]
    trips: Callable[..., Flags]
    text: str


#: ``egfr_calculated`` is no analyte: see :func:`calculated_egfr`.
PANEL_TRAPS = (
    PanelTrap(("wbc", "anc", "alc"), lambda wbc, anc, alc: counts_exceed_white_cells(anc, alc, wbc), "ANC and ALC exceed WBC"),
    PanelTrap(("hb", "hct"), hematocrit_disagrees, "Hb is not about a third of Hct"),
    PanelTrap(("tc", "hdl", "ldl"), parts_exceed_cholesterol, "HDL and LDL exceed total cholesterol"),
    PanelTrap(("egfr", "egfr_calculated"), egfr_disagrees, "eGFR is not the one of this creatinine, age and sex (CKD-EPI 2021)"),
)


def calculated_egfr(creatinine: Floats, age: Floats, sex: npt.NDArray[np.int8]) -> Floats:
    """CKD-EPI 2021 of adults; NaN without age or sex (0), or under 18."""
    known = (sex != 0) & (age >= YOUNGEST_ADULT)
    return np.where(known, ckd_epi_2021(creatinine, age, sex), np.nan)


def ratio_question(catalogue: Catalogue, analyte: str, value: float, last: float, ratio: float) -> str:
    """The question that a value asks which is a unit's factor away from the patient's last."""
    of = catalogue.analytes[analyte]
    said = f"{of.short} {format_number(value)} against {format_number(last)} {of.display_unit} before"
    return f"{said}: near a factor of {format_number(ratio)}; has the unit changed?"


def entry_traps(catalogue: Catalogue, values: Mapping[str, float], last: Mapping[str, float]) -> dict[str, list[str]]:
    """Warnings by analyte key for values about to be recorded together, given each analyte's last one (for forms and commands).

    ``values`` may hold ``egfr_calculated``.
    """
    found: dict[str, list[str]] = {}
    for key, value in values.items():
        ratio = float(unit_ratio(value, last[key])) if key in last else 0.0
        if ratio:
            found.setdefault(key, []).append(ratio_question(catalogue, key, value, last[key], ratio))
    with np.errstate(divide="ignore", invalid="ignore"):
        for trap in PANEL_TRAPS:
            if all(key in values for key in trap.keys) and bool(trap.trips(*(np.float64(values[key]) for key in trap.keys))):
                found.setdefault(trap.keys[0], []).append(f"{trap.text}: check the numbers and the units")
    return found


def panel_trips(columns: Mapping[str, Floats]) -> list[tuple[PanelTrap, npt.NDArray[np.int64]]]:
    """The traps that trip and the rows on which they do, for columns that have one row per patient and time (NaN: not reported)."""
    found: list[tuple[PanelTrap, npt.NDArray[Any]]] = []
    with np.errstate(divide="ignore", invalid="ignore"):
        for trap in PANEL_TRAPS:
            if all(key in columns for key in trap.keys):
                rows = np.flatnonzero(trap.trips(*(columns[key] for key in trap.keys)))
                if len(rows):
                    found.append((trap, rows))
    return found
