"""How a cell is written: letters and signs say everything that color does."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time

import pytest

from labtrack.clinic.grid import GridRow
from labtrack.clinic.grid_cells import Cell
from labtrack.core.record import CollectedAt, Result, ResultStatus
from labtrack.tui.widgets.cells import LEGEND, marked, moment, told

AT = CollectedAt(date(2026, 11, 19), time(8, 15))
ROW = GridRow("hb", "Hb", "Hemoglobin", "g/dL", "12–15", "cbc", True, {})
RESULT = Result("hb", "124", "g/L", AT, lab="[b]Lab[/]", note="sp\x1becial")


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (Cell("0.82"), "0.82"),
        (Cell("0.82", flag="L"), "0.82 L"),
        (Cell("0.82", flag="L", finding="urgent"), "0.82 L‼"),
        (Cell("152", finding="action"), "152 ▲"),
        (Cell("1.4", finding="watch", flag="L", is_amended=True), "1.4 L△*"),
        (Cell("64.5", method="CKD-EPI 2021"), "=64.5"),
        (Cell("12.4", is_converted=True), "~12.4"),
        (Cell("[bold]hemolyzed", is_usable=False), "[bold]hemolyzed?"),
        (Cell("1.2", is_usable=False, status="preliminary"), "1.2p"),
        (Cell("struck", is_usable=False, is_amended=True, status="entered-in-error"), "struck*"),
    ],
)
def test_marks(cell: Cell, text: str) -> None:
    assert marked(cell).plain == text
    assert all(mark in LEGEND for mark in ("‼", "▲", "△", "=", "~", "*", "?", "p "))


def test_moment() -> None:
    assert moment(AT) == "19 Nov 2026 08:15"
    assert moment(replace(AT, at=None)) == "19 Nov 2026"


def test_a_cell_in_words() -> None:
    cell = Cell("12.4", is_converted=True, flag="L", finding="watch", results=(RESULT,))
    said = told(ROW, cell, AT).plain
    assert said == (
        "Hemoglobin  19 Nov 2026 08:15  12.4 g/dL, reported as 124 g/L, below the limits, watch finding, [b]Lab[/], sp\\x1becial"
    )


def test_what_is_missing_calculated_amended_or_struck_in_words() -> None:
    assert told(ROW, None, AT).plain.endswith("nothing reported")
    assert "calculated (Friedewald)" in told(ROW, Cell("120", method="Friedewald"), AT).plain
    old = replace(RESULT, superseded=True, value_text="99")
    assert "amended, before 99" in told(ROW, Cell("12.4", is_amended=True, results=(old, RESULT)), AT).plain
    strike = replace(RESULT, status=ResultStatus.ENTERED_IN_ERROR)
    struck = Cell("struck", is_usable=False, is_amended=True, status="entered-in-error", results=(old, strike))
    assert "entered in error" in told(ROW, struck, AT).plain
    assert told(ROW, Cell("hemolyzed", is_usable=False, results=(RESULT,)), AT).plain.startswith(
        "Hemoglobin  19 Nov 2026 08:15  hemolyzed, not usable"
    )
