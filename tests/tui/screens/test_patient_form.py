"""New and edited patients: saved by keyboard, refused beside the field, never lost."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from tests.clinic.homes import ADA
from tests.tui.conftest import HOSTILE, NARROW, WIDE, screen_text, settled
from tests.tui.patients import ada_file, asked, hostile_file, press, running, write
from textual.pilot import Pilot
from textual.widgets import Input

from labtrack.core.record import Sex
from labtrack.tui.app import LabtrackApp
from labtrack.tui.screens.patient_form import PatientFormScreen
from labtrack.tui.widgets.form import Form


async def form_open(app: LabtrackApp, pilot: Pilot[Any], mrn: str | None = None) -> list[object]:
    """The form on top; what it answers is put into the list."""
    answers: list[object] = []
    app.push_screen(PatientFormScreen(mrn), answers.append)
    await settled(pilot)
    return answers


async def fill(app: LabtrackApp, pilot: Pilot[Any], **texts: str) -> None:
    """Put texts into fields, as pasting does, and end in the last."""
    for id, text in texts.items():
        app.screen.query_one(f"#{id}", Input).value = text
        app.screen.query_one(f"#{id}", Input).focus()
    await settled(pilot)


def reasons(app: LabtrackApp) -> dict[str, str]:
    """What stands beside the fields."""
    return {row.field.id: row.reason for row in app.screen.query_one(Form).rows if row.reason}


@pytest.mark.parametrize("size", [WIDE, NARROW])
async def test_a_new_patient_with_a_first_course_by_keyboard_alone(tmp_path: Path, size: tuple[int, int]) -> None:
    place = ada_file(tmp_path)
    async with running(place, size) as (app, pilot):
        answers = await form_open(app, pilot)
        for text in ("10050", "Lind, Per", "1955-05-14"):
            await write(pilot, text)
            await press(pilot, "enter")
        await press(pilot, "enter", "home", "down", "enter", "tab")
        await write(pilot, "81,5 kg")
        await press(pilot, "tab")
        await write(pilot, "555-0100")
        await press(pilot, "tab", "tab", "enter", "home", "down", "enter", "tab")
        assert "Label says: 2 mg a day" in screen_text(app)
        await write(pilot, "2")
        await press(pilot, "tab", "tab")
        await write(pilot, "2026-11-01")
        await press(pilot, "enter")
        assert answers == ["10050"], screen_text(app)
    with asked(place) as clinic:
        record = clinic.chart("10050")
    assert (record.patient.name, record.patient.birth_date, record.patient.sex) == ("Lind, Per", date(1955, 5, 14), Sex.MALE)
    assert (record.patient.weight_kg, record.patient.phone) == (81.5, "555-0100")
    assert [(each.drug, each.dose_mg, each.frequency, each.start_on) for each in record.courses] == [
        ("baricitinib", 2.0, "daily", date(2026, 11, 1)),
    ]


async def test_every_refusal_stands_beside_its_field_and_the_text_stays(tmp_path: Path) -> None:
    async with running(ada_file(tmp_path)) as (app, pilot):
        answers = await form_open(app, pilot)
        await press(pilot, "ctrl+s")
        assert set(reasons(app)) == {"mrn", "name"}
        await fill(app, pilot, mrn=ADA.mrn, name="[bold]x[/]", birth_date="03/04/1960", weight_kg="heavy")
        await press(pilot, "ctrl+s")
        assert set(reasons(app)) == {"birth_date", "weight_kg"}
        assert "ambiguous date" in reasons(app)["birth_date"]
        assert app.focused is app.screen.query_one("#birth_date")
        await fill(app, pilot, birth_date="2030-01-01", weight_kg="60")
        await press(pilot, "ctrl+s")
        assert "after today" in reasons(app)["birth_date"]
        await fill(app, pilot, birth_date="1960-01-01", weight_kg="6000")
        await press(pilot, "ctrl+s")
        assert "6000 kg cannot be" in reasons(app)["weight_kg"]
        await fill(app, pilot, weight_kg="60")
        await press(pilot, "ctrl+s")
        assert "There is a patient 10021 already" in reasons(app)["mrn"]
        assert "labtrack patient" not in reasons(app)["mrn"]
        assert app.screen.query_one("#name", Input).value == "[bold]x[/]"
        await fill(app, pilot, mrn="10051")
        assert reasons(app) == {}
        await press(pilot, "ctrl+s")
        assert answers == ["10051"]


async def test_a_course_that_is_not_whole_or_refused(tmp_path: Path) -> None:
    place = ada_file(tmp_path)
    async with running(place) as (app, pilot):
        answers = await form_open(app, pilot)
        await fill(app, pilot, mrn="10052", name="Half, Way", dose="2")
        await press(pilot, "ctrl+s")
        assert reasons(app) == {"drug": "needed: which drug this is about"}
        await press(pilot, "enter", "home", "down", "enter", "ctrl+s")
        assert set(reasons(app)) == {"start_on"}
        await fill(app, pilot, start_on="2026-11-01", dose="99999")
        await press(pilot, "ctrl+s")
        assert "A dose of 99999 mg cannot be" in reasons(app)["dose"]
        assert app.screen.query_one("#mrn", Input).disabled
        assert "10052 is recorded; the course is not" in screen_text(app)
        await fill(app, pilot, dose="2", name="Whole, Now")
        await press(pilot, "ctrl+s")
        assert answers == ["10052"]
    with asked(place) as clinic:
        assert clinic.patient("10052").name == "Whole, Now"
        assert [each.dose_mg for each in clinic.chart("10052").courses] == [2.0]


async def test_editing_shows_what_is_recorded_and_can_take_it_away(tmp_path: Path) -> None:
    place = ada_file(tmp_path)
    async with running(place) as (app, pilot):
        answers = await form_open(app, pilot, ADA.mrn)
        assert app.screen.query_one("#name", Input).value == ADA.name
        assert not app.screen.query("#mrn")
        await fill(app, pilot, name="Okafor-Lind, Ada", weight_kg="", birth_date="1968-02-12")
        await press(pilot, "ctrl+s")
        assert answers == [ADA.mrn]
    with asked(place) as clinic:
        it = clinic.patient(ADA.mrn)
    assert (it.name, it.weight_kg, it.birth_date, it.sex) == ("Okafor-Lind, Ada", None, date(1968, 2, 12), Sex.FEMALE)


async def test_leaving_asks_twice_once_something_was_typed(tmp_path: Path) -> None:
    async with running(ada_file(tmp_path)) as (app, pilot):
        answers = await form_open(app, pilot, ADA.mrn)
        await fill(app, pilot, phone="555")
        await press(pilot, "escape")
        assert "Esc again leaves without saving" in screen_text(app)
        await pilot.press("1")
        await press(pilot, "escape")
        assert answers == []
        assert app.screen.query_one("#phone", Input).value == "5551"
        await press(pilot, "escape")
        assert answers == [None]


async def test_hostile_names_are_edited_as_text_and_nobody_is_left(tmp_path: Path) -> None:
    async with running(hostile_file(tmp_path)) as (app, pilot):
        for number, name in list(enumerate(HOSTILE))[1:6:2]:
            await form_open(app, pilot, f"H{number}")
            assert app.screen.query_one("#name", Input).value == name.replace("\x1b", "")
            await press(pilot, "escape")
        answers = await form_open(app, pilot, "nobody")
        assert answers == [None]


async def test_resizing_keeps_what_was_typed(tmp_path: Path) -> None:
    async with running(ada_file(tmp_path)) as (app, pilot):
        await form_open(app, pilot)
        await fill(app, pilot, mrn="10053", name="Kept, Text")
        await pilot.resize_terminal(40, 10)
        await settled(pilot)
        await pilot.resize_terminal(*WIDE)
        await settled(pilot)
        assert "Kept, Text" in screen_text(app)
        assert app.focused is app.screen.query_one("#name")
