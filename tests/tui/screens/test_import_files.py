"""Import: preview, mapping, writing all or nothing, stopping."""

from __future__ import annotations

import csv
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from tests.tui.conftest import HOSTILE, NARROW, WIDE, screen_text, settled, until
from textual.pilot import Pilot
from textual.widgets import DataTable, Input, Select

from labtrack.clinic import Clinic
from labtrack.clinic.mappings import kept_mappings
from labtrack.tui.app import LabtrackApp
from labtrack.tui.dialogs.choose_file import ChooseFileDialog
from labtrack.tui.dialogs.map_columns import MapColumnsDialog
from labtrack.tui.dialogs.pick import PickDialog
from labtrack.tui.screens.import_files import ENCODINGS, ImportScreen

HEADER = "mrn,analyte,value,unit,collected_at\n"
RESULTS = HEADER + (
    "DEMO-01,hb,12.4,g/dL,2026-11-20T08:15\nDEMO-01,hb,124,g/dL,2026-11-21\nnobody,hb,12,g/dL,2026-11-20\n"
    "DEMO-02,anc,hemolyzed,10*9/L,2026-11-20\n"
)
CITY = "Patient No;Drawn;HGB;Neut\nDEMO-01;19/11/2026;124;2,1\nDEMO-02;20/11/2026;;0,82\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with files of two laboratories."""
    place = tmp_path / "files"
    place.mkdir()
    (place / "results.csv").write_text(RESULTS, encoding="utf-8")
    (place / "city.csv").write_text(CITY, encoding="utf-8")
    monkeypatch.chdir(place)
    return place


@pytest.fixture
def record(clinic_file: Path, open_clinic: Callable[[Path], Clinic]) -> Callable[[], list[object]]:
    """The audit of the clinic's file, read beside the app."""

    def read() -> list[object]:
        with closing(open_clinic(clinic_file)) as clinic:
            return list(clinic.audit())

    return read


async def opened(pilot: Pilot[Any], *paths: Path) -> ImportScreen:
    """The screen with the preview of some files."""
    screen = ImportScreen()
    pilot.app.push_screen(screen)
    await until(pilot, lambda: isinstance(pilot.app.screen, ChooseFileDialog))
    pilot.app.screen.dismiss(list(paths))
    await until(pilot, lambda: pilot.app.screen is screen and screen.preview is not None and screen._work is None)
    await settled(pilot)
    return screen


@pytest.mark.parametrize("size", [WIDE, NARROW])
async def test_every_row_is_shown_before_anything_is_written(
    size: tuple[int, int], app: LabtrackApp, folder: Path, record: Callable[[], list[object]]
) -> None:
    before = record()
    async with app.run_test(size=size) as pilot:
        screen = await opened(pilot, folder / "results.csv")
        text = screen_text(app)
        assert "^s imports 2 rows" in text
        assert "Accepted 2" in text
        assert "Refused 2" in text
        assert "2 known, 0 new" in text
        assert "Hemoglobin 12.4 g/dL on 2026-11-20 08:15" in text
        await pilot.press("4")
        await settled(pilot)
        assert "which no patient has" in " ".join(screen_text(app).split())
        await pilot.press("down")
        await settled(pilot)
        assert "no such patient" in screen_text(app)
        await pilot.resize_terminal(40, 10)
        await settled(pilot)
        await pilot.resize_terminal(*size)
        await settled(pilot)
        assert screen.query_one("#rows-refused", DataTable).cursor_row == 1
        await pilot.press("escape")
        await settled(pilot)
        assert app.screen is not screen
    assert record() == before


async def test_all_of_it_is_imported_and_a_second_time_changes_nothing(
    app: LabtrackApp, folder: Path, record: Callable[[], list[object]]
) -> None:
    async with app.run_test(size=WIDE) as pilot:
        screen = await opened(pilot, folder / "results.csv")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: screen._is_written and screen._work is None)
        assert "Imported." in screen_text(app)
        assert any("2 rows imported; the record of 2 patients changed." in note.message for note in app._notifications)
        before = record()
        await pilot.press("ctrl+s")
        await pilot.press("escape")
        await settled(pilot)
        screen = await opened(pilot, folder / "results.csv")
        assert "importing them changes nothing" in screen_text(app)
        await pilot.press("ctrl+s")
        await settled(pilot)
    assert record() == before


async def test_files_are_chosen_by_keyboard_alone(app: LabtrackApp, folder: Path) -> None:
    async with app.run_test(size=WIDE) as pilot:
        app.push_screen(ImportScreen())
        await until(pilot, lambda: isinstance(app.screen, ChooseFileDialog) and len(app.screen.tree_of_files.root.children) == 2)
        await pilot.press("down", "space", "down", "space", "ctrl+s")
        await until(pilot, lambda: isinstance(app.screen, ImportScreen) and app.screen.preview is not None)
        assert [each.name for each in app.screen.paths] == ["city.csv", "results.csv"]  # type: ignore[attr-defined]


async def test_unknown_columns_are_mapped_once_and_recognized_again(app: LabtrackApp, folder: Path) -> None:
    async with app.run_test(size=WIDE) as pilot:
        screen = await opened(pilot, folder / "city.csv")
        assert "m says what its columns mean" in screen_text(app)
        await pilot.press("m")
        await until(pilot, lambda: isinstance(app.screen, MapColumnsDialog) and app.screen.query("#column-mrn"))
        dialog = app.screen
        dialog.query_one("#shape", Select).value = "wide"
        await until(pilot, lambda: dialog.query("#unit-3"))
        for name, value in (("#column-mrn", "patient_no"), ("#column-collected_at", "drawn"), ("#dates", "DD/MM/YYYY")):
            dialog.query_one(name, Select).value = value
        for name, value in (("#name", "City Lab"), ("#unit-2", "g/L"), ("#unit-3", "10*9/L")):
            dialog.query_one(name, Input).value = value
        await pilot.press("ctrl+s")
        await until(pilot, lambda: app.screen is screen and screen.accepted == 3)
        assert "this looks like City Lab" in screen_text(app)
        assert list(kept_mappings()) == ["City Lab"]
        await pilot.press("escape")
        screen = await opened(pilot, folder / "city.csv")
        assert screen.accepted == 3
        assert "this looks like City Lab" in screen_text(app)
        await pilot.press("m")
        await until(pilot, lambda: isinstance(app.screen, PickDialog))
        assert "Use City Lab" in screen_text(app)
        await pilot.press("escape")
        await settled(pilot)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: screen._is_written)
    assert not app.return_code


async def test_an_encoding_can_be_chosen_for_a_file(app: LabtrackApp, folder: Path) -> None:
    place = folder / "events.csv"
    place.write_bytes("mrn,kind,on,note\nDEMO-01,vaccine-zoster,2026-11-01,Müller\n".encode("cp1252"))
    async with app.run_test(size=WIDE) as pilot:
        screen = await opened(pilot, place)
        assert "c chooses another encoding" in screen_text(app)
        await pilot.press("c")
        await until(pilot, lambda: isinstance(app.screen, PickDialog))
        await pilot.press(*["down"] * ENCODINGS.index("cp1252"), "enter")
        await until(pilot, lambda: app.screen is screen and screen.accepted == 1)
        assert "Müller" in screen_text(app)


async def test_refused_rows_can_be_saved(app: LabtrackApp, folder: Path, record: Callable[[], list[object]]) -> None:
    before = record()
    async with app.run_test(size=WIDE) as pilot:
        screen = await opened(pilot, folder / "results.csv")
        await pilot.press("r")
        await until(pilot, lambda: isinstance(app.screen, ChooseFileDialog))
        await pilot.press("enter")
        await until(pilot, lambda: app.screen is screen and (folder / "refused.csv").exists() and screen._work is None)
        with (folder / "refused.csv").open(encoding="utf-8", newline="") as stream:
            assert [row["line"] for row in csv.DictReader(stream)] == ["3", "4"]
        assert not screen._is_written
        assert screen.accepted == 2
    assert record() == before


async def test_a_file_that_changed_since_is_looked_at_again(app: LabtrackApp, folder: Path, record: Callable[[], list[object]]) -> None:
    before = record()
    async with app.run_test(size=WIDE) as pilot:
        screen = await opened(pilot, folder / "results.csv")
        (folder / "results.csv").write_text(RESULTS + "DEMO-03,hb,12,g/dL,2026-11-20\n", encoding="utf-8")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: screen.accepted == 3 and screen._work is None)
        assert not screen._is_written
        assert any("changed since the preview" in note.message for note in app._notifications)
        assert "^s imports 3 rows" in screen_text(app)
        assert record() == before


@pytest.mark.parametrize("when", ["preview", "import"])
async def test_it_can_be_stopped(
    when: str, app: LabtrackApp, folder: Path, record: Callable[[], list[object]], monkeypatch: pytest.MonkeyPatch
) -> None:
    from labtrack.tui.screens import import_files

    class AtOnce(import_files.Running):
        def __call__(self, done: int, total: int) -> None:
            super().__call__(done, total)
            app.call_from_thread(app.screen.run_action, "leave")

    monkeypatch.setattr("labtrack.exchange.sheet.CHUNK", 1)
    before = record()
    async with app.run_test(size=WIDE) as pilot:
        if when == "import":
            screen = await opened(pilot, folder / "results.csv")
            monkeypatch.setattr(import_files, "Running", AtOnce)
            await pilot.press("ctrl+s")
        else:
            monkeypatch.setattr(import_files, "Running", AtOnce)
            screen = ImportScreen()
            app.push_screen(screen)
            await until(pilot, lambda: isinstance(app.screen, ChooseFileDialog))
            app.screen.dismiss([folder / "results.csv"])
        await until(pilot, lambda: "Stopped" in screen_text(app) and screen._work is None)
        assert app.screen is screen
        assert not screen._is_written
    assert record() == before


async def test_hostile_names_and_contents_are_text(app: LabtrackApp, folder: Path) -> None:
    rows = "".join(f'"{name}",hb,{name[:20].replace(",", "")},g/dL,2026-11-20\n' for name in HOSTILE)
    place = folder / "[bold]x[_] \x1b[31m.csv"
    place.write_text(HEADER + rows + "DEMO-01,hb,[@click=app.quit]y,g/dL,2026-11-20\n", encoding="utf-8")
    async with app.run_test(size=WIDE) as pilot:
        await opened(pilot, place)
        text = screen_text(app)
        assert "[bold]x[_] \\x1b[31m.csv" in text
        assert "[@click=app.quit]y" in text
        await pilot.press("4")
        await settled(pilot)
        assert "[bold]x[/]" in screen_text(app)
        assert "\x1b" not in screen_text(app)
    assert not app.return_code


async def test_leaving_the_file_dialog_leaves_the_screen_as_it_is(app: LabtrackApp, folder: Path) -> None:
    async with app.run_test(size=WIDE) as pilot:
        screen = ImportScreen()
        app.push_screen(screen)
        await until(pilot, lambda: isinstance(app.screen, ChooseFileDialog))
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is screen)
        assert "No files chosen yet" in screen_text(app)
        assert "ctrl+s" not in [name for name, each in screen.active_bindings.items() if each.enabled]
        await pilot.press("m", "c", "r", "ctrl+s")
        await settled(pilot)
        assert app.screen is screen


async def test_only_files_that_cannot_be_read(app: LabtrackApp, folder: Path) -> None:
    async with app.run_test(size=WIDE) as pilot:
        (folder / "empty.csv").write_text("", encoding="utf-8")
        (folder / "header.csv").write_text(HEADER, encoding="utf-8")
        screen = await opened(pilot, folder / "empty.csv", folder / "nowhere.csv")
        assert "2 files cannot be read and are left out." in screen_text(app)
        assert screen.accepted == 0
        await pilot.press("escape")
        await opened(pilot, folder / "header.csv")
        assert "There is no row to import." in screen_text(app)


async def test_a_locked_clinic_is_trouble_and_the_preview_stays(
    app: LabtrackApp, folder: Path, clinic_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sqlite3

    from labtrack.store import connection
    from labtrack.tui.screens.trouble import TroubleScreen

    monkeypatch.setattr(connection, "BUSY_TIMEOUT", 30)
    async with app.run_test(size=WIDE) as pilot:
        screen = await opened(pilot, folder / "results.csv")
        with closing(sqlite3.connect(clinic_file, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            await pilot.press("ctrl+s")
            await until(pilot, lambda: isinstance(app.screen, TroubleScreen))
            other.execute("ROLLBACK")
        await pilot.press("r")
        await until(pilot, lambda: app.screen is screen)
        assert screen.accepted == 2
        await pilot.press("ctrl+s")
        await until(pilot, lambda: screen._is_written)


def test_the_encodings_that_are_offered_are_known() -> None:
    for name in ENCODINGS[1:]:
        "a".encode(name)
