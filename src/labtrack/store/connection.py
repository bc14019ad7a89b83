"""One clinic's database: connections and their pragmas, transactions, and statements that cost little each.

Statements are SQLAlchemy Core, compiled before they are needed and run through the driver's own cursor with positional parameters:
on one panel of results the ORM would cost more than everything else together, and the text of the SQL stays portable. A file of
SQLite is reached without SQLAlchemy; a server through :mod:`labtrack.store.server`.
"""

from __future__ import annotations

import os
import re
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any, Protocol

from labtrack.core.errors import DatabaseDamaged, DatabaseLocked, DatabaseUnavailable, PassphraseNeeded, StoreError, UsageError
from labtrack.store import cipher
from labtrack.store.cipher import HOW, Key, connect_keyed, needs_passphrase, uri_of

#: How long a writer waits for another one, milliseconds.
BUSY_TIMEOUT = 5_000
Row = tuple[Any, ...]
#: Statements by name: text with positional markers, and the parameters in their order.
Texts = Mapping[str, tuple[str, tuple[str, ...]]]


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement of ``statements.py``: its name there, its text for SQLite, the names of its parameters in their order."""

    name: str
    text: str
    parameters: tuple[str, ...]


def sqlite_path(location: str | Path) -> Path | None:
    """The file that a path or an SQLAlchemy URL names; None for a database of another kind.

    Raises UsageError for an SQLite URL without a file, and for what is neither a path nor a URL.
    """
    text = str(location)
    scheme, mark, rest = text.partition("://")
    if not mark:
        return Path(text).expanduser()
    if not re.fullmatch(r"[a-z][a-z0-9+_]*", scheme):
        raise UsageError(f"{text} is neither a path nor a database's address.", "Name a file, for example: --db clinic.db")
    if scheme.split("+")[0] != "sqlite":
        return None
    name = rest.partition("?")[0].removeprefix("/")
    if name in ("", ":memory:"):
        raise UsageError("A clinic needs a file.", "Name one, for example: --db clinic.db")
    return Path(name).expanduser()


def private_folder(folder: Path) -> None:
    """Make a folder that only its owner may enter; an existing one is left as it is. Raises DatabaseUnavailable."""
    if folder.is_dir():
        return
    private_folder(folder.parent)
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise DatabaseUnavailable(f"The folder {folder} cannot be made: {error.strerror}.", "Name another place.") from error


def private_file(path: Path) -> None:
    """Make an empty file that only its owner may read, if there is none. Raises DatabaseUnavailable.

    SQLite gives the files beside it (-wal, -shm) the same mode.
    """
    try:
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as error:
        raise DatabaseUnavailable(f"{path} cannot be made: {error.strerror}.", "Name another place.") from error


def connect_sqlite(path: Path, *, read_only: bool, key: Key | None = None) -> sqlite3.Connection:
    """A connection to a file that exists, with transactions left to us (the module's own leave DDL behind).

    Write-ahead log, so that readers and a writer do not wait for each other; a commit is on the disk when it returns. ``key`` is an
    encrypted file's: its log is encrypted with it.
    """
    mode = "ro" if read_only else "rw"
    timeout = BUSY_TIMEOUT / 1000
    if key is None:
        connection = sqlite3.connect(
            uri_of(path, mode), uri=True, isolation_level=None, timeout=timeout, check_same_thread=False, cached_statements=256
        )
    else:
        connection = connect_keyed(path, mode, key, isolation_level=None, timeout=timeout, check_same_thread=False, cached_statements=256)
    try:
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA recursive_triggers = ON")
        connection.execute("PRAGMA trusted_schema = OFF")
        if not read_only:
            connection.execute("PRAGMA journal_mode = WAL").fetchone()
            connection.execute("PRAGMA synchronous = FULL")
    except BaseException:
        connection.close()
        raise
    return connection


class Session:
    """One open connection with its driver cursor; used inside :meth:`Database.reading` or :meth:`Database.writing`.

    ``texts`` are the statements by name on a back end other than SQLite.
    """

    def __init__(self, driver: Any, texts: Texts | None = None) -> None:
        self.driver = driver
        self.cursor = driver.cursor()
        self._texts = texts

    @property
    def is_sqlite(self) -> bool:
        """Whether SQLite's own questions can be asked."""
        return self._texts is None

    @property
    def version(self) -> object:
        """Equal to an earlier one of this clinic only if nothing was written in between, by whomever."""
        if not self.is_sqlite:
            return object()
        return self.driver, self.cursor.execute("PRAGMA data_version").fetchone()[0], self.driver.total_changes

    def run(self, statement: Statement, **values: Any) -> Any:
        """Run once; the driver's cursor, ready to fetch."""
        return self._run(self.cursor, statement, values)

    def run_many(self, statement: Statement, rows: Iterable[Sequence[Any]]) -> None:
        """Run for rows of positional values, in the order in which the statement names its parameters."""
        self.cursor.executemany(statement.text if self._texts is None else self._texts[statement.name][0], rows)

    def all(self, statement: Statement, **values: Any) -> list[Row]:
        """Every row."""
        rows: list[Row] = self.run(statement, **values).fetchall()
        return rows

    def one(self, statement: Statement, **values: Any) -> Row | None:
        """The first row or None."""
        row: Row | None = self.run(statement, **values).fetchone()
        return row

    def stream(self, statement: Statement, **values: Any) -> Iterator[Row]:
        """Rows through a cursor of their own, so that others can run meanwhile."""
        # Not "yield from": it would close the cursor of who stopped reading, when the clinic may be closed already.
        for row in self._run(self.driver.cursor(), statement, values):  # noqa: UP028
            yield row

    def _run(self, cursor: Any, statement: Statement, values: Mapping[str, Any]) -> Any:
        text, names = (statement.text, statement.parameters) if self._texts is None else self._texts[statement.name]
        cursor.execute(text, [values[name] for name in names])
        return cursor


class BackEnd(Protocol):
    """What a database is reached by. ``texts`` is None where the statements' own text is right."""

    texts: Texts | None
    errors: tuple[type[Exception], ...]
    begin_read: tuple[str, ...]
    begin_write: tuple[str, ...]

    def connect(self) -> Any:
        """A new connection of the driver."""


class File:
    """A clinic in an SQLite file."""

    texts: Texts | None = None
    errors: tuple[type[Exception], ...] = (sqlite3.Error,)
    begin_read: tuple[str, ...] = ("BEGIN",)
    begin_write: tuple[str, ...] = ("BEGIN IMMEDIATE",)

    def __init__(self, path: Path, *, read_only: bool, key: Key | None = None) -> None:
        self.path = path
        self.read_only = read_only
        self.key = key

    def connect(self) -> sqlite3.Connection:
        """See :func:`connect_sqlite`."""
        return connect_sqlite(self.path, read_only=self.read_only, key=self.key)


class Database:
    """A clinic's database: hands out sessions and turns the driver's errors into ours. ``key`` is an encrypted file's."""

    def __init__(self, location: str | Path, *, read_only: bool = False, key: Key | None = None) -> None:
        self.location = location
        self.path = sqlite_path(location)
        self.read_only = read_only
        self.key = key
        self.back_end = self._reach()
        self._driver: Any = None
        #: The file that was opened first: what a person sees is of that one, and is written to no other.
        self._own: tuple[int, int] | None = None
        #: The file that the kept connection is to.
        self._reached: tuple[int, int] | None = None
        self._lock = Lock()

    def _reach(self) -> BackEnd:
        if self.path is not None:
            return File(self.path, read_only=self.read_only, key=self.key)
        from labtrack.store.server import Server

        return Server(str(self.location))

    @contextmanager
    def writing(self, patience: int | None = None) -> Iterator[Session]:
        """One transaction that takes the write lock at once; committed as a whole or not at all.

        DatabaseUnavailable where another file stands in the place of the one that was opened: what was seen is not in it.

        ``patience``, milliseconds, is how long it waits for another writer where that is to be shorter than usual; on a server as long
        as the server lets it wait.
        """
        with self._translated(), self._borrowed(to_write=True) as session:
            is_hurried = patience is not None and session.is_sqlite
            if is_hurried:
                session.cursor.execute(f"PRAGMA busy_timeout = {patience}")
            try:
                for statement in self.back_end.begin_write:
                    session.cursor.execute(statement)
            finally:
                if is_hurried:
                    session.cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT}")
            try:
                yield session
                session.driver.commit()
            except BaseException:
                session.driver.rollback()
                raise

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """One consistent view; nothing can be written through it."""
        with self._translated(), self._borrowed() as session:
            for statement in self.back_end.begin_read:
                session.cursor.execute(statement)
            try:
                yield session
            finally:
                session.driver.rollback()

    @contextmanager
    def _borrowed(self, *, to_write: bool = False) -> Iterator[Session]:
        """A session on the kept connection; a nested one, or one of another thread, gets a connection of its own."""
        with self._lock:
            driver, self._driver = self._driver, None
        if driver is not None and self._file() != self._reached:
            self._let_go(driver)  # it would go on writing into a file that nobody finds again
            driver = None
        while driver is None:
            self._reached, driver = self._file(), self.back_end.connect()
            if self._file() != self._reached:
                driver.close()  # another file was put in its place while this one was waited for
                driver = None
        self._own = self._own or self._reached
        if to_write and self._reached != self._own:
            self._keep(driver)
            step = "Close labtrack and open it again to go on with that one. Nothing was changed."
            raise DatabaseUnavailable(f"Another file has taken the place of {self.path} since it was opened.", step)
        session = Session(driver, self.back_end.texts)
        try:
            yield session
        except self.back_end.errors:
            session.cursor.close()  # whoever keeps the error would keep the statement, and with it the file, open
            driver.close()  # it may be the connection that is broken: the next one starts anew
            raise
        except BaseException:
            self._keep(driver)
            raise
        self._keep(driver)

    def _file(self) -> tuple[int, int] | None:
        """Which file stands at the path: None where there is none, or the database is no file."""
        try:
            found = None if self.path is None else self.path.stat()
        except OSError:
            return None
        return None if found is None else (found.st_dev, found.st_ino)

    def _keep(self, driver: Any) -> None:
        """Keep a connection for the next session, in place of the one that is kept."""
        with self._lock:
            spare, self._driver = self._driver, driver
        if spare is not None:
            spare.close()

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except self.back_end.errors as error:
            raise translated(error, self.path) from error

    def close(self) -> None:
        """Give the connection back to the driver."""
        with self._lock:
            driver, self._driver = self._driver, None
        if driver is not None:
            self._let_go(driver)

    def _let_go(self, driver: Any) -> None:
        """Close a connection. The log does not go with a file that was renamed: what stands in it alone is written into the file first."""
        if not self.read_only and self._file() != self._reached:
            with suppress(*self.back_end.errors):
                driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        driver.close()


#: What a person should know, by SQLite's primary result code (https://www.sqlite.org/rescode.html).
_FAILURES: dict[int, tuple[type[StoreError], str, str]] = {
    sqlite3.SQLITE_BUSY: (DatabaseLocked, "is in use by another program", "Close the other labtrack or try again in a moment."),
    sqlite3.SQLITE_LOCKED: (DatabaseLocked, "is in use by another program", "Close the other labtrack or try again in a moment."),
    sqlite3.SQLITE_CORRUPT: (DatabaseDamaged, "is damaged", "Restore the newest backup: labtrack restore FILE"),
    sqlite3.SQLITE_NOTADB: (DatabaseDamaged, "is not a clinic", "Name a clinic, or restore a backup: labtrack restore FILE"),
    sqlite3.SQLITE_FULL: (DatabaseUnavailable, "cannot grow: the disk is full", "Free some space and try again."),
    sqlite3.SQLITE_IOERR: (DatabaseUnavailable, "cannot be read or written: the disk reports an error", "Check the disk."),
    sqlite3.SQLITE_READONLY: (DatabaseUnavailable, "may not be written to", "Check the permissions of the file and its folder."),
    sqlite3.SQLITE_PERM: (DatabaseUnavailable, "may not be used", "Check the permissions of the file and its folder."),
    sqlite3.SQLITE_CANTOPEN: (DatabaseUnavailable, "cannot be opened", "Check the path, and the permissions of the file and its folder."),
}


def unlock(path: Path, passphrase: str) -> Key:
    """As :func:`labtrack.store.cipher.unlock`; a file that cannot be read raises as :func:`translated`."""
    try:
        return cipher.unlock(path, passphrase)
    except sqlite3.Error as error:
        raise translated(error, path) from error


def translated(error: Exception, path: Path | None) -> StoreError:
    """The driver's error as one of ours, with the next step. Nothing was changed by what failed."""
    cause = getattr(error, "orig", None) or error  # SQLAlchemy wraps the driver's
    where = str(path) if path else "The database"
    code = getattr(cause, "sqlite_errorcode", 0) & 0xFF
    if code == sqlite3.SQLITE_NOTADB and path is not None and needs_passphrase(path):
        return PassphraseNeeded(f"{where} is encrypted, and no passphrase was given that opens it.", HOW, path)
    kind, what, next_step = _FAILURES.get(code, (StoreError, "refused", ""))
    return kind(f"{where} {what} ({str(cause).strip()}).", f"{next_step} Nothing was changed.".strip())
