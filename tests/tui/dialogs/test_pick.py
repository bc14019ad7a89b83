"""One of a list."""

from __future__ import annotations

from typing import Any

from tests.tui.conftest import HOSTILE, WIDE, screen_text, settled

from labtrack.tui.app import LabtrackApp
from labtrack.tui.dialogs.pick import PickDialog


async def test_enter_picks_and_names_are_text(app: LabtrackApp) -> None:
    answer: list[Any] = []
    async with app.run_test(size=WIDE) as pilot:
        app.push_screen(PickDialog("Which [b]one[/]?", HOSTILE, 1), answer.append)
        await settled(pilot)
        assert "Which [b]one[/]?" in screen_text(app)
        assert all(name[:40] in screen_text(app) for name in HOSTILE if name.isascii() and name.isprintable())
        await pilot.press("down", "enter")
        app.push_screen(PickDialog("Which?", HOSTILE), answer.append)
        await settled(pilot)
        await pilot.press("escape")
    assert answer == [2, None]
