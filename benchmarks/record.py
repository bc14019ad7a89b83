"""Recording a panel of 12 values against a bare insert and commit of 12 rows with the same durability."""

from __future__ import annotations

import shutil
import sqlite3
import statistics
import tempfile
from contextlib import closing
from pathlib import Path

from benchmarks.clinic import make, moment, mrn, opened
from benchmarks.measure import Line, Section, seconds

PANEL = (
    ("wbc", "6.1", "10*9/L"), ("anc", "3.4", "10*9/L"), ("alc", "1.6", "10*9/L"), ("hb", "13.1", "g/dL"), ("plt", "240", "10*9/L"),
    ("alt", "22", "U/L"), ("ast", "24", "U/L"), ("alp", "70", "U/L"), ("bilirubin", "0.6", "mg/dL"), ("albumin", "4.2", "g/dL"),
    ("creatinine", "0.8", "mg/dL"), ("urea", "30", "mg/dL"),
)  # fmt: skip
LIMIT = 4.0


def measure(rounds: int) -> Section:
    """Medians of one call each, in turn, on copies of one clinic file."""
    from labtrack.clinic.recording import Entry
    from labtrack.core.record import CollectedAt

    entries = [Entry(*each) for each in PANEL]
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        path = make(folder / "clinic.db", folder, 12_000)
        bare = folder / "bare.db"
        _checkpoint(path)
        shutil.copy(path, bare)
        ours, theirs = [], []
        with opened(path) as clinic, closing(_bare(bare)) as connection:
            people = [each.mrn for each in clinic.patients()]
            rows = connection.execute("SELECT * FROM result LIMIT 12").fetchall()
            last = connection.execute("SELECT max(id) FROM result").fetchone()[0]
            for place in range(rounds):
                person = people[place % len(people)]
                when = moment(place)
                at = CollectedAt(when.date(), when.time())
                ours.append(seconds(lambda person=person, at=at: clinic.record(person, entries, at)))  # type: ignore[misc]
                copies = [_copied(row, last + place * 12 + n + 1, when.isoformat()) for n, row in enumerate(rows)]
                theirs.append(seconds(lambda copies=copies: _insert(connection, copies)))  # type: ignore[misc]
    section = Section("Recording a panel of 12 values")
    section.lines = [
        Line("recording a panel of 12", statistics.median(ours), "bare insert and commit of the rows", statistics.median(theirs), LIMIT)
    ]
    return section


def _checkpoint(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _bare(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
        connection.execute(f"PRAGMA {pragma}")
    return connection


def _copied(row: tuple[object, ...], number: int, ordering: str) -> tuple[object, ...]:
    """Another row of ``result``: patient and analyte as they are, time and number of its own."""
    return (*row[:2], ordering, number, ordering, *row[5:])


def _insert(connection: sqlite3.Connection, rows: list[tuple[object, ...]]) -> None:
    connection.execute("BEGIN IMMEDIATE")
    connection.executemany(f"INSERT INTO result VALUES ({', '.join('?' * len(rows[0]))})", rows)
    connection.execute("COMMIT")


if __name__ == "__main__":
    from benchmarks.measure import summary

    print(mrn(0), summary(measure(300).lines))
