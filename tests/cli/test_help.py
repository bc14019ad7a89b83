"""Help and usage."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from tests.cli.conftest import Labtrack
from typer.core import TyperGroup

from labtrack.cli.app import command
from labtrack.cli.help import arguments_of, first_sentence, help_lines, options_of, sections_of, usage


def every(it: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Each command and group with the words that name it."""
    yield path, it
    if isinstance(it, TyperGroup):
        for name, member in it.commands.items():
            yield from every(member, (*path, name))


COMMANDS = list(every(command()))


@pytest.mark.parametrize(("path", "it"), COMMANDS, ids=lambda value: " ".join(value) if isinstance(value, tuple) else "")
def test_every_command_has_help_for_everything_it_takes(path: tuple[str, ...], it: Any, labtrack: Labtrack) -> None:
    ran = labtrack(*path, "--help")
    assert (ran.status, ran.err) == (0, "")
    assert ran.out.startswith(f"Usage: {' '.join(('labtrack', *path))}")
    assert it.help
    for each in (*arguments_of(it), *options_of(it)):
        assert each.help, each.name
        assert each.help.rstrip().endswith("."), each.name
        assert each.is_flag if each.param_type_name == "option" and each.metavar is None else each.metavar
    assert all(len(line) <= 80 for line in ran.out.split("\n"))


@pytest.mark.parametrize(("path", "it"), COMMANDS, ids=lambda value: " ".join(value) if isinstance(value, tuple) else "")
def test_every_example_is_a_right_usage(path: tuple[str, ...], it: Any) -> None:
    if isinstance(it, TyperGroup):
        return
    import shlex

    program, *words = shlex.split(it.epilog)
    assert program == "labtrack"
    assert tuple(words[: len(path)]) == path
    context = command().make_context("labtrack", list(words))
    for name in path:
        context = command_of(context).commands[name].make_context(name, words[words.index(name) + 1 :], parent=context)


def command_of(context: Any) -> Any:
    return context.command


def test_usage_names_what_must_be_given() -> None:
    hold = command().commands["course"].commands["hold"]
    assert usage(hold, "labtrack course hold").split("\n")[0] == "Usage: labtrack course hold MRN --reason REASON --on DATE [OPTIONS]"
    rules = command().commands["rules"]
    assert usage(rules, "labtrack rules").startswith("Usage: labtrack rules [ID] [OPTIONS]")


def test_commands_stand_under_headings() -> None:
    assert list(sections_of(command())) == ["To look", "To record", "Files", "The record"]


def test_a_list_takes_the_first_sentence() -> None:
    assert first_sentence("One thing. Another.\n\nMore.") == "One thing"
    assert first_sentence("One\nline\n\nMore.") == "One line"


def test_layouts_stand_as_they_are() -> None:
    lines = list(help_lines(command().commands["import"], "labtrack import", 80))
    assert "    patients  mrn,name,birth_date,sex[,weight_kg,phone,email]" in lines
