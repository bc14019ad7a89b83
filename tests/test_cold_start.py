"""What starts quickly stays quick: nothing heavy is imported for a command that does not need it. Read from ``sys.modules``, not timed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from labtrack import __version__

HEAVY = ("textual", "pandas", "numpy", "sqlmodel", "sqlalchemy", "alembic", "plotext")

RUN = """
import json, sys
from labtrack.cli import main
status = main(json.loads(sys.argv[1]))
print(json.dumps([status, sorted(name for name in sys.modules if "." not in name)]), file=sys.stderr)
"""


def environment() -> dict[str, str]:
    """This test's environment; a process of its own finds labtrack where this one did."""
    return {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}


def run(*arguments: str) -> tuple[int, set[str], str]:
    """A command in a process of its own: exit status, top-level modules that it loaded, what it printed."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", RUN, json.dumps(arguments)],
        capture_output=True,
        text=True,
        check=True,
        env=environment(),
        stdin=subprocess.DEVNULL,
    )
    status, modules = json.loads(done.stderr.splitlines()[-1])
    return status, set(modules), done.stdout


def test_the_version_costs_nothing() -> None:
    status, modules, printed = run("--version")
    assert (status, printed) == (0, f"labtrack {__version__}\n")
    assert not modules & {*HEAVY, "typer", "click", "rich"}


@pytest.mark.parametrize("arguments", [("--help",), ("record", "--help"), ("patient", "add", "--help")], ids=" ".join)
def test_help_loads_no_engine_and_no_database(arguments: tuple[str, ...]) -> None:
    status, modules, printed = run(*arguments)
    assert status == 0
    assert printed
    assert not modules & set(HEAVY)


def test_judging_loads_neither_pandas_nor_what_upgrades(tmp_path: Path) -> None:
    clinic = ("--db", str(tmp_path / "clinic.db"))
    assert run(*clinic, "patient", "add", "1", "--name", "A", "--birth-date", "1970-01-01", "--sex", "F")[0] == 0
    status, modules, _ = run(*clinic, "worklist")
    assert status == 0
    assert "numpy" in modules
    assert not modules & {"textual", "pandas", "alembic", "plotext"}


def test_python_m_labtrack_is_the_command() -> None:
    done = subprocess.run([sys.executable, "-m", "labtrack", "--version"], capture_output=True, text=True, check=True, env=environment())
    assert done.stdout == f"labtrack {__version__}\n"
