"""Taking data out."""

from __future__ import annotations

import csv
import stat
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from tests.tui.conftest import NARROW, WIDE, hostile_patient, screen_text, settled, until
from textual.pilot import Pilot
from textual.widgets import Input

from labtrack.clinic import Clinic
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


@pytest.mark.parametrize(("downs", "name", "named"), [(3, "checks", False), (4, "checks-clinical", True)])
async def test_the_calendar_names_nobody_but_in_the_kind_that_says_so(
    downs: int, name: str, named: bool, app: LabtrackApp, here: Path
) -> None:
    pytest.importorskip("icalendar")
    async with app.run_test(size=NARROW) as pilot:
        _, answer = await opened(pilot, "DEMO-01")
        await pilot.press(*["down"] * downs, "enter", "ctrl+s")
        await until(pilot, lambda: answer)
        place = here / f"{name}-DEMO-01-2026-11-22.ics"
        assert answer == [[place]]
        text = place.read_text(encoding="utf-8")
        assert text.startswith("BEGIN:VCALENDAR")
        assert ("DEMO-01" in text) is named


@dataclass
class Asked:
    """What the clinic was asked to write, in place of the export that is tested elsewhere."""

    calls: list[tuple[Path, str | None, bool]] = field(default_factory=list)

    def __call__(self, place: Path, mrn: str | None = None, *, plain: bool = False) -> list[Path]:
        self.calls.append((place, mrn, plain))
        return [place / "1.html", place / "1.pdf"]


@pytest.mark.parametrize(
    ("downs", "mrn", "name", "plain"),
    [
        (5, None, "labtrack-2026-11-22.json", False),
        (5, "DEMO-01", "labtrack-DEMO-01-2026-11-22.json", False),
        (6, None, "report-2026-11-22", False),
        (6, "DEMO-01", "report-DEMO-01-2026-11-22.pdf", False),
        (7, "DEMO-01", "report-plain-DEMO-01-2026-11-22.pdf", True),
    ],
)
async def test_the_clinic_is_asked_for_a_bundle_or_reports(
    downs: int, mrn: str | None, name: str, plain: bool, app: LabtrackApp, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = Asked()
    monkeypatch.setattr(Clinic, "export_fhir" if downs == 5 else "export_report", lambda _, *given, **more: asked(*given, **more))
    async with app.run_test() as pilot:
        _, answer = await opened(pilot, mrn)
        await pilot.press(*["down"] * downs, "enter", "ctrl+s")
        await until(pilot, lambda: answer)
        assert asked.calls == [(here / name, mrn, plain)]


async def test_reports_that_are_there_are_not_overwritten_unasked(app: LabtrackApp, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = Asked()
    monkeypatch.setattr(Clinic, "export_report", lambda _, *given, **more: asked(*given, **more))
    folder = here / "report-2026-11-22"
    folder.mkdir()
    for number in range(6):
        (folder / f"{number}.pdf").write_text("mine", encoding="utf-8")
    (folder / "letter.txt").write_text("mine", encoding="utf-8")
    async with app.run_test() as pilot:
        _, answer = await opened(pilot)
        await pilot.press(*["down"] * 6, "enter", "ctrl+s")
        await until(pilot, lambda: isinstance(app.screen, ConfirmDialog))
        assert "0.pdf, 1.pdf, 2.pdf, 3.pdf and 2 more are there already" in " ".join(screen_text(app).split())
        assert asked.calls == []
        app.screen.dismiss(True)
        await until(pilot, lambda: answer)
        assert any(f"2 files in {folder}" in note.message for note in app._notifications)


@pytest.mark.parametrize(
    ("mrn", "typed", "told"),
    [(None, "all.pdf", "name a folder"), (None, "all.doc", "ends in .html"), ("DEMO-01", "one.txt", "ends in .html")],
)
async def test_a_report_is_a_page_or_a_folder(mrn: str | None, typed: str, told: str, app: LabtrackApp, here: Path) -> None:
    async with app.run_test(size=WIDE) as pilot:
        dialog, answer = await opened(pilot, mrn)
        await pilot.press(*["down"] * 6, "enter")
        dialog.query_one("#path", Input).value = typed
        await pilot.press("ctrl+s")
        await until(pilot, lambda: told in str(dialog.query_one("#problem").render()))  # type: ignore[attr-defined]
        assert (answer, list(here.iterdir())) == ([], [])


async def test_a_missing_library_is_told(app: LabtrackApp, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "icalendar", None)
    async with app.run_test(size=WIDE) as pilot:
        await opened(pilot)
        await pilot.press(*["down"] * 3, "enter", "ctrl+s")
        await until(pilot, lambda: "'labtrack[calendar]'" in screen_text(app))
        assert list(here.iterdir()) == []


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
