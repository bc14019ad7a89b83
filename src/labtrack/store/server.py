"""A clinic on a database server (PostgreSQL), shared by several machines: the same tables and statements, through SQLAlchemy."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine, create_engine
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
from sqlalchemy.pool import NullPool

from labtrack.core.errors import DatabaseUnavailable, UsageError
from labtrack.store.ahead import compile_all
from labtrack.store.connection import Database, Texts


def engine_of(database: Database) -> Engine:
    """An SQLAlchemy engine on a database, for what needs the table classes: a new schema."""
    if isinstance(database.back_end, Server):
        return database.back_end.engine
    return create_engine("sqlite://", creator=database.back_end.connect, poolclass=NullPool)


class Server:
    """One database of a server, named by an SQLAlchemy URL.

    Raises UsageError for a URL that cannot be read, DatabaseUnavailable for a driver that is not installed.
    """

    #: A reader keeps one view, as on SQLite.
    begin_read: tuple[str, ...] = ("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY",)
    #: One writer at a time: it gives out numbers and continues the audit chain.
    begin_write: tuple[str, ...] = ("LOCK TABLE audit_entry IN EXCLUSIVE MODE",)

    def __init__(self, url: str) -> None:
        try:
            self.engine = create_engine(url, poolclass=NullPool, paramstyle="format")
        except (ImportError, NoSuchModuleError) as error:
            next_step = "For PostgreSQL: pip install 'labtrack[postgres]', then postgresql+psycopg://host/clinic"
            raise DatabaseUnavailable(f"Nothing here can speak to {url.partition(':')[0]}.", next_step) from error
        except (ArgumentError, ValueError) as error:
            raise UsageError("That is not a database's address.", "For example: postgresql+psycopg://host/clinic") from error
        self.errors: tuple[type[Exception], ...] = (DBAPIError, self.engine.dialect.loaded_dbapi.Error)
        self.texts: Texts | None = compile_all(self.engine.dialect)

    def connect(self) -> Any:
        """A connection of the driver, in its own transactions."""
        return self.engine.raw_connection()
