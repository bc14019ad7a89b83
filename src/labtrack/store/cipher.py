"""Encrypted clinics: the key of a file, and connections that find it.

The file is SQLCipher 4's with its defaults (AES-256, an HMAC-SHA512 for each page, PBKDF2-HMAC-SHA512 with 256,000 rounds), so that
its own tools open it with the same passphrase. The key is derived once in a process; every further connection, and every copy that
has the same salt, takes the raw key. Needs the extra ``encryption`` only where something is encrypted.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, suppress
from dataclasses import dataclass, field
from hashlib import blake2b, pbkdf2_hmac
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unicodedata import normalize

from labtrack.core.errors import DatabaseDamaged, DatabaseUnavailable, PassphraseNeeded, Refused, WrongPassphrase

if TYPE_CHECKING:
    from types import ModuleType

#: SQLCipher 4's: rounds of the derivation, bytes of the salt that begins the file, bytes of a page.
ROUNDS = 256_000
SALT = 16
PAGE = 4096
_PLAIN = b"SQLite format 3\0"
#: Different bytes in the first page of what can be taken for encrypted: 4,096 random ones hold all 256 but once in 20,000 files.
_DIFFERENT = 240
#: A passphrase shorter than this is refused when it is new, characters.
SHORTEST = 8
LOST = (
    "Without it nobody can open the clinic, the makers of labtrack neither: there is no second key. "
    "What can still be read then is what was exported (labtrack export writes files in clear where it was told to) or printed."
)


@dataclass(frozen=True, slots=True)
class Key:
    """The key of a file: 32 bytes, and the 16 bytes of salt that begin the file. Neither is ever shown."""

    raw: bytes = field(repr=False)
    salt: bytes = field(repr=False)

    @property
    def literal(self) -> str:
        """As SQLCipher takes it."""
        return f"x'{self.raw.hex()}{self.salt.hex()}'"

    def part(self, purpose: str) -> Key:
        """Another key for another purpose, from which this one cannot be told."""
        raw = blake2b(self.raw, digest_size=32, person=purpose.encode()[:16]).digest()
        return Key(raw, blake2b(raw, digest_size=SALT, person=b"salt").digest())


#: The keys of this process by salt, so that copies of a clinic open with them too.
_BY_SALT: dict[bytes, Key] = {}
#: The files that it opened, by device and inode, each with its key, or None for one in clear: how a file begins is looked at before it
#: is open, never while it is, for to close a file lets go of every lock that the process has on it.
_BY_FILE: dict[tuple[int, int] | None, Key | None] = {}


def derive(passphrase: str, salt: bytes) -> Key:
    """The key that a passphrase gives with a salt: a tenth of a second or more, on purpose."""
    text = normalize("NFC", passphrase)  # what looks the same is the same, whatever keyboard it was typed on
    return Key(pbkdf2_hmac("sha512", text.encode("utf-8", "surrogatepass"), salt, ROUNDS, 32), salt)


def new_key(passphrase: str) -> Key:
    """A key for a new file. Refused for a passphrase that is too short."""
    refuse_weak(passphrase)
    driver()
    key = derive(passphrase, os.urandom(SALT))
    _BY_SALT[key.salt] = key
    _no_core_dumps()
    return key


def refuse_weak(passphrase: str) -> None:
    """Refused for a passphrase that is too short."""
    if len(passphrase) < SHORTEST:
        raise Refused(f"A passphrase needs at least {SHORTEST} characters.", "Take four or more words that do not belong together.")


def driver() -> ModuleType:
    """SQLCipher's driver. DatabaseUnavailable where the extra is not installed."""
    try:
        from labtrack.store import keyed
    except ImportError as error:
        step = "Install it: pip install 'labtrack[encryption]'"
        raise DatabaseUnavailable("Encryption needs sqlcipher3, which is not installed here.", step) from error
    return keyed


def connect(path: Path, mode: str = "ro", key: Key | None = None, **options: Any) -> sqlite3.Connection:
    """A connection to a file that exists, encrypted or not; ``mode`` is SQLite's ``ro`` or ``rw``, ``options`` are the driver's.

    ``key`` is for a new, empty file that is to be encrypted with it; of any other the key is found. Raises PassphraseNeeded for an
    encrypted one whose key this process does not know, and the driver's errors. One that was open here before is reached through the
    same library again: two of them on one file would let go of each other's locks.
    """
    if key is not None:
        return connect_keyed(path, mode, key, **options)
    identity = _identity(path)
    if identity in _BY_FILE:
        try:
            return _read(path, mode, _BY_FILE[identity], options)
        except sqlite3.Error as error:
            if not _is_no_database(error):
                raise
            del _BY_FILE[identity]  # another file with the number of one that has gone
    found = _found_key(path)
    connection = _read(path, mode, found, options)
    if identity is not None and path.stat().st_size:
        _BY_FILE[identity] = found
    return connection


def _found_key(path: Path) -> Key | None:
    """The key of a file that this process has not opened yet, by how it begins."""
    if not looks_encrypted(path):
        return None
    key = _BY_SALT.get(_head(path)[:SALT])
    if key is None:
        raise PassphraseNeeded(f"{path} is encrypted, and no passphrase was given.", HOW, path)
    return key


def _read(path: Path, mode: str, key: Key | None, options: dict[str, Any]) -> sqlite3.Connection:
    """A connection whose first page was read. What a killed process has left to be rolled back is, even if it is only to be read."""
    try:
        return _probed(_connected(path, mode, key, options))
    except sqlite3.Error as error:
        if mode != "ro" or getattr(error, "sqlite_errorcode", 0) & 0xFF != sqlite3.SQLITE_READONLY:
            raise
    # What a journal holds goes back as it is, encrypted or not: a wrong key does no harm.
    with suppress(sqlite3.Error):
        _probed(_connected(path, "rw", key, options)).close()
    return _probed(_connected(path, mode, key, options))


def _probed(connection: sqlite3.Connection) -> sqlite3.Connection:
    """The connection, once its first page was read; closed where that cannot be."""
    try:
        connection.execute("PRAGMA schema_version").fetchone()
    except BaseException:
        connection.close()
        raise
    return connection


def _connected(path: Path, mode: str, key: Key | None, options: dict[str, Any]) -> sqlite3.Connection:
    return sqlite3.connect(uri_of(path, mode), uri=True, **options) if key is None else connect_keyed(path, mode, key, **options)


def _is_no_database(error: sqlite3.Error) -> bool:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_NOTADB


def key_of(path: Path) -> Key | None:
    """The key of a file that can be opened here, None for one in clear; raises as :func:`connect`."""
    connect(path).close()
    return known_key(path)


def copy(source: Path, target: Path, key: Key | None) -> None:
    """One consistent state of a file, with what is still in its log, into an empty one; that gets this key, or is in clear.

    Raises PassphraseNeeded, DatabaseUnavailable, and the driver's errors.
    """
    before = key_of(source)
    if (before is None) is (key is None):
        with closing(connect(source)) as origin, closing(connect(target, "rw", key)) as made:
            origin.backup(made)
        return
    transcribe(source, before, target, key)
    remember(target, key)


def transcribe(source: Path, before: Key | None, target: Path, after: Key | None) -> None:
    """Every row of one file into another, empty one, each with its key or in clear: SQLite's own backup cannot do that.

    By SQLCipher's library on both, so that this process must not have the source open through the other one.
    """
    with closing(driver().connect(uri_of(target, "rw"), after and after.literal, isolation_level=None)) as made:
        made.execute("ATTACH ? AS origin KEY ?", (uri_of(source, "ro"), before.literal if before else ""))
        made.execute("BEGIN")
        try:
            made.execute("SELECT sqlcipher_export('main', 'origin')").fetchall()
        except sqlite3.OperationalError as error:
            # The export tells in words alone what went wrong.
            codes = {"malformed": sqlite3.SQLITE_CORRUPT, "full": sqlite3.SQLITE_FULL, "I/O": sqlite3.SQLITE_IOERR}
            error.sqlite_errorcode = next((code for word, code in codes.items() if word in str(error)), error.sqlite_errorcode)
            raise
        made.execute("COMMIT")


def remember(path: Path, key: Key | None) -> None:
    """What a file is encrypted with from now on, None for one in clear."""
    _BY_FILE[_identity(path)] = key
    if key is not None:
        _BY_SALT[key.salt] = key


def connect_keyed(path: Path, mode: str, key: Key, **options: Any) -> sqlite3.Connection:
    """A connection with this key, which also answers to what ``sqlite3``'s does; remembered as the file's key."""
    _BY_FILE[_identity(path)] = key
    connection: sqlite3.Connection = driver().connect(uri_of(path, mode), key.literal, **options)
    return connection


def uri_of(path: Path, mode: str) -> str:
    """A path as a URI of SQLite's."""
    escaped = str(path.absolute()).replace("%", "%25").replace("?", "%3f").replace("#", "%23")
    return f"file:{escaped}?mode={mode}"


def known_key(path: Path) -> Key | None:
    """The key with which this process last opened a file; None for one in clear, one it never opened, or none at all."""
    return _BY_FILE.get(_identity(path))


#: How a passphrase is given to a command.
HOW = "Type it at the prompt of a terminal, or name in LABTRACK_PASSPHRASE_FD the file descriptor that it can be read from."


def has_salt(path: Path, key: Key) -> bool:
    """Whether a file, which is open nowhere in this process, begins with the salt of a key."""
    try:
        return _head(path)[:SALT] == key.salt
    except OSError:
        return False


def is_clear(path: Path) -> bool:
    """Whether a file, which is open nowhere in this process, begins as SQLite's own do."""
    try:
        return _head(path).startswith(_PLAIN)
    except OSError:
        return False


def looks_encrypted(path: Path) -> bool:
    """Whether a file, which is open nowhere in this process, begins with nothing but chance."""
    try:
        head = _head(path)
    except OSError:
        return False
    return len(head) == PAGE and not head.startswith(_PLAIN) and len(set(head)) >= _DIFFERENT


def is_encrypted(path: Path) -> bool:
    """Whether a file can only be an encrypted one: no SQLite file, and its first page looks like chance. False where there is none."""
    try:
        return key_of(path) is not None
    except PassphraseNeeded:
        return True
    except sqlite3.Error:
        return known_key(path) is not None or looks_encrypted(path)


def needs_passphrase(path: Path) -> bool:
    """Whether a file is encrypted and this process has no key for it."""
    try:
        key_of(path)
    except PassphraseNeeded:
        return True
    except (sqlite3.Error, DatabaseUnavailable):
        return False
    return False


def unlock(path: Path, passphrase: str) -> Key:
    """Derive the key of an encrypted file, try it, and keep it for this process.

    Raises WrongPassphrase, Refused for a file in clear, DatabaseUnavailable where the extra is not installed.
    """
    if not is_encrypted(path):
        raise Refused(f"{path} is not encrypted.", "Leave the passphrase out, or encrypt it first: labtrack encrypt")
    driver()
    known = known_key(path)
    salt = known.salt if known is not None else _head(path)[:SALT]
    key = derive(passphrase, salt)
    if not _opens(path, key):
        if _BY_SALT.get(salt) == key:
            raise DatabaseDamaged(f"{path} is damaged at its beginning.", "Restore the newest backup: labtrack restore FILE")
        raise WrongPassphrase(f"The passphrase does not open {path}.", f"Type it again. {LOST}", path)
    remember(path, key)
    _no_core_dumps()
    return key


def part_of(path: Path) -> Path:
    """The unfinished file of a conversion. Whoever converts a clinic has its write lock, so there is one at most."""
    return path.with_name(f".{path.name}.converting")


def remove_part(path: Path) -> None:
    """Remove what a conversion that was stopped has left. Only for who keeps others from converting."""
    part = part_of(path)
    for suffix in ("", "-journal", "-wal", "-shm"):
        part.with_name(part.name + suffix).unlink(missing_ok=True)


def forget() -> None:
    """Forget every key of this process, as a new one would know none."""
    _BY_SALT.clear()
    _BY_FILE.clear()


def _opens(path: Path, key: Key) -> bool:
    """Whether a key opens a file."""
    identity = _identity(path)
    before = _BY_FILE.get(identity)
    try:
        _read(path, "ro", key, {}).close()
    except sqlite3.DatabaseError as error:
        if not _is_no_database(error):
            raise
        return False
    finally:
        if before is None:
            _BY_FILE.pop(identity, None)
        else:
            _BY_FILE[identity] = before
    return True


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(PAGE)


def _no_core_dumps() -> None:
    """A crash of the process must not leave its memory, and with it the key, on the disk."""
    try:
        import resource
    except ImportError:  # pragma: no cover - no such files on this operating system
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
