"""Taking back the last set: nothing to take back, and who is named."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from types import SimpleNamespace

from tests.tui.conftest import HOSTILE, hostile_patient, screen_text, settled, until
from tests.tui.entering import entering

from labtrack.clinic import Clinic, Entry
from labtrack.core.record import CollectedAt
from labtrack.tui.dialogs.confirm import ConfirmDialog
from labtrack.tui.undoing import can_undo, undo_last

NUMBERS = {"hb": "13", "wbc": "5", "anc": "3", "alc": "2", "plt": "200", "alt": "20", "ast": "20", "crp": "3"}


def test_without_a_save_there_is_nothing_to_undo() -> None:
    base = SimpleNamespace(desk=SimpleNamespace(last_recorded=None))
    assert not can_undo(SimpleNamespace(base=base))


async def test_nothing_is_asked_where_there_is_nothing(clinic_file: Path) -> None:
    async with entering(clinic_file) as (pilot, screen):
        assert await undo_last(screen) is False
        await pilot.press("ctrl+z")
        await settled(pilot)
        assert pilot.app.screen is screen


async def test_the_patient_is_named_as_text_and_a_long_set_is_cut(clinic_file: Path, open_clinic: Callable[[Path], Clinic]) -> None:
    clinic = open_clinic(clinic_file)
    clinic.add_patient(hostile_patient("H-1", HOSTILE[0]))
    units = {"hb": "g/dL", "alt": "U/L", "ast": "U/L", "crp": "mg/L"}
    typed = [Entry(key, value, units.get(key, "10*9/L")) for key, value in NUMBERS.items()]
    recorded = clinic.record("H-1", typed, CollectedAt(date(2026, 11, 20)))
    async with entering(clinic_file) as (pilot, screen):
        screen.base.desk.last_recorded = recorded
        await pilot.press("ctrl+z")
        await until(pilot, lambda: isinstance(pilot.app.screen, ConfirmDialog))
        text = screen_text(pilot.app)
        assert "[bold]x[/]" in text
        assert "and 2 more" in text
        await pilot.press("y")
        await until(pilot, lambda: screen.base.desk.last_recorded is None)
    standing = [each for each in open_clinic(clinic_file).chart("H-1").results if not each.superseded and each.status.is_reported]
    assert standing == []
