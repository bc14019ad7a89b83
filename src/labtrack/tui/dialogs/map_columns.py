"""What a laboratory's own columns mean, said once and kept by name. Nothing is guessed: what is required and unsaid is asked for."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Button, Footer, Input, Label, Select, Static

from labtrack.core.errors import LabtrackError
from labtrack.tui.keys import key
from labtrack.tui.page import Dialog
from labtrack.tui.show import joined, lines, shown

if TYPE_CHECKING:
    from labtrack.clinic.mappings import Beginning, ColumnMapping

_SHAPES = (("one result a line", "long"), ("one analyte a column", "wide"))
_MARKS = (("as the file shows", ""), ("decimal point", "."), ("decimal comma", ","))
#: What our columns are, in words.
_WORDS = {
    "mrn": "patient's number", "analyte": "analyte", "value": "value", "unit": "unit", "collected_at": "collected on",
    "collected_time": "time of day", "ref_low": "range from", "ref_high": "range to", "lab": "laboratory", "specimen_id": "specimen",
    "birth_date": "born", "start_on": "start", "stop_on": "stop", "end_on": "end", "ended_on": "ended", "on": "on", "dose_mg": "dose, mg",
    "weight_kg": "weight, kg",
}  # fmt: skip


class MapColumnsDialog(Dialog["ColumnMapping | None"]):
    """Answers the mapping, kept by its name; None if it was left. ``begun`` is the file's beginning, ``file`` its name."""

    CSS_PATH = "../styles/map_columns.tcss"
    BINDINGS = [
        key("map.save", "ctrl+s", "save", "Keep and use", "Keep the mapping under its name and read the file with it.", priority=True),
    ]
    HELP = """## Columns of a file

The file's columns are not ours. Say for each of ours (those with * must be said) which of the file's it is, or type one value that holds
for the whole file: a unit, or one patient's number.

*One analyte a column*: below, name the analyte of each such column and its unit; a column without an analyte is left out.

The mapping is kept by its name. A file with the same columns is recognized the next time, and `labtrack import FILE --map NAME` uses it.
"""

    def __init__(self, begun: Beginning, file: str) -> None:
        super().__init__()
        self.begun = begun
        self.file = file
        self._replaces = ""
        self._asked: tuple[str, bool] | None = None

    @property
    def columns(self) -> list[str]:
        """The file's columns that have a name, each once."""
        return list(dict.fromkeys(name for name in self.begun.names if name))

    def compose(self) -> ComposeResult:
        """Name, kind, our columns, the file's first rows."""
        from labtrack.clinic.mappings import DATE_FORMATS, layout_names

        with Vertical(classes="dialog"):
            yield Static(joined(("What are the columns of ", ""), (self.file, "bold"), ("?", "")), classes="title")
            yield Static(self._sample(), id="sample", classes="muted")
            yield Static("", id="problem", classes="problem")
            with VerticalScroll(id="fields", can_focus=False):
                with Horizontal(classes="row"):
                    yield Label("Name of this mapping *")
                    yield Input(placeholder="City Lab", id="name", max_length=200)
                with Horizontal(classes="row"):
                    yield Label("The file holds")
                    yield Select(((name, name) for name in layout_names()), value="results", allow_blank=False, id="layout", compact=True)
                    yield Select(_SHAPES, value="long", allow_blank=False, id="shape", compact=True)
                with Horizontal(classes="row"):
                    yield Label("Dates, numbers")
                    yield Select(((name, name) for name in DATE_FORMATS), value="YYYY-MM-DD", allow_blank=False, id="dates", compact=True)
                    yield Select(_MARKS, value="", allow_blank=False, id="mark", compact=True)
                yield Vertical(id="ours")
            with Horizontal(classes="buttons"):
                yield Button("Keep and use", id="save", variant="primary", compact=True)
                yield Button("Leave", id="leave", compact=True)
        yield Footer(show_command_palette=False, compact=True)

    def _sample(self) -> Content:
        rows = [" │ ".join(row) for row in (self.begun.header, *self.begun.rows[:3])]
        return lines([shown(row[:400]) for row in rows])

    async def on_mount(self) -> None:
        """Begin with the name."""
        await self._ask_for_columns()
        self.query_one("#name").focus()

    async def on_select_changed(self, event: Select.Changed) -> None:
        """Another layout or shape has other columns."""
        event.stop()
        if event.select.id in ("layout", "shape"):
            await self._ask_for_columns()

    @property
    def layout_name(self) -> str:
        """What the file holds."""
        return str(self.query_one("#layout", Select).value)

    @property
    def is_wide(self) -> bool:
        """Whether each analyte has a column."""
        return self.layout_name == "results" and self.query_one("#shape", Select).value == "wide"

    async def _ask_for_columns(self) -> None:
        from labtrack.clinic.mappings import columns_of, suggested

        wanted = (self.layout_name, self.is_wide)
        if wanted == self._asked:
            return  # a list tells its first value as a change too; what was said since must stay
        self._asked = wanted
        required, optional = columns_of(self.layout_name, wide=self.is_wide)
        offered = suggested(self.columns, self.layout_name)
        rows: list[Widget] = [Static("Column, or one value for the whole file", classes="muted")]
        rows += [self._row(name, name in required, offered.get(name, "")) for name in required + optional]
        if self.is_wide:
            rows.append(Static("Analyte and unit of each column; nothing for a column that is left out", classes="muted"))
            rows += [self._wide_row(place, name) for place, name in enumerate(self.columns)]
        self.query_one("#shape").display = self.layout_name == "results"
        ours = self.query_one("#ours", Vertical)
        async with self.batch():
            await ours.remove_children()
            await ours.mount_all(rows)

    def _row(self, name: str, required: bool, chosen: str) -> Widget:
        options = [(shown("– not in the file –"), ""), *((shown(each), each) for each in self.columns)]
        label = Label(f"{_WORDS.get(name, name)}{' *' if required else ''}")
        column = Select(options, value=chosen, allow_blank=False, id=f"column-{name}", compact=True)
        return Horizontal(label, column, Input(placeholder="one value", id=f"fixed-{name}", max_length=200), classes="row")

    def _wide_row(self, place: int, name: str) -> Widget:
        from labtrack.clinic.mappings import analyte_called

        label = Label(shown(name))
        analyte = Input(analyte_called(name), placeholder="analyte, such as anc", id=f"analyte-{place}", max_length=200)
        return Horizontal(label, analyte, Input(placeholder="unit", id=f"unit-{place}", max_length=100), classes="row")

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
        for place, name in enumerate(self.columns if self.is_wide else []):
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
        )

    def action_save(self) -> None:
        """Keep the mapping, unless something is unsaid or wrong."""
        self.run_worker(self._save(), exclusive=True, group="save", exit_on_error=False)

    async def _save(self) -> None:
        from labtrack.clinic.mappings import keep, kept_mappings, mapping_faults

        mapping = self.mapping()
        wrong = mapping_faults(mapping)
        if self.is_wide and not mapping.wide:
            wrong.append("Name the analyte and the unit of at least one column.")
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
