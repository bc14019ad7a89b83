"""Opening the clinic."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from tests.cli.conftest import Labtrack


def test_a_date_of_the_environment_is_told(ada: str, labtrack: Labtrack, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "Today is taken to be 2026-11-22 (LABTRACK_TODAY)." in labtrack("due").err
    monkeypatch.delenv("LABTRACK_TODAY")
    assert "LABTRACK_TODAY" not in labtrack("due").err


def test_files_are_for_their_owner_alone(labtrack: Labtrack, tmp_path: Path) -> None:
    place = tmp_path / "a" / "b" / "clinic.db"
    assert labtrack("--db", place, "patient", "add", "1", "--name", "A", "--birth-date", "1960-01-01", "--sex", "F").status == 0
    assert [stat.S_IMODE(each.stat().st_mode) for each in (place, place.parent, place.parent.parent)] == [0o600, 0o700, 0o700]
