"""Small encrypted files: one name and one text each, in an SQLCipher file of its own, written whole or not at all."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from tempfile import NamedTemporaryFile

from labtrack.store.cipher import Key, driver, uri_of


def seal(path: Path, key: Key, name: str, text: str) -> None:
    """Write a file, for its owner alone, in place of the one before. Raises OSError and the driver's errors."""
    with NamedTemporaryFile(dir=path.parent, prefix=".", suffix=".part", delete=False) as file:  # 0600 by itself
        part = Path(file.name)
    try:
        with closing(driver().connect(uri_of(part, "rw"), key.literal, isolation_level=None)) as connection:
            connection.execute("PRAGMA journal_mode = OFF").fetchone()
            connection.execute("PRAGMA synchronous = OFF")
            connection.execute("CREATE TABLE sealed (name TEXT NOT NULL, text TEXT NOT NULL)")
            connection.execute("INSERT INTO sealed VALUES (?, ?)", (name, text))
        with part.open("rb+") as written:
            os.fsync(written.fileno())
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def unseal(path: Path, key: Key) -> tuple[str, str]:
    """The name and the text. Raises FileNotFoundError, and ValueError for what this key does not open or is none of ours."""
    path.stat()
    try:
        with closing(driver().connect(uri_of(path, "ro"), key.literal, isolation_level=None)) as connection:
            ((name, text),) = connection.execute("SELECT name, text FROM sealed").fetchall()
    except sqlite3.Error as error:
        raise ValueError("not one of ours") from error
    return str(name), str(text)
