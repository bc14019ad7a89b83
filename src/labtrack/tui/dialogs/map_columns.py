"""What a laboratory's own columns mean, said once and kept by name. Nothing is guessed: what is required and unsaid is asked for."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Button, Input, Label, Select, Static

from labtrack.core.errors import LabtrackError
from labtrack.tui.keys import key
from labtrack.tui.page import Dialog
from labtrack.tui.show import joined, lines, shown
from labtrack.tui.widgets.keys_line import KeysLine

if TYPE_CHECKING:
    from labtrack.clinic.mappings import Beginning, ColumnMapping

_SHAPES = (("one result a line", "long"), ("one analyte a column", "wide"), ("one date a column", "dates"))
_MARKS = (("as the file shows", ""), ("decimal point", "."), ("decimal comma", ","))
#: Lines that are offered as the header.
_HEADERS = 20
#: Read from a column only: one of them for the whole file would mean nothing.
_FROM_COLUMNS = ("collected_time", "range", "value_elsewhere")
#: What a name that nobody knows may be said to be, beside our analytes.
_UNSAID, _NOT_FOLLOWED = "?", ""
#: What our columns are, in words.
_WORDS = {
    "mrn": "patient's number", "analyte": "analyte", "value": "value", "unit": "unit", "collected_at": "collected on",
    "collected_time": "time of day", "ref_low": "range from", "ref_high": "range to", "lab": "laboratory", "specimen_id": "specimen",
    "birth_date": "born", "start_on": "start", "stop_on": "stop", "end_on": "end", "ended_on": "ended", "on": "on", "dose_mg": "dose, mg",
    "weight_kg": "weight, kg", "range": "range in one cell", "value_elsewhere": "value, if not there",
}  # fmt: skip


class MapColumnsDialog(Dialog["ColumnMapping | None"]):
    """Answers the mapping, kept by its name; None if it was left. ``begun`` is the file's beginning, ``file`` its name.

    ``old`` is a mapping that is changed here.
    """

    CSS_PATH = "../styles/map_columns.tcss"
    BINDINGS = [
        key("map.save", "ctrl+s", "save", "Keep and use", "Keep the mapping under its name and read the file with it.", priority=True),
    ]
    HELP = """## Columns of a file

The file's columns are not ours. Say for each of ours (those with * must be said) which of the file's it is, or type one value that holds
for the whole file: a unit, or one patient's number. The first lines of a file may be a title: *Header* says which line names the columns.

*One analyte a column*: below, name the analyte of each such column and its unit; a column without an analyte is left out.

*One date a column*: every column whose header is a date holds the results of that day. Say in which format the dates are.

A flag at a value (`14.9 H`) is taken off it and kept as a note. A range may stand in one cell (`3.5-5.0`); where the unit stands behind
it, say the same column for *unit*. Where values in range and out of range have columns of their own, the second is *value, if not there*.

*Names*: what labtrack does not know of the analytes in the file. Say what each one is, or that it is not followed: then it is left out
and counted. What is not said is refused, row by row.

The mapping is kept by its name. A file with the same columns is recognized the next time, and `labtrack import FILE --map NAME` uses it.
"""

    def __init__(self, begun: Beginning, file: str, old: ColumnMapping | None = None) -> None:
        super().__init__()
        self.begun = begun
        self.file = file
        self.old = old
        self._replaces = old.name if old is not None else ""
        self._asked: tuple[object, ...] = ()
        self._unknown: list[str] = []

    @property
    def columns(self) -> list[str]:
        """The file's columns, each by its label."""
        from labtrack.clinic.mappings import labels

        return labels(self.begun.names)

    def compose(self) -> ComposeResult:
        """Name, kind, our columns, the file's first rows."""
        from labtrack.clinic.mappings import DATE_FORMATS, layout_names

        old = self.old
        shape = "wide" if old and old.wide else "dates" if old and old.by_date else "long"
        with Vertical(classes="dialog"):
            yield Static(joined(("What are the columns of ", ""), (self.file, "bold"), ("?", "")), classes="title")
            yield Static(self._sample(), id="sample", classes="muted")
            yield Static("", id="problem", classes="problem")
            with VerticalScroll(id="fields", can_focus=False):
                with Horizontal(classes="row"):
                    yield Label("Name of this mapping *")
                    yield Input(old.name if old else "", placeholder="City Lab", id="name", max_length=200)
                with Horizontal(classes="row"):
                    yield Label("The file holds")
                    layout = old.layout if old else "results"
                    yield Select(((name, name) for name in layout_names()), value=layout, allow_blank=False, id="layout", compact=True)
                    yield Select(_SHAPES, value=shape, allow_blank=False, id="shape", compact=True)
                with Horizontal(classes="row"):
                    yield Label("Header")
                    yield Select(self._lines(), value=self.begun.skip, allow_blank=False, id="headline", compact=True)
                with Horizontal(classes="row"):
                    yield Label("Dates, numbers")
                    dates = old.date_format if old else "YYYY-MM-DD"
                    yield Select(((name, name) for name in DATE_FORMATS), value=dates, allow_blank=False, id="dates", compact=True)
                    yield Select(_MARKS, value=old.decimal if old else "", allow_blank=False, id="mark", compact=True)
                yield Vertical(id="ours")
                yield Vertical(id="names")
            with Horizontal(classes="buttons"):
                yield Button("Keep and use", id="save", variant="primary", compact=True)
                yield Button("Leave", id="leave", compact=True)
        yield KeysLine()

    def _lines(self) -> list[tuple[Content, int]]:
        """The lines that may be the header, each with the number of lines above it."""
        rows = [(line, cells) for line, cells in self.begun.candidates if line > self.begun.skip][:1] or [(1, self.begun.header)]
        others = [(line, cells) for line, cells in self.begun.candidates[:_HEADERS] if (line, cells) != rows[0]]
        options = [(rows[0][0], rows[0][1], self.begun.skip), *((line, cells, line - 1) for line, cells in others)]
        return [(shown(f"line {line}: {' │ '.join(cells)[:80]}"), above) for line, cells, above in sorted(options)]

    def _sample(self) -> Content:
        rows = [" │ ".join(row) for row in (self.begun.header, *self.begun.rows[:3])]
        return lines([shown(row[:400]) for row in rows])

    async def on_mount(self) -> None:
        """Begin with the name."""
        await self._ask_for_columns()
        self.query_one("#name").focus()

    async def on_select_changed(self, event: Select.Changed) -> None:
        """Another header, layout or shape has other columns, another column of analytes other names."""
        event.stop()
        if event.select.id == "headline" and event.value != self.begun.skip:
            await self._begin_at(int(str(event.value)))
        elif event.select.id in ("layout", "shape"):
            await self._ask_for_columns()
        elif event.select.id == "column-analyte":
            self._ask_for_names()

    async def _begin_at(self, skip: int) -> None:
        from labtrack.clinic.mappings import beginning

        try:
            self.begun = await asyncio.to_thread(beginning, self.begun.path, self.begun.encoding, skip=skip)
        except LabtrackError as error:
            self._say(str(error))
            return
        self.query_one("#sample", Static).update(self._sample())
        await self._ask_for_columns()

    @property
    def layout_name(self) -> str:
        """What the file holds."""
        return str(self.query_one("#layout", Select).value)

    @property
    def shape(self) -> str:
        """What a line or a column is: ``long``, ``wide`` or ``dates``."""
        return str(self.query_one("#shape", Select).value) if self.layout_name == "results" else "long"

    async def _ask_for_columns(self) -> None:
        from labtrack.clinic.mappings import columns_of, suggested

        wanted = (self.layout_name, self.shape, self.begun.skip)
        if wanted == self._asked:
            return  # a list tells its first value as a change too; what was said since must stay
        self._asked = wanted
        required, optional = columns_of(self.layout_name, wide=self.shape == "wide", by_date=self.shape == "dates")
        offered = {**suggested(self.columns, self.layout_name), **(self.old.columns if self.old else {})}
        rows: list[Widget] = [Static("Column, or one value for the whole file", classes="muted")]
        rows += [self._row(name, name in required, offered.get(name, "")) for name in required + optional]
        if self.shape == "wide":
            rows.append(Static("Analyte and unit of each column; nothing for a column that is left out", classes="muted"))
            rows += [self._wide_row(place, name) for place, name in enumerate(self.columns)]
        self.query_one("#shape").display = self.layout_name == "results"
        ours = self.query_one("#ours", Vertical)
        async with self.batch():
            await ours.remove_children()
            await ours.mount_all(rows)
        self._ask_for_names()

    def _row(self, name: str, required: bool, chosen: str) -> Widget:
        options = [(shown("– not in the file –"), ""), *((shown(each), each) for each in self.columns)]
        label = Label(f"{_WORDS.get(name, name)}{' *' if required else ''}")
        chosen = chosen if chosen in self.columns else ""
        column = Select(options, value=chosen, allow_blank=False, id=f"column-{name}", compact=True)
        # Whose a file is that is of one patient must be typed for each: the last one's number is never carried over.
        fixed = self.old.fixed.get(name, "") if self.old and name != "mrn" else ""
        one = Input(fixed, placeholder="one value", id=f"fixed-{name}", max_length=200, disabled=name in _FROM_COLUMNS)
        return Horizontal(label, column, one, classes="row")

    def _wide_row(self, place: int, name: str) -> Widget:
        from labtrack.clinic.mappings import analyte_and_unit

        analyte, unit = analyte_and_unit(self.begun.header[place])
        for each in self.old.wide if self.old else ():
            analyte, unit = (each.analyte, each.unit) if each.column == name else (analyte, unit)
        box = Input(analyte, placeholder="analyte, such as anc", id=f"analyte-{place}", max_length=200)
        return Horizontal(Label(shown(name)), box, Input(unit, placeholder="unit", id=f"unit-{place}", max_length=100), classes="row")

    def _ask_for_names(self) -> None:
        """Look in the file for names that labtrack does not know, and ask what they are."""
        self.run_worker(self._names(), exclusive=True, group="names", exit_on_error=False)

    async def _names(self) -> None:
        from labtrack.clinic.mappings import analyte_names, unfollowed_names

        found: list[tuple[str, int]] = []
        columns = list(self.query("#column-analyte").results(Select))
        if columns and columns[0].value:
            try:
                found = await asyncio.to_thread(unfollowed_names, self.begun, str(columns[0].value))
            except LabtrackError as error:
                self._say(str(error))
        rows: list[Widget] = []
        if found:
            rows.append(Static("Names that labtrack does not know; refused where nothing is said", classes="muted"))
            options = [("– not said –", _UNSAID), ("not followed", _NOT_FOLLOWED), *((shown(words), key) for words, key in analyte_names())]
            rows += [self._name_row(place, name, number, options) for place, (name, number) in enumerate(found)]
        box = self.query_one("#names", Vertical)
        async with self.batch():
            await box.remove_children()
            self._unknown = [name for name, _ in found]
            await box.mount_all(rows)

    def _name_row(self, place: int, name: str, number: int, options: list[tuple[Any, str]]) -> Widget:
        said = self._said_of(name)
        chosen = said if any(said == value for _, value in options) else _UNSAID
        label = Label(shown(f"{name} ({number:,})"))
        return Horizontal(label, Select(options, value=chosen, allow_blank=False, id=f"name-{place}", compact=True), classes="row")

    def _said_of(self, name: str) -> str:
        from labtrack.clinic.mappings import analyte_said

        return analyte_said(self.old, name, _UNSAID) if self.old is not None else _UNSAID

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """The same with the mouse, or with Enter on a button."""
        event.stop()
        if event.button.id == "save":
            self.action_save()
        else:
            self.action_leave()

    def mapping(self) -> ColumnMapping:
        """What has been said so far."""
        from labtrack.clinic.mappings import ColumnMapping, WideColumn

        columns: dict[str, str] = {}
        fixed: dict[str, str] = {}
        for select in self.query("#ours Select").results(Select):
            name = str(select.id).removeprefix("column-")
            value = self.query_one(f"#fixed-{name}", Input).value.strip()
            columns |= {name: str(select.value)} if select.value else {}
            fixed |= {name: value} if value else {}
        wide = []
        for place, name in enumerate(self.columns if self.shape == "wide" else []):
            analyte, unit = (self.query_one(f"#{what}-{place}", Input).value.strip() for what in ("analyte", "unit"))
            wide += [WideColumn(name, analyte, unit)] if analyte or unit else []
        return ColumnMapping(
            self.query_one("#name", Input).value.strip(),
            self.layout_name,
            tuple(self.begun.names),
            columns,
            fixed,
            tuple(wide),
            str(self.query_one("#dates", Select).value),
            str(self.query_one("#mark", Select).value),
            self.shape == "dates",
            self._skip(),
            self._analytes(),
        )

    def _skip(self) -> int:
        """Lines above the header, where it would not be found without: another line of the same columns stands above it."""
        above = [names for (line, _), names in zip(self.begun.candidates, self.begun.headers, strict=True) if line <= self.begun.skip]
        return self.begun.skip if self.begun.names in above else 0

    def _analytes(self) -> dict[str, str]:
        if self.layout_name != "results" or self.shape == "wide":
            return {}
        said = dict(self.old.analytes) if self.old else {}
        for place, name in enumerate(self._unknown):
            chosen = [str(each.value) for each in self.query(f"#name-{place}").results(Select)]
            if chosen and chosen[0] != self._said_of(name):
                said = {theirs: ours for theirs, ours in said.items() if theirs.casefold() != name.casefold()}
                said |= {name: chosen[0]} if chosen[0] != _UNSAID else {}
        return said

    def action_save(self) -> None:
        """Keep the mapping, unless something is unsaid or wrong."""
        self.run_worker(self._save(), exclusive=True, group="save", exit_on_error=False)

    async def _save(self) -> None:
        from labtrack.clinic.mappings import dates_among, keep, kept_mappings, mapping_faults

        mapping = self.mapping()
        wrong = mapping_faults(mapping)
        if self.shape == "wide" and not mapping.wide:
            wrong.append("Name the analyte and the unit of at least one column.")
        if mapping.by_date:
            dates, strange = dates_among([name for name in mapping.header if name not in mapping.used], mapping.date_format)
            wrong += [f"{name} looks like a date, but is none as {mapping.date_format}." for name in strange]
            wrong += [f"No column of this file is headed by a date as {mapping.date_format}."] if not dates and not strange else []
        if wrong:
            more = f"  ({len(wrong) - 1} more)" if len(wrong) > 1 else ""
            self._say(wrong[0] + more)
            return
        try:
            kept = await asyncio.to_thread(kept_mappings)
            if mapping.name in kept and kept[mapping.name] != mapping and self._replaces != mapping.name:
                self._replaces = mapping.name
                self._say("A mapping of that name is kept already: Ctrl+S again replaces it, or give this one another name.")
                return
            await asyncio.to_thread(keep, mapping)
        except LabtrackError as error:
            self._say(str(error))
            return
        self.dismiss(mapping)

    def _say(self, text: str) -> None:
        self.query_one("#problem", Static).update(shown(text))
