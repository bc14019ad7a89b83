"""How one screen leads to another."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.tui.conftest import opening_of, screen_text, settled

from labtrack.tui.app import PLACES, LabtrackApp
from labtrack.tui.dialogs.confirm import ConfirmDialog
from labtrack.tui.screens.rule import RuleScreen
from labtrack.tui.screens.worklist import WorklistScreen


async def test_home_is_the_worklist_with_the_clinics_patients(app: LabtrackApp) -> None:
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        assert isinstance(app.screen, WorklistScreen)
        assert "Okafor, Ada" in screen_text(app)


async def test_a_place_opens_on_top_and_escape_leads_back(app: LabtrackApp) -> None:
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        app.go("rule", "ldl-rise-30")
        await settled(pilot)
        assert isinstance(app.screen, RuleScreen)
        await pilot.press("escape")
        assert isinstance(app.screen, WorklistScreen)


async def test_an_answer_is_waited_for(app: LabtrackApp) -> None:
    answers: list[object] = []

    async def ask() -> None:
        answers.append(await app.answer("confirm", "Sure?", "[b]really[/]"))

    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        app.run_worker(ask())
        await pilot.pause()
        assert isinstance(app.screen, ConfirmDialog)
        assert "[b]really[/]" in screen_text(app)
        await pilot.press("y")
        await settled(pilot)
        assert answers == [True]


async def test_nothing_is_loaded_for_a_place_that_nobody_opened(tmp_path: Path) -> None:
    assert all(module.partition(".")[0] in ("screens", "dialogs") for module, _ in PLACES.values())
    with pytest.raises(KeyError):
        LabtrackApp(opening_of(tmp_path / "none.db")).place("nowhere")
