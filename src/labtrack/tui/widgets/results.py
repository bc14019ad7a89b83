"""The results tab of a patient: the whole grid, and what can be done with one value."""

from __future__ import annotations

from textual.app import ComposeResult

from labtrack.tui.keys import key
from labtrack.tui.widgets.patient_tab import PatientTab, main_app
from labtrack.tui.widgets.results_grid import ResultsGrid

CONVENTIONAL, SI = "conventional", "SI"


class ResultsTab(PatientTab):
    """The cumulative grid, in conventional or SI units."""

    BINDINGS = [key("patient.units", "u", "units", "Units", "Show SI or conventional units. For display only: findings stay the same.")]

    def __init__(self, mrn: str, id: str) -> None:
        super().__init__(mrn, id)
        self.units = ""

    def compose(self) -> ComposeResult:
        """The grid."""
        yield ResultsGrid(id="grid")

    def on_mount(self) -> None:
        """Begin with the units of the settings."""
        self.units = self.base.opening.settings.units

    async def load(self) -> None:
        """Ask for the grid."""
        grid = await self.ask(lambda clinic: clinic.grid(self.mrn, self.units))
        self.query_one(ResultsGrid).put(grid)
        self.screen.refresh_bindings()

    def land(self) -> None:
        """The grid."""
        self.query_one(ResultsGrid).focus()

    def action_units(self) -> None:
        """Show the other units; the cursor stays."""
        self.units = CONVENTIONAL if self.units == SI else SI
        self.seen = -1
        self.come()

    def on_results_grid_opened(self, event: ResultsGrid.Opened) -> None:
        """Show every version of a value."""
        from labtrack.tui.dialogs.value import ValueDialog

        event.stop()
        main_app(self).push_screen(ValueDialog(self.mrn, event.row, event.cell))
