"""Waits for one key."""

from __future__ import annotations

from typing import Any

from tests.tui.conftest import screen_text, settled

from labtrack.tui.app import LabtrackApp
from labtrack.tui.dialogs.press_key import PressKeyDialog


async def test_it_answers_the_key_and_escape_none(app: LabtrackApp) -> None:
    answers: list[Any] = []
    async with app.run_test() as pilot:
        for pressed in ("f4", "ctrl+n", "x", "escape"):
            app.push_screen(PressKeyDialog("Find [b]x[/]"), answers.append)
            await settled(pilot)
            assert "Find [b]x[/]" in screen_text(app)
            await pilot.press(pressed)
            await settled(pilot)
    assert answers == ["f4", "ctrl+n", "x", None]
