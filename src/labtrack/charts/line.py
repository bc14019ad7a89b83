"""The line through a series, drawn with plotext: only where the readings are numbers that follow each other closely enough."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from threading import Lock

from labtrack.charts.axes import Scale
from labtrack.charts.model import Point, Series, Shape

#: plotext has one figure for the whole process, and charts are drawn on several threads.
_FIGURE = Lock()


def runs(series: Series) -> list[list[Point]]:
    """Numbers that a line joins. A bound, a range and a gap of more than the series' ``gap_days`` part them."""
    found: list[list[Point]] = [[]]
    for before, point in pairwise((None, *series.points)):
        if before is not None and point is not None and point.at - before.at > series.gap_days:
            found.append([])
        if point is not None and point.shape is Shape.EXACT:
            found[-1].append(point)
        else:
            found.append([])
    return [run for run in found if run]


def thinned(run: Sequence[Point], scale: Scale) -> list[Point]:
    """Of the points that share a dot of the time axis the first, the last and both extremes: the line through them looks the same."""
    columns: dict[int, list[Point]] = {}
    for point in run:
        columns.setdefault(scale.dot(point.at), []).append(point)
    kept: list[Point] = []
    for column in columns.values():
        least, most = (pick(column, key=lambda each: each.value.low) for pick in (min, max))
        wanted = {id(each) for each in (column[0], column[-1], least, most)}
        kept += [each for each in column if id(each) in wanted]
    return kept


def line_rows(series: Series, across: Scale, up: Scale, marker: str) -> list[str]:
    """The line alone, ``up.cells`` rows of ``across.cells`` characters; empty where there is none."""
    lines = [thinned(run, across) for run in runs(series) if len(run) > 1]
    if not lines or across.cells < 1 or up.cells < 1:
        return []
    import plotext

    with _FIGURE:
        plotext.clear_figure()
        plotext.limit_size(False, False)
        plotext.theme("clear")
        plotext.frame(False)
        plotext.plotsize(across.cells, up.cells)
        plotext.xlim(across.low, across.high)
        plotext.ylim(up.low, up.high)
        plotext.xticks([])
        plotext.yticks([])
        for run in lines:
            plotext.plot([each.at for each in run], [each.value.low for each in run], marker=marker)
        text = plotext.uncolorize(plotext.build())
        plotext.clear_figure()
    return [row.ljust(across.cells)[: across.cells] for row in text.split("\n")[: up.cells]]
