"""Where a header stands."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from labtrack.core.errors import ImportFailed
from labtrack.exchange.headers import beginning, header_for, open_now
from labtrack.exchange.mapping import ColumnMapping
from labtrack.exchange.sheet import chunks, open_sheet


def file(folder: Path, text: str) -> Path:
    path = folder / "city.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_beginning_of_a_file_of_any_columns(tmp_path: Path) -> None:
    begun = beginning(file(tmp_path, "Patient No;HGB [g/L]\n\n1;124\n2;130\n"), rows=1)
    assert (begun.delimiter, begun.names, begun.rows, begun.layout) == (";", ("patient_no", "hgb_[g/l]"), (("1", "124"),), "")
    assert beginning(file(tmp_path, "mrn,kind,on\n")).layout == "events"
    with pytest.raises(ImportFailed, match="empty"):
        beginning(file(tmp_path, "\n\n"))


LONG = ColumnMapping(
    "City",
    header=("test", "result", "unit", "day"),
    columns={"analyte": "test", "value": "result", "unit": "unit", "collected_at": "day"},
    fixed={"mrn": "1"},
)
ABOVE = 'City Lab 12" display\nPatient;Doe, Jane\n\n'
SHEET = "Test;Result;Unit;Day\nHb;12,4;g/dL;2026-04-03\nAnc;2,1;10*9/L;2026-04-03\n"


@pytest.mark.parametrize("skip", [0, 3])
def test_a_header_below_a_title_is_found_or_said(skip: int, tmp_path: Path) -> None:
    path = file(tmp_path, ABOVE + SHEET)
    mapping = replace(LONG, skip=skip)
    found = header_for(path, "utf-8", mapping)
    assert found is not None
    assert (found.delimiter, found.skip) == (";", 3)
    sheet = open_sheet(path, mapping=mapping)
    (chunk,) = chunks(sheet)
    assert list(chunk.lines) == [5, 6]
    assert chunk.columns["value"] == ["12,4", "2,1"]
    assert (sheet.decimal, sheet.skip) == (",", 3)


def test_a_mapping_that_says_where_is_taken_at_its_word(tmp_path: Path) -> None:
    assert header_for(file(tmp_path, ABOVE + SHEET), "utf-8", replace(LONG, skip=1)) is None
    assert header_for(file(tmp_path, ABOVE), "utf-8", LONG) is None


def test_the_header_that_it_was_made_for_comes_before_one_that_fits(tmp_path: Path) -> None:
    path = file(tmp_path, "Test;Result;Unit;Day;x\n" + SHEET)
    found = header_for(path, "utf-8", LONG)
    assert found is not None
    assert found.skip == 1


def test_lines_below_a_title_keep_their_numbers_where_cells_hold_line_ends(tmp_path: Path) -> None:
    path = file(tmp_path, ABOVE + SHEET.replace("Anc", '"A\nnc"') + 'Plt;"150\n')
    with pytest.raises(ImportFailed, match="line 8: a quoted cell begins here"):
        open_sheet(path, mapping=LONG)
    whole = open_sheet(file(tmp_path, ABOVE + SHEET.replace("Anc", '"A\nnc"') + "Plt;150;G/L\n"), mapping=LONG)
    (chunk,) = chunks(whole)
    assert list(chunk.lines) == [5, 6]
    assert [each.line for each in chunk.refusals] == [8]


@pytest.mark.parametrize(
    ("text", "delimiter", "skip", "header"),
    [
        (ABOVE + SHEET, ";", 3, ("Test", "Result", "Unit", "Day")),
        ("City;;;\nDoe, Jane;x;;\n" + SHEET, ";", 2, ("Test", "Result", "Unit", "Day")),
        ("\n\n" + SHEET, ";", 0, ("Test", "Result", "Unit", "Day")),
        ("a,b,c\n1,2\n3,4\n", ",", 0, ("a", "b", "c")),
        ("only one column\n1\n", ",", 0, ("only one column",)),
    ],
)
def test_what_seems_to_be_the_header(text: str, delimiter: str, skip: int, header: tuple[str, ...], tmp_path: Path) -> None:
    begun = beginning(file(tmp_path, text))
    assert (begun.delimiter, begun.skip, begun.header) == (delimiter, skip, header)
    assert begun.layout == ""


def test_another_line_may_be_said_to_be_the_header(tmp_path: Path) -> None:
    path = file(tmp_path, ABOVE + SHEET)
    begun = beginning(path, rows=2, skip=1)
    assert begun.header == ("Patient", "Doe, Jane")
    assert begun.rows == (("Test", "Result", "Unit", "Day"), ("Hb", "12,4", "g/dL", "2026-04-03"))
    assert [line for line, _ in begun.candidates] == [1, 2, 4, 5, 6]
    assert begun.headers[2] == ("test", "result", "unit", "day")
    assert beginning(path, skip=50).header == ()


def test_a_first_line_longer_than_any_header_is_not_searched(tmp_path: Path) -> None:
    path = file(tmp_path, "x" * 1_200_000 + "\n" + SHEET)
    assert header_for(path, "utf-8", LONG) is None


def test_below_a_header_of_ours_no_other_is_looked_for(tmp_path: Path) -> None:
    mapping = ColumnMapping("one", fixed={"mrn": "1", "analyte": "hb", "unit": "g/dL"}, by_date=True)
    path = file(tmp_path, "mrn,name,birth_date,sex\n1,Ada,1968-02-11,F\n")
    assert open_sheet(path, mapping=mapping).mapped is None
    assert open_sheet(file(tmp_path, "\n;\n" + "2026-04-03;2026-04-04\n12,4;11\n"), mapping=mapping).skip == 0


def test_what_is_no_file_is_not_waited_for(tmp_path: Path) -> None:
    pipe, file = tmp_path / "pipe", tmp_path / "file"
    os.mkfifo(pipe)
    with pytest.raises(OSError, match="no regular file"):
        open_now(pipe)
    file.write_bytes(b"a")
    with open_now(file) as stream:
        assert stream.read() == b"a"
