"""One patient: findings and next checks, all results, trends, treatment, screening, history."""

from __future__ import annotations

from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.widget import Widget
from textual.widgets import ContentSwitcher

from labtrack.core.errors import NotFound
from labtrack.tui.keys import key
from labtrack.tui.page import BackPage
from labtrack.tui.widgets.overview import OverviewTab
from labtrack.tui.widgets.patient_header import PatientHeader
from labtrack.tui.widgets.patient_tab import PatientTab, main_app
from labtrack.tui.widgets.tab_line import TabLine

#: Name of each tab, in order, and what it is called.
TABS = {
    "overview": "Overview",
    "results": "Results",
    "trend": "Trend",
    "treatment": "Treatment",
    "screening": "Screening",
    "history": "History",
}


def tab_of(name: str, mrn: str) -> Widget:
    """A tab, made when it is first shown."""
    if name == "results":
        from labtrack.tui.widgets.results import ResultsTab

        return ResultsTab(mrn, name)
    if name == "treatment":
        from labtrack.tui.widgets.treatment import TreatmentTab

        return TreatmentTab(mrn, name)
    if name == "screening":
        from labtrack.tui.widgets.screening import ScreeningTab

        return ScreeningTab(mrn, name)
    if name == "history":
        from labtrack.tui.widgets.history import HistoryTab

        return HistoryTab(mrn, name)
    from labtrack.tui.widgets.trend import TrendView

    return TrendView(mrn, name)


class PatientScreen(BackPage[None]):
    """The tabs of one patient. What is shown is read anew whenever something was changed since."""

    CSS_PATH = "../styles/patient.tcss"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]
    HELP = """## One patient

The line on top says who this is: check name, birth date and MRN. *1* to *6* go to the tabs, `[` and `]` to the one before and the next.

- *Overview*: what the rules found, what is due next, the last results.
- *Results*: every result there is, analytes down, collections across.
- *Trend*: curves on a true time axis with thresholds, baseline, doses and holds.
- *Treatment*: courses, doses, holds, events; start, change, pause, resume, stop.
- *Screening*: what is to be settled before the start.
- *History*: who recorded what, and when.
"""
    BINDINGS: ClassVar[list[Any]] = [
        *(
            key(f"patient.{name}", str(place), f"tab('{name}')", title, f"Show the tab {title}.", show=False)
            for place, (name, title) in enumerate(TABS.items(), 1)
        ),
        key("patient.next-tab", "right_square_bracket,ctrl+pagedown", "next_tab(1)", "Next tab", "Show the next tab.", show=False),
        key("patient.previous-tab", "left_square_bracket,ctrl+pageup", "next_tab(-1)", "Tab before", "Show the tab before.", show=False),
        key("patient.new-results", "n", "open('new-results')", "New results", "Enter results of this patient."),
        key("patient.edit", "m", "open('patient-form')", "Edit patient", "Change name, birth date, sex, weight, telephone, e-mail."),
        key("patient.own-page", "y", "open('own-page')", "Own page", "The page as this patient may see it."),
        key("patient.export", "e", "open('export')", "Export", "Write this patient's data to files."),
        key("patient.reviewed", "v", "reviewed", "Reviewed", "Say that you have looked at all results there are."),
    ]

    def __init__(self, mrn: str, tab: str = "overview") -> None:
        super().__init__()
        self.mrn = mrn
        self.first_tab = tab if tab in TABS else "overview"
        #: The count of changes that is shown on top and in the overview.
        self.seen = -1

    def compose_body(self) -> ComposeResult:
        """Header, tabs, and the first tab; the others when they are first shown."""
        yield PatientHeader(id="who")
        yield TabLine([*TABS.values()], id="tabs")
        with ContentSwitcher(initial="overview", id="switcher"):
            yield OverviewTab(self.mrn, "overview")

    def on_mount(self) -> None:
        """Read, and go to the tab that was asked for."""
        self.query_one(OverviewTab).land()
        if self.first_tab != "overview":
            self.action_tab(self.first_tab)

    def on_screen_resume(self) -> None:
        """Read again whatever is shown if anything changed."""
        if self.seen != self.base.desk.changes:
            self.run_worker(self._read(), exclusive=True, group="page", exit_on_error=False)
        tab = self.query_one(ContentSwitcher).visible_content
        if isinstance(tab, PatientTab):
            tab.come()

    async def _read(self) -> None:
        changes, units = self.base.desk.changes, self.base.opening.settings.units
        with self.telling():
            try:
                page, grid = await self.ask(lambda clinic: (clinic.patient_page(self.mrn), clinic.grid(self.mrn, units)))
            except NotFound:
                self.dismiss(None)
                raise
            with self.app.batch_update():
                self.query_one(PatientHeader).put(page)
                overview = self.query_one(OverviewTab)
                overview.put(page)
                overview.put_grid(grid)
            self.seen = changes

    def action_tab(self, name: str) -> None:
        """Show a tab."""
        self.run_worker(self._show(name), exclusive=True, group="tab", exit_on_error=False)

    async def _show(self, name: str) -> None:
        switcher = self.query_one(ContentSwitcher)
        if not switcher.query_children(f"#{name}"):
            await switcher.add_content(tab_of(name, self.mrn), id=name)
        switcher.current = name
        self.query_one(TabLine).shown_tab = list(TABS).index(name)
        tab = switcher.visible_content
        if isinstance(tab, PatientTab):
            tab.come()
            tab.land()

    def action_next_tab(self, step: int) -> None:
        """Show the tab so many further, around the ends."""
        names = list(TABS)
        self.action_tab(names[(names.index(str(self.query_one(ContentSwitcher).current)) + step) % len(names)])

    def on_tab_line_picked(self, event: TabLine.Picked) -> None:
        """A tab was clicked."""
        self.action_tab(list(TABS)[event.place])

    def action_open(self, name: str) -> None:
        """Open another screen about this patient."""
        main_app(self).go(name, self.mrn)

    def action_reviewed(self) -> None:
        """Record that somebody has looked at the results."""
        self.run_worker(self._review(), exclusive=True, group="review", exit_on_error=False)

    async def _review(self) -> None:
        with self.telling():
            await self.change(lambda clinic: clinic.mark_reviewed(self.mrn))
            self.notify("Reviewed: all results recorded up to now.")
            await self._read()
