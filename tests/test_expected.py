"""The three expected data sets through the engine and through the oracle: every verdict, reason, due date and status."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from pathlib import Path

import pytest
from tests.oracle.compare import Line, engine_lines
from tests.oracle.files import load, rows
from tests.oracle.model import Person
from tests.oracle.rules import judge
from tests.oracle.schedule import checks

from labtrack.core.judgment import Region

SETS = (("cohort-11", "2026-06-30"), ("cdisc", "2013-06-30"), ("cdisc", "2014-03-15"))

pytestmark = [pytest.mark.shared, pytest.mark.parametrize(("name", "day"), SETS, ids=lambda text: text)]


@lru_cache(maxsize=2)
def persons(folder: Path) -> list[Person]:
    return load(folder)


@lru_cache(maxsize=4)
def engine_says(folder: Path, day: date) -> dict[str, Line]:
    known = persons(folder)
    return dict(zip([person.patient.mrn for person in known], engine_lines(known, day, Region.US), strict=True))


def test_the_engine_gives_every_expected_verdict_and_reason(shared: Path, name: str, day: str) -> None:
    found = engine_says(shared / "data" / name, date.fromisoformat(day))
    expected = rows(shared / "data" / "expected" / f"{name}-{day}-assess.csv")
    wrong = []
    for row in expected:
        verdict, reasons = found[row["mrn"]].rules[row["rule"]]
        if verdict != row["verdict"] or (row["reason"] and row["reason"] not in reasons):
            wrong.append((row, verdict, reasons))
    assert len(expected) > 2000
    assert not wrong, wrong[:10]


def test_the_engine_gives_every_expected_check(shared: Path, name: str, day: str) -> None:
    found = engine_says(shared / "data" / name, date.fromisoformat(day))
    expected = rows(shared / "data" / "expected" / f"{name}-{day}-due.csv")
    wrong = []
    for row in expected:
        due_on, status, _ = found[row["mrn"]].checks[row["panel"]]
        if (due_on.isoformat(), status) != (row["due_on"], row["status"]):
            wrong.append((row, due_on, status))
    assert len(expected) > 500
    assert not wrong, wrong[:10]


def test_the_oracle_gives_them_too(shared: Path, name: str, day: str) -> None:
    as_of = date.fromisoformat(day)
    answers = {person.patient.mrn: judge(person, as_of, Region.US) for person in persons(shared / "data" / name)}
    due = {person.patient.mrn: checks(person, as_of, Region.US, answers[person.patient.mrn]) for person in persons(shared / "data" / name)}
    for row in rows(shared / "data" / "expected" / f"{name}-{day}-assess.csv"):
        answer = answers[row["mrn"]][row["rule"]]
        assert answer.verdict == row["verdict"], row
        assert not row["reason"] or row["reason"] in answer.reasons, row
    for row in rows(shared / "data" / "expected" / f"{name}-{day}-due.csv"):
        check = due[row["mrn"]][row["panel"]]
        assert (check.on.isoformat(), check.status) == (row["due_on"], row["status"]), row


def test_engine_and_oracle_name_the_same_missing_analytes(shared: Path, name: str, day: str) -> None:
    as_of = date.fromisoformat(day)
    found = engine_says(shared / "data" / name, as_of)
    for person in persons(shared / "data" / name):
        due = checks(person, as_of, Region.US, judge(person, as_of, Region.US))
        line = found[person.patient.mrn]
        assert {panel: check.missing for panel, check in due.items()} == {panel: lacking for panel, (_, _, lacking) in line.checks.items()}
