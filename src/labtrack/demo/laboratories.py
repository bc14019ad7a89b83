"""The laboratories of the sample clinic: each prints the same blood in its own names, units, limits and number format."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from labtrack.catalogue import catalogue
from labtrack.core.quantity import DecimalMark
from labtrack.core.record import Sex

Limits = tuple[float | None, float | None]


@dataclass(frozen=True, slots=True)
class Column:
    """How one analyte is printed: under which name, in which unit, with how many decimals.

    ``below`` and ``above`` are the ends of what the laboratory can tell, in the printed unit: beyond them it prints a bound.
    """

    name: str
    unit: str
    decimals: int
    below: float | None = None
    above: float | None = None


@dataclass(frozen=True, slots=True)
class Laboratory:
    """One laboratory. ``limits`` replace the catalogue's reference limits, in the canonical unit, by analyte and sex.

    ``offset_minutes`` is the UTC offset that it prints with its times; None prints none. ``has_times`` False prints bare dates,
    ``has_specimens`` False no specimen numbers, ``has_limits`` False no reference limits.
    """

    key: str
    name: str
    prefix: str
    columns: Mapping[str, Column]
    limits: Mapping[tuple[str, Sex], Limits]
    decimal: DecimalMark = "."
    delimiter: Literal[",", ";"] = ","
    has_times: bool = True
    has_specimens: bool = True
    has_limits: bool = True
    offset_minutes: int | None = None

    def printed(self, analyte: str, value: float) -> str:
        """A value given in the analyte's canonical unit as this laboratory prints it."""
        column = self.columns[analyte]
        number = value / self._factor(column)
        if column.below is not None and number < column.below:
            return f"<{self._number(column.below, column.decimals)}"
        if column.above is not None and number > column.above:
            return f">{self._number(column.above, column.decimals)}"
        return self._number(number, column.decimals)

    def printed_limits(self, analyte: str, sex: Sex) -> tuple[str, str]:
        """The reference limits as printed, empty where the laboratory prints none."""
        known = catalogue().identify(self.columns[analyte].name, self.columns[analyte].unit)
        if not self.has_limits or known is None:
            return "", ""
        low, high = self.limits.get((analyte, sex), known.analyte.ranges[sex])
        column = self.columns[analyte]
        factor = self._factor(column)

        def text(limit: float | None) -> str:
            return "" if limit is None else self._number(limit / factor, column.decimals)

        return text(low), text(high)

    def _factor(self, column: Column) -> float:
        identity = catalogue().identify(column.name, column.unit)
        factor = catalogue().factor(identity, column.unit) if identity else None
        if factor is None:
            raise LookupError(f"{self.name}: {column.name} in {column.unit} is not in the catalogue")
        return factor

    def _number(self, number: float, decimals: int) -> str:
        return f"{number:.{decimals}f}".replace(".", self.decimal)


def _own_limits(women_hb: Limits, men_hb: Limits, women_alt: float, men_alt: float) -> dict[tuple[str, Sex], Limits]:
    """Hemoglobin and ALT limits, which differ most between laboratories (g/dL, U/L)."""
    return {
        ("hb", Sex.FEMALE): women_hb,
        ("hb", Sex.MALE): men_hb,
        ("alt", Sex.FEMALE): (0, women_alt),
        ("alt", Sex.MALE): (0, men_alt),
    }


#: United States units; LDL reported, eGFR left to the reader.
CITY = Laboratory(
    "city",
    "City Lab",
    "C",
    {
        "wbc": Column("WBC", "K/uL", 1),
        "anc": Column("ANC", "K/uL", 2),
        "alc": Column("ALC", "K/uL", 2),
        "hb": Column("Hemoglobin", "g/dL", 1),
        "hct": Column("Hematocrit", "%", 1),
        "plt": Column("Platelets", "K/uL", 0),
        "alt": Column("ALT", "U/L", 0),
        "ast": Column("AST", "U/L", 0),
        "alp": Column("ALP", "U/L", 0),
        "ggt": Column("GGT", "U/L", 0),
        "bilirubin": Column("Total bilirubin", "mg/dL", 1, below=0.2),
        "albumin": Column("Albumin", "g/dL", 1),
        "tc": Column("Total cholesterol", "mg/dL", 0),
        "ldl": Column("LDL", "mg/dL", 0),
        "hdl": Column("HDL", "mg/dL", 0),
        "tg": Column("Triglycerides", "mg/dL", 0),
        "creatinine": Column("Creatinine", "mg/dL", 2),
        "urea": Column("BUN", "mg/dL", 0),
        "ck": Column("CK", "U/L", 0),
        "crp": Column("CRP", "mg/L", 1, below=0.5),
    },
    _own_limits((12.0, 15.5), (13.5, 17.5), 35, 45),
)

#: Names everything by LOINC code; white cells with shares, so that absolute counts are calculated; no LDL, so that it is calculated.
HARBOR = Laboratory(
    "harbor",
    "Harbor Diagnostics",
    "HD",
    {
        "wbc": Column("6690-2", "x10E3/uL", 1),
        "neut_pct": Column("770-8", "%", 1),
        "lymph_pct": Column("736-9", "%", 1),
        "hb": Column("718-7", "g/dL", 1),
        "hct": Column("4544-3", "%", 1),
        "plt": Column("777-3", "x10E3/uL", 0),
        "alt": Column("1742-6", "IU/L", 0),
        "ast": Column("1920-8", "IU/L", 0),
        "alp": Column("6768-6", "IU/L", 0),
        "ggt": Column("2324-2", "IU/L", 0),
        "bilirubin": Column("1975-2", "mg/dL", 1, below=0.2),
        "albumin": Column("1751-7", "g/dL", 1),
        "tc": Column("2093-3", "mg/dL", 0),
        "hdl": Column("2085-9", "mg/dL", 0),
        "tg": Column("2571-8", "mg/dL", 0),
        "creatinine": Column("2160-0", "mg/dL", 2),
        "urea": Column("3094-0", "mg/dL", 0),
        "ck": Column("2157-6", "U/L", 0),
        "crp": Column("1988-5", "mg/L", 1, below=0.5),
    },
    _own_limits((11.1, 15.9), (13.0, 17.7), 32, 44),
)

#: SI units, decimal commas, semicolons, times with their offset (its clock stays on standard time all year).
SAINT_ANNE = Laboratory(
    "saint-anne",
    "Labor St. Anna",
    "SA",
    {
        "wbc": Column("Leukocytes", "10*9/L", 2),
        "anc": Column("Neutrophils absolute", "10*9/L", 2),
        "alc": Column("Lymphocytes absolute", "10*9/L", 2),
        "hb": Column("Haemoglobin", "g/L", 0),
        "hct": Column("HCT", "L/L", 3),
        "plt": Column("Thrombocytes", "10*9/L", 0),
        "alt": Column("ALAT", "ukat/L", 2),
        "ast": Column("ASAT", "ukat/L", 2),
        "alp": Column("ALP", "ukat/L", 2),
        "ggt": Column("GGT", "ukat/L", 2),
        "bilirubin": Column("Bilirubin total", "umol/L", 0, below=3),
        "albumin": Column("Albumin", "g/L", 0),
        "tc": Column("Cholesterol total", "mmol/L", 2),
        "ldl": Column("LDL", "mmol/L", 2),
        "hdl": Column("HDL", "mmol/L", 2),
        "tg": Column("Triglycerides", "mmol/L", 2),
        "creatinine": Column("Creatinine", "umol/L", 0),
        "urea": Column("Urea", "mmol/L", 1),
        "ck": Column("CK", "ukat/L", 2),
        "crp": Column("CRP", "mg/L", 1, below=0.6),
    },
    _own_limits((11.7, 15.3), (13.4, 17.0), 35, 50),
    decimal=",",
    delimiter=";",
    offset_minutes=60,
)

#: A hospital's ward system: bare dates, no specimen numbers, no limits; eGFR printed as a bound while it is high.
RIVERSIDE = Laboratory(
    "riverside",
    "Riverside Hospital",
    "",
    {
        "wbc": Column("WCC", "G/L", 1),
        "anc": Column("ANC", "G/L", 1),
        "alc": Column("ALC", "G/L", 1),
        "hb": Column("Hgb", "gm/dL", 1),
        "plt": Column("PLT", "G/L", 0),
        "alt": Column("SGPT", "IU/L", 0),
        "ast": Column("SGOT", "IU/L", 0),
        "alp": Column("Alk phos", "IU/L", 0),
        "bilirubin": Column("Total bilirubin", "mg/dL", 1),
        "albumin": Column("Albumin", "gm/dL", 1),
        "ldl": Column("LDL-C", "mg/dL", 0),
        "hdl": Column("HDL", "mg/dL", 0),
        "tc": Column("Cholesterol total", "mg/dL", 0),
        "tg": Column("Triglycerides", "mg/dL", 0),
        "creatinine": Column("Creatinine", "mg/dL", 1),
        "egfr": Column("eGFR", "mL/min/1.73m2", 0, above=60),
        "urea": Column("BUN", "mg/dL", 0),
    },
    {},
    has_times=False,
    has_specimens=False,
    has_limits=False,
)

#: By key; one results file each.
LABORATORIES: Mapping[str, Laboratory] = {each.key: each for each in (CITY, HARBOR, SAINT_ANNE, RIVERSIDE)}
