"""The cumulative grid: analytes down, collections across. Only what is seen is drawn, whatever the number of results."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.events import Click
from textual.message import Message
from textual.widget import Widget

from labtrack.tui.keys import key
from labtrack.tui.show import joined, lines, shown
from labtrack.tui.widgets.banner import short_day
from labtrack.tui.widgets.cells import LEGEND, marked, told

if TYPE_CHECKING:
    from labtrack.clinic.grid import Grid, GridRow
    from labtrack.clinic.grid_cells import Cell

_NARROWEST, _WIDEST = 10, 16
#: Lines above and below the rows: two of headings; what the cursor is on, and the legend.
_HEAD, _FOOT = 2, 2
_WIDE = 100
_MUTED, _CURSOR = "$text-muted", "reverse"


class ResultsGrid(Widget, can_focus=True):
    """A :class:`labtrack.clinic.grid.Grid` with a cursor; ``small`` shows the last collections of the chosen rows and no cursor."""

    DEFAULT_CSS = "ResultsGrid { height: 1fr; padding: 0 1; } ResultsGrid.-small { height: auto; }"
    HELP = f"""## All results

Analytes down, collections across, the oldest at the left; the analyte, its limits and its baseline stay where they are. The last columns
say how far the newest value is from the baseline, and whether that is more than the usual variation of one person.

Marks: {LEGEND}.

*Arrows*, *Home*, *End* and *Page up/down* move. *Enter* opens a value: every version of it, laboratory, specimen, note; there it can be
amended, struck, or made the baseline. *u* shows SI or conventional units; findings and flags stay the same.
"""
    BINDINGS = [
        key("grid.open", "enter", "open", "Open value", "Every version of this value; amend, strike or pin it from there."),
        key("grid.left", "left", "move(0, -1)", "Left", "The collection before.", show=False),
        key("grid.right", "right", "move(0, 1)", "Right", "The next collection.", show=False),
        key("grid.up", "up", "move(-1, 0)", "Up", "The analyte above.", show=False),
        key("grid.down", "down", "move(1, 0)", "Down", "The analyte below.", show=False),
        key("grid.first", "home", "move(0, -100000)", "Oldest", "The oldest collection.", show=False),
        key("grid.last", "end", "move(0, 100000)", "Newest", "The newest collection.", show=False),
        key("grid.page-up", "pageup", "move(-10, 0)", "Page up", "Ten analytes up.", show=False),
        key("grid.page-down", "pagedown", "move(10, 0)", "Page down", "Ten analytes down.", show=False),
    ]

    class Opened(Message):
        """Enter on a cell that holds something."""

        def __init__(self, row: GridRow, cell: Cell) -> None:
            super().__init__()
            self.row = row
            self.cell = cell

    def __init__(self, *, small: bool = False, id: str | None = None) -> None:
        super().__init__(id=id, classes="-small" if small else "")
        self.small = small
        self.can_focus = not small
        self.grid: Grid | None = None
        self._rows: list[GridRow] = []
        #: Rows and panel headings in the order of lines.
        self._lines: list[GridRow | str] = []
        self._widths: dict[int, int] = {}
        self._at = (0, 0)
        self._first = (0, 0)
        #: Cells and lines as they were last drawn; moving the cursor draws two lines anew.
        self._cells: dict[tuple[str, int], Content] = {}
        self._drawn: dict[object, Content] = {}

    def put(self, grid: Grid, rows: list[GridRow] | None = None) -> None:
        """Show a grid, or some rows of it; the cursor stays on its analyte and collection where these are still there."""
        before = self._place_of_cursor()
        self.grid = grid
        self._rows = list(grid.rows) if rows is None else rows
        self._lines = []
        for panel in grid.panels:
            mine = [row for row in self._rows if row.panel == panel.key]
            self._lines += [*([panel.name] if mine and not self.small else []), *mine]
        self._forget()
        analyte, at = before
        row = next((place for place, each in enumerate(self._rows) if each.analyte == analyte), 0)
        column = grid.columns.index(at) if at in grid.columns else len(grid.columns) - 1
        self._at = (row, max(0, column))
        self.refresh(layout=self.small)

    def _forget(self) -> None:
        self._widths, self._cells, self._drawn = {}, {}, {}

    def on_resize(self) -> None:
        """Other widths, other lines."""
        self._drawn = {}

    def _place_of_cursor(self) -> tuple[str, object]:
        row, column = self._at
        if self.grid is None or not self._rows or not self.grid.columns:
            return "", None
        return self._rows[min(row, len(self._rows) - 1)].analyte, self.grid.columns[column]

    def get_content_height(self, container: object, viewport: object, width: int) -> int:
        """As many lines as there are rows, if small."""
        return _HEAD + max(1, len(self._lines))

    def action_move(self, down: int, right: int) -> None:
        """Move the cursor, as far as there is something."""
        if self.grid is not None and self._rows and self.grid.columns:
            row, column = self._at
            row = min(max(row + down, 0), len(self._rows) - 1)
            self._go(row, min(max(column + right, 0), len(self.grid.columns) - 1))

    def _go(self, row: int, column: int) -> None:
        """Put the cursor somewhere; the footer is made anew only where other keys work."""
        held = self.current is None
        self._at = (row, column)
        self.refresh()
        if held is not (self.current is None):
            self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Opening needs a cell that holds something."""
        return action != "open" or self.current is not None

    @property
    def current(self) -> tuple[GridRow, Cell] | None:
        """What the cursor is on; None where nothing was reported."""
        row, column = self._at
        if self.grid is None or not self._rows or self.small:
            return None
        cell = self._rows[row].cells.get(column)
        return None if cell is None else (self._rows[row], cell)

    def action_open(self) -> None:
        """Say that the cell at the cursor is to be opened."""
        if self.current is not None:
            self.post_message(self.Opened(*self.current))

    def on_click(self, event: Click) -> None:
        """Put the cursor where the mouse is."""
        offset = event.get_content_offset(self)
        if self.small or self.grid is None or offset is None or offset.y < _HEAD:
            return
        line, left = offset.y - _HEAD + self._first[0], self._left_width()
        if line >= len(self._lines):
            return
        chosen = self._lines[line]
        if isinstance(chosen, str):
            return
        column = self._at[1]
        for each in self._window():
            if left <= offset.x < left + self._width(each):
                column = each
            left += self._width(each)
        self._go(self._rows.index(chosen), column)

    def render(self) -> Content:
        """The lines that are seen."""
        if self.grid is None:
            return Content("Loading …")
        if not self.grid.columns:
            return Content("No results recorded. n enters new ones.")
        window = self._window()
        height = len(self._lines) if self.small else max(1, self.size.height - _HEAD - _FOOT)
        cursor = self._rows[self._at[0]] if self._rows else None
        line = next((place for place, each in enumerate(self._lines) if each is cursor), 0)
        top = min(max(self._first[0], line - height + 1), line)
        if top <= 1 and line < height:
            top = 0
        self._first = (top, window[0] if window else 0)
        drawn = [*self._heading(window), *(self._line(each, window) for each in self._lines[top : top + height])]
        if not self.small and cursor is not None:
            drawn += [shown("")] * (height - len(self._lines[top : top + height]))
            at = self.grid.columns[self._at[1]]
            room = max(1, self.size.width)
            drawn.append(told(cursor, cursor.cells.get(self._at[1]), at).truncate(room, ellipsis=True))
            drawn.append(Content.styled(LEGEND, _MUTED).truncate(room, ellipsis=True))
        return lines(drawn)

    def _width(self, column: int) -> int:
        """How wide a column is: as its widest value, within limits."""
        known = self._widths.get(column)
        if known is None:
            widest = max((self._cell(row, column).cell_length for row in self._rows if column in row.cells), default=0)
            known = self._widths[column] = min(max(widest + 1, _NARROWEST), _WIDEST)
        return known

    def _cell(self, row: GridRow, column: int) -> Content:
        """What stands in a cell."""
        key = (row.analyte, column)
        found = self._cells.get(key)
        if found is None:
            cell = row.cells.get(column)
            found = self._cells[key] = marked(cell) if cell else Content.styled("·", _MUTED)
        return found

    def _left(self) -> tuple[int, int, int, int]:
        """Widths of analyte, unit, limits and baseline."""
        return (7, 12, 12, 11) if self.size.width >= _WIDE else (6, 10, 0, 10)

    def _left_width(self) -> int:
        return sum(self._left())

    def _right_width(self) -> int:
        return 27 if self.size.width >= _WIDE else 16

    def _window(self) -> list[int]:
        """The columns that fit: the last ones if small, else such that the cursor is among them."""
        assert self.grid is not None
        room = max(_NARROWEST, self.size.width - self._left_width() - self._right_width())
        count = len(self.grid.columns)
        if self.small:
            return self._back_from(self._with_values(), room)
        column = self._at[1]
        fits = self._on_from(min(self._first[1], column), room)
        if column not in fits:
            return self._back_from(list(range(column + 1)), room)
        return self._back_from(list(range(count)), room) if fits[-1] == count - 1 else fits

    def _on_from(self, first: int, room: int) -> list[int]:
        assert self.grid is not None
        fits: list[int] = []
        for each in range(first, len(self.grid.columns)):
            room -= self._width(each)
            if room < 0 and fits:
                break
            fits.append(each)
        return fits

    def _with_values(self) -> list[int]:
        assert self.grid is not None
        held = {column for row in self._rows for column in row.cells}
        return [each for each in range(len(self.grid.columns)) if each in held]

    def _back_from(self, columns: list[int], room: int) -> list[int]:
        fits: list[int] = []
        for each in reversed(columns):
            room -= self._width(each)
            if room < 0 and fits:
                break
            fits.insert(0, each)
        return fits

    def _heading(self, window: list[int]) -> list[Content]:
        assert self.grid is not None
        days, times = [], []
        for each in window:
            at, wide = self.grid.columns[each], self._width(each)
            beside = self.grid.columns[max(0, each - 1) : each] + self.grid.columns[each + 1 : each + 2]
            same_day = any(other.on == at.on for other in beside)
            days.append(_fit(shown(f"{short_day(at.on)}", "bold"), wide))
            times.append(_fit(shown(f"{at.on.year}" + (f" {at.at:%H:%M}" if at.at and same_day else ""), _MUTED), wide))
        analyte, unit, limits, base = self._left()
        earlier = "◂ " if window and window[0] > 0 else ""
        later = " ▸" if window and window[-1] < len(self.grid.columns) - 1 else ""
        left = [_fit(shown(""), analyte), _fit(shown("unit", _MUTED), unit), _fit(shown("limits", _MUTED), limits)]
        top = joined(*left, _fit(shown("baseline", "bold"), base), *days, shown(later + " change", _MUTED))
        before = {row.baseline.on for row in self._rows if row.baseline is not None}
        based = "".join(f"{short_day(day)} {day.year % 100:02d}" for day in before) if len(before) == 1 else ""
        return [top, joined(_fit(shown(earlier, _MUTED), analyte + unit + limits), _fit(shown(based, _MUTED), base), *times)]

    def _line(self, row: GridRow | str, window: list[int]) -> Content:
        if isinstance(row, str):
            return shown(row, "bold $primary")
        is_current = not self.small and row is self._rows[self._at[0]]
        key = (row.analyte, tuple(window), self._at[1] if is_current else None)
        drawn = self._drawn.get(key)
        if drawn is None:
            drawn = self._drawn[key] = self._draw(row, window, is_current=is_current)
        return drawn

    def _draw(self, row: GridRow, window: list[int], *, is_current: bool) -> Content:
        analyte, unit, limits, base = self._left()
        parts = [
            _fit(shown(row.short, "bold reverse" if is_current else "bold"), analyte),
            _fit(shown(row.unit, _MUTED), unit),
            _fit(shown(row.limits or "–", _MUTED), limits),
            self._baseline(row, base),
        ]
        for each in window:
            drawn = _fit(self._cell(row, each), self._width(each) - 1)
            parts.append(drawn.stylize(_CURSOR) if is_current and each == self._at[1] else drawn)
            parts.append(Content(" "))
        return joined(*parts, self._change(row))

    def _baseline(self, row: GridRow, wide: int) -> Content:
        if row.baseline is None:
            return _fit(Content.styled("–", _MUTED), wide)
        return _fit(joined(marked(row.baseline.cell), " (pinned)" if row.baseline.is_pinned else ""), wide)

    def _change(self, row: GridRow) -> Content:
        if not row.cells:
            return Content.styled("never reported", "$text-accent")
        change = f"{row.change.replace('-', '−')} %" if row.change else ""
        words = row.variation if self.size.width >= _WIDE else row.variation.partition(" ")[0]
        style = "bold" if row.variation.startswith("beyond") else _MUTED
        return joined(shown(f"{change:>9} "), shown(words, style))


def _fit(content: Content, wide: int) -> Content:
    """Content in exactly so many columns."""
    cut = content.truncate(max(0, wide - 1), ellipsis=True) if content.cell_length >= wide else content
    return cut.pad_right(max(0, wide - cut.cell_length))
