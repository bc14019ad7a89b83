"""First start."""

from __future__ import annotations

import stat
import tempfile
from pathlib import Path
from typing import Any

import pytest
from tests.tui.conftest import NARROW, WIDE, opening_of, screen_text, settled, until
from textual.widgets import Input, Select

from labtrack.clinic import Settings
from labtrack.core.judgment import Region
from labtrack.tui.app import LabtrackApp
from labtrack.tui.dialogs.choose_file import ChooseFileDialog
from labtrack.tui.screens.trouble import TroubleScreen
from labtrack.tui.screens.welcome import WelcomeScreen
from labtrack.tui.screens.worklist import WorklistScreen


@pytest.fixture
def new(tmp_path: Path) -> LabtrackApp:
    """The app where there is no clinic yet."""
    return LabtrackApp(opening_of(tmp_path / "new" / "clinic.db", settings=Settings()))


@pytest.mark.parametrize("size", [WIDE, NARROW, (40, 10)])
async def test_without_a_clinic_it_welcomes(size: tuple[int, int], new: LabtrackApp) -> None:
    async with new.run_test(size=size) as pilot:
        await settled(pilot)
        assert isinstance(new.screen, WelcomeScreen)
        if size[0] > 60:
            assert "Welcome to labtrack" in screen_text(new)
            assert all(way in screen_text(new) for way in ("New clinic", "Sample clinic", "somewhere else"))
            assert "new/clinic.db" in "".join(screen_text(new).split())
        await pilot.resize_terminal(40, 10)
        await pilot.resize_terminal(*size)
        assert new.screen.query_one("#name") is new.screen.focused


async def test_with_a_clinic_it_does_not(app: LabtrackApp) -> None:
    async with app.run_test() as pilot:
        await settled(pilot)
        assert isinstance(app.screen, WorklistScreen)


async def test_a_new_clinic_has_a_name_and_a_region(new: LabtrackApp, tmp_path: Path) -> None:
    async with new.run_test() as pilot:
        await settled(pilot)
        for character in "[b]City[/] 7":
            await pilot.press(
                {" ": "space", "[": "left_square_bracket", "]": "right_square_bracket", "/": "slash"}.get(character, character)
            )
        new.screen.query_one("#region", Select).value = Region.EU
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(new.screen, WorklistScreen))
        assert await new.desk.ask(lambda clinic: (clinic.region, clinic.patients())) == (Region.EU, [])
        assert "[b]City[/] 7" in screen_text(new)
    place = tmp_path / "new" / "clinic.db"
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    assert Settings.load().clinic_name == "[b]City[/] 7"
    assert Settings.load().region is Region.EU


async def test_where_none_can_be_made_the_reason_is_told(tmp_path: Path) -> None:
    (tmp_path / "letter").write_text("dear", encoding="utf-8")
    app = LabtrackApp(opening_of(tmp_path / "letter" / "clinic.db"))
    async with app.run_test() as pilot:
        await settled(pilot)
        app.screen.query_one("#name", Input).value = "City"
        await pilot.press("ctrl+n")
        await until(pilot, lambda: "cannot be" in screen_text(app))
        assert isinstance(app.screen, WelcomeScreen)
        assert app.screen.query_one("#name", Input).value == "City"


async def test_the_sample_clinic_is_made_in_a_temporary_folder(new: LabtrackApp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    async with new.run_test() as pilot:
        await settled(pilot)
        await pilot.press("ctrl+t")
        await until(pilot, lambda: isinstance(new.screen, WorklistScreen))
        assert len(await new.desk.ask(lambda clinic: clinic.patients())) > 35
        assert (new.opening.settings.clinic_name, new.actor) == ("Sample clinic", "demo")
        assert Path(new.opening.location).parent.parent == tmp_path
    assert not (tmp_path / "new").exists()
    assert not (tmp_path / "config").exists()


async def test_or_in_a_folder_of_ones_own_where_it_stays(new: LabtrackApp, tmp_path: Path) -> None:
    async with new.run_test() as pilot:
        await settled(pilot)
        folder = new.screen.query_one("#folder", Input)
        folder.value = str(tmp_path)
        folder.focus()
        (tmp_path / "letter.txt").write_text("dear", encoding="utf-8")
        await pilot.press("enter")
        await until(pilot, lambda: "files that are no sample" in " ".join(screen_text(new).split()))
        folder.value = str(tmp_path / "mine")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(new.screen, WorklistScreen))
        assert new.opening.path == tmp_path / "mine" / "clinic.db"


async def test_making_it_can_be_stopped(new: LabtrackApp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from labtrack.tui.screens import welcome

    class AtOnce(welcome.Running):
        def __call__(self, done: int, total: int) -> None:
            super().__call__(done, total)
            new.call_from_thread(new.screen.run_action, "stop")

    monkeypatch.setattr(welcome, "Running", AtOnce)
    async with new.run_test() as pilot:
        await settled(pilot)
        new.screen.query_one("#folder", Input).value = str(tmp_path / "mine")
        await pilot.press("ctrl+t")
        await until(pilot, lambda: "was stopped" in screen_text(new))
        assert isinstance(new.screen, WelcomeScreen)
        assert not new.screen.query_one("#ways").disabled


async def test_a_clinic_that_is_somewhere_else(new: LabtrackApp, clinic_file: Path, tmp_path: Path) -> None:
    async def choose(pilot: Any, path: Path) -> None:
        await pilot.press("ctrl+o")
        await until(pilot, lambda: isinstance(new.screen, ChooseFileDialog) and new.screen.query("#path"))
        new.screen.query_one("#path", Input).value = str(path)
        await pilot.press("ctrl+s")

    letter = tmp_path / "letter.db"
    letter.write_text("dear colleague, this is no database at all", encoding="utf-8")
    async with new.run_test() as pilot:
        await settled(pilot)
        await choose(pilot, letter)
        await until(pilot, lambda: "is not a clinic" in screen_text(new))
        await choose(pilot, clinic_file)
        await until(pilot, lambda: isinstance(new.screen, WorklistScreen))
        assert len(await new.desk.ask(lambda clinic: clinic.patients())) > 35


async def test_nothing_is_trouble_while_there_is_no_clinic(new: LabtrackApp) -> None:
    async with new.run_test() as pilot:
        await settled(pilot)
        with new.screen.telling():  # type: ignore[attr-defined]
            await new.desk.ask(lambda clinic: clinic.patients())
        await settled(pilot)
        assert not any(isinstance(screen, TroubleScreen) for screen in new.screen_stack)
