"""Where to save: a name that works, or the reason why one does not beside what was typed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.tui.conftest import opening_of, settled
from textual.widgets import Input, Static

from labtrack.tui.dialogs.save_copy import SaveCopyDialog, problem_with
from labtrack.tui.own_page_app import OwnPageApp


def test_what_is_wrong_with_a_name(tmp_path: Path) -> None:
    taken = tmp_path / "taken.csv"
    taken.write_text("x", encoding="utf-8")
    assert problem_with(str(tmp_path / "new.csv")) == ""
    assert "a name" in problem_with("")
    assert "folder" in problem_with(str(tmp_path))
    assert "already" in problem_with(str(taken))
    assert "no folder" in problem_with(str(tmp_path / "none" / "x.csv"))
    assert problem_with("a\0b")
    assert problem_with("x" * 5000)


@pytest.mark.parametrize("press", ["enter", "ctrl+s"])
async def test_a_name_is_asked_until_it_works_and_what_was_typed_stays(clinic_file: Path, tmp_path: Path, press: str) -> None:
    app = OwnPageApp(opening_of(clinic_file, mrn="DEMO-01"))
    answers: list[Any] = []
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        app.push_screen(SaveCopyDialog(tmp_path), answers.append)
        await settled(pilot)
        await pilot.press(press)
        await settled(pilot)
        problem = app.screen.query_one("#problem", Static)
        assert "folder" in str(problem.content)
        entry = app.screen.query_one("#path", Input)
        assert entry.value == str(tmp_path)
        entry.value = str(tmp_path / "mine.csv")
        await settled(pilot)
        assert str(problem.content) == ""
        await pilot.press(press)
        await settled(pilot)
    assert answers == [tmp_path / "mine.csv"]


async def test_escape_saves_nothing(clinic_file: Path, tmp_path: Path) -> None:
    app = OwnPageApp(opening_of(clinic_file, mrn="DEMO-01"))
    answers: list[Any] = []
    async with app.run_test(size=(80, 24)) as pilot:
        app.push_screen(SaveCopyDialog(tmp_path / "x.csv"), answers.append)
        await settled(pilot)
        await pilot.press("escape")
        await settled(pilot)
    assert answers == [None]
    assert list(tmp_path.glob("x.csv")) == []
