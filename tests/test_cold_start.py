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


#: The screens on a clinic: what was loaded when the first frame stood and when the worklist was filled.
SCREENS = """
import asyncio, json, sys
from datetime import date
from labtrack.clinic.settings import Settings
from labtrack.core.judgment import Region
from labtrack.tui.app import LabtrackApp
from labtrack.tui.opening import Opening
def loaded():
    return sorted(name for name in sys.modules if "." not in name)
async def main():
    app = LabtrackApp(Opening(sys.argv[1], date(2026, 11, 22), Settings(), Region.US))
    first = []
    from labtrack.tui.screens.worklist import WorklistScreen
    begin = WorklistScreen._begin
    def noted(screen):
        first.extend(loaded())
        begin(screen)
    WorklistScreen._begin = noted
    async with app.run_test(size=(120, 36)) as pilot:
        for _ in range(2000):
            await pilot.pause()
            if getattr(app.screen, "is_open", False):
                break
            await asyncio.sleep(0.01)
        assert app.screen.is_open
        for _ in range(20):
            await pilot.pause()
        print(json.dumps([first, loaded()]))
asyncio.run(main())
"""


def test_the_first_frame_waits_for_nothing_and_the_filled_worklist_for_little(tmp_path: Path) -> None:
    clinic = str(tmp_path / "clinic.db")
    assert run("--db", clinic, "patient", "add", "1", "--name", "A", "--birth-date", "1970-01-01", "--sex", "F")[0] == 0
    done = subprocess.run([sys.executable, "-c", SCREENS, clinic], capture_output=True, text=True, check=True, env=environment())
    first, filled = map(set, json.loads(done.stdout.splitlines()[-1]))
    assert "textual" in first
    assert not first & {"numpy", "sqlite3", "pandas", "plotext", "alembic", "sqlalchemy", "sqlmodel"}
    assert "numpy" in filled
    assert not filled & {"pandas", "plotext", "alembic", "sqlalchemy", "sqlmodel"}
