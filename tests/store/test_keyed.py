"""SQLCipher's driver raises the errors of ``sqlite3``, keeps what it puts aside in memory, and says nothing on stderr."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

keyed = pytest.importorskip("labtrack.store.keyed", reason="the extra encryption is not installed", exc_type=ImportError)

LITERAL = f"x'{'ab' * 32}{'cd' * 16}'"


def uri(path: Path) -> str:
    path.touch()
    return f"file:{path}?mode=rw"


def test_a_broken_constraint_is_told_as_of_any_clinic(tmp_path: Path) -> None:
    with closing(keyed.connect(uri(tmp_path / "a.db"), LITERAL, isolation_level=None)) as connection:
        connection.execute("CREATE TABLE thing (id INTEGER PRIMARY KEY)")
        connection.execute("INSERT INTO thing VALUES (1)")
        with pytest.raises(sqlite3.IntegrityError) as caught:
            connection.cursor().executemany("INSERT INTO thing VALUES (?)", [(2,), (1,)])
        assert caught.value.sqlite_errorcode & 0xFF == sqlite3.SQLITE_CONSTRAINT


def test_another_key_is_no_database_and_nothing_is_written_on_stderr(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with closing(keyed.connect(uri(tmp_path / "a.db"), LITERAL, isolation_level=None)) as connection:
        connection.execute("CREATE TABLE thing (id INTEGER PRIMARY KEY)")
    with (
        closing(keyed.connect(uri(tmp_path / "a.db"), LITERAL.replace("ab", "ef"))) as connection,
        pytest.raises(sqlite3.DatabaseError) as caught,
    ):
        connection.execute("SELECT * FROM thing")
    assert caught.value.sqlite_errorcode == sqlite3.SQLITE_NOTADB
    assert capfd.readouterr() == ("", "")


def test_a_damaged_page_met_while_rows_are_read_is_an_error_of_sqlite3(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with closing(keyed.connect(uri(path), LITERAL, isolation_level=None)) as connection:
        connection.execute("CREATE TABLE thing (id INTEGER PRIMARY KEY, filling TEXT)")
        connection.executemany("INSERT INTO thing VALUES (?, ?)", [(number, "x" * 900) for number in range(100)])
    content = bytearray(path.read_bytes())
    content[-5000] ^= 1
    path.write_bytes(content)
    with closing(keyed.connect(uri(path), LITERAL)) as connection, pytest.raises(sqlite3.Error):
        for _ in connection.execute("SELECT * FROM thing"):
            pass


def test_what_is_put_aside_stays_in_memory(tmp_path: Path) -> None:
    with closing(keyed.connect(uri(tmp_path / "a.db"), LITERAL)) as connection:
        assert connection.execute("PRAGMA temp_store").fetchone() == (2,)


def test_a_missing_file_is_an_error_of_sqlite3(tmp_path: Path) -> None:
    with pytest.raises(sqlite3.OperationalError):
        keyed.connect(f"file:{tmp_path / 'none.db'}?mode=rw", LITERAL)


def test_the_library_names_its_version() -> None:
    assert keyed.library_version().startswith("4.")


def test_a_key_that_cannot_be_used_leaves_nothing_open(tmp_path: Path) -> None:
    before = len(list(Path("/proc/self/fd").iterdir())) if Path("/proc/self/fd").exists() else None
    with pytest.raises(sqlite3.Error):
        keyed.connect(f"file:{tmp_path}?mode=rw", LITERAL)
    assert before is None or len(list(Path("/proc/self/fd").iterdir())) == before
