"""Files out, and the safety of the record."""

from __future__ import annotations

import csv
import sqlite3
import stat
from pathlib import Path

import pytest
from tests.cli.conftest import Labtrack


def test_the_summary_goes_to_stdout_or_to_a_file(ada: str, labtrack: Labtrack, tmp_path: Path) -> None:
    piped, dashed = labtrack("export", "summary"), labtrack("export", "summary", "-o", "-")
    assert piped.status == 0
    assert piped.out == dashed.out
    written = labtrack("export", "summary", "-o", tmp_path / "summary.csv")
    assert (written.status, written.out) == (0, "")
    assert f"Written: {tmp_path / 'summary.csv'}" in written.err
    assert (tmp_path / "summary.csv").read_bytes().decode() == piped.out
    anc = next(row for row in piped.rows if row["analyte"] == "anc")
    assert (anc["mrn"], anc["latest_value"], anc["as_of"]) == (ada, "0.82", "2026-11-22")
    assert any(row["flag"] == "never measured" for row in piped.rows)


def test_the_summary_looks_back_and_at_one_patient(ada: str, labtrack: Labtrack) -> None:
    rows = labtrack("export", "summary", "--patient", ada, "--as-of", "2026-03-01").rows
    assert next(row["latest_value"] for row in rows if row["analyte"] == "anc") == "3.1"


def test_results_carry_their_numbers(ada: str, labtrack: Labtrack) -> None:
    rows = labtrack("export", "results", "--patient", ada).rows
    assert [row["result_id"] for row in rows] == ["1", "2", "3", "4"]


def test_everything_is_a_folder_that_can_be_imported(ada: str, labtrack: Labtrack, tmp_path: Path) -> None:
    folder = tmp_path / "everything"
    ran = labtrack("export", "all", "-o", folder)
    assert (ran.status, ran.out) == (0, "")
    assert labtrack("--db", tmp_path / "other.db", "import", *sorted(folder.glob("*.csv"))).status == 0
    assert labtrack("--db", tmp_path / "other.db", "assess", "--format", "csv").out == labtrack("assess", "--format", "csv").out


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["all"], "needs a folder"),
        (["all", "-o", "-"], "needs a folder"),
        (["results", "--as-of", "2026-01-01"], "--as-of has no meaning"),
        (["ics"], "later version"),
        (["fhir"], "later version"),
        (["report"], "later version"),
        (["everything"], "choose from summary, results, all"),
        ([], "Missing argument"),
    ],
    ids=" ".join,
)
def test_wrong_usage_shows_the_right_one(arguments: list[str], told: str, ada: str, labtrack: Labtrack) -> None:
    ran = labtrack("export", *arguments)
    assert (ran.status, ran.out) == (2, "")
    assert told in ran.err
    assert "labtrack export " in ran.err or "Leave --as-of out." in ran.err


def test_a_place_that_cannot_be_written(ada: str, labtrack: Labtrack, tmp_path: Path) -> None:
    ran = labtrack("export", "summary", "-o", tmp_path / "no" / "such" / "folder.csv")
    assert ran.status == 3
    assert "cannot be written" in ran.err


def test_a_backup_can_be_put_back(ada: str, labtrack: Labtrack, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    ran = labtrack("backup", copy)
    assert (ran.status, ran.out) == (0, "")
    assert f"Copied to {copy}" in ran.err
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    labtrack("patient", "edit", ada, "--name", "Somebody Else")
    back = labtrack("restore", copy)
    assert back.status == 0
    assert "The clinic as it was is " in back.err
    assert labtrack("patient", "list", "--format", "csv").rows[0]["name"] == "Okafor, Ada"


def test_what_is_no_backup_is_not_put_anywhere(ada: str, labtrack: Labtrack, tmp_path: Path) -> None:
    (tmp_path / "no.db").write_text("no clinic", encoding="utf-8")
    assert labtrack("restore", tmp_path / "no.db").status == 3
    assert labtrack("restore", tmp_path / "nowhere.db").status == 3
    assert labtrack("patient", "show", ada).status == 0


def test_verify_finds_nothing_or_names_it(ada: str, labtrack: Labtrack, tmp_path: Path) -> None:
    assert labtrack("verify").status == 0
    with sqlite3.connect(tmp_path / "clinic.db") as connection:
        connection.execute("delete from segment")
    connection.close()
    ran = labtrack("verify")
    assert (ran.status, ran.out) == (1, "")
    assert "Fault: " in ran.err
    assert "restore the last good backup" in ran.err


def test_a_clinic_that_is_up_to_date_needs_no_upgrade(ada: str, labtrack: Labtrack, tmp_path: Path) -> None:
    ran = labtrack("upgrade")
    assert ran.status == 0
    assert "is up to date" in ran.err
    assert labtrack("--db", tmp_path / "nowhere.db", "upgrade").status == 3


def test_info_tells_where_everything_is(ada: str, labtrack: Labtrack, tmp_path: Path) -> None:
    table = labtrack("info").out
    assert str(tmp_path / "clinic.db") in table
    (facts,) = labtrack("info", "--format", "json").objects
    assert (facts["patients"], facts["results"], facts["region"]) == (1, 4, "US")
    assert facts["log"] == str(tmp_path / "clinic.log")
    assert facts["settings"] == str(tmp_path / "config" / "labtrack.toml")
    (row,) = csv.DictReader(labtrack("info", "--format", "csv").out.splitlines())
    assert row == {key: str(value) for key, value in facts.items()}


def test_the_audit_tells_who_did_what(ada: str, labtrack: Labtrack) -> None:
    rows = labtrack("audit", "--patient", ada, "--format", "csv").rows
    assert [row["action"] for row in rows][:3] == ["add patient", "start course", "record results"]
    assert all(row["mrn"] == ada and row["actor"] for row in rows)
    assert "add patient" in labtrack("audit").out


@pytest.mark.parametrize(
    "command",
    [["assess"], ["due"], ["worklist"], ["show", "1"], ["info"], ["verify"], ["audit"], ["patient", "list"], ["backup", "x.db"]],
    ids=" ".join,
)
def test_what_only_reads_makes_no_clinic(command: list[str], labtrack: Labtrack, tmp_path: Path) -> None:
    ran = labtrack("--db", tmp_path / "mistyped.db", *command)
    assert (ran.status, ran.out) == (3, "")
    assert f"There is no clinic at {tmp_path / 'mistyped.db'}" in ran.err
    assert not (tmp_path / "mistyped.db").exists()
