"""Trends of one patient: a chart fitted to the widget, the analytes to choose from, and a key away the table of the same numbers."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import ContentSwitcher, DataTable, OptionList, Static
from textual.widgets.option_list import Option

from labtrack.tui.keys import key
from labtrack.tui.show import cell, joined, shown
from labtrack.tui.widgets.banner import short_day
from labtrack.tui.widgets.patient_tab import PatientTab

if TYPE_CHECKING:
    from rich.text import Text
    from textual import events

    from labtrack.charts import Run
    from labtrack.clinic import Clinic
    from labtrack.clinic.trends import Choice, TrendSet
    from labtrack.clinic.views import TableRow

#: As many as can be read above each other; :data:`labtrack.charts.MOST_SERIES` without importing it before it is needed.
MOST = 4
CONVENTIONAL, SI = "conventional", "SI"
#: Columns of the table; a patient sees one test at a time.
TITLES = ("analyte", "collected", "value", "flag", "range", "change", "treatment", "method")
PLAIN_TITLES = ("day", "value", "", "usual range", "since the treatment began")
#: What a part of the chart looks like; every part has a sign of its own as well.
STYLES = {
    "title": "bold", "note": "italic $text-accent", "axis": "$text-muted", "band": "$text-success", "threshold": "$text-warning",
    "line": "$primary", "point": "bold $primary", "baseline": "bold $text-accent", "dose": "$secondary", "hold": "bold $text-error",
}  # fmt: skip


class ChartPane(Static):
    """The chart itself; focusable, so that its help is found."""

    HELP = """## Trend chart

One or more analytes of this patient over true time: points far apart in time stand far apart here.

- **●** a reported result, **○** a calculated one, **◉** the baseline, from which change is counted.
- **↓** and **↑** are bounds such as `<5` and `>90`: the true value lies below or above the arrow.
- A gap in the line: more than twice the routine interval passed between two results, or a bound stands between them.
- **╌** the number that a rule compares with, and the rule's name; **┈** the laboratory's reference limits, dotted between them.
- **═** the dose, **▒** a hold, below the chart on the same axis.

An *estimate* under a title continues the last results in a straight line (Theil–Sen). It is told only for four results or more over
at least eight weeks that agree on the direction, and at most two years ahead."""

    can_focus = True


class AnalyteList(OptionList):
    """The analytes that have results."""

    HELP = """## Analytes

Those with a usable result; **[x]** stands in the chart. *Space* puts one into the chart or takes it out, up to four above each other;
*Enter* shows one alone. **!** marks one that a finding rests on."""


class TrendView(PatientTab):
    """The trend of one patient. ``plain`` is for the patient's own page: one analyte at a time, by its plain name, without rules."""

    HELP = ChartPane.HELP
    DEFAULT_CSS = """
    TrendView { height: 1fr; }
    TrendView > Horizontal { height: 1fr; }
    TrendView #analytes { width: 30; height: 1fr; border: round $secondary; padding: 0; background: $background; }
    TrendView #analytes { text-wrap: nowrap; text-overflow: ellipsis; }
    TrendView #analytes:focus { border: round $primary; }
    TrendView #view { width: 1fr; height: 1fr; }
    TrendView #chart { width: 1fr; height: 1fr; padding: 0 1; }
    TrendView #chart:focus { background: $boost; }
    TrendView #numbers { width: 1fr; height: 1fr; background: $background; }
    TrendView.-slim #analytes { width: 15; }
    TrendView.-slim.-plain #analytes { width: 22; }
    TrendView.-plain #analytes { width: 38; }
    """
    BINDINGS = [
        key("trend.pick", "space", "pick", "Add or remove", "Put the analyte into the chart or take it out; up to four."),
        key("trend.table", "t", "table", "Table", "The same numbers as a table, or the chart again."),
        key("trend.units", "u", "units", "Units", "Show SI or conventional units. For display only: findings stay the same."),
    ]

    def __init__(self, mrn: str, id: str = "trend", *, plain: bool = False) -> None:
        super().__init__(mrn, id)
        self.plain = plain
        self.units = ""
        #: Keys of the analytes in the chart; empty before the clinic has proposed one.
        self.chosen: list[str] = []
        self.trend: TrendSet | None = None
        self._listed: tuple[Choice, ...] = ()
        self.set_class(plain, "-plain")

    def compose(self) -> ComposeResult:
        """The list at the left, chart or table at the right."""
        with Horizontal():
            yield AnalyteList(id="analytes")
            with ContentSwitcher(initial="chart", id="view"):
                yield ChartPane(id="chart", markup=False)
                yield DataTable(id="numbers", cursor_type="row", zebra_stripes=True)

    def on_mount(self) -> None:
        """Begin with the units of the settings, and read."""
        self.units = self.base.opening.settings.units
        self.come()

    def land(self) -> None:
        """The list of analytes."""
        self.query_one("#analytes").focus()

    @property
    def is_table(self) -> bool:
        """Whether the table is shown."""
        return self.query_one("#view", ContentSwitcher).current == "numbers"

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A patient's own page shows one analyte at a time in the units of the settings."""
        del parameters
        if action in ("pick", "units") and self.plain:
            return False
        return action != "pick" or bool(self._listed)

    # Reading

    async def load(self) -> None:
        """Ask for the readings, list what can be chosen, draw."""
        chosen, units = list(self.chosen), self.units

        def question(clinic: Clinic) -> TrendSet:
            return clinic.trend_charts(self.mrn, chosen, units=units, plain=self.plain)

        trend = await self.ask(question)
        self.trend = trend
        self.chosen = list(trend.chosen)
        self._list(trend.choices)
        self._fill(trend.rows)
        await self._draw()

    def again(self) -> None:
        """Read again, because something else was chosen."""
        self.seen = -1
        self.come()

    async def _draw(self) -> None:
        """Draw for the size that the chart has now, off this thread; another size meanwhile draws again."""
        pane = self.query_one("#chart", ChartPane)
        trend, size = self.trend, pane.content_size
        if trend is None or not size.width or not size.height:
            return
        if not trend.chart.series:
            pane.update(shown("No result to draw is on record." if not trend.choices else "This analyte has no usable result."))
            return
        rows = await asyncio.to_thread(_drawn, trend, size.width, size.height)
        if self.trend is trend and pane.content_size == size:
            pane.update(chart_content(rows))

    def on_resize(self, event: events.Resize) -> None:
        """Fit the chart, and the list, to the new size."""
        self.set_class(event.size.width < 100, "-slim")
        if self._listed:
            self._list(self._listed)
        self.call_after_refresh(self._redraw)

    def _redraw(self) -> None:
        self.run_worker(self._draw(), exclusive=True, group="draw", exit_on_error=False)

    # The list

    def _list(self, choices: tuple[Choice, ...]) -> None:
        """Show what can be chosen; the cursor stays."""
        options = self.query_one("#analytes", AnalyteList)
        prompts = [self._prompt(each) for each in choices]
        if [each.key for each in choices] == [each.key for each in self._listed] and options.option_count == len(prompts):
            for place, prompt in enumerate(prompts):
                options.replace_option_prompt_at_index(place, prompt)
        else:
            self._listed = choices
            options.clear_options()
            options.add_options([Option(prompt, id=each.key) for prompt, each in zip(prompts, choices, strict=True)])
            first = next((place for place, each in enumerate(choices) if each.key in self.chosen), 0)
            options.highlighted = first if choices else None
        self._listed = choices
        self.screen.refresh_bindings()

    def _prompt(self, choice: Choice) -> Content:
        if self.plain:
            name = choice.plain_name.partition(" (")[0] if self.has_class("-slim") else choice.plain_name
            return joined("▸ " if choice.key in self.chosen else "  ", name[:1].upper() + name[1:])
        mark = Content("[x] " if choice.key in self.chosen else "[ ] ")
        met = Content.styled("!", "bold $text-error") if choice.is_met else Content(" ")
        rest = Content(" ") if self.has_class("-slim") else joined(" ", (choice.name, "$text-muted"))
        return joined(mark, (choice.short, "bold"), met, rest)

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """In plain view what is under the cursor is shown."""
        event.stop()
        found = event.option.id
        if self.plain and found and self.chosen != [found]:
            self.chosen = [found]
            self.again()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Enter shows one alone."""
        event.stop()
        if event.option.id and self.chosen != [event.option.id]:
            self.chosen = [event.option.id]
            self.again()

    def action_pick(self) -> None:
        """Put the analyte under the cursor in or take it out; one always stays."""
        options = self.query_one("#analytes", AnalyteList)
        if options.highlighted is None:
            return
        found = options.get_option_at_index(options.highlighted).id or ""
        if found in self.chosen:
            if len(self.chosen) == 1:
                return
            self.chosen.remove(found)
        elif len(self.chosen) >= MOST:
            self.base.notify(f"{MOST} analytes fit above each other; take one out first.", severity="warning")
            return
        else:
            order = [each.key for each in self._listed]
            self.chosen = sorted([*self.chosen, found], key=order.index)
        self.again()

    def action_units(self) -> None:
        """Show the other units."""
        self.units = CONVENTIONAL if self.units == SI else SI
        self.again()

    # The table

    def action_table(self) -> None:
        """Table or chart; what was focused at the right stays there."""
        switcher = self.query_one("#view", ContentSwitcher)
        inside = self.screen.focused in (self.query_one("#chart"), self.query_one("#numbers"))
        switcher.current = "chart" if self.is_table else "numbers"
        if inside:
            self.query_one(f"#{switcher.current}").focus()
        self.call_after_refresh(self._redraw)

    def _fill(self, rows: tuple[TableRow, ...]) -> None:
        """The readings, newest first for each analyte."""
        table: DataTable[Text] = self.query_one("#numbers", DataTable)
        table.clear(columns=True)
        names = {each.key: each.short for each in self._listed}
        titles = PLAIN_TITLES if self.plain else TITLES
        table.add_columns(*titles)
        for chosen in self.chosen:
            for row in reversed([each for each in rows if each["analyte"] == chosen]):
                cells = _plain_cells(row) if self.plain else _cells(row, names.get(chosen, chosen))
                table.add_row(*cells)


def _cells(row: TableRow, name: str) -> list[Text]:
    """One reading in the columns of :data:`TITLES`."""
    text = {column: str(value) for column, value in row.items()}
    dose = f" {text['dose_mg_per_day']} mg a day" if text["dose_mg_per_day"] else ""
    treatment = f"{text['drug']}{dose}{', on hold' if text['on_hold'] else ''}"
    value, limits, change = _numbers(text)
    return [cell(name), cell(_when(text)), value, cell(text["flag"]), limits, change, cell(treatment), cell(text["method"])]


def _plain_cells(row: TableRow) -> list[Text]:
    """One reading in the columns of :data:`PLAIN_TITLES`."""
    text = {column: str(value) for column, value in row.items()}
    value, limits, change = _numbers(text)
    where = {"H": "above usual", "L": "below usual"}.get(text["flag"], "")
    return [cell(_when({"collected_at": text["collected_at"].partition("T")[0]})), value, cell(where), limits, change]


def _when(text: Mapping[str, str]) -> str:
    """``19 Nov 2026 08:50``, the time where it is known."""
    day, _, time = text["collected_at"].partition("T")
    on = date.fromisoformat(day)
    return f"{short_day(on)} {on.year} {time}".rstrip()


def _numbers(text: Mapping[str, str]) -> tuple[Text, Text, Text]:
    """Value with unit, limits, change since the baseline."""
    low, high = text["ref_low"], text["ref_high"]
    limits = f"{low}–{high}" if low and high else f"≥ {low}" if low else f"≤ {high}" if high else ""
    change = f"{float(text['change_percent']):+.1f} %" if text["change_percent"] else ""
    return cell(f"{text['value']} {text['unit']}", right=True), cell(limits), cell(change, right=True)


def _drawn(trend: TrendSet, width: int, height: int) -> tuple[tuple[Run, ...], ...]:
    from labtrack.charts import drawn

    return drawn(trend.chart, width, height)


def chart_content(rows: tuple[tuple[Run, ...], ...]) -> Content:
    """A drawn chart as content; its texts are plain, whatever they hold."""
    return Content("\n").join(joined(*((run.text, STYLES.get(run.role, "")) for run in row)) for row in rows)
