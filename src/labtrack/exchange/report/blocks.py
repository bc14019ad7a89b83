"""The parts that a page is set from: each knows its height before anything is painted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from labtrack.exchange.report.canvas import Canvas, Run
from labtrack.exchange.report.drawing import Drawing

#: Height of a line as a multiple of the size of its letters, and where in it the baseline stands.
LEADING, BASELINE = 1.26, 0.95
_GRAY = 0.25


@dataclass(frozen=True, slots=True)
class Block:
    """Something of a height that paints itself with its upper left corner at a place; ``keep``: not at the foot of a page."""

    height: float
    paint: Callable[[float, float], None]
    keep: bool = False


def space(height: float) -> Block:
    """Nothing, of a height."""
    return Block(height, lambda x, y: None)


def paragraph(
    canvas: Canvas, runs: Sequence[Run], width: float, size: float, *, indent: float = 0.0, gray: float = 0.0, most: int = 1000
) -> Block:
    """Text in lines; ``indent`` moves all of it to the right. At most ``most`` lines, the last one ends in an ellipsis then."""
    lines = canvas.wrap(runs, width - indent, size)
    if len(lines) > most:
        lines = [*lines[: most - 1], _shortened(canvas, lines[most - 1], width - indent, size)]
    step = size * LEADING

    def paint(x: float, y: float) -> None:
        for place, line in enumerate(lines):
            canvas.runs(x + indent, y + place * step + size * BASELINE, line, size, gray)

    return Block(len(lines) * step, paint)


def _shortened(canvas: Canvas, line: Sequence[Run], width: float, size: float) -> list[Run]:
    text, bold = "".join(text for text, _ in line), line[0][1]
    while text and canvas.text_width(text + "…", size, bold) > width:
        text = text[:-1]
    return [(text.rstrip() + "…", bold)]


def heading(canvas: Canvas, text: str, width: float, size: float) -> Block:
    """The name of a part over a line."""

    def paint(x: float, y: float) -> None:
        canvas.text(x, y + size * 1.35, text, size, bold=True)
        canvas.line(x, y + size * 1.66, x + width, y + size * 1.66, 0.9)

    return Block(size * 1.95, paint, keep=True)


def signed(canvas: Canvas, sign: str, body: Sequence[Block], size: float, margin: float) -> Block:
    """Blocks with a sign in the margin beside the first line."""

    def paint(x: float, y: float) -> None:
        canvas.text(x + margin * 0.4, y + size * BASELINE, sign, size * 1.05, bold=True, anchor="middle")
        for each in body:
            each.paint(x + margin, y)
            y += each.height

    return Block(sum(each.height for each in body), paint)


def table_row(canvas: Canvas, cells: Sequence[Run], edges: Sequence[float], size: float, *, rule: float = 0.0) -> Block:
    """Cells between edges (distances from the left, one more than cells), each wrapped in its column, over a line of a weight."""
    wrapped = [canvas.wrap([run], right - left - size * 0.6, size) for run, left, right in zip(cells, edges, edges[1:], strict=False)]
    step = size * LEADING
    height = max(len(lines) for lines in wrapped) * step + size * 0.14

    def paint(x: float, y: float) -> None:
        for lines, left in zip(wrapped, edges, strict=False):
            for place, line in enumerate(lines):
                canvas.runs(x + left, y + place * step + size * BASELINE, line, size)
        if rule:
            canvas.line(x, y + height - size * 0.08, x + edges[-1], y + height - size * 0.08, rule, 0.0 if rule > 0.5 else 0.7)

    return Block(height, paint)


def side_by_side(columns: Sequence[Sequence[Block]], width: float, gap: float) -> Block:
    """Columns of equal width beside each other."""
    step = (width + gap) / len(columns)

    def paint(x: float, y: float) -> None:
        for place, column in enumerate(columns):
            at = y
            for each in column:
                each.paint(x + place * step, at)
                at += each.height

    return Block(max(sum(each.height for each in column) for column in columns), paint)


def chart(canvas: Canvas, drawing: Drawing) -> Block:
    """A drawing."""
    return Block(drawing.height, lambda x, y: canvas.paint(drawing, x, y))


def small(canvas: Canvas, text: str, width: float, size: float) -> Block:
    """A remark in gray."""
    return paragraph(canvas, [(text, False)], width, size, gray=_GRAY)
