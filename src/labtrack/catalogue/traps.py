"""Questions about entered values that look like another unit or do not fit together; they warn and never change a verdict.

The numbers stand in ``traps.toml`` (clinical reference, section 6, *Unit traps*). All values are in canonical units.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from labtrack.catalogue.model import Source, Traps
from labtrack.catalogue.rows import Row
from labtrack.core.quantity import format_number

FILE = "traps.toml"
_EQUAL = 1e-9


def traps_of(table: Mapping[str, object], sources: Mapping[str, Source]) -> Traps:
    """The numbers of ``traps.toml``.

    Raises:
        CatalogueError: a row is missing or wrong.
    """
    file = Row(FILE, "file", table)
    rows = {
        name: file.table(name)
        for name in (
            "unit-change",
            "parts-of-white-cells",
            "hemoglobin-and-hematocrit",
            "cholesterol-parts",
            "egfr-reported-and-calculated",
        )
    }
    change, parts, hemoglobin, cholesterol, egfr = rows.values()
    traps = Traps(
        unit_ratios=change.numbers("ratios"),
        unit_tolerance=change.number("tolerance"),
        parts_of_wbc=parts.number("share"),
        hematocrit_per_hemoglobin=hemoglobin.number("divisor"),
        hemoglobin_tolerance=hemoglobin.number("tolerance"),
        cholesterol_tolerance=cholesterol.number("tolerance"),
        egfr_tolerance=egfr.number("tolerance"),
        sources=MappingProxyType({name: row.one_of("source", sources) for name, row in rows.items()}),
    )
    for row in (file, *rows.values()):
        row.done()
    return traps


def unit_change(traps: Traps, last: float, new: float) -> str:
    """The question whether the unit changed between the patient's last value and a new one; empty if there is none to ask.

    >>> from labtrack.catalogue import catalogue
    >>> unit_change(catalogue().traps, 14.1, 141.0)
    'unit changed? 141 is 10 times the last value, 14.1'
    """
    if not (last > 0 and new > 0):
        return ""
    ratio = max(new / last, last / new)
    for known in traps.unit_ratios:
        if abs(ratio - known) <= traps.unit_tolerance * known * (1 + _EQUAL):
            how = "times" if new > last else "of"
            times = format_number(float(f"{ratio:.3g}"))
            return (
                f"unit changed? {format_number(new)} is {times if new > last else f'1/{times}'} {how} the last value, {format_number(last)}"
            )
    return ""


def misfits(traps: Traps, values: Mapping[str, float], calculated_egfr: float | None = None) -> tuple[str, ...]:
    """What does not fit together among exact values of one specimen, by analyte key.

    ``calculated_egfr`` is CKD-EPI 2021 of the same specimen, compared with a reported ``egfr``.
    """
    found = []
    if values.keys() >= {"anc", "alc", "wbc"} and values["anc"] + values["alc"] > values["wbc"] * traps.parts_of_wbc * (1 + _EQUAL):
        found.append("ANC and ALC together are more than WBC")
    if values.keys() >= {"hb", "hct"}:
        expected = values["hct"] / traps.hematocrit_per_hemoglobin
        if _apart(values["hb"], expected, traps.hemoglobin_tolerance):
            found.append(f"Hb does not fit Hct: a third of it is {expected:.1f}")
    if values.keys() >= {"tc", "hdl", "ldl"}:
        parts = values["hdl"] + values["ldl"]
        if values["tc"] < parts * (1 - traps.cholesterol_tolerance) * (1 - _EQUAL):
            found.append("total cholesterol is less than HDL and LDL together")
    if calculated_egfr is not None and "egfr" in values and _apart(values["egfr"], calculated_egfr, traps.egfr_tolerance):
        found.append(f"the reported eGFR is not near the {calculated_egfr:.0f} that its creatinine gives")
    return tuple(found)


def _apart(value: float, expected: float, tolerance: float) -> bool:
    return abs(value - expected) > tolerance * expected * (1 + _EQUAL)
