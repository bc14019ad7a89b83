"""The page of commands."""

from __future__ import annotations

from pathlib import Path

from typer.core import TyperGroup

from labtrack.cli.app import command
from labtrack.cli.manual import main, page

ROOT = Path(__file__).resolve().parents[2]


def test_the_page_is_in_step() -> None:
    assert (ROOT / "docs" / "commands.md").read_text(encoding="utf-8") == page(), "docs/commands.md is out of step: run `make docs`"


def test_every_command_has_its_place() -> None:
    text = page()
    for name, each in command().commands.items():
        for words in [f"{name} {inner}" for inner in each.commands] if isinstance(each, TyperGroup) else [name]:
            assert f"# labtrack {words}\n" in text


def test_it_is_written_where_it_is_wanted(tmp_path: Path) -> None:
    assert main([str(tmp_path / "commands.md")]) == 0
    assert (tmp_path / "commands.md").read_text(encoding="utf-8") == page()
