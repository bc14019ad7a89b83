"""The safety of the record."""

from __future__ import annotations

import csv
import sqlite3
import stat
from pathlib import Path

import pytest
from tests.cli.conftest import Labtrack


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
    assert "Added the patient" in labtrack("audit").out


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
