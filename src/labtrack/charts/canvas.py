"""A grid of characters, each with a role that says what it belongs to; one place where the widths of characters are minded."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from typing import NamedTuple

from labtrack.core.text import visible, width


class Role(StrEnum):
    """What a character belongs to; a front end may color by it, but nothing is told by color alone."""

    PLAIN = ""
    TITLE = "title"
    NOTE = "note"
    AXIS = "axis"
    BAND = "band"
    THRESHOLD = "threshold"
    LINE = "line"
    POINT = "point"
    BASELINE = "baseline"
    DOSE = "dose"
    HOLD = "hold"


class Run(NamedTuple):
    """Characters of one role beside each other."""

    text: str
    role: Role


@dataclass(frozen=True, slots=True)
class Glyphs:
    """The characters that a chart is made of."""

    axis: str = "│"
    axis_in_band: str = "┃"
    corner: str = "└"
    ground: str = "─"
    tick: str = "┬"
    edge: str = "┈"
    fill: str = "·"
    threshold: str = "╌"
    point: str = "●"
    calculated: str = "○"
    baseline: str = "◉"
    below: str = "↓"
    above: str = "↑"
    between: str = "┃"
    dose: str = "═"
    dose_start: str = "╞"
    hold: str = "▒"
    cut: str = "…"
    marker: str = "braille"


#: Every terminal shows the first; the second is for those that have ASCII only.
UNICODE = Glyphs()
ASCII = Glyphs(
    axis="|", axis_in_band="#", corner="+", ground="-", tick="+", edge=":", fill=" ", threshold="-", point="o", calculated="c",
    baseline="B", below="v", above="^", between="I", dose="=", dose_start="|", hold="H", cut="~", marker=".",
)  # fmt: skip


class Canvas:
    """``height`` lines of exactly ``width`` columns. What lies outside is left out."""

    def __init__(self, width: int, height: int) -> None:
        self.width = max(width, 0)
        self.height = max(height, 0)
        self._cells = [[" "] * self.width for _ in range(self.height)]
        self._roles = [[Role.PLAIN] * self.width for _ in range(self.height)]

    def put(self, x: int, y: int, character: str, role: Role = Role.PLAIN) -> None:
        """One character of one column."""
        if not (0 <= x < self.width and 0 <= y < self.height):
            return
        cells = self._cells[y]
        # A wide character stands in its first column and leaves the second empty: half of one cannot stay.
        if cells[x] == "":
            cells[x - 1] = " "
        if x + 1 < self.width and cells[x + 1] == "":
            cells[x + 1] = " "
        cells[x], self._roles[y][x] = character, role

    def write(self, x: int, y: int, text: str, role: Role = Role.PLAIN, room: int | None = None) -> int:
        """Data from a column on, made harmless and cut to ``room`` columns (to the edge unless said); the column after it."""
        end = self.width if room is None else min(self.width, x + room)
        for character in visible(text):
            wide = width(character)
            if not wide:
                if 0 < x <= self.width and 0 <= y < self.height and self._cells[y][x - 1]:
                    self._cells[y][x - 1] += character
                continue
            if x + wide > end:
                break
            self.put(x, y, character, role)
            if wide == 2:
                self.put(x + 1, y, " ", role)
                if x >= 0 and x + 1 < self.width and 0 <= y < self.height:
                    self._cells[y][x], self._cells[y][x + 1] = character, ""
            x += wide
        return x

    def role(self, x: int, y: int) -> Role:
        """What stands there; plain outside."""
        return self._roles[y][x] if 0 <= x < self.width and 0 <= y < self.height else Role.PLAIN

    def rows(self) -> tuple[tuple[Run, ...], ...]:
        """The lines as runs."""
        return tuple(
            tuple(
                Run("".join(cell for cell, _ in run), role)
                for role, run in groupby(zip(cells, roles, strict=True), key=lambda pair: pair[1])
            )
            for cells, roles in zip(self._cells, self._roles, strict=True)
        )


def cut(text: str, room: int, sign: str = "…") -> str:
    """Data made harmless and cut to so many columns; ``sign`` at the end says that something is left out."""
    text = visible(text)
    if width(text) <= room:
        return text
    kept = ""
    for character in text:
        if width(kept) + width(character) > room - len(sign):
            break
        kept += character
    return (kept + sign)[: max(room, 0)]
