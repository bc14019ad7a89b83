"""The clinics that the short runs start from, small and made once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.faults.templates import FEW, Templates

#: Other moments than a long run's: ``python -m tests.faults --seed N``.
SEED = 4


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Templates]:
    """Small ones, so that a run takes seconds."""
    made = Templates(tmp_path_factory.mktemp("templates"), patients=FEW, rows=200, releases=1)
    yield made
    made.clear()
