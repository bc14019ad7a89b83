"""Which mapping a file is read by."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.tui.conftest import WIDE, screen_text, settled, until
from textual.pilot import Pilot
from textual.widgets import Input, OptionList, Select

from labtrack.clinic.mappings import ColumnMapping, keep, kept_mappings
from labtrack.tui.app import LabtrackApp
from labtrack.tui.dialogs.ask_text import AskTextDialog
from labtrack.tui.dialogs.choose_file import ChooseFileDialog
from labtrack.tui.dialogs.map_columns import MapColumnsDialog
from labtrack.tui.dialogs.pick import PickDialog
from labtrack.tui.file_mappings import recognized
from labtrack.tui.screens.import_files import ImportScreen

DERIVED = Path("data") / "open" / "derived" / "csv"
SHEET = "Lab [b]Nord[/b];;;\nTest;Wert;Einheit;Tag\nHb;12,4;g/dL;19.11.2026\nGold;1;g/L;19.11.2026\n"
NORD = ColumnMapping(
    "Nord",
    header=("test", "wert", "einheit", "tag"),
    columns={"analyte": "test", "value": "wert", "unit": "einheit", "collected_at": "tag"},
    fixed={"mrn": "DEMO-01"},
    date_format="DD.MM.YYYY",
)


async def opened(pilot: Pilot[Any], *paths: Path) -> ImportScreen:
    """The screen with the preview of some files."""
    screen = ImportScreen()
    pilot.app.push_screen(screen)
    await until(pilot, lambda: isinstance(pilot.app.screen, ChooseFileDialog))
    pilot.app.screen.dismiss(list(paths))
    await until(pilot, lambda: pilot.app.screen is screen and screen.preview is not None and screen._work is None)
    await settled(pilot)
    return screen


def say(dialog: Any, **said: str) -> None:
    """Fill fields and lists by their ids."""
    for name, value in said.items():
        widget = dialog.query_one(f"#{name.replace('__', '-')}")
        assert isinstance(widget, Input | Select)
        widget.value = value


async def dialog_of(pilot: Pilot[Any]) -> MapColumnsDialog:
    await until(pilot, lambda: isinstance(pilot.app.screen, MapColumnsDialog) and pilot.app.screen.query("#column-mrn"))
    assert isinstance(pilot.app.screen, MapColumnsDialog)
    return pilot.app.screen


@pytest.fixture
def nord(tmp_path: Path) -> Path:
    path = tmp_path / "nord.csv"
    path.write_text(SHEET, encoding="utf-8")
    return path


async def test_a_mapping_of_one_patient_asks_whose_the_next_file_is(app: LabtrackApp, nord: Path) -> None:
    keep(NORD)
    async with app.run_test(size=WIDE) as pilot:
        screen = await opened(pilot, nord)
        assert screen.accepted == 0
        assert "m says what its columns mean" in screen_text(app)
        await pilot.press("m")
        await until(pilot, lambda: isinstance(app.screen, PickDialog))
        assert "Use Nord (results, all of one patient)" in screen_text(app)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, AskTextDialog))
        await pilot.press(*"DEMO-02", "enter")
        await until(pilot, lambda: app.screen is screen and screen.accepted == 1)
        assert screen.preview is not None
        assert screen.preview.accepted[0].mrn == "DEMO-02"
        assert "this looks like Nord" in screen_text(app)
    assert kept_mappings()["Nord"] == NORD


async def test_leaving_the_question_leaves_the_file(app: LabtrackApp, nord: Path) -> None:
    keep(NORD)
    async with app.run_test(size=WIDE) as pilot:
        screen = await opened(pilot, nord)
        for wanted in (PickDialog, AskTextDialog):
            await pilot.press("m" if wanted is PickDialog else "enter")
            await until(pilot, lambda wanted=wanted: isinstance(app.screen, wanted))  # type: ignore[misc]
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is screen)
        assert screen.mappings == {}


async def test_a_kept_mapping_is_changed_when_new_names_come(app: LabtrackApp, nord: Path) -> None:
    keep(NORD)
    async with app.run_test(size=WIDE) as pilot:
        screen = await opened(pilot, nord)
        await pilot.press("m")
        await until(pilot, lambda: isinstance(app.screen, PickDialog))
        assert "Change Nord" in screen_text(app)
        app.screen.query_one(OptionList).highlighted = 1
        await pilot.press("enter")
        dialog = await dialog_of(pilot)
        await until(pilot, lambda: dialog.query("#name-0"))
        dialog.query_one("#name-0").focus()
        await settled(pilot)
        assert "Gold (1)" in screen_text(app)
        say(dialog, name__0="")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "Which column is mrn?" in screen_text(app))
        say(dialog, fixed__mrn="DEMO-01")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: app.screen is screen and screen.accepted == 1)
        assert screen.preview is not None
        assert screen.preview.outcome.total("refused") == 0
    kept = kept_mappings()["Nord"]
    assert kept == ColumnMapping(**{**{name: getattr(NORD, name) for name in NORD.__slots__}, "analytes": {"Gold": ""}})


async def test_what_cannot_be_read_is_not_recognized(tmp_path: Path, nord: Path) -> None:
    assert await recognized(tmp_path / "none.csv", "") is None
    assert await recognized(nord, "") is None
    keep(ColumnMapping("Ours", header=NORD.header, columns={**NORD.columns, "mrn": "test"}))
    found = await recognized(nord, "")
    assert found is not None
    assert found.name == "Ours"


async def test_messages_are_given_a_table_of_codes(app: LabtrackApp, nord: Path) -> None:
    from labtrack.tui.file_mappings import asked

    answers: list[ColumnMapping | None] = []

    async def ask() -> None:
        answers.append(await asked(app, nord, "", "hl7"))

    table = ColumnMapping("Codes", "codes", analytes={"L55|HGB": "hb"})
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        app.run_worker(ask())
        await until(pilot, lambda: answers == [None])
        keep(table)
        keep(NORD)
        for wanted, pressed in ((table, "enter"), (None, "escape")):
            app.run_worker(ask())
            await until(pilot, lambda: isinstance(app.screen, PickDialog))
            assert "Use Codes" in screen_text(app)
            assert "Nord" not in screen_text(app)
            await pilot.press(pressed)
            await until(pilot, lambda wanted=wanted: answers[-1] == wanted and not isinstance(app.screen, PickDialog))  # type: ignore[misc]
    assert answers == [None, table, None]


@pytest.mark.shared
async def test_a_quest_like_file_through_the_dialog(app: LabtrackApp, shared: Path) -> None:
    """73 lines: of 12 each but the fourth visit with 9; glucose and potassium are not followed, platelets have thousands separators."""
    path = shared / DERIVED / "quest_style_utf16le_bom_tsv_01-701-1115.txt"
    async with app.run_test(size=WIDE) as pilot:
        screen = await opened(pilot, path)
        await pilot.press("m")
        dialog = await dialog_of(pilot)
        say(dialog, name="Quest", fixed__mrn="DEMO-01", column__analyte="test_name", column__value="in_range", column__lab="lab")
        say(dialog, column__unit="reference_range", column__range="reference_range", column__value_elsewhere="out_of_range")
        await until(pilot, lambda: dialog.query("#name-1"))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "Which column is collected_at?" in screen_text(app))
        say(dialog, column__collected_at="collected", name__0="", name__1="")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: app.screen is screen and screen.accepted > 0)
        assert screen.preview is not None
        assert {each.column for each in screen.preview.refused} == {"value"}
        assert {each.text[-4:] for each in screen.preview.refused} == {",000"}
        lines = path.read_text(encoding="utf-16").splitlines()[1:]
        assert screen.accepted == sum(not line.startswith(("GLUCOSE", "POTASSIUM", "PLATELET")) for line in lines)
        assert "this looks like Quest" in screen_text(app)
        assert screen.preview.accepted[0].text == "Albumin 3.9 g/dL on 2012-11-23 11:20"
    assert kept_mappings()["Quest"].analytes == {"GLUCOSE": "", "POTASSIUM": ""}


@pytest.mark.shared
async def test_a_file_by_date_through_the_dialog(app: LabtrackApp, shared: Path) -> None:
    path = shared / DERIVED / "wide_semicolon_decimal_comma_SI_latin1_01-701-1115.csv"
    async with app.run_test(size=WIDE) as pilot:
        screen = await opened(pilot, path)
        await pilot.press("m")
        dialog = await dialog_of(pilot)
        say(dialog, shape="dates")
        await until(pilot, lambda: not dialog.query("#column-value"))
        say(dialog, name="Nord", fixed__mrn="DEMO-01", column__analyte="parameter", column__unit="einheit", column__range="referenz")
        await until(pilot, lambda: dialog.query("#name-1"))
        say(dialog, name__0="", name__1="")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "looks like a date, but is none as YYYY-MM-DD" in screen_text(app))
        say(dialog, dates="DD.MM.YYYY")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: app.screen is screen and screen.accepted > 0)
        assert screen.preview is not None
        assert {each.line for each in screen.preview.refused} == {7}
        rows = [line.split(";") for line in path.read_text(encoding="latin-1").splitlines()[1:]]
        assert screen.accepted == sum(
            cell != "" for row in rows for cell in row[3:] if row[0] not in ("Hemoglobin", "Glucose", "Potassium")
        )
        assert "decimal comma" in screen_text(app)
    assert kept_mappings()["Nord"].by_date
