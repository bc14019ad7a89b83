"""The treatment tab: the timeline, and keys that work only where they make sense."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from tests.clinic.homes import ADA
from tests.tui.conftest import NARROW, screen_text, settled
from tests.tui.patients import ada_file, asked, hostile_file, patient_open, running

from labtrack.core.record import Patient
from labtrack.tui.widgets.treatment import TreatmentTab

FORMS = ("start", "dose", "hold", "resume", "stop", "event", "end", "baseline")


def works(app: object) -> set[str]:
    tab: TreatmentTab = app.screen.query_one(TreatmentTab)  # type: ignore[attr-defined]
    return {name for name in FORMS if tab.check_action("form", (name,))}


async def test_newest_first_with_what_lasts_marked(tmp_path: Path) -> None:
    place = ada_file(tmp_path)
    with asked(place) as clinic:
        clinic.change_dose(ADA.mrn, 1, date(2026, 6, 1), reason="eGFR 48")
        clinic.add_event(ADA.mrn, "serious-infection", date(2026, 11, 1), "pneumonia")
    async with patient_open(place, tab="treatment", size=NARROW) as (app, _):
        text = screen_text(app)
        assert "● 2026-11-01" in text
        assert "Serious infection   pneumonia" in text
        assert "Baricitinib dose changed   1 mg daily. Reason:" in text
        assert text.index("2026-11-01") < text.index("2026-06-01") < text.index("Baricitinib started")
        assert "Now: baricitinib 1 mg daily since 2026-03-03 (week 37)" in text
        assert works(app) == {"start", "dose", "hold", "stop", "event", "end", "baseline"}


async def test_keys_follow_the_treatment(tmp_path: Path) -> None:
    place = ada_file(tmp_path)
    with asked(place) as clinic:
        clinic.hold(ADA.mrn, "other: travel", date(2026, 11, 1))
        clinic.add_patient(Patient("2", "Nobody, New"))
    async with running(place) as (app, pilot):
        await app.go("patient", ADA.mrn, "treatment")
        await settled(pilot)
        assert works(app) == {"start", "dose", "resume", "stop", "event", "baseline"}
        assert "Resume" in screen_text(app).splitlines()[-1]
        assert "Hold" not in screen_text(app).splitlines()[-1]
        await app.go("patient", "2", "treatment")
        await settled(pilot)
        assert works(app) == {"start", "event"}
        assert "Nothing recorded yet." in screen_text(app)


async def test_hostile_notes_and_reasons_show_as_text(tmp_path: Path) -> None:
    async with patient_open(hostile_file(tmp_path), "H1", tab="treatment") as (app, _):
        text = screen_text(app)
        assert text.count("[@click=app.quit]y") >= 4
