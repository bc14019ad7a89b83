"""What both apps have."""

from __future__ import annotations

import logging
from datetime import date
from pathlib import Path

import pytest
from textual.widgets import Static
from textual.worker import WorkerFailed

from labtrack.clinic import Settings
from labtrack.core.errors import Refused
from labtrack.core.judgment import Region
from labtrack.tui.base import BaseApp
from labtrack.tui.dialogs.help import HelpDialog
from labtrack.tui.keys import key
from labtrack.tui.opening import Opening
from labtrack.tui.page import Page


class HomePage(Page[None]):
    HELP = "# Home"
    BINDINGS = [key("home.go", "g", "go", "Go", "Go somewhere.")]
    gone = 0

    def compose_body(self):  # type: ignore[no-untyped-def] # a test's own screen
        yield Static("body")

    def action_go(self) -> None:
        self.gone += 1


class HomeApp(BaseApp):
    def get_default_screen(self) -> HomePage:
        return HomePage()


def home(tmp_path: Path, settings: Settings | None = None) -> HomeApp:
    return HomeApp(Opening(str(tmp_path / "c.db"), date(2026, 11, 22), settings or Settings(), Region.US))


async def test_what_is_told_is_plain_text_with_the_next_step(tmp_path: Path) -> None:
    app = home(tmp_path)
    async with app.run_test() as pilot:
        app.tell(Refused("No such [bold]patient[/].", "Add \x1b[31mone."))
        await pilot.pause()
        (told,) = app._notifications
        assert told.message == "No such [bold]patient[/]. Add \\x1b[31mone."
        assert not told.markup


@pytest.mark.parametrize(("chosen", "theme"), [("dark", "labtrack-dark"), ("light", "labtrack-light"), ("mono", "labtrack-mono")])
async def test_the_settings_choose_the_theme(tmp_path: Path, chosen: str, theme: str) -> None:
    app = home(tmp_path, Settings(theme=chosen))
    async with app.run_test():
        assert app.theme == theme


async def test_no_color_is_monochrome(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app = home(tmp_path)
    async with app.run_test():
        assert app.theme == "labtrack-mono"


async def test_the_settings_give_another_key(tmp_path: Path) -> None:
    app = home(tmp_path, Settings(keys={"home.go": "f4"}))
    async with app.run_test() as pilot:
        await pilot.press("g")
        assert app.screen.gone == 0  # type: ignore[attr-defined]
        await pilot.press("f4")
        assert app.screen.gone == 1  # type: ignore[attr-defined]


async def test_help_opens_once_and_closes(tmp_path: Path) -> None:
    app = home(tmp_path)
    async with app.run_test() as pilot:
        await pilot.press("f1")
        assert isinstance(app.screen, HelpDialog)
        app.show_help()
        await pilot.press("escape")
        assert isinstance(app.screen, HomePage)


async def test_what_fails_in_the_background_is_told_and_logged_and_the_screens_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    app = home(tmp_path)

    async def fails() -> None:
        raise ZeroDivisionError("x")

    async def refused() -> None:
        raise Refused("No.", "Something else.")

    monkeypatch.setattr(HomeApp, "is_headless", False)
    monkeypatch.setattr(logging.getLogger("labtrack"), "propagate", True)
    async with app.run_test() as pilot:
        for work in (fails(), refused()):
            worker = app.run_worker(work)
            with pytest.raises(WorkerFailed):
                await worker.wait()
            await pilot.pause()
        told = [each.message for each in app._notifications]
        assert told[0].startswith("Something unexpected went wrong (ZeroDivisionError)")
        assert told[1] == "No. Something else."
        assert app.failure is None
        assert app.is_running
    assert "unexpected error in the background" in caplog.text


async def test_what_fails_in_a_screen_ends_the_app_without_a_traceback_on_it(tmp_path: Path) -> None:
    app = home(tmp_path)

    def fails() -> None:
        raise ZeroDivisionError("x")

    async def shows() -> None:
        async with app.run_test() as pilot:
            app.call_later(fails)
            await pilot.pause()

    with pytest.raises(ZeroDivisionError):
        await shows()
    assert isinstance(app.failure, ZeroDivisionError)
    assert app._exit_renderables == []
