"""One clinic's database: the engine, its pragmas, and statements that cost little each.

Statements are SQLAlchemy Core, compiled once per process and run through the driver's own cursor with positional parameters: on
one panel of results the ORM would cost more than everything else together, and the text of the SQL stays portable.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Any

from sqlalchemy import create_engine, event, inspect
from sqlalchemy.engine import Dialect, Engine, make_url
from sqlalchemy.engine.url import URL
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
from sqlalchemy.pool import NullPool
from sqlalchemy.sql.base import Executable

from labtrack.core.errors import DatabaseDamaged, DatabaseLocked, DatabaseUnavailable, StoreError, UsageError

#: How long a writer waits for another one, milliseconds.
BUSY_TIMEOUT = 5_000
Row = tuple[Any, ...]


def database_url(location: str | Path) -> URL:
    """A path, or an SQLAlchemy URL. Raises UsageError for what is neither, or for a database in memory."""
    text = str(location)
    if "://" not in text:
        return URL.create("sqlite", database=str(Path(text).expanduser()))
    try:
        url = make_url(text)
    except ArgumentError as error:
        raise UsageError(f"{text} is neither a path nor a database's address.", "Name a file, for example: --db clinic.db") from error
    if url.get_backend_name() == "sqlite" and sqlite_path(url) is None:
        raise UsageError("A clinic needs a file.", "Name one, for example: --db clinic.db")
    return url


def sqlite_path(url: URL) -> Path | None:
    """The file behind an SQLite URL, or None for another back end or a database in memory."""
    if url.get_backend_name() != "sqlite" or not url.database or url.database == ":memory:":
        return None
    return Path(url.database)


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


def make_engine(url: URL, *, read_only: bool) -> Engine:
    """An engine without a pool that leaves transactions to us (pysqlite's own leave DDL behind).

    Raises DatabaseUnavailable for a back end that is not installed.
    """
    path = sqlite_path(url)
    if path is None:
        try:
            return create_engine(url, poolclass=NullPool)
        except (ImportError, NoSuchModuleError) as error:
            next_step = "Install it, for PostgreSQL with: pip install 'labtrack[postgres]'"
            raise DatabaseUnavailable(f"Nothing here can speak to {url.drivername}.", next_step) from error
    uri = f"file:{_escaped(path)}?mode={'ro' if read_only else 'rw'}"

    def connect() -> sqlite3.Connection:
        return sqlite3.connect(uri, uri=True, isolation_level=None, timeout=BUSY_TIMEOUT / 1000, check_same_thread=False)

    engine = create_engine("sqlite://", creator=connect, poolclass=NullPool)

    @event.listens_for(engine, "connect")
    def configure(connection: sqlite3.Connection, _: object) -> None:
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT}")
        if not read_only:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")

    return engine


def _escaped(path: Path) -> str:
    return str(path.absolute()).replace("%", "%25").replace("?", "%3f").replace("#", "%23")


class Statement:
    """A Core statement that is compiled on first use for each back end."""

    def __init__(self, make: Callable[[], Executable]) -> None:
        self._make = make
        self._compiled: dict[str, tuple[str, tuple[str, ...]]] = {}

    def for_dialect(self, dialect: Dialect) -> tuple[str, tuple[str, ...]]:
        """SQL text with positional markers, and the parameter names in their order."""
        found = self._compiled.get(dialect.name)
        if found is None:
            style = "qmark" if dialect.name == "sqlite" else "format"
            compiled = self._make().compile(dialect=dialect.__class__(paramstyle=style))  # type: ignore[call-arg]
            found = self._compiled[dialect.name] = (str(compiled), tuple(compiled.positiontup or ()))
        return found


class Session:
    """One open connection with its driver cursor; used inside :meth:`reading` or :meth:`writing` of :class:`Database`."""

    def __init__(self, driver: Any, dialect: Dialect) -> None:
        self.driver = driver
        self.dialect = dialect
        self.cursor = driver.cursor()

    def run(self, statement: Statement, **values: Any) -> Any:
        """Run once; the driver's cursor, ready to fetch."""
        text, names = statement.for_dialect(self.dialect)
        self.cursor.execute(text, tuple(values[name] for name in names))
        return self.cursor

    def run_many(self, statement: Statement, rows: Iterable[Sequence[Any]]) -> None:
        """Run for rows of positional values, in the order in which the statement names its parameters."""
        self.cursor.executemany(statement.for_dialect(self.dialect)[0], rows)

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
        text, names = statement.for_dialect(self.dialect)
        cursor = self.driver.cursor()
        cursor.execute(text, tuple(values[name] for name in names))
        yield from cursor


class Database:
    """A clinic's database: hands out sessions and turns the driver's errors into ours."""

    def __init__(self, url: URL, *, read_only: bool = False) -> None:
        self.url = url
        self.path = sqlite_path(url)
        self.read_only = read_only
        self.engine = make_engine(url, read_only=read_only)
        self._connection: Any = None
        self._lock = Lock()

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """One transaction that takes the write lock at once; committed as a whole or not at all."""
        with self._translated(), self._borrowed() as session:
            if self.path is not None:
                session.cursor.execute("BEGIN IMMEDIATE")
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
            if self.path is not None:
                session.cursor.execute("BEGIN")
            try:
                yield session
            finally:
                session.driver.rollback()

    @contextmanager
    def _borrowed(self) -> Iterator[Session]:
        """A session on the kept connection; a nested one, or one of another thread, gets a connection of its own."""
        with self._lock:
            connection, self._connection = self._connection, None
        if connection is None:
            connection = self.engine.connect()
        try:
            yield Session(connection.connection.driver_connection, self.engine.dialect)
        finally:
            with self._lock:
                spare, self._connection = self._connection, connection
            if spare is not None:
                spare.close()

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, DBAPIError) as error:
            raise translated(error, self.path) from error

    def has_tables(self) -> bool:
        """Whether a clinic's tables are there (back ends other than SQLite files)."""
        return inspect(self.engine).has_table("alembic_version")

    def close(self) -> None:
        """Give the connection back to the driver."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        self.engine.dispose()


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


def translated(error: Exception, path: Path | None) -> StoreError:
    """The driver's error as one of ours, with the next step. Nothing was changed by what failed."""
    cause = getattr(error, "orig", None) or error
    where = str(path) if path else "The database"
    kind, what, next_step = _FAILURES.get(getattr(cause, "sqlite_errorcode", 0) & 0xFF, (StoreError, "refused", ""))
    return kind(f"{where} {what} ({str(cause).strip()}).", f"{next_step} Nothing was changed.".strip())
