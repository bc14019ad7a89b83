"""Units: every spelling of the clinical reference, the ways laboratories write them, and what must stay unknown."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from labtrack.catalogue import Identity, UnitRow, catalogue, fold_unit
from labtrack.catalogue.units import LONGEST_UNIT, UnitTable, factor_of

COUNTS = "10*9/L=1 10*3/uL=1 K/uL=1 THOU/uL=1 G/L=1 GI/L=1 Gpt/L=1 giga.l-1=1 x10E3/uL=1 /nL=1"
COUNTS += " /uL=0.001 /mm3=0.001 cells/uL=0.001 {cells}/uL=0.001 #/uL=0.001"
ENZYMES = "U/L=1 IU/L=1 [IU]/L=1 ukat/L=60"

#: Clinical reference, section 6: what a number in the unit is multiplied by, by the name under which it is reported.
FACTORS = {
    "wbc": COUNTS,
    "anc": COUNTS,
    "alc": COUNTS,
    "hb": "g/dL=1 g/L=0.1",
    "59260-0": "g/dL=1 g/L=0.1 mmol/L=1.61145",
    "hct": "%=1 L/L=100 1=100 FRACTION=100",
    "plt": f"{COUNTS} lakh/cumm=100",
    "alt": ENZYMES,
    "ast": ENZYMES,
    "alp": ENZYMES,
    "ggt": ENZYMES,
    "bilirubin": "mg/dL=1 umol/L=1/17.104",
    "albumin": "g/dL=1 g/L=0.1",
    "tc": "mg/dL=1 mmol/L=38.67",
    "ldl": "mg/dL=1 mmol/L=38.67",
    "hdl": "mg/dL=1 mmol/L=38.67",
    "tg": "mg/dL=1 mmol/L=88.57",
    "creatinine": "mg/dL=1 umol/L=1/88.4 mmol/L=1000/88.4",
    "egfr": "mL/min/{1.73_m2}=1 mL/min/1.73m2=1",
    "33914-3": "mL/min/{1.73_m2}=1 mL/min/1.73m2=1 mL/min=1",
    "urea": "mmol/L=1 mg/dL=0.1665",
    "bun": "mmol/L=1 mg/dL=0.357",
    "3094-0": "mmol/L=1 mg/dL=0.357",
    "22664-7": "mmol/L=1 mg/dL=0.1665",
    "ck": ENZYMES,
    "crp": "mg/L=1 mg/dL=10",
    "neut_pct": "%=1",
    "lymph_pct": "%=1",
}
CASES = [(name, *pair.split("=")) for name, pairs in FACTORS.items() for pair in pairs.split()]


def known(name: str) -> Identity:
    identity = catalogue().identify(name)
    assert identity is not None
    return identity


@pytest.mark.parametrize(("name", "unit", "factor"), CASES, ids=lambda part: part)
def test_the_units_of_the_clinical_reference(name: str, unit: str, factor: str) -> None:
    top, _, bottom = factor.partition("/")
    expected = float(Fraction(top) / Fraction(bottom or "1"))
    for spelling in (unit, unit.lower(), unit.upper(), f" {unit} ", f"\ufeff{unit}\u200b"):
        assert catalogue().factor(known(name), spelling) == expected


@pytest.mark.parametrize(
    "unit",
    [
        r"x10\S\9/L",
        r"x10^9/L",
        r"10^9/L",
        r"10e9/L",
        r"10E+9/L",
        r"10E+09/L",
        r"×10⁹/L",
        r"x 10⁹ / L",
        r"10**9/L",
        r"10(9)/L",
        r"x10(9)/L",
        r"10*9 cells/L",
        r"10^9/litre",
        r"E9/L",
        r"10^3/ul",
        r"10³/µL",
        r"x10E3/uL",
        r"x10e3/μL",
        r"10(3)/mcL",
        r"10^3/mm³",
        r"thou/mm3",
        r"Thousand/uL",
        r"thous/mcL",
        r"K/µL",
        r"K/mcL",
        r"K/cumm",
        r"K/mm^3",
        r"*10^3/uL",
    ],
)
def test_a_power_of_ten_is_written_in_many_ways(unit: str) -> None:
    assert catalogue().factor(known("wbc"), unit) == 1


@pytest.mark.parametrize(
    ("name", "unit", "factor"),
    [
        ("plt", "cells/cumm", 0.001),
        ("plt", "/cu mm", 0.001),
        ("plt", "lakhs/cumm", 100),
        ("hb", "gm/dL", 1),
        ("hb", "G/DL", 1),
        ("hb", "gm%", 1),
        ("bilirubin", "µmol/l", 1 / 17.104),
        ("bilirubin", "μmol/L", 1 / 17.104),
        ("bilirubin", "mcmol/L", 1 / 17.104),
        ("bilirubin", "micromol/L", 1 / 17.104),
        ("alt", "µkat/l", 60),
        ("alt", "uKat/L", 60),
        ("egfr", "mL/min/1.73 m²", 1),
        ("egfr", "ml/min/1.73m^2", 1),
        ("egfr", r"mL/min/1.73m\S\2", 1),
        ("egfr", "mL/min/1,73m²", 1),
        ("egfr", "mL/min per 1.73 m2", 1),
        ("egfr", "mL/min/{1.73 m²}", 1),
        ("hb", "mmol/L (monomer)", 1.61145),
        ("hb", "mmol/L(Fe)", 1.61145),
        ("wbc", "G/l", 1),
    ],
)
def test_spellings_seen_in_reports(name: str, unit: str, factor: float) -> None:
    assert catalogue().factor(known(name), unit) == pytest.approx(factor, rel=1e-15)


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        *(
            ("wbc", unit)
            for unit in ("", "furlong", "109/L", "103/uL", "x109/L", "M/uL", "10*6/uL", "10*12/L", "10*6/L", "T/L", "%", "/L", "10/uL")
        ),
        *(("anc", unit) for unit in ("%", "FRACTION", "g/dL")),
        *(("hb", unit) for unit in ("mmol/L", "%", "mg/dL", "g", "g/l-1", "mmol/mol")),
        *(("718-7", unit) for unit in ("mmol/L", "")),
        *(("alt", unit) for unit in ("kat/L", "mkat/L", "nkat/L", "mU/L", "U/mL", "U", "kU/L")),
        *(("creatinine", unit) for unit in ("g/L", "nmol/L", "mg/L", "mL/min", "mol/L")),
        *(("egfr", unit) for unit in ("mL/min", "mL/s", "mL/s/1.73m2", "1.73m2", "%")),
        *(("33914-3", unit) for unit in ("mL/s", "mL", "min")),
        *(("ldl", unit) for unit in ("g/L", "umol/L", "nmol/L", "mmol", "mmol/dL")),
        *(("bun", unit) for unit in ("g/L", "mmol", "mg/L")),
        *(("plt", unit) for unit in ("lakh", "fL", "lakh/L", "crore/cumm")),
        ("hct", "g/dL"),
        ("crp", "nmol/L"),
        ("neut_pct", "10*9/L"),
        ("wbc", "10*9/L" + " " * 300),
    ],
)
def test_what_is_not_in_the_table_is_unknown(name: str, unit: str) -> None:
    assert catalogue().factor(known(name), unit) is None


def test_hemoglobin_in_mmol_is_refused_unless_it_says_of_what() -> None:
    book = catalogue()
    assert "59260-0" in (book.unit_refusal(known("hb"), "mmol/l") or "")
    assert book.unit_refusal(known("718-7"), "mmol/L") is not None
    for identity, unit in (
        (known("59260-0"), "mmol/L"),
        (known("hb monomer"), "mmol/L"),
        (known("hb"), "furlong"),
        (known("tc"), "mmol/L"),
    ):
        assert book.unit_refusal(identity, unit) is None


def test_ml_per_min_is_withheld_not_refused() -> None:
    book = catalogue()
    assert book.unit_refusal(known("egfr"), "mL/min") is None
    withheld = book.withheld_unit(known("egfr"), "mL/min")
    assert withheld is not None
    assert "LOINC" in withheld.otherwise
    assert book.withheld_unit(known("33914-3"), "mL/min") is None
    assert book.withheld_unit(known("egfr"), "furlong") is None


def test_urea_and_bun_are_two_names_of_one_thing() -> None:
    urea, bun = (catalogue().factor(known(name), "mg/dL") for name in ("urea", "bun"))
    assert urea is not None
    assert bun is not None
    assert bun / urea == pytest.approx(2.144, abs=1e-3)


@pytest.mark.parametrize("key", list(catalogue().analytes))
def test_the_units_offered_can_be_used(key: str) -> None:
    analyte = catalogue().analytes[key]
    offered = catalogue().units_of(analyte)
    assert offered[0] == analyte.unit
    assert all(catalogue().factor(Identity(analyte), unit) for unit in offered)
    assert catalogue().factor(Identity(analyte), analyte.display_unit) == 1
    assert catalogue().factor(Identity(analyte), analyte.si_unit) == pytest.approx(1 / analyte.si_factor, rel=1e-12)


@given(st.text(max_size=LONGEST_UNIT))
@example("İ/L")
def test_folding_is_settled_after_one_time(text: str) -> None:
    once = fold_unit(text)
    assert "".join(once.split()) == once
    assert fold_unit(once) == once or not text.isascii()


@given(st.sampled_from(CASES), st.data())
def test_letter_case_white_space_and_invisible_characters_never_matter(case: tuple[str, str, str], data: st.DataObject) -> None:
    name, unit, _ = case
    flipped = [letter.upper() if data.draw(st.booleans()) else letter.lower() for letter in unit]
    noise = data.draw(
        st.lists(st.sampled_from(["", " ", "\u200b", "\ufeff", "\u00ad", "\u00a0"]), min_size=len(flipped), max_size=len(flipped))
    )
    noisy = "".join(letter + mark for letter, mark in zip(flipped, noise, strict=True))
    assert catalogue().factor(known(name), noisy) == catalogue().factor(known(name), unit)


@given(st.text(alphabet="0123456789*^eEx/ugmdLlKkM%.{}()[]UI µ²³⁹", max_size=12))
def test_a_unit_is_known_or_unknown_and_never_an_error(unit: str) -> None:
    for analyte in catalogue().analytes.values():
        factor = catalogue().factor(Identity(analyte), unit)
        assert factor is None or factor > 0


def test_an_overlong_text_is_no_unit() -> None:
    assert fold_unit("g/dL" + " " * LONGEST_UNIT) == ""
    assert catalogue().factor(known("hb"), "g/dL" + " " * LONGEST_UNIT) is None


@pytest.mark.parametrize(("text", "factor"), [("1", 1.0), ("0.001", 0.001), ("1/88.4", 1 / 88.4), ("1000/88.4", 1000 / 88.4)])
def test_a_factor_is_computed_once_and_correctly_rounded(text: str, factor: float) -> None:
    assert factor_of(text) == pytest.approx(factor, rel=2e-16)


@pytest.mark.parametrize("text", ["", "x", "1/", "1/0", "0", "-1", "1/2/3"])
def test_a_wrong_factor_is_an_error(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not"):
        factor_of(text)


def test_a_spelling_cannot_mean_two_things() -> None:
    with pytest.raises(ValueError, match="twice"):
        UnitTable([UnitRow("g/L", 0.1, (), "ucum"), UnitRow("G/l", 1.0, (), "ucum")])
    with pytest.raises(ValueError, match="twice"):
        UnitTable([UnitRow("mg/dL", 0.1, (), "ucum"), UnitRow("mg/dL", 1.0, (), "ucum", variant="bun")])
