"""The fields of the form for new results: panels of lines, those always asked for first, the others when they are asked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.widget import Widget
from textual.widgets import Static

from labtrack.tui.show import joined, shown
from labtrack.tui.widgets.value_line import LABEL_NARROW, LABEL_WIDE, ValueLine, columns

if TYPE_CHECKING:
    from labtrack.clinic.drafts import DraftValue
    from labtrack.clinic.entry_sheet import EntryLine, EntryPanel, EntrySheet
    from labtrack.clinic.meaning import Meaning
    from labtrack.clinic.recording import Entry

_FIELD = 14
_HEADINGS = {"unit": "unit", "last": "last", "change": "change", "range": "range", "flag": ""}


class PanelBlock(Vertical):
    """One panel: its name, and its lines."""

    def __init__(self, sheet: EntrySheet, panel: EntryPanel, *, has_headings: bool) -> None:
        super().__init__()
        self.sheet = sheet
        self.panel = panel
        self._has_headings = has_headings
        self._title = Static(classes="panel-title")

    def compose(self) -> ComposeResult:
        """The lines that are always asked for."""
        yield self._title
        for line in self.panel.lines:
            if line.is_first:
                yield ValueLine(self.sheet, line, self.sheet.lab)

    def on_mount(self) -> None:
        """A panel of which nothing is asked stays away until it is."""
        self.display = any(line.is_first for line in self.panel.lines)
        self.redraw()

    def on_resize(self) -> None:
        """The headings stand above the columns."""
        self.redraw()

    @property
    def lines(self) -> list[ValueLine]:
        """The lines that are shown, in order."""
        return [each for each in self.query(ValueLine) if each.display]

    def redraw(self) -> None:
        """Name, headings, and how many more there are."""
        narrow = self.screen.size.width < 100
        shown_ones = {each.line.name for each in self.lines}
        rest = [line.short for line in self.panel.lines if line.name not in shown_ones]
        room = (LABEL_NARROW if narrow else LABEL_WIDE) + _FIELD
        name = joined((self.panel.name, "bold $primary"), (f"  F6: {', '.join(rest)}" if rest else "", "$text-muted"))
        if not self._has_headings:
            self._title.update(name)
            return
        name = name.truncate(room - 1, ellipsis=True)
        name = name.pad_right(room - name.cell_length)
        heads = {key: shown(text, "$text-muted") for key, text in _HEADINGS.items()}
        self._title.update(joined(name, columns(dict(heads), narrow=narrow)))

    async def show(self, wanted: Sequence[EntryLine], lab: str) -> None:
        """Show lines that are not shown yet, in their place."""
        self.display = True
        order = [line.name for line in self.panel.lines]
        for line in wanted:
            there = {each.line.name: each for each in self.query(ValueLine)}
            if line.name in there:
                there[line.name].display = True
                continue
            place = order.index(line.name) if line.name in order else len(order)
            after = [each for each in there.values() if each.line.name in order and order.index(each.line.name) < place]
            await self.mount(ValueLine(self.sheet, line, lab), after=after[-1] if after else self._title)
        self.redraw()

    def fold(self) -> None:
        """Put away the lines that were asked for and stayed empty."""
        for each in self.lines:
            if not each.line.is_first and each.is_empty and not each.has_focus_within:
                each.display = False
        self.display = bool(self.lines)
        self.redraw()


class EntryForm(VerticalScroll, inherit_bindings=False):
    """All panels. Where it is not told otherwise, order is the order on the screen."""

    HELP = ValueLine.HELP

    def __init__(self, sheet: EntrySheet) -> None:
        super().__init__(can_focus=False)
        self.sheet = sheet
        self.lab = sheet.lab
        self.is_whole = False

    def compose(self) -> ComposeResult:
        """A block for each panel."""
        for place, panel in enumerate(self.sheet.panels):
            yield PanelBlock(self.sheet, panel, has_headings=place == 0)

    @property
    def blocks(self) -> list[PanelBlock]:
        """The panels that are shown."""
        return [each for each in self.query(PanelBlock) if each.display]

    @property
    def lines(self) -> list[ValueLine]:
        """Every line that is shown, in order."""
        return [line for block in self.blocks for line in block.lines]

    @property
    def typed(self) -> list[ValueLine]:
        """The lines in which something stands."""
        return [line for line in self.lines if not line.is_empty]

    @property
    def refused(self) -> list[ValueLine]:
        """Those of which it is known that they cannot be recorded."""
        return [line for line in self.typed if line.told is not None and line.told.problem]

    @property
    def unconfirmed(self) -> list[ValueLine]:
        """Those that are to be confirmed first."""
        return [line for line in self.typed if line.must_confirm]

    @property
    def current(self) -> ValueLine | None:
        """The line that has the focus."""
        return next((line for line in self.lines if line.has_focus_within), None)

    def entries(self) -> list[tuple[ValueLine, Entry]]:
        """What would be recorded, with the line that it comes from."""
        return [(line, entry) for line in self.lines if (entry := line.entry()) is not None]

    def focus_line(self, line: ValueLine) -> None:
        """Go to a line, at once: the next key is its own, however fast it follows."""
        self.screen.set_focus(line.field)
        line.scroll_visible(animate=False)

    def first(self) -> None:
        """Go to the first empty field, or the first."""
        self.focus_line(next((line for line in self.lines if line.is_empty), self.lines[0]))

    def move(self, by: int) -> None:
        """Go so many fields down; at either end stay."""
        lines = self.lines
        current = self.current
        if current is not None:
            self.focus_line(lines[min(max(lines.index(current) + by, 0), len(lines) - 1)])

    def go_round(self, by: int, before: Sequence[Widget]) -> None:
        """To the next panel or the one before, by way of the fields ``before`` the first."""
        groups: list[Widget] = [*before, *self.blocks]
        here = next((place for place, each in enumerate(groups) if each.has_focus_within or each.has_focus), 0)
        there = (here + by) % len(groups)
        if there < len(before):
            self.screen.set_focus(groups[there])
        else:
            self.focus_line(self.blocks[there - len(before)].lines[0])

    async def find(self, text: str) -> str:
        """Go to an analyte by any of its names or codes, and show it if it was not; else why that cannot be."""
        found = self.sheet.find(text)
        if isinstance(found, str):
            return found
        self.focus_line(await self.shown_line(found))
        return ""

    async def shown_line(self, line: EntryLine) -> ValueLine:
        """The line of an analyte, shown."""
        block = next((each for each in self.query(PanelBlock) if each.panel.key == line.panel), None)
        block = block if block is not None else list(self.query(PanelBlock))[-1]
        await block.show([line], self.lab)
        return next(each for each in block.lines if each.line.name == line.name)

    async def toggle_whole(self) -> None:
        """Show every analyte, or put the empty ones away again."""
        self.is_whole = not self.is_whole
        for block in self.query(PanelBlock):
            if self.is_whole:
                await block.show(block.panel.lines, self.lab)
            else:
                block.fold()

    async def put(self, values: Sequence[DraftValue]) -> None:
        """Put in what a draft holds; what no longer has a place is left out."""
        for each in values:
            found = next((line for line in self.sheet.lines if line.name == each.name), None) or self.sheet.find(each.name)
            if not isinstance(found, str):
                (await self.shown_line(found)).put(each.text, each.unit, is_confirmed=each.is_confirmed)

    def draft_values(self) -> tuple[DraftValue, ...]:
        """What a draft holds of it."""
        from labtrack.clinic.drafts import DraftValue

        return tuple(DraftValue(line.line.name, line.field.value, line.unit, line.is_confirmed) for line in self.typed)

    def begin(self, sheet: EntrySheet) -> None:
        """Take what was last as of another collection."""
        self.sheet = sheet
        known = {line.name: line for line in sheet.lines}
        for block in self.query(PanelBlock):
            block.sheet = sheet
        for line in self.query(ValueLine):
            found = known.get(line.line.name) or sheet.find(line.line.name)
            if not isinstance(found, str):
                line.begin(sheet, found)

    def at(self, lab: str) -> None:
        """Take another laboratory."""
        self.lab = lab
        for line in self.query(ValueLine):
            line.at(lab)

    def tell(self, asked: Sequence[tuple[ValueLine, Entry]], meaning: Meaning) -> None:
        """Hand each line its meaning, if it still holds what was asked."""
        for (line, entry), told in zip(asked, meaning.entries, strict=True):
            if line.entry() == entry:
                line.tell(told)
