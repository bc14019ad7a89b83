"""A PDF to write and draw on, in points from the upper left corner, with the fonts that stand beside this module."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from importlib.resources import as_file, files
from typing import TYPE_CHECKING, Self

from labtrack.core.errors import LabtrackError
from labtrack.core.text import visible
from labtrack.exchange.report.drawing import Box, Disc, Drawing, Label, Line, Polygon

if TYPE_CHECKING:
    from fpdf import FPDF

#: Stands for a character that the fonts do not have.
LACKING = "□"
#: Longer texts are cut, and say so: one page has no room for a note of a thousand words.
LONGEST = 700
CUT = "… (cut)"
#: Width and height of a page.
PAPERS = {"letter": (612.0, 792.0), "a4": (595.28, 841.89)}
_FAMILY = "labtrack"
_FILES = {"": "DejaVuSansCondensed.ttf", "B": "DejaVuSansCondensed-Bold.ttf"}

#: A piece of text and whether it is bold.
Run = tuple[str, bool]


def require_fpdf() -> None:
    """LabtrackError with the command that installs it where the PDF library is missing."""
    try:
        import fpdf  # noqa: F401
    except ImportError:
        raise LabtrackError("A PDF needs the library fpdf2.", "Install it with: pip install 'labtrack[report]'") from None


class Canvas:
    """One document, open until it is left as a context. ``lacks`` is set once a character was asked for that the fonts do not have."""

    def __init__(self, paper: str, made_on: tuple[int, int, int], program: str) -> None:
        require_fpdf()
        from fpdf import FPDF

        self.width, self.height = PAPERS[paper]
        self.lacks = False
        pdf = self.pdf = FPDF(unit="pt", format=(self.width, self.height))
        folder = files("labtrack.exchange.report").joinpath("fonts")
        for style, name in _FILES.items():
            with as_file(folder.joinpath(name)) as path:
                pdf.add_font(_FAMILY, style, path)
        self._known = frozenset(pdf.fonts[_FAMILY].cmap)  # type: ignore[union-attr]
        pdf.set_margin(0)
        pdf.set_auto_page_break(False)
        pdf.set_creation_date(datetime(*made_on, tzinfo=UTC))
        pdf.set_lang("en")
        pdf.set_creator(program)
        pdf.set_producer(program)
        pdf.c_margin = 0
        self._width = lru_cache(20_000)(self._measured)
        self.printable = lru_cache(5_000)(self._printable)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the font files."""
        for font in self.pdf.fonts.values():
            font.ttfont.close()  # type: ignore[union-attr]

    def about(self, title: str) -> None:
        """The document's title, as viewers show it."""
        self.pdf.set_title(visible(title))

    def add_page(self) -> None:
        """Begin a page."""
        self.pdf.add_page()

    def bytes(self) -> bytes:
        """The finished file; the same for the same content."""
        return bytes(self.pdf.output())

    def _printable(self, text: str) -> str:
        """Composed, harmless, and with a box for each character that the fonts lack."""
        shown = []
        for character in visible(unicodedata.normalize("NFC", text)):
            if ord(character) in self._known:
                shown.append(character)
            elif unicodedata.category(character) != "Cf":  # joiners are invisible by themselves
                shown.append(LACKING)
                self.lacks = True
        return "".join(shown)

    def _measured(self, text: str, size: float, bold: bool) -> float:
        pdf: FPDF = self.pdf
        pdf.set_font(_FAMILY, "B" if bold else "", size)
        return float(pdf.get_string_width(text))

    def text_width(self, text: str, size: float, bold: bool = False) -> float:
        """How wide a text is."""
        return self._width(self.printable(text), size, bold)

    def wrap(self, runs: Sequence[Run], width: float, size: float) -> list[list[Run]]:
        """Lines of runs that fit a width, broken at spaces, or inside a word that is longer than a line; at least one line."""
        lines: list[list[Run]] = [[]]
        used = 0.0
        for word, bold in _words((self.printable(_clamped(text)), bold) for text, bold in runs):
            for piece in self._broken(word, width, size, bold):
                wide = self._width(piece, size, bold)
                if lines[-1] and used + self._width(piece.rstrip(), size, bold) > width:
                    lines.append([])
                    used = 0.0
                    piece, wide = piece.lstrip(), self._width(piece.lstrip(), size, bold)
                lines[-1].append((piece, bold))
                used += wide
        return [_joined(line) for line in lines if line] or [[("", False)]]

    def _broken(self, word: str, width: float, size: float, bold: bool) -> list[str]:
        if self._width(word.rstrip(), size, bold) <= width:
            return [word]
        pieces = [""]
        for character in word:
            if pieces[-1] and self._width(pieces[-1] + character, size, bold) > width:
                pieces.append("")
            pieces[-1] += character
        return pieces

    def text(self, x: float, y: float, text: str, size: float, *, bold: bool = False, gray: float = 0.0, anchor: str = "start") -> None:
        """One line of text on its baseline."""
        shown = self.printable(text)
        if not shown.strip():
            return
        pdf = self.pdf
        if anchor != "start":
            wide = self._width(shown, size, bold)
            x -= wide if anchor == "end" else wide / 2
        pdf.set_font(_FAMILY, "B" if bold else "", size)
        pdf.set_text_color(round(gray * 255))
        pdf.text(x, y, shown)

    def runs(self, x: float, y: float, runs: Sequence[Run], size: float, gray: float = 0.0) -> None:
        """Texts after each other on one baseline."""
        for text, bold in runs:
            self.text(x, y, text, size, bold=bold, gray=gray)
            x += self._width(text, size, bold)

    def line(self, x1: float, y1: float, x2: float, y2: float, weight: float = 0.6, gray: float = 0.0, dash: Sequence[float] = ()) -> None:
        """A straight line."""
        pdf = self.pdf
        pdf.set_line_width(weight)
        pdf.set_draw_color(round(gray * 255))
        pdf.set_dash_pattern(*dash)
        pdf.line(x1, y1, x2, y2)
        pdf.set_dash_pattern()

    def paint(self, drawing: Drawing, x: float, y: float) -> None:
        """A chart with its upper left corner at a place."""
        pdf = self.pdf
        for piece in drawing.pieces:
            match piece:
                case Line():
                    self.line(x + piece.x1, y + piece.y1, x + piece.x2, y + piece.y2, piece.weight, piece.gray, piece.dash)
                case Label():
                    self.text(x + piece.x, y + piece.y, piece.text, piece.size, bold=piece.bold, gray=piece.gray, anchor=piece.anchor)
                case Box():
                    self._pen(piece.gray, 0.5)
                    pdf.rect(x + piece.x, y + piece.y, max(piece.width, 0.0), max(piece.height, 0.0), "DF" if piece.edge else "F")
                case Disc():
                    self._pen(0.0 if piece.filled else 1.0, 0.8)
                    pdf.circle(x + piece.x, y + piece.y, piece.radius, "F" if piece.filled else "DF")
                case Polygon():
                    self._pen(0.0 if piece.filled else 1.0, 0.8)
                    pdf.polygon([(x + each[0], y + each[1]) for each in piece.corners], style="F" if piece.filled else "DF")

    def _pen(self, fill: float, weight: float) -> None:
        self.pdf.set_fill_color(round(fill * 255))
        self.pdf.set_draw_color(0)
        self.pdf.set_line_width(weight)


def _clamped(text: str) -> str:
    return text if len(text) <= LONGEST else text[:LONGEST].rstrip() + CUT


def _words(runs: Iterable[Run]) -> list[Run]:
    """The words of runs, each with the blanks after it."""
    found: list[Run] = []
    for text, bold in runs:
        start = 0
        for place in range(1, len(text)):
            if text[place - 1] == " " and text[place] != " ":
                found.append((text[start:place], bold))
                start = place
        if text:
            found.append((text[start:], bold))
    return found


def _joined(line: Sequence[Run]) -> list[Run]:
    """Neighbors of one weight as one run, without blanks at the end."""
    runs: list[Run] = []
    for text, bold in line:
        if runs and runs[-1][1] == bold:
            runs[-1] = (runs[-1][0] + text, bold)
        else:
            runs.append((text, bold))
    runs[-1] = (runs[-1][0].rstrip(), runs[-1][1])
    return runs
