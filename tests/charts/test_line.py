"""The line: where it goes and where it does not, and what thinning keeps."""

from __future__ import annotations

import threading

from hypothesis import given
from hypothesis import strategies as st
from tests.charts.build import above, anc, below, between, exact

from labtrack.charts.axes import Scale
from labtrack.charts.line import line_rows, runs, thinned
from labtrack.charts.model import Point, Series
from labtrack.core.quantity import Interval


def values(series: Series) -> list[list[float]]:
    return [[point.value.low for point in run] for run in runs(series)]


def test_bounds_ranges_and_gaps_part_the_line() -> None:
    assert values(anc()) == [[3.3], [3.1, 2.8, 2.2], [1.4], [0.82]]
    points = (exact("2026-01-01", 1.0), above("2026-01-08", 2.0), exact("2026-01-15", 3.0), exact("2026-01-22", 4.0))
    assert values(Series("x", "", points)) == [[1.0], [3.0, 4.0]]
    assert values(Series("x", "", (below("2026-01-01", 1.0), between("2026-01-02", 1.0, 2.0)))) == []


def test_the_gap_is_the_series_own() -> None:
    points = (exact("2026-01-01", 1.0), exact("2026-06-18", 2.0))
    assert values(Series("x", "", points, gap_days=168.0)) == [[1.0, 2.0]]
    assert values(Series("x", "", points, gap_days=167.0)) == [[1.0], [2.0]]


def test_single_readings_have_no_line() -> None:
    assert line_rows(Series("x", "", (exact("2026-01-01", 1.0),)), Scale(0, 1, 10, 2), Scale(0, 1, 5, 4), "braille") == []


def test_the_line_has_the_size_of_the_plot_beyond_any_terminal() -> None:
    series = Series("x", "", tuple(Point(float(place), Interval(place, place), "") for place in range(50)), gap_days=10)
    for columns, rows in ((1, 1), (3, 2), (60, 12), (230, 70)):
        found = line_rows(series, Scale(0, 49, columns, 2), Scale(0, 49, rows, 4), "braille")
        assert len(found) == rows
        assert all(len(row) == columns for row in found)
    assert found[0][-1].strip()
    assert found[-1][0].strip()


def test_threads_do_not_disturb_each_other() -> None:
    def series(sign: int) -> Series:
        return Series("x", "", tuple(Point(float(at), Interval(sign * at, sign * at), "") for at in range(20)), gap_days=10)

    rising, falling = series(1), series(-1)
    across = Scale(0, 19, 30, 2)
    wanted = [line_rows(rising, across, Scale(0, 19, 8, 4), "braille"), line_rows(falling, across, Scale(-19, 0, 8, 4), "braille")]
    found: list[bool] = []

    def draw(which: int) -> None:
        one, up = ((rising, Scale(0, 19, 8, 4)), (falling, Scale(-19, 0, 8, 4)))[which]
        found.extend(line_rows(one, across, up, "braille") == wanted[which] for _ in range(10))

    threads = [threading.Thread(target=draw, args=(place % 2,)) for place in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [True] * 40
    assert wanted[0] != wanted[1]


@given(st.lists(st.tuples(st.floats(0, 1000), st.floats(-1e3, 1e3)), min_size=1, max_size=300), st.integers(1, 40))
def test_thinning_keeps_order_ends_and_extremes(readings: list[tuple[float, float]], columns: int) -> None:
    run = [Point(at, Interval(value, value), "") for at, value in sorted(readings)]
    scale = Scale(-1.0, 1001.0, columns, 2)
    kept = thinned(run, scale)
    assert kept[0] is run[0]
    assert kept[-1] is run[-1]
    assert [each.at for each in kept] == sorted(each.at for each in kept)
    for pick in (min, max):
        assert pick(each.value.low for each in kept) == pick(each.value.low for each in run)
    assert len(kept) <= columns * 2 * 4
    for column in {scale.dot(each.at) for each in run}:
        all_of_it, left = ([each.value.low for each in points if scale.dot(each.at) == column] for points in (run, kept))
        assert (min(all_of_it), max(all_of_it)) == (min(left), max(left))
