"""The file dialog."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from tests.tui.conftest import HOSTILE, NARROW, WIDE, screen_text, settled, until
from textual.pilot import Pilot
from textual.widgets import Input

from labtrack.tui.app import LabtrackApp
from labtrack.tui.dialogs.choose_file import ChooseFileDialog, FileTree

Answer = list[Any]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with two files, a hidden one, a folder and a link to it."""
    place = tmp_path / "files"
    (place / "sub").mkdir(parents=True)
    for name in ("a.csv", "b.csv", ".hidden", "sub/c.csv"):
        (place / name).write_text("x", encoding="utf-8")
    (place / "link").symlink_to(place / "sub")
    (place / "round").symlink_to(place)
    (place / "broken").symlink_to(place / "nowhere")
    return place


async def opened(pilot: Pilot[Any], **options: Any) -> tuple[ChooseFileDialog, Answer]:
    """The dialog, and the list that its answer goes into."""
    answer: Answer = []
    dialog = ChooseFileDialog("Which files?", **options)
    pilot.app.push_screen(dialog, answer.append)
    await until(pilot, lambda: dialog.query("#tree") and (len(dialog.tree_of_files.root.children) or not any(dialog.start.iterdir())))
    return dialog, answer


def line_of(tree: FileTree, name: str) -> int:
    return next(node.line for node in tree.root.children if node.data is not None and node.data.path.name == name)


@pytest.mark.parametrize("size", [WIDE, NARROW, (40, 10)])
async def test_what_is_there_is_shown(size: tuple[int, int], app: LabtrackApp, folder: Path) -> None:
    async with app.run_test(size=size) as pilot:
        dialog, _ = await opened(pilot, start=folder)
        names = [node.data.path.name for node in dialog.tree_of_files.root.children if node.data]
        assert names == ["link", "round", "sub", "a.csv", "b.csv", "broken"]
        if size[1] > 20:
            assert "▸ sub" in screen_text(app)
            assert "a.csv" in screen_text(app)
            assert "hidden" not in screen_text(app)


async def test_enter_takes_a_file(app: LabtrackApp, folder: Path) -> None:
    async with app.run_test() as pilot:
        dialog, answer = await opened(pilot, start=folder)
        dialog.tree_of_files.cursor_line = line_of(dialog.tree_of_files, "b.csv")
        await pilot.press("enter")
        assert answer == [[folder / "b.csv"]]


async def test_space_marks_several(app: LabtrackApp, folder: Path) -> None:
    async with app.run_test() as pilot:
        dialog, answer = await opened(pilot, start=folder, several=True)
        tree = dialog.tree_of_files
        for name in ("b.csv", "a.csv", "broken"):
            tree.cursor_line = line_of(tree, name)
            await pilot.press("space")
        await pilot.press("space")
        assert "2 marked: a.csv, b.csv" in screen_text(app)
        assert "✓" in screen_text(app)
        await pilot.press("ctrl+s")
        assert answer == [[folder / "a.csv", folder / "b.csv"]]


async def test_folders_open_through_links_and_upwards(app: LabtrackApp, folder: Path) -> None:
    async with app.run_test() as pilot:
        dialog, _ = await opened(pilot, start=folder)
        tree = dialog.tree_of_files
        tree.cursor_line = line_of(tree, "link")
        await pilot.press("enter")
        await until(pilot, lambda: "c.csv" in screen_text(app))
        await pilot.press("backspace")
        await until(pilot, lambda: Path(tree.path) == folder.parent)
        await until(pilot, lambda: "files" in screen_text(app))


@pytest.mark.parametrize(
    ("typed", "kind", "answered"),
    [("b.csv", "open", "b.csv"), ("sub/c.csv", "open", "sub/c.csv"), ("new.csv", "save", "new.csv"), ("a.csv", "save", "a.csv"),
     ("fresh", "folder", "fresh"), ("sub", "folder", "sub")],
)  # fmt: skip
async def test_a_path_can_be_typed(typed: str, kind: Any, answered: str, app: LabtrackApp, folder: Path) -> None:
    async with app.run_test() as pilot:
        dialog, answer = await opened(pilot, start=folder, kind=kind)
        await pilot.press("ctrl+t")
        dialog.query_one("#path", Input).value = typed
        await pilot.press("enter")
        assert answer == [[folder / answered]]


@pytest.mark.parametrize(
    ("typed", "kind", "told"),
    [
        ("nowhere.csv", "open", "There is no file"),
        ("none/new.csv", "save", "There is no folder"),
        ("a.csv", "folder", "is a file"),
        ("~nobody-of-that-name/x", "open", "no such home"),
        ("x" * 5000, "open", "It cannot be used"),
        ("[bold]x[/]", "open", "[bold]x[/]"),
        ("a.csv/b", "save", "There is no folder"),
    ],
)
async def test_what_cannot_be_taken_is_told_and_stays(typed: str, kind: Any, told: str, app: LabtrackApp, folder: Path) -> None:
    async with app.run_test() as pilot:
        dialog, answer = await opened(pilot, start=folder, kind=kind)
        dialog.query_one("#path", Input).value = typed
        await pilot.press("ctrl+s")
        await settled(pilot)
        assert told in screen_text(app)
        assert dialog.query_one("#path", Input).value == typed
        assert answer == []
        await pilot.press("escape")
        assert answer == [None]


async def test_a_typed_folder_is_opened(app: LabtrackApp, folder: Path) -> None:
    async with app.run_test() as pilot:
        dialog, answer = await opened(pilot, start=folder)
        dialog.query_one("#path", Input).value = "sub"
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "c.csv" in screen_text(app))
        assert answer == []


async def test_a_place_to_save_begins_with_its_name(app: LabtrackApp, folder: Path) -> None:
    async with app.run_test() as pilot:
        dialog, answer = await opened(pilot, start=folder, kind="save", suggested="summary.csv")
        assert dialog.focused is dialog.query_one("#path")
        await pilot.press("enter")
        assert answer == [[folder / "summary.csv"]]


@pytest.mark.parametrize("several", [True, False])
async def test_the_highlighted_file_is_chosen(several: bool, app: LabtrackApp, folder: Path) -> None:
    async with app.run_test() as pilot:
        dialog, answer = await opened(pilot, start=folder, several=several)
        await pilot.press("ctrl+s")
        assert answer == []
        dialog.tree_of_files.cursor_line = line_of(dialog.tree_of_files, "a.csv")
        await pilot.press("ctrl+s")
        assert answer == [[folder / "a.csv"]]


async def test_names_are_shown_as_they_are(app: LabtrackApp, tmp_path: Path) -> None:
    place = tmp_path / "hostile"
    place.mkdir()
    names = [*(name.replace("/", "_")[:200] for name in HOSTILE), "two\nlines", " ", "[red]a[_red].csv"]
    for name in names:
        (place / name).write_text("x", encoding="utf-8")
    Path(os.fsdecode(os.fsencode(place) + b"/\xff.csv")).write_text("x", encoding="utf-8")
    async with app.run_test(size=WIDE) as pilot:
        dialog, answer = await opened(pilot, start=place, several=True)
        text = screen_text(app)
        assert "[bold]x[_]" in text
        assert "[red]a[_red].csv" in text
        assert "two\\nlines" in text
        assert "\\udcff.csv" in text
        assert "\x1b" not in text
        for node in dialog.tree_of_files.root.children:
            dialog.tree_of_files.cursor_line = node.line
            await pilot.press("space")
        await pilot.press("ctrl+s")
        assert len(answer[0]) == len(names) + 1


async def test_it_begins_where_there_is_a_folder(app: LabtrackApp, folder: Path) -> None:
    async with app.run_test() as pilot:
        dialog, _ = await opened(pilot, start=folder / "none" / "deeper")
        assert dialog.start == folder
