"""A chart as inline SVG, with its title and its description for those who cannot see it."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from labtrack.core.text import visible
from labtrack.exchange.report.drawing import Box, Disc, Drawing, Label, Line, Piece, Polygon


def svg_of(drawing: Drawing, title: str, description: str, name: str) -> str:
    """An ``svg`` element that scales with its column; ``name`` is an id that the page has once."""
    return "".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_number(drawing.width)} {_number(drawing.height)}" ',
            f'role="img" aria-labelledby="{escape(name)}-t {escape(name)}-d">',
            f'<title id="{escape(name)}-t">{safe(title)}</title><desc id="{escape(name)}-d">{safe(description)}</desc>',
            *map(_painted, drawing.pieces),
            "</svg>",
        ]
    )


def safe(text: str) -> str:
    """A text for HTML and SVG: markup escaped, characters that steer the direction of reading or the terminal spelled out."""
    return escape(visible(text), quote=True)


def _painted(piece: Piece) -> str:
    match piece:
        case Line():
            dash = f' stroke-dasharray="{" ".join(map(_number, piece.dash))}"' if piece.dash else ""
            ends = _attributes(x1=piece.x1, y1=piece.y1, x2=piece.x2, y2=piece.y2)
            return f'<line {ends} stroke="{_ink(piece.gray)}" stroke-width="{_number(piece.weight)}"{dash}/>'
        case Box():
            edge = ' stroke="#000" stroke-width="0.5"' if piece.edge else ""
            size = _attributes(x=piece.x, y=piece.y, width=max(piece.width, 0.0), height=max(piece.height, 0.0))
            return f'<rect {size} fill="{_ink(piece.gray)}"{edge}/>'
        case Disc():
            return f"<circle {_attributes(cx=piece.x, cy=piece.y, r=piece.radius)} {_fill(piece.filled)}/>"
        case Polygon():
            corners = " ".join(f"{_number(x)},{_number(y)}" for x, y in piece.corners)
            return f'<polygon points="{corners}" {_fill(piece.filled)}/>'
        case Label():
            weight = ' font-weight="bold"' if piece.bold else ""
            anchor = f' text-anchor="{piece.anchor}"' if piece.anchor != "start" else ""
            at = _attributes(x=piece.x, y=piece.y) + f' font-size="{_number(piece.size)}" fill="{_ink(piece.gray)}"'
            return f"<text {at}{weight}{anchor}>{safe(piece.text)}</text>"


def _fill(filled: bool) -> str:
    return 'fill="#000"' if filled else 'fill="#fff" stroke="#000" stroke-width="0.8"'


def _attributes(**values: float) -> str:
    return " ".join(_pairs(values))


def _pairs(values: dict[str, float]) -> Iterator[str]:
    for name, value in values.items():
        yield f'{name}="{_number(value)}"'


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _ink(gray: float) -> str:
    level = round(gray * 255)
    return f"#{level:02x}{level:02x}{level:02x}"
