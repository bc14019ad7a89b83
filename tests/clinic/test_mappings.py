"""Mappings of columns kept by name."""

from __future__ import annotations

import stat
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from labtrack.clinic.mappings import (
    ColumnMapping,
    WideColumn,
    analyte_and_unit,
    columns_of,
    fitting,
    forget,
    keep,
    kept_mappings,
    layout_names,
    looks_like,
    mapping_named,
    mappings_path,
    suggested,
)
from labtrack.core.errors import CatalogueError, Refused, UsageError

CITY = ColumnMapping(
    'City "Lab" [north]',
    header=("id", "drawn", "hb", "neut"),
    columns={"mrn": "id", "collected_at": "drawn"},
    fixed={"lab": "City\tLab"},
    wide=(WideColumn("hb", "hb", "g/dL"), WideColumn("neut", "anc", "10*9/L")),
    date_format="DD/MM/YYYY",
    decimal=",",
)
OTHER = ColumnMapping("other", "events", ("no", "what", "day"), {"mrn": "no", "kind": "what", "on": "day"})


def test_they_come_back_as_they_were_kept() -> None:
    assert kept_mappings() == {}
    keep(CITY)
    keep(OTHER)
    assert kept_mappings() == {CITY.name: CITY, OTHER.name: OTHER}
    keep(replace(OTHER, date_format="YYYYMMDD"))
    assert kept_mappings()["other"].date_format == "YYYYMMDD"
    forget("other")
    assert list(kept_mappings()) == [CITY.name]


def test_the_file_stands_beside_the_settings_for_its_owner_alone(tmp_path: Path) -> None:
    keep(CITY)
    assert mappings_path() == tmp_path / "config" / "mappings.toml"
    assert stat.S_IMODE(mappings_path().stat().st_mode) == 0o600


def test_a_header_is_recognized_again() -> None:
    keep(CITY)
    keep(OTHER)
    assert looks_like(["neut", "hb", "drawn", "id"]) == [CITY]
    assert looks_like(["neut", "hb"]) == []


def test_one_is_found_by_its_name() -> None:
    keep(OTHER)
    assert mapping_named("other") == mapping_named("OTHER") == OTHER
    with pytest.raises(UsageError, match="There are: other"):
        mapping_named("City")


def test_what_cannot_be_used_is_not_kept() -> None:
    with pytest.raises(Refused, match="Which column is kind"):
        keep(replace(OTHER, columns={"mrn": "no", "on": "day"}))
    assert not mappings_path().exists()


@pytest.mark.parametrize(
    "text",
    [
        "[a",
        "[a]\nnew = 1\n",
        "a = 1\n",
        "[a]\ncolumns = [1]\n",
        "[a]\nwide = [{}]\n",
        "[a.columns]\nmrn = 1\n",
        "[a]\nheader = 1\n",
        "\xff",
    ],
)
def test_a_file_that_is_none_is_told(text: str) -> None:
    mappings_path().parent.mkdir(parents=True)
    mappings_path().write_bytes(text.encode("latin-1"))
    with pytest.raises(CatalogueError, match="mappings"):
        kept_mappings()


def test_one_with_a_fault_is_told_when_it_is_asked_for_and_never_recognized() -> None:
    mappings_path().parent.mkdir(parents=True)
    mappings_path().write_text('[a]\nheader = ["id"]\ncolumns = {mrn = "id"}\n', encoding="utf-8")
    with pytest.raises(CatalogueError, match="Which column is analyte"):
        mapping_named("a")
    assert looks_like(["id"]) == []


def test_what_a_new_mapping_is_begun_with() -> None:
    assert suggested(["mrn", "unit", "hb"], "results") == {"mrn": "mrn", "unit": "unit"}
    assert "results" in layout_names()
    assert columns_of("holds")[1] == ("end_on",)
    with pytest.raises(UsageError, match="no layout"):
        columns_of("letters")


def test_those_that_fit_come_with_those_made_for_the_header_first() -> None:
    keep(OTHER)
    keep(replace(OTHER, name="a wider one", header=("no", "what", "day", "flag")))
    assert [each.name for each in fitting(["no", "what", "day"])] == ["other", "a wider one"]
    assert [each.name for each in fitting(["flag", "no", "what", "day"])] == ["a wider one", "other"]
    assert fitting(["no", "what"]) == []


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("hemoglobin", ("hb", "")),
        ("white_blood_cells", ("wbc", "")),
        ("HGB [g/L]", ("hb", "g/L")),
        ("Urea nitrogen (mg/dL)", ("bun", "mg/dL")),
        ("eGFR (mL/min/{1.73_m2})", ("egfr", "mL/min/{1.73_m2}")),
        ("ALT (SGPT)", ("alt", "")),
        ("HGB [bananas]", ("", "")),
        ("patient_no", ("", "")),
    ],
)
def test_a_column_may_bear_the_name_of_an_analyte_and_its_unit(header: str, said: tuple[str, str]) -> None:
    assert analyte_and_unit(header) == said


ANY_TEXT = st.text(st.characters(exclude_categories=("Cs",)), min_size=1)


@given(ANY_TEXT.filter(lambda name: name.isprintable() and name.strip() != "").map(lambda name: name[:30]), ANY_TEXT)
def test_whatever_is_said_comes_back(name: str, text: str) -> None:
    assume(name.strip())
    mapping = replace(CITY, name=name, header=(*CITY.header, text), fixed={"lab": text[:200]})
    keep(mapping)
    assert kept_mappings()[name] == mapping
    forget(name)
