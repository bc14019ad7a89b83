"""SQLCipher's driver behind the same errors as Python's own, so that whoever catches ``sqlite3.Error`` catches both.

Imported only where a clinic is encrypted: it needs the extra ``encryption``.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, TypeVar

from sqlcipher3 import dbapi2

T = TypeVar("T")


def _as_sqlite(error: Exception) -> sqlite3.Error:
    """The error of the same name of ``sqlite3``, with SQLite's result code."""
    kind = getattr(sqlite3, type(error).__name__, sqlite3.Error)
    made: sqlite3.Error = kind(*error.args)
    made.sqlite_errorcode = getattr(error, "sqlite_errorcode", 0)
    made.sqlite_errorname = getattr(error, "sqlite_errorname", "")
    return made


def _translating(method: Callable[..., T]) -> Callable[..., T]:
    @wraps(method)
    def call(*arguments: Any, **options: Any) -> T:
        try:
            return method(*arguments, **options)
        except dbapi2.Error as error:
            raise _as_sqlite(error) from None

    return call


class KeyedCursor(dbapi2.Cursor):  # type: ignore[misc] # ships no types
    """A cursor that raises the errors of ``sqlite3``."""

    execute = _translating(dbapi2.Cursor.execute)
    executemany = _translating(dbapi2.Cursor.executemany)
    executescript = _translating(dbapi2.Cursor.executescript)
    fetchone = _translating(dbapi2.Cursor.fetchone)
    fetchmany = _translating(dbapi2.Cursor.fetchmany)
    fetchall = _translating(dbapi2.Cursor.fetchall)
    __next__ = _translating(dbapi2.Cursor.__next__)


class KeyedConnection(dbapi2.Connection):  # type: ignore[misc] # ships no types
    """A connection that raises the errors of ``sqlite3``."""

    commit = _translating(dbapi2.Connection.commit)
    rollback = _translating(dbapi2.Connection.rollback)
    backup = _translating(dbapi2.Connection.backup)

    def cursor(self, factory: type[KeyedCursor] = KeyedCursor) -> KeyedCursor:
        """A cursor of ours."""
        made: KeyedCursor = super().cursor(factory)
        return made

    def execute(self, sql: str, parameters: Iterable[Any] = ()) -> KeyedCursor:
        """As the driver's, through a cursor of ours."""
        cursor = self.cursor()
        cursor.execute(sql, parameters)
        return cursor


@_translating
def connect(uri: str, literal: str | None, **options: Any) -> KeyedConnection:
    """A connection to the file that a URI names: with a raw key as SQLCipher writes one, or without any to a file in clear.

    What SQLite puts aside while it sorts or rebuilds stays in memory, and its library says nothing on stderr.
    """
    connection: KeyedConnection = dbapi2.connect(uri, uri=True, factory=KeyedConnection, **options)
    try:
        connection.execute("PRAGMA cipher_log_level = NONE").fetchall()
        if literal is not None:
            connection.set_key(literal)
        connection.execute("PRAGMA temp_store = MEMORY")
    except BaseException:
        connection.close()
        raise
    return connection


def library_version() -> str:
    """The version of SQLCipher, such as ``4.19.0 community``."""
    connection = dbapi2.connect(":memory:")
    try:
        return str(connection.execute("PRAGMA cipher_version").fetchone()[0])
    finally:
        connection.close()
