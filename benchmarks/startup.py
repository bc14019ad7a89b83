"""What each command costs over an interpreter that does nothing, and what the cheapest of them loads."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.clinic import TODAY, make, mrn
from benchmarks.measure import Line, Section, environment, interleaved, shown

LIMIT = 6.0
HEAVY = ("numpy", "pandas", "sqlmodel", "textual", "sqlalchemy", "alembic", "plotext")


def _commands(path: Path, folder: Path) -> dict[str, list[str]]:
    """Every kind of command on a small clinic."""
    db = ["--db", str(path)]
    person = mrn(3)
    return {
        "--version": ["--version"],
        "--help": ["--help"],
        "rules": ["rules"],
        "rules ldl-rise-30": ["rules", "ldl-rise-30"],
        "info": [*db, "info"],
        "patient list": [*db, "patient", "list"],
        "show": [*db, "show", person],
        "trend": [*db, "trend", person, "hb"],
        "worklist": [*db, "worklist"],
        "assess, one patient": [*db, "assess", "--patient", person],
        "due": [*db, "due", "--within", "30"],
        "audit": [*db, "audit", "--patient", person],
        "record": [*db, "record", person, "hb=13.1:g/dL", "--at", TODAY.isoformat()],
        "export summary": [*db, "export", "summary", "-o", str(folder / "summary.csv")],
    }


def measure(rounds: int) -> Section:
    """Medians, each command in turn with bare Python."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        path = make(folder / "clinic.db", folder, 6_000)
        commands = _commands(path, folder)
        for name, arguments in commands.items():
            _run(["-m", "labtrack", *arguments], check=name)
        took = interleaved(
            {"bare": lambda: _run(["-c", "pass"])}
            | {name: lambda arguments=arguments: _run(["-m", "labtrack", *arguments]) for name, arguments in commands.items()},  # type: ignore[misc]
            rounds,
        )
    loaded = _loaded_by_version()
    if loaded:
        raise AssertionError(f"labtrack --version loads {', '.join(loaded)}")
    section = Section("Start-up")
    section.lines = [Line("labtrack --version", took["--version"], "python -c pass", took["bare"], LIMIT)]
    section.header = ("command", "median", "× bare Python")
    section.rows = [(f"labtrack {name}", shown(took[name]), f"{took[name] / took['bare']:.1f}") for name in commands]
    section.notes = [f"`labtrack --version` loads none of {', '.join(HEAVY)}. Bare Python: {shown(took['bare'])}."]
    return section


def _run(arguments: Sequence[str], check: str = "") -> None:
    done = subprocess.run(
        [sys.executable, *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        env={**environment(), "LABTRACK_TODAY": TODAY.isoformat()},
        check=False,
    )
    if check and done.returncode:
        raise RuntimeError(f"labtrack {check} ended with status {done.returncode}: {done.stderr.decode()}")


def _loaded_by_version() -> list[str]:
    """Which of the heavy libraries ``labtrack --version`` imports."""
    code = (
        "import sys, labtrack.cli\n"
        "try: labtrack.cli.main()\n"
        "except SystemExit: pass\n"
        f"print(*[name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code, "--version"], capture_output=True, text=True, env=environment(), check=False)
    return done.stderr.split()
