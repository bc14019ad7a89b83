"""Opening a clinic, and its transactions as callers see them."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from tests.store.conftest import ADA, NOW, clock
from tests.store.sample import fill

from labtrack.core.errors import DatabaseLocked, DatabaseUnavailable, StoreError
from labtrack.core.record import Patient
from labtrack.store import Store, connection


def test_a_clinic_is_still_there_when_it_is_opened_again(store: Store, path: Path) -> None:
    fill(store)
    store.close()
    with closing(Store.open(path, create=False)) as again, again.read() as reader:
        assert [each.patient.mrn for each in reader.patients()] == ["A1", "B2"]


def test_a_url_names_the_same_clinic_as_its_path(store: Store, path: Path) -> None:
    fill(store)
    with closing(Store.open(f"sqlite:///{path}", create=False)) as again, again.read() as reader:
        assert len(reader.patients()) == 2


def test_the_audit_names_the_actor_and_the_moment_of_the_store(store: Store) -> None:
    fill(store)
    with store.read() as reader:
        entry, *_ = reader.audit_entries()
    assert (entry.actor, entry.at) == ("tester", "2026-11-22T10:11:12.000+00:00")


def test_moments_are_kept_in_utc_wherever_the_clock_stands(path: Path) -> None:
    east = timezone(timedelta(hours=5, minutes=30))
    with closing(Store.open(path, clock=lambda: NOW.astimezone(east))) as store, store.write() as writer:
        assert writer.now() == "2026-11-22T10:11:12.000+00:00"


def test_without_a_clock_the_moment_is_now(path: Path) -> None:
    with closing(Store.open(path)) as store, store.write() as writer:
        assert abs(datetime.fromisoformat(writer.now()) - datetime.now(UTC)) < timedelta(minutes=1)


def test_a_change_without_an_audit_entry_is_not_kept(store: Store) -> None:
    with pytest.raises(StoreError, match="audit"), store.write() as writer:
        writer.add_patient(ADA)
    with store.read() as reader:
        assert reader.patients() == []


def test_what_is_derived_needs_no_audit_entry(store: Store, ada: int) -> None:
    with store.write() as writer:
        writer.put_segments([(ada, b"packed")])
    with store.read() as reader:
        assert reader.segment(ada) == b"packed"


def test_a_writer_reads_what_it_wrote(store: Store) -> None:
    with store.write() as writer:
        number = writer.add_patient(ADA)
        found = writer.patient("A1")
        writer.audit("add-patient", {}, number)
    assert found is not None
    assert found.id == number


def test_a_closed_store_opens_again_by_itself(store: Store, ada: int) -> None:
    store.close()
    with store.read() as reader:
        assert len(reader.patients()) == 1
    store.close()


def test_two_clinics_are_two(tmp_path: Path) -> None:
    with closing(Store.open(tmp_path / "one.db", clock=clock)) as one, closing(Store.open(tmp_path / "two.db", clock=clock)) as two:
        with one.write() as writer:
            writer.add_patient(Patient("A1", "Ada"))
            writer.audit("add-patient", {})
        with two.read() as reader:
            assert reader.patients() == []


def test_a_probe_tells_whether_the_clinic_can_be_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "BUSY_TIMEOUT", 30)
    path = tmp_path / "probed.db"
    store = Store.open(path)
    store.probe()
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(DatabaseLocked):
            store.probe()
        reader = Store.open(path, read_only=True)
        reader.probe()
        reader.close()
    store.probe()
    store.close()


def test_a_path_that_cannot_be_looked_at_is_told(tmp_path: Path) -> None:
    for create in (True, False):
        with pytest.raises(DatabaseUnavailable, match="cannot be opened"):
            Store.open(tmp_path / ("x" * 5000), create=create)
