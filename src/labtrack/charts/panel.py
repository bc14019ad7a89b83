"""One analyte's plot: title, reference band, thresholds with their names, line, readings, baseline."""

from __future__ import annotations

from dataclasses import dataclass

from labtrack.charts.axes import Scale, value_range, value_ticks
from labtrack.charts.canvas import UNICODE, Canvas, Glyphs, Role, cut
from labtrack.charts.line import line_rows, runs
from labtrack.charts.model import Point, Series, Shape
from labtrack.core.quantity import format_number
from labtrack.core.text import width

#: One reading to so many columns at most; where they are denser only the notable ones are marked, the line shows the rest.
_DENSE = 0.5


@dataclass(frozen=True, slots=True)
class Frame:
    """Where the plot stands: its first column and row, its columns and rows, and the room for names at its right (0: none)."""

    left: int
    top: int
    columns: int
    rows: int
    names: int = 0


class Panel:
    """Draws one series into a frame; the title stands on the row above it."""

    def __init__(self, canvas: Canvas, series: Series, frame: Frame, across: Scale, glyphs: Glyphs = UNICODE) -> None:
        self.canvas, self.series, self.frame, self.across, self.glyphs = canvas, series, frame, across, glyphs
        low, high = value_range(series, frame.rows)
        self.up = Scale(low, high, max(frame.rows, 1), 4 if glyphs.marker == "braille" else 1)

    def draw(self) -> None:
        """All of it, from the back to the front."""
        self.band()
        self.thresholds()
        self.axis()
        self.line()
        self.points()
        self.names()

    def column(self, at: float) -> int:
        """The column of a time."""
        return self.frame.left + self.across.cell(at)

    def row(self, value: float) -> int:
        """The row of a value; one outside the frame for a value that lies outside."""
        return self.frame.top + self.frame.rows - 1 - self.up.cell(value)

    def mark_row(self, value: float) -> int:
        """The row of a reading: never that of a limit that it does not equal, as long as the row beside it is free of limits.

        A plot is coarser than the values; on which side of a limit one lies must show all the same.
        """
        row = self.row(value)
        lines = {self.row(each.value): each.value for each in self.series.thresholds}
        limit = lines.get(row)
        if limit is None or abs(value - limit) <= 1e-9 * abs(limit):
            return row
        beside = row - 1 if value > limit else row + 1
        return beside if self.is_inside(beside) and beside not in lines else row

    def is_inside(self, row: int) -> bool:
        """Whether a row belongs to the plot."""
        return self.frame.top <= row < self.frame.top + self.frame.rows

    def band(self) -> None:
        """The reference limits as they were printed with each reading, from it until the next; the first ones back to the left edge."""
        points = self.series.points
        ends = [self.frame.left, *(self.column(point.at) for point in points[1:]), self.frame.left + self.frame.columns]
        for point, first, last in zip(points, ends, ends[1:], strict=False):
            edges = [None if limit is None else self.row(limit) for limit in (point.high, point.low)]
            top, bottom = (edges[0] if edges[0] is not None else -1, edges[1] if edges[1] is not None else self.canvas.height)
            for x in range(first, last):
                for y in range(max(top, self.frame.top), min(bottom, self.frame.top + self.frame.rows - 1) + 1):
                    on_edge = y in edges
                    if on_edge or ((point.low is not None or point.high is not None) and (x + 2 * y) % 6 == 0):
                        self.canvas.put(x, y, self.glyphs.edge if on_edge else self.glyphs.fill, Role.BAND)

    def thresholds(self) -> None:
        """A line across for each, where it lies inside."""
        for threshold in self.series.thresholds:
            row = self.row(threshold.value)
            if self.is_inside(row):
                for x in range(self.frame.left, self.frame.left + self.frame.columns):
                    self.canvas.put(x, row, self.glyphs.threshold, Role.THRESHOLD)

    def axis(self) -> None:
        """The axis at the left, heavier inside the latest reference limits, with round numbers."""
        newest = self.series.points[-1] if self.series.points else None
        x = self.frame.left - 1
        for y in range(self.frame.top, self.frame.top + self.frame.rows):
            self.canvas.put(x, y, self.glyphs.axis_in_band if newest and self._in_band(newest, y) else self.glyphs.axis, Role.AXIS)
        for tick in value_ticks(self.up.low, self.up.high, max(self.frame.rows // 2, 1)):
            text = format_number(float(f"{tick:.6g}"))
            if self.is_inside(self.row(tick)) and width(text) <= x:
                self.canvas.write(x - width(text), self.row(tick), text, Role.AXIS)

    def _in_band(self, point: Point, row: int) -> bool:
        if point.low is None and point.high is None:
            return False
        below_top = point.high is None or row >= self.row(point.high)
        return below_top and (point.low is None or row <= self.row(point.low))

    def line(self) -> None:
        """The line through the readings."""
        for y, text in enumerate(line_rows(self.series, self.across, self.up, self.glyphs.marker)):
            for x, character in enumerate(text):
                if character not in " \u2800":
                    self.canvas.put(self.frame.left + x, self.frame.top + y, character, Role.LINE)

    def points(self) -> None:
        """The readings: numbers as dots, bounds as arrows, ranges as bars; the baseline over all."""
        marked = self._marked()
        for point in marked:
            x, glyphs = self.column(point.at), self.glyphs
            match point.shape:
                case Shape.BETWEEN:
                    low, high = (self.row(end) for end in point.ends)
                    for y in range(high, low + 1):
                        self._put(x, y, glyphs.between, Role.POINT)
                case shape:
                    arrow = {Shape.BELOW: glyphs.below, Shape.ABOVE: glyphs.above}.get(shape)
                    sign = arrow or (glyphs.calculated if point.calculated else glyphs.point)
                    self._put(x, self.mark_row(point.ends[0]), sign, Role.POINT)
        base = self.series.baseline
        if base is not None and base.shape is Shape.EXACT:
            self._put(self.column(base.at), self.mark_row(base.value.low), self.glyphs.baseline, Role.BASELINE)

    def _put(self, x: int, y: int, character: str, role: Role) -> None:
        if self.is_inside(y) and self.frame.left <= x < self.frame.left + self.frame.columns:
            self.canvas.put(x, y, character, role)

    def _marked(self) -> list[Point]:
        """The readings to mark, the newest last. Where they are dense: both extremes, the newest, and what no line goes through."""
        points = list(self.series.points)
        numbers = [each for each in points if each.shape is Shape.EXACT]
        if len(numbers) <= max(self.frame.columns * _DENSE, 4):
            return points
        least, most = (pick(numbers, key=lambda each: each.value.low) for pick in (min, max))
        notable = {id(least), id(most), id(points[-1])} | {id(run[0]) for run in runs(self.series) if len(run) == 1}
        return [each for each in points if each.shape is not Shape.EXACT or id(each) in notable]

    def names(self) -> None:
        """Each threshold's name beside its line, or on it where there is no room beside; those off the plot at its edge."""
        beside: list[tuple[int, str]] = []
        for threshold in sorted(self.series.thresholds, key=lambda each: not self.is_inside(self.row(each.value))):
            row, label = self.row(threshold.value), threshold.label
            if not self.is_inside(row):
                is_above = row < self.frame.top
                label = f"{self.glyphs.above if is_above else self.glyphs.below} {label}"
                row = self.frame.top if is_above else self.frame.top + self.frame.rows - 1
            beside.append((row, label))
        if self.frame.names:
            self._names_beside(beside)
        else:
            self._names_on_lines(beside)

    def _names_on_lines(self, wanted: list[tuple[int, str]]) -> None:
        by_row: dict[int, list[str]] = {}
        for row, label in wanted:
            by_row.setdefault(row, []).append(label)
        for row, labels in by_row.items():
            text = cut(", ".join(labels), self.frame.columns, self.glyphs.cut)
            start = min((self.frame.left, self.frame.left + self.frame.columns - width(text)), key=lambda x: self._covered(x, row, text))
            self.canvas.write(start, row, text, Role.THRESHOLD, room=self.frame.columns)

    def _covered(self, start: int, row: int, text: str) -> int:
        """How much of line and readings a name that begins there would cover."""
        return sum(self.canvas.role(x, row) in (Role.LINE, Role.POINT, Role.BASELINE) for x in range(start, start + width(text)))

    def _names_beside(self, wanted: list[tuple[int, str]]) -> None:
        """A name may stand a little off its line, since it tells the number; how many found no row is told at the top."""
        free = list(range(self.frame.top, self.frame.top + self.frame.rows))
        start = self.frame.left + self.frame.columns
        for row, label in wanted[: len(free)]:
            place = min(free, key=lambda y: abs(y - row))
            free.remove(place)
            self.canvas.write(start + 1, place, cut(label, self.frame.names - 1, self.glyphs.cut), Role.THRESHOLD)
        if len(wanted) > self.frame.rows:
            text = f" +{len(wanted) - self.frame.rows}"
            self.canvas.write(start + self.frame.names - len(text), self.frame.top, text, Role.THRESHOLD)
