"""Units for the eye."""

from __future__ import annotations

from labtrack.catalogue import catalogue
from labtrack.clinic.unit_texts import unit_text


def test_codes_are_spelled_as_people_write_them() -> None:
    assert [unit_text(each) for each in ("10*9/L", "x10^9/L", "10*3/uL", "umol/L", "g/dL", "", "mL/min/{1.73_m2}")] == [
        "×10⁹/L", "×10⁹/L", "×10³/µL", "µmol/L", "g/dL", "", "mL/min/1.73 m²",
    ]  # fmt: skip


def test_no_two_units_of_an_analyte_look_alike() -> None:
    for analyte in catalogue().analytes.values():
        units = catalogue().units_of(analyte)
        assert len({unit_text(each) for each in units}) == len(units)
