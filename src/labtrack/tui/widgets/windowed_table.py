"""A table of any length of which only the rows in sight are ever fetched, in pages, from whoever has them."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from textual.content import Content
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.visual import Visual

from labtrack.tui.keys import key

if TYPE_CHECKING:
    from textual import events
    from textual.style import Style as VisualStyle

R = TypeVar("R")

#: Rows fetched at a time, and pages kept.
PAGE, KEPT_PAGES = 100, 30
#: Columns that a row's marker takes: what is chosen is marked, not only colored.
MARKER = 1


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its title, its width, and from which width of the table on it is shown.

    One with ``grows`` takes what is left, in proportion; the one that grows most takes the remainder.
    """

    title: str
    width: int
    shown_from: int = 0
    grows: int = 0


def fitted(columns: Sequence[Column], room: int) -> list[tuple[int, Column]]:
    """The columns that are shown in so much room, with their place among all and their final width; a blank stands between."""
    chosen = [(place, each) for place, each in enumerate(columns) if room >= each.shown_from]
    spare = room - MARKER - sum(each.width + 1 for _, each in chosen)
    shares = sum(each.grows for _, each in chosen)
    if spare <= 0 or not shares:
        return chosen
    grown = {place: spare * each.grows // shares for place, each in chosen}
    greatest, _ = max(chosen, key=lambda pair: pair[1].grows)
    grown[greatest] += spare - sum(grown.values())
    return [(place, replace(each, width=each.width + grown[place])) for place, each in chosen]


class WindowedTable(ScrollView, Generic[R], can_focus=True):
    """Rows come from ``fetch(first, count)``, which answers how many there are in all and those rows.

    ``cells`` makes a row's contents, one for each column, and ``key_of`` names it: the cursor stays on that row when the data
    change, if it is still near. Nothing is measured over all rows.
    """

    DEFAULT_CSS = """
    WindowedTable { height: 1fr; background: $background; overflow-x: hidden; }
    WindowedTable > .table--head { color: $text-muted; text-style: bold; background: $surface; }
    WindowedTable > .table--cursor { background: $primary 30%; text-style: bold; }
    WindowedTable > .table--resting { background: $boost; }
    WindowedTable > .table--waiting { color: $text-muted; }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {"table--head", "table--cursor", "table--resting", "table--waiting"}
    BINDINGS: ClassVar[list[Any]] = [
        key("table.up", "up,k", "move(-1)", "Up", "The line above.", show=False),
        key("table.down", "down,j", "move(1)", "Down", "The line below.", show=False),
        key("table.page-up", "pageup", "page(-1)", "Page up", "One screen up.", show=False),
        key("table.page-down", "pagedown", "page(1)", "Page down", "One screen down.", show=False),
        key("table.first", "home", "go(0)", "First", "The first line.", show=False),
        key("table.last", "end", "go(-1)", "Last", "The last line.", show=False),
        key("table.choose", "enter", "choose", "Open", "Open the chosen line."),
    ]
    HELP = """## A list

The arrows, *Page up* and *Page down*, *Home* and *End* choose a line; *Enter* opens it. A click chooses, a second click opens.
However long the list is, only what is in sight is read.
"""
    cursor: reactive[int] = reactive(0)

    @dataclass
    class Chosen(Message):
        """Enter or a second click: open this row."""

        row: Any

    @dataclass
    class Moved(Message):
        """Another row is under the cursor, or none."""

        row: Any

    def __init__(
        self,
        columns: Sequence[Column],
        fetch: Callable[[int, int], Awaitable[tuple[int, Sequence[R]]]],
        cells: Callable[[R], Sequence[Content]],
        key_of: Callable[[R], str],
        *,
        id: str | None = None,
    ) -> None:
        super().__init__(id=id)
        self.columns = tuple(columns)
        self.fetch = fetch
        self.cells = cells
        self.key_of = key_of
        self.total = 0
        self._pages: OrderedDict[int, Sequence[R]] = OrderedDict()
        self._wanted: set[int] = set()
        self._key = ""
        self._time = 0

    # What is shown

    @property
    def current(self) -> R | None:
        """The row under the cursor, if it was fetched."""
        return self.row_at(self.cursor)

    def row_at(self, place: int) -> R | None:
        """A row, if it was fetched."""
        page = self._pages.get(place // PAGE)
        within = place % PAGE
        return page[within] if page is not None and 0 <= place < self.total and within < len(page) else None

    async def reload(self, *, from_top: bool = False) -> None:
        """Fetch again what is in sight; the cursor stays with its row where that is still near."""
        self._time += 1
        time = self._time
        place = 0 if from_top else self.cursor
        first = self._first_needed(place)
        total, rows = await self.fetch(first * PAGE, PAGE)
        if total and first * PAGE >= total:
            first = (total - 1) // PAGE
            total, rows = await self.fetch(first * PAGE, PAGE)
        if time != self._time:
            return
        self._pages = OrderedDict({first: rows})
        self._wanted.clear()
        self.total = total
        self._resize()
        names = {self.key_of(row): first * PAGE + at for at, row in enumerate(rows)}
        place = 0 if from_top else names.get(self._key, place)
        self._put_cursor(place, tell=True)
        self.refresh()

    def _first_needed(self, place: int) -> int:
        return max(0, place) // PAGE

    def _resize(self) -> None:
        self.virtual_size = Size(max(0, self.scrollable_content_region.width), self.total + 1)

    def on_resize(self) -> None:
        """The columns fit themselves; the cursor stays in sight."""
        self._resize()
        self.call_after_refresh(self._into_sight, self.cursor)

    def _need(self, place: int) -> None:
        """Fetch the page of a row that is in sight, unless it is on its way."""
        page = place // PAGE
        if page not in self._wanted:
            self._wanted.add(page)
            self.run_worker(self._load(page, self._time), group=f"page-{self.id}", exit_on_error=False)

    async def _load(self, page: int, time: int) -> None:
        try:
            total, rows = await self.fetch(page * PAGE, PAGE)
        finally:
            if time == self._time:
                self._wanted.discard(page)
        if time != self._time:
            return
        if total != self.total:  # somebody else changed the clinic
            await self.reload()
            return
        self._pages[page] = rows
        while len(self._pages) > KEPT_PAGES:
            self._pages.popitem(last=False)
        if self.cursor // PAGE == page:
            self._tell()
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """The head, or the row in sight at this line."""
        room = self.scrollable_content_region.width
        columns = fitted(self.columns, room)
        if y == 0:
            titles = [Content(each.title) for each in self.columns]
            return self._strip(_line(" ", titles, columns), room, self.get_visual_style("table--head"))
        place = y - 1 + self.scroll_offset.y
        if place >= self.total:
            return Strip.blank(room, self.visual_style.rich_style)
        style = self.visual_style
        if place == self.cursor:
            style = self.get_visual_style("table--cursor" if self.has_focus else "table--resting")
        row = self.row_at(place)
        if row is None:
            self._need(place)
            return self._strip(Content("  …"), room, self.get_visual_style("table--waiting"))
        return self._strip(_line("▸" if place == self.cursor else " ", self.cells(row), columns), room, style)

    def _strip(self, content: Content, room: int, style: VisualStyle) -> Strip:
        """One line of the screen."""
        made = Visual.to_strips(self, content, room, 1, style)
        return (made[0] if made else Strip.blank(room)).adjust_cell_length(room, style.rich_style)

    # Moving

    def watch_cursor(self, before: int, now: int) -> None:
        """The row under the cursor is told once it is there."""
        if before != now:
            self._tell()
            self.refresh()

    def _tell(self) -> None:
        row = self.current
        if row is not None:
            self._key = self.key_of(row)
            self.post_message(self.Moved(row))
        elif not self.total:
            self._key = ""
            self.post_message(self.Moved(None))

    def _put_cursor(self, place: int, *, tell: bool = False) -> None:
        place = max(0, min(self.total - 1, place)) if self.total else 0
        same = place == self.cursor
        self.cursor = place
        if same and tell:
            self._tell()
        self._into_sight(place)

    def _into_sight(self, place: int, *, again: bool = True) -> None:
        """Scroll so that the row is seen below the head; once more where the list is longer than the screen knows yet."""
        height = max(1, self.scrollable_content_region.height - 1)
        top = self.scroll_offset.y
        wanted = place if place < top else max(top, place - height + 1)
        if wanted == top:
            return
        self.scroll_to(y=wanted, animate=False, force=True, immediate=True)
        if again and self.scroll_offset.y != wanted:
            self.call_after_refresh(self._into_sight, place, again=False)

    def action_move(self, by: int) -> None:
        """Some lines up or down."""
        self._put_cursor(self.cursor + by)

    def action_page(self, by: int) -> None:
        """Some screens up or down."""
        self._put_cursor(self.cursor + by * max(1, self.scrollable_content_region.height - 2))

    def action_go(self, place: int) -> None:
        """To a line; -1 is the last."""
        self._put_cursor(self.total - 1 if place < 0 else place)

    def action_choose(self) -> None:
        """Open the row under the cursor."""
        if self.current is not None:
            self.post_message(self.Chosen(self.current))

    def on_click(self, event: events.Click) -> None:
        """A click chooses, a second one opens."""
        place = event.y - 1 + self.scroll_offset.y
        if event.y < 1 or place >= self.total:
            return
        self.focus()
        if place == self.cursor and event.chain > 1:
            self.action_choose()
        self._put_cursor(place)

    def watch_has_focus(self, value: bool) -> None:
        """The cursor looks different where keys go elsewhere."""
        super().watch_has_focus(value)
        self.refresh(Region(0, 0, self.size.width, self.size.height))


def _line(marker: str, cells: Sequence[Content], columns: Sequence[tuple[int, Column]]) -> Content:
    """The cells of a row, each as wide as its column; where something was cut off an ellipsis says so."""
    parts = [Content(marker)]
    for place, column in columns:
        parts.append(cells[place].truncate(column.width, ellipsis=True, pad=True))
    head, *rest = parts
    return Content.assemble(head, *(part for each in rest for part in (each, " ")))
