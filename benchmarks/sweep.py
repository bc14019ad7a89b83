"""A whole clinic from its file to verdicts and checks, against Python's sqlite3 cursor reading the same rows and doing nothing."""

from __future__ import annotations

import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

from benchmarks.clinic import TODAY, make, opened
from benchmarks.measure import Line, Section, interleaved

ROWS = 400_000
#: What the engine needs of a result; the segments hold the same.
COLUMNS = (
    "patient_id", "analyte", "ordering", "id", "status", "low", "high", "low_open", "high_open", "unusable", "lower_limit", "upper_limit",
    "specimen_id",
)  # fmt: skip


def measure(rounds: int, rows: int = ROWS) -> Section:
    """Medians, in turn, the file in the system's cache."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        path = make(folder / "clinic.db", folder, rows)
        took = interleaved({"sweep": lambda: _sweep(path), "cursor": lambda: _cursor(path)}, rounds)
        with closing(sqlite3.connect(path)) as connection:
            count = connection.execute("SELECT count(*) FROM result").fetchone()[0]
    section = Section("A sweep of a whole clinic from its file")
    section.lines = [Line(f"sweep of {count:,} results, all rules", took["sweep"], "the cursor alone, same rows", took["cursor"], 1.0)]
    return section


def _sweep(path: Path) -> None:
    with opened(path, read_only=True) as clinic, clinic.store.read() as reader:
        for _ in clinic.judge.judgments(reader, TODAY):
            pass


def _cursor(path: Path) -> None:
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as connection:
        for _ in connection.execute(f"SELECT {', '.join(COLUMNS)} FROM result"):
            pass
