"""Copies of a clinic in an SQLite file: made while it is in use, swapped in only when they are sound, nothing ever lost on the way."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from labtrack.core.errors import DatabaseDamaged, DatabaseLocked, DatabaseUnavailable, LabtrackError, NotFound, Refused
from labtrack.store import cipher
from labtrack.store.connection import private_file, private_folder, translated
from labtrack.store.migrate import prepare, revision_of
from labtrack.store.verify import Fault, structural, verify


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
    part = _part_of(target)
    try:
        _copy(clinic, part, None)
        _refuse_unsound(part, f"the copy of {clinic}", "Nothing was kept. Look at it with: labtrack verify")
        _move(part, target)
    finally:
        _remove(part)


def restore(clinic: Path, copy: Path) -> Restored:
    """Put a backup in the clinic's place: copied, upgraded if it is older, checked, and only then swapped in.

    The clinic that was there is kept beside it, whatever state it is in; ``copy`` itself is not changed. An encrypted clinic stays
    encrypted, and keeps its passphrase, whatever the backup is. Raises NotFound without a backup, PassphraseNeeded, DatabaseLocked while
    another program has the clinic open, DatabaseTooNew, DatabaseDamaged when the backup is unsound.
    """
    if not copy.exists():
        raise NotFound(f"There is no backup at {copy}.", "Give the path of a file made by labtrack backup.")
    if clinic.exists() and clinic.samefile(copy):
        raise Refused("That file is the clinic itself.", "Give the path of a file made by labtrack backup.")
    part = _part_of(clinic)
    try:
        _copy(copy, part, clinic)
        if revision_of(part) is None:
            raise DatabaseDamaged(f"{copy} holds no clinic.", "Give the path of a file made by labtrack backup.")
        prepare(part, create=False, read_only=False)
        _one_file(part)
        faults = _refuse_unsound(part, str(copy), "The clinic was left as it is; try an older backup.")
        kept = _set_aside(clinic) if clinic.exists() else None
        _move(part, clinic)
        return Restored(kept, tuple(faults))
    finally:
        _remove(part)


def _part_of(target: Path) -> Path:
    """An empty private file beside ``target`` to work in."""
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        private_folder(target.absolute().parent)
        _remove(part)
        private_file(part)
    except OSError as error:
        raise DatabaseUnavailable(f"{target} cannot be made: {error.strerror}.", "Name another place. Nothing was changed.") from error
    return part


def _copy(source: Path, target: Path, clinic: Path | None) -> None:
    """SQLite's own backup: one consistent state, with what is still in the write-ahead log.

    The copy is encrypted as its source is, or as the ``clinic`` that it is to replace.
    """
    try:
        key = cipher.key_of(source)
        # A clinic that is damaged may still tell by its salt that its key is the backup's.
        if clinic is not None and not (key is not None and cipher.has_salt(clinic, key)) and cipher.is_encrypted(clinic):
            key = cipher.key_of(clinic)
        cipher.copy(source, target, key)
    except sqlite3.Error as error:
        raise translated(error, source) from error
    _one_file(target)


def _one_file(path: Path) -> None:
    """Leave the write-ahead mode, so that the file is whole by itself and nothing of it stands beside it."""
    try:
        with closing(cipher.connect(path, "rw", isolation_level=None)) as connection:
            connection.execute("PRAGMA journal_mode = DELETE").fetchone()
    except sqlite3.Error as error:
        raise translated(error, path) from error


def _refuse_unsound(path: Path, name: str, next_step: str) -> list[Fault]:
    """The faults of the content; raises DatabaseDamaged for those of the file."""
    faults = verify(path)
    unsound = structural(faults)
    if unsound:
        raise DatabaseDamaged(f"{name} is damaged: {unsound[0]}.", next_step)
    return faults


def _set_aside(clinic: Path) -> Path:
    """Give the present clinic a second name and let it go; it stays in its place until the new one replaces it.

    Raises DatabaseLocked while another program has it open. One that is too damaged for SQLite is kept with its log, as it is.
    """
    damaged = False
    try:
        with closing(cipher.connect(clinic, "rw", isolation_level=None, timeout=1.0)) as connection:
            connection.execute("PRAGMA journal_mode = DELETE").fetchone()
    except sqlite3.Error as error:
        reason = translated(error, clinic)
        if not isinstance(reason, DatabaseDamaged):
            raise (reason if isinstance(reason, LabtrackError) else DatabaseLocked(str(reason))) from error
        damaged = True
    kept = _free_name(clinic)
    try:
        os.link(clinic, kept)
    except OSError:  # a disk without hard links
        shutil.copy2(clinic, kept)
    for suffix in ("-wal", "-shm"):
        beside = clinic.with_name(clinic.name + suffix)
        if beside.exists() and damaged:
            beside.rename(kept.with_name(kept.name + suffix))
    return kept


def _free_name(clinic: Path) -> Path:
    stamp = f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
    number, kept = 1, clinic.with_name(f"{clinic.name}.before-restore-{stamp}")
    while kept.exists():
        number += 1
        kept = clinic.with_name(f"{clinic.name}.before-restore-{stamp}-{number}")
    return kept


def _move(part: Path, target: Path) -> None:
    """Atomically, and on the disk when it returns."""
    part.replace(target)
    if os.name != "posix":  # pragma: no cover - elsewhere a folder cannot be opened
        return
    folder = os.open(target.absolute().parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _remove(part: Path) -> None:
    """The working file, what SQLite keeps beside one, and the copy that an upgrade of it made."""
    for left in [part, *part.parent.glob(f"{part.name}-*"), *part.parent.glob(f"{part.name}.*")]:
        left.unlink(missing_ok=True)
