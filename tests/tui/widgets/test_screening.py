"""The checklist: each item with its state in a sign and a word, what was found beside it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from tests.clinic.homes import ADA
from tests.tui.conftest import NARROW, screen_text, settled
from tests.tui.patients import ada_file, asked, patient_open, running

from labtrack.core.record import Patient


async def test_states_in_sign_and_word(tmp_path: Path) -> None:
    place = ada_file(tmp_path)
    with asked(place) as clinic:
        clinic.add_event(ADA.mrn, "declined-screen-tb", date(2026, 2, 1), "[b]refused[/]")
        clinic.add_event(ADA.mrn, "tb-active", date(2026, 9, 1))
    async with patient_open(place, tab="screening") as (app, _):
        lines = {line.split("  ")[0].strip("│ "): line for line in screen_text(app).splitlines() if line.startswith("│")}
        assert "declined" in lines["– Tuberculosis"]
        assert "2026-02-01" in lines["– Tuberculosis"]
        assert "[b]refused[/]" in lines["– Tuberculosis"]
        assert "Active tuberculosis since 2026-09-01" in lines["– Tuberculosis"]
        assert "missing" in lines["! Hepatitis B"]
        assert "done" in lines["✓ Hepatitis C"]
        assert "1 not settled" in screen_text(app)


async def test_what_may_not_apply_says_why(tmp_path: Path) -> None:
    async with running(ada_file(tmp_path), NARROW) as (app, pilot):
        await app.desk.change(lambda clinic: clinic.add_patient(Patient("2", "Nobody, New")))
        await app.go("patient", "2", "screening")
        await settled(pilot)
        assert "sex or age unknown" in screen_text(app)
        assert "10 not settled" in screen_text(app)
