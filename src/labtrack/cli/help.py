"""Help and usage of every command, from its declaration: on the screen, after a wrong usage, and as the page of the documents."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

import typer
from typer.core import TyperGroup

from labtrack.cli.tables import terminal_width
from labtrack.core.text import width, wrap

Function = TypeVar("Function", bound=Callable[..., object])

#: Longer lines are hard to read, however wide the terminal.
WIDEST = 100
_MARGIN = "  "


def program(**more: Any) -> typer.Typer:
    """A group of commands with our help."""
    return typer.Typer(cls=TyperGroup, add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False, **more)


def command(app: typer.Typer, name: str, example: str, section: str = "") -> Callable[[Function], Function]:
    """Register a command with an example of its right usage, under a heading of the list of commands."""
    return app.command(name, epilog=example, rich_help_panel=section or None)


def help_on(program: Any, arguments: Sequence[str]) -> str:
    """Help on the command that a command line names, as far as it names one."""
    lines = help_lines(*named(program, arguments), min(terminal_width(), WIDEST))
    return "".join(f"{line}\n" for line in lines)


def named(program: Any, arguments: Sequence[str]) -> tuple[Any, str]:
    """The command that a command line names, and its full name."""
    it, path = program, ["labtrack"]
    for word in arguments:
        if isinstance(it, TyperGroup) and word in it.commands:
            it = it.commands[word]
            path.append(word)
    return it, " ".join(path)


def usage(it: Any, path: str) -> str:
    """``Usage: labtrack course hold MRN --reason REASON --on DATE [OPTIONS]``, then an example if there is one."""
    parts = [path]
    for each in arguments_of(it):
        name = each.metavar + ("..." if each.nargs != 1 else "")
        parts.append(name if each.required else f"[{name}]")
    parts += [f"{each.opts[0]} {each.metavar}" for each in options_of(it) if each.required]
    parts += ["[OPTIONS]"] if any(not each.required for each in options_of(it)) else []
    parts += ["COMMAND ..."] if isinstance(it, TyperGroup) else []
    lines = [f"Usage: {' '.join(parts)}"]
    lines += [f"Example: {it.epilog}"] if it.epilog else []
    return "\n".join(lines)


def arguments_of(it: Any) -> list[Any]:
    """The positional arguments, in order."""
    return [each for each in it.params if each.param_type_name == "argument"]


def options_of(it: Any) -> list[Any]:
    """The options, those that must be given first."""
    found = [each for each in it.params if each.param_type_name == "option"]
    return sorted(found, key=lambda each: not each.required)


def explained(each: Any) -> tuple[str, str]:
    """How an argument or option is written, and what it means."""
    if each.param_type_name == "argument":
        return each.metavar, each.help
    names = ", ".join([*sorted(each.opts, key=len), *each.secondary_opts])
    written = names if each.is_flag else f"{names} {each.metavar}"
    return written, f"{each.help} (needed)" if each.required else each.help


def sections_of(group: Any) -> dict[str, list[Any]]:
    """The commands of a group under their headings, in order of registration."""
    found: dict[str, list[Any]] = {}
    for each in group.commands.values():
        found.setdefault(each.rich_help_panel or "Commands", []).append(each)
    return found


def first_sentence(text: str) -> str:
    """What stands for a command in a list."""
    paragraph = " ".join(text.split("\n\n")[0].split())
    return paragraph.split(". ")[0].rstrip(".")


def help_lines(it: Any, path: str, wide: int) -> Iterator[str]:
    """The whole help of a command or group, ``wide`` columns at most."""
    for line in usage(it, path).split("\n"):
        yield from wrap(line, wide)
    for paragraph in paragraphs(it.help or ""):
        yield ""
        yield from _set(paragraph, wide)
    if isinstance(it, TyperGroup):
        for heading, members in sections_of(it).items():
            yield from _pairs(heading, [(each.name, first_sentence(each.help or "")) for each in members], wide)
    yield from _pairs("Arguments", [explained(each) for each in arguments_of(it)], wide)
    options = [explained(each) for each in options_of(it)]
    yield from _pairs("Options", [*options, ("-h, --help", "Show this and leave.")], wide)
    if isinstance(it, TyperGroup):
        yield ""
        yield f"{path} COMMAND --help tells all about one command."


def paragraphs(text: str) -> list[str]:
    """Parts of a docstring that an empty line separates."""
    return text.split("\n\n")


def is_verbatim(paragraph: str) -> bool:
    """Whether a paragraph's lines stand as they are: it is indented."""
    return paragraph.startswith("    ")


def _set(paragraph: str, wide: int) -> list[str]:
    return paragraph.split("\n") if is_verbatim(paragraph) else wrap(" ".join(paragraph.split()), wide)


def _pairs(heading: str, pairs: Sequence[tuple[str, str]], wide: int) -> Iterator[str]:
    """A heading and two columns below it; a long left side gets a line of its own."""
    if not pairs:
        return
    yield ""
    yield f"{heading}:"
    left = min(max(width(name) for name, _ in pairs), wide // 3)
    for name, text in pairs:
        lines = wrap(text, wide - left - 2 * len(_MARGIN))
        if width(name) > left:
            yield _MARGIN + name
            name = ""
        for line in lines:
            yield f"{_MARGIN}{name}{' ' * (left - width(name))}{_MARGIN}{line}".rstrip()
            name = ""
