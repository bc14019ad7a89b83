"""The history: who did what and when, newest first, as text."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.clinic.homes import ADA
from tests.tui.conftest import screen_text
from tests.tui.patients import ada_file, hostile_file, patient_open

from labtrack.tui.widgets import history


async def test_newest_first_by_whom(tmp_path: Path) -> None:
    async with patient_open(ada_file(tmp_path), tab="history") as (app, _):
        text = screen_text(app)
        assert "m.ruiz  Entered results: ANC 0.82 10*9/L, Hb 12.7 g/dL, LDL 152 mg/dL" in text
        assert "Amended a result: Hb 12.8 g/dL" in text
        assert "typing error" in text
        assert text.index("ANC 0.82") < text.index("ANC 3.1") < text.index("Added the patient")


async def test_what_does_not_fit_is_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "MOST", 3)
    async with patient_open(ada_file(tmp_path), ADA.mrn, tab="history") as (app, _):
        assert "… and 11 earlier ones" in screen_text(app)


async def test_hostile_actors_and_reasons_show_as_text(tmp_path: Path) -> None:
    async with patient_open(hostile_file(tmp_path), "H5", tab="history") as (app, _):
        text = screen_text(app)
        assert "[red]me[/]" in text
        assert text.count("[/bad") >= 4
