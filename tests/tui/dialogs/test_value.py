"""One value: every version of it as reported, amended, struck or made the baseline by keyboard."""

from __future__ import annotations

from pathlib import Path

from tests.clinic.homes import ADA
from tests.tui.conftest import screen_text
from tests.tui.patients import ada_file, asked, hostile_file, patient_open, press, write

from labtrack.tui.dialogs.form import FormDialog
from labtrack.tui.dialogs.value import ValueDialog
from labtrack.tui.screens.patient import PatientScreen


async def test_all_versions_with_laboratory_specimen_and_note(tmp_path: Path) -> None:
    async with patient_open(ada_file(tmp_path), tab="results") as (app, pilot):
        await press(pilot, "left", "enter")
        assert isinstance(app.screen, ValueDialog)
        text = screen_text(app)
        assert "Hemoglobin   26 May 2026 08:00" in text
        assert "9.9 g/dL   no limits printed   replaced" in text
        assert "12.8 g/dL   no limits printed   corrected" in text
        assert "note: typing error" in text
        assert "amended, before 9.9" in text
        await press(pilot, "up", "m")
        assert isinstance(app.screen, ValueDialog)  # what was replaced cannot be amended
        await press(pilot, "escape")
        assert isinstance(app.screen, PatientScreen)


async def test_amend_with_value_unit_and_reason(tmp_path: Path) -> None:
    place = ada_file(tmp_path)
    async with patient_open(place, tab="results") as (app, pilot):
        await press(pilot, "end", "down", "enter", "m")
        assert isinstance(app.screen, FormDialog)
        assert app.screen.form.texts == {"value": "0.82", "unit": "10*9/L", "reason": ""}
        await press(pilot, "ctrl+s")
        assert app.screen.form.row("reason").reason == "needed"
        await write(pilot, "[b]read[/] wrongly")
        await press(pilot, "shift+tab", "shift+tab")
        await write(pilot, "8200")
        await press(pilot, "ctrl+s")
        assert "8200" in app.screen.form.row("value").reason
        await write(pilot, "1.82")
        await press(pilot, "ctrl+s")
        assert isinstance(app.screen, PatientScreen), screen_text(app)
        assert "1.82 L*" in screen_text(app)
        await press(pilot, "1")
        assert "ANC" not in screen_text(app).partition("Next checks")[0].partition("Findings")[2]
    with asked(place) as clinic:
        assert clinic.history(ADA.mrn)[0].detail.endswith("Reason: [b]read[/] wrongly")


async def test_strike_and_baseline(tmp_path: Path) -> None:
    place = ada_file(tmp_path)
    async with patient_open(place, tab="results") as (app, pilot):
        await press(pilot, "left", "enter", "b")
        await write(pilot, "steadier")
        await press(pilot, "enter")
        assert "12.8* (pi…" in screen_text(app)
        await press(pilot, "end", "enter", "x")
        await write(pilot, "another patient's")
        await press(pilot, "enter")
        assert "struck" in screen_text(app)
    with asked(place) as clinic:
        assert [(each.analyte, each.reason) for each in clinic.chart(ADA.mrn).pins] == [("hb", "steadier")]
        assert clinic.history(ADA.mrn)[0].what == "Struck a result"


async def test_hostile_reports_show_as_text(tmp_path: Path) -> None:
    async with patient_open(hostile_file(tmp_path), "H0", tab="results") as (app, pilot):
        await press(pilot, "down", "enter")
        text = screen_text(app)
        assert "[bold]hemolyzed 10*9/L" in text
        assert "[bold]x[/]  specimen [bold]x[/]" in text
