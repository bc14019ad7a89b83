"""A laboratory's own columns turned into ours."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from labtrack.catalogue import catalogue
from labtrack.core.errors import ImportFailed
from labtrack.exchange.mapping import ColumnMapping, WideColumn, faults
from labtrack.exchange.results import ResultBatch, ResultReader
from labtrack.exchange.rows import Terms
from labtrack.exchange.sheet import UnknownHeader, chunks, open_sheet

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


QUEST = ColumnMapping(
    "Q",
    columns={
        "analyte": "test_name", "value": "in_range", "value_elsewhere": "out_of_range", "range": "reference_range",
        "unit": "reference_range", "collected_at": "collected",
    },
    fixed={"mrn": "7"},
    analytes={"Glucose": "", "Harnstoff-N": "bun"},
)  # fmt: skip
DATED = ColumnMapping(
    "N",
    columns={"analyte": "parameter", "unit": "einheit", "range": "referenz"},
    fixed={"mrn": "7"},
    date_format="DD.MM.YYYY",
    by_date=True,
)
QUEST_HEADER = "TEST NAME\tIn Range\tOut Of Range\tReference Range\tCollected\n"


def rows_of(batches: list[ResultBatch], *names: str) -> list[tuple[object, ...]]:
    return [tuple(getattr(batch, name)[place] for name in names) for batch in batches for place in range(len(batch))]


def test_a_value_stands_in_one_of_two_columns_and_its_unit_behind_the_range(tmp_path: Path, terms: Terms) -> None:
    path = file(
        tmp_path,
        QUEST_HEADER
        + "HEMOGLOBIN\t14.9\t\t12.5-17 g/dL\t2012-11-23 11:20\n"
        + "ALT\t\t<4 L\t6-35 U/L\t2012-11-23 11:20\n"
        + "AST\t18\t18\t11-36 U/L\t2012-11-23\n"
        + "WBC\t5.1\t15.1 H\t3.8-10.7 x10E3/uL\t2012-11-23\n"
        + "CRP\t2\t\tsee note\t2012-11-23\n"
        + "Creatinine\t\t\t0.8-1.6 mg/dL\t2012-11-23\n"
        + "harnstoff-n\t15\t\t7-20 mg/dL\t2012-11-23\n",
    )
    batches = read(path, QUEST, terms)
    assert rows_of(batches, "analyte", "value_text", "unit", "ref_low", "ref_high", "note") == [
        ("hb", "14.9", "g/dL", "12.5", "17", ""),
        ("alt", "<4", "U/L", "6", "35", "flag L"),
        ("ast", "18", "U/L", "11", "36", ""),
        ("crp", "2", "", "see note", "see note", ""),
        ("urea", "15", "mg/dL", "7", "20", ""),
    ]
    assert batches[0].unusable.tolist() == [0, 0, 0, 2, 0]
    assert batches[0].low[4] == pytest.approx(15 * 0.357)
    assert {(each.line, each.column, each.reason) for each in batches[0].refusals} == {
        (5, "value", "two different values, in in_range and in out_of_range"),
        (7, "value", "value is empty"),
    }


def test_what_is_not_followed_is_kept_out_and_counted(tmp_path: Path) -> None:
    path = file(
        tmp_path, QUEST_HEADER + "GLUCOSE\t74\t\t50-250 mg/dL\t2012-11-23\n glucose \t\t<40 L\t\t2012-11-24\nGold\t1\t\t\t2012-11-23\n"
    )
    (chunk,) = chunks(open_sheet(path, mapping=QUEST))
    assert chunk.kept_out == {"GLUCOSE": 1, "glucose": 1}
    assert chunk.columns["analyte"] == ["Gold"]
    assert list(chunk.lines) == [4]
    assert chunk.refusals == []


def test_a_unit_behind_the_range_that_is_not_the_values_hides_the_limits(tmp_path: Path, terms: Terms) -> None:
    mapping = replace(QUEST, columns={**QUEST.columns, "unit": "units"})
    rows = "HB\t14.9\t\t12.5-17 g/dL\t2012-11-23\tG/dL\nHB\t14.9\t\t125-170 g/L\t2012-11-24\tg/dL\n"
    path = file(tmp_path, QUEST_HEADER.replace("\n", "\tUnits\n") + rows)
    (batch,) = read(path, mapping, terms)
    assert list(zip(batch.ref_low, batch.ref_high, strict=True)) == [("12.5", "17"), ("125-170 g/L", "125-170 g/L")]
    assert batch.lower_unreadable.tolist() == [False, True]


@pytest.mark.parametrize("size", [1, 0])
def test_each_date_column_is_a_collection(size: int, tmp_path: Path, terms: Terms) -> None:
    path = file(
        tmp_path,
        "Parameter;Einheit;Referenz;23.11.2012;13.12.2012 08:15\n"
        "Leukozyten;GI/L;3,8-10,7;4,99;\nCholesterin, Total;mmol/L;;6,5;\nHematology;;;;\nWBC;GI/L;3,8–10,7;4,99;12,1*\n"
        "ALT;U/L;<45;;\nAST;U/L;<40;;hemolyzed\n",
    )
    batches = read(path, replace(DATED, analytes={"leukozyten": "wbc"}), terms, size)
    assert rows_of(batches, "lines", "analyte", "value_text", "unit", "ref_low", "ref_high", "collected_at", "note") == [
        (2, "wbc", "4.99", "GI/L", "3.8", "10.7", "2012-11-23", ""),
        (5, "wbc", "4.99", "GI/L", "3.8", "10.7", "2012-11-23", ""),
        (5, "wbc", "12.1", "GI/L", "3.8", "10.7", "2012-12-13T08:15", "flag *"),
        (7, "ast", "hemolyzed", "U/L", "", "<40", "2012-12-13T08:15", ""),
    ]
    refused = {(each.line, each.text, each.reason.split(":")[0]) for batch in batches for each in batch.refusals}
    assert refused == {
        (3, "Cholesterin, Total", ["unknown analyte 'Cholesterin, Total' (did you mean tc?); known"][0]),
        (4, "Hematology", "not a line of results"),
    }


@pytest.mark.parametrize(
    ("header", "told"),
    [
        ("Parameter;Einheit;Referenz;23.11.12;13.12.2012\n", "23.11.12 in the header looks like a date"),
        ("Parameter;Einheit;Referenz;11/23/2012;13.12.2012\n", "11/23/2012 in the header looks like a date"),
        ("Parameter;Einheit;Referenz;Wert\n", "needs: a column headed by a date as DD.MM.YYYY"),
    ],
)
def test_a_date_of_another_format_is_never_left_out(header: str, told: str, tmp_path: Path) -> None:
    with pytest.raises(ImportFailed, match=told.replace(".", r"\.")):
        open_sheet(file(tmp_path, header), mapping=DATED)


def test_a_day_that_is_none_is_refused_with_each_of_its_results(tmp_path: Path, terms: Terms) -> None:
    (batch,) = read(file(tmp_path, "Parameter;Einheit;Referenz;31.02.2012\nALT;U/L;6-35;18\n"), DATED, terms)
    assert [each.reason for each in batch.refusals] == ["no such day in the calendar"]


def test_columns_without_a_name_and_repeated_ones_are_read_by_their_label(tmp_path: Path, terms: Terms) -> None:
    mapping = replace(DATED, columns={"analyte": "column 1", "unit": "ref (2)", "range": "ref (1)"})
    (batch,) = read(file(tmp_path, ";Ref;Ref;23.11.2012\nALT;6-35;U/L;18\n"), mapping, terms)
    assert rows_of([batch], "analyte", "value_text", "unit", "ref_high") == [("alt", "18", "U/L", "35")]


def test_the_decimal_mark_is_decided_by_what_is_read(tmp_path: Path, terms: Terms) -> None:
    """Flags and units do not hide a number from the decision, nor does a column that is not read take part in it."""
    header = "Parameter;Einheit;Referenz;Vorwert;23.11.2012\n"
    (batch,) = read(file(tmp_path, header + "ALT;U/L;;1,5;18.25 H\nAST;U/L;;1,5;2\n"), DATED, terms)
    assert batch.value_text == ["18.25", "2"]
    (batch,) = read(file(tmp_path, header + "HB;g/dL;12,5-17 g/dL;;14,25 H\n"), DATED, terms)
    assert (batch.value_text, batch.ref_low) == (["14.25"], ["12.5"])
    with pytest.raises(ImportFailed, match="one decimal mark"):
        open_sheet(file(tmp_path, header + "ALT;U/L;;;18,2 H\nAST;U/L;1.5-2.5;;2\n"), mapping=DATED)


def test_thousands_are_refused(tmp_path: Path, terms: Terms) -> None:
    path = file(tmp_path, QUEST_HEADER + "PLT\t150,000 H\t\t150,000-400,000 cells/uL\t2012-11-23\nHB\t14.9\t\t\t2012-11-23\n")
    (batch,) = read(path, QUEST, terms)
    assert [(each.line, each.column) for each in batch.refusals] == [(2, "value")]
    assert batch.analyte == ["hb"]


def test_hemoglobin_in_mmol_is_taken_only_where_the_clinic_says_of_what(tmp_path: Path, terms: Terms) -> None:
    path = file(tmp_path, "Parameter;Einheit;Referenz;23.11.2012\nHemoglobin;mmol/L;7,76-10,55;9,24694\n")
    (batch,) = read(path, DATED, terms)
    assert len(batch) == 0
    assert "monomer" in batch.refusals[0].reason
    (batch,) = read(path, replace(DATED, analytes={"Hemoglobin": "hb monomer"}), terms)
    assert batch.low.tolist() == pytest.approx([14.9], rel=1e-4)


def test_a_note_keeps_the_flag_beside_it(tmp_path: Path, terms: Terms) -> None:
    mapping = replace(QUEST, columns={**QUEST.columns, "note": "comment"})
    path = file(tmp_path, QUEST_HEADER.replace("\n", "\tComment\n") + "HB\t\t10 L\t12-15 g/dL\t2012-11-23\tfasting\n")
    assert read(path, mapping, terms)[0].note == ["fasting; flag L"]


@pytest.mark.parametrize("codec", ["utf-16", "latin-1", "utf-8-sig"])
def test_every_encoding(codec: str, tmp_path: Path, terms: Terms) -> None:
    path = tmp_path / "nord.csv"
    path.write_bytes("Parameter;Einheit;Größe;Referenz;23.11.2012\nHämoglobin;g/dL;µ;12,5–17;14,9\n".replace("–", "-").encode(codec))
    mapping = replace(DATED, analytes={"HÄMOGLOBIN": "hb"}, columns={**DATED.columns, "note": "grösse"})
    sheet = open_sheet(path, codec if codec == "latin-1" else "", mapping)
    (batch,) = [ResultReader(sheet, terms).batch(chunk) for chunk in chunks(sheet)]
    assert rows_of([batch], "analyte", "value_text", "ref_low", "note") == [("hb", "14.9", "12.5", "µ")]


def test_a_file_that_never_repeats_itself_is_remembered_in_part_only(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, terms: Terms) -> None:
    from labtrack.exchange import melting

    monkeypatch.setattr(melting, "_REMEMBERED", 3)
    text = QUEST_HEADER + "".join(f"HB\t{number / 10} H\t\t12-15 g/dL\t2012-11-23\n" for number in range(110, 150))
    (batch,) = read(file(tmp_path, text), QUEST, terms)
    assert batch.value_text == [f"{number / 10}" for number in range(110, 150)]
