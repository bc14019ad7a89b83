"""Files as laboratories lay them out, by a kept mapping: each value is the one that the trial's own table has for that day."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from tests.cli.conftest import Labtrack

from labtrack.catalogue import catalogue
from labtrack.clinic.mappings import ColumnMapping, keep
from labtrack.core.quantity import parse_quantity

pytestmark = pytest.mark.shared

SUBJECT = "01-701-1115"
FOLDER = Path("data") / "open" / "derived"
NOT_FOLLOWED = {"Glucose": "", "Potassium": ""}
LABCORP = ColumnMapping(
    "LabCorp",
    header=("test", "current_result_and_flag", "previous_result_and_date", "units", "reference_interval", "date_collected"),
    columns={
        "analyte": "test", "value": "current_result_and_flag", "unit": "units", "range": "reference_interval",
        "collected_at": "date_collected",
    },
    fixed={"mrn": SUBJECT, "lab": "LabCorp"},
    date_format="MM/DD/YYYY",
    analytes=NOT_FOLLOWED,
)  # fmt: skip
QUEST = ColumnMapping(
    "Quest",
    header=("test_name", "in_range", "out_of_range", "reference_range", "collected", "lab"),
    columns={
        "analyte": "test_name", "value": "in_range", "value_elsewhere": "out_of_range", "unit": "reference_range",
        "range": "reference_range", "collected_at": "collected", "lab": "lab",
    },
    fixed={"mrn": SUBJECT},
    analytes=NOT_FOLLOWED,
)  # fmt: skip
NORD = ColumnMapping(
    "Labor Nord",
    header=("parameter", "einheit", "referenz"),
    columns={"analyte": "parameter", "unit": "einheit", "range": "referenz"},
    fixed={"mrn": SUBJECT},
    date_format="DD.MM.YYYY",
    by_date=True,
    analytes=NOT_FOLLOWED,
)

#: What the trial calls what we follow.
TESTS = {
    "ALB": "albumin", "ALP": "alp", "ALT": "alt", "AST": "ast", "BILI": "bilirubin", "CHOL": "tc", "CREAT": "creatinine", "HGB": "hb",
    "LYM": "alc", "PLAT": "plt", "WBC": "wbc",
}  # fmt: skip
Expected = dict[tuple[str, str], tuple[float, str, str]]
Kept = Callable[[ColumnMapping, str], list[dict[str, str]]]


@pytest.fixture
def expected(shared: Path) -> Expected:
    """By (analyte, moment): number in the canonical unit, lower and upper limit as the trial has them."""
    found: Expected = {}
    with (shared / FOLDER / "cross_format" / "expected.csv").open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            key = TESTS.get(row["testcd"])
            if row["subject"] == SUBJECT and key:
                found[key, row["datetime"]] = (canonical(key, row["result"], row["ucum"]), row["ref_low"], row["ref_high"])
    return found


def canonical(key: str, number: str, unit: str) -> float:
    identity = catalogue().identify(key)
    quantity = parse_quantity(number)
    assert identity is not None
    assert quantity is not None
    factor = catalogue().factor(identity, unit)
    assert factor is not None, (key, unit)
    return float(quantity.number) * factor


@pytest.fixture
def taken(labtrack: Labtrack, shared: Path, tmp_path: Path, write: Callable[[str, str], Path]) -> Kept:
    """Keeps a mapping and imports a file by its name; all results as an export has them."""
    patients = write("patients.csv", f"mrn,name,birth_date,sex\n{SUBJECT},Doe,1928-01-01,M\n")

    def take(mapping: ColumnMapping, file: str) -> list[dict[str, str]]:
        keep(mapping)
        ran = labtrack("import", patients, shared / FOLDER / "csv" / file, "--map", mapping.name.upper(), "--rejects", tmp_path / "no.csv")
        assert ran.status in (0, 1), ran.err
        return labtrack("export", "results", "-o", "-").rows

    return take


def refused(folder: Path) -> list[dict[str, str]]:
    with (folder / "no.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def compare(
    rows: list[dict[str, str]], expected: Expected, lacking: set[str], *, by_day: bool, rel: float = 1e-9, limits: bool = True
) -> None:
    """Every result of the file is the trial's, and all of the trial's but those of ``lacking`` are there."""
    found = {}
    for row in rows:
        found[row["analyte"], row["collected_at"]] = (canonical(row["analyte"], row["value"], row["unit"]), row["ref_low"], row["ref_high"])
    assert len(found) == len(rows) > 0
    moments = {moment[:10] if by_day else moment for _, moment in found}
    wanted = {(key, moment[:10] if by_day else moment): told for (key, moment), told in expected.items() if key not in lacking}
    wanted = {place: told for place, told in wanted.items() if place[1] in moments}
    assert found.keys() == wanted.keys()
    for place, (number, low, high) in found.items():
        assert number == pytest.approx(wanted[place][0], rel=rel), place
        assert not limits or (low, high) == wanted[place][1:], place


def test_labcorp(taken: Kept, expected: Expected, tmp_path: Path) -> None:
    rows = taken(LABCORP, "labcorp_style_01-701-1115.csv")
    compare(rows, expected, set(), by_day=True)
    assert {row["lab"] for row in rows} == {"LabCorp"}
    assert not (tmp_path / "no.csv").exists() or refused(tmp_path) == []


def test_quest(taken: Kept, expected: Expected, tmp_path: Path) -> None:
    """Platelets are printed with a thousands separator, which is never guessed to be one."""
    rows = taken(QUEST, "quest_style_utf16le_bom_tsv_01-701-1115.txt")
    compare(rows, expected, {"plt"}, by_day=False)
    assert {row["lab"] for row in rows} == {"Z4M"}
    assert {(row["column"], row["text"][-4:]) for row in refused(tmp_path)} == {("value", ",000")}


def test_european(taken: Kept, expected: Expected, tmp_path: Path) -> None:
    """Hemoglobin in bare mmol/L could be of the monomer or of the tetramer: refused (clinical reference, section 6)."""
    rows = taken(NORD, "wide_semicolon_decimal_comma_SI_latin1_01-701-1115.csv")
    compare(rows, expected, {"hb"}, by_day=True, rel=2e-3, limits=False)
    assert {row["value"] for row in rows if row["analyte"] == "tc"} >= {"6.56844"}
    assert {(row["ref_low"], row["ref_high"]) for row in rows if row["analyte"] == "tc"} == {("3.85", "7.4")}
    assert {row["line"] for row in refused(tmp_path)} == {"7"}
    assert all("monomer" in row["reason"] for row in refused(tmp_path))


def test_a_clinic_that_states_the_monomer_takes_its_hemoglobin(taken: Kept, expected: Expected) -> None:
    stated = replace(NORD, analytes={**NOT_FOLLOWED, "Hemoglobin": "hb monomer"})
    rows = taken(stated, "wide_semicolon_decimal_comma_SI_latin1_01-701-1115.csv")
    hemoglobin = [row for row in rows if row["analyte"] == "hb"]
    assert len(hemoglobin) == 5
    for row in hemoglobin:
        (number,) = (told[0] for (key, moment), told in expected.items() if key == "hb" and moment[:10] == row["collected_at"])
        assert float(row["value"]) * 1.61145 == pytest.approx(number, rel=1e-3)


def test_the_same_file_twice_changes_nothing(labtrack: Labtrack, taken: Kept, shared: Path) -> None:
    first = taken(LABCORP, "labcorp_style_01-701-1115.csv")
    ran = labtrack("import", shared / FOLDER / "csv" / "labcorp_style_01-701-1115.csv", "--map", "LabCorp")
    assert "Nothing new" in ran.err
    assert labtrack("export", "results", "-o", "-").rows == first


def test_without_the_mapping_its_name_is_told(labtrack: Labtrack, taken: Kept, shared: Path) -> None:
    taken(NORD, "wide_semicolon_decimal_comma_SI_latin1_01-701-1115.csv")
    ran = labtrack("import", shared / FOLDER / "csv" / "wide_semicolon_decimal_comma_SI_latin1_01-701-1115.csv")
    assert ran.status == 3
    assert f"looks like 'Labor Nord': --map \"Labor Nord\", which takes it for results of patient {SUBJECT}" in ran.err.replace("\n", " ")
