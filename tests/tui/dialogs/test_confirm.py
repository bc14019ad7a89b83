"""Tests of labtrack.tui.dialogs.confirm."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.tui.conftest import HOSTILE, opening_of, screen_text, settled

from labtrack.tui.app import LabtrackApp
from labtrack.tui.dialogs.confirm import ConfirmDialog


@pytest.mark.parametrize(
    ("keys", "answer"),
    [
        (("y",), True),
        (("n",), False),
        (("escape",), None),
        (("enter",), False),
        (("right", "enter"), True),
        (("tab", "enter"), True),
        (("right", "left", "enter"), False),
    ],
)
async def test_keys_answer_and_enter_alone_changes_nothing(empty_file: Path, keys: tuple[str, ...], answer: bool | None) -> None:
    app, said = LabtrackApp(opening_of(empty_file)), []
    async with app.run_test() as pilot:
        await settled(pilot)
        app.push_screen(ConfirmDialog("Remove?", "It is gone then.", yes="Remove it", no="Keep it"), said.append)
        await settled(pilot)
        text = screen_text(app)
        assert "Remove it (y)" in text
        assert "Keep it (n)" in text
        await pilot.press(*keys)
        await settled(pilot)
    assert said == [answer]


@pytest.mark.parametrize("size", [(80, 24), (40, 10)], ids=str)
async def test_whatever_is_asked_is_shown_as_text(empty_file: Path, size: tuple[int, int]) -> None:
    app = LabtrackApp(opening_of(empty_file))
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        dialog: Any = ConfirmDialog("[bold]title[/]", "\n".join(HOSTILE), yes="[/x]")
        app.push_screen(dialog)
        await settled(pilot)
        assert "[bold]title[/]" in screen_text(app)
        assert "[@click=app.quit]y" in screen_text(app) or size[1] == 10
        assert "\x1b" not in screen_text(app)
