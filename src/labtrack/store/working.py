"""Working files: what is to stand in a place is made beside it under another name, and moved there once it is whole.

What a process that died left behind is removed by the next one that works in the same folder. A working file is locked as long as its
process lives, so that nobody takes one that is in use.
"""

from __future__ import annotations

import os
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from labtrack.core.errors import DatabaseDamaged, DatabaseUnavailable
from labtrack.store import cipher
from labtrack.store.connection import private_file, private_folder, translated
from labtrack.store.verify import Fault, structural, verify

#: ``.clinic.db.4711.labtrack.part``: the place, the number of the process.
_NAME = re.compile(r"\..+\.\d+\.labtrack\.part", re.DOTALL)


@contextmanager
def working_file(target: Path) -> Iterator[Path]:
    """An empty private file beside ``target``; with everything that SQLite puts beside it, it is gone at the end unless it was moved.

    Raises DatabaseUnavailable when it cannot be made.
    """
    part = target.with_name(f".{target.name}.{os.getpid()}.labtrack.part")
    try:
        private_folder(target.absolute().parent)
        remove_abandoned(part.parent)
        _remove(part)
        private_file(part)
        lock = _locked(part)
    except OSError as error:
        raise DatabaseUnavailable(f"{target} cannot be made: {error.strerror}.", "Name another place. Nothing was changed.") from error
    try:
        yield part
    finally:
        with suppress(OSError):  # a disk that fails must not hide what went wrong before
            _remove(part)
        if lock is not None:
            os.close(lock)


def copy_whole(source: Path, part: Path, clinic: Path | None = None) -> None:
    """SQLite's own backup into an empty file: one consistent state, with what is still in the write-ahead log, as one file.

    The copy is encrypted as its source is, or as the ``clinic`` that it is to replace. Raises as
    :func:`labtrack.store.connection.translated`, naming the file or the folder that is to blame.
    """
    try:
        key = cipher.key_of(source)
        # A clinic that is damaged may still tell by its salt that its key is the backup's.
        if clinic is not None and not (key is not None and cipher.has_salt(clinic, key)) and cipher.is_encrypted(clinic):
            key = cipher.key_of(clinic)
        cipher.copy(source, part, key)
    except sqlite3.Error as error:
        is_full = getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_FULL
        raise translated(error, part.parent if is_full else source) from error
    one_file(part)


def one_file(part: Path) -> None:
    """Leave the write-ahead mode, so that the file is whole by itself and nothing of it stands beside it."""
    try:
        with closing(cipher.connect(part, "rw", isolation_level=None)) as connection:
            connection.execute("PRAGMA journal_mode = DELETE").fetchone()
    except sqlite3.Error as error:
        raise translated(error, part.parent) from error


def refuse_unsound(part: Path, name: str, next_step: str) -> list[Fault]:
    """The faults of the content; raises DatabaseDamaged, which calls the file ``name``, for those of the file."""
    faults = verify(part)
    unsound = structural(faults)
    if unsound:
        raise DatabaseDamaged(f"{name} is damaged: {unsound[0]}.", next_step)
    return faults


def move(part: Path, target: Path) -> None:
    """Atomically in place of what is there, and on the disk when it returns. DatabaseUnavailable when it cannot be done."""
    try:
        part.replace(target)
        if os.name != "posix":  # pragma: no cover - elsewhere a folder cannot be opened
            return
        folder = os.open(target.absolute().parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        raise DatabaseUnavailable(f"{target} cannot be written: {error.strerror}.", "Check the permissions of its folder.") from error


def free_name(beside: Path, stem: str, suffix: str = "") -> Path:
    """A name of these parts that nobody has yet, beside a file: a clock that stands still or goes back gives one twice."""
    number, found = 1, beside.with_name(f"{stem}{suffix}")
    while found.exists():
        number += 1
        found = beside.with_name(f"{stem}-{number}{suffix}")
    return found


def _locked(part: Path, *, wait: bool = True) -> int | None:
    """A descriptor that holds the file's lock, so that others see that it is in use; None where there are no such locks.

    Raises BlockingIOError when another process holds it and ``wait`` is false. The lock is not one of SQLite's.
    """
    try:
        import fcntl
    except ImportError:  # pragma: no cover - no such locks on this operating system
        return None
    lock = os.open(part, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except BaseException:
        os.close(lock)
        raise
    return lock


def remove_abandoned(folder: Path) -> None:
    """Remove the working files of processes that are gone. What cannot be removed stays: it hinders nobody."""
    for part in [each for each in folder.iterdir() if _NAME.fullmatch(each.name)]:
        try:
            lock = _locked(part, wait=False)
        except OSError:
            continue
        if lock is not None:
            with suppress(OSError):
                _remove(part)
            os.close(lock)


def _remove(part: Path) -> None:
    """The working file, and what SQLite and an upgrade of it put beside it."""
    for left in [*(each for each in part.parent.iterdir() if each.name.startswith((f"{part.name}-", f"{part.name}."))), part]:
        left.unlink(missing_ok=True)
