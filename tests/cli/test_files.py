"""The safety of the record."""

from __future__ import annotations

import csv
import io
import sqlite3
import stat
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from tests.cli.conftest import Labtrack
from tests.clinic.tampering import cut_off, tamper, write_anew

from labtrack.clinic import backups
from labtrack.core.errors import DatabaseUnavailable


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


# Backups by themselves


def kept(folder: Path) -> list[str]:
    """The names of the automatic backups."""
    return sorted(each.name for each in folder.glob("clinic-backups/*.bak"))


def test_the_first_change_of_a_day_is_followed_by_a_backup_and_what_only_reads_by_none(
    labtrack: Labtrack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = ["patient", "add", "1", "--name", "A", "--birth-date", "1970-01-01", "--sex", "F"]
    monkeypatch.setattr(backups, "machine_day", lambda: date(2026, 11, 22))
    ran = labtrack(*plain)
    assert (ran.status, ran.out) == (0, "")
    assert "backup" not in ran.err
    assert [name.split(".")[2:4] for name in kept(tmp_path)] == [["2026-11-22", "daily"]]
    assert stat.S_IMODE((tmp_path / "clinic-backups").stat().st_mode) == 0o700
    labtrack("patient", "edit", "1", "--name", "B")
    assert len(kept(tmp_path)) == 1
    monkeypatch.setattr(backups, "machine_day", lambda: date(2026, 11, 23))
    for line in (["worklist"], ["show", "1"], ["verify"], ["info"], ["audit"], ["backup", str(tmp_path / "c.db")], ["restore", "--list"]):
        assert labtrack(*line).status == 0
    assert labtrack("patient", "edit", "nobody", "--name", "B").status == 3
    assert len(kept(tmp_path)) == 1
    labtrack("patient", "edit", "1", "--name", "C")
    assert len(kept(tmp_path)) == 2
    assert labtrack("verify").status == 0


def test_a_dry_run_makes_none_and_an_import_with_refused_rows_makes_one(
    labtrack: Labtrack, tmp_path: Path, write: Callable[[str, str], Path]
) -> None:
    people = write("p.csv", "mrn,name,birth_date,sex\n1,A,1970-01-01,F\n2,B,never,F\n")
    assert labtrack("import", people, "--dry-run").status == 1
    assert kept(tmp_path) == []
    assert labtrack("import", people).status == 1
    assert len(kept(tmp_path)) == 1


def test_none_is_made_where_the_settings_say_so(ada: str, labtrack: Labtrack, tmp_path: Path, write: Callable[[str, str], Path]) -> None:
    for each in tmp_path.glob("clinic-backups/*"):
        each.unlink()
    (tmp_path / "config").mkdir()
    write("config/labtrack.toml", "daily_backups = false\n")
    labtrack("patient", "edit", ada, "--name", "B")
    assert kept(tmp_path) == []
    (tmp_path / "disk").mkdir()
    write("config/labtrack.toml", f'backup_folder = "{tmp_path / "disk"}"\n')
    labtrack("patient", "edit", ada, "--name", "C")
    assert len(list(tmp_path.glob("disk/clinic-*/clinic.db.*.daily.*.bak"))) == 1


@pytest.mark.parametrize("error", [DatabaseUnavailable("The disk is full.", "Free some space."), RuntimeError("x"), KeyboardInterrupt()])
def test_a_backup_that_fails_is_one_line_and_changes_no_status(
    labtrack: Labtrack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    def fails(*_: object) -> None:
        raise error

    monkeypatch.setattr(backups, "make", fails)
    ran = labtrack("patient", "add", "1", "--name", "A", "--birth-date", "1970-01-01", "--sex", "F")
    assert (ran.status, ran.out) == (0, "")
    assert [line.startswith("Today's backup") for line in ran.err.splitlines() if "backup" in line] == [True]
    assert labtrack("patient", "show", "1").status == 0
    assert kept(tmp_path) == []


def test_without_a_file_and_a_terminal_restore_names_the_candidates_and_guesses_nothing(
    ada: str, labtrack: Labtrack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("y\n"))
    (name,) = kept(tmp_path)
    ran = labtrack("restore")
    assert (ran.status, ran.out) == (2, "")
    assert f"{name}, made on" in ran.err
    assert "would be lost: 4 entries of the audit, among them 4 results." in ran.err
    assert f"labtrack restore {tmp_path / 'clinic-backups' / name}" in ran.err
    assert not list(tmp_path.glob("*.before-restore-*"))
    listed = labtrack("restore", "--list", "--format", "csv")
    assert [(row["kind"], row["audit_entries"], row["file"]) for row in listed.rows] == [
        ("daily", "1", str(tmp_path / "clinic-backups" / name))
    ]
    assert str(tmp_path / "clinic-backups" / name) in labtrack("restore", "--list").out


class Typed(io.StringIO):
    """A terminal on which somebody has typed."""

    def isatty(self) -> bool:
        return True


def test_on_a_terminal_restore_says_what_would_be_lost_and_asks(
    ada: str, labtrack: Labtrack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for answer in ("n\n", "\n", ""):
        monkeypatch.setattr(sys, "stdin", Typed(answer))
        ran = labtrack("restore")
        assert ran.status == 3
        assert "Nothing was restored" in ran.err
        assert labtrack("show", ada, "--format", "csv").rows
    monkeypatch.setattr(sys, "stdin", Typed("y\n"))
    ran = labtrack("restore")
    assert ran.status == 0
    assert "The clinic as it was is " in ran.err
    assert labtrack("show", ada, "--format", "csv").rows == []
    assert labtrack("verify").status == 0


def test_without_any_good_backup_restore_says_so(ada: str, labtrack: Labtrack, tmp_path: Path) -> None:
    for each in tmp_path.glob("clinic-backups/*.bak"):
        each.write_bytes(each.read_bytes()[:9000])
    ran = labtrack("restore")
    assert ran.status == 3
    assert "No backup that labtrack made by itself is whole." in ran.err
    (tmp_path / "clinic-backups").rename(tmp_path / "away")
    assert "There is no backup that labtrack made by itself." in labtrack("restore").err


def test_a_backup_that_was_cut_off_is_refused_and_nothing_is_changed(ada: str, labtrack: Labtrack, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    labtrack("backup", copy)
    whole = copy.read_bytes()
    for size in (0, 50, 4096, len(whole) // 2, len(whole) - 4096):
        copy.write_bytes(whole[:size])
        ran = labtrack("restore", copy)
        assert ran.status == 3
        assert len([line for line in ran.err.splitlines() if line.startswith("labtrack: ")]) == 1
        assert ran.err.splitlines()[-1].startswith("  ")
    assert labtrack("verify").status == 0
    assert not list(tmp_path.glob("*.before-restore-*"))


# What verify finds, each made by hand in a real file


def flip_bit_of(text: bytes) -> Callable[[Path], None]:
    """One bit of one byte, somewhere in the first page that holds a text."""

    def flip(path: Path) -> None:
        data = bytearray(path.read_bytes())
        data[data.index(text)] ^= 1
        path.write_bytes(data)

    return flip


def flip_bit_at(place: int) -> Callable[[Path], None]:
    def flip(path: Path) -> None:
        data = bytearray(path.read_bytes())
        data[place] ^= 1
        path.write_bytes(data)

    return flip


def cut_off_and_go_on(path: Path) -> None:
    """The last look is removed, the audit is made whole again."""
    cut_off(path, 1)
    write_anew(path)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda path: tamper(path, "UPDATE result SET value_text = '1.82', low = 1.82, high = 1.82 WHERE analyte = 'anc' AND id > 2"),
         "result 3 of 10021 is not as it was entered"),
        (lambda path: tamper(path, "DELETE FROM audit_entry WHERE id = 3"), "audit entry 3 is missing"),
        (lambda path: cut_off(path, 1), "is missing: the audit was cut off"),
        (cut_off_and_go_on, "is missing: the audit was cut off"),
        (lambda path: tamper(path, "UPDATE finding SET verdict = 'not met' WHERE rule = 'anc-below-1'"),
         "stored verdict of anc-below-1 for 10021 is not what the record gives"),
        (flip_bit_of(b"Okafor, Ada"), "the record of 10021 is not what was written to it"),
        (flip_bit_at(0), "is not a clinic"),
        (flip_bit_at(100), "database disk image is malformed"),
        (flip_bit_at(3 * 4096), "pages: "),
    ],
    ids=["a changed result", "a deleted audit entry", "a truncated chain", "a truncated and recomputed chain", "an altered verdict",
         "a bit in a row", "a bit in the file's head", "a bit in the first page", "a bit in another page"],
)  # fmt: skip
def test_verify_finds_it_and_names_it(ada: str, labtrack: Labtrack, tmp_path: Path, change: Callable[[Path], None], told: str) -> None:
    place = tmp_path / "clinic.db"
    assert labtrack("backup", tmp_path / "safe" / "copy.db").status == 0  # its entry is the last of the audit,
    assert labtrack("backup", tmp_path / "safe").status == 0  # which stands in this one's anchor
    with closing(sqlite3.connect(place)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    cut_off(place, 1)  # what the last backup wrote itself is in no anchor
    assert labtrack("verify", "--against", tmp_path / "safe").status == 0
    change(place)
    ran = labtrack("verify", "--against", tmp_path / "safe")
    assert (ran.status, ran.out) == (1, "")
    assert [line for line in ran.err.splitlines() if line.startswith("Fault: ") and told in line], ran.err
    assert "restore the last good backup: labtrack restore" in ran.err


def test_a_locked_clinic_is_told_and_left_alone(ada: str, labtrack: Labtrack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("labtrack.store.connection.BUSY_TIMEOUT", 30)
    copy = tmp_path / "copy.db"
    labtrack("backup", copy)
    with closing(sqlite3.connect(tmp_path / "clinic.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        for line in (["restore", str(copy)], ["backup", str(tmp_path / "two.db")]):
            ran = labtrack(*line)
            assert ran.status == 3
            assert "in use by another program" in ran.err
        other.execute("ROLLBACK")
    assert labtrack("verify").status == 0
