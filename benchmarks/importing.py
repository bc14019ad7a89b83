"""Importing result rows against csv.reader and executemany in one durable transaction; memory at two sizes."""

from __future__ import annotations

import csv
import json
import sqlite3
import statistics
import sys
import tempfile
from contextlib import closing
from pathlib import Path

from benchmarks.clinic import RESULT_HEADER, opened, write_people, write_results
from benchmarks.cohort import synthetic
from benchmarks.measure import Line, Section, in_process, peak_bytes, seconds

ROWS, MORE_ROWS = 100_000, 400_000
LIMIT = 6.0
NOTE = """The import reads units and values, refuses, matches with what is recorded, stores, packs, judges every patient and writes the
audit; the floor stores eight texts a row."""


def measure(rounds: int) -> Section:
    """Medians, each import into a new clinic that knows the patients, in a process of its own."""
    with tempfile.TemporaryDirectory() as temporary:
        folders = {rows: Path(temporary, str(rows)) for rows in (ROWS, MORE_ROWS)}
        counts = {rows: _write(rows, folder) for rows, folder in folders.items()}
        runs: dict[str, list[dict[str, object]]] = {}
        for _ in range(rounds):
            for kind in ("product", "floor"):
                runs.setdefault(kind, []).append(in_process("benchmarks.importing", kind, str(folders[ROWS])))
        for kind in ("product", "floor"):
            runs[f"more {kind}"] = [in_process("benchmarks.importing", kind, str(folders[MORE_ROWS]))]
    took = {kind: statistics.median(float(str(run["seconds"])) for run in each) for kind, each in runs.items()}
    peak = {kind: statistics.median(float(str(run["peak"])) for run in each) for kind, each in runs.items()}
    section = Section("Importing results")
    section.lines = [
        Line(f"importing {counts[ROWS]:,} rows", took["product"], "csv.reader and executemany", took["floor"], LIMIT),
        Line(f"importing {counts[MORE_ROWS]:,} rows", took["more product"], "csv.reader and executemany", took["more floor"], LIMIT),
        Line(f"memory, {counts[MORE_ROWS]:,} rows", peak["more product"], f"{counts[ROWS]:,} rows", peak["product"], 1.25, "MB"),
    ]
    section.notes = [NOTE]
    return section


def _write(rows: int, folder: Path) -> int:
    from labtrack.catalogue import catalogue

    folder.mkdir()
    cohort = synthetic(rows, catalogue())
    write_people(cohort, folder)
    write_results(cohort, folder / "results.csv")
    return len(cohort.results)


def product(folder: Path) -> float:
    """Seconds of the import of the results."""
    with tempfile.TemporaryDirectory() as temporary, opened(Path(temporary, "clinic.db")) as clinic:
        clinic.import_files([folder / "patients.csv", folder / "courses.csv"])
        return seconds(lambda: clinic.import_files([folder / "results.csv"]))


def floor(folder: Path) -> float:
    """Seconds of storing the same rows as text."""
    with (
        tempfile.TemporaryDirectory() as temporary,
        closing(sqlite3.connect(Path(temporary, "floor.db"), isolation_level=None)) as connection,
    ):
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute(f"CREATE TABLE result ({', '.join(f'{name} TEXT' for name in RESULT_HEADER)})")
        return seconds(lambda: _store(connection, folder / "results.csv"))


def _store(connection: sqlite3.Connection, path: Path) -> None:
    connection.execute("BEGIN IMMEDIATE")
    with path.open(newline="") as file:
        rows = csv.reader(file)
        next(rows)
        connection.executemany(f"INSERT INTO result VALUES ({', '.join('?' * len(RESULT_HEADER))})", rows)
    connection.execute("COMMIT")


if __name__ == "__main__":
    took = {"product": product, "floor": floor}[sys.argv[1]](Path(sys.argv[2]))
    print(json.dumps({"seconds": took, "peak": peak_bytes()}))
