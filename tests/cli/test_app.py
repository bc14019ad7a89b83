"""The commands, put together."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.cli.conftest import Labtrack
from typer.core import TyperGroup

from labtrack.cli.app import JUDGING, command
from labtrack.cli.help import options_of

INTERFACE = {
    "demo", "import", "record", "amend", "strike", "assess", "due", "worklist", "show", "trend", "export", "rules", "acknowledge",
    "backup", "restore", "verify", "upgrade", "info", "audit", "patient", "course", "event", "view", "watch", "user",
    "init", "encrypt", "decrypt", "rekey",
}  # fmt: skip
PARTS = {
    "patient": {"add", "edit", "list", "show"},
    "course": {"start", "dose", "hold", "resume", "stop", "baseline"},
    "event": {"add", "end"},
    "user": {"add", "list", "passphrase", "disable", "enable"},
}


def test_every_command_of_the_interface_is_there() -> None:
    assert set(command().commands) == INTERFACE
    assert {name: set(each.commands) for name, each in command().commands.items() if isinstance(each, TyperGroup)} == PARTS


def test_what_judges_takes_a_date() -> None:
    for name, each in command().commands.items():
        members = each.commands.values() if isinstance(each, TyperGroup) else [each]
        takes = any(option.opts[0] == "--as-of" for member in members for option in options_of(member))
        assert takes == (name in JUDGING), name


def test_without_a_command_it_is_the_worklist(ada: str, labtrack: Labtrack) -> None:
    home, worklist = labtrack(), labtrack("worklist")
    assert home.status == 0
    assert home.out == worklist.out
    assert "urgent" not in labtrack("--as-of", "2026-03-01").out


def test_without_a_clinic_it_says_how_to_begin(labtrack: Labtrack, tmp_path: Path) -> None:
    ran = labtrack()
    assert (ran.status, ran.out) == (0, "")
    assert f"There is no clinic at {tmp_path / 'clinic.db'}." in ran.err
    assert "labtrack demo" in ran.err
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_no_clinic_is_no_beginning(labtrack: Labtrack, tmp_path: Path) -> None:
    (tmp_path / "clinic.db").write_text("a letter to somebody, not a database", encoding="utf-8")
    ran = labtrack()
    assert ran.status == 3
    assert (tmp_path / "clinic.db").read_text(encoding="utf-8").startswith("a letter")


@pytest.mark.parametrize("arguments", [["info"], ["record", "1", "hb=1:g/dL"], ["rules"]])
def test_a_date_has_no_meaning_where_nothing_is_judged(arguments: list[str], labtrack: Labtrack) -> None:
    ran = labtrack("--as-of", "2026-01-01", *arguments)
    assert ran.status == 2
    assert "--as-of has no meaning there" in ran.err


def test_the_clinic_may_be_named_before_or_after(labtrack: Labtrack, tmp_path: Path) -> None:
    add = ["patient", "add", "1", "--name", "A", "--birth-date", "1960-01-01", "--sex", "F"]
    assert labtrack("--db", tmp_path / "one.db", *add).status == 0
    assert labtrack(*add, "--db", tmp_path / "two.db").status == 0
    for place in ("one.db", "two.db"):
        assert labtrack("--db", tmp_path / "nowhere.db", "patient", "list", "--db", tmp_path / place).status == 0
        assert labtrack("--db", f"sqlite:///{tmp_path / place}", "info").status == 0
    assert not (tmp_path / "clinic.db").exists()
