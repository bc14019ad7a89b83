"""Names, codes, drugs and frequencies: what is known, what is not, and the reason given."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labtrack.catalogue import catalogue, fold_name

KEYS = [
    "wbc",
    "anc",
    "alc",
    "hb",
    "hct",
    "plt",
    "alt",
    "ast",
    "alp",
    "ggt",
    "bilirubin",
    "albumin",
    "tc",
    "ldl",
    "hdl",
    "tg",
    "creatinine",
    "egfr",
    "urea",
    "ck",
    "crp",
    "neut_pct",
    "lymph_pct",
]

#: Clinical reference, section 6: codes by analyte and variant.
CODES = {
    "wbc": "6690-2 26464-8 804-5 33256-9",
    "anc": "751-8 26499-4 753-4",
    "alc": "731-0 26474-7 732-8",
    "hb": "718-7 20509-6 30350-3",
    "hb monomer": "59260-0",
    "hct": "4544-3 20570-8 4545-0",
    "plt": "777-3 26515-7 778-1",
    "alt": "1742-6 1743-4 1744-2 77144-4",
    "ast": "1920-8 30239-8 88112-8",
    "alp": "6768-6",
    "ggt": "2324-2",
    "bilirubin": "1975-2 14631-6 42719-5",
    "albumin": "1751-7 61151-7 61152-5",
    "tc": "2093-3 14647-2",
    "ldl": "13457-7 39469-2 96259-7 96258-9 18262-6 69419-0 2089-1 22748-8",
    "hdl": "2085-9 14646-4",
    "tg": "2571-8 14927-8 3043-7",
    "creatinine": "2160-0 14682-9 38483-4 77140-2 59826-8",
    "egfr": "98979-8 62238-1 33914-3 48642-3 48643-1 77147-7 88293-6 88294-4 69405-9",
    "urea": "22664-7 3091-6",
    "urea bun": "3094-0 14937-7 6299-2",
    "ck": "2157-6",
    "crp": "1988-5 30522-7 71426-1",
    "neut_pct": "770-8 26511-6",
    "lymph_pct": "736-9 26478-8",
}

#: Names of section 6, and names as laboratories print them.
NAMES = {
    "wbc": "WBC|WCC|leukocytes|Leucocytes|TLC|White Blood Cell Count",
    "anc": "ANC|neutrophils absolute|Neutrophils, Absolute|neut#|Neut #|Absolute Neutrophil Count|Neutrophils (Abs)|neutrophils",
    "alc": "ALC|lymphocytes absolute|Lymphs (Absolute)|Lymphocytes",
    "hb": "Hb|HGB|hemoglobin|Haemoglobin|HEMOGLOBIN",
    "hct": "HCT|PCV|Hematocrit|Haematocrit",
    "plt": "PLT|platelets|thrombocytes|Platelet Count|Platelet count, Blood",
    "alt": "ALT|SGPT|GPT|ALAT|ALT (SGPT)|Alanine Aminotransferase",
    "ast": "AST|SGOT|GOT|ASAT|AST (SGOT)|Aspartate Aminotransferase",
    "alp": "ALP|alk phos|Alkaline Phosphatase|Alk. Phos.",
    "ggt": "GGT|gamma GT|γ-GT|Gamma-Glutamyl Transferase",
    "bilirubin": "bilirubin|total bilirubin|Bilirubin, Total|BILIRUBIN TOTAL",
    "albumin": "albumin|Albumin, Serum",
    "tc": "cholesterol total|Cholesterol, Total|Total cholesterol|TC",
    "ldl": "LDL|LDL-C|LDL Cholesterol|Low Density Lipoprotein Cholesterol",
    "hdl": "HDL|HDL-C|HDL cholesterol",
    "tg": "triglycerides|Triglyceride|TG",
    "creatinine": "creatinine|Creatinine, Serum",
    "egfr": "eGFR|EGFR|Estimated GFR",
    "urea": "urea|Urea, Serum",
    "urea bun": "BUN|Blood Urea Nitrogen|Urea nitrogen",
    "ck": "CK|CPK|Creatine Kinase",
    "crp": "CRP|C-reactive protein",
    "neut_pct": "neutrophils %|Neut%",
    "lymph_pct": "lymphocytes %|Lymphocytes/100 leukocytes",
}


def split(which: str) -> tuple[str, str]:
    key, _, variant = which.partition(" ")
    return key, variant


def test_the_analytes_are_these_in_this_order() -> None:
    assert list(catalogue().analytes) == KEYS
    assert [analyte.number for analyte in catalogue().analytes.values()] == list(range(1, 24)), "numbers are permanent"
    assert all(catalogue().by_number[analyte.number] is analyte for analyte in catalogue().analytes.values())


@pytest.mark.parametrize("which", CODES)
def test_codes_of_the_clinical_reference(which: str) -> None:
    key, variant = split(which)
    for code in CODES[which].split():
        identity = catalogue().identify(f" {code}\u200b")
        assert identity is not None
        assert (identity.analyte.key, identity.variant, identity.code) == (key, variant, code)
        assert identity.import_name == code
    assert sum(len(codes.split()) for codes in CODES.values()) == sum(len(each.loinc) for each in catalogue().analytes.values())


@pytest.mark.parametrize("which", NAMES)
def test_names_in_any_case(which: str) -> None:
    key, variant = split(which)
    for name in (key, *NAMES[which].split("|")) if not variant else NAMES[which].split("|"):
        for spelling in (name, name.upper(), name.lower(), f"\ufeff {name}\u00a0"):
            identity = catalogue().identify(spelling)
            assert identity is not None, spelling
            assert (identity.analyte.key, identity.variant, identity.code) == (key, variant, "")
            assert catalogue().identify(identity.import_name) == identity


def test_bare_neutrophils_and_lymphocytes_are_what_their_unit_says() -> None:
    for name, share, count in (("Neutrophils", "neut_pct", "anc"), ("LYMPHOCYTES", "lymph_pct", "alc")):
        found = {unit: catalogue().identify(name, unit) for unit in ("%", " % ", "FRACTION", "K/uL", "10*9/L", "", "furlong")}
        keys = {unit: identity.analyte.key for unit, identity in found.items() if identity}
        assert keys == {"%": share, " % ": share, "FRACTION": share, "K/uL": count, "10*9/L": count, "": count, "furlong": count}
    absolute = catalogue().identify("neutrophils absolute", "%")
    assert absolute is not None
    assert absolute.analyte.key == "anc"


@pytest.mark.parametrize(
    "name",
    [
        "HbA1c",
        "Hemoglobin A1c",
        "MCH",
        "MCHC",
        "COHb",
        "MPV",
        "PDW",
        "direct bilirubin",
        "Bilirubin, conjugated",
        "urine albumin",
        "microalbumin",
        "A/G",
        "A/G ratio",
        "HDL ratio",
        "non-HDL",
        "Non HDL Cholesterol",
        "urine creatinine",
        "Creatinine, urine",
        "CrCl",
        "CK-MB",
        "cystatin C",
        "Cockcroft-Gault",
        "globulin",
        "VLDL",
        "RBC",
        "789-8",
        "11156-7",
        "11273-0",
        "11125-2",
        "4548-4",
        "50210-4",
        "35591-7",
        "10834-0",
    ],
)
def test_what_looks_alike_is_not_taken_and_the_reason_is_its_own(name: str) -> None:
    assert catalogue().identify(name) is None
    reason = catalogue().why_not(name)
    assert reason.startswith(name)
    assert "unknown" not in reason


def test_reasons_for_names_not_known() -> None:
    book = catalogue()
    assert book.why_not("789-8") == "789-8 is the red cell count, seen wrongly sent as WBC"
    assert book.why_not("1234-5") == "LOINC code 1234-5 is not one that labtrack follows"
    assert book.why_not("hemoglobim").startswith("unknown analyte 'hemoglobim' (did you mean hb?); known: wbc, anc")
    assert book.why_not("zzz").startswith("unknown analyte 'zzz'; known: wbc")
    assert len(book.why_not("z" * 10_000)) < 400
    assert book.why_not("hb") == ""


@pytest.mark.parametrize("name", ["", "  ", "hb" + " " * 300, "718-7 718-7", "718–7", "#", "%", "HDL/LDL"])
def test_names_that_mean_nothing(name: str) -> None:
    assert catalogue().identify(name) is None


@given(st.text())
def test_any_name_is_known_or_has_a_reason(name: str) -> None:
    assert (catalogue().identify(name) is None) == bool(catalogue().why_not(name))


@given(st.text())
def test_folding_a_folded_name_changes_nothing(name: str) -> None:
    folded = fold_name(name)
    assert fold_name(folded) == folded or not name.isascii()


def test_the_method_comes_with_the_code() -> None:
    methods = {
        code: identity.method for code in ("18262-6", "13457-7", "2089-1", "98979-8", "33914-3") if (identity := catalogue().identify(code))
    }
    assert methods == {"18262-6": "direct", "13457-7": "calculated", "2089-1": "", "98979-8": "CKD-EPI 2021", "33914-3": "MDRD"}


@pytest.mark.parametrize(
    ("name", "number"), [("Baricitinib", 1), (" OLUMIANT ", 1), ("tofacitinib", 2), ("Xeljanz", 2), ("Rinvoq", 3), ("UPADACITINIB", 3)]
)
def test_drugs_by_name(name: str, number: int) -> None:
    drug = catalogue().drug(name)
    assert drug is not None
    assert drug.number == number
    assert catalogue().drug_numbered(number) is drug


def test_unknown_drugs() -> None:
    assert catalogue().drug("filgotinib") is None
    assert catalogue().drug("") is None
    assert catalogue().drug_numbered(0) is None


@pytest.mark.parametrize(
    ("frequency", "doses"),
    [("daily", 1.0), ("Twice  Daily", 2.0), ("EVERY OTHER DAY", 0.5), ("once daily", None), ("bid", None), ("weekly", None), ("", None)],
)
def test_doses_a_day_are_not_guessed(frequency: str, doses: float | None) -> None:
    assert catalogue().doses_per_day(frequency) == doses


@pytest.mark.shared
@pytest.mark.parametrize("clinic", ["cdisc", "cohort-11"])
def test_the_reference_data_is_known_to_the_last_unit(shared: Path, clinic: str) -> None:
    with (shared / "data" / clinic / "results.csv").open(encoding="utf-8", newline="") as stream:
        pairs = {(row["analyte"], row["unit"]) for row in csv.DictReader(stream)}
    for name, unit in pairs:
        identity = catalogue().identify(name, unit)
        assert identity is not None, name
        assert (catalogue().factor(identity, unit) is None) == (unit == "furlong"), (name, unit)


@pytest.mark.shared
def test_names_of_real_reports(shared: Path) -> None:
    """CDISC pilot trial: test codes and names of what labtrack follows, and of nothing else."""
    with (shared / "data" / "open" / "calculators" / "unit_factors_cdisc_pilot.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    known = {row["testcd"]: identity.analyte.key for row in rows if (identity := catalogue().identify(row["test"], row["from_unit"]))}
    by_code = {row["testcd"]: identity.analyte.key for row in rows if (identity := catalogue().identify(row["testcd"], row["from_unit"]))}
    expected = "ALB=albumin ALP=alp ALT=alt AST=ast BILI=bilirubin BUN=urea CHOL=tc CK=ck CREAT=creatinine GGT=ggt HCT=hct HGB=hb"
    expected += " LYM=alc LYMLE=lymph_pct PLAT=plt WBC=wbc"
    assert known == by_code == dict(pair.split("=") for pair in expected.split())
