"""Timing, tables and the machine's name."""

from __future__ import annotations

import json
import os
import platform
import sqlite3
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
MEGABYTE = 1e6


@dataclass(frozen=True, slots=True)
class Line:
    """One thing measured against what it could at best cost (or against what it competes with).

    ``ours`` and ``against`` are seconds or bytes; ``limit`` is the greatest ratio ours / against that was set as a target (a ratio below
    1 means that ours must be that much faster); None where there is no target.
    """

    what: str
    ours: float
    against_what: str
    against: float
    limit: float | None
    unit: str = "s"

    @property
    def ratio(self) -> float:
        """Ours over the other."""
        return self.ours / self.against

    @property
    def is_met(self) -> bool | None:
        """Whether the target was reached."""
        return None if self.limit is None else self.ratio <= self.limit


@dataclass(slots=True)
class Section:
    """The lines of one benchmark, and a table of details beside them."""

    title: str
    lines: list[Line] = field(default_factory=list)
    header: Sequence[str] = ()
    rows: list[Sequence[str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def seconds(action: Callable[[], object]) -> float:
    """Wall time of one call."""
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def interleaved(actions: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """Medians of several actions run in turn, so that a busy moment of the machine falls on all of them alike."""
    found: dict[str, list[float]] = {name: [] for name in actions}
    for _ in range(rounds):
        for name, action in actions.items():
            found[name].append(seconds(action))
    return {name: statistics.median(each) for name, each in found.items()}


def in_process(module: str, *arguments: str) -> dict[str, object]:
    """Run ``python -m MODULE ARGUMENTS`` by itself; what it prints as its last line, JSON."""
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments], cwd=ROOT, env=environment(), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"{module} {' '.join(arguments)} failed:\n{done.stderr}")
    found: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return found


def environment() -> dict[str, str]:
    """The environment with this tree's packages on the path, and none of the user's own labtrack settings."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("LABTRACK_")}
    return {**own, "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)])}


def reset_peak() -> None:
    """Forget the process's peak memory so far, where the system can (Linux)."""
    try:
        Path("/proc/self/clear_refs").write_text("5")
    except OSError:
        return


def peak_bytes() -> int:
    """The peak of memory in use since :func:`reset_peak` (else of the whole process)."""
    try:
        status = Path("/proc/self/status").read_text()
    except OSError:
        import resource

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    return next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmHWM"))


def shown(value: float, unit: str = "s") -> str:
    """A measure with three digits."""
    if unit == "MB":
        return f"{value / MEGABYTE:,.0f} MB"
    for factor, name in ((1, "s"), (1e3, "ms"), (1e6, "µs")):
        if value * factor >= 1:
            return f"{value * factor:.3g} {name}"
    return f"{value * 1e9:.3g} ns"


def machine() -> str:
    """What the numbers were measured on."""
    import numpy as np

    libraries = [f"numpy {np.__version__}", f"SQLite {sqlite3.sqlite_version}"]
    for name in ("duckdb", "polars", "pandas"):
        try:
            libraries.append(f"{name} {__import__(name).__version__}")
        except ImportError:
            continue
    return (
        f"{datetime.now(UTC).date().isoformat()}, {_processor()}, {os.cpu_count()} cores, {_memory()}{platform.system()}, "
        f"Python {platform.python_version()}, {', '.join(libraries)}"
    )


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.machine())


def _memory() -> str:
    try:
        pages, size = os.sysconf("SC_PHYS_PAGES"), os.sysconf("SC_PAGE_SIZE")
    except (ValueError, OSError):
        return ""
    return f"{pages * size / 2**30:.0f} GB, "


def as_markdown(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def summary(lines: Sequence[Line]) -> str:
    """The targets and what was reached."""
    header = ("what", "labtrack", "against", "", "ratio", "target", "met")
    rows = []
    for line in lines:
        target = "" if line.limit is None else f"≤ {line.limit:g}×"
        met = "" if line.is_met is None else ("yes" if line.is_met else "**no**")
        rows.append(
            (line.what, shown(line.ours, line.unit), line.against_what, shown(line.against, line.unit), f"{line.ratio:.2f}×", target, met)
        )
    return as_markdown(header, rows)
