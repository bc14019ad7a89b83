"""Taking another clinic to the desk."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tests.tui.conftest import settled
from textual.screen import Screen

from labtrack.tui.app import LabtrackApp
from labtrack.tui.reopening import go_home, start_anew, take


async def test_another_clinic_is_opened_with_the_next_question(app: LabtrackApp, empty_file: Path) -> None:
    async with app.run_test():
        assert await app.desk.ask(lambda clinic: len(clinic.patients())) > 30
        changes = app.desk.changes
        take(app, replace(app.opening, location=str(empty_file), actor="n.new"))
        assert app.desk.changes > changes
        assert app.actor == "n.new"
        assert await app.desk.ask(lambda clinic: clinic.patients()) == []


async def test_home_is_the_first_screen(app: LabtrackApp) -> None:
    async with app.run_test() as pilot:
        home = app.screen
        for _ in range(3):
            app.push_screen(Screen())
        await settled(pilot)
        go_home(app)
        assert app.screen is home


async def test_starting_anew_lets_the_caller_end_first(app: LabtrackApp) -> None:
    async with app.run_test() as pilot:
        home = app.screen
        app.push_screen(Screen())
        await settled(pilot)
        start_anew(app)
        assert app.screen is not home
        await settled(pilot)
        assert app.screen is home
