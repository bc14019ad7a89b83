"""Tests of labtrack.tui.dialogs.pick_patient."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.tui.conftest import opening_of, screen_text, settled

from labtrack.clinic import Clinic, Settings
from labtrack.core.record import Patient
from labtrack.tui.app import LabtrackApp
from labtrack.tui.dialogs.pick_patient import MOST, PickPatientDialog


@pytest.mark.parametrize(
    ("keys", "answer"),
    [
        ((*"etienne", "enter"), "DEMO-05"),
        ((*"DEMO-01", "enter"), "DEMO-01"),
        (("escape",), None),
        (("enter",), "DEMO-21"),
        (("down", "down", "up", "enter"), "DEMO-04"),
        (("pagedown", "pageup", "up", "enter"), "DEMO-21"),
    ],
)
async def test_a_patient_is_found_and_taken(
    clinic_file: Path, keys: tuple[str, ...], answer: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("labtrack.tui.dialogs.pick_patient.SEEN_AFTER", 0.0)
    app, said = LabtrackApp(opening_of(clinic_file)), []
    async with app.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        app.push_screen(PickPatientDialog(), said.append)
        await settled(pilot)
        for each in keys:
            await pilot.press(each)
            await settled(pilot)
    assert said == [answer]


async def test_who_is_not_there_is_not_taken(clinic_file: Path) -> None:
    app, said = LabtrackApp(opening_of(clinic_file)), []
    async with app.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        app.push_screen(PickPatientDialog(), said.append)
        await settled(pilot)
        await pilot.press(*"zzz")
        await settled(pilot)
        await pilot.press("down", "enter")
        await settled(pilot)
        assert said == []
        assert "Nobody of that name" in screen_text(app)


async def test_a_long_list_says_that_it_goes_on_and_names_are_text(empty_file: Path) -> None:
    with Clinic.open(empty_file, today=opening_of(empty_file).today, settings=Settings()) as clinic:
        for number in range(MOST + 1):
            clinic.add_patient(Patient(f"{number:03d}", "[bold]x[/]"))
    app = LabtrackApp(opening_of(empty_file))
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        app.push_screen(PickPatientDialog())
        await settled(pilot)
        assert "[bold]x[/]  MRN 000" in screen_text(app)
        assert f"{MOST} of {MOST + 1}" in screen_text(app)
