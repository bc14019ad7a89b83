"""Names that stay the same, and units as UCUM writes them."""

from __future__ import annotations

from uuid import UUID

from labtrack.catalogue import catalogue
from labtrack.exchange.fhir import vocabulary
from labtrack.exchange.fhir.vocabulary import MOLAR_CODES, is_molar, ucum_code, uuid_of


def test_the_same_parts_have_the_same_id_for_ever() -> None:
    assert uuid_of("patient", "10021") == "8efbdfa6-d1e1-598f-9b27-70f01a0b4ea5"
    assert UUID(uuid_of("")).version == 5
    assert uuid_of("a", "b") != uuid_of("ab") != uuid_of("a", "", "b")


def test_every_unit_of_the_catalogue_is_ucum() -> None:
    units = {row.unit for table in catalogue().units.values() for row in table.rows}
    assert {ucum_code(unit) for unit in units} == {
        "%", "/nL", "/uL", "10*3/uL", "10*9/L", "10*5/uL", "1", "L/L", "U/L", "ukat/L", "g/L", "g/dL", "mL/min", "mL/min/{1.73_m2}",
        "mg/L", "mg/dL", "mmol/L", "umol/L",
    }  # fmt: skip


def test_molar_codes_are_of_the_catalogue() -> None:
    assert set(catalogue().index.codes) >= MOLAR_CODES
    assert is_molar("umol/L")
    assert not is_molar("mg/dL")


def test_no_two_names_are_the_same() -> None:
    own = [value for value in vars(vocabulary).values() if isinstance(value, str) and value.startswith("urn:labtrack")]
    assert len(own) == len(set(own)) > 20
