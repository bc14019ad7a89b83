"""The description of a sample patient."""

from __future__ import annotations

from labtrack.core.record import Sex
from labtrack.demo.case import Case, Shows, Therapy


def test_the_therapy_is_the_newest() -> None:
    old, new = Therapy("tofacitinib", 5, started=300, stopped=200), Therapy("upadacitinib", 15, started=190)
    assert Case("A", Sex.FEMALE, 40, (Shows("x"),), (old, new)).therapy is new
    assert Case("A", Sex.FEMALE, 40, (Shows("x"),)).therapy is None
