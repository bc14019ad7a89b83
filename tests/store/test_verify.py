"""Each kind of fault is found and named; a whole clinic has none."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest
from tests.store.sample import fill

from labtrack.store import Store
from labtrack.store.verify import NAMED, Fault, FaultKind, structural, verify


@pytest.fixture
def full(store: Store, path: Path) -> Path:
    """The sample clinic, closed."""
    fill(store)
    for turn in range(3):
        with store.write() as writer:
            writer.audit("turn", {"number": turn})
    store.close()
    return path


def tamper(path: Path, *statements: str) -> None:
    """What somebody with another program could do."""
    with closing(sqlite3.connect(path)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()


def kinds(faults: Sequence[Fault]) -> set[FaultKind]:
    return {fault.kind for fault in faults}


def test_a_whole_clinic_has_no_faults(full: Path) -> None:
    assert verify(full) == []


def test_a_clinic_in_use_can_be_looked_at_and_is_not_changed(store: Store, path: Path) -> None:
    fill(store)
    before = path.read_bytes()
    with store.write() as writer:
        writer.audit("meanwhile", {})
        assert verify(path) == []
    assert path.read_bytes() == before


def test_damaged_pages_are_found(full: Path) -> None:
    with full.open("r+b") as file:
        file.seek(4096 * 3)
        file.write(b"\xa5" * 4096 * 30)
    faults = verify(full)
    assert FaultKind.PAGES in kinds(faults)
    assert structural(faults)


@pytest.mark.parametrize("content", [None, b"no database" * 1000])
def test_what_is_no_database_is_a_fault_not_an_error(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "thing"
    if content is not None:
        path.write_bytes(content)
    faults = verify(path)
    assert faults
    assert structural(faults) == faults


def test_rows_without_their_patient_are_found(full: Path) -> None:
    tamper(full, "DELETE FROM course", "DELETE FROM patient WHERE id = 1")
    faults = [str(fault) for fault in verify(full) if fault.kind is FaultKind.KEYS]
    assert "keys: row 1 of event belongs to no patient" in faults
    assert "keys: a row of finding belongs to no patient" in faults


def test_a_missing_table_is_found(full: Path) -> None:
    tamper(full, "DROP TABLE audit_entry")
    assert FaultKind.SCHEMA in kinds(structural(verify(full)))


def test_a_guard_that_guards_nothing_is_found(full: Path) -> None:
    idle = "CREATE TRIGGER sent_report_no_update BEFORE UPDATE ON sent_report BEGIN SELECT 1; END"
    tamper(full, "DROP TRIGGER sent_report_no_update", idle)
    assert [str(fault) for fault in verify(full)] == ["guards: what keeps a row of sent_report from update was changed"]


def test_a_missing_guard_is_found(full: Path) -> None:
    tamper(full, "DROP TRIGGER result_no_delete")
    assert [str(fault) for fault in verify(full)] == ["guards: nothing keeps a row of result from delete: its trigger is gone"]


@pytest.mark.parametrize(("gone", "told"), [("id = 3", "result 3 is missing"), ("id < 4", "results 1 to 3 are missing")])
def test_a_removed_result_is_found(full: Path, gone: str, told: str) -> None:
    tamper(full, "DROP TRIGGER result_no_delete", "DROP TRIGGER supersession_no_delete", "DELETE FROM supersession")
    tamper(full, f"DELETE FROM result WHERE {gone}")
    assert told in [fault.detail for fault in verify(full) if fault.kind is FaultKind.RESULTS]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("UPDATE audit_entry SET detail = '{}' WHERE id = 2", "audit entry 2 was changed"),
        ("UPDATE audit_entry SET actor = 'x' WHERE id = 2", "audit entry 2 was changed"),
        ("UPDATE audit_entry SET at = '2020' WHERE id = 2", "audit entry 2 was changed"),
        ("UPDATE audit_entry SET patient_id = 2 WHERE id = 1", "audit entry 1 was changed"),
        ("DELETE FROM audit_entry WHERE id = 2", "audit entry 2 is missing"),
        ("DELETE FROM audit_entry WHERE id = 1", "audit entry 1 is missing"),
        ("UPDATE audit_entry SET hash = 'f' WHERE id = 2", "audit entry 3 does not follow the one before it"),
    ],
)
def test_a_changed_audit_trail_is_found(full: Path, change: str, told: str) -> None:
    tamper(full, "DROP TRIGGER audit_entry_no_update", "DROP TRIGGER audit_entry_no_delete", change)
    assert told in [fault.detail for fault in verify(full) if fault.kind is FaultKind.CHAIN]


def test_a_flood_of_faults_is_counted(full: Path) -> None:
    many = NAMED * 3
    tamper(full, "DROP TABLE event", "CREATE TABLE event (patient_id INTEGER REFERENCES patient (id))")
    tamper(full, *[f"INSERT INTO event VALUES ({1000 + place})" for place in range(many)])
    faults = verify(full)
    assert len(faults) == NAMED + 1
    assert faults[-1].detail == f"and {many - NAMED} more"
