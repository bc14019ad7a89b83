"""Trends on the screen: what is chosen, stacked, refitted, shown as a table, in other units."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.tui.conftest import NARROW, WIDE, opening_of, screen_text, settled
from textual.app import ComposeResult
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import DataTable, OptionList, Static

from labtrack.charts import MOST_SERIES
from labtrack.clinic import Clinic, Settings
from labtrack.core.record import CollectedAt
from labtrack.tui.base import BaseApp
from labtrack.tui.page import Page
from labtrack.tui.widgets import trend
from labtrack.tui.widgets.trend import TrendView


class Around(Page[None]):
    """A screen with nothing but a trend."""

    HELP = "x"

    def __init__(self, mrn: str, *, plain: bool = False) -> None:
        super().__init__()
        self.mrn, self.plain = mrn, plain

    def compose_body(self) -> ComposeResult:
        yield TrendView(self.mrn, plain=self.plain)


class Showing(BaseApp):
    """An app with nothing but a trend."""

    def __init__(self, place: Path, mrn: str = "DEMO-01", *, plain: bool = False, settings: Settings | None = None) -> None:
        super().__init__(opening_of(place, settings=settings))
        self.mrn, self.plain = mrn, plain

    def get_default_screen(self) -> Screen[Any]:
        return Around(self.mrn, plain=self.plain)


async def start(pilot: Pilot[Any]) -> TrendView:
    await settled(pilot)
    found = pilot.app.screen.query_one(TrendView)
    found.land()
    await settled(pilot)
    return found


async def press(pilot: Pilot[Any], *keys: str) -> None:
    for each in keys:
        await pilot.press(each)
        await settled(pilot)


def chart_of(app: BaseApp) -> str:
    return str(app.screen.query_one("#chart", Static).content)


@pytest.mark.parametrize("size", [WIDE, NARROW])
async def test_the_analyte_of_the_finding_is_shown_first_and_fits(clinic_file: Path, size: tuple[int, int]) -> None:
    app = Showing(clinic_file)
    async with app.run_test(size=size) as pilot:
        found = await start(pilot)
        assert found.chosen == ["anc"]
        text = chart_of(app)
        assert "latest 0.82 on 19 Nov 2026" in text
        assert "anc-below-1 <1" in text
        assert "baricitinib 2 mg daily" in text
        pane = app.screen.query_one("#chart")
        assert len(text.split("\n")) == pane.content_size.height
        assert {len(line) for line in text.split("\n")} == {pane.content_size.width}
        assert "[x] ANC!" in screen_text(app)
        assert max(map(len, screen_text(app).split("\n"))) <= size[0]


async def test_up_to_four_are_stacked_in_the_order_of_the_list(clinic_file: Path) -> None:
    app = Showing(clinic_file)
    async with app.run_test(size=WIDE) as pilot:
        found = await start(pilot)
        await press(pilot, "down", "down", "space")
        assert found.chosen == ["anc", "hb"]
        assert chart_of(app).index("ANC") < chart_of(app).index("Hb  Hemoglobin")
        await press(pilot, "up", "up", "up", "space", "end", "space")
        assert found.chosen == ["wbc", "anc", "hb", "crp"]
        assert len(found.chosen) == MOST_SERIES == trend.MOST
        await press(pilot, "up", "space")
        assert len(found.chosen) == MOST_SERIES
        assert any("take one out first" in each.message for each in app._notifications)
        await press(pilot, "end", "space")
        assert found.chosen == ["wbc", "anc", "hb"]


async def test_the_last_one_stays_and_enter_shows_one_alone(clinic_file: Path) -> None:
    app = Showing(clinic_file)
    async with app.run_test(size=WIDE) as pilot:
        found = await start(pilot)
        await press(pilot, "space")
        assert found.chosen == ["anc"]
        await press(pilot, "down", "down", "space", "down", "enter")
        assert found.chosen == ["hct"]
        assert "Hct" in chart_of(app)
        assert app.screen.query_one(OptionList).highlighted == 4


async def test_the_table_holds_the_same_numbers(clinic_file: Path) -> None:
    app = Showing(clinic_file)
    async with app.run_test(size=WIDE) as pilot:
        found = await start(pilot)
        await press(pilot, "t")
        assert found.is_table
        table = app.screen.query_one(DataTable)
        assert table.row_count == 6
        first = [each.plain for each in table.get_row_at(0)]
        assert first == ["ANC", "19 Nov 2026 08:50", "0.82 ×10⁹/L", "L", "2–7.5", "-73.5 %", "baricitinib 2 mg a day", ""]
        await press(pilot, "t")
        assert not found.is_table
        assert "0.82" in chart_of(app)


async def test_what_was_focused_at_the_right_stays_there(clinic_file: Path) -> None:
    app = Showing(clinic_file)
    async with app.run_test(size=WIDE) as pilot:
        await start(pilot)
        app.screen.query_one("#chart").focus()
        await press(pilot, "t")
        assert app.focused is app.screen.query_one("#numbers")
        await press(pilot, "t")
        assert app.focused is app.screen.query_one("#chart")


async def test_units_change_what_is_shown(clinic_file: Path) -> None:
    app = Showing(clinic_file, settings=Settings(units="SI"))
    async with app.run_test(size=WIDE) as pilot:
        await start(pilot)
        await press(pilot, "down", "down", "enter")
        assert "latest 133 on 19 Nov 2026" in chart_of(app)
        assert "g/L" in chart_of(app)
        await press(pilot, "u")
        assert "latest 13.3 on 19 Nov 2026" in chart_of(app)
        await press(pilot, "t", "u")
        assert app.screen.query_one(DataTable).get_row_at(0)[2].plain == "133 g/L"


async def test_resizing_refits_and_loses_nothing(clinic_file: Path) -> None:
    app = Showing(clinic_file)
    async with app.run_test(size=WIDE) as pilot:
        found = await start(pilot)
        await press(pilot, "down", "down", "space")
        before = chart_of(app)
        await pilot.resize_terminal(40, 10)
        await settled(pilot)
        assert chart_of(app) != before
        assert {len(line) for line in chart_of(app).split("\n")} == {app.screen.query_one("#chart").content_size.width}
        await pilot.resize_terminal(*WIDE)
        await settled(pilot)
        assert chart_of(app) == before
        assert found.chosen == ["anc", "hb"]


async def test_new_results_are_shown_when_it_is_come_back_to(clinic_file: Path, open_clinic: Callable[[Path], Clinic]) -> None:
    app = Showing(clinic_file)
    async with app.run_test(size=WIDE) as pilot:
        found = await start(pilot)

        def add(clinic: Clinic) -> None:
            from labtrack.clinic import Entry

            clinic.record("DEMO-01", [Entry("anc", "1.7", "10*9/L")], CollectedAt(app.opening.today))

        await app.desk.change(add)
        found.come()
        await settled(pilot)
        assert "latest 1.7 on 22 Nov 2026" in chart_of(app)


async def test_without_results_it_says_so(clinic_file: Path) -> None:
    app = Showing(clinic_file, "DEMO-35")
    async with app.run_test(size=NARROW) as pilot:
        await start(pilot)
        assert chart_of(app) == "No result to draw is on record."
        await press(pilot, "space", "t", "t", "u")
        assert chart_of(app) == "No result to draw is on record."


async def test_plain_shows_what_is_under_the_cursor_by_its_plain_name(clinic_file: Path) -> None:
    app = Showing(clinic_file, plain=True)
    async with app.run_test(size=WIDE) as pilot:
        found = await start(pilot)
        await press(pilot, "down", "down")
        assert found.chosen == ["hb"]
        assert chart_of(app).startswith("Hemoglobin (carries oxygen; low means anemia)")
        assert "hb-below-8" not in chart_of(app)
        assert {"trend.pick", "trend.units"}.isdisjoint(
            each.binding.id for each in app.screen.active_bindings.values() if each.enabled and each.binding.id
        )
        await press(pilot, "t")
        first = [each.plain for each in app.screen.query_one(DataTable).get_row_at(0)]
        assert first == ["19 Nov 2026", "13.3 g/dL", "", "12–15.5", "+0.0 %"]


async def test_a_hold_of_any_words_is_text(clinic_file: Path, open_clinic: Callable[[Path], Clinic]) -> None:
    open_clinic(clinic_file).hold("DEMO-01", "other: [bold]x[/] [@click=app.quit]y", open_clinic(clinic_file).today.replace(month=6))
    app = Showing(clinic_file)
    async with app.run_test(size=(200, 40)) as pilot:
        await start(pilot)
        assert "other: [bold]x[/]" in screen_text(app)
