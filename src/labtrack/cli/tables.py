"""A table as plain text: columns side by side, as wide as the terminal, wrapped instead of cut off."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice, zip_longest
from typing import TextIO

from labtrack.cli.text import pad, visible, width, wrap

#: A row as it is shown: every cell a text that is safe for a terminal.
Cells = Mapping[str, str]

GAP = "  "
#: A terminal narrower than this gets lines that are too long rather than columns of one letter.
NARROWEST = 40
#: No column is made narrower than this to spare others.
_LEAST = 8
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
    widths = _widths([[column.title for column in columns], *measured], columns, total)
    yield _line([column.title for column in columns], columns, widths, color=False)
    yield GAP.join("-" * each for each in widths)
    for number, row in enumerate(chain(measured, texts)):
        if spaced and number:
            yield ""
        yield from _row_lines(row, columns, widths, color)


def _row_lines(row: Sequence[str], columns: Sequence[Column], widths: Sequence[int], color: bool) -> Iterator[str]:
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
    """As wide as the widest line where that fits; else the soft columns give way, the widest first, and then the others."""
    widths = [max(max(map(width, text.split("\n"))) for text in column) for column in zip(*rows, strict=True)]
    room = total - len(GAP) * (len(widths) - 1)
    soft = [place for place, column in enumerate(columns) if column.soft]
    for places in (soft, range(len(widths))):
        while sum(widths) > room:
            widest = max(places, key=lambda place: widths[place], default=None)
            if widest is None or widths[widest] <= _LEAST:
                break
            others = sorted((widths[place] for place in places if widths[place] < widths[widest]), reverse=True)
            down_to = max(_LEAST, others[0] if others else _LEAST)
            widths[widest] -= min(sum(widths) - room, max(1, widths[widest] - down_to))
    return widths


def shown_cells(row: Mapping[str, str]) -> dict[str, str]:
    """A row with every cell made safe for a terminal."""
    return {key: visible(text) for key, text in row.items()}
