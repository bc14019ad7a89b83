"""A whole chart: plots above each other, one time axis, the strip of doses and holds, what the signs mean. Cached by content and size."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from labtrack.charts.axes import date_ticks, time_scale, value_range, value_ticks
from labtrack.charts.canvas import ASCII, UNICODE, Canvas, Glyphs, Role, Run, cut
from labtrack.charts.model import Chart, Series, Shape, StripRow
from labtrack.charts.panel import Frame, Panel
from labtrack.core.quantity import format_number
from labtrack.core.text import width

#: More plots above each other than this cannot be read.
MOST_SERIES = 4
#: A plot lower than this is left out and its title, which tells the newest value, stands alone.
_LOWEST = 3
#: From this many columns the names of thresholds stand beside the plot.
_NAMES_FROM = 64
_WIDEST_NAMES = 30
#: What the signs mean, in the order of :meth:`_Drawing._legend`.
_WORDS = ("reported", "calculated", "baseline", "less than", "more than", "differing results", "rule", "range", "dose", "hold")
_PLAIN_WORDS = (
    "measured", "calculated", "before the treatment", "less than", "more than", "differing results", "limit", "usual range", "medicine",
    "paused",
)  # fmt: skip
#: Select Graphic Rendition codes by role, for terminals; each marks what its sign tells as well.
_COLORS = {
    Role.TITLE: "1", Role.NOTE: "3", Role.BAND: "32", Role.THRESHOLD: "33", Role.LINE: "36", Role.POINT: "1;36",
    Role.BASELINE: "1;35", Role.DOSE: "34", Role.HOLD: "1;31", Role.AXIS: "2",
}  # fmt: skip


def chart_lines(chart: Chart, width: int, height: int, *, color: bool = False, ascii: bool = False) -> tuple[str, ...]:
    """The chart as ``height`` lines of exactly ``width`` columns, without escape codes unless ``color`` is asked for."""
    rows = drawn(chart, width, height, ascii=ascii)
    if not color:
        return tuple("".join(run.text for run in row) for row in rows)
    return tuple("".join(_colored(run) for run in row) for row in rows)


def _colored(run: Run) -> str:
    code = _COLORS.get(run.role)
    return f"\x1b[{code}m{run.text}\x1b[0m" if code and run.text.strip() else run.text


@lru_cache(maxsize=32)
def drawn(chart: Chart, width: int, height: int, *, ascii: bool = False) -> tuple[tuple[Run, ...], ...]:
    """The chart as rows of runs, each with the role by which a front end may color it. At most :data:`MOST_SERIES` series are drawn."""
    canvas = Canvas(width, height)
    _Drawing(canvas, chart, ASCII if ascii else UNICODE).draw()
    return canvas.rows()


@dataclass(frozen=True, slots=True)
class _Rows:
    """Which rows there is room for: of each plot (0: its title stands alone), of the axis (0, 1 or 2), of the strip, of the legend."""

    plots: tuple[int, ...]
    axis: int
    strip: int
    legend: int


class _Drawing:
    """One chart on its way to the canvas."""

    def __init__(self, canvas: Canvas, chart: Chart, glyphs: Glyphs) -> None:
        self.canvas, self.chart, self.glyphs = canvas, chart, glyphs
        self.series = chart.series[:MOST_SERIES]
        self.rows = _rows(canvas.height, self.series, len(chart.strip))
        labels = [_widest_tick(*each) for each in zip(self.series, self.rows.plots, strict=True)]
        left = max([*labels, *(len(row.label) for row in chart.strip), 3]) + 1
        names = max([width(each.label) + 3 for one in self.series for each in one.thresholds], default=0)
        self.names = min(names, _WIDEST_NAMES, canvas.width // 3) if canvas.width >= _NAMES_FROM else 0
        self.left = left + 1
        self.columns = max(canvas.width - self.left - self.names, 0)
        self.across = time_scale(chart.first, chart.last, max(self.columns, 1), 2 if glyphs.marker == "braille" else 1)

    def draw(self) -> None:
        y = 0
        for series, rows in zip(self.series, self.rows.plots, strict=True):
            y = self._series(series, rows, y)
        if not self.rows.axis or self.columns < 8:
            return
        y = self._axis(y)
        for row in self.chart.strip[: self.rows.strip]:
            self._strip(row, y)
            y += 1
        if self.rows.legend:
            self.canvas.write(0, y, cut(self._legend(), self.canvas.width, self.glyphs.cut), Role.AXIS)

    def _series(self, series: Series, plot: int, y: int) -> int:
        """Title, note, plot; the row after them."""
        self._title(series, y)
        y += 1
        if not plot:
            return y
        if series.note:
            self.canvas.write(0, y, cut(f"  {series.note}", self.canvas.width, self.glyphs.cut), Role.NOTE)
            y, plot = y + 1, plot - 1
        if self.columns >= 8:
            Panel(self.canvas, series, Frame(self.left, y, self.columns, plot, self.names), self.across, self.glyphs).draw()
        return y + plot

    def _title(self, series: Series, y: int) -> None:
        """Name and unit, then what else fits: the newest reading and the reference limits. For the reading the name is shortened."""
        latest = series.latest and f"latest {series.latest}"
        name = series.name
        if series.short and width(f"{name}  {series.unit}  {latest}") > self.canvas.width:
            name = series.short
        x = self.canvas.write(0, y, cut(name, self.canvas.width, self.glyphs.cut), Role.TITLE)
        for text in (series.unit, latest, series.usual and f"usual {series.usual}"):
            if text and x + 2 + width(text) <= self.canvas.width:
                x = self.canvas.write(x + 2, y, text, Role.PLAIN)

    def _axis(self, y: int) -> int:
        """The ground line with its marks, and their dates; the row after them."""
        self.canvas.put(self.left - 1, y, self.glyphs.corner, Role.AXIS)
        for x in range(self.left, self.left + self.columns):
            self.canvas.put(x, y, self.glyphs.ground, Role.AXIS)
        free_from = 0
        for tick in date_ticks(self.across, self.columns):
            x = self.left + self.across.cell(tick.at)
            self.canvas.put(x, y, self.glyphs.tick, Role.AXIS)
            start = min(x, self.canvas.width - len(tick.text))
            if self.rows.axis > 1 and start >= free_from and start >= 0:
                free_from = self.canvas.write(start, y + 1, tick.text, Role.AXIS) + 1
        return y + self.rows.axis

    def _strip(self, row: StripRow, y: int) -> None:
        """Bars with their words in them where they fit; the newest beside the plot where there is room."""
        role = Role.HOLD if row.is_hold else Role.DOSE
        self.canvas.write(0, y, row.label, Role.AXIS, room=self.left - 1)
        end_of_plot = self.left + self.columns
        for span in row.spans:
            if span.end < self.across.low or span.start > self.across.high:
                continue
            first = self.left + max(self.across.cell(span.start), 0)
            last = min(self.left + max(self.across.cell(span.end), self.across.cell(span.start) + 1, 1), end_of_plot)
            for x in range(first, last):
                self.canvas.put(x, y, self.glyphs.hold if row.is_hold else self.glyphs.dose, role)
            if not row.is_hold:
                self.canvas.put(first, y, self.glyphs.dose_start, role)
            room = last - first - 2
            text = cut(span.text, room, self.glyphs.cut)
            if width(span.text) <= room or (room >= 6 and width(text)):
                self.canvas.write(first + 1, y, text, role, room)

    def _legend(self) -> str:
        """The signs that this chart uses."""
        glyphs = self.glyphs
        shapes = {(point.shape, point.calculated) for each in self.series for point in each.points}
        kinds = {shape for shape, _ in shapes}
        words = _PLAIN_WORDS if self.chart.plain else _WORDS
        limits = [limit for each in self.series for point in each.points for limit in (point.low, point.high)]
        used = (
            (glyphs.point, (Shape.EXACT, False) in shapes),
            (glyphs.calculated, (Shape.EXACT, True) in shapes),
            (glyphs.baseline, any(each.baseline for each in self.series)),
            (glyphs.below, Shape.BELOW in kinds),
            (glyphs.above, Shape.ABOVE in kinds),
            (glyphs.between, Shape.BETWEEN in kinds),
            (glyphs.threshold, any(each.thresholds for each in self.series)),
            (glyphs.edge, any(limit is not None for limit in limits)),
            (glyphs.dose, any(not row.is_hold for row in self.chart.strip)),
            (glyphs.hold, any(row.is_hold for row in self.chart.strip)),
        )
        return "  ".join(f"{sign} {what}" for (sign, is_used), what in zip(used, words, strict=True) if is_used)


def _rows(height: int, series: tuple[Series, ...], strip: int) -> _Rows:
    """Plots come first; of the rest what there is room for, the legend given up before the strip and the strip before the axis.

    Where not all plots have room, those of the last series give way to their titles.
    """
    lowest = _LOWEST + any(each.note for each in series)
    for shown in range(len(series), 0, -1):
        for axis, rows, legend in _plans(strip):
            each, over = divmod(height - len(series) - axis - rows - legend, shown)
            if each >= lowest:
                plots = [each + (place < over) for place in range(shown)]
                return _Rows((*plots, *[0] * (len(series) - shown)), axis, rows, legend)
    return _Rows((0,) * len(series), 0, 0, 0)


def _plans(strip: int) -> Iterator[tuple[int, int, int]]:
    yield 2, strip, 1
    yield 2, strip, 0
    yield 2, min(strip, 1), 0
    yield 2, 0, 0
    yield 1, 0, 0


def _widest_tick(series: Series, rows: int) -> int:
    """Columns for the numbers at the left."""
    low, high = value_range(series, rows)
    texts = [format_number(float(f"{tick:.6g}")) for tick in value_ticks(low, high, max(rows // 2, 1))]
    return min(max((len(text) for text in texts), default=0), 9)
