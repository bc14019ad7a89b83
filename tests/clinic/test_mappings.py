"""Mappings of columns kept by name."""

from __future__ import annotations

import stat
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from labtrack.catalogue import catalogue, fold_name
from labtrack.clinic.mappings import (
    CODES,
    ColumnMapping,
    WideColumn,
    analyte_and_unit,
    analyte_names,
    analyte_said,
    beginning,
    code_tables,
    codes_of,
    columns_of,
    dates_among,
    fitting,
    forget,
    keep,
    kept_mappings,
    labels,
    layout_names,
    looks_like,
    mapping_named,
    mappings_path,
    suggested,
    unfollowed_names,
    with_hint,
)
from labtrack.core.errors import CatalogueError, Refused, UsageError
from labtrack.exchange.sheet import UnknownHeader

CITY = ColumnMapping(
    'City "Lab" [north]',
    header=("id", "drawn", "hb", "neut"),
    columns={"mrn": "id", "collected_at": "drawn"},
    fixed={"lab": "City\tLab"},
    wide=(WideColumn("hb", "hb", "g/dL"), WideColumn("neut", "anc", "10*9/L")),
    date_format="DD/MM/YYYY",
    decimal=",",
)
NORD = ColumnMapping(
    "Nord",
    header=("parameter", "einheit", "23.11.2012"),
    columns={"analyte": "parameter", "unit": "einheit"},
    fixed={"mrn": "7"},
    date_format="DD.MM.YYYY",
    by_date=True,
    skip=3,
    analytes={"Glukose [S]": "", "Harnstoff-N": "bun", 'L"1|HGB': "hb"},
)
CODED = ColumnMapping("codes", CODES, analytes={"L55|HGB": "hb", "GLU": ""})
OTHER = ColumnMapping("other", "events", ("no", "what", "day"), {"mrn": "no", "kind": "what", "on": "day"})


def test_they_come_back_as_they_were_kept() -> None:
    assert kept_mappings() == {}
    keep(CITY)
    keep(OTHER)
    assert kept_mappings() == {CITY.name: CITY, OTHER.name: OTHER}
    for mapping in (NORD, CODED):
        keep(mapping)
        assert kept_mappings()[mapping.name] == mapping
        forget(mapping.name)
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


def test_a_header_with_other_dates_is_recognized_and_any_row_may_be_the_header() -> None:
    keep(NORD)
    keep(CODED)
    assert looks_like(["city", "lab"], ["parameter", "einheit", "01.02.2013", "02.02.2013_08:00"]) == [NORD]
    assert fitting(["city", "lab"], ["parameter", "einheit", "x", "01.02.2013"]) == [NORD]
    assert looks_like(["parameter", "einheit"]) == looks_like([]) == fitting(["parameter", "einheit"]) == []


def test_a_table_of_codes_for_messages() -> None:
    assert code_tables() == []
    for mapping in (NORD, CODED, OTHER):
        keep(mapping)
    assert code_tables() == [CODED, NORD]
    assert codes_of(None) == {}
    assert codes_of(CODED) == {"l55|hgb": "hb", "glu": ""}
    assert codes_of(NORD) == {"glukose s": "", "harnstoff n": "bun", 'l"1|hgb': "hb"}
    assert codes_of(replace(CODED, analytes={"x": "Hemoglobin", "y": "718-7"})) == {"x": "hb", "y": "718-7"}
    assert analyte_said(CODED, " glu ", "?") == ""
    assert analyte_said(CODED, "other", "?") == "?"
    assert ("Hemoglobin (hb)", "hb") in analyte_names()
    assert {"bun", "hb monomer"} <= {name for _, name in analyte_names()}


def test_the_mapping_of_the_guide_is_one() -> None:
    guide = (Path(__file__).parents[2] / "docs" / "guide" / "importing.md").read_text(encoding="utf-8")
    mappings_path().parent.mkdir(parents=True)
    mappings_path().write_text(guide.partition("```toml\n")[2].partition("```")[0], encoding="utf-8")
    mapping = mapping_named("labor nord")
    assert (mapping.by_date, mapping.analytes) == (True, {"Leukozyten": "wbc", "Glukose": ""})


def test_names_and_dates_of_a_file(tmp_path: Path) -> None:
    place = tmp_path / "nord.csv"
    place.write_text("Parameter;Einheit;23.11.2012;1.2.13\nGold;g/L;1;2\nHb;g/dL;1;2\n", encoding="utf-8")
    begun = beginning(place)
    assert unfollowed_names(begun, labels(begun.names)[0]) == [("Gold", 1)]
    assert dates_among(begun.names, "DD.MM.YYYY") == (["23.11.2012"], ["1.2.13"])


def test_the_hint_names_the_patient_that_a_mapping_is_of(tmp_path: Path) -> None:
    keep(NORD)
    place = tmp_path / "nord.csv"
    place.write_text("City Lab\n\n\nParameter;Einheit;23.11.2012\nHb;g/dL;12\n", encoding="utf-8")
    error = with_hint(UnknownHeader("no"), [place])
    assert error.next_step == "nord.csv looks like 'Nord': --map \"Nord\", which takes it for results of patient 7"


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
        "[a]\nskip = true\n",
        "[a]\nskip = '1'\n",
        "[a]\nby_date = 1\n",
        "[a]\nanalytes = [1]\n",
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
    analytes = {text: ""} if len(text) <= 200 and fold_name(text) and catalogue().identify(text) is None else {}
    mapping = replace(CITY, name=name, header=(*CITY.header, text), fixed={"lab": text[:200]}, analytes=analytes)
    keep(mapping)
    assert kept_mappings()[name] == mapping
    forget(name)
