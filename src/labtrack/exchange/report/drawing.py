"""Where everything of a chart stands: one layout of lines, boxes and texts, which SVG and PDF paint alike.

Points from the upper left corner, y downwards. Ink is black and gray, and what a mark says is in its shape.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from labtrack.exchange.report.model import Mark, Shape, Strip, Trend

#: The width of a character as a share of the size: a little more than the average of the fonts used, so that texts never meet.
CHARACTER = 0.56
#: Grays, 0 black to 1 white.
BLACK, DARK, MIDDLE, LIGHT, PALE = 0.0, 0.3, 0.62, 0.84, 0.92
_DASHED, _DOTTED = (3.0, 2.0), (0.8, 1.8)
#: The label of a threshold takes at most this share of the width.
_LABELS = 0.44
#: Marks are made smaller where there are more of them than this.
_MANY = 40
#: Length of a bound's arrow in radii of a mark.
_ARROW = 4.2


@dataclass(frozen=True, slots=True)
class Line:
    """A straight line; ``dash`` are lengths on and off, empty for a whole one."""

    x1: float
    y1: float
    x2: float
    y2: float
    weight: float = 0.6
    gray: float = BLACK
    dash: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Box:
    """A filled rectangle, with an edge where ``edge`` is set."""

    x: float
    y: float
    width: float
    height: float
    gray: float
    edge: bool = False


@dataclass(frozen=True, slots=True)
class Disc:
    """A circle, black, or white with a black edge."""

    x: float
    y: float
    radius: float
    filled: bool = True


@dataclass(frozen=True, slots=True)
class Polygon:
    """Corners of a shape, black, or white with a black edge."""

    corners: tuple[tuple[float, float], ...]
    filled: bool = True


@dataclass(frozen=True, slots=True)
class Label:
    """A text on its baseline; ``anchor`` start, middle or end."""

    x: float
    y: float
    text: str
    size: float
    anchor: str = "start"
    bold: bool = False
    gray: float = BLACK


Piece = Line | Box | Disc | Polygon | Label


@dataclass(frozen=True, slots=True)
class Drawing:
    """A finished chart of a size; later pieces lie over earlier ones."""

    width: float
    height: float
    pieces: tuple[Piece, ...]


def drawing_of(trend: Trend, width: float, height: float, size: float) -> Drawing:
    """Lay a chart out; ``size`` is that of its letters."""
    return Drawing(width, height, tuple(_Layout(trend, width, height, size).pieces()))


def text_width(text: str, size: float) -> float:
    """About how wide a text is, rather too wide than too narrow."""
    return len(text) * CHARACTER * size


class _Layout:
    """The frame of one chart and what stands in it."""

    def __init__(self, trend: Trend, width: float, height: float, size: float) -> None:
        self.trend, self.width, self.size = trend, width, size
        named = [tick.text for tick in trend.value_ticks] + [strip.label for strip in trend.strips]
        self.left = max([text_width(text, size) for text in named], default=0.0) + 5
        labels = max([text_width(self._limit_text(each.label, each.value), size) for each in trend.limits], default=0.0)
        self.right = width - min(max(labels + 4, 6.0), width * _LABELS)
        self.top = size * 2.0
        self.strip_height = size * 1.45
        self.bottom = height - size * 1.5 - self.strip_height * len(trend.strips)
        # Room for the arrows of bounds, which point out of the values shown.
        shapes, reach = {each.shape for each in trend.marks}, self._radius * _ARROW
        self.highest = self.top + (reach if Shape.ABOVE in shapes else 0.0)
        self.lowest = self.bottom - (reach if Shape.BELOW in shapes else 0.0)

    def x(self, at: float) -> float:
        trend = self.trend
        return self.left + (at - trend.first) / max(trend.last - trend.first, 1e-9) * (self.right - self.left)

    def y(self, value: float) -> float:
        trend = self.trend
        share = (min(max(value, trend.low), trend.high) - trend.low) / max(trend.high - trend.low, 1e-12)
        return self.lowest - share * (self.lowest - self.highest)

    def pieces(self) -> Iterator[Piece]:
        yield from self._title()
        yield from self._band()
        yield from self._starts()
        yield from self._axes()
        yield from self._limits()
        yield from self._curve()
        yield from self._baseline()
        for mark in self.trend.marks:
            yield from self._mark(mark)
        for place, strip in enumerate(self.trend.strips):
            yield from self._strip(strip, self.bottom + place * self.strip_height + self.size * 0.35)

    def _title(self) -> Iterator[Piece]:
        trend = self.trend
        title = f"{trend.title}  {trend.unit}".rstrip()
        yield Label(0, self.size, _cut(title, self.size * 1.05, self.width), self.size * 1.05, bold=True)
        room = self.width - text_width(title, self.size * 1.05) - 6
        if text_width(trend.latest, self.size) <= room:
            yield Label(self.width, self.size, trend.latest, self.size, "end")

    def _band(self) -> Iterator[Piece]:
        """The reference limits, each reading's own until halfway to the next one."""
        marks = self.trend.marks
        edges = [self.trend.first, *((a.at + b.at) / 2 for a, b in pairwise(marks)), self.trend.last]
        for mark, (begin, end) in zip(marks, pairwise(edges), strict=False):
            lower, upper = mark.limits
            if lower is None and upper is None:
                continue
            top = self.y(self.trend.high if upper is None else upper)
            bottom = self.y(self.trend.low if lower is None else lower)
            if bottom > top:
                yield Box(self.x(begin), top, self.x(end) - self.x(begin), bottom - top, PALE)

    def _starts(self) -> Iterator[Piece]:
        """Where a dose began, through the plot."""
        for strip in self.trend.strips:
            for span in strip.spans:
                if span.start > self.trend.first and not strip.is_hold:
                    yield Line(self.x(span.start), self.top, self.x(span.start), self.bottom, 0.5, DARK, _DOTTED)

    def _axes(self) -> Iterator[Piece]:
        yield Line(self.left, self.top, self.left, self.bottom, 0.5, MIDDLE)
        yield Line(self.left, self.bottom, self.right, self.bottom, 0.5, MIDDLE)
        for tick in self.trend.value_ticks:
            yield Line(self.left - 2, self.y(tick.at), self.left, self.y(tick.at), 0.5, MIDDLE)
            yield Label(self.left - 3, self.y(tick.at) + self.size * 0.35, tick.text, self.size, "end", gray=DARK)
        foot = self.bottom + self.strip_height * len(self.trend.strips)
        free = -1.0
        for tick in self.trend.day_ticks:
            half = text_width(tick.text, self.size) / 2
            middle = min(max(self.x(tick.at), half), self.width - half)
            yield Line(self.x(tick.at), self.bottom, self.x(tick.at), self.bottom + 2, 0.5, MIDDLE)
            if middle - half >= free:
                yield Label(middle, foot + self.size * 1.25, tick.text, self.size, "middle", gray=DARK)
                free = middle + half + self.size * 0.5

    def _limit_text(self, label: str, value: float) -> str:
        arrow = "↑ " if value > self.trend.high else "↓ " if value < self.trend.low else ""
        return arrow + label

    def _limits(self) -> Iterator[Piece]:
        """Each threshold as a dashed line with its name beside it; one beyond the plot is named at its edge."""
        limits = sorted(self.trend.limits, key=lambda each: -each.value)
        wanted = [self.y(each.value) for each in limits]
        places = _spread(wanted, self.size * 1.1, self.top + self.size * 0.4, self.bottom)
        for limit, line, place in zip(limits, wanted, places, strict=True):
            if self.trend.low <= limit.value <= self.trend.high:
                yield Line(self.left, line, self.right, line, 0.7, DARK, _DASHED)
            text = _cut(self._limit_text(limit.label, limit.value), self.size, self.width - self.right - 3)
            yield Label(self.right + 3, place + self.size * 0.35, text, self.size)

    def _curve(self) -> Iterator[Piece]:
        """A line between two numbers that follow each other; none over a gap, none from or to a bound."""
        numbers = (Shape.EXACT, Shape.CALCULATED)
        for one, other in pairwise(self.trend.marks):
            if one.shape in numbers and other.shape in numbers and other.at - one.at <= self.trend.gap_days:
                yield Line(self.x(one.at), self.y(one.low), self.x(other.at), self.y(other.low), 0.9)

    def _baseline(self) -> Iterator[Piece]:
        """A ring around the value that changes are counted from, with a B."""
        mark = self.trend.baseline
        if mark is None:
            return
        x, y, reach = self.x(mark.at), self.y(mark.low), self._radius * 2.1
        yield Polygon(((x, y - reach), (x + reach, y), (x, y + reach), (x - reach, y)), filled=False)
        above = y - reach - 1 > self.top + self.size * 0.5
        yield Label(x, y - reach - 1 if above else y + reach + self.size * 0.9, "B", self.size * 0.95, "middle", bold=True)
        if mark not in self.trend.marks:
            yield from self._mark(mark)

    @property
    def _radius(self) -> float:
        return self.size * (0.3 if len(self.trend.marks) <= _MANY else 0.18)

    def _mark(self, mark: Mark) -> Iterator[Piece]:
        x, reach = self.x(mark.at), self._radius
        if mark.shape in (Shape.EXACT, Shape.CALCULATED):
            yield Disc(x, self.y(mark.low), reach, mark.shape is Shape.EXACT)
        elif mark.shape is Shape.RANGE:
            top, bottom = self.y(mark.high), self.y(mark.low)
            yield Line(x, top, x, bottom, 1.4)
            for end in (top, bottom):
                yield Line(x - reach, end, x + reach, end, 1.0)
        else:
            down = mark.shape is Shape.BELOW
            y, turn = self.y(mark.high if down else mark.low), 1 if down else -1
            wide = reach * 1.35
            yield Line(x - wide, y, x + wide, y, 0.9)
            yield Line(x, y, x, y + turn * reach * 2.2, 0.9)
            tip = y + turn * reach * _ARROW
            yield Polygon(((x - wide, y + turn * reach * 1.9), (x + wide, y + turn * reach * 1.9), (x, tip)))

    def _strip(self, strip: Strip, y: float) -> Iterator[Piece]:
        height = self.size * 1.15
        yield Label(self.left - 3, y + height * 0.78, strip.label, self.size, "end", gray=DARK)
        for span in strip.spans:
            begin, end = (min(max(self.x(at), self.left), self.right) for at in (span.start, span.end))
            width = max(end - begin, 1.0)
            yield Box(begin, y, width, height, 1.0 if strip.is_hold else LIGHT, edge=True)
            if strip.is_hold:
                count = int(width // 2.5)
                yield from (Line(begin + 2.5 * n, y, begin + 2.5 * n, y + height, 0.6, BLACK) for n in range(1, count + 1))
            text = _cut(span.text, self.size, width - 4)
            if len(text) < min(len(span.text), 6):
                continue
            if strip.is_hold and text:
                yield Box(begin + 1, y + 0.6, text_width(text, self.size) + 2, height - 1.2, 1.0)
            yield Label(begin + 2, y + height * 0.78, text, self.size)


def _spread(wanted: Sequence[float], gap: float, top: float, bottom: float) -> list[float]:
    """Places (in order) as near to the wanted ones as a gap between them allows, moved up from the bottom where they would leave."""
    places: list[float] = []
    for each in wanted:
        places.append(max(each, top, places[-1] + gap if places else top))
    limit = bottom
    for at in range(len(places) - 1, -1, -1):
        places[at] = min(places[at], limit)
        limit = places[at] - gap
    return places


def _cut(text: str, size: float, room: float) -> str:
    """A text that fits, with an ellipsis where it was cut."""
    most = int(max(room, 0) // (CHARACTER * size))
    if len(text) <= most:
        return text
    return text[: most - 1].rstrip() + "…" if most > 3 else ""
