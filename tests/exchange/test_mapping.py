"""A laboratory's own columns as one of our layouts."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from labtrack.catalogue import catalogue
from labtrack.core.errors import ImportFailed
from labtrack.exchange.mapping import DATE_FORMATS, ColumnMapping, WideColumn, faults, our_columns, plain_clock, plain_date
from labtrack.exchange.results import ResultBatch, ResultReader
from labtrack.exchange.rows import Terms
from labtrack.exchange.sheet import UnknownHeader, beginning, chunks, open_sheet

LONG = ColumnMapping(
    "City",
    header=("patient_no", "test", "result", "date", "time", "flag"),
    columns={"mrn": "patient_no", "analyte": "test", "value": "result", "collected_at": "date", "collected_time": "time"},
    fixed={"unit": "g/dL", "lab": "City Lab"},
    date_format="DD/MM/YYYY",
)
WIDE = ColumnMapping(
    "Ward",
    header=("id", "drawn", "hb", "neut"),
    columns={"mrn": "id", "collected_at": "drawn"},
    wide=(WideColumn("hb", "hb", "g/dL"), WideColumn("neut", "anc", "10*9/L")),
)


def read(path: Path, mapping: ColumnMapping, terms: Terms, size: int = 0) -> list[ResultBatch]:
    sheet = open_sheet(path, mapping=mapping)
    reader = ResultReader(sheet, terms)
    return [reader.batch(chunk) for chunk in chunks(sheet, size)]


def file(folder: Path, text: str) -> Path:
    path = folder / "city.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_long_files_get_their_columns_and_fixed_values(tmp_path: Path, terms: Terms) -> None:
    path = file(tmp_path, "Patient No,Test,Result,Date,Time,Flag\n7,Hb,12.4,3/4/2026,7:30 PM,H\n8,Hb,11.0,04/04/2026,,\n")
    assert open_sheet(path, mapping=LONG).extra == ("Flag",)
    (batch,) = read(path, LONG, terms)
    assert not batch.refusals
    assert (batch.mrn, batch.analyte, batch.value_text, batch.unit) == (["7", "8"], ["hb", "hb"], ["12.4", "11.0"], ["g/dL"] * 2)
    assert batch.collected_at == ["2026-04-03T19:30", "2026-04-04"]
    assert batch.lab == ["City Lab"] * 2


@pytest.mark.parametrize("size", [1, 2, 0])
def test_wide_files_give_a_row_for_each_filled_cell(size: int, tmp_path: Path, terms: Terms) -> None:
    path = file(tmp_path, "ID;Drawn;Hb;Neut\n1;2026-04-03;12,4;2,1\n\n2;2026-04-04; ;<0,5\n3;2026-04-05;;\n4;2026-04-06;hemolyzed;\n")
    batches = read(path, WIDE, terms, size)
    rows = [
        (batch.lines[place], batch.mrn[place], batch.analyte[place], batch.value_text[place], batch.unit[place])
        for batch in batches
        for place in range(len(batch))
    ]
    assert rows == [
        (2, "1", "hb", "12.4", "g/dL"),
        (2, "1", "anc", "2.1", "10*9/L"),
        (4, "2", "anc", "<0.5", "10*9/L"),
        (6, "4", "hb", "hemolyzed", "g/dL"),
    ]


def test_a_cell_that_cannot_be_taken_is_refused_with_its_line(tmp_path: Path, terms: Terms) -> None:
    path = file(tmp_path, "id,drawn,hb,neut\n1,2026-04-03,12.4,2.1\n,2026-04-03,12.4,2.1\n2,03/04/2026,124,\n3,2026-04-03,1,1,1\n")
    (batch,) = read(path, WIDE, terms)
    assert sorted((each.line, each.column) for each in batch.refusals) == [(3, "mrn"), (3, "mrn"), (4, "collected_at"), (5, "")]


def test_a_long_cell_in_a_wide_file_is_refused(tmp_path: Path, terms: Terms) -> None:
    path = file(tmp_path, f"id,drawn,hb,neut\n1,2026-04-03,{'x' * 10_001},2.1\n")
    (batch,) = read(path, WIDE, terms)
    assert [each.column for each in batch.refusals] == ["value"]
    assert batch.analyte == ["anc"]


@pytest.mark.parametrize(("said", "marks"), [("", None), (",", ["1.234", "2.1"]), (".", None)])
def test_the_decimal_mark_may_be_said(said: str, marks: list[str] | None, tmp_path: Path, terms: Terms) -> None:
    path = file(tmp_path, "id;drawn;hb;neut\n1;2026-04-03;12,345;\n")
    mapping = replace(WIDE, decimal=said)
    if said == "":
        with pytest.raises(ImportFailed, match="two ways"):
            open_sheet(path, mapping=mapping)
        return
    (batch,) = read(path, mapping, terms)
    assert batch.value_text == (["12.345"] if said == "," else [])


def test_an_other_file_is_read_as_what_it_is(tmp_path: Path) -> None:
    ours = file(tmp_path, "mrn,analyte,value,unit,collected_at\n1,hb,12,g/dL,2026-04-03\n")
    assert open_sheet(ours, mapping=WIDE).mapped is None
    strange = file(tmp_path, "id,hb\n1,12\n")
    with pytest.raises(UnknownHeader, match="needs: drawn, neut"):
        open_sheet(strange, mapping=WIDE)
    with pytest.raises(UnknownHeader, match="of no layout"):
        open_sheet(strange)


def test_a_column_that_is_read_must_stand_once(tmp_path: Path) -> None:
    twice = file(tmp_path, "id,drawn,hb,neut,hb\n1,2026-04-03,12,2,13\n")
    with pytest.raises(ImportFailed, match="hb stands in the header twice"):
        open_sheet(twice, mapping=WIDE)
    assert open_sheet(file(tmp_path, "id,drawn,hb,neut,flag,flag\n"), mapping=WIDE).extra == ("flag", "flag")


def test_a_mapping_names_a_layout_that_there_is(tmp_path: Path) -> None:
    with pytest.raises(ImportFailed, match="no layout"):
        open_sheet(file(tmp_path, "id,drawn,hb,neut\n"), mapping=replace(WIDE, layout="letters"))


def test_other_layouts_can_be_mapped(tmp_path: Path) -> None:
    mapping = ColumnMapping("p", "patients", columns={"mrn": "no", "name": "who", "birth_date": "born"}, fixed={"sex": "F"})
    mapping = replace(mapping, date_format="DD.MM.YYYY")
    assert faults(mapping, catalogue()) == []
    sheet = open_sheet(file(tmp_path, "no,who,born\n1,Ada,11.2.1968\n"), mapping=mapping)
    (chunk,) = chunks(sheet)
    assert chunk.columns == {"mrn": ("1",), "name": ("Ada",), "birth_date": ["1968-02-11"], "sex": ("F",)}


def test_recognized_by_the_same_header_in_any_order() -> None:
    assert WIDE.is_made_for(["neut", "hb", "", "id", "drawn"])
    assert not WIDE.is_made_for(["neut", "hb", "id", "drawn", "flag"])
    assert not WIDE.is_made_for(["neut", "hb", "id"])


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"name": " "}, "name"),
        ({"name": "a\x1b[31m"}, "name"),
        ({"layout": "letters"}, "no layout"),
        ({"columns": {"mrn": "id"}}, "Which column is collected_at"),
        ({"columns": {"mrn": "id", "collected_at": "drawn", "value": "hb"}}, "value is no column"),
        ({"columns": {"mrn": "id", "collected_at": "drawn", "result_id": "hb"}}, "result_id is no column"),
        ({"fixed": {"mrn": "1"}}, "both"),
        ({"fixed": {"lab": ""}}, "empty"),
        ({"columns": {"mrn": "id", "collected_at": "when"}}, "no column when"),
        ({"date_format": "D/M/YY"}, "not known"),
        ({"decimal": ";"}, "point or a comma"),
        ({"columns": {"mrn": "id", "collected_time": "drawn"}, "fixed": {"collected_at": "2026-01-01"}}, "time of day"),
        ({"wide": (WideColumn("hb", "", "g/dL"),)}, "which analyte"),
        ({"wide": (WideColumn("hb", "gold", "g/dL"),)}, "hb: "),
        ({"wide": (WideColumn("hb", "hb", "bananas"),)}, "the unit bananas is not known for Hemoglobin"),
        ({"wide": (WideColumn("hb", "hb", ""),)}, r"the unit \(none\)"),
        ({"wide": (WideColumn("hb", "hb", "g/dL"), WideColumn("hb", "anc", "10*9/L"))}, "two analytes"),
        ({"layout": "events"}, "Only results"),
    ],
)
def test_what_is_not_said_or_wrong_is_told(changes: dict[str, object], told: str) -> None:
    assert faults(WIDE, catalogue()) == []
    assert faults(LONG, catalogue()) == []
    found = faults(replace(WIDE, **changes), catalogue())  # type: ignore[arg-type]
    assert any(told.replace("\\", "") in each for each in found), found


def test_our_own_ids_are_never_taken_from_elsewhere() -> None:
    from labtrack.exchange.layouts import PATIENTS, RESULTS

    assert our_columns(RESULTS, wide=True)[0] == ("mrn", "collected_at")
    assert not {"result_id", "supersedes"} & set(our_columns(RESULTS)[1])
    assert our_columns(PATIENTS) == (PATIENTS.required, PATIENTS.optional)


@pytest.mark.parametrize(
    ("format", "cell", "plain"),
    [
        ("DD/MM/YYYY", "03/04/2026", "2026-04-03"),
        ("MM/DD/YYYY", "03/04/2026", "2026-03-04"),
        ("DD.MM.YYYY", " 3.4.2026 08:15", "2026-04-03 08:15"),
        ("DD-MM-YYYY", "03-04-2026T08:15", "03-04-2026T08:15"),
        ("YYYYMMDD", "20260403", "2026-04-03"),
        ("YYYYMMDD", "202604031", "202604031"),
        ("YYYY/MM/DD", "2026/4/3", "2026-04-03"),
        ("DD-Mon-YYYY", "3-Apr-2026", "2026-04-03"),
        ("DD-Mon-YYYY", "3 April 2026", "2026-04-03"),
        ("DD-Mon-YYYY", "3-Avr-2026", "3-Avr-2026"),
        ("DD/MM/YYYY", "03/04/26", "03/04/26"),
        ("DD/MM/YYYY", "31/02/2026", "2026-02-31"),
        ("YYYY-MM-DD", "03/04/2026", "03/04/2026"),
    ],
)
def test_dates_are_read_as_said_and_in_no_other_way(format: str, cell: str, plain: str) -> None:
    assert plain_date(cell, DATE_FORMATS[format]) == plain


@pytest.mark.parametrize(
    ("cell", "plain"),
    [
        ("2026-04-03 7:05", "2026-04-03T07:05"),
        ("2026-04-03 12:30 p.m.", "2026-04-03T12:30"),
        ("2026-04-03 13:30 PM", "2026-04-03 13:30 PM"),
        ("2026-04-03 soon", "2026-04-03 soon"),
        ("2026-04-03T07:30", "2026-04-03T07:30"),
    ],
)
def test_times_of_day(cell: str, plain: str) -> None:
    assert plain_clock(cell) == plain


def test_the_beginning_of_a_file_of_any_columns(tmp_path: Path) -> None:
    begun = beginning(file(tmp_path, "Patient No;HGB [g/L]\n\n1;124\n2;130\n"), rows=1)
    assert (begun.delimiter, begun.names, begun.rows, begun.layout) == (";", ("patient_no", "hgb_[g/l]"), (("1", "124"),), "")
    assert beginning(file(tmp_path, "mrn,kind,on\n")).layout == "events"
    with pytest.raises(ImportFailed, match="empty"):
        beginning(file(tmp_path, "\n\n"))
