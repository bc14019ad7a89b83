"""The layout of a chart: everything inside its frame, honest about gaps and bounds, names that do not lie over each other."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.exchange.report.build import day, mark, trend

from labtrack.exchange.report.drawing import MIDDLE, Box, Disc, Drawing, Label, Line, Polygon, drawing_of, text_width
from labtrack.exchange.report.model import Limit, Shape

WIDTH, HEIGHT, SIZE = 265.0, 120.0, 7.0


def drawn(**changes: object) -> Drawing:
    return drawing_of(trend(**changes), WIDTH, HEIGHT, SIZE)


def of_kind(drawing: Drawing, kind: type) -> list[object]:
    return [each for each in drawing.pieces if isinstance(each, kind)]


def curve(drawing: Drawing) -> list[Line]:
    return [each for each in drawing.pieces if isinstance(each, Line) and each.weight == 0.9 and each.y1 != each.y2 and each.x1 != each.x2]


def test_everything_lies_inside() -> None:
    for piece in drawn().pieces:
        match piece:
            case Line():
                places = [(piece.x1, piece.y1), (piece.x2, piece.y2)]
            case Box():
                places = [(piece.x, piece.y), (piece.x + piece.width, piece.y + piece.height)]
            case Polygon():
                places = list(piece.corners)
            case Disc() | Label():
                places = [(piece.x, piece.y)]
        for x, y in places:
            assert -0.01 <= x <= WIDTH + 0.01, piece
            assert -0.01 <= y <= HEIGHT + 0.01, piece


def test_no_line_over_a_gap_nor_to_a_bound() -> None:
    joined = curve(drawn(limits=()))
    assert len(joined) == 2  # the first two numbers, and the last two; bounds and the long gap lie between
    assert len(curve(drawn(limits=(), gap_days=5.0))) == 0


def test_each_kind_of_reading_has_its_shape() -> None:
    pieces = drawn(baseline=None)
    rings = [each for each in pieces.pieces if isinstance(each, Disc) and not each.filled]
    arrows = [each for each in pieces.pieces if isinstance(each, Polygon) and each.filled]
    assert (len(rings), len(arrows)) == (1, 2)
    down, up = arrows
    assert down.corners[2][1] > down.corners[0][1]  # <2 points down, >6 up
    assert up.corners[2][1] < up.corners[0][1]


def test_the_arrow_of_a_bound_stays_inside_the_plot() -> None:
    marks = (mark("2026-03-05", 0.0, Shape.BELOW, "<2", 2.0), mark("2026-05-05", 6.0, Shape.ABOVE, ">6", float("inf")))
    drawing = drawn(marks=marks, low=2.0, high=6.0, baseline=None, limits=())
    below, above = [each for each in drawing.pieces if isinstance(each, Polygon)]
    axis = max(each.y2 for each in drawing.pieces if isinstance(each, Line) and each.gray == MIDDLE and each.y1 == each.y2)
    assert max(y for _, y in below.corners) <= axis
    assert min(y for _, y in above.corners) >= SIZE * 2 - 0.01


def test_thresholds_are_named_and_one_outside_says_where() -> None:
    drawing = drawn()
    texts = [each.text for each in drawing.pieces if isinstance(each, Label)]
    assert {"anc-below-1 <1", "neutropenia <1.5", "↓ far-below <0.1"} <= set(texts)
    dashed = [each for each in drawing.pieces if isinstance(each, Line) and each.dash == (3.0, 2.0)]
    assert len(dashed) == 2


def test_names_of_thresholds_that_are_close_do_not_touch() -> None:
    limits = tuple(Limit(1.0 + number / 1000, f"rule-{number}") for number in range(5))
    drawing = drawn(limits=limits)
    rows = sorted(each.y for each in drawing.pieces if isinstance(each, Label) and each.text.startswith("rule-"))
    assert all(later - earlier >= SIZE for earlier, later in pairwise(rows))


def test_doses_and_holds_stand_below_on_the_same_axis() -> None:
    drawing = drawn()
    (dose,) = [each for each in drawing.pieces if isinstance(each, Box) and each.edge and each.gray < 1]
    (start,) = [each for each in drawing.pieces if isinstance(each, Line) and each.dash == (0.8, 1.8)]
    assert dose.x == pytest.approx(start.x1)
    assert any(isinstance(each, Label) and each.text == "baricitinib 2 mg daily" for each in drawing.pieces)
    assert any(isinstance(each, Label) and each.text == "hold" for each in drawing.pieces)


def test_a_baseline_of_its_own_is_marked_and_drawn() -> None:
    beside = mark("2026-01-03", 3.3)
    drawing = drawn(baseline=beside)
    assert any(isinstance(each, Label) and each.text == "B" for each in drawing.pieces)
    assert len(of_kind(drawing, Disc)) == len(of_kind(drawn(baseline=None), Disc)) + 1


def test_a_title_that_is_too_long_is_cut_and_says_so() -> None:
    drawing = drawn(title="x" * 300)
    title = drawing.pieces[0]
    assert isinstance(title, Label)
    assert title.text.endswith("…")
    assert text_width(title.text, title.size) <= WIDTH


@given(
    st.lists(st.floats(0, 1e6), min_size=1, max_size=30),
    st.lists(st.floats(-1e6, 1e6, allow_nan=False), max_size=8),
    st.floats(20, 400),
    st.sampled_from(Shape),
)
def test_no_numbers_break_it(values: list[float], limits: list[float], width: float, shape: Shape) -> None:
    first = day("2026-01-01")
    marks = tuple(replace(mark("2026-01-01", value, shape), at=first + number) for number, value in enumerate(values))
    low, high = min(values), max(values)
    named = tuple(Limit(each, "x") for each in limits)
    whole = trend(marks=marks, low=low, high=high, first=first, last=first + len(values) - 1, limits=named)
    for piece in drawing_of(whole, width, 100.0, 7.0).pieces:
        assert "nan" not in repr(piece)
