"""Whole charts: as they are kept in ``snapshots`` (UPDATE_SNAPSHOTS=write makes them anew), and of any size and content."""

from __future__ import annotations

import math
import os
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.charts.build import anc, chart, day, exact, hb

from labtrack.charts import MOST_SERIES, Chart, Point, Role, Series, Span, StripRow, Threshold, chart_lines, drawn
from labtrack.core.quantity import Interval
from labtrack.core.text import width

SNAPSHOTS = Path(__file__).parent / "snapshots"


@pytest.mark.parametrize(("columns", "rows"), [(110, 30), (70, 22)])
@pytest.mark.parametrize("kind", ["unicode", "ascii"])
def test_it_looks_as_it_was_found_good(columns: int, rows: int, kind: str) -> None:
    text = "\n".join(line.rstrip() for line in chart_lines(chart(), columns, rows, ascii=kind == "ascii")) + "\n"
    place = SNAPSHOTS / f"{kind}-{columns}x{rows}.txt"
    if os.environ.get("UPDATE_SNAPSHOTS") == "write":
        place.write_text(text, encoding="utf-8")
    assert text == place.read_text(encoding="utf-8")


def test_all_plots_share_one_axis_with_the_strip() -> None:
    lines = chart_lines(chart(), 110, 30)
    newest = [line.rindex("●") for line in lines if line.rstrip().endswith("●") or "●  " in line]
    dose, hold = (next(line for line in lines if line.startswith(word)) for word in ("dose", "hold"))
    axis = next(line for line in lines if "└" in line)
    assert len(axis.rstrip()) == len(dose.rstrip())
    assert max(newest) <= len(axis.rstrip())
    start, end = dose.index("╞baricitinib 4"), hold.index("▒")
    assert start < end < newest[0]
    assert "╞baricitinib 2 …" in dose


def test_the_title_names_analyte_unit_and_newest_value() -> None:
    assert chart_lines(chart(), 110, 30)[0].startswith(
        "ANC  Neutrophils (absolute count)  ×10⁹/L  latest 0.82 on 19 Nov 2026  usual 1.8–7.5"
    )
    assert chart_lines(chart(), 50, 30)[0].startswith("ANC  ×10⁹/L  latest 0.82 on 19 Nov 2026")
    assert "estimate: at this rate 0.5 about Feb 2027" in chart_lines(chart(), 110, 30)[1]


def test_room_is_given_up_from_below() -> None:
    found = {rows: "\n".join(chart_lines(chart(), 80, rows)) for rows in (30, 14, 11, 9, 2)}
    assert "● reported" in found[30]
    assert "● reported" not in found[14]
    assert "dose" in found[14]
    assert "Hb  Hemoglobin" in found[9]
    assert found[2].split("\n")[1].startswith("Hb")
    assert "┬" in found[9]


def test_the_legend_tells_the_signs_in_use() -> None:
    legend = chart_lines(chart(), 120, 30)[-1]
    assert legend.split("  ")[0] == "● reported"
    for sign in ("○ calculated", "◉ baseline", "↓ less than", "┃ differing results", "╌ rule", "┈ range", "═ dose", "▒ hold"):
        assert sign in legend
    assert "more than" not in legend
    plain = chart_lines(replace(chart(), plain=True), 140, 30)[-1]
    assert "◉ before the treatment" in plain
    assert "rule" not in plain


def test_color_only_when_asked_for_and_without_other_text() -> None:
    plain, colored = (chart_lines(chart(), 80, 24, color=color) for color in (False, True))
    assert "\x1b" not in "".join(plain)
    assert "\x1b[33m" in "".join(colored)
    import re

    assert tuple(re.sub(r"\x1b\[[0-9;]*m", "", line) for line in colored) == plain


def test_the_same_chart_is_drawn_once() -> None:
    assert drawn(chart(), 80, 24) is drawn(chart(), 80, 24)
    assert {run.role for row in drawn(chart(), 80, 24) for run in row} >= {Role.TITLE, Role.LINE, Role.POINT, Role.THRESHOLD, Role.DOSE}


def test_hostile_words_stay_words() -> None:
    spans = (Span(day("2026-01-01"), day("2026-06-01"), "other: \x1b[2J\u202e日本語" + "n" * 300),)
    shown = chart_lines(replace(chart(), strip=(StripRow("hold", spans, is_hold=True),)), 100, 24)
    assert all(width(line) == 100 for line in shown)
    assert "\x1b" not in "".join(shown)
    assert "\u202e" not in "".join(shown)


def test_without_series_there_is_only_treatment() -> None:
    assert len(chart_lines(Chart((), 1.0, 1.0), 20, 3)) == 3


def test_more_than_can_be_read_are_not_drawn() -> None:
    many = replace(chart(), series=tuple(replace(hb(), name=f"no {place}") for place in range(6)))
    text = "\n".join(chart_lines(many, 100, 60))
    assert f"no {MOST_SERIES - 1}" in text
    assert f"no {MOST_SERIES}" not in text


def test_a_start_before_the_first_reading_and_a_stop_after_the_last_are_cut_off() -> None:
    one = Chart((replace(anc(), points=(exact("2026-05-24", 3.1),)),), day("2026-05-24"), day("2026-05-24"), (
        StripRow("dose", (Span(1.0, day("2020-01-01"), "old"), Span(day("2026-01-01"), 3e6, "now"), Span(3e6, 3.1e6, "later"))),
    ))  # fmt: skip
    dose = next(line for line in chart_lines(one, 60, 14) if line.startswith("dose"))
    assert "now" in dose
    assert "old" not in dose
    assert "later" not in dose


NUMBERS = st.floats(0, 1e6) | st.floats(1e-6, 10) | st.integers(-5, 300).map(float)
INTERVALS = st.one_of(
    NUMBERS.map(lambda value: Interval(value, value)),
    NUMBERS.map(lambda value: Interval(0.0, value, high_open=True)),
    NUMBERS.map(lambda value: Interval(value, math.inf, low_open=True)),
    st.tuples(NUMBERS, NUMBERS).map(lambda pair: Interval(min(pair), max(pair))),
)
POINTS = st.builds(
    Point, st.floats(1, 3_652_059), INTERVALS, st.text(max_size=5), st.none() | NUMBERS, st.none() | NUMBERS, st.booleans()
)  # fmt: skip


@st.composite
def any_series(draw: st.DrawFn) -> Series:
    points = tuple(sorted(draw(st.lists(POINTS, min_size=1, max_size=40)), key=lambda each: each.at))
    thresholds = tuple(Threshold(value, label) for value, label in draw(st.lists(st.tuples(NUMBERS, st.text(max_size=12)), max_size=6)))
    baseline = draw(st.none() | st.sampled_from(points))
    return Series(draw(st.text(max_size=30)), "g/dL", points, thresholds, baseline, 168.0, draw(st.text(max_size=10)))


@st.composite
def any_chart(draw: st.DrawFn) -> Chart:
    series = tuple(draw(st.lists(any_series(), min_size=1, max_size=5)))
    times = [point.at for each in series for point in each.points]
    spans = st.builds(
        lambda start, length, text: Span(start, start + length, text), st.floats(1, 3e6), st.floats(0, 1e4), st.text(max_size=9)
    )
    rows = draw(
        st.lists(st.builds(StripRow, st.sampled_from(["dose", "hold"]), st.lists(spans, max_size=3).map(tuple), st.booleans()), max_size=2)
    )
    return Chart(series, min(times), max(times), tuple(rows), draw(st.booleans()))


@settings(max_examples=150)
@given(any_chart(), st.integers(0, 130), st.integers(0, 45), st.booleans())
def test_any_chart_has_its_size(any_of_them: Chart, columns: int, rows: int, ascii: bool) -> None:
    lines = chart_lines(any_of_them, columns, rows, ascii=ascii)
    assert len(lines) == rows
    assert all(width(line) == columns for line in lines)


@settings(max_examples=60)
@given(st.lists(st.tuples(st.floats(700_000, 740_000), st.floats(0.01, 1e4)), min_size=1, max_size=400))
def test_the_extremes_and_the_newest_are_always_marked(readings: list[tuple[float, float]]) -> None:
    points = tuple(Point(at, Interval(value, value), "") for at, value in sorted(readings))
    series = Series("x", "", points, gap_days=50_000.0)
    rows = chart_lines(Chart((series,), points[0].at, points[-1].at), 90, 24)
    marked = [place for place, row in enumerate(rows[1:-3]) if "●" in row]
    assert marked
    if points_apart(points):
        assert marked[0] <= 2
        assert marked[-1] >= len(rows[1:-3]) - 3


def points_apart(points: tuple[Point, ...]) -> bool:
    """Whether the values differ enough to fill the plot."""
    values = [each.value.low for each in points]
    return max(values) > 1.2 * min(values)
