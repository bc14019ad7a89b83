"""Sheets: found out once, streamed with the right line numbers, refused where they cannot be read."""

from __future__ import annotations

import csv
import io
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labtrack.core.errors import ImportFailed
from labtrack.exchange import sheet as sheets
from labtrack.exchange.cells import LONGEST_CELL
from labtrack.exchange.mapping import ColumnMapping
from labtrack.exchange.remarks import Refusal
from labtrack.exchange.sheet import Sheet, chunks, open_sheet

HEADER = "mrn,analyte,value,unit,collected_at\n"
ROW = "A1,hb,12.5,g/dL,2026-03-04\n"


def rows_of(sheet: Sheet, size: int = 3) -> tuple[list[tuple[int, str, str]], list[Refusal]]:
    """(line, mrn, value) of each row, and the refusals, over all chunks."""
    rows: list[tuple[int, str, str]] = []
    refusals: list[Refusal] = []
    for chunk in chunks(sheet, size):
        rows.extend(zip(chunk.lines, chunk.columns["mrn"], chunk.columns["value"], strict=True))
        refusals.extend(chunk.refusals)
    return rows, refusals


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_delimiters_encodings_and_line_ends(sheet_of, delimiter: str, encoding: str, end: str) -> None:
    text = (HEADER + "Ä1,hb,12.5,g/dL,2026-03-04\n").replace(",", delimiter).replace("\n", end)
    sheet = sheet_of(text.encode(encoding))
    assert (sheet.delimiter, sheet.layout.name, sheet.decimal, sheet.extra) == (delimiter, "results", ".", ())
    assert rows_of(sheet) == ([(2, "Ä1", "12.5")], [])


def test_latin_1_by_name_alone(sheet_of) -> None:
    text = (HEADER + "Ä1,hb,12.5,g/dL,2026-03-04\n").encode("latin-1")
    assert rows_of(sheet_of(text, encoding="latin-1"))[0] == [(2, "Ä1", "12.5")]
    with pytest.raises(ImportFailed, match=r"line 2: byte 0xC4 is not UTF-8.*--encoding latin-1"):
        sheet_of(text)


def test_columns_in_any_order_and_case_and_extra_ones_named(sheet_of) -> None:
    sheet = sheet_of("Unit,VALUE,ward,Collected At,Analyte,MRN,\ng/dL,12.5,3B,2026-03-04,hb,A1,\n")
    assert sheet.extra == ("ward",)
    assert rows_of(sheet)[0] == [(2, "A1", "12.5")]
    assert "ward" not in next(iter(chunks(sheet))).columns


def test_blank_rows_are_no_rows(sheet_of) -> None:
    sheet = sheet_of("\n" + HEADER + "\n" + ROW + ",,,,\n , ,,,\n" + ROW + "\n\n")
    assert rows_of(sheet) == ([(4, "A1", "12.5"), (7, "A1", "12.5")], [])


def test_lines_are_counted_through_quoted_line_ends(sheet_of) -> None:
    text = HEADER.replace("\n", ",note\n") + 'A1,hb,1,g/dL,2026-03-04,"one\r\ntwo\nthree"\nA2,hb,2,g/dL,2026-03-04,\n'
    sheet = sheet_of(text + 'A3,hb,3,g/dL,2026-03-04,"a ""b""\n"\nA4,hb,4,g/dL,2026-03-04\nA5,hb,5,g/dL,2026-03-04,x\n')
    for size in (1, 2, 100):
        rows, refusals = rows_of(sheet, size)
        assert [line for line, _, _ in rows] == [2, 5, 6, 9]
        assert [refusal.line for refusal in refusals] == [8]


CELLS = st.text(st.sampled_from("ab,;\"'\n\r\t é"), max_size=6)


@given(st.lists(st.tuples(CELLS, CELLS), max_size=12), st.integers(1, 5))
def test_any_cells_come_back_with_the_line_they_began_on(tmp_path_factory, pairs: list[tuple[str, str]], size: int) -> None:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(["mrn", "kind", "on", "note"])
    expected = []
    for note, kind in pairs:
        expected.append((text.getvalue().replace("\r\n", "\n").replace("\r", "\n").count("\n") + 1, note, kind))
        writer.writerow(["x", kind, "", note])
    path = tmp_path_factory.mktemp("any") / "events.csv"
    path.write_bytes(text.getvalue().encode())
    found = [
        row
        for chunk in chunks(open_sheet(path), size)
        for row in zip(chunk.lines, chunk.columns["note"], chunk.columns["kind"], strict=True)
    ]
    assert found == expected


def test_ragged_rows_are_refused_by_line(sheet_of) -> None:
    rows, refusals = rows_of(sheet_of(HEADER + ROW + "A2,hb\n" + ROW.replace("\n", ",x\n") + ROW))
    assert [line for line, _, _ in rows] == [2, 5]
    assert refusals == [
        Refusal("sheet.csv", 3, "", "A2,hb", "2 cells where the header has 5"),
        Refusal("sheet.csv", 4, "", "A1,hb,12.5,g/dL,2026-03-04,x", "6 cells where the header has 5"),
    ]


@pytest.mark.parametrize(("character", "reason"), [("\0", "U+0000"), ("\x1b", "U+001B"), ("\x92", "cp1252")])
def test_control_characters_are_refused_by_line(sheet_of, character: str, reason: str) -> None:
    rows, refusals = rows_of(sheet_of(HEADER + ROW + ROW.replace("12", f"1{character}2") + ROW))
    assert [line for line, _, _ in rows] == [2, 4]
    assert refusals[0].line == 3
    assert reason in refusals[0].reason
    assert character not in refusals[0].text


def test_over_long_cells_are_refused_by_line(sheet_of) -> None:
    long, longer = "x" * (LONGEST_CELL + 1), "x" * (csv.field_size_limit() + 1)
    text = HEADER + ROW + ROW.replace("12.5", long) + ROW + ROW.replace("12.5", longer) + ROW
    rows, refusals = rows_of(sheet_of(text))
    assert [line for line, _, _ in rows] == [2, 4, 6]
    assert sorted((each.line, each.reason) for each in refusals) == [
        (3, f"a cell of more than {LONGEST_CELL} characters"),
        (5, f"a cell of more than {csv.field_size_limit()} characters"),
    ]


def test_a_long_cell_of_many_lines_is_refused(sheet_of) -> None:
    rows, refusals = rows_of(sheet_of(HEADER + ROW.replace("12.5", '"' + "x\n" * LONGEST_CELL + '"') + ROW))
    assert [mrn for _, mrn, _ in rows] == ["A1"]
    assert [each.line for each in refusals] == [2]


def test_a_quoted_cell_that_is_never_closed_stops_everything(sheet_of) -> None:
    for text in (HEADER + ROW + 'A2,hb,"12.5,g/dL,2026-03-04\n' + ROW, HEADER + ROW + '"A2,hb\n' + ROW + '"A3",hb,1,x,y\n"z'):
        with pytest.raises(ImportFailed, match=r"line 3: a quoted cell begins here and is not closed"):
            rows_of(sheet_of(text), 100)


def test_text_after_a_closing_quote_is_refused_by_line(sheet_of) -> None:
    rows, refusals = rows_of(sheet_of(HEADER + ROW + '"A2"x,hb,1,g/dL,2026-03-04\n' + ROW))
    assert [line for line, _, _ in rows] == [2, 4]
    assert [(each.line, each.reason) for each in refusals] == [(3, 'text after a closing "')]


@pytest.mark.parametrize(
    ("values", "delimiter", "decimal"),
    [
        (['"0,82"', '"1,234"'], ",", ","),
        (["0,82", "12"], ";", ","),
        (["0,82", "12"], "\t", ","),
        (["0.82", "12"], ";", "."),
        (['"1,234"', "0.82"], ",", "."),
        (['"Smith, 3,4 mg"', "5"], ",", "."),
    ],
)
def test_the_decimal_mark_is_the_files(sheet_of, values: list[str], delimiter: str, decimal: str) -> None:
    rows = [delimiter.join(["A1", "hb", value, "g/dL", "2026-03-04"]) for value in values]
    assert sheet_of(HEADER.replace(",", delimiter) + "\n".join(rows)).decimal == decimal


def test_the_last_cell_of_a_limit_column_can_decide(sheet_of, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "CHUNK", 2)
    text = "mrn;analyte;value;unit;collected_at;ref_low\n" + "A1;plt;1,234;/nL;2026-03-04;\n" * 5
    with pytest.raises(ImportFailed, match=r"1,234 \(line 2\) can be read in two ways"):
        sheet_of(text)
    assert sheet_of(text + "A1;plt;12;/nL;2026-03-04;0,5\n").decimal == ","
    with pytest.raises(ImportFailed, match=r"0,5 \(line 7\) has a decimal comma, 0.5 \(line 8\) a decimal point"):
        sheet_of(text + "A1;plt;12;/nL;2026-03-04;0,5\nA1;plt;12;/nL;2026-03-04;0.5\n")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"", "is empty"),
        (b"\n\n", "is empty"),
        (b"a,b,c\n", "of no layout"),
        (b"mrn,analyte,value,collected_at\n", "nearest is results, which also needs unit"),
        (b"mrn,drug,dose_mg,frequency,start_on,on\n", "fits two layouts equally"),
        (b"mrn,name,birth_date,sex,Sex\n", "column sex stands in the header twice"),
        (b"mrn,name,birth_date,sex,x,x\n", "column x stands in the header twice"),
        (b'"mrn,name\n', "of no layout"),
        (b"m\0r\0n\0\n\0,\0", "UTF-16"),
        (b"xm\0\0\0", "not text"),
    ],
)
def test_a_file_that_is_no_sheet_is_refused_whole(sheet_of, text: bytes, message: str) -> None:
    with pytest.raises(ImportFailed, match=message):
        sheet_of(text)


def test_a_header_alone_is_a_sheet_without_rows(sheet_of) -> None:
    assert rows_of(sheet_of(HEADER)) == ([], [])
    assert rows_of(sheet_of(HEADER.strip())) == ([], [])


def test_two_unnamed_columns_are_left_out(sheet_of) -> None:
    assert rows_of(sheet_of("mrn,analyte,value,unit,collected_at,,\n" + ROW.replace("\n", ",,\n")))[0] == [(2, "A1", "12.5")]


def test_what_is_not_a_file(tmp_path: Path) -> None:
    with pytest.raises(ImportFailed, match="No such file"):
        open_sheet(tmp_path / "none.csv")
    with pytest.raises(ImportFailed, match="is not a file"):
        open_sheet(tmp_path)


def test_a_file_that_grows_while_it_is_read_is_refused(sheet_of) -> None:
    sheet = sheet_of(HEADER + ROW)
    with sheet.path.open("a") as stream:
        stream.write(ROW)
    with pytest.raises(ImportFailed, match="changed while it was read"):
        rows_of(sheet)


def test_progress_is_told_in_bytes(sheet_of) -> None:
    sheet = sheet_of(HEADER + ROW * 10)
    told: list[int] = []
    assert sum(len(chunk) for chunk in chunks(sheet, 4, told.append)) == 10
    assert told[-1] == sheet.size


def test_a_table_of_codes_says_nothing_of_columns(tmp_path: Path) -> None:
    path = tmp_path / "sheet.csv"
    path.write_text(HEADER + ROW, encoding="utf-8")
    assert open_sheet(path, mapping=ColumnMapping("codes", "codes", analytes={"HGB": "hb"})).mapped is None


def test_a_name_that_is_no_text_is_spelled_out(tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"\xff\x1b\xe2\x80\xae.csv")
    path.write_text("mrn,name,birth_date,sex\n")
    assert open_sheet(path).file == "\\udcff\\x1b\\u202e.csv"
