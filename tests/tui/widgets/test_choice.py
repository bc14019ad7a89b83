"""One of several choices."""

from __future__ import annotations

from tests.tui.conftest import screen_text
from textual.app import App, ComposeResult
from textual.widgets import RadioSet

from labtrack.tui.widgets.choice import Choice


class ChoiceApp(App[None]):
    def compose(self) -> ComposeResult:
        with RadioSet():
            yield Choice("one", value=True)
            yield Choice("two")


async def test_the_chosen_one_has_a_sign_of_its_own() -> None:
    async with ChoiceApp().run_test() as pilot:
        assert "(●) one" in screen_text(pilot.app)
        assert "( ) two" in screen_text(pilot.app)
        await pilot.press("down", "enter")
        await pilot.pause()
        assert "( ) one" in screen_text(pilot.app)
        assert "(●) two" in screen_text(pilot.app)
