"""What a coded report measures: LOINC first, then local codes, then names; a contradiction is told, not settled."""

from __future__ import annotations

import pytest

from labtrack.catalogue import catalogue, fold_name
from labtrack.exchange.coding import Coded, Coding, code_reader, identify_coded

LOINC = "http://loinc.org"
PLATELETS = Coding("777-3", LOINC, "Platelets [#/volume] in Blood by Automated count")


def coded(*codings: Coding, text: str = "", unit: str = "", local: dict[str, str] | None = None) -> Coded:
    return identify_coded(codings, text, unit, catalogue(), local or {})


@pytest.mark.parametrize("system", [LOINC, "LN", "urn:oid:2.16.840.1.113883.6.1", "http://LOINC.org/"])
def test_loinc_decides_by_whatever_name_the_system_goes(system: str) -> None:
    assert coded(Coding("777-3", system)) == Coded("777-3")


def test_loinc_decides_though_it_stands_second() -> None:
    assert coded(Coding("X1", "http://acme.example/local"), PLATELETS, text="Plättchen") == Coded("777-3")


def test_a_loinc_code_in_another_system_is_no_loinc_code() -> None:
    assert "no LOINC code" in coded(Coding("777-3x", "http://acme.example/local")).refusal


def test_a_code_that_labtrack_does_not_follow_is_kept_out_by_name() -> None:
    assert coded(Coding("2339-0", LOINC, "Glucose")) == Coded(kept_out="2339-0 Glucose")


def test_a_local_code_needs_the_clinic_s_table() -> None:
    code = Coding("PLTX", "ACME", "Thrombo (auto)")
    assert "add it to a table of codes" in coded(code).refusal
    for key in ("PLTX", "ACME|PLTX", "thrombo auto"):
        assert coded(code, local={fold_name(key): "plt"}) == Coded("plt")
    assert coded(code, local={fold_name("PLTX"): ""}) == Coded(kept_out="PLTX Thrombo (auto)")


def test_an_accepted_name_serves_where_there_is_no_code() -> None:
    assert coded(text="Hemoglobin") == Coded("Hemoglobin")
    assert coded(Coding("HGB", "L")) == Coded("HGB")


def test_a_name_that_is_known_not_to_be_ours_is_kept_out() -> None:
    assert coded(text="HbA1c") == Coded(kept_out="HbA1c")


def test_a_code_of_blanks_is_none() -> None:
    assert coded(Coding(" \u200b", LOINC)) == Coded(refusal="it does not say what was measured")


def test_nothing_said_is_told() -> None:
    assert coded() == Coded(refusal="it does not say what was measured")


@pytest.mark.parametrize(
    ("code", "name", "why"),
    [
        ("789-8", "WBC", "red cell count"),
        ("2089-1", "VLDL", "VLDL is not LDL"),
        ("4548-4", "Hemoglobin", "HbA1c"),
        ("11156-7", "WBC", "morphology"),
        ("718-7", "Platelets", "its name is Platelets"),
        ("2339-0", "Hemoglobin", "none that labtrack knows for Hemoglobin"),
    ],
)
def test_wrong_codes_in_the_wild(code: str, name: str, why: str) -> None:
    """Clinical reference, section 6: codes seen on the wrong analyte are refused, never mapped."""
    found = coded(Coding(code, LOINC, name))
    assert not found.analyte
    assert why in found.refusal


def test_the_same_codes_with_their_own_names_are_no_contradiction() -> None:
    for code, name in (("789-8", "Erythrocytes"), ("4548-4", "Hemoglobin A1c"), ("11156-7", "Leukocyte morphology finding")):
        assert coded(Coding(code, LOINC, name)).kept_out.startswith(code)


def test_two_codes_of_two_analytes_are_refused() -> None:
    assert "different things" in coded(Coding("718-7", LOINC), Coding("777-3", LOINC)).refusal


def test_bare_neutrophils_are_told_apart_by_unit() -> None:
    assert coded(text="Neutrophils", unit="%").analyte == coded(text="Neutrophils", unit="10*9/L").analyte == "Neutrophils"


def test_the_reader_remembers_and_answers_alike() -> None:
    read = code_reader(catalogue())
    assert read((PLATELETS,), "", "10*3/uL") == read((PLATELETS,), "", "10*3/uL") == Coded("777-3")
