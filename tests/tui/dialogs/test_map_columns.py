"""What a laboratory's own columns mean."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.tui.conftest import NARROW, WIDE, screen_text, settled, until
from textual.pilot import Pilot
from textual.widgets import Input, Select

from labtrack.clinic.mappings import ColumnMapping, WideColumn, beginning, keep, kept_mappings
from labtrack.tui.app import LabtrackApp
from labtrack.tui.dialogs.map_columns import MapColumnsDialog

Answer = list[Any]


async def opened(pilot: Pilot[Any], folder: Path, text: str) -> tuple[MapColumnsDialog, Answer]:
    place = folder / "[b]city[_].csv"
    place.write_text(text, encoding="utf-8")
    answer: Answer = []
    dialog = MapColumnsDialog(beginning(place), place.name)
    pilot.app.push_screen(dialog, answer.append)
    await until(pilot, lambda: dialog.query("#ours Select"))
    return dialog, answer


def say(dialog: MapColumnsDialog, **said: str) -> None:
    """Fill fields and lists by their ids."""
    for name, value in said.items():
        widget = dialog.query_one(f"#{name.replace('__', '-')}")
        assert isinstance(widget, Input | Select)
        widget.value = value


@pytest.mark.parametrize("size", [WIDE, NARROW])
async def test_nothing_is_guessed_and_all_that_is_lacking_is_told(size: tuple[int, int], app: LabtrackApp, tmp_path: Path) -> None:
    async with app.run_test(size=size) as pilot:
        dialog, answer = await opened(pilot, tmp_path, "Patient No,Test,[bold]Result[/],When\n1,Hb,12.4,2026-11-01\n")
        assert "[b]city[_].csv" in screen_text(app)
        assert "[bold]Result[/]" in screen_text(app)
        assert dialog.mapping().columns == {}
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "Give it a name" in screen_text(app))
        say(dialog, name="City", column__mrn="patient_no", column__analyte="test", column__value="[bold]result[/]")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "Which column is unit?" in screen_text(app))
        say(dialog, fixed__unit="g/dL", column__collected_at="when")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: answer)
    (mapping,) = answer
    assert mapping == kept_mappings()["City"]
    assert mapping.columns["value"] == "[bold]result[/]"
    assert mapping.fixed == {"unit": "g/dL"}


async def test_a_column_with_our_own_name_is_offered(app: LabtrackApp, tmp_path: Path) -> None:
    async with app.run_test(size=WIDE) as pilot:
        dialog, answer = await opened(pilot, tmp_path, "mrn,unit,x\n")
        assert dialog.mapping().columns == {"mrn": "mrn", "unit": "unit"}
        say(dialog, layout="patients")
        await until(pilot, lambda: dialog.query("#column-birth_date"))
        assert not dialog.query_one("#shape").display
        assert dialog.mapping().columns == {"mrn": "mrn"}
        await pilot.press("escape")
        assert answer == [None]
    assert kept_mappings() == {}


async def test_one_analyte_a_column(app: LabtrackApp, tmp_path: Path) -> None:
    async with app.run_test(size=WIDE) as pilot:
        dialog, answer = await opened(pilot, tmp_path, "id,day,Hemoglobin,Ward\n")
        say(dialog, shape="wide")
        await until(pilot, lambda: dialog.query("#unit-3"))
        assert dialog.query_one("#analyte-2", Input).value == "hb"
        say(dialog, name="W", column__mrn="id", column__collected_at="day", dates="DD.MM.YYYY", mark=",")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "the unit (none) is not known for Hemoglobin" in screen_text(app))
        say(dialog, analyte__2="")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "Which column is analyte?" in screen_text(app) or "at least one" in screen_text(app))
        say(dialog, analyte__2="hb", unit__2="g/L")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: answer)
    mapping = answer[0]
    assert mapping.wide == (WideColumn("hemoglobin", "hb", "g/L"),)
    assert (mapping.date_format, mapping.decimal) == ("DD.MM.YYYY", ",")


async def test_another_mapping_is_not_replaced_unasked(app: LabtrackApp, tmp_path: Path) -> None:
    old = ColumnMapping("City", "events", ("a",), {"mrn": "a"}, {"kind": "vaccine-zoster", "on": "2026-01-01"})
    keep(old)
    async with app.run_test(size=WIDE) as pilot:
        dialog, answer = await opened(pilot, tmp_path, "no,x\n")
        say(dialog, layout="events")
        await until(pilot, lambda: dialog.query("#column-kind"))
        say(dialog, name="City", column__mrn="no", fixed__kind="vaccine-zoster", fixed__on="2026-01-01")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "kept already" in screen_text(app))
        assert kept_mappings()["City"] == old
        await pilot.press("ctrl+s")
        await until(pilot, lambda: answer)
    assert kept_mappings()["City"].columns == {"mrn": "no"}


async def test_a_folder_that_cannot_be_written_is_told(app: LabtrackApp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "letter").write_text("dear", encoding="utf-8")
    monkeypatch.setenv("LABTRACK_CONFIG", str(tmp_path / "letter" / "settings.toml"))
    async with app.run_test(size=WIDE) as pilot:
        dialog, answer = await opened(pilot, tmp_path, "mrn,kind,day\n")
        say(dialog, layout="events")
        await until(pilot, lambda: dialog.query("#column-on"))
        say(dialog, name="City", column__on="day")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "cannot be" in screen_text(app))
        await settled(pilot)
        assert answer == []


async def test_the_header_may_stand_below_a_title(app: LabtrackApp, tmp_path: Path) -> None:
    async with app.run_test(size=WIDE) as pilot:
        dialog, answer = await opened(pilot, tmp_path, "Lab,of,the,city\nno,no,x,y\nno,test,test,day\n1,Hb,12.4,2026-11-01\n")
        assert dialog.columns == ["Lab".lower(), "of", "the", "city"]
        say(dialog, headline=2)  # type: ignore[arg-type]
        await until(pilot, lambda: dialog.columns == ["no", "test (1)", "test (2)", "day"] and dialog.query("#column-mrn"))
        await settled(pilot)
        say(dialog, name="City", column__mrn="no", column__analyte="test (1)", column__value="test (2)", column__collected_at="day")
        say(dialog, fixed__unit="g/dL")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: answer)
    (mapping,) = answer
    assert mapping.header == ("no", "test", "test", "day")
    assert (mapping.skip, mapping.columns["value"]) == (0, "test (2)")


async def test_lines_above_are_said_where_the_header_stands_there_too(app: LabtrackApp, tmp_path: Path) -> None:
    async with app.run_test(size=WIDE) as pilot:
        dialog, answer = await opened(pilot, tmp_path, "no,day\nno,day\n1,2026-11-01\n")
        say(dialog, headline=1)  # type: ignore[arg-type]
        say(dialog, layout="events")
        await until(pilot, lambda: dialog.query("#column-kind"))
        say(dialog, name="City", column__mrn="no", column__on="day", fixed__kind="vaccine-zoster")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: answer)
    assert answer[0].skip == 1


async def test_a_file_by_date_needs_a_date(app: LabtrackApp, tmp_path: Path) -> None:
    async with app.run_test(size=WIDE) as pilot:
        dialog, answer = await opened(pilot, tmp_path, "test,unit,value\nHb,g/dL,12\n")
        say(dialog, shape="dates")
        await until(pilot, lambda: not dialog.query("#column-value"))
        say(dialog, name="City", column__analyte="test", column__unit="unit", fixed__mrn="1")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "is headed by a date" in screen_text(app))
        assert answer == []


async def test_unknown_names_are_asked_for_and_checked(app: LabtrackApp, tmp_path: Path) -> None:
    text = (
        "no,test,value,unit,day\n1,HbA1c,6,%,2026-11-01\n1,[b]Leukos[/b],6,G/L,2026-11-01\n1,HbA1c,6,%,2026-11-02\n1,Gold,1,x,2026-11-01\n"
    )
    async with app.run_test(size=WIDE) as pilot:
        dialog, answer = await opened(pilot, tmp_path, text)
        columns = {"column__mrn": "no", "column__value": "value", "column__unit": "unit", "column__collected_at": "day"}
        say(dialog, name="City", column__analyte="test", **columns)
        await until(pilot, lambda: dialog.query("#name-2"))
        dialog.query_one("#name-1").focus()
        await settled(pilot)
        assert "HbA1c (2)" in screen_text(app)
        assert "[b]Leukos[/b] (1)" in screen_text(app)
        say(dialog, name__0="hb", name__1="wbc")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "HbA1c: it cannot be Hemoglobin" in screen_text(app))
        say(dialog, name__0="")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: answer)
    assert answer[0].analytes == {"HbA1c": "", "[b]Leukos[/b]": "wbc"}


async def test_a_kept_mapping_is_changed_without_asking_twice(app: LabtrackApp, tmp_path: Path) -> None:
    old = ColumnMapping(
        "W",
        header=("id", "day", "hgb_[g/l]", "alt"),
        columns={"mrn": "id", "collected_at": "day"},
        fixed={"lab": "West"},
        wide=(WideColumn("alt", "alt", "U/L"),),
        date_format="DD.MM.YYYY",
        decimal=",",
    )
    keep(old)
    place = tmp_path / "west.csv"
    place.write_text("ID;Day;HGB [g/L];ALT\n", encoding="utf-8")
    answer: Answer = []
    async with app.run_test(size=WIDE) as pilot:
        dialog = MapColumnsDialog(beginning(place), place.name, old)
        app.push_screen(dialog, answer.append)
        await until(pilot, lambda: dialog.query("#unit-3"))
        assert dialog.query_one("#analyte-2", Input).value == "hb"
        assert dialog.query_one("#unit-2", Input).value == "g/L"
        assert dialog.query_one("#unit-3", Input).value == "U/L"
        await pilot.press("ctrl+s")
        await until(pilot, lambda: answer)
    assert answer[0].wide == (WideColumn("hgb_[g/l]", "hb", "g/L"), WideColumn("alt", "alt", "U/L"))
    assert (answer[0].fixed, answer[0].decimal, answer[0].date_format) == ({"lab": "West"}, ",", "DD.MM.YYYY")
