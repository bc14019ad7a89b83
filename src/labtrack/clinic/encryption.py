"""Making a clinic encrypted or not, and giving it another passphrase: the clinic first, then its drafts and automatic copies beside it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from labtrack.clinic.backups import folders_of
from labtrack.clinic.drafts import folder_of, remove_unfinished, rewrite, seal_all
from labtrack.clinic.settings import Settings, chosen_actor
from labtrack.core.errors import DatabaseUnavailable, LabtrackError, PassphraseNeeded, Refused
from labtrack.store import Store, cipher, connection
from labtrack.store.anchored import kept_in
from labtrack.store.cipher import Key
from labtrack.store.connection import sqlite_path, translated
from labtrack.store.conversion import convert
from labtrack.store.working import remove_abandoned

#: What a lost passphrase means.
LOST = cipher.LOST
#: What follows the clinic's name where the clinic as it was is kept on purpose.
KEPT = ".as-before-"
_NO_DATABASE = ("-wal", "-shm", "-journal")


@dataclass(frozen=True, slots=True)
class Converted:
    """What was done: where the clinic as it was is kept, how many copies beside it were converted too, and which could not be and why."""

    kept: Path | None
    copies: int
    left: tuple[tuple[Path, str], ...]


def initialize(path: Path, passphrase: str | None) -> None:
    """An empty clinic where there is none, or an empty file; encrypted if there is a passphrase. Refused where something is."""
    refuse_existing(path)
    Store.open(path, actor=chosen_actor(Settings()), passphrase=passphrase).close()


def refuse_existing(path: Path) -> None:
    """Refused where something is already; an empty file is what a beginning that was killed leaves."""
    if path.exists() and not (path.is_file() and path.stat().st_size == 0):
        raise Refused(f"There is something at {path} already.", "Name another file with --db. To encrypt a clinic: labtrack encrypt")


def refuse_weak(passphrase: str) -> None:
    """Refused for a passphrase that may not be a new one."""
    cipher.refuse_weak(passphrase)


def is_encrypted(path: Path) -> bool:
    """Whether a clinic is encrypted; False where there is none."""
    return cipher.is_encrypted(path)


def unlock(path: Path, passphrase: str) -> None:
    """Make a clinic, and what else has its key, open in this process.

    Raises WrongPassphrase, Refused, DatabaseUnavailable, and what says why a file cannot be read at all (DatabaseDamaged, DatabaseLocked).
    """
    connection.unlock(path, passphrase)


def ask(location: str) -> None:
    """Raise PassphraseNeeded for a clinic that this process cannot open yet; whatever else is wrong is told by whoever opens it."""
    path = sqlite_path(location)
    if path is not None and cipher.needs_passphrase(path):
        cipher.key_of(path)


def left_in_clear(location: str) -> list[Path]:
    """As :func:`in_clear`, of a clinic that this process has open and that may be any."""
    path = sqlite_path(location)
    return in_clear(path) if path is not None and cipher.known_key(path) is not None else []


def encrypt(path: Path, passphrase: str, *, keep: bool, actor: str = "") -> Converted:
    """Encrypt a clinic that is in clear; of one that is encrypted already, the copies beside it that are in clear. Refused without any."""
    refuse_missing(path)
    if cipher.is_encrypted(path):
        key = connection.unlock(path, passphrase)
        refuse_nothing_left(path)
        return _finish(path, key, "encrypt", None, actor)
    return _converted(path, cipher.new_key(passphrase), "encrypt", keep, actor)


def refuse_nothing_left(path: Path) -> None:
    """Refused for an encrypted clinic with nothing in clear beside it."""
    if not in_clear(path):
        raise Refused(f"{path} is encrypted already.", "To give it another passphrase: labtrack rekey")


def decrypt(path: Path, *, keep: bool, actor: str = "") -> Converted:
    """Put an encrypted clinic, which this process has unlocked, in clear. Refused for one that is."""
    must_be_encrypted(path)
    return _converted(path, None, "decrypt", keep, actor)


def rekey(path: Path, passphrase: str, *, keep: bool, actor: str = "") -> Converted:
    """Give an encrypted clinic, which this process has unlocked, another passphrase. Refused for one that is in clear."""
    must_be_encrypted(path)
    return _converted(path, cipher.new_key(passphrase), "rekey", keep, actor)


def state(store: Store) -> str:
    """Whether the clinic is encrypted, and by what."""
    return f"yes, SQLCipher {cipher.driver().library_version()}" if store.database.key is not None else "no"


def in_clear(path: Path) -> list[Path]:
    """Copies of an encrypted clinic that a stopped conversion has left in clear beside it; what was kept on purpose is not counted."""
    return [each for each in _copies(path) if cipher.is_clear(each)]


def settle(store: Store) -> None:
    """Encrypt the drafts that a stopped conversion has left in clear beside an encrypted clinic."""
    if store.database.key is not None and store.database.path is not None and not store.database.read_only:
        seal_all(store.database.path, store.database.key)


def _converted(path: Path, key: Key | None, action: str, keep: bool, actor: str) -> Converted:
    before = cipher.key_of(path)
    kept = path.with_name(f"{path.name}{KEPT}{action}-{datetime.now(UTC):%Y%m%dT%H%M%SZ}") if keep else None
    try:
        _remove_leavings(path)
        old_drafts = rewrite(path, before, key)
    except (OSError, sqlite3.Error) as error:
        raise DatabaseUnavailable(f"The drafts beside {path} cannot be written ({error}).", "Nothing was changed.") from error
    convert(path, key, kept)
    for each in old_drafts:
        each.unlink(missing_ok=True)
    return _finish(path, key, action, kept, actor)


def _remove_leavings(path: Path) -> None:
    """What processes that were killed left half written beside a clinic: in clear it would stay so. Raises OSError."""
    remove_unfinished(path)
    for folder in [path.absolute().parent, *folders_of(path)]:
        if folder.is_dir():
            remove_abandoned(folder)


def _finish(path: Path, key: Key | None, action: str, kept: Path | None, actor: str) -> Converted:
    """The copies beside the clinic, as it is now, and the audit."""
    done, left = 0, []
    for each in _copies(path):
        if cipher.is_clear(each) if key is None else cipher.has_salt(each, key):
            continue
        try:
            convert(each, key)
            done += 1
        except PassphraseNeeded:
            left.append((each, "It opens with an older passphrase only."))
        except LabtrackError as error:
            left.append((each, str(error)))
    store = Store.open(path, create=False, actor=actor or chosen_actor(Settings()))
    try:
        with store.write() as writer:
            writer.audit(action, {"copies": done})
    finally:
        store.close()
    return Converted(kept, done, tuple(left))


def _copies(path: Path) -> Iterator[Path]:
    """The databases that labtrack itself has put beside a clinic: before upgrades and restores, and its automatic backups.

    Automatic backups also where another folder is set for them.
    """
    beside = [each for each in path.parent.iterdir() if each.name.startswith(f"{path.name}.") and each != folder_of(path)]
    ours = [file for one in beside for file in ([one] if one.is_file() else one.iterdir())]
    ours += [each.path for folder in folders_of(path) for each in kept_in(folder, path.name)]
    for each in sorted(set(ours)):
        is_file = each.is_file() and not each.is_symlink() and not each.name.endswith(_NO_DATABASE)
        if is_file and KEPT not in each.name and (cipher.is_clear(each) or cipher.looks_encrypted(each)):
            yield each


def refuse_missing(path: Path) -> None:
    """DatabaseUnavailable where there is no clinic."""
    if not path.exists() or path.stat().st_size == 0:
        raise DatabaseUnavailable(f"There is no clinic at {path}.", "Give its path with --db, or begin one: labtrack init --encrypt")


def must_be_encrypted(path: Path) -> None:
    """Refused for a clinic in clear; PassphraseNeeded for one that this process cannot open yet."""
    refuse_missing(path)
    try:
        key = cipher.key_of(path)
    except sqlite3.Error as error:
        raise translated(error, path) from error
    if key is None:
        raise Refused(f"{path} is not encrypted.", "To encrypt it: labtrack encrypt")
