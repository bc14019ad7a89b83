"""What every screen and dialog has."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from textual.widgets import Static

from labtrack.clinic import Clinic, Settings
from labtrack.core.errors import DatabaseLocked, Refused
from labtrack.core.judgment import Region
from labtrack.core.record import Patient
from labtrack.tui.base import BaseApp
from labtrack.tui.opening import Opening
from labtrack.tui.page import BackPage, Dialog, Page
from labtrack.tui.screens.trouble import TroubleScreen
from labtrack.tui.widgets.banner import Banner
from labtrack.tui.widgets.keys_line import KeysLine


class Home(Page[None]):
    def compose_body(self):  # type: ignore[no-untyped-def] # a test's own screen
        yield Static("body")


class Second(BackPage[None]):
    pass


class Asked(Dialog[bool]):
    pass


class HomeApp(BaseApp):
    def get_default_screen(self) -> Home:
        return Home()


def app_on(tmp_path: Path) -> HomeApp:
    place = tmp_path / "c.db"
    Clinic.open(place, today=date(2026, 11, 22), settings=Settings()).close()
    return HomeApp(Opening(str(place), date(2026, 11, 22), Settings(), Region.US))


async def test_a_page_has_banner_body_and_footer(tmp_path: Path) -> None:
    async with app_on(tmp_path).run_test() as pilot:
        kinds = [type(child) for child in pilot.app.screen.children]
        assert [each for each in kinds if each in (Banner, Static, KeysLine)] == [Banner, Static, KeysLine]


async def test_escape_leads_back_and_out_of_a_dialog_without_an_answer(tmp_path: Path) -> None:
    async with app_on(tmp_path).run_test() as pilot:
        answers: list[bool | None] = []
        pilot.app.push_screen(Second())
        await pilot.pause()
        pilot.app.push_screen(Asked(), answers.append)
        await pilot.press("escape")
        assert isinstance(pilot.app.screen, Second)
        await pilot.press("escape")
        assert isinstance(pilot.app.screen, Home)
        assert answers == [None]


async def test_a_page_asks_and_changes_the_clinic(tmp_path: Path) -> None:
    app = app_on(tmp_path)
    async with app.run_test():
        page = app.screen
        assert isinstance(page, Home)
        await page.change(lambda clinic: clinic.add_patient(Patient("1", "Ada")))
        assert [each.name for each in await page.ask(lambda clinic: clinic.patients())] == ["Ada"]
        assert app.desk.changes == 1


async def test_what_cannot_be_done_is_told_and_a_fault_of_the_file_gets_its_screen(tmp_path: Path) -> None:
    app = app_on(tmp_path)
    async with app.run_test() as pilot:
        page = app.screen
        assert isinstance(page, Home)
        with page.telling():
            raise Refused("No.", "Something else.")
        await pilot.pause()
        assert [each.message for each in app._notifications] == ["No. Something else."]
        with page.telling():
            raise DatabaseLocked("Locked.", "Wait.")
        await pilot.pause()
        assert isinstance(app.screen, TroubleScreen)
