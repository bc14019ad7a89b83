"""Blocks know their height and paint what they were given."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.exchange.report.build import read_pdf

from labtrack.exchange.report.blocks import LEADING, Block, heading, paragraph, side_by_side, signed, space, table_row
from labtrack.exchange.report.canvas import Canvas

SIZE = 10.0


@pytest.fixture
def canvas() -> Iterator[Canvas]:
    with Canvas("letter", (2026, 11, 22), "labtrack") as opened:
        yield opened


def said(canvas: Canvas, block: Block) -> str:
    canvas.add_page()
    block.paint(50, 50)
    (text,) = read_pdf(canvas.bytes())
    return text.strip()


def test_a_paragraph_is_as_high_as_its_lines(canvas: Canvas) -> None:
    one = paragraph(canvas, [("word", False)], 200, SIZE)
    many = paragraph(canvas, [("word " * 40, False)], 200, SIZE)
    assert one.height == pytest.approx(SIZE * LEADING)
    assert many.height == pytest.approx(one.height * round(many.height / one.height))
    assert many.height > one.height
    assert said(canvas, many) == ("word " * 40).strip()


def test_lines_beyond_the_most_end_in_an_ellipsis(canvas: Canvas) -> None:
    cut = paragraph(canvas, [("word " * 40, False)], 200, SIZE, most=2)
    assert cut.height == pytest.approx(2 * SIZE * LEADING)
    assert said(canvas, cut).endswith("…")


def test_a_heading_stays_with_what_follows(canvas: Canvas) -> None:
    block = heading(canvas, "What was found", 200, SIZE)
    assert block.keep
    assert said(canvas, block) == "What was found"


def test_a_sign_stands_beside_its_text(canvas: Canvas) -> None:
    body = [paragraph(canvas, [("urgent", True)], 200, SIZE), paragraph(canvas, [("text", False)], 200, SIZE)]
    block = signed(canvas, "‼", body, SIZE, 15)
    assert block.height == pytest.approx(sum(each.height for each in body))
    assert set(said(canvas, block).split()) == {"‼", "urgent", "text"}


def test_a_row_is_as_high_as_its_highest_cell(canvas: Canvas) -> None:
    flat = table_row(canvas, [("ANC", False), ("0.82", True)], [0, 100, 200], SIZE, rule=0.3)
    high = table_row(canvas, [("ANC", False), ("0.82 " * 30, True)], [0, 100, 200], SIZE)
    assert high.height > flat.height
    assert said(canvas, flat) == "ANC 0.82"


def test_columns_are_as_high_as_the_higher_one(canvas: Canvas) -> None:
    left, right = [space(10), space(20)], [paragraph(canvas, [("right", False)], 90, SIZE)]
    block = side_by_side([left, right], 200, 20)
    assert block.height == 30
    assert said(canvas, block) == "right"
