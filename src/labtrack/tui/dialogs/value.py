"""One value of the grid: every version of it as reported, and what can be done with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from labtrack.tui.dialogs.form import FormDialog
from labtrack.tui.keys import key
from labtrack.tui.page import Dialog
from labtrack.tui.show import joined, lines, shown
from labtrack.tui.widgets.cells import moment, told
from labtrack.tui.widgets.form import Field, required
from labtrack.tui.widgets.patient_tab import main_app

if TYPE_CHECKING:
    from labtrack.clinic.grid import GridRow
    from labtrack.clinic.grid_cells import Cell
    from labtrack.core.record import Result


class ValueDialog(Dialog[bool]):
    """Every version, oldest first; a standing one can be amended, struck, or made the baseline."""

    BINDINGS = [
        key("value.amend", "m", "amend", "Amend", "Put a corrected value in its place; the old one stays in the record."),
        key("value.strike", "x", "strike", "Strike", "Mark it as entered in error; it stays in the record."),
        key("value.baseline", "b", "baseline", "Baseline", "Make it the baseline of the course, with the reason."),
    ]
    DEFAULT_CSS = """
    ValueDialog .dialog { width: 100; }
    ValueDialog OptionList { border: none; height: auto; max-height: 14; margin: 1 0; background: $surface; }
    """
    HELP = """## One value

Every report of this analyte at this time, in order of entry: value and unit as printed, limits, laboratory, specimen, note. A calculated
value lists what it was calculated from. What was replaced or struck stays listed.

*m* amends the highlighted report, *x* strikes it as entered in error, *b* makes this value the baseline. Each asks for a reason.
"""

    def __init__(self, mrn: str, row: GridRow, cell: Cell) -> None:
        super().__init__()
        self.mrn = mrn
        self.row = row
        self.cell = cell

    def compose(self) -> ComposeResult:
        """What the cell says, the reports, the keys."""
        at = self.cell.results[-1].collected_at
        with Vertical(classes="dialog"):
            yield Static(joined((self.row.name, "bold"), f"   {moment(at)}"), classes="title")
            yield Static(told(self.row, self.cell, at))
            yield OptionList(*(Option(_version(each)) for each in self.cell.results), id="versions")
            yield Static("m amend   x strike   b baseline   Esc close", classes="muted", id="keys")

    def on_mount(self) -> None:
        """Begin with the last report."""
        versions = self.query_one(OptionList)
        versions.focus()
        versions.highlighted = len(self.cell.results) - 1

    @property
    def chosen(self) -> Result:
        """The highlighted report."""
        return self.cell.results[self.query_one(OptionList).highlighted or 0]

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only a standing report can be changed."""
        if action in ("amend", "strike"):
            return not self.chosen.superseded and self.chosen.status.value != "entered-in-error"
        return self.cell.is_usable if action == "baseline" else True

    def on_option_list_option_highlighted(self) -> None:
        """What can be done depends on the report."""
        self.refresh_bindings()

    def action_amend(self) -> None:
        """Ask for the corrected value."""
        old = self.chosen
        fields = [
            Field("value", "Value", old.value_text, read=required),
            Field("unit", "Unit", old.unit),
            Field("reason", "Reason", hint="such as: typing error", read=required),
        ]

        def amend(clinic: Any, typed: Any) -> Any:
            return clinic.amend(old.result_id, typed["value"], typed["unit"], typed["reason"]).warnings

        self._then(FormDialog("Amend a result", fields, amend, _plain(old), (("outside", "value"), ("unit", "unit"), ("reason", "reason"))))

    def action_strike(self) -> None:
        """Ask why it was entered in error."""
        old = self.chosen

        def strike(clinic: Any, typed: Any) -> Any:
            return clinic.strike(old.result_id, typed["reason"]).warnings

        fields = [Field("reason", "Reason", hint="such as: another patient's result", read=required)]
        self._then(FormDialog("Strike a result as entered in error", fields, strike, _plain(old)))

    def action_baseline(self) -> None:
        """Ask why it is to be the baseline."""
        at = self.cell.results[-1].collected_at

        def pin(clinic: Any, typed: Any) -> Any:
            return clinic.pin_baseline(self.mrn, self.row.analyte, at, typed["reason"])

        fields = [Field("reason", "Reason", hint="such as: before the steroid course", read=required)]
        said = f"{self.row.name} of {moment(at)} becomes the baseline of the course."
        self._then(FormDialog("Choose this baseline", fields, pin, said))

    def _then(self, dialog: FormDialog) -> None:
        """Open a form; once it was done this dialog would show what no longer is."""

        def close(done: bool | None) -> None:
            if done:
                self.dismiss(True)

        main_app(self).push_screen(dialog, close)


def _plain(result: Result) -> str:
    return f"{result.analyte} {result.value_text} {result.unit} collected {moment(result.collected_at)}"


def _version(result: Result) -> Content:
    limits = f"{result.ref_low}–{result.ref_high}" if result.ref_low or result.ref_high else "no limits printed"
    state = "replaced" if result.superseded else result.status.value.replace("-", " ")
    where = "  ".join(filter(None, (result.lab, result.specimen_id and f"specimen {result.specimen_id}", result.code, result.method)))
    first = joined(
        (f"{result.analyte}  ", "$text-muted"),
        (f"{result.value_text} {result.unit}", "strike" if result.superseded else "bold"),
        f"   {limits}   ",
        (state, "$text-warning" if result.superseded else "$text-muted"),
    )
    said = [each for each in (where, f"note: {result.note}" if result.note else "") if each]
    return lines([first, *(shown(f"    {each}", "$text-muted") for each in said)])
