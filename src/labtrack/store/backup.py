"""Copies of a clinic in an SQLite file: made while it is in use, swapped in only when they are sound, nothing ever lost on the way."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from labtrack.core.errors import DatabaseDamaged, DatabaseLocked, LabtrackError, NotFound, Refused
from labtrack.store import cipher
from labtrack.store.connection import private_file, translated
from labtrack.store.migrate import prepare, revision_of
from labtrack.store.verify import Fault
from labtrack.store.working import copy_whole, free_name, move, one_file, refuse_unsound, working_file

#: What SQLite keeps beside a file.
_BESIDE = ("-wal", "-shm", "-journal")


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore did: where the clinic that was there is kept (None: there was none), and faults of the restored one.

    The faults are of its content (a broken audit chain, for instance); a file that is unsound is not restored at all.
    """

    kept: Path | None
    faults: tuple[Fault, ...]


def backup(clinic: Path, target: Path) -> None:
    """Copy a clinic, which may be in use meanwhile, to a new file that only its owner may read, and check the copy.

    The copy of an encrypted clinic is encrypted with the same key.
    The copy is one file by itself (no write-ahead log). Raises Refused when ``target`` exists, NotFound without a clinic,
    DatabaseDamaged when the clinic or its copy is unsound, DatabaseUnavailable when the copy cannot be written.
    """
    if not clinic.exists():
        raise NotFound(f"There is no clinic at {clinic}.", "Name it with --db.")
    if target.exists():
        raise Refused(f"{target} exists already.", "Name another file; a backup never overwrites one.")
    with working_file(target) as part:
        copy_whole(clinic, part)
        refuse_unsound(part, f"the copy of {clinic}", "Nothing was kept. Look at it with: labtrack verify")
        move(part, target)


def restore(clinic: Path, copy: Path, also: Callable[[Path], None] | None = None) -> Restored:
    """Put a backup in the clinic's place: copied, upgraded if it is older, checked, and only then swapped in.

    The clinic that was there is kept beside it, whatever state it is in; ``copy`` itself is not changed. An encrypted clinic stays
    encrypted, and keeps its passphrase, whatever the backup is. ``also`` is done to what is to be the clinic before it is checked and
    swapped in: an entry in its audit stands there from the first moment. Raises NotFound without a backup, PassphraseNeeded,
    DatabaseLocked while another program has the clinic open, DatabaseTooNew, DatabaseDamaged when the backup is unsound.
    """
    if not copy.exists():
        raise NotFound(f"There is no backup at {copy}.", "Give the path of a file made by labtrack backup.")
    if clinic.exists() and clinic.samefile(copy):
        raise Refused("That file is the clinic itself.", "Give the path of a file made by labtrack backup.")
    with working_file(clinic) as part:
        copy_whole(copy, part, clinic)
        if revision_of(part) is None:
            raise DatabaseDamaged(f"{copy} holds no clinic.", "Give the path of a file made by labtrack backup.")
        prepare(part, create=False, read_only=False, is_copy=True)
        if also is not None:
            also(part)
        one_file(part)
        faults = refuse_unsound(part, str(copy), "The clinic was left as it is; try an older backup.")
        with _set_aside(clinic) as kept:
            move(part, clinic)
        return Restored(kept, tuple(faults))


@contextmanager
def _set_aside(clinic: Path) -> Iterator[Path | None]:
    """The present clinic has a second name, and nobody else is let in, until another one has replaced it; None where there is none.

    Who would open it in between would write into the old file, and put its log beside the new one. Where the caller fails, all is as it
    was. One that is too damaged for SQLite is kept with its log, and a log without its clinic by itself: they would be taken for the new
    one's. Raises DatabaseLocked while another program has it open.
    """
    is_there = clinic.exists()
    held = _held(clinic) if is_there else None
    kept = free_name(clinic, f"{clinic.name}.before-restore-{datetime.now(UTC):%Y%m%dT%H%M%SZ}")
    moved: list[tuple[Path, Path]] = []
    try:
        if is_there:
            _give_second_name(clinic, kept, held)
        for suffix in _BESIDE if held is None else ():
            beside = clinic.with_name(clinic.name + suffix)
            if beside.exists():
                moved.append((beside, beside.rename(kept.with_name(kept.name + suffix))))
        if held is not None and os.name != "posix":  # pragma: no cover - elsewhere an open file cannot be replaced
            held.close()
        yield kept if is_there or moved else None
    except BaseException:
        for before, now in moved:
            now.rename(before)
        if is_there:
            kept.unlink(missing_ok=True)
        raise
    finally:
        if held is not None:
            held.close()


def _held(clinic: Path) -> sqlite3.Connection | None:
    """A connection that lets nobody else in, not even to read; None for a file that is too damaged. Raises DatabaseLocked."""
    try:
        connection = cipher.connect(clinic, "rw", isolation_level=None, timeout=1.0)
        try:
            connection.execute("PRAGMA journal_mode = DELETE").fetchone()
            connection.execute("BEGIN EXCLUSIVE")
        except BaseException:
            connection.close()
            raise
    except sqlite3.Error as error:
        reason = translated(error, clinic)
        if not isinstance(reason, DatabaseDamaged):
            raise (reason if isinstance(reason, LabtrackError) else DatabaseLocked(str(reason))) from error
        return None
    return connection


def _give_second_name(clinic: Path, kept: Path, held: sqlite3.Connection | None) -> None:
    """The same file under another name; a copy on a disk without hard links."""
    try:
        os.link(clinic, kept)
    except OSError:
        if held is None:
            shutil.copy2(clinic, kept)
            return
        # By SQLite: to open and close the file otherwise would let go of the lock.
        private_file(kept)
        with closing(cipher.connect(kept, "rw", cipher.known_key(clinic))) as copy:
            held.rollback()
            held.backup(copy)
            held.execute("BEGIN EXCLUSIVE")
