"""Taking data out."""

from __future__ import annotations

import csv
import stat
from pathlib import Path
from typing import Any

import pytest
from tests.tui.conftest import NARROW, WIDE, hostile_patient, screen_text, settled, until
from textual.pilot import Pilot
from textual.widgets import Input

from labtrack.tui.app import LabtrackApp
from labtrack.tui.dialogs.choose_file import ChooseFileDialog
from labtrack.tui.dialogs.confirm import ConfirmDialog
from labtrack.tui.dialogs.export import ExportDialog

Answer = list[Any]


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of the test's own to write into."""
    place = tmp_path / "here"
    place.mkdir()
    monkeypatch.chdir(place)
    return place


async def opened(pilot: Pilot[Any], mrn: str | None = None) -> tuple[ExportDialog, Answer]:
    answer: Answer = []
    dialog = ExportDialog(mrn)
    pilot.app.push_screen(dialog, answer.append)
    await settled(pilot)
    return dialog, answer


@pytest.mark.parametrize("size", [WIDE, NARROW])
async def test_the_summary_of_all_is_one_key_away(size: tuple[int, int], app: LabtrackApp, here: Path) -> None:
    async with app.run_test(size=size) as pilot:
        _, answer = await opened(pilot)
        assert "all patients" in screen_text(app)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: answer)
        place = here / "summary-2026-11-22.csv"
        assert answer == [[place]]
        assert stat.S_IMODE(place.stat().st_mode) == 0o600
        with place.open(encoding="utf-8", newline="") as stream:
            assert len({row["mrn"] for row in csv.DictReader(stream)}) > 35
        assert any("summary-2026-11-22.csv" in note.message for note in app._notifications)


async def test_the_results_of_one_patient(app: LabtrackApp, here: Path) -> None:
    async with app.run_test() as pilot:
        _, answer = await opened(pilot, "DEMO-01")
        assert "patient DEMO-01" in screen_text(app)
        await pilot.press("down", "enter", "ctrl+s")
        await until(pilot, lambda: answer)
        (place,) = answer[0]
        assert place == here / "results-DEMO-01-2026-11-22.csv"
        with place.open(encoding="utf-8", newline="") as stream:
            assert {row["mrn"] for row in csv.DictReader(stream)} == {"DEMO-01"}


async def test_everything_goes_into_a_folder(app: LabtrackApp, here: Path) -> None:
    async with app.run_test() as pilot:
        _, answer = await opened(pilot)
        await pilot.press("down", "down", "enter", "ctrl+s")
        await until(pilot, lambda: answer)
        assert {each.name for each in answer[0]} >= {"patients.csv", "results.csv"}
        assert {each.parent for each in answer[0]} == {here / "labtrack-2026-11-22"}


@pytest.mark.parametrize("kind", ["summary", "everything"])
async def test_nothing_is_overwritten_unasked(kind: str, app: LabtrackApp, here: Path) -> None:
    folder = here / "labtrack-2026-11-22"
    folder.mkdir()
    place = here / "summary-2026-11-22.csv" if kind == "summary" else folder / "events.csv"
    place.write_text("mine", encoding="utf-8")
    (folder / "letter.csv").write_text("mine", encoding="utf-8")
    async with app.run_test() as pilot:
        dialog, answer = await opened(pilot)
        if kind == "everything":
            await pilot.press("down", "down", "enter")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(app.screen, ConfirmDialog))
        assert place.name in screen_text(app)
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is dialog)
        assert place.read_text(encoding="utf-8") == "mine"
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(app.screen, ConfirmDialog))
        app.screen.dismiss(True)
        await until(pilot, lambda: answer)
        assert place.read_text(encoding="utf-8") != "mine"
        assert (folder / "letter.csv").read_text(encoding="utf-8") == "mine"


async def test_a_typed_name_stays_when_the_kind_changes(app: LabtrackApp, here: Path) -> None:
    async with app.run_test() as pilot:
        dialog, answer = await opened(pilot)
        dialog.query_one("#path", Input).value = "mine.csv"
        await pilot.press("down", "enter")
        await settled(pilot)
        assert (dialog.kind, dialog.query_one("#path", Input).value) == ("results", "mine.csv")
        dialog.query_one("#path").focus()
        await pilot.press("enter")
        await until(pilot, lambda: answer)
        assert answer == [[here / "mine.csv"]]


@pytest.mark.parametrize(
    ("typed", "told"),
    [("", "Type where"), ("none/x.csv", "There is no folder"), ("~nobody-of-that-name/x", "Type where"), ("x" * 4000, "too long"),
     (".", "is a folder"), ("a\0b", "null")],
)  # fmt: skip
async def test_a_place_that_cannot_be_written_is_told(typed: str, told: str, app: LabtrackApp) -> None:
    async with app.run_test(size=WIDE) as pilot:
        dialog, answer = await opened(pilot)
        dialog.query_one("#path", Input).value = typed
        await pilot.press("ctrl+s")
        await until(pilot, lambda: told in str(dialog.query_one("#problem").render()))  # type: ignore[attr-defined]
        assert answer == []


async def test_the_place_can_be_chosen(app: LabtrackApp, here: Path) -> None:
    async with app.run_test() as pilot:
        dialog, answer = await opened(pilot)
        await pilot.press("ctrl+o")
        await until(pilot, lambda: isinstance(app.screen, ChooseFileDialog) and app.screen.query("#path"))
        app.screen.query_one("#path", Input).value = "other.csv"
        await pilot.press("ctrl+s")
        await until(pilot, lambda: app.screen is dialog)
        assert dialog.place == here / "other.csv"
        await pilot.press("escape")
        assert answer == [None]


async def test_a_number_that_is_no_name_of_a_file(app: LabtrackApp, here: Path) -> None:
    async with app.run_test() as pilot:
        await app.desk.change(lambda clinic: clinic.add_patient(hostile_patient("../[b]/x", "[bold]x[/]")))
        dialog, answer = await opened(pilot, "../[b]/x")
        assert "../[b]/x" in screen_text(app)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: answer)
        assert answer[0][0].parent == here
        assert dialog.mrn == "../[b]/x"


async def test_somebody_unknown_is_told(app: LabtrackApp) -> None:
    async with app.run_test() as pilot:
        await opened(pilot, "nobody")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "There is no patient nobody." in screen_text(app))
        assert "labtrack patient" not in screen_text(app)
