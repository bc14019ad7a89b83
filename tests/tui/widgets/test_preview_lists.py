"""How the preview of an import is shown."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.tui.conftest import screen_text
from textual.app import App, ComposeResult
from textual.widgets import DataTable

from labtrack.clinic.import_outcome import FileCount, ImportOutcome
from labtrack.clinic.import_preview import FilePreview, Preview, PreviewRow
from labtrack.core.text import width
from labtrack.exchange.remarks import Refusal
from labtrack.tui.widgets.preview_lists import FILE_COLUMNS, cut, detail, fact_lines, fill, row_of, show_files

HOSTILE_FILE = "[@click=app.quit]\x1b[31m.csv"


@pytest.mark.parametrize(
    ("text", "columns", "shown"), [("abc", 3, "abc"), ("abcd", 3, "ab…"), ("a\x1b[b", 20, "a\\x1b[b"), ("漢字漢字", 5, "漢字…")]
)
def test_what_is_wide_is_cut(text: str, columns: int, shown: str) -> None:
    assert cut(text, columns) == shown
    assert width(cut(text, columns)) <= columns


def test_a_file_is_a_row_of_text() -> None:
    file = FilePreview(Path("x"), HOSTILE_FILE, layout="results", count=FileCount("", "", accepted=1234, duplicate=2))
    row = row_of(file)
    assert row == [HOSTILE_FILE, "results", "1,236", "1,234", "0", "2", "0"]
    assert len(row) == len(FILE_COLUMNS)
    file.problem = "x"
    assert row_of(file)[1:3] == ["! cannot be read", "–"]
    file.is_unknown = True
    assert row_of(file)[1] == "! columns not known"


def test_the_facts_say_how_it_was_read() -> None:
    file = FilePreview(
        Path("x"), "x.csv", "", "", False, "results", "City Lab", "utf-8", "\t", ",", FileCount("", "", extra=("ward",)), 1200, 1
    )
    file.analytes = (("Hemoglobin", "g/dL", 3), ("INR", "", 1))
    said = "\n".join(each.plain for each in fact_lines(file))
    assert "results, tab separated, utf-8, decimal comma" in said
    assert "this looks like City Lab" in said
    assert "1,200 known, 1 new" in said
    assert "Hemoglobin g/dL (3), INR (no unit) (1)" in said
    assert "ward" in said


def test_the_next_step_is_one_of_this_screen() -> None:
    def steps(**more: object) -> str:
        return fact_lines(FilePreview(Path("x"), "x", problem="p", **more))[1].plain  # type: ignore[arg-type]

    assert "c chooses" in steps(next_step="Name it: --encoding utf-16-le")
    assert "m says" in steps(is_unknown=True)
    assert steps(next_step="Close it.") == "Close it."


def test_one_row_whole() -> None:
    refusal = Refusal("x.csv", 3, "value", "[bold]124[/]", "outside")
    preview = Preview([], ImportOutcome(refusals=[refusal]), [PreviewRow("x.csv", 2, "1", "hb 12")])
    assert detail("refused", preview, 0).plain == "x.csv, line 3, value: [bold]124[/]  → outside"
    assert detail("accepted", preview, 0).plain == "x.csv, line 2: hb 12"
    assert [detail(name, preview, 1).plain for name in ("accepted", "refused", "warned", "duplicates")] == [""] * 4


class TableApp(App[None]):
    def compose(self) -> ComposeResult:
        table: DataTable[Any] = DataTable()
        yield table


async def test_a_table_is_as_wide_as_its_widest_cell_and_shows_text() -> None:
    async with TableApp().run_test(size=(100, 10)) as pilot:
        table = pilot.app.query_one(DataTable)
        preview = Preview([FilePreview(Path("x"), HOSTILE_FILE, layout="results")], accepted=[PreviewRow("x.csv", 2, "[/bad]", "hb 12")])
        show_files(table, preview)
        await pilot.pause()
        assert "[@click=app.quit]\\x1b[31m.csv  results" in screen_text(pilot.app)
        fill(table, "accepted", preview, 7)
        await pilot.pause()
        assert "[/bad]" in screen_text(pilot.app)
        assert "… and 6 more" in screen_text(pilot.app)
        fill(table, "refused", preview, 0)
        assert table.row_count == 0
        show_files(table, None)
        assert table.row_count == 0
