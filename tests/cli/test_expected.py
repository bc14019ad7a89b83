"""The reference data, through the commands: what is taken, judged and due, and an export that comes back as the same."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.cli.conftest import Labtrack

from labtrack.core.judgment import Reason

pytestmark = pytest.mark.shared

COHORTS = [("cdisc", "2013-06-30"), ("cdisc", "2014-03-15"), ("cohort-11", "2026-06-30")]
#: One reason of several stands in its column; the message names every one in these words.
IN_WORDS = {reason.value: reason.in_words for reason in Reason}

Taken = Callable[[str], Path]


@pytest.fixture
def taken(labtrack: Labtrack, shared: Path, tmp_path: Path) -> Taken:
    """The clinic of a cohort, imported."""

    def take(cohort: str) -> Path:
        place = tmp_path / f"{cohort}.db"
        ran = labtrack("--db", place, "import", *sorted((shared / "data" / cohort).glob("*.csv")))
        assert ran.status == 0, ran.err
        return place

    return take


def expected(shared: Path, cohort: str, day: str, what: str) -> list[dict[str, str]]:
    with (shared / "data" / "expected" / f"{cohort}-{day}-{what}.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_every_result_is_taken_once(labtrack: Labtrack, shared: Path, tmp_path: Path) -> None:
    files = sorted((shared / "data" / "cdisc").glob("*.csv"))
    first, second = (labtrack("--db", tmp_path / "x.db", "import", *files) for _ in range(2))
    assert first.status == second.status == 0
    assert "results.csv (results): 13,855 accepted" in first.err
    assert "results.csv (results): 0 accepted, 13,855 duplicate" in second.err
    assert "Nothing new: no record changed." in second.err
    shown = labtrack("--db", tmp_path / "x.db", "info", "--format", "json").objects[0]
    assert (shown["patients"], shown["results"]) == (127, 13_855)


@pytest.mark.parametrize(("cohort", "day"), COHORTS)
def test_verdicts_are_as_expected(cohort: str, day: str, labtrack: Labtrack, shared: Path, taken: Taken) -> None:
    ran = labtrack("--db", taken(cohort), "assess", "--all", "--as-of", day, "--format", "csv")
    judged = {(row["mrn"], row["rule"]): row for row in ran.rows}
    wrong = []
    for row in expected(shared, cohort, day, "assess"):
        found = judged[row["mrn"], row["rule"]]
        told = row["reason"] == found["reason"] or (row["reason"] != "" and IN_WORDS[row["reason"]] in found["message"])
        if found["verdict"] != row["verdict"] or not told:
            wrong.append((row, found["verdict"], found["reason"], found["message"]))
    assert wrong == []


@pytest.mark.parametrize(("cohort", "day"), COHORTS)
def test_checks_are_as_expected(cohort: str, day: str, labtrack: Labtrack, shared: Path, taken: Taken) -> None:
    ran = labtrack("--db", taken(cohort), "due", "--as-of", day, "--format", "csv")
    due = {(row["mrn"], row["panel"]): (row["due_on"], row["status"]) for row in ran.rows}
    wrong = [
        (row, due.get((row["mrn"], row["panel"])))
        for row in expected(shared, cohort, day, "due")
        if due.get((row["mrn"], row["panel"])) != (row["due_on"], row["status"])
    ]
    assert wrong == []


@pytest.mark.parametrize(("cohort", "day"), COHORTS[1:])
def test_an_export_comes_back_as_the_same(cohort: str, day: str, labtrack: Labtrack, taken: Taken, tmp_path: Path) -> None:
    first, second, folder = taken(cohort), tmp_path / "second.db", tmp_path / "all"
    assert labtrack("--db", first, "export", "all", "-o", folder).status == 0
    ran = labtrack("--db", second, "import", *sorted(folder.glob("*.csv")))
    assert ran.status == 0, ran.err
    for command in (("assess", "--all"), ("due",)):
        before, after = (labtrack("--db", place, *command, "--as-of", day, "--format", "csv").out for place in (first, second))
        assert before == after
        assert before.count("\r\n") > 100
