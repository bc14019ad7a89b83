"""Settings: what is changed is saved and holds at once."""

from __future__ import annotations

from pathlib import Path
from threading import Event
from typing import Any

import pytest
from tests.tui.conftest import NARROW, WIDE, screen_text, settled, until
from textual.pilot import Pilot
from textual.widgets import DataTable, Input, Select

from labtrack.clinic import Settings
from labtrack.core.errors import LabtrackError
from labtrack.core.judgment import Region
from labtrack.tui.app import LabtrackApp
from labtrack.tui.dialogs.press_key import PressKeyDialog
from labtrack.tui.screens.settings import SettingsScreen
from labtrack.tui.screens.worklist import WorklistScreen


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """The settings file, which is not there yet."""
    return tmp_path / "config" / "labtrack.toml"


async def opened(pilot: Pilot[Any]) -> SettingsScreen:
    await settled(pilot)
    await pilot.press("f10")
    await until(pilot, lambda: isinstance(pilot.app.screen, SettingsScreen) and pilot.app.screen._known)
    screen = pilot.app.screen
    assert isinstance(screen, SettingsScreen)
    await settled(pilot)
    return screen


def highlight(screen: SettingsScreen, id: str) -> None:
    table = screen.query_one("#keys", DataTable)
    table.focus()
    table.move_cursor(row=list(screen._known).index(id))


@pytest.mark.parametrize("size", [WIDE, NARROW, (40, 10)])
async def test_all_there_is_to_set_is_shown(size: tuple[int, int], app: LabtrackApp, place: Path) -> None:
    async with app.run_test(size=size) as pilot:
        screen = await opened(pilot)
        if size[1] > 20:
            text = screen_text(app)
            assert all(each in text for each in ("Region", "Units shown", "Theme", "City Rheumatology", "Your name", "app.quit", "Kept in"))
        assert screen.query_one("#keys", DataTable).row_count == len(screen._known) > 30
    assert not place.exists()


async def test_the_theme_applies_at_once_and_is_kept(app: LabtrackApp, place: Path) -> None:
    place.parent.mkdir()
    place.write_text("# mine\n\n[rules.anc-below-1]\nthreshold = 0.9\n", encoding="utf-8")
    async with app.run_test() as pilot:
        screen = await opened(pilot)
        screen.query_one("#theme", Select).value = "light"
        await until(pilot, lambda: app.theme == "labtrack-light")
        assert "Saved in" in screen_text(app)
    assert "# mine" in place.read_text(encoding="utf-8")
    assert Settings.load().theme == "light"
    assert Settings.load().rules == {"anc-below-1": {"threshold": 0.9}}
    assert Settings.load().clinic_name == ""


async def test_without_color_the_screens_stay_without(app: LabtrackApp) -> None:
    app.no_color = True
    async with app.run_test() as pilot:
        theme = app.theme
        screen = await opened(pilot)
        screen.query_one("#theme", Select).value = "light"
        await until(pilot, lambda: "Saved in" in screen_text(app))
        assert app.theme == theme


async def test_another_region_judges_anew(app: LabtrackApp) -> None:
    async with app.run_test() as pilot:
        screen = await opened(pilot)
        assert await app.desk.ask(lambda clinic: clinic.region) is Region.US
        changes = app.desk.changes
        screen.query_one("#region", Select).value = "EU"
        await until(pilot, lambda: app.opening.region is Region.EU)
        assert await app.desk.ask(lambda clinic: (clinic.region, clinic.judge.rule_set.split()[-1])) == (Region.EU, "EU")
        assert app.desk.changes > changes
        assert Settings.load().region is Region.EU
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, WorklistScreen))
        assert await app.desk.ask(lambda clinic: clinic.tallies()["not-assessed"]) == 0


async def test_names_hold_when_the_field_is_left(app: LabtrackApp) -> None:
    async with app.run_test(size=WIDE) as pilot:
        screen = await opened(pilot)
        field = screen.query_one("#clinic_name", Input)
        field.focus()
        field.value = "[bold]x[/] \x1b[31m"
        await pilot.press("tab")
        await until(pilot, lambda: Settings.load().clinic_name == "[bold]x[/] \x1b[31m")
        assert "[bold]x[/] \\x1b[31m" in screen_text(app).splitlines()[0]
        screen.query_one("#actor", Input).value = "n.new"
        await pilot.press("enter")
        await until(pilot, lambda: app.actor == "n.new")
        assert await app.desk.ask(lambda clinic: clinic.actor) == "n.new"


async def test_units_are_for_display_and_read_again(app: LabtrackApp) -> None:
    async with app.run_test() as pilot:
        screen = await opened(pilot)
        changes = app.desk.changes
        screen.query_one("#units", Select).value = "SI"
        await until(pilot, lambda: app.opening.settings.units == "SI")
        assert app.desk.changes > changes


async def test_a_key_can_be_changed_and_given_back(app: LabtrackApp) -> None:
    async with app.run_test(size=WIDE) as pilot:
        screen = await opened(pilot)
        highlight(screen, "app.settings")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, PressKeyDialog))
        await pilot.press("f7")
        await until(pilot, lambda: Settings.load().keys == {"app.settings": "f7"})
        await settled(pilot)
        assert "f7 *" in screen_text(app)
        await pilot.press("escape")
        await settled(pilot)
        await pilot.press("f10")
        await settled(pilot)
        assert not isinstance(app.screen, SettingsScreen)
        await pilot.press("f7")
        await until(pilot, lambda: isinstance(app.screen, SettingsScreen) and app.screen._known)
        highlight(app.screen, "app.settings")  # type: ignore[arg-type]
        await settled(pilot)
        await pilot.press("delete")
        await until(pilot, lambda: Settings.load().keys == {})
        await pilot.press("escape", "f10")
        await until(pilot, lambda: isinstance(app.screen, SettingsScreen))


async def test_a_key_that_is_taken_is_told_and_not_given(app: LabtrackApp, place: Path) -> None:
    async with app.run_test(size=WIDE) as pilot:
        screen = await opened(pilot)
        highlight(screen, "import.map")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, PressKeyDialog))
        await pilot.press("c")
        await until(pilot, lambda: "c is taken: Encoding (import.encoding)" in screen_text(app))
        assert app.opening.settings.keys == {}
    assert not place.exists()


async def test_a_file_that_cannot_be_written_changes_nothing(app: LabtrackApp, place: Path, tmp_path: Path) -> None:
    place.parent.write_text("a file where the folder should be", encoding="utf-8")
    async with app.run_test(size=WIDE) as pilot:
        screen = await opened(pilot)
        theme = app.theme
        screen.query_one("#theme", Select).value = "light"
        await until(pilot, lambda: "cannot be" in screen_text(app))
        assert app.theme == theme
        assert screen.query_one("#theme", Select).value == "dark"


async def test_what_was_changed_just_before_leaving_holds(app: LabtrackApp, place: Path) -> None:
    async with app.run_test(size=WIDE) as pilot:
        screen = await opened(pilot)
        screen.query_one("#theme", Select).value = "light"
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, WorklistScreen) and app.theme == "labtrack-light")
    assert Settings.load().theme == "light"


async def test_what_could_not_be_kept_is_told_after_leaving_too(app: LabtrackApp, monkeypatch: pytest.MonkeyPatch) -> None:
    has_left = Event()

    def save(settings: Settings) -> None:
        assert has_left.wait(60)
        raise LabtrackError("The settings cannot be kept.")

    monkeypatch.setattr(Settings, "save", save)
    async with app.run_test(size=WIDE) as pilot:
        screen = await opened(pilot)
        screen.query_one("#theme", Select).value = "light"
        await settled(pilot)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, WorklistScreen) and not screen.is_attached)
        has_left.set()
        await until(pilot, lambda: any("cannot be kept" in each.message for each in app._notifications))


async def test_the_list_is_reached_and_left_by_key(app: LabtrackApp) -> None:
    async with app.run_test() as pilot:
        screen = await opened(pilot)
        await pilot.press("f6")
        assert screen.focused is screen.query_one("#keys")
        await pilot.press("f6")
        assert screen.focused is screen.query_one("#region")
