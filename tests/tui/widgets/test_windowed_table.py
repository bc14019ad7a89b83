"""The windowed table alone: what it fetches, how the cursor moves and stays, how columns give way."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
from tests.tui.conftest import screen_text, settled
from textual.app import App, ComposeResult

from labtrack.tui.show import shown
from labtrack.tui.widgets.windowed_table import KEPT_PAGES, PAGE, Column, WindowedTable, fitted

COLUMNS = (Column("Name", 10, grows=1), Column("Number", 8, shown_from=30), Column("Note", 12, shown_from=60, grows=3))


class Host(App[None]):
    """A table of numbers that remembers what was asked of it."""

    def __init__(self, rows: Sequence[str], gate: asyncio.Event | None = None) -> None:
        super().__init__()
        self.rows = list(rows)
        self.asked: list[tuple[int, int]] = []
        self.said: list[Any] = []
        self.gate = gate

    def compose(self) -> ComposeResult:
        yield WindowedTable(COLUMNS, self.fetch, lambda row: [shown(row), shown(len(row)), shown(f"note of {row}")], str, id="list")

    async def fetch(self, first: int, count: int) -> tuple[int, Sequence[str]]:
        self.asked.append((first, count))
        if self.gate is not None:
            await self.gate.wait()
        return len(self.rows), self.rows[first : first + count]

    @property
    def table(self) -> WindowedTable[str]:
        return self.query_one(WindowedTable)

    def on_windowed_table_chosen(self, event: WindowedTable.Chosen) -> None:
        self.said.append(event.row)


def many(count: int) -> list[str]:
    return [f"row {number:06d}" for number in range(count)]


async def test_only_what_is_in_sight_is_fetched() -> None:
    app = Host(many(100_000))
    async with app.run_test(size=(80, 20)) as pilot:
        await app.table.reload()
        await settled(pilot)
        assert app.asked == [(0, PAGE)]
        app.table.focus()
        await pilot.press("end")
        await settled(pilot)
        assert "▸row 099999" in screen_text(app)
        assert app.asked == [(0, PAGE), (99_900, PAGE)]
        await pilot.press("home", "pagedown")
        await settled(pilot)
        assert app.table.cursor == 18
        assert len(app.asked) == 2


async def test_the_middle_of_a_long_list_is_reached_by_the_scrollbar() -> None:
    app = Host(many(100_000))
    async with app.run_test(size=(80, 20)) as pilot:
        await app.table.reload()
        await settled(pilot)
        app.table.scroll_to(y=50_000, animate=False, force=True, immediate=True)
        await settled(pilot)
        assert "row 050000" in screen_text(app)
        assert app.asked == [(0, PAGE), (50_000, PAGE)]


async def test_while_a_page_is_on_its_way_a_sign_stands_for_it() -> None:
    gate = asyncio.Event()
    gate.set()
    app = Host(many(1_000), gate)
    async with app.run_test(size=(80, 20)) as pilot:
        await app.table.reload()
        app.table.focus()
        await settled(pilot)
        gate.clear()
        await pilot.press("end")
        await pilot.pause()
        assert "…" in screen_text(app)
        assert app.table.current is None
        await pilot.press("enter")
        gate.set()
        await settled(pilot)
        assert app.table.current == "row 000999"
        assert app.said == []


async def test_few_pages_are_kept() -> None:
    app = Host(many(PAGE * (KEPT_PAGES + 10)))
    async with app.run_test(size=(80, 20)) as pilot:
        await app.table.reload()
        for page in range(KEPT_PAGES + 10):
            app.table._put_cursor(page * PAGE + 50)
            await settled(pilot)
        assert len(app.table._pages) <= KEPT_PAGES


@pytest.mark.parametrize(
    ("keys", "cursor"),
    [
        (("down",), 1),
        (("j", "j", "k"), 1),
        (("up",), 0),
        (("end",), 49),
        (("end", "down"), 49),
        (("end", "home"), 0),
        (("pagedown", "pagedown"), 16),
        (("pagedown", "pageup"), 0),
        (("pagedown",) * 9, 49),
    ],
)
async def test_keys_move_the_cursor(keys: tuple[str, ...], cursor: int) -> None:
    app = Host(many(50))
    async with app.run_test(size=(80, 10)) as pilot:
        await app.table.reload()
        await settled(pilot)
        app.table.focus()
        await pilot.press(*keys)
        await settled(pilot)
        assert app.table.cursor == cursor
        assert f"▸row {cursor:06d}" in screen_text(app)


async def test_a_click_chooses_and_a_second_one_opens() -> None:
    app = Host(many(50))
    async with app.run_test(size=(80, 10)) as pilot:
        await app.table.reload()
        await pilot.click("#list", offset=(3, 4))
        await settled(pilot)
        assert (app.table.cursor, app.said) == (3, [])
        await pilot.click("#list", offset=(3, 4), times=2)
        await settled(pilot)
        assert app.said == ["row 000003"]
        await pilot.click("#list", offset=(3, 0))
        assert app.table.cursor == 3


async def test_the_cursor_stays_with_its_row_when_the_data_change() -> None:
    app = Host(many(50))
    async with app.run_test(size=(80, 10)) as pilot:
        await app.table.reload()
        app.table.focus()
        await pilot.press(*["down"] * 20)
        app.rows.insert(0, "new")
        app.rows.insert(5, "newer")
        await app.table.reload()
        await settled(pilot)
        assert (app.table.current, app.table.cursor) == ("row 000020", 22)
        app.rows = app.rows[:3]
        await app.table.reload()
        assert app.table.current == "row 000001"
        app.rows = []
        await app.table.reload()
        assert app.table.current is None
        await pilot.press("down", "end", "enter")
        assert app.said == []


async def test_a_list_that_shrank_meanwhile_is_read_anew() -> None:
    app = Host(many(1_000))
    async with app.run_test(size=(80, 10)) as pilot:
        await app.table.reload()
        app.table.focus()
        app.rows = app.rows[:150]
        await pilot.press("end")
        await settled(pilot)
        assert app.table.total == 150
        assert app.table.current == "row 000149"


@pytest.mark.parametrize(("room", "titles"), [(80, "Name Number Note"), (59, "Name Number"), (29, "Name")])
def test_columns_give_way_where_it_is_narrow(room: int, titles: str) -> None:
    columns = fitted(COLUMNS, room)
    assert " ".join(each.title for _, each in columns) == titles
    assert sum(each.width + 1 for _, each in columns) + 1 <= room


def test_no_room_is_left_unused() -> None:
    for room in range(40, 90):
        assert sum(each.width + 1 for _, each in fitted(COLUMNS, room)) + 1 == room


async def test_what_is_cut_off_is_marked_and_never_breaks_the_line() -> None:
    app = Host(["n" * 200, "[bold]x[/]", "字" * 40, "a\nb"])
    async with app.run_test(size=(40, 8)) as pilot:
        await app.table.reload()
        await settled(pilot)
        lines = screen_text(app).splitlines()
        assert "nnn…" in lines[1]
        assert "[bold]x[/]" in lines[2]
        assert "字…" in lines[3]
        assert "a\\nb" in lines[4]
