"""How the harness opens a clinic's file: by SQLite, or by SQLCipher with the passphrases that it gives."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from functools import cache
from hashlib import blake2b, pbkdf2_hmac
from pathlib import Path
from typing import Any

#: Passphrases of encrypted clinics: the one they are made with, and the one a rekey gives them.
OLD, NEW = "correct horse battery staple", "a wholly different passphrase"
#: The clinician of a clinic with accounts, and what they sign in with.
USER, SECRET = "maria", "seven quiet herons"
_PLAIN = b"SQLite format 3\0"
#: SQLCipher 4's.
_SALT, _ROUNDS = 16, 256_000
#: As often as a command may ask for a passphrase.
OFTEN = 6
#: What opens the files with a salt.
_FOUND: dict[bytes, str] = {}


def connected(path: Path, **options: Any) -> sqlite3.Connection:
    """A connection of sqlite3's kind to a file in clear, or to an encrypted one that one of the passphrases opens; else sqlite3.Error."""
    if not path.is_file() or not is_encrypted(path):
        return sqlite3.connect(path, timeout=30, **options)
    return _keyed(path, passphrase_of(path) or OLD, **options)


def passphrase_of(path: Path) -> str | None:
    """What opens a file: empty for one in clear or one that is no database, None when nothing does or there is none."""
    if not path.is_file():
        return None
    if not is_encrypted(path):
        return ""
    salt = _salt_of(path)
    if salt not in _FOUND:
        found = next((words for words in (OLD, NEW) if _opens(path, words)), None)
        if found is None:
            return None
        _FOUND[salt] = found
    return _FOUND[salt]


@cache
def has_accounts(path: Path) -> bool:
    """Whether a template, which nobody changes, has accounts."""
    with closing(connected(path)) as connection:
        is_there = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'user'").fetchone()
        return is_there is not None and connection.execute('SELECT 1 FROM "user"').fetchone() is not None


def is_encrypted(path: Path) -> bool:
    """Whether a file begins with nothing but chance."""
    with path.open("rb") as file:
        head = file.read(4096)
    return not head.startswith(_PLAIN) and len(set(head)) > 200


def encrypt(path: Path, target: Path) -> None:
    """A copy of a file in clear, encrypted by SQLCipher alone."""
    target.write_bytes(b"")
    with closing(_connected(target, _literal(OLD, blake2b(bytes(target), digest_size=_SALT).digest()))) as connection:
        connection.execute("ATTACH ? AS origin KEY ''", (str(path),))
        connection.execute("SELECT sqlcipher_export('main', 'origin')").fetchall()
        connection.commit()


def _opens(path: Path, words: str) -> bool:
    try:
        with closing(_keyed(path, words)) as connection:
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.DatabaseError:
        return False
    return True


def _keyed(path: Path, words: str, **options: Any) -> sqlite3.Connection:
    return _connected(path, _literal(words, _salt_of(path)), **options)


def _connected(path: Path, literal: str, **options: Any) -> sqlite3.Connection:
    from labtrack.store import keyed

    connection: sqlite3.Connection = keyed.connect(path.absolute().as_uri(), literal, timeout=30, **options)
    return connection


def _salt_of(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_SALT)


@cache
def _literal(words: str, salt: bytes) -> str:
    """A raw key as SQLCipher takes it."""
    return f"x'{pbkdf2_hmac('sha512', words.encode(), salt, _ROUNDS, 32).hex()}{salt.hex()}'"
