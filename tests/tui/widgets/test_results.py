"""The results tab: units for display only."""

from __future__ import annotations

from pathlib import Path

from tests.clinic.homes import ADA
from tests.tui.conftest import screen_text, settled
from tests.tui.patients import ada_file, patient_open, press, running

from labtrack.clinic import Settings
from labtrack.tui.widgets.results import ResultsTab


async def test_u_shows_the_other_units_and_the_same_flags_and_findings(tmp_path: Path) -> None:
    async with patient_open(ada_file(tmp_path), tab="results") as (app, pilot):
        before = screen_text(app)
        await press(pilot, "u")
        text = screen_text(app)
        assert "~127" in text
        assert "g/L" in text
        assert "~3.931 ▲" in text
        assert "0.82 L‼" in text
        assert "−73.5 % beyond variation" in text
        await press(pilot, "u")
        assert screen_text(app) == before


async def test_it_begins_with_the_units_of_the_settings(tmp_path: Path) -> None:
    async with running(ada_file(tmp_path), settings=Settings(units="SI")) as (app, pilot):
        await app.go("patient", ADA.mrn, "results")
        await settled(pilot)
        assert app.screen.query_one(ResultsTab).units == "SI"
        assert "~127" in screen_text(app)
        await press(pilot, "1")
        assert "~127" in screen_text(app)
