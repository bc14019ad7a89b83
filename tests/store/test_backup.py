"""Backups are sound single files; a restore swaps only what verifies, and loses nothing of what was there."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from labtrack.core.errors import DatabaseDamaged, DatabaseLocked, DatabaseTooNew, DatabaseUnavailable, NotFound, Refused
from labtrack.core.record import Patient
from labtrack.store import Store
from labtrack.store import backup as module
from labtrack.store.backup import backup, restore
from labtrack.store.verify import FaultKind, verify


def names(path: Path) -> list[str]:
    """The patients of a clinic."""
    with closing(Store.open(path, create=False)) as store, store.read() as reader:
        return [each.patient.name for each in reader.patients()]


def rename(store: Store, number: int, name: str) -> None:
    with store.write() as writer:
        writer.edit_patient(number, Patient("A1", name))
        writer.touch([number])
        writer.audit("edit-patient", {"name": name}, number)


def kill_writer(path: Path, name: str) -> None:
    """A process that renames the patient, and is killed while the clinic is open, so that the write stands in the log alone."""
    program = (
        "import os, sys; from labtrack.core.record import Patient; from labtrack.store import Store; store = Store.open(sys.argv[1])\n"
        "with store.write() as writer:\n"
        "    writer.edit_patient(1, Patient('A1', sys.argv[2])); writer.audit('edit-patient', {}, 1)\n"
        "os.kill(os.getpid(), 9)"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2] / "src")}
    ran = subprocess.run([sys.executable, "-c", program, str(path), name], env=environment, check=False)
    assert ran.returncode == -9
    assert path.with_name("clinic.db-wal").stat().st_size > 32


def left_over(folder: Path) -> list[str]:
    """Working files that should have gone."""
    return [each.name for each in folder.iterdir() if ".part" in each.name]


def test_a_backup_of_a_clinic_in_use_holds_what_is_still_in_its_log(store: Store, ada: int, path: Path, tmp_path: Path) -> None:
    assert path.with_name("clinic.db-wal").stat().st_size > 0
    target = tmp_path / "safe" / "copy.db"
    backup(path, target)
    assert names(target) == ["Ada Example"]
    assert verify(target) == []


def test_a_backup_is_one_private_file(store: Store, ada: int, path: Path, tmp_path: Path) -> None:
    target = tmp_path / "safe" / "copy.db"
    backup(path, target)
    assert [each.name for each in target.parent.iterdir()] == ["copy.db"]
    assert target.stat().st_mode & 0o777 == 0o600
    assert target.parent.stat().st_mode & 0o777 == 0o700


def test_a_backup_can_be_read_where_nothing_may_be_written(store: Store, ada: int, path: Path, tmp_path: Path) -> None:
    target = tmp_path / "safe" / "copy.db"
    backup(path, target)
    with closing(sqlite3.connect(f"file:{target}?immutable=1", uri=True)) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("delete",)
        assert connection.execute("SELECT COUNT(*) FROM patient").fetchone() == (1,)


def test_a_backup_never_overwrites(store: Store, ada: int, path: Path, tmp_path: Path) -> None:
    target = tmp_path / "copy.db"
    target.write_text("precious")
    with pytest.raises(Refused) as caught:
        backup(path, target)
    assert caught.value.next_step
    assert target.read_text() == "precious"


def test_a_backup_needs_a_clinic(path: Path, tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        backup(path, tmp_path / "copy.db")
    assert not (tmp_path / "copy.db").exists()


def test_a_damaged_clinic_gives_no_backup(store: Store, ada: int, path: Path, tmp_path: Path) -> None:
    store.close()
    damage(path)
    with pytest.raises(DatabaseDamaged):
        backup(path, tmp_path / "copy.db")
    assert not (tmp_path / "copy.db").exists()
    assert left_over(tmp_path) == []


def test_a_backup_to_a_place_that_cannot_be_written_says_so(store: Store, ada: int, path: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(DatabaseUnavailable, match="cannot be made"):
        backup(path, tmp_path / "file" / "copy.db")


def damage(path: Path) -> None:
    """Overwrite pages in the middle of the file."""
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(4096 * 2)
        file.write(b"\xa5" * (size - 4096 * 2))


def test_a_restore_brings_back_the_backup_and_keeps_the_clinic(store: Store, ada: int, path: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    backup(path, copy)
    rename(store, ada, "Changed")
    store.close()
    done = restore(path, copy)
    assert names(path) == ["Ada Example"]
    assert done.kept is not None
    assert done.kept.parent == path.parent
    assert names(done.kept) == ["Changed"]
    assert done.faults == ()
    assert path.stat().st_mode & 0o777 == done.kept.stat().st_mode & 0o777 == 0o600
    assert left_over(path.parent) == []


def test_a_restore_leaves_the_backup_as_it_was(store: Store, ada: int, path: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    backup(path, copy)
    before = copy.read_bytes()
    store.close()
    restore(path, copy)
    assert copy.read_bytes() == before


def test_a_restore_needs_no_clinic_to_be_there(store: Store, ada: int, path: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    backup(path, copy)
    elsewhere = tmp_path / "new" / "clinic.db"
    assert restore(elsewhere, copy).kept is None
    assert names(elsewhere) == ["Ada Example"]


def test_two_restores_within_a_second_keep_both(store: Store, ada: int, path: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    backup(path, copy)
    store.close()
    assert restore(path, copy).kept != restore(path, copy).kept


def test_a_restore_waits_for_no_one_and_takes_nothing_from_them(store: Store, ada: int, path: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    backup(path, copy)
    rename(store, ada, "Changed")
    with pytest.raises(DatabaseLocked) as caught:
        restore(path, copy)
    assert caught.value.next_step
    assert names(path) == ["Changed"]
    assert left_over(path.parent) == []


def test_an_unsound_backup_is_not_restored(store: Store, ada: int, path: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    backup(path, copy)
    store.close()
    damage(copy)
    with pytest.raises(DatabaseDamaged) as caught:
        restore(path, copy)
    assert caught.value.next_step
    assert names(path) == ["Ada Example"]
    assert sorted(each.name for each in path.parent.iterdir()) == ["clinic.db"]


def test_a_backup_that_copies_well_and_is_unsound_all_the_same_is_not_restored(store: Store, ada: int, path: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    backup(path, copy)
    store.close()
    with closing(sqlite3.connect(copy)) as connection:
        connection.execute("INSERT INTO event (patient_id, kind, began_on, note) VALUES (99, 'surgery', '2026-01-01', '')")
        connection.commit()
    with pytest.raises(DatabaseDamaged, match="belongs to no patient"):
        restore(path, copy)
    assert names(path) == ["Ada Example"]
    assert sorted(each.name for each in path.parent.iterdir()) == ["clinic.db"]


@pytest.mark.parametrize("content", [b"", b"no database" * 100])
def test_something_else_is_not_restored(store: Store, ada: int, path: Path, tmp_path: Path, content: bytes) -> None:
    store.close()
    other = tmp_path / "other"
    other.write_bytes(content)
    with pytest.raises(DatabaseDamaged):
        restore(path, other)
    assert names(path) == ["Ada Example"]


def test_a_missing_backup_and_the_clinic_itself_are_refused(store: Store, ada: int, path: Path, tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        restore(path, tmp_path / "none.db")
    with pytest.raises(Refused):
        restore(path, path)


def test_a_newer_backup_is_refused(store: Store, ada: int, path: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    backup(path, copy)
    with closing(sqlite3.connect(copy)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0099'")
        connection.commit()
    store.close()
    with pytest.raises(DatabaseTooNew):
        restore(path, copy)


def test_a_damaged_clinic_can_be_replaced_and_its_log_does_not_leak_into_the_new_one(
    store: Store, ada: int, path: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "copy.db"
    backup(path, copy)
    rename(store, ada, "Changed")
    log = path.with_name("clinic.db-wal").read_bytes()
    store.close()
    path.write_bytes(b"gone" * 2000)
    path.with_name("clinic.db-wal").write_bytes(log)
    done = restore(path, copy)
    assert done.kept is not None
    assert done.kept.read_bytes() == b"gone" * 2000
    assert done.kept.with_name(done.kept.name + "-wal").read_bytes() == log
    assert names(path) == ["Ada Example"]


def test_a_broken_chain_is_told_and_restored_all_the_same(store: Store, ada: int, path: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    backup(path, copy)
    with closing(sqlite3.connect(copy)) as connection:
        connection.execute("DROP TRIGGER audit_entry_no_update")
        connection.execute("UPDATE audit_entry SET detail = '{}'")
        connection.commit()
    store.close()
    done = restore(path, copy)
    assert {fault.kind for fault in done.faults} == {FaultKind.CHAIN, FaultKind.GUARDS}


def test_on_a_disk_without_hard_links_the_clinic_is_kept_as_well(
    store: Store, ada: int, path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = tmp_path / "copy.db"
    backup(path, copy)
    rename(store, ada, "Changed")
    store.close()

    def no_links(*_: object) -> None:
        raise OSError("not supported")

    monkeypatch.setattr(os, "link", no_links)
    done = restore(path, copy)
    assert done.kept is not None
    assert names(done.kept) == ["Changed"]
    assert names(path) == ["Ada Example"]


def test_nobody_gets_into_the_old_clinic_while_the_new_one_takes_its_place(
    store: Store, ada: int, path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = tmp_path / "copy.db"
    backup(path, copy)
    store.close()
    move, tried = module.move, []

    def slow(part: Path, target: Path) -> None:
        for attempt in ("PRAGMA journal_mode = WAL", "SELECT name FROM patient", "BEGIN IMMEDIATE"):
            with closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as other:
                with pytest.raises(sqlite3.OperationalError, match="locked"):
                    other.execute(attempt).fetchall()
                tried.append(attempt)
        move(part, target)

    monkeypatch.setattr(module, "move", slow)
    restore(path, copy)
    assert len(tried) == 3
    assert sorted(each.name for each in path.parent.iterdir() if "before-restore" not in each.name) == ["clinic.db"]


@pytest.mark.parametrize("damaged", [False, True])
def test_a_swap_that_fails_leaves_everything_as_it_was(
    damaged: bool, store: Store, ada: int, path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = tmp_path / "copy.db"
    backup(path, copy)
    store.close()
    if damaged:
        kill_writer(path, "Changed")
        path.write_bytes(b"gone" * 2000)

    def held() -> dict[str, bytes]:
        return {each.name: each.read_bytes() for each in path.parent.iterdir() if not each.name.endswith("-shm")}

    before = held()

    def fails(*_: Path) -> None:
        raise DatabaseUnavailable("no")

    monkeypatch.setattr(module, "move", fails)
    with pytest.raises(DatabaseUnavailable):
        restore(path, copy)
    assert held().keys() == before.keys()
    assert held() == before if damaged else names(path) == ["Ada Example"]


def test_the_log_of_a_clinic_that_is_gone_is_not_taken_for_that_of_the_backup(store: Store, ada: int, path: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    backup(path, copy)
    store.close()
    kill_writer(path, "Changed")
    log = path.with_name("clinic.db-wal").read_bytes()
    path.unlink()
    done = restore(path, copy)
    assert names(path) == ["Ada Example"]
    assert verify(path) == []
    assert done.kept is not None
    assert done.kept.with_name(f"{done.kept.name}-wal").read_bytes() == log
