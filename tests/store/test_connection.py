"""Transactions, locks, file modes and the driver's errors in our words."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from tests.store.conftest import ADA
from tests.store.test_migrate import environment

from labtrack.core.errors import DatabaseDamaged, DatabaseLocked, DatabaseUnavailable, StoreError, UsageError
from labtrack.core.record import Patient
from labtrack.store import Store, connection
from labtrack.store.connection import Session, Statement, private_file, private_folder, sqlite_path, translated


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Writers wait 30 milliseconds for each other."""
    monkeypatch.setattr(connection, "BUSY_TIMEOUT", 30)


@pytest.fixture
def other(impatient: None, store: Store, path: Path) -> Iterator[Store]:
    """A second program on the same clinic."""
    opened = Store.open(path, create=False)
    yield opened
    opened.close()


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_folders_and_files_are_private(store: Store, ada: int, path: Path) -> None:
    assert mode(path.parent) == 0o700
    beside = sorted(path.parent.iterdir())
    assert [each.name for each in beside] == ["clinic.db", "clinic.db-shm", "clinic.db-wal"]
    assert {mode(each) for each in beside} == {0o600}


def test_every_new_folder_is_private_and_an_old_one_is_left_as_it_is(tmp_path: Path) -> None:
    old = tmp_path / "old"
    old.mkdir(mode=0o755)
    private_folder(old / "new" / "newer")
    assert [mode(old), mode(old / "new"), mode(old / "new" / "newer")] == [0o755, 0o700, 0o700]


def test_a_private_file_is_never_emptied(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("kept")
    private_file(path)
    assert path.read_text() == "kept"


@pytest.mark.parametrize(
    ("location", "file"),
    [
        ("clinic.db", "clinic.db"),
        ("/data/my clinic #1?.db", "/data/my clinic #1?.db"),
        ("sqlite:////data/clinic.db", "/data/clinic.db"),
        ("sqlite:///clinic.db", "clinic.db"),
        ("postgresql+psycopg://host/clinic", None),
    ],
)
def test_a_location_is_a_path_or_a_url(location: str, file: str | None) -> None:
    assert sqlite_path(location) == (None if file is None else Path(file))


def test_a_clinic_may_have_any_name(tmp_path: Path) -> None:
    path = tmp_path / "my 100% clinic? #1" / "ä ö.db"
    for _ in range(2):
        with closing(Store.open(path)) as store, store.read() as reader:
            assert reader.patients() == []
    assert path.is_file()


@pytest.mark.parametrize(
    ("pragma", "value"), [("foreign_keys", 1), ("journal_mode", "wal"), ("synchronous", 2), ("busy_timeout", connection.BUSY_TIMEOUT)]
)
def test_every_connection_is_set_up(store: Store, pragma: str, value: object) -> None:
    with store.read() as reader:
        assert reader.session.driver.execute(f"PRAGMA {pragma}").fetchone() == (value,)


def test_a_second_writer_is_told_to_wait(store: Store, other: Store) -> None:
    with store.write(), pytest.raises(DatabaseLocked) as caught, other.write():
        pass
    assert caught.value.next_step


def test_a_reader_sees_what_was_there_while_another_writes(store: Store, ada: int, other: Store) -> None:
    with store.write() as writer:
        writer.add_patient(Patient("B2", "Bo Example"))
        writer.audit("add-patient", {})
        with other.read() as reader:
            assert [each.patient.mrn for each in reader.patients()] == ["A1"]


def test_a_reader_keeps_one_view(store: Store, ada: int, other: Store) -> None:
    with other.read() as reader:
        assert len(reader.patients()) == 1
        with store.write() as writer:
            writer.add_patient(Patient("B2", "Bo Example"))
            writer.audit("add-patient", {})
        assert len(reader.patients()) == 1
    with other.read() as reader:
        assert len(reader.patients()) == 2


def test_nothing_of_a_failed_transaction_stays(store: Store, ada: int) -> None:

    def fail_late() -> None:
        with store.write() as writer:
            writer.add_patient(Patient("B2", "Bo Example"))
            writer.audit("add-patient", {})
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_late()
    with store.read() as reader:
        assert [each.patient.mrn for each in reader.patients()] == ["A1"]
        assert len(list(reader.audit_entries())) == 1


def test_after_a_failure_the_next_transaction_works(store: Store, ada: int) -> None:
    with pytest.raises(StoreError), store.write() as writer:
        writer.add_patient(ADA)
    with store.write() as writer:
        writer.add_patient(Patient("B2", "Bo Example"))
        writer.audit("add-patient", {})
    with store.read() as reader:
        assert len(reader.patients()) == 2


def test_a_connection_that_broke_is_not_used_again(store: Store, ada: int) -> None:
    with pytest.raises(StoreError, match="closed"), store.read() as reader:
        reader.session.driver.close()
    with store.read() as reader:
        assert len(reader.patients()) == 1


def test_what_was_committed_survives_a_killed_process_and_what_was_not_does_not(path: Path) -> None:
    program = """
import os, signal, sys
from labtrack.core.record import Patient
from labtrack.store import Store
store = Store.open(sys.argv[1])
with store.write() as writer:
    number = writer.add_patient(Patient("A1", "kept"))
    writer.audit("add-patient", {}, number)
with store.write() as writer:
    writer.add_patient(Patient("B2", "lost"))
    writer.audit("add-patient", {})
    writer.session.driver.execute("PRAGMA cache_spill = 1")
    os.kill(os.getpid(), signal.SIGKILL)
"""
    killed = subprocess.run([sys.executable, "-c", program, str(path)], env=environment(), check=False)
    assert killed.returncode == -9
    with closing(Store.open(path, create=False)) as store, store.read() as reader:
        assert [each.patient.name for each in reader.patients()] == ["kept"]
        assert len(list(reader.audit_entries())) == 1
        assert reader.checked() == []


def test_a_clinic_opened_for_reading_cannot_be_written(store: Store, ada: int, path: Path) -> None:
    before = path.read_bytes()
    with closing(Store.open(path, read_only=True)) as reading:
        with reading.read() as reader:
            assert len(reader.patients()) == 1
        with pytest.raises(DatabaseUnavailable) as caught, reading.write() as writer:
            writer.add_patient(Patient("B2", "Bo Example"))
        assert caught.value.next_step
    assert path.read_bytes() == before


def test_a_disk_that_is_full_says_so_and_loses_nothing(store: Store, ada: int) -> None:
    with store.read() as reader:
        pages = reader.session.driver.execute("PRAGMA page_count").fetchone()[0]
        reader.session.driver.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(DatabaseUnavailable, match="disk") as caught, store.write() as writer:
        writer.put_segments([(ada, b"x" * 1_000_000)])
    assert "space" in caught.value.next_step
    with store.read() as reader:
        assert len(reader.patients()) == 1
        assert reader.checked() == []


def test_a_file_that_is_overwritten_meanwhile_is_called_damaged(store: Store, ada: int, path: Path) -> None:
    store.close()
    path.write_bytes(path.read_bytes()[:4096] + b"\xa5" * 200_000)
    with pytest.raises(DatabaseDamaged) as caught, closing(Store.open(path, create=False)) as opened, opened.read() as reader:
        reader.patients()
    assert "restore" in caught.value.next_step


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (sqlite3.SQLITE_BUSY, DatabaseLocked),
        (sqlite3.SQLITE_BUSY_SNAPSHOT, DatabaseLocked),
        (sqlite3.SQLITE_LOCKED, DatabaseLocked),
        (sqlite3.SQLITE_NOTADB, DatabaseDamaged),
        (sqlite3.SQLITE_CORRUPT, DatabaseDamaged),
        (sqlite3.SQLITE_FULL, DatabaseUnavailable),
        (sqlite3.SQLITE_IOERR_WRITE, DatabaseUnavailable),
        (sqlite3.SQLITE_READONLY_DIRECTORY, DatabaseUnavailable),
        (sqlite3.SQLITE_CANTOPEN, DatabaseUnavailable),
        (sqlite3.SQLITE_CONSTRAINT, StoreError),
    ],
)
def test_every_error_of_the_driver_has_a_next_step(code: int, kind: type[StoreError]) -> None:
    raised = sqlite3.OperationalError("UNIQUE constraint failed: full.locked")
    raised.sqlite_errorcode = code
    error = translated(raised, Path("clinic.db"))
    assert type(error) is kind
    assert "clinic.db" in error.message
    assert "Nothing was changed" in error.next_step


def test_an_error_of_another_back_end_is_told_as_it_is() -> None:
    assert "deadlock" in translated(RuntimeError("deadlock"), None).message


@pytest.mark.parametrize("location", ["sqlite://", "sqlite:///:memory:", "://", "no such thing://x"])
def test_what_is_no_place_for_a_clinic_is_wrong_usage(location: str) -> None:
    with pytest.raises(UsageError) as caught:
        Store.open(location)
    assert "--db" in caught.value.next_step


def test_a_back_end_that_is_not_installed_is_named() -> None:
    with pytest.raises(DatabaseUnavailable, match="nonesuch"):
        Store.open("nonesuch://host/clinic")


def test_a_folder_that_cannot_be_made_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(DatabaseUnavailable, match="File exists"):
        Store.open(tmp_path / "file" / "folder" / "clinic.db")
    with pytest.raises(DatabaseUnavailable, match="cannot be made"):
        private_file(tmp_path / "file" / "clinic.db")


def test_after_a_commit_that_fails_the_next_transaction_works(store: Store, ada: int) -> None:
    with store.read() as reader:
        driver = reader.session.driver
    driver.set_authorizer(lambda action, what, *_: sqlite3.SQLITE_DENY if (action, what) == (sqlite3.SQLITE_TRANSACTION, "COMMIT") else 0)
    with pytest.raises(StoreError, match="authorized"), store.write() as writer:
        writer.audit("lost", {})
    with store.write() as writer:
        writer.audit("after", {})
    with store.read() as reader:
        assert [entry.action for entry in reader.audit_entries()] == ["add-patient", "after"]


def test_a_session_uses_the_texts_of_another_back_end_when_it_is_given_them() -> None:
    with closing(sqlite3.connect(":memory:")) as driver:
        session = Session(driver, {"ANSWER": ("SELECT ? - ?", ("whole", "part"))})
        statement = Statement("ANSWER", "SELECT no such thing", ("part", "whole"))
        assert session.one(statement, part=1, whole=43) == (42,)
        assert not session.is_sqlite


def test_readers_within_a_writer_have_a_connection_of_their_own(store: Store, ada: int) -> None:
    with store.write() as writer, store.read() as reader:
        assert writer.session.driver is not reader.session.driver
    with store.read() as again, store.read() as nested:
        assert again.session.driver is not nested.session.driver


def test_threads_do_not_meet_in_one_transaction(store: Store, ada: int) -> None:
    failures: list[BaseException] = []

    def read_often() -> None:
        try:
            for _ in range(200):
                with store.read() as reader:
                    assert len(reader.patients()) == 1
        except BaseException as error:  # noqa: BLE001 - the test tells it
            failures.append(error)

    threads = [threading.Thread(target=read_often) for _ in range(8)]
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(before)
    assert failures == []


def test_a_file_that_is_gone_is_not_written_to_any_more(tmp_path: Path) -> None:
    path = tmp_path / "clinic.db"
    Store.open(path).close()
    store = Store.open(path)
    with store.read() as reader:
        assert reader.count("patient") == 0
    path.rename(tmp_path / "elsewhere.db")
    for attempt in (store.read, store.write):
        with pytest.raises(DatabaseUnavailable, match="cannot be opened"), attempt():
            pass
    (tmp_path / "elsewhere.db").rename(path)
    with store.write():
        pass
    store.close()


def test_a_file_that_took_its_place_is_the_one_that_is_read(tmp_path: Path) -> None:
    path = tmp_path / "clinic.db"
    other = tmp_path / "other.db"
    for place in (path, other):
        Store.open(place).close()
    store = Store.open(path)
    with store.read() as reader:
        assert "who" not in reader.settings()
    with closing(sqlite3.connect(other)) as connection, connection:
        connection.execute("INSERT INTO setting VALUES ('who', 'the other')")
    other.replace(path)
    with store.read() as reader:
        assert reader.settings()["who"] == "the other"
    store.close()


def test_a_file_that_took_its_place_is_not_written_to(store: Store, ada: int, path: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    Store.open(other).close()
    other.replace(path)
    before = path.read_bytes()
    for _ in range(2):
        with pytest.raises(DatabaseUnavailable, match="Another file") as caught, store.write() as writer:
            writer.audit("lost", {})
    assert "open it again" in caught.value.next_step
    assert path.read_bytes() == before
    with closing(Store.open(path)) as again, again.write() as writer:
        writer.audit("kept", {})


@pytest.mark.parametrize("ending", ["close", "read"])
def test_a_file_that_is_renamed_takes_along_what_stood_in_its_log(ending: str, store: Store, ada: int, path: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere.db"
    path.rename(elsewhere)
    if ending == "close":
        store.close()
    else:
        with pytest.raises(DatabaseUnavailable), store.read():
            pass
    with closing(Store.open(elsewhere, create=False)) as moved, moved.read() as reader:
        assert [each.patient.mrn for each in reader.patients()] == ["A1"]
    log = path.with_name("clinic.db-wal")
    assert not log.exists() or log.stat().st_size == 0
