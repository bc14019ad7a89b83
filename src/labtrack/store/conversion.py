"""Encrypting, decrypting, changing the passphrase: a new file beside the old one, compared with it row by row, swapped in whole.

At every moment the clinic's path names one good file, the old one or the new one. What a stopped conversion leaves is the unfinished
file, which the next opening of the clinic removes.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from labtrack.core.errors import DatabaseDamaged, DatabaseLocked, DatabaseUnavailable
from labtrack.store import cipher
from labtrack.store.cipher import Key, part_of, remove_part
from labtrack.store.connection import private_file, translated
from labtrack.store.verify import Fault, structural, verify

#: How long another program is waited for, seconds.
_PATIENCE = 1.0
_ROWS = 2_000


def convert(path: Path, key: Key | None, kept: Path | None = None) -> list[Fault]:
    """Give a file, which this process can open, another key, or none (in clear); the faults of its content, which it had before.

    The file as it was stays under the name ``kept``, or goes. Raises DatabaseLocked while another program has it open,
    DatabaseDamaged when it is unsound, DatabaseUnavailable when the new one cannot be written, PassphraseNeeded; then nothing changed.
    """
    before = cipher.key_of(path)
    try:
        with _held(path, before) as held:
            try:
                faults = _made(path, before, key)
                if kept is not None:
                    _keep(held, path, kept, before)
                _swap(path, held)
            finally:
                remove_part(path)
    except sqlite3.Error as error:
        raise translated(error, path) from error
    except OSError as error:
        step = "Check the disk and the permissions. Nothing was changed."
        raise DatabaseUnavailable(f"{path} cannot be converted: {error.strerror}.", step) from error
    cipher.remember(path, key)
    return faults


def _made(path: Path, before: Key | None, key: Key | None) -> list[Fault]:
    """The new file, compared, checked and on the disk; the faults of its content."""
    part = part_of(path)
    remove_part(path)
    private_file(part)
    cipher.transcribe(path, before, part, key)
    cipher.remember(part, key)
    _compare(path, before, part, key)
    faults = verify(part)
    unsound = structural(faults)
    if unsound:
        raise DatabaseDamaged(f"The new file of {path} is damaged: {unsound[0]}.", "Nothing was changed. Look at it: labtrack verify")
    _to_disk(part)
    return faults


@contextmanager
def _held(path: Path, key: Key | None) -> Iterator[sqlite3.Connection]:
    """A connection that keeps every writer out. Nobody else has the file open for writing when it begins, and it has no log beside it.

    By SQLCipher's library, even on a file in clear: what else is done with the file meanwhile goes through that one too.
    """
    connection = cipher.driver().connect(
        cipher.uri_of(path, "rw"), key and key.literal, isolation_level=None, timeout=_PATIENCE, check_same_thread=False
    )
    try:
        if connection.execute("PRAGMA journal_mode = DELETE").fetchone() != ("delete",):
            raise DatabaseLocked(f"{path} is in use by another program.", "Close the other labtrack and try again. Nothing was changed.")
        connection.execute("BEGIN IMMEDIATE")
        yield connection
    finally:
        connection.close()


def _compare(path: Path, before: Key | None, part: Path, after: Key | None) -> None:
    """Every definition and every row of both, in their order. DatabaseDamaged where one differs."""
    with closing(cipher.driver().connect(cipher.uri_of(part, "ro"), after and after.literal, isolation_level=None)) as both:
        both.execute("ATTACH ? AS origin KEY ?", (cipher.uri_of(path, "ro"), before.literal if before else ""))
        definitions = "SELECT type, name, tbl_name, sql FROM {}.sqlite_master WHERE name NOT LIKE 'sqlite_stat%' ORDER BY type, name"
        was, is_now = (both.execute(definitions.format(side)).fetchall() for side in ("origin", "main"))
        if was != is_now or not was:
            raise DatabaseDamaged(f"The new file of {path} has other tables.", "Nothing was changed.")
        for table in (name for kind, name, _, _ in was if kind == "table"):
            if not _same_rows(both, table):
                raise DatabaseDamaged(f"The new file of {path} has other rows in {table}.", "Nothing was changed.")


def _same_rows(both: sqlite3.Connection, table: str) -> bool:
    name = '"' + table.replace('"', '""') + '"'
    was = both.execute(f"SELECT * FROM origin.{name}")  # nosec B608
    is_now = both.execute(f"SELECT * FROM main.{name}")  # nosec B608
    while True:
        rows: list[Any] = was.fetchmany(_ROWS)
        if rows != is_now.fetchmany(_ROWS):
            return False
        if not rows:
            return True


def _to_disk(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _keep(held: sqlite3.Connection, path: Path, kept: Path, key: Key | None) -> None:
    """The file as it is under a second name, or a copy of it on a disk without hard links."""
    try:
        os.link(path, kept)
    except FileExistsError:
        raise
    except OSError:
        private_file(kept)
        with closing(cipher.driver().connect(cipher.uri_of(kept, "rw"), key and key.literal, isolation_level=None)) as copy:
            held.rollback()
            held.backup(copy)
            held.execute("BEGIN IMMEDIATE")
        _to_disk(kept)


def _swap(path: Path, held: sqlite3.Connection) -> None:
    """Atomically, and on the disk when it returns."""
    part = part_of(path)
    for suffix in ("-wal", "-shm", "-journal"):  # a killed process may have left one that is over, with pages of the old file
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    if os.name != "posix":  # pragma: no cover - elsewhere an open file cannot be replaced
        held.close()
        part.replace(path)
        return
    part.replace(path)
    folder = os.open(path.absolute().parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
