"""Sheets from text, for the tests of exchange."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from labtrack.catalogue import catalogue
from labtrack.exchange.rows import Terms
from labtrack.exchange.sheet import Sheet, open_sheet

MakeSheet = Callable[..., Sheet]


@pytest.fixture
def sheet_of(tmp_path: Path) -> MakeSheet:
    """A sheet from its text (or bytes), under a name."""

    def make(text: str | bytes, name: str = "sheet.csv", encoding: str = "") -> Sheet:
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return open_sheet(path, encoding)

    return make


@pytest.fixture
def terms(today: date) -> Terms:
    """The catalogue, the frozen date, two rules."""
    return Terms(catalogue(), today, frozenset({"anc-below-1", "hb-below-8"}))
