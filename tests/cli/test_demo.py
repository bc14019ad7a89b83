"""``labtrack demo``."""

from __future__ import annotations

import csv
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from tests.cli.conftest import Labtrack

from labtrack.core.judgment import Region
from labtrack.tui.opening import Opening


@pytest.fixture
def kept(labtrack: Labtrack, tmp_path: Path) -> tuple[Path, str]:
    """The folder of a sample clinic, and what was printed."""
    ran = labtrack("demo", "--keep", tmp_path / "sample")
    assert ran.status == 0, ran.err
    return tmp_path / "sample", ran.out


def test_it_shows_worklist_next_checks_and_where_the_summary_is(kept: tuple[Path, str]) -> None:
    folder, out = kept
    worklist, checks, summary = out.index("Worklist\n"), out.index("Next checks"), out.index("CSV summary: ")
    assert worklist < out.index("DEMO-01") < checks < out.index("overdue", checks) < summary
    place = Path(re.findall(r"^CSV summary: (.*)$", out, re.MULTILINE)[0])
    assert place == folder / "summary.csv"
    with place.open(encoding="utf-8", newline="") as stream:
        assert len({row["mrn"] for row in csv.DictReader(stream)}) > 35


def test_its_clinic_is_one_like_any_other(kept: tuple[Path, str], labtrack: Labtrack) -> None:
    folder, _ = kept
    ran = labtrack("--db", folder / "clinic.db", "worklist", "--format", "json")
    assert {row["state"] for row in ran.objects} >= {
        "needs-action",
        "overdue",
        "due",
        "cannot-evaluate",
        "no-schedule",
        "acknowledged",
        "clear",
    }
    assert labtrack("--db", folder / "clinic.db", "verify").status == 0


def test_what_is_there_is_shown_again_and_not_made_anew(kept: tuple[Path, str], labtrack: Labtrack) -> None:
    folder, out = kept
    labtrack("--db", folder / "clinic.db", "patient", "edit", "DEMO-01", "--name", "Changed, Ada")
    ran = labtrack("demo", "--keep", folder)
    assert ran.status == 0
    assert "holds a sample clinic already" in ran.err
    assert "Changed, Ada" in ran.out
    assert ran.out.count("DEMO-") == out.count("DEMO-")


def test_without_a_folder_it_leaves_one_behind(labtrack: Labtrack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    ran = labtrack("demo")
    assert ran.status == 0
    assert Path(re.findall(r"^CSV summary: (.*)$", ran.out, re.MULTILINE)[0]).is_file()
    assert not (tmp_path / "clinic.db").exists()


def test_files_of_somebody_are_left_alone(labtrack: Labtrack, tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "letter.txt").write_text("dear", encoding="utf-8")
    for place in (folder, folder / "letter.txt"):
        ran = labtrack("demo", "--keep", place)
        assert (ran.status, ran.out) == (3, "")
    assert [path.name for path in folder.iterdir()] == ["letter.txt"]


@pytest.mark.parametrize("arguments", [["--db", "x.db", "demo"], ["--as-of", "2026-01-01", "demo"]])
def test_it_has_a_clinic_and_a_date_of_its_own(arguments: list[str], labtrack: Labtrack) -> None:
    ran = labtrack(*arguments)
    assert ran.status == 2


def test_it_needs_no_terminal_and_leaves_the_home_alone(tmp_path: Path) -> None:
    home, scratch = tmp_path / "empty", tmp_path / "scratch"
    home.mkdir()
    scratch.mkdir()
    ran = subprocess.run(
        [sys.executable, "-m", "labtrack", "demo"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        cwd=home,
        env={"HOME": str(home), "TMPDIR": str(scratch), "PATH": os.defpath, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert ran.returncode == 0, ran.stderr.decode()
    (place,) = re.findall(rb"^CSV summary: (.*)$", ran.stdout, re.MULTILINE)
    assert Path(os.fsdecode(place)).is_file()
    assert list(home.iterdir()) == []


def test_on_a_terminal_the_screens_open_on_it(labtrack: Labtrack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[Opening] = []

    def show(opening: Opening) -> int:
        opened.append(opening)
        return 0

    monkeypatch.setattr("labtrack.cli.demo.has_terminal", lambda: True)
    monkeypatch.setattr("labtrack.cli.demo.show", show)
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "labtrack.toml").write_text('theme = "mono"\nclinic_name = "Mine"\n', encoding="utf-8")
    ran = labtrack("demo", "--keep", tmp_path / "sample", "--region", "EU")
    assert ran.status == 0
    assert "Worklist" in ran.out
    (opening,) = opened
    assert (opening.path, opening.region, opening.actor) == (tmp_path / "sample" / "clinic.db", Region.EU, "demo")
    assert (opening.settings.clinic_name, opening.settings.theme, opening.is_today_set) == ("Sample clinic", "mono", True)
