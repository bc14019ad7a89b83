"""The way to the screens without a parser: it must mean the same as the parser's."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from tests.cli.conftest import Stream

from labtrack.cli import quick
from labtrack.cli.quick import Plain, has_terminal, plain_line, start
from labtrack.cli.run import run
from labtrack.core.judgment import Region
from labtrack.tui.opening import Opening


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[Opening]:
    """What the screens would have been opened on, in this terminal."""
    shown: list[Opening] = []

    def show(opening: Opening) -> int:
        shown.append(opening)
        return 0

    monkeypatch.setattr(quick, "show", show)
    monkeypatch.setattr(quick, "has_terminal", lambda: True)
    return shown


@pytest.mark.parametrize(
    ("line", "meaning"),
    [
        ([], Plain()),
        (["--db", "x.db"], Plain(db="x.db")),
        (["--db=x=y.db"], Plain(db="x=y.db")),
        (["--region", "eu", "--as-of", "2026-01-02", "--db", ""], Plain("", "eu", "2026-01-02")),
        (["--db", "a", "--db", "b"], Plain(db="b")),
        (["worklist"], None),
        (["--db"], None),
        (["--db", "--region"], None),
        (["--db=-x"], None),
        (["--help"], None),
        (["--db", "x", "info"], None),
        (["--data", "x"], None),
        (["--db", "\udcff.db"], None),
        (["--"], None),
    ],
)
def test_only_plain_lines_are_read_here(line: list[str], meaning: Plain | None) -> None:
    assert plain_line(line) == meaning


@pytest.mark.parametrize(
    "line",
    [
        [],
        ["--db", "x.db"],
        ["--db=x.db", "--db", "y=z.db"],
        ["--db", ""],
        ["--region", "eu"],
        ["--region=EU", "--as-of=2026-01-02", "--db", "~/clinic.db"],
        ["--as-of", "2026-01-02", "--as-of", "2026-01-03"],
        ["--db", "postgresql://server/clinic"],
    ],
    ids=" ".join,
)
@pytest.mark.parametrize("today", ["2026-11-22", ""])
def test_it_means_what_the_full_parser_means(line: list[str], today: str, opened: list[Opening], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LABTRACK_TODAY", today)
    assert start(line) == 0
    assert run(line) == 0
    one, other = opened
    assert one == other
    assert one.is_today_set == bool(today or "--as-of" in " ".join(line))


def test_what_it_opens(opened: list[Opening], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = tmp_path / "config" / "labtrack.toml"
    place.parent.mkdir()
    place.write_text('region = "EU"\nclinic_name = "City"\n', encoding="utf-8")
    assert start([]) == 0
    assert (opened[0].location, opened[0].region, opened[0].settings.clinic_name) == (str(tmp_path / "clinic.db"), Region.EU, "City")
    monkeypatch.setenv("LABTRACK_REGION", "US")
    start(["--as-of", "2026-05-01"])
    assert (opened[1].today, opened[1].region, opened[1].is_today_set) == (date(2026, 5, 1), Region.US, True)


@pytest.mark.parametrize("line", [["--region", "XX"], ["--as-of", "yesterday"], ["--as-of", "03/04/2026"]])
def test_what_it_cannot_take_the_full_parser_tells(line: list[str], opened: list[Opening], capsys: pytest.CaptureFixture[str]) -> None:
    assert start(line) is None
    assert run(line) == 2
    assert line[1] in capsys.readouterr().err
    assert not opened


def test_a_faulty_settings_file_is_told(opened: list[Opening], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = tmp_path / "config" / "labtrack.toml"
    place.parent.mkdir()
    place.write_text("region = ", encoding="utf-8")
    assert start([]) is None
    assert run([]) == 3
    assert "not TOML" in capsys.readouterr().err
    assert not opened


@pytest.mark.parametrize("lacking", ["", "stdin", "stdout", "stderr", "TERM"])
def test_screens_need_a_terminal(lacking: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "dumb" if lacking == "TERM" else "xterm")
    for name in ("stdin", "stdout", "stderr"):
        monkeypatch.setattr(sys, name, Stream(terminal=name != lacking))
    assert has_terminal() == (not lacking)
    monkeypatch.setattr(sys, "stdin", None)
    assert not has_terminal()


def test_without_a_terminal_it_is_left_to_the_full_parser(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    assert start([]) is None


def test_nothing_heavy_stands_between_the_line_and_the_screens(tmp_path: Path) -> None:
    code = (
        "import json, sys\n"
        "from labtrack.cli import quick\n"
        "quick.has_terminal = lambda: True\n"
        "import labtrack.tui\n"
        "labtrack.tui.run = lambda opening: 0\n"
        "assert quick.start(['--db', sys.argv[1]]) == 0\n"
        "print(json.dumps(sorted(name for name in sys.modules if '.' not in name)))\n"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path / "x.db")], capture_output=True, text=True, check=True, env=environment)
    assert not set(json.loads(done.stdout)) & {"typer", "click", "rich", "numpy", "pandas", "sqlalchemy", "alembic", "plotext"}
