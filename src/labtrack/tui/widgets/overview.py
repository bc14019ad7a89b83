"""The first tab of a patient: findings, next checks, and the last results of what matters."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from textual.app import ComposeResult
from textual.containers import Container
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from labtrack.tui.keys import key
from labtrack.tui.show import joined, lines, shown, sign
from labtrack.tui.widgets.banner import short_day
from labtrack.tui.widgets.patient_tab import PatientTab, main_app
from labtrack.tui.widgets.results_grid import ResultsGrid

if TYPE_CHECKING:
    from datetime import date

    from labtrack.clinic.grid import Grid, GridRow
    from labtrack.clinic.patient_page import FoundLine, PatientPage
    from labtrack.core.judgment import Check
    from labtrack.tui.base import BaseApp

#: Checks that are no panel, as they are called here.
_CHECKS = {"response-review": "response", "cbc": "CBC"}


class Findings(OptionList):
    """What was found, worst first; the rest of a family is folded under its gravest."""

    HELP = """## Findings

What the rules say of this patient, the gravest first, one line for each family of rules: `‼` urgent, `▲` action, `△` watch, `a`
acknowledged, `?` cannot be evaluated. The line says whose rule it is: the label, the article, a guideline, the house.

*Enter* opens the rule: what it says, why, the results it rests on, where article and label differ.
*a* acknowledges a finding that is met. *Space* scrolls on to what does not fit.
"""
    BINDINGS = [
        key("patient.rule", "enter", "select", "Open rule", "What the rule says, why, its evidence and sources."),
        key("patient.more", "space", "more", "More", "Scroll on to what does not fit on the screen.", show=False),
        key("patient.acknowledge", "a", "acknowledge", "Acknowledge", "Mark this finding as seen, with a reason. The finding stays."),
    ]

    def put(self, found: tuple[FoundLine, ...]) -> None:
        """Show the findings; the same rule stays highlighted."""
        before = self.chosen
        self.found = found
        width = max(20, self.size.width - 2)
        wide = max((len(_basis(each, self.labels_of)) for each in found), default=0)
        self.set_options(
            [Option(_option(each, width, _basis(each, self.labels_of).ljust(wide))) for each in found]
            or [Option(_nothing(), disabled=True)]
        )
        rules = [each.finding.rule for each in found]
        self.highlighted = rules.index(before.finding.rule) if before and before.finding.rule in rules else (0 if found else None)

    found: tuple[FoundLine, ...] = ()

    @property
    def labels_of(self) -> str:
        """Whose labels are meant."""
        return cast("BaseApp", self.app).opening.region.value

    @property
    def chosen(self) -> FoundLine | None:
        """The finding that is highlighted."""
        return self.found[self.highlighted] if self.highlighted is not None and self.highlighted < len(self.found) else None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only what is met can be acknowledged, once."""
        chosen = self.chosen
        if action == "acknowledge":
            return chosen is not None and chosen.finding.verdict.value == "met" and not chosen.acknowledged
        return chosen is not None if action == "select" else True

    def on_resize(self) -> None:
        """Dates stand at the right edge of whatever width there is."""
        if self.found:
            self.put(self.found)

    def action_more(self) -> None:
        """Scroll the tab on, and from its end back to the top."""
        tab = self._tab()
        if tab.scroll_y >= tab.max_scroll_y:
            tab.scroll_home(animate=False)
        else:
            tab.scroll_page_down(animate=False)

    def _tab(self) -> OverviewTab:
        return next(each for each in self.ancestors if isinstance(each, OverviewTab))

    def action_acknowledge(self) -> None:
        """Ask for the reason and acknowledge."""
        if self.chosen is not None:
            self.run_worker(self._tab().acknowledge(self.chosen.finding.rule), exclusive=True, group="acknowledge", exit_on_error=False)


def _nothing() -> Content:
    return Content("Nothing met, and nothing that cannot be evaluated.")


def _basis(found: FoundLine, region: str) -> str:
    """Whose rule it is, and whose label."""
    basis = found.finding.basis
    return basis if basis == "label silent" else basis.replace("label", f"label {region}")


def _option(found: FoundLine, width: int, basis: str) -> Content:
    """``‼ ANC 0.82 below 1.0        19 Nov 2026  label US``."""
    finding = found.finding
    mark = sign("acknowledged") if found.acknowledged else sign(found.kind)
    what = finding.headline or finding.rule
    if found.others and finding.verdict.value != "met":
        what = f"{len(found.others) + 1} rules: {finding.reason.in_words if finding.reason else 'cannot be evaluated'}"
    behind = f"{_day(found.on):<11}  {basis}"
    if found.acknowledged:
        behind = f"{f'until {_day(found.until)}' if found.until else 'acknowledged'}  {basis}"
    elif not behind.strip():
        behind = ""
    room = max(8, width - len(behind) - 4)
    words = shown(what).truncate(room, ellipsis=True)
    return joined(mark, " ", words.pad_right(max(0, room - words.cell_length)), ("  " + behind, "$text-muted"))


def _day(day: date | None) -> str:
    return f"{short_day(day)} {day.year}" if day else ""


def about(found: FoundLine | None) -> Content:
    """The whole sentence of a finding, and what is folded under it."""
    if found is None:
        return Content("")
    others = ", ".join(each.rule for each in found.others)
    also = f"{'Also met' if found.finding.verdict.value == 'met' else 'The same'}: {others}" if others else ""
    seen = f"Acknowledged{f' until {_day(found.until)}' if found.until else ''}." if found.acknowledged else ""
    return lines([shown(found.finding.message), *(shown(each, "$text-muted") for each in (seen, also) if each)])


def _reason(check: Check) -> str:
    """``overdue: no alc: every 12 weeks``: what the last set lacked comes first, for it is cut last."""
    status = "" if check.status.value == "later" else f"{check.status.value}: "
    missing = f"no {', '.join(check.missing)}: " if check.missing else ""
    return f"{status}{missing}{check.reason}"


def checks_text(checks: tuple[Check, ...]) -> Content:
    """The next checks, one a line."""
    if not checks:
        return Content("None: there is no schedule without a course.")
    return lines(
        joined(
            sign({"overdue": "overdue", "due": "due"}.get(each.status.value, "clear")),
            f" {_CHECKS.get(each.panel, each.panel):<10}",
            f"{short_day(each.due_on)} {each.due_on.year}".ljust(13),
            (_reason(each), "$text-muted"),
        )
        for each in checks
    )


def rows_that_matter(grid: Grid) -> list[GridRow]:
    """What panels require, and whatever has a finding, a flag on its newest value or a change beyond variation."""

    def matters(row: GridRow) -> bool:
        last = row.cells[max(row.cells)] if row.cells else None
        return row.is_required or (last is not None and bool(last.finding or last.flag)) or row.variation.startswith("beyond")

    return [row for row in grid.rows if matters(row)]


class OverviewTab(PatientTab):
    """Findings and next checks beside each other (below each other on a narrow screen), the last results under them."""

    def __init__(self, mrn: str, id: str) -> None:
        super().__init__(mrn, id)
        #: Which keys of the highlighted finding the footer shows: it is made anew when that changes.
        self._works: object = None

    def compose(self) -> ComposeResult:
        """The three boxes."""
        with Container(id="found"):
            findings = Findings(id="findings")
            findings.border_title = "Findings"
            yield findings
            checks = Static("Loading …", id="checks")
            checks.border_title = "Next checks"
            yield checks
        yield Static("", id="about")
        grid = ResultsGrid(small=True, id="last-results")
        grid.border_title = "Results"
        yield grid

    def put(self, page: PatientPage) -> None:
        """Show the page."""
        self.query_one(Findings).put(page.found)
        self.query_one("#checks", Static).update(checks_text(page.checks))
        self.query_one("#about", Static).update(about(self.query_one(Findings).chosen))

    def put_grid(self, grid: Grid) -> None:
        """Show the last results."""
        self.query_one("#last-results", ResultsGrid).put(grid, rows_that_matter(grid))

    def land(self) -> None:
        """The findings."""
        self.query_one(Findings).focus()

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """The whole sentence of the highlighted finding."""
        findings = self.query_one(Findings)
        self.query_one("#about", Static).update(about(findings.chosen))
        works = (findings.check_action("acknowledge", ()), findings.chosen is not None)
        if works != self._works:
            self._works = works
            self.screen.refresh_bindings()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Open the rule."""
        event.stop()
        chosen = self.query_one(Findings).chosen
        if chosen is not None:
            main_app(self).go("rule", chosen.finding.rule, self.mrn)

    async def acknowledge(self, rule: str) -> None:
        """The dialog does the acknowledging; what changed is read when the screen comes back."""
        await main_app(self).answer("acknowledge", self.mrn, rule)
