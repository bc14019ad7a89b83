"""The command line, and the two hostile clinics, for the sweep."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.cli.conftest import labtrack  # noqa: F401 - a fixture
from tests.hostile import clinics


@pytest.fixture
def forced(tmp_path: Path) -> Path:
    """The clinic that was written past every check."""
    return clinics.forced(tmp_path)


@pytest.fixture
def entered(tmp_path: Path) -> Path:
    """The clinic that imports made."""
    return clinics.entered(tmp_path)


@pytest.fixture(autouse=True)
def hostile_settings(own_world: None, tmp_path: Path) -> None:
    """Settings with a trick wherever a text may stand."""
    del own_world
    clinics.settings().save()
