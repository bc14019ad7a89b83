"""F1 on any screen."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from textual.widgets import Input, Markdown

from labtrack.clinic import Settings
from labtrack.core.judgment import Region
from labtrack.tui.base import BaseApp
from labtrack.tui.dialogs.help import HelpDialog, keys_of
from labtrack.tui.keys import key
from labtrack.tui.opening import Opening
from labtrack.tui.page import Page


class Field(Input):
    HELP = "What to type."


class Home(Page[None]):
    HELP = "# The home screen"
    BINDINGS = [
        key("home.go", "g,f3", "go", "Go", "Go somewhere."),
        key("home.stay", "s", "stay", "Stay", "Stay here."),
    ]

    def compose_body(self):  # type: ignore[no-untyped-def] # a test's own screen
        yield Field()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return action != "stay"


class HomeApp(BaseApp):
    def get_default_screen(self) -> Home:
        return Home()


async def test_it_tells_of_the_focused_thing_the_screen_and_the_keys(tmp_path: Path) -> None:
    app = HomeApp(Opening(str(tmp_path / "c.db"), date(2026, 11, 22), Settings(), Region.US))
    async with app.run_test() as pilot:
        app.screen.query_one(Field).focus()
        await pilot.press("f1")
        dialog = app.screen
        assert isinstance(dialog, HelpDialog)
        what, screen, keys = dialog.text.split("\n\n", 2)
        assert (what, screen) == ("What to type.", "# The home screen")
        assert "Go somewhere." in keys
        assert "Stay" not in keys
        assert dialog.query_one(Markdown).source == dialog.text
        await pilot.press("q")
        assert isinstance(app.screen, Home)


async def test_one_row_for_several_keys_of_the_same_thing(tmp_path: Path) -> None:
    app = HomeApp(Opening(str(tmp_path / "c.db"), date(2026, 11, 22), Settings(), Region.US))
    async with app.run_test():
        app.screen.set_focus(None)
        (row,) = [line for line in keys_of(app.screen).splitlines() if "Go somewhere." in line]
        assert row == "| g, f3 | Go | Go somewhere. |"
