"""What is shown once results are recorded, and the ways from there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.tui.conftest import NARROW, screen_text, until
from tests.tui.entering import MRN, Running, enter, entering, line_of

from labtrack.clinic import Clinic
from labtrack.core.record import ResultStatus
from labtrack.tui.dialogs.confirm import ConfirmDialog
from labtrack.tui.dialogs.pick_patient import PickPatientDialog
from labtrack.tui.screens.new_results import NewResultsScreen
from labtrack.tui.screens.saved_results import SavedResultsScreen

Opener = Callable[[Path], Clinic]


async def save(pilot: Running, screen: NewResultsScreen, **values: str) -> None:
    await enter(pilot, screen, **values)
    await pilot.press("ctrl+s")
    await until(pilot, lambda: isinstance(pilot.app.screen, SavedResultsScreen))


async def test_what_was_recorded_and_what_is_found(clinic_file: Path) -> None:
    async with entering(clinic_file, size=NARROW) as (pilot, screen):
        await save(pilot, screen, hb="13.4", ldl="150")
        await until(pilot, lambda: "Findings now" in screen_text(pilot.app))
        text = screen_text(pilot.app)
        assert "2 results recorded for Park, Ji-woo  born 1960-06-17  MRN DEMO-04" in text
        assert "Hb     13.4 g/dL" in text
        assert "LDL 150, +48.5 % from 101  (ldl-rise-30" in text
        assert "next cbc" in text


async def test_back_leads_to_where_one_came_from(clinic_file: Path) -> None:
    async with entering(clinic_file) as (pilot, screen):
        await save(pilot, screen, hb="13.4")
        await pilot.press("enter")
        await until(pilot, lambda: len(pilot.app.screen_stack) == 1)


async def test_undo_brings_the_form_back_with_everything_typed(clinic_file: Path, open_clinic: Opener) -> None:
    before = open_clinic(clinic_file).assessment(MRN)
    async with entering(clinic_file) as (pilot, screen):
        await save(pilot, screen, hb="13.4", ldl="150")
        await pilot.press("ctrl+z")
        await until(pilot, lambda: isinstance(pilot.app.screen, ConfirmDialog))
        text = screen_text(pilot.app)
        assert "Park, Ji-woo  born 1960-06-17  MRN DEMO-04" in text
        assert "marked as entered in error" in text
        await pilot.press("y")
        await until(pilot, lambda: pilot.app.screen is screen)
        assert (line_of(screen, "hb").field.value, line_of(screen, "ldl").field.value) == ("13.4", "150")
        assert screen.base.desk.last_recorded is None
    clinic = open_clinic(clinic_file)
    assert clinic.assessment(MRN) == before
    newest = clinic.chart(MRN).results[-4:]
    assert [each.status for each in newest] == [ResultStatus.FINAL] * 2 + [ResultStatus.ENTERED_IN_ERROR] * 2


async def test_the_last_save_can_be_undone_from_another_form(clinic_file: Path, open_clinic: Opener) -> None:
    async with entering(clinic_file) as (pilot, screen):
        await save(pilot, screen, hb="13.4")
        await pilot.press("n")
        await until(pilot, lambda: isinstance(pilot.app.screen, PickPatientDialog))
        await pilot.press(*"DEMO-02")
        await until(pilot, lambda: pilot.app.screen.found == ["DEMO-02"])  # type: ignore[attr-defined]
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, NewResultsScreen) and pilot.app.screen.mrn == "DEMO-02")
        await until(pilot, lambda: pilot.app.screen.is_ready)  # type: ignore[attr-defined]
        await pilot.press("ctrl+z")
        await until(pilot, lambda: isinstance(pilot.app.screen, ConfirmDialog))
        assert "MRN DEMO-04" in screen_text(pilot.app)
        await pilot.press("n")
        await until(pilot, lambda: isinstance(pilot.app.screen, NewResultsScreen))
        assert pilot.app.screen.base.desk.last_recorded is not None  # type: ignore[attr-defined]
    assert open_clinic(clinic_file).chart(MRN).results[-1].status is ResultStatus.FINAL


async def test_what_changed_since_is_not_undone(clinic_file: Path, open_clinic: Opener) -> None:
    async with entering(clinic_file) as (pilot, screen):
        await save(pilot, screen, hb="13.4")
        clinic = open_clinic(clinic_file)
        clinic.strike(clinic.chart(MRN).results[-1].result_id, "by another person")
        await pilot.press("ctrl+z")
        await until(pilot, lambda: isinstance(pilot.app.screen, ConfirmDialog))
        await pilot.press("y")
        await until(pilot, lambda: isinstance(pilot.app.screen, SavedResultsScreen))
        assert any("replaced or struck since" in each.message for each in pilot.app._notifications)
