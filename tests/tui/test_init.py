"""Which screens are opened, and what is told when they end."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from labtrack.clinic import Settings
from labtrack.core.judgment import Region
from labtrack.tui import run
from labtrack.tui.app import LabtrackApp
from labtrack.tui.base import BaseApp
from labtrack.tui.opening import Opening
from labtrack.tui.own_page_app import OwnPageApp


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[BaseApp]:
    """The apps that were run; each ends at once with 0."""
    apps: list[BaseApp] = []

    def at_once(app: BaseApp, **_: Any) -> int:
        apps.append(app)
        return 0

    monkeypatch.setattr(BaseApp, "run", at_once)
    return apps


def opening(tmp_path: Path, mrn: str = "") -> Opening:
    return Opening(str(tmp_path / "c.db"), date(2026, 11, 22), Settings(), Region.US, mrn)


def test_clinicians_get_the_whole_program_and_a_patient_a_page(tmp_path: Path, shown: list[BaseApp]) -> None:
    assert run(opening(tmp_path)) == 0
    assert run(opening(tmp_path, "10021")) == 0
    assert [type(app) for app in shown] == [LabtrackApp, OwnPageApp]


def test_what_ended_the_screens_is_raised(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(app: BaseApp, **_: Any) -> int:
        app._exception = ZeroDivisionError("x")
        return 1

    monkeypatch.setattr(BaseApp, "run", fails)
    with pytest.raises(ZeroDivisionError):
        run(opening(tmp_path))
