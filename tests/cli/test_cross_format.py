"""The same people's results as HL7 v2 and as FHIR, through the commands: one record, and the one that the trial's own table says."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import pytest
from tests.cli.conftest import Labtrack

from labtrack.catalogue import catalogue
from labtrack.core.quantity import Comparator, parse_quantity

pytestmark = pytest.mark.shared

FOLDER = Path("data") / "open" / "derived" / "cross_format"
#: Results of what labtrack follows, by subject: none may be lost.
SUBJECTS = {"01-701-1115": 79, "01-701-1363": 140, "01-705-1186": 79, "01-705-1349": 133, "01-709-1029": 140}


class Row(NamedTuple):
    """One result. ``at`` is the local date and time; values and limits are numbers, for JSON writes 1.10 as 1.1."""

    analyte: str
    at: str
    comparator: Comparator
    value: Decimal
    unit: str
    low: Decimal | None
    high: Decimal | None
    status: str


def row_of(said: Sequence[str]) -> Row:
    """A row from analyte, moment, value, unit, limits and status as texts."""
    analyte, at, value, unit, low, high, status = said
    quantity = parse_quantity(value)
    assert quantity is not None, value
    number = (quantity.comparator, quantity.number, unit)
    return Row(analyte, at[:16], *number, Decimal(low) if low else None, Decimal(high) if high else None, status)


def imported(labtrack: Labtrack, folder: Path, path: Path) -> list[Row]:
    """The results that a clinic of its own exports after the import of one file, sorted."""
    place = folder / f"{path.name}.db"
    ran = labtrack("--db", place, "import", "--add-patients", path)
    assert ran.status == 0, ran.err
    assert "refused" not in ran.err
    exported = labtrack("--db", place, "export", "results", "-o", "-")
    assert {row["mrn"] for row in exported.rows} == {path.name.split(".")[0]}
    return sorted(
        row_of([row[name] for name in ("analyte", "collected_at", "value", "unit", "ref_low", "ref_high", "status")])
        for row in exported.rows
    )


def expected(shared: Path, subject: str) -> list[Row]:
    """What the trial's table says of the analytes that labtrack follows, by their LOINC codes, sorted."""
    found = []
    with (shared / FOLDER / "expected.csv").open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            identity = catalogue().identify(row["loinc"], row["ucum"])
            if row["subject"] == subject and identity is not None:
                said = [row[name] for name in ("datetime", "result", "ucum", "ref_low", "ref_high")]
                found.append(row_of([identity.analyte.key, *said, "final"]))
    return sorted(found)


@pytest.mark.parametrize("subject", SUBJECTS)
def test_hl7_and_fhir_give_the_same_results_and_those_of_the_trial(labtrack: Labtrack, shared: Path, tmp_path: Path, subject: str) -> None:
    from_hl7 = imported(labtrack, tmp_path, shared / FOLDER / f"{subject}.hl7")
    from_fhir = imported(labtrack, tmp_path, shared / FOLDER / f"{subject}.fhir.json")
    assert len(from_hl7) == SUBJECTS[subject]
    assert from_hl7 == from_fhir
    assert from_hl7 == expected(shared, subject)


def test_a_bound_is_kept_as_a_bound_by_both(labtrack: Labtrack, shared: Path, tmp_path: Path) -> None:
    for ending in ("hl7", "fhir.json"):
        rows = imported(labtrack, tmp_path, shared / FOLDER / f"01-701-1363.{ending}")
        (bound,) = [row for row in rows if row.comparator is not Comparator.EXACT]
        assert (bound.analyte, bound.comparator, bound.value) == ("bilirubin", Comparator.LESS, Decimal("0.2"))
