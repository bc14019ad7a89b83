"""The schema's version: checked on every opening, upgraded when older, refused when newer.

Alembic is imported only when there is something to upgrade. A new clinic is made from the table classes and stamped; a test holds
that to the same schema as the migrations.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from labtrack import __version__
from labtrack.core.errors import DatabaseDamaged, DatabaseTooNew, DatabaseUnavailable
from labtrack.store import anchored, cipher
from labtrack.store.connection import Database, translated
from labtrack.store.verify import guard

if TYPE_CHECKING:
    from alembic.config import Config
    from sqlalchemy import Connection

#: The newest revision in ``migrations/versions``; a test compares.
HEAD = "0004"
REVISIONS = ("0001", "0002", "0003", "0004")
#: The setting that names the version of labtrack which last made or upgraded the schema; a program that is too old reads it.
MADE_BY = "schema_made_by"

#: A write-ahead log without any write is no longer, bytes.
_LOG_HEADER = 32


def migrations_folder() -> Path:
    """Where the migrations are: in the installed package, else beside ``src``."""
    packaged = Path(__file__).parent.parent / "migrations"
    if (packaged / "env.py").exists():
        return packaged
    return Path(__file__).parents[3] / "migrations"


def revision_of(path: Path) -> str | None:
    """The revision of an SQLite clinic, None for an empty database; read without SQLAlchemy."""
    try:
        connection = cipher.connect(path)
        try:
            tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            if not tables:
                return None
            if "alembic_version" not in tables:
                raise DatabaseDamaged(f"{path} is a database, but not a labtrack clinic.", "Give the path of a clinic, or of a new file.")
            row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
            return str(row[0]) if row else None
        finally:
            connection.close()
    except sqlite3.Error as error:
        raise translated(error, path) from error


def made_by(path: Path) -> str:
    """The version of labtrack that last made or upgraded the clinic's schema; empty when it does not say."""
    try:
        with closing(cipher.connect(path)) as connection:
            row = connection.execute("SELECT value FROM setting WHERE key = ?", (MADE_BY,)).fetchone()
    except sqlite3.Error:
        return ""
    return str(row[0]) if row else ""


def make_schema(database: Database) -> None:
    """All tables of a new clinic, stamped with the newest revision, in one transaction; nothing where they are already.

    Of two programs that make the same clinic the second finds it made. Raises as :func:`labtrack.store.connection.translated`.
    """
    from sqlalchemy import inspect
    from sqlalchemy.exc import DBAPIError

    from labtrack.store.server import engine_of
    from labtrack.store.tables import METADATA

    try:
        with engine_of(database).connect() as connection:
            if database.path is not None:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            if inspect(connection).has_table("alembic_version"):
                _refuse_other_than_today(connection)
                return
            METADATA.create_all(connection)
            for statement in guards(connection.dialect.name):
                connection.exec_driver_sql(statement)
            connection.exec_driver_sql(
                "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))"
            )
            connection.exec_driver_sql(f"INSERT INTO alembic_version VALUES ('{HEAD}')")  # nosec B608
            connection.exec_driver_sql(f"INSERT INTO setting VALUES ('{MADE_BY}', '{__version__}')")  # nosec B608
            connection.commit()
    except (sqlite3.Error, DBAPIError) as error:
        raise translated(error, database.path) from error


def _refuse_other_than_today(connection: Connection) -> None:
    """A server is upgraded by who keeps it, with a backup of the server's own."""
    revision = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    if revision == HEAD:
        return
    if revision not in REVISIONS:
        known = f"schema {revision}; this one knows {HEAD}"
        raise DatabaseTooNew(f"The clinic was made by a newer labtrack ({known}).", "Install the newer labtrack.")
    raise DatabaseUnavailable(
        f"The clinic has an older schema ({revision}).", f"Back it up, then run its migrations to {HEAD} with alembic."
    )


def guards(dialect: str) -> list[str]:
    """Triggers that make the database itself refuse to change or delete what is written once."""
    from labtrack.store.tables import WRITE_ONCE

    made = []
    for table in WRITE_ONCE:
        for action in ("UPDATE", "DELETE"):
            if dialect == "sqlite":
                made.append(guard(table, action))
            else:
                name = f"{table}_no_{action.lower()}"
                body = f"BEGIN RAISE EXCEPTION '{table} is written once'; END"
                made.append(f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $${body}$$")
                made.append(f"CREATE TRIGGER {name} BEFORE {action} ON {table} EXECUTE FUNCTION {name}()")
    return made


def prepare(path: Path, *, create: bool, read_only: bool, backups: Path | None = None, is_copy: bool = False) -> bool:
    """Make sure that a clinic file of this version is there; True if it is new and has no tables yet.

    An older one is backed up into the folder ``backups``, else beside itself, and upgraded; ``is_copy``: it is a backup's copy, of which
    no other is needed. Raises DatabaseUnavailable (none and not to be made), DatabaseTooNew, DatabaseDamaged.
    """
    if path.is_dir():
        raise DatabaseUnavailable(f"{path} is a folder.", "Name the clinic's file with --db.")
    if not path.exists() or path.stat().st_size == 0:
        if not create or read_only:
            raise DatabaseUnavailable(f"There is no clinic at {path}.", "Give its path with --db, or import something to begin one.")
        _refuse_lone_log(path)
        return True
    revision = revision_of(path)
    if revision is None:
        return True
    if revision == HEAD:
        return False
    if revision not in REVISIONS:
        version = made_by(path)
        raise DatabaseTooNew(
            f"{path} was made by a newer labtrack{version and f', {version}'} (schema {revision}); this is {__version__} (schema {HEAD}).",
            f"Install labtrack {version or 'in a newer version'}{' or later' if version else ''}.",
        )
    if read_only:
        raise DatabaseUnavailable(f"{path} has an older schema ({revision}).", "Run: labtrack upgrade")
    if is_copy:
        _migrated(path)
    else:
        upgrade(path, revision, backups)
    return False


def _refuse_lone_log(path: Path) -> None:
    """A clinic that was renamed or deleted may have left its log, with writes that are nowhere else: SQLite would remove it."""
    log = path.with_name(f"{path.name}-wal")
    if log.exists() and log.stat().st_size > _LOG_HEADER:
        raise DatabaseUnavailable(
            f"There is no clinic at {path}, but the log of one that was there: {log}.",
            "Put the clinic back under its name, or restore a backup (labtrack restore FILE), which keeps the log. Nothing was changed.",
        )


def upgrade(path: Path, revision: str, backups: Path | None = None) -> Path:
    """Back the clinic up, into ``backups`` or beside itself, then upgrade it in one transaction; the backup's path.

    The backup is whole and verified, or not there. Foreign keys are off meanwhile (a table rebuilt with them on silently deletes its
    children's rows) and checked before commit.
    """
    made = anchored.make(path, backups or anchored.default_folder(path), f"{anchored.UPGRADE}-{revision}", date.today())
    _migrated(path)
    return made.kept.path


def _migrated(path: Path) -> None:
    from sqlalchemy.exc import DBAPIError

    try:
        run_migrations(path)
    except (sqlite3.Error, DBAPIError) as error:
        raise translated(error, path) from error


def run_migrations(path: Path) -> None:
    """Every revision that is still to come, in one transaction; nothing is changed when one fails or leaves a row without its parent."""
    from alembic import command
    from sqlalchemy import create_engine
    from sqlalchemy.pool import NullPool

    engine = create_engine("sqlite://", creator=lambda: cipher.connect(path, "rw", isolation_level=None), poolclass=NullPool)
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        config = alembic_config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        faults = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
        if faults:
            connection.rollback()
            raise DatabaseDamaged(f"{path} holds rows whose parents are missing.", "It was left as it was; restore a backup.")
        connection.exec_driver_sql("DELETE FROM setting WHERE key = ?", (MADE_BY,))
        connection.exec_driver_sql("INSERT INTO setting VALUES (?, ?)", (MADE_BY, __version__))
        connection.exec_driver_sql("COMMIT")
    engine.dispose()


def alembic_config() -> Config:
    """Alembic's configuration without an ini file."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(migrations_folder()))
    return config
