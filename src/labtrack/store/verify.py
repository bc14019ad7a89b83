"""Is the clinic whole? Pages, keys, guards, results and the audit chain, each fault by name."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from labtrack.store.audit import AuditEntry, chain_faults
from labtrack.store.cipher import connect

#: Faults of one kind that are named one by one; the others are counted.
NAMED = 20


class FaultKind(StrEnum):
    """What a fault is about; the first three mean that rows may be lost or unreadable."""

    PAGES = "pages"
    KEYS = "keys"
    SCHEMA = "schema"
    GUARDS = "guards"
    RESULTS = "results"
    CHAIN = "chain"

    @property
    def is_structural(self) -> bool:
        """Whether the file itself is unsound, rather than what somebody did to its rows."""
        return self in (FaultKind.PAGES, FaultKind.KEYS, FaultKind.SCHEMA)


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault. ``str`` gives the line that a person reads."""

    kind: FaultKind
    detail: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.detail}"


def verify(path: Path) -> list[Fault]:
    """Every fault of an SQLite clinic, in one consistent view and without writing; empty when it is whole.

    A file that is missing or is no database at all is a fault too, not an error. Raises PassphraseNeeded for an encrypted one whose key
    this process does not know.
    """
    try:
        connection = connect(path, isolation_level=None)
    except sqlite3.Error as error:
        return [Fault(FaultKind.PAGES, f"{path} cannot be opened ({error})")]
    try:
        connection.execute("BEGIN")
        return [
            *_part(FaultKind.PAGES, connection, _pages),
            *_part(FaultKind.KEYS, connection, _keys),
            *_part(FaultKind.GUARDS, connection, _guards),
            *_part(FaultKind.RESULTS, connection, _results),
            *_part(FaultKind.CHAIN, connection, _chain),
        ]
    except sqlite3.Error as error:
        return [Fault(FaultKind.PAGES, f"{path} cannot be read ({error})")]
    finally:
        connection.close()


def guard(table: str, action: str) -> str:
    """SQLite's trigger that refuses ``action`` (``UPDATE``, ``DELETE``) on a table."""
    name = f"{table}_no_{action.lower()}"
    return f"CREATE TRIGGER {name} BEFORE {action} ON {table} BEGIN SELECT RAISE(ABORT, '{table} is written once'); END"


def structural(faults: list[Fault]) -> list[Fault]:
    """Those that make the file unfit to work with."""
    return [fault for fault in faults if fault.kind.is_structural]


def _part(kind: FaultKind, connection: sqlite3.Connection, look: Callable[[sqlite3.Connection], Iterator[str]]) -> list[Fault]:
    """The faults that one look finds; what it cannot read is a fault as well."""
    found: list[str] = []
    more = 0
    try:
        for detail in look(connection):
            if len(found) < NAMED:
                found.append(detail)
            else:
                more += 1
    except sqlite3.OperationalError as error:
        return [*(Fault(kind, detail) for detail in found), Fault(FaultKind.SCHEMA, str(error))]
    except sqlite3.DatabaseError as error:
        return [*(Fault(kind, detail) for detail in found), Fault(FaultKind.PAGES, str(error))]
    if more:
        found.append(f"and {more} more")
    return [Fault(kind, detail) for detail in found]


def _pages(connection: sqlite3.Connection) -> Iterator[str]:
    for (line,) in connection.execute("PRAGMA integrity_check"):
        if line != "ok":
            yield line
    # Of an encrypted clinic also the pages that are in no use; of another one nothing.
    for (line,) in connection.execute("PRAGMA cipher_integrity_check"):
        yield line


def _keys(connection: sqlite3.Connection) -> Iterator[str]:
    """Rows that name a patient, course or result which is not there; tables without row numbers give None for the row."""
    for table, row, parent, _ in connection.execute("PRAGMA foreign_key_check"):
        which = "a row" if row is None else f"row {row}"
        yield f"{which} of {table} belongs to no {parent}"


def _guards(connection: sqlite3.Connection) -> Iterator[str]:
    """The triggers that keep what is written once, and that each does what it is there for."""
    schema = {(kind, name): text for kind, name, text in connection.execute("SELECT type, name, sql FROM sqlite_master")}
    for table in ("result", "supersession", "sent_report", "audit_entry"):
        if ("table", table) not in schema:  # an older schema's
            continue
        for action in ("update", "delete"):
            text = schema.get(("trigger", f"{table}_no_{action}"))
            if text is None:
                yield f"nothing keeps a row of {table} from {action}: its trigger is gone"
            elif text.split() != guard(table, action.upper()).split():
                yield f"what keeps a row of {table} from {action} was changed"


def _results(connection: sqlite3.Connection) -> Iterator[str]:
    """Numbers are given one after the other and results are never removed, so a gap is a removed result."""
    expected = 1
    for (number,) in connection.execute("SELECT id FROM result ORDER BY id"):
        if number > expected:
            yield f"result {expected} is missing" if number == expected + 1 else f"results {expected} to {number - 1} are missing"
        expected = number + 1


def _chain(connection: sqlite3.Connection) -> Iterator[str]:
    rows = connection.execute("SELECT id, at, actor, action, patient_id, detail, previous_hash, hash FROM audit_entry ORDER BY id")
    yield from chain_faults(AuditEntry(*row) for row in rows)
