"""What somebody with another program and time can do to a clinic's file, and leave no trace of in its guards."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from labtrack.store.audit import GENESIS, entry_hash


def tamper(path: Path | str, *statements: str) -> None:
    """Take the triggers away, run statements, put the triggers back."""
    with closing(sqlite3.connect(path)) as connection:
        kept = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in kept:
            connection.execute(f'DROP TRIGGER "{name}"')
        for statement in statements:
            connection.execute(statement)
        for _, text in kept:
            connection.execute(text)
        connection.commit()


def cut_off(path: Path | str, entries: int) -> None:
    """Remove the last entries of the audit."""
    tamper(path, f"DELETE FROM audit_entry WHERE id > (SELECT MAX(id) - {entries} FROM audit_entry)")


def write_anew(path: Path | str) -> None:
    """Number and hash the whole audit anew, so that it agrees with itself."""
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute("SELECT at, actor, action, patient_id, detail FROM audit_entry ORDER BY id").fetchall()
    statements, previous = ["DELETE FROM audit_entry"], GENESIS
    for number, row in enumerate(rows, 1):
        digest = entry_hash(previous, number, *row)
        quoted = ", ".join("NULL" if each is None else "'" + str(each).replace("'", "''") + "'" for each in (*row, previous, digest))
        statements.append(
            f"INSERT INTO audit_entry (id, at, actor, action, patient_id, detail, previous_hash, hash) VALUES ({number}, {quoted})"
        )
        previous = digest
    tamper(path, *statements)
