"""How many patients are of each kind, absence included; one kind can be chosen, and then the list shows only those."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.widget import Widget

from labtrack.core.text import visible, width, wrap
from labtrack.tui.keys import key
from labtrack.tui.show import joined, shown, sign

if TYPE_CHECKING:
    from textual import events

    from labtrack.clinic.overview import Overview

#: What is counted, in order: its name there, and what it is called. The first eight have keys of their own.
KINDS = {
    "": "All",
    "needs-action": "Needs action",
    "overdue": "Overdue",
    "due": "Due",
    "cannot-evaluate": "Cannot evaluate",
    "unreviewed": "Unreviewed",
    "never-tested": "Never tested",
    "incomplete": "Incomplete panel",
    "not-assessed": "Not assessed",
    "acknowledged": "Acknowledged",
    "no-schedule": "No treatment",
    "drug-without-schedule": "Drug without schedule",
    "clear": "Clear",
}
#: Shorter words for a terminal of less than so many columns.
SHORT = {
    "needs-action": "Action",
    "cannot-evaluate": "No verdict",
    "unreviewed": "New",
    "incomplete": "Incomplete",
    "not-assessed": "Unjudged",
    "acknowledged": "Seen",
}
_SHORT_BELOW = 100
#: Lines at most where a folder is silent; without that the style says how many.
_MOST_LINES = 8
#: Kinds that are only shown where there are any.
_RARE = ("drug-without-schedule", "no-schedule", "clear")


class Tallies(Widget, can_focus=True):
    """The counts in lines that wrap; the chosen one stands in brackets. Above them, if it is so: that nothing arrives any more."""

    DEFAULT_CSS = """
    Tallies { height: auto; }
    Tallies:focus { background: $primary 20%; }
    """
    BINDINGS: ClassVar[list[Any]] = [
        key("tallies.next", "right,down", "next(1)", "Next kind", "Show the patients of the next kind.", show=False),
        key("tallies.previous", "left,up", "next(-1)", "Kind before", "Show the patients of the kind before.", show=False),
    ]
    HELP = """## Kinds of patients

How many there are of each kind. What is *missing* is counted too: who was never tested, whose last panel lacks a value, whose new
results nobody has looked at, who could not be judged. The arrows or the digits choose a kind; *0* shows everybody again.

A line above says so where a watched folder has brought nothing for longer than somebody wanted to wait.
"""

    @dataclass
    class Picked(Message):
        """Show the patients of this kind; empty for all."""

        kind: str

    def __init__(self, id: str = "tallies") -> None:
        super().__init__(id=id)
        self.overview: Overview | None = None
        self.chosen = ""

    def put(self, overview: Overview | None, chosen: str) -> None:
        """Show counts."""
        self.overview = overview
        self.chosen = chosen
        # What is rarely there has room of its own, so that it takes none from the counts.
        self.styles.max_height = _MOST_LINES if overview is not None and overview.silences else None
        self.refresh(layout=True)

    def count(self, kind: str) -> int | None:
        """How many of a kind; None before it is known."""
        if self.overview is None:
            return None
        if not kind:
            return self.overview.patients
        return self.overview.states.get(kind, self.overview.gaps.get(kind, 0))

    def _pieces(self, room: int) -> list[tuple[str, Content]]:
        """Each kind with its content, no blank after it."""
        found = []
        for place, (kind, called) in enumerate(KINDS.items()):
            count = self.count(kind)
            if kind in _RARE and not count and kind != self.chosen:
                continue
            digit = f"{place} " if place <= 9 else ""
            mark = sign(kind) if kind in ("overdue", "due", "cannot-evaluate", "not-assessed", "acknowledged") else Content("")
            number = "…" if count is None else f"{count:,}"
            style = "bold" if count else "$text-muted"
            called = SHORT.get(kind, called) if room < _SHORT_BELOW else called
            text = joined((digit, "$text-muted"), mark, " " if mark.plain else "", (called, style), " ", (number, style))
            found.append((kind, joined("[", text, "]") if kind == self.chosen else joined(" ", text, " ")))
        return found

    def _lines(self, room: int) -> list[list[tuple[str, Content]]]:
        rows: list[list[tuple[str, Content]]] = [[]]
        used = 0
        for kind, piece in self._pieces(room):
            size = width(piece.plain) + 1
            if rows[-1] and used + size - 1 > room:
                rows.append([])
                used = 0
            rows[-1].append((kind, piece))
            used += size
        return rows

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many lines as the counts and what is below them take."""
        del container, viewport
        return len(self._lines(width)) + len(self._silences(width))

    def render(self) -> Content:
        """The lines."""
        room = self.content_size.width
        rows = [joined(*(piece for _, piece in row), between=" ") for row in self._lines(room)]
        return Content("\n").join([*(shown(line, "bold $text-warning") for line in self._silences(room)), *rows])

    def _silences(self, room: int) -> list[str]:
        """That watched folders bring nothing, in lines."""
        told = self.overview.silences if self.overview is not None else ()
        return [line for each in told for line in wrap(visible(each), max(room, 1))]

    def action_next(self, by: int) -> None:
        """The next kind that is shown."""
        kinds = [kind for kind, _ in self._pieces(self.content_size.width)]
        at = kinds.index(self.chosen) if self.chosen in kinds else 0
        self.post_message(self.Picked(kinds[(at + by) % len(kinds)]))

    def on_click(self, event: events.Click) -> None:
        """A click chooses."""
        spot = event.get_content_offset(self)
        room = self.content_size.width
        rows, above = self._lines(room), len(self._silences(room))
        if spot is None or not above <= spot.y < above + len(rows):
            return
        used = 0
        for kind, piece in rows[spot.y - above]:
            used += width(piece.plain) + 1
            if spot.x < used:
                self.post_message(self.Picked(kind))
                return


def last_run_text(overview: Overview, days: int | None) -> Content | None:
    """That the recall was not run for a while, or never before; nothing where it was run yesterday or today."""
    if days is None:
        return None if not overview.patients else shown("The recall was not run on any day before today.")
    if days <= 1:
        return None
    return shown(f"The recall was last run {days} days ago; what became due since then shows today for the first time.")
