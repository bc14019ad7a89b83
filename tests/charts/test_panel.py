"""One plot: signs, limits and their names, the band, the side of a limit on which a reading stands."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.charts.build import above, anc, below, day, exact, hb

from labtrack.charts.axes import time_scale
from labtrack.charts.canvas import ASCII, UNICODE, Canvas, Glyphs
from labtrack.charts.model import Point, Series, Threshold
from labtrack.charts.panel import Frame, Panel
from labtrack.core.quantity import Interval


def drawn(series: Series, columns: int = 60, rows: int = 12, names: int = 22, glyphs: Glyphs = UNICODE) -> tuple[Panel, list[str]]:
    canvas = Canvas(6 + columns + names, rows)
    across = time_scale(day("2025-11-02"), day("2026-11-22"), columns, 2 if glyphs is UNICODE else 1)
    panel = Panel(canvas, series, Frame(6, 0, columns, rows, names), across, glyphs)
    panel.draw()
    return panel, ["".join(run.text for run in row) for row in canvas.rows()]


def cell_of(panel: Panel, lines: list[str], at: str, value: float) -> str:
    return lines[panel.mark_row(value)][panel.column(day(at))]


def test_each_kind_of_reading_has_its_sign() -> None:
    panel, lines = drawn(anc())
    assert cell_of(panel, lines, "2026-06-20", 2.8) == "●"
    assert cell_of(panel, lines, "2026-07-26", 2.2) == "○"
    assert cell_of(panel, lines, "2026-05-24", 3.1) == "◉"
    assert cell_of(panel, lines, "2026-09-01", 2.0) == "↓"
    assert cell_of(panel, lines, "2026-11-19", 0.82) == "●"
    up, lines = drawn(Series("x", "", (above("2026-05-05", 90.0), exact("2026-06-05", 80.0))))
    assert cell_of(up, lines, "2026-05-05", 90.0) == "↑"


def test_a_range_is_a_bar_from_end_to_end() -> None:
    panel, lines = drawn(anc())
    column = panel.column(day("2026-11-02"))
    rows = range(panel.row(1.3), panel.row(1.1) + 1)
    assert {lines[row][column] for row in rows} == {"┃"}


def test_no_line_goes_over_a_gap_or_a_bound() -> None:
    panel, lines = drawn(replace(anc(), thresholds=(), points=tuple(replace(each, low=None, high=None) for each in anc().points)))
    between_bound = range(panel.column(day("2026-09-01")) + 1, panel.column(day("2026-10-18")))
    gap = range(panel.column(day("2025-11-02")) + 1, panel.column(day("2026-05-24")))
    assert {line[column] for line in lines for column in (*between_bound, *gap)} == {" "}


def test_a_limit_is_a_line_with_its_rule_beside_it() -> None:
    panel, lines = drawn(hb())
    for threshold in hb().thresholds:
        line = lines[panel.row(threshold.value)]
        assert line.rstrip().endswith(threshold.label)
        assert line[6:66].count("╌") > 50


def test_a_reading_stands_on_its_own_side_of_a_limit() -> None:
    for value in (1.49, 1.51):
        series = Series("x", "", (exact("2026-01-05", 4.0), exact("2026-11-05", value)), (Threshold(1.5, "neutropenia <1.5"),))
        panel, lines = drawn(series, rows=8)
        row = panel.mark_row(value)
        assert (row > panel.row(1.5)) == (value < 1.5)
        assert lines[row][panel.column(day("2026-11-05"))] == "●"
    equal = Series("x", "", (exact("2026-01-05", 4.0), exact("2026-11-05", 1.5)), (Threshold(1.5, "neutropenia <1.5"),))
    panel, _ = drawn(equal, rows=8)
    assert panel.mark_row(1.5) == panel.row(1.5)


def test_limits_off_the_plot_are_named_at_its_edge() -> None:
    series = Series("x", "", (exact("2026-05-05", 20.0),), (Threshold(220.0, "high >220"), Threshold(0.1, "low <0.1")))
    _, lines = drawn(series)
    assert lines[0].rstrip().endswith("↑ high >220")
    assert lines[-1].rstrip().endswith("↓ low <0.1")


def test_names_that_find_no_row_are_counted() -> None:
    series = Series("x", "", (exact("2026-05-05", 20.0),), tuple(Threshold(20.0 + place, f"rule-{place} >") for place in range(6)))
    _, lines = drawn(series, rows=4)
    assert lines[0].rstrip().endswith("+2")
    _, lines = drawn(series, rows=8)
    assert all(any(f"rule-{place} >" in line for line in lines) for place in range(6))


def test_without_room_beside_the_names_stand_on_the_lines() -> None:
    _, lines = drawn(hb(), names=0)
    assert any(line[6:].startswith("anemia <12╌") for line in lines)


def test_a_name_on_a_line_leaves_the_readings_alone_where_it_can() -> None:
    early = Series("x", "", (exact("2025-11-10", 1.4), exact("2026-02-10", 1.2)), (Threshold(1.5, "neutropenia <1.5"),), gap_days=200)
    late = replace(early, points=(exact("2026-09-10", 1.4), exact("2026-11-10", 1.2)))
    assert drawn(early, names=0, rows=1)[1][0].endswith("╌neutropenia <1.5")
    assert drawn(late, names=0, rows=1)[1][0][6:].startswith("neutropenia <1.5╌")
    assert drawn(replace(late, points=late.points[:1]), names=0, rows=1)[1][0][6:].startswith("neutropenia <1.5╌")


def test_the_band_follows_the_limits_of_each_reading() -> None:
    panel, lines = drawn(replace(anc(), thresholds=(), baseline=None))
    early, late = panel.column(day("2026-01-05")), panel.column(day("2026-08-05"))
    assert lines[panel.row(2.0)][early] == "┈"
    assert lines[panel.row(1.8)][late] == "┈"
    assert lines[panel.row(1.8)][early] != "┈"
    assert any("┃" in line[5] for line in lines)


def test_dense_readings_show_the_line_the_extremes_and_the_newest() -> None:
    start = day("2025-11-02")
    points = tuple(Point(start + place / 3, Interval(float(place % 7), float(place % 7)), "") for place in range(1000))
    tip = Point(start + 100.0, Interval(50.0, 50.0), "")
    series = Series("x", "", tuple(sorted((*points, tip), key=lambda each: each.at)))
    panel, lines = drawn(series)
    assert lines[panel.row(50.0)][panel.column(start + 100.0)] == "●"
    assert sum(line.count("●") for line in lines) <= 3


def test_a_bounded_baseline_has_no_mark_of_its_own() -> None:
    base = below("2026-01-05", 3.0)
    _, lines = drawn(Series("x", "", (base, exact("2026-03-05", 2.0)), baseline=base))
    assert not any("◉" in line for line in lines)


@pytest.mark.parametrize("names", [0, 22])
def test_plain_characters_are_enough(names: int) -> None:
    _, lines = drawn(anc(), names=names, glyphs=ASCII)
    assert all(line.isascii() for line in lines)
    text = "\n".join(lines)
    assert "B" in text
    assert "c" in text
