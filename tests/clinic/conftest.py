"""A store of the test's own, and imports of texts into it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from tests.clinic.homes import open_clinic, with_ada

from labtrack.catalogue import catalogue
from labtrack.clinic import Clinic
from labtrack.clinic.import_outcome import ImportOutcome
from labtrack.clinic.importing import ImportOptions, import_files
from labtrack.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """An empty clinic."""
    return Store.open(tmp_path / "clinic.db", actor="tester")


@pytest.fixture
def run(store: Store, tmp_path: Path, today: date) -> Callable[..., ImportOutcome]:
    """Write the given texts to files named by their keys and import them in that order."""

    def run(assess: Any = None, options: ImportOptions | None = None, **texts: str) -> ImportOutcome:
        paths = []
        for name, text in texts.items():
            paths.append(tmp_path / f"{name}.csv")
            paths[-1].write_text(text, encoding="utf-8", newline="")
        options = options or ImportOptions()
        return import_files(store, paths, options, catalogue=catalogue(), today=today, rule_ids=("anc-below-1",), assess=assess)

    return run


@pytest.fixture
def clinic(tmp_path: Path) -> Iterator[Clinic]:
    """A clinic without patients."""
    with open_clinic(tmp_path) as opened:
        yield opened


@pytest.fixture
def ada(clinic: Clinic) -> Clinic:
    """A clinic with one patient on baricitinib, screened and reviewed, without any result."""
    return with_ada(clinic)
