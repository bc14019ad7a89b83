"""A clinic's store: opening, reading, writing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from labtrack.core.errors import DatabaseUnavailable, Refused
from labtrack.store.cipher import known_key, new_key, part_of, remove_part
from labtrack.store.connection import Database, private_file, private_folder, sqlite_path, unlock
from labtrack.store.migrate import make_schema, prepare
from labtrack.store.reader import Reader
from labtrack.store.writer import Writer


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Store:
    """One clinic. ``actor`` is who the audit names; ``clock`` gives the moment that is recorded."""

    def __init__(self, database: Database, actor: str, clock: Callable[[], datetime]) -> None:
        self.database = database
        self.actor = actor
        self._clock = clock

    @classmethod
    def open(
        cls,
        location: str | Path,
        *,
        create: bool = True,
        read_only: bool = False,
        actor: str = "local",
        clock: Callable[[], datetime] = _utc_now,
        passphrase: str | None = None,
        backups: Path | None = None,
    ) -> Store:
        """Open a clinic by path or URL; made when there is none, upgraded when it is older, after a backup into the folder ``backups``.

        ``passphrase`` opens an encrypted one, and encrypts one that is made; without it a key that this process knows serves.
        Raises DatabaseUnavailable, DatabaseTooNew, DatabaseDamaged, DatabaseLocked, PassphraseNeeded, WrongPassphrase, and Refused for
        a passphrase where nothing is encrypted.
        """
        path = sqlite_path(location)
        is_new = False
        key = None
        if path is None and passphrase is not None:
            raise Refused("A database on a server is not encrypted by labtrack.", "Use the database server's own means for it.")
        if path is not None:
            try:
                is_empty = not path.exists() or path.stat().st_size == 0
                if passphrase is not None and not is_empty:
                    unlock(path, passphrase)
                is_new = prepare(path, create=create, read_only=read_only, backups=backups)
                key = new_key(passphrase) if passphrase is not None and is_empty else known_key(path)
            except OSError as error:
                raise DatabaseUnavailable(f"{path} cannot be opened: {error.strerror}.", "Check the path and the permissions.") from error
            if is_new:
                private_folder(path.parent)
                private_file(path)
        database = Database(location, read_only=read_only, key=key)
        if is_new or path is None:
            make_schema(database)
        elif not read_only and part_of(path).exists():
            with database.reading(), suppress(OSError):  # nobody converts a file that somebody reads
                remove_part(path)
        return cls(database, actor, clock)

    @contextmanager
    def read(self) -> Iterator[Reader]:
        """One consistent view."""
        with self.database.reading() as session:
            yield Reader(session)

    @contextmanager
    def write(self, patience: int | None = None) -> Iterator[Writer]:
        """One transaction, committed as a whole or not at all; a change to the record without an audit entry is not.

        ``patience``: milliseconds to wait for another writer, where that is to be shorter than usual.
        """
        with self.database.writing(patience) as session:
            writer = Writer(session, self.actor, self._clock)
            yield writer
            writer.finish()

    def now(self) -> str:
        """This moment in UTC, ISO, as it is recorded."""
        return self._clock().astimezone(UTC).isoformat(timespec="milliseconds")

    def probe(self) -> None:
        """Read, and write nothing, unless opened for reading only. Raises StoreError where either cannot be done."""
        with self.read() as reader:
            reader.settings()
        if not self.database.read_only:
            with self.write() as writer:
                # The lock alone would not tell: of a file that may not be written to SQLite takes a reader's instead.
                writer.session.cursor.execute("DELETE FROM setting WHERE key IS NULL")

    def close(self) -> None:
        """Let go of the file."""
        self.database.close()
