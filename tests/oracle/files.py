"""Reads a folder of CSV files in the import layouts into persons, by core and catalogue alone."""

from __future__ import annotations

import csv
from collections import defaultdict
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path

from tests.oracle.model import Person

from labtrack.catalogue import catalogue, read_value
from labtrack.catalogue.reading import Reading
from labtrack.core.record import CollectedAt, Course, Patient, Result, Sex


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@lru_cache(maxsize=100_000)
def read(analyte: str, value: str, unit: str, low: str, high: str) -> tuple[str, Reading]:
    identity = catalogue().identify(analyte, unit)
    assert identity is not None, analyte
    reading = read_value(identity, value, unit, low, high)
    assert reading.refusal is None, (analyte, value, unit, reading.refusal)
    return identity.analyte.key, reading


def result(number: int, row: dict[str, str]) -> Result:
    key, reading = read(row["analyte"], row["value"], row["unit"], row["ref_low"], row["ref_high"])
    at = datetime.fromisoformat(row["collected_at"])
    return Result(
        key,
        row["value"],
        row["unit"],
        CollectedAt(at.date(), at.time() if "T" in row["collected_at"] else None),
        value=reading.value,
        unusable=reading.unusable,
        lower_limit=reading.lower_limit,
        upper_limit=reading.upper_limit,
        specimen_id=row.get("specimen_id", ""),
        result_id=number,
    )


def load(folder: Path) -> list[Person]:
    courses: dict[str, list[Course]] = defaultdict(list)
    for row in rows(folder / "courses.csv"):
        courses[row["mrn"]].append(Course(row["drug"], float(row["dose_mg"]), row["frequency"], date.fromisoformat(row["start_on"])))
    results: dict[str, list[Result]] = defaultdict(list)
    for number, row in enumerate(rows(folder / "results.csv"), start=1):
        results[row["mrn"]].append(result(number, row))
    return [
        Person(
            Patient(row["mrn"], row["name"], date.fromisoformat(row["birth_date"]) if row["birth_date"] else None, Sex(row["sex"])),
            tuple(courses[row["mrn"]]),
            results=tuple(results[row["mrn"]]),
        )
        for row in rows(folder / "patients.csv")
    ]
