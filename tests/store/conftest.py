"""A clinic in a file of the test's own, with one patient whose record is easy to extend."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest

from labtrack.core.quantity import Interval
from labtrack.core.record import CollectedAt, Patient, Result, Sex
from labtrack.store import Store

#: The moment that every test's writes carry.
NOW = datetime(2026, 11, 22, 10, 11, 12, tzinfo=UTC)
ADA = Patient("A1", "Ada Example", date(1970, 5, 17), Sex.FEMALE, 61.5, "555", "ada@example.org")


def clock() -> datetime:
    return NOW


def measured(analyte: str = "anc", value: float = 2.5, on: date = date(2026, 11, 2), **others: object) -> Result:
    """A plain reported result."""
    fields: dict[str, object] = {
        "analyte": analyte,
        "value_text": f"{value:g}",
        "unit": "10*9/L",
        "collected_at": CollectedAt(on, time(8, 30)),
        "value": Interval(value, value),
    }
    return Result(**(fields | others))  # type: ignore[arg-type]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "clinic" / "clinic.db"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    """An empty clinic."""
    opened = Store.open(path, actor="tester", clock=clock)
    yield opened
    opened.close()


@pytest.fixture
def ada(store: Store) -> int:
    """The number of the one patient of the clinic."""
    with store.write() as writer:
        number = writer.add_patient(ADA)
        writer.audit("add-patient", {"mrn": ADA.mrn}, number)
    return number
