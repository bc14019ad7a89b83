"""Backups that labtrack names itself: the day, the kind, and the head of the audit chain at that moment, the anchor.

A chain that was cut off and computed anew agrees with itself, but not with an anchor that stands in the name of a file. The anchors of
backups that a person named are kept in a list beside those files.
"""

from __future__ import annotations

import json
import os
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from labtrack.core.errors import DatabaseUnavailable, LabtrackError
from labtrack.store import cipher
from labtrack.store.audit import GENESIS
from labtrack.store.connection import private_folder, translated
from labtrack.store.verify import Fault
from labtrack.store.working import copy_whole, free_name, move, refuse_unsound, working_file

#: Hexadecimal digits of the hash that a name holds.
DIGITS = 16
#: Kinds of backups: of the day, asked for by a person; before an upgrade it is ``upgrade-`` and the schema that was left.
DAILY, BY_HAND, UPGRADE = "daily", "by-hand", "upgrade"
_NAME = re.compile(
    r"(?P<clinic>.+)\.(?P<on>\d{4}-\d\d-\d\d)\.(?P<kind>daily|by-hand|upgrade-\d+)\.(?P<anchor>\d+-[0-9a-f]{16})(?:-\d+)?\.bak", re.DOTALL
)
_ANCHOR = re.compile(r"(\d{1,18})-([0-9a-f]{16})")
_LIST = ".anchors"


@dataclass(frozen=True, slots=True)
class Anchor:
    """The head of an audit chain: the number of its last entry, 0 of an empty one, and the first digits of that entry's hash."""

    entry: int
    hash: str

    def __str__(self) -> str:
        return f"{self.entry}-{self.hash}"

    @classmethod
    def parse(cls, text: str) -> Anchor | None:
        """As ``str`` gives it; None for anything else."""
        found = _ANCHOR.fullmatch(text)
        return cls(int(found[1]), found[2]) if found else None

    def is_of(self, hash: str | None) -> bool:
        """Whether the entry of its number has this hash (None: there is no such entry)."""
        return self.entry == 0 or (hash is not None and hash.startswith(self.hash))


@dataclass(frozen=True, slots=True)
class Kept:
    """A backup by its name: the day it was made on by that machine's clock, what it was made for, the anchor."""

    path: Path
    on: date
    kind: str
    anchor: Anchor

    @property
    def is_automatic(self) -> bool:
        """Whether nobody asked for it."""
        return self.kind != BY_HAND

    @classmethod
    def parse(cls, path: Path, clinic: str | None = None) -> Kept | None:
        """From a path; None for a file that has another name, or one of another clinic (``clinic`` is the name of its file)."""
        found = _NAME.fullmatch(path.name)
        anchor = Anchor.parse(found["anchor"]) if found else None
        if found is None or anchor is None or (clinic is not None and found["clinic"] != clinic):
            return None
        try:
            return cls(path, date.fromisoformat(found["on"]), found["kind"], anchor)
        except ValueError:
            return None


@dataclass(frozen=True, slots=True)
class Made:
    """A backup that was made, and the faults of its content: those the clinic has."""

    kept: Kept
    faults: tuple[Fault, ...]


@dataclass(frozen=True, slots=True)
class Reach:
    """The numbers of a file's last audit entry and last result, None for what cannot be read; whether it asks who one is."""

    entries: int | None
    results: int | None
    has_accounts: bool


def default_folder(clinic: Path) -> Path:
    """Where a clinic's backups are unless another place is set: beside it."""
    return clinic.with_name(f"{clinic.stem}-backups")


def make(clinic: Path, folder: Path, kind: str, on: date) -> Made:
    """A verified copy with a name of its own in a folder, which is made for its owner alone if there is none.

    Raises DatabaseDamaged when the clinic is unsound, DatabaseUnavailable when the copy cannot be written.
    """
    with working_file(folder / f"{clinic.name}.{kind}") as part:
        copy_whole(clinic, part)
        faults = refuse_unsound(part, str(clinic), "Nothing was changed. Restore a backup: labtrack restore")
        anchor = head_of(part)
        target = free_name(part, f"{clinic.name}.{on.isoformat()}.{kind}.{anchor}", ".bak")
        move(part, target)
    return Made(Kept(target, on, kind, anchor), tuple(faults))


def head_of(path: Path) -> Anchor:
    """The head of a file's audit chain. Raises PassphraseNeeded, and as :func:`labtrack.store.connection.translated`."""
    try:
        with closing(cipher.connect(path)) as connection:
            row = connection.execute("SELECT id, hash FROM audit_entry ORDER BY id DESC LIMIT 1").fetchone()
    except sqlite3.Error as error:
        raise translated(error, path) from error
    return Anchor(int(row[0]), str(row[1])[:DIGITS]) if row else Anchor(0, GENESIS[:DIGITS])


def holds(path: Path, anchor: Anchor) -> bool:
    """Whether a file's audit chain has this entry. Raises as :func:`head_of`."""
    try:
        with closing(cipher.connect(path)) as connection:
            row = connection.execute("SELECT hash FROM audit_entry WHERE id = ?", (anchor.entry,)).fetchone()
    except sqlite3.Error as error:
        raise translated(error, path) from error
    return anchor.is_of(str(row[0]) if row else None)


def reach_of(path: Path) -> Reach:
    """How far a file goes, as far as it can be read: it may be damaged, or locked with a passphrase."""
    try:
        with closing(cipher.connect(path)) as connection:
            entries = _number(connection, "COALESCE(MAX(id), 0) FROM audit_entry")
            results = _number(connection, "COALESCE(MAX(id), 0) FROM result")
            return Reach(entries, results, bool(_number(connection, "COUNT(*) FROM audit_entry WHERE action = 'add user'")))
    except (sqlite3.Error, LabtrackError):
        return Reach(None, None, False)


def _number(connection: sqlite3.Connection, what: str) -> int | None:
    try:
        return int(connection.execute(f"SELECT {what}").fetchone()[0])  # nosec B608
    except (sqlite3.Error, TypeError, ValueError):
        return None


def kept_in(folder: Path, clinic: str | None = None) -> list[Kept]:
    """The backups in a folder that labtrack named, of one clinic's file or of all; none where the folder cannot be read."""
    try:
        files = [each for each in folder.iterdir() if each.is_file() and not each.is_symlink()]
    except OSError:
        return []
    found = (Kept.parse(each, clinic) for each in files)
    return sorted((each for each in found if each is not None), key=lambda each: (each.on, each.anchor.entry, each.path.name))


def anchors_in(folder: Path, clinic: str | None = None) -> Iterator[tuple[str, Anchor]]:
    """Every anchor that a folder tells of, with the name of its backup: by names, and by the list of those that a person named."""
    for each in kept_in(folder, clinic):
        yield each.path.name, each.anchor
    try:
        lists = sorted(folder.glob(f"*{_LIST}")) if clinic is None else [folder / f"{clinic}{_LIST}"]
        texts = [each.read_text(encoding="utf-8", errors="replace") for each in lists if each.is_file()]
    except OSError:
        return
    for line in "\n".join(texts).splitlines():
        try:
            said = json.loads(line)
            anchor = Anchor.parse(str(said["anchor"]))
            if anchor is not None:
                yield str(said["file"]), anchor
        except (ValueError, TypeError, KeyError, RecursionError):
            continue  # half a line, of a process that was killed


def note_anchor(folder: Path, clinic: Path, copy: Path, anchor: Anchor, at: str) -> None:
    """Keep the anchor of a backup that has a name of its own. DatabaseUnavailable where that cannot be written."""
    private_folder(folder)
    line = json.dumps({"anchor": str(anchor), "at": at, "file": copy.name})
    place = folder / f"{clinic.name}{_LIST}"
    try:
        handle = os.open(place, os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)
        try:
            os.write(handle, f"\n{line}\n".encode())
            os.fsync(handle)
        finally:
            os.close(handle)
    except OSError as error:
        raise DatabaseUnavailable(f"{place} cannot be written: {error.strerror}.", "Check the permissions of its folder.") from error
