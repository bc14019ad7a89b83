"""The backup of the day behind the screens: made once they are filled, told only when it fails."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from tests.tui.conftest import opening_of, screen_text, settled, until

from labtrack.clinic import Settings, backups
from labtrack.core.errors import DatabaseUnavailable
from labtrack.tui.app import LabtrackApp
from labtrack.tui.opening import Opening
from labtrack.tui.own_page_app import OwnPageApp


def kept(place: Path) -> list[str]:
    return sorted(each.name for each in place.parent.glob("sample-backups/*.bak"))


def keeping(place: Path, **changes: object) -> Opening:
    return replace(opening_of(place), keeps_backups=True, **changes)  # type: ignore[arg-type]


def told(app: LabtrackApp) -> list[str]:
    return [each.message for each in app._notifications]


@pytest.fixture
def day(monkeypatch: pytest.MonkeyPatch) -> list[date]:
    """The machine's date, the last of the list."""
    days = [date(2026, 11, 22)]
    monkeypatch.setattr(backups, "machine_day", lambda: days[-1])
    return days


async def test_it_is_made_once_the_worklist_is_there_and_on_the_next_day(clinic_file: Path, day: list[date]) -> None:
    app = LabtrackApp(keeping(clinic_file))
    async with app.run_test() as pilot:
        await until(pilot, lambda: len(kept(clinic_file)) == 1)
        assert "DEMO-" in screen_text(app)
        app.backups.begin()
        app.backups.look()
        await settled(pilot)
        assert len(kept(clinic_file)) == 1
        day.append(date(2026, 11, 23))
        app.backups.look()
        await until(pilot, lambda: len(kept(clinic_file)) == 2)
        assert told(app) == []
    with closing(sqlite3.connect(clinic_file)) as connection:
        assert connection.execute("SELECT COUNT(*) FROM audit_entry WHERE action = 'backup'").fetchone() == (2,)


@pytest.mark.parametrize("which", ["not asked for", "switched off", "a patient's own page"])
async def test_none_is_made(clinic_file: Path, which: str) -> None:
    app = {
        "not asked for": lambda: LabtrackApp(opening_of(clinic_file)),
        "switched off": lambda: LabtrackApp(keeping(clinic_file, settings=Settings(daily_backups=False))),
        "a patient's own page": lambda: OwnPageApp(keeping(clinic_file, mrn="DEMO-01")),
    }[which]()
    async with app.run_test() as pilot:
        await settled(pilot)
        app.backups.begin()
        await settled(pilot)
    assert kept(clinic_file) == []


async def test_one_that_fails_is_told_once_and_hinders_nobody(clinic_file: Path, day: list[date], monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise DatabaseUnavailable("The disk is full.", "Free some space.")

    monkeypatch.setattr(backups, "make", full)
    app = LabtrackApp(keeping(clinic_file))
    async with app.run_test() as pilot:
        await until(pilot, lambda: told(app))
        assert told(app) == ["Today's backup could not be made: The disk is full. There is none yet. Free some space."]
        app.backups.look()
        await settled(pilot)
        assert len(told(app)) == 1
        assert (await app.desk.ask(lambda clinic: clinic.patient("DEMO-01"))).mrn == "DEMO-01"


async def test_another_clinic_gets_its_own(clinic_file: Path, tmp_path: Path, day: list[date]) -> None:
    from labtrack.tui.reopening import take

    other = tmp_path / "elsewhere" / "sample.db"
    other.parent.mkdir()
    shutil.copyfile(clinic_file, other)
    app = LabtrackApp(keeping(clinic_file))
    async with app.run_test() as pilot:
        await until(pilot, lambda: len(kept(clinic_file)) == 1)
        take(app, keeping(other))
        app.backups.begin()
        await until(pilot, lambda: len(kept(other)) == 1)
