"""What every test gets: no clinic, settings, date, zone or locale of the machine that runs it, and the shared reference data if present."""

from __future__ import annotations

import locale
import os
import shutil
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import settings

#: The date on which every test lives unless it says another.
TODAY = date(2026, 11, 22)

# The same examples on every run; no example fails for being slow on a busy machine. "search" looks for new ones by hand:
# pytest --hypothesis-profile=search.
settings.register_profile("default", derandomize=True, deadline=None, database=None, print_blob=False)
settings.register_profile("search", deadline=None, max_examples=2_000)
settings.load_profile("default")


def shared_folder() -> Path | None:
    """LABTRACK_SHARED, else ``shared`` beside the repository; None where it has no ``data``."""
    named = os.environ.get("LABTRACK_SHARED")
    folder = Path(named) if named else Path(__file__).resolve().parents[2] / "shared"
    return folder if (folder / "data").is_dir() else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip the tests marked ``shared`` where the reference data is absent."""
    if shared_folder() is None:
        absent = pytest.mark.skip(reason="no reference data: LABTRACK_SHARED is unset and ../shared/data is absent")
        for item in items:
            if "shared" in item.keywords:
                item.add_marker(absent)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder that holds the reference data (``shared / "data" / …``). For tests marked ``shared``."""
    folder = shared_folder()
    if folder is None:
        pytest.skip("no reference data: LABTRACK_SHARED is unset and ../shared/data is absent")
    return folder


@pytest.fixture
def today() -> date:
    """The frozen date, also in LABTRACK_TODAY."""
    return TODAY


@pytest.fixture(autouse=True)
def own_world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A clinic file, a settings file and a home of the test's own (none exists yet), a frozen date, UTC, plain numbers."""
    for name in [name for name in os.environ if name.startswith("LABTRACK_") and name != "LABTRACK_SHARED"]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("LABTRACK_DB", str(tmp_path / "clinic.db"))
    monkeypatch.setenv("LABTRACK_CONFIG", str(tmp_path / "config" / "labtrack.toml"))
    monkeypatch.setenv("LABTRACK_TODAY", TODAY.isoformat())
    home = tmp_path / "home"
    monkeypatch.setenv("HOME", str(home))
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(home / name.lower()))
    for name in ("LC_ALL", "LANG"):
        monkeypatch.setenv(name, "C.UTF-8")
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    before = locale.setlocale(locale.LC_ALL)
    yield
    locale.setlocale(locale.LC_ALL, before)
    monkeypatch.undo()
    time.tzset()


@pytest.fixture
def tmux() -> str:
    """The tmux program, for tests in a real terminal: skips where it is missing, fails where it must not be (CI)."""
    found = shutil.which("tmux")
    if found is None:
        if os.environ.get("CI"):
            pytest.fail("tmux is missing; .ci/run installs it")
        pytest.skip("tmux is not installed")
    return found
