"""A table as plain text: columns side by side, as wide as the terminal, wrapped instead of cut off."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice, zip_longest
from typing import TextIO

from labtrack.core.text import pad, visible, width, wrap

#: A row as it is shown: every cell a text that is safe for a terminal.
Cells = Mapping[str, str]

GAP = "  "
#: A terminal narrower than this gets lines that are too long rather than columns of one letter.
NARROWEST = 40
#: No column is made narrower than this to spare others.
_LEAST = 8
#: A word up to this long is not broken as long as another column has room to give.
_LONG_WORD = 20
#: Widths are measured on this many rows; later rows wrap where they are wider.
_MEASURED = 1_000
#: Select Graphic Rendition codes. Each marks words that say the same without it.
_TONES = {
    "urgent": "1;31",
    "action": "33",
    "overdue": "1;31",
    "due": "33",
    "cannot evaluate": "36",
    "needs-action": "1",
}


def _same(key: str) -> Callable[[Cells], str]:
    return lambda cells: cells[key]


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its title and what stands in it.

    ``soft`` columns hold sentences and are made narrower first; ``right`` is for numbers; ``toned`` words may be colored; ``most``
    lines of a cell are shown, 0 for all.
    """

    title: str
    cell: Callable[[Cells], str]
    soft: bool = False
    right: bool = False
    toned: bool = False
    most: int = 0

    @classmethod
    def of(cls, key: str, title: str = "", *, soft: bool = False, right: bool = False, toned: bool = False) -> Column:
        """The column of one key."""
        return cls(title or key.replace("_", " "), _same(key), soft, right, toned)


def terminal_width() -> int:
    """Columns of the terminal (or of COLUMNS); 80 where there is none."""
    return max(NARROWEST, shutil.get_terminal_size((80, 24)).columns)


def has_color(stream: TextIO) -> bool:
    """Whether words may be colored on ``stream``: a terminal that can, and neither NO_COLOR nor TERM=dumb."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb" and os.name != "nt"


def table_lines(
    columns: Sequence[Column], rows: Iterable[Cells], total: int, *, color: bool = False, spaced: bool = False
) -> Iterator[str]:
    """The lines of a table that is ``total`` columns wide; none where there is no row. ``spaced`` parts the rows by an empty line.

    Cells are taken as they are, except that line breaks part lines.
    """
    texts = ([column.cell(row) for column in columns] for row in rows)
    measured = list(islice(texts, _MEASURED))
    if not measured:
        return
    if len(measured) < _MEASURED:
        # All rows are at hand: a column without a word in it only takes room from the others.
        kept = [place for place in range(len(columns)) if any(row[place] for row in measured)]
        columns, measured = [columns[place] for place in kept], [[row[place] for place in kept] for row in measured]
    widths = _widths([[column.title for column in columns], *measured], columns, total)
    yield from _row_lines([column.title for column in columns], columns, widths, color=False)
    yield GAP.join("-" * each for each in widths)
    for number, row in enumerate(chain(measured, texts)):
        if spaced and number:
            yield ""
        yield from _row_lines(row, columns, widths, color=color)


def _row_lines(row: Sequence[str], columns: Sequence[Column], widths: Sequence[int], *, color: bool) -> Iterator[str]:
    blocks = [_cut(wrap(text, wide), wide, column.most) for text, column, wide in zip(row, columns, widths, strict=True)]
    for parts in zip_longest(*blocks, fillvalue=""):
        yield _line(parts, columns, widths, color=color)


def _cut(lines: list[str], wide: int, most: int) -> list[str]:
    """At most ``most`` lines; the last one then ends in ``…``."""
    if not most or len(lines) <= most:
        return lines
    return [*lines[: most - 1], f"{wrap(lines[most - 1], wide - 2)[0]} …"]


def _line(parts: Sequence[str], columns: Sequence[Column], widths: Sequence[int], *, color: bool) -> str:
    cells = [_toned(pad(text, wide, right=column.right), column, color) for text, column, wide in zip(parts, columns, widths, strict=True)]
    return GAP.join(cells).rstrip()


def _toned(text: str, column: Column, color: bool) -> str:
    if not (color and column.toned):
        return text
    word = text.strip().split(":")[0]
    tone = _TONES.get(word)
    return text.replace(word, f"\x1b[{tone}m{word}\x1b[0m", 1) if tone else text


def _widths(rows: Sequence[Sequence[str]], columns: Sequence[Column], total: int) -> list[int]:
    """As wide as the widest line where that fits; else the soft columns give way, the widest first, and then the others.

    A column keeps room for its longest word, unless that is very long or all columns have come so far.
    """
    texts = list(zip(*rows, strict=True))
    widths = [max(width(line) for text in column for line in text.split("\n")) for column in texts]
    words = [min(_LONG_WORD, max(width(word) for text in column for word in text.split() or [""])) for column in texts]
    soft = [place for place, column in enumerate(columns) if column.soft]
    for places, least in ((soft, words), (soft, None), (range(len(widths)), None)):
        _narrow(widths, places, least, total - len(GAP) * (len(widths) - 1))
    return widths


def _narrow(widths: list[int], places: Sequence[int], least: Sequence[int] | None, room: int) -> None:
    """Take from the widest of some columns, a column at a time, until all fit into ``room`` or none has anything to give."""
    while sum(widths) > room:
        floor = {place: max(_LEAST, least[place] if least else 0) for place in places}
        widest = max((place for place in places if widths[place] > floor[place]), key=lambda place: widths[place], default=None)
        if widest is None:
            return
        widths[widest] -= 1


def shown_cells(row: Mapping[str, str]) -> dict[str, str]:
    """A row with every cell made safe for a terminal."""
    return {key: visible(text) for key, text in row.items()}
