"""The page ``docs/commands.md``, made from the commands: ``python -m labtrack.cli.manual FILE`` writes it."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from typer.core import TyperGroup

from labtrack.cli.app import command
from labtrack.cli.help import arguments_of, explained, is_verbatim, options_of, paragraphs, sections_of, usage

#: Options of every command, told once.
_SHARED = ("--db", "--region", "--as-of", "--user", "--format")

_HEAD = """\
# Commands

Made from the program by `make docs`; `labtrack COMMAND --help` says the same.

- Data goes to stdout and nothing else does; whatever else there is to say goes to stderr.
- `--db FILE` names the clinic: a file or an SQLAlchemy URL. Else it is `LABTRACK_DB`, else `clinic.db` in the user data folder.
  `--region US|EU` says whose labels apply: else `LABTRACK_REGION`, else the settings, else US. `--as-of DATE` judges as of another date
  than today. `--user NAME` is your account, where the clinic has any: else `LABTRACK_USER`. These four may stand before or after the
  command. The account's passphrase is asked for on the terminal; a script gives the number of a file descriptor to read it from in
  `LABTRACK_ACCOUNT_FD`, one line for each passphrase.
- `LABTRACK_CONFIG` names the settings file. `LABTRACK_TODAY`, for demonstrations, stands for today and is told on stderr.
- `--format table` is for reading and as wide as the terminal. `csv` is RFC 4180 in UTF-8 with one header line, ISO dates and decimal
  points; cells that a spreadsheet would run begin with `'`. `json` is an array of the same objects.
- A table is colored on a terminal only, and never where `NO_COLOR` is set. No color says what words do not.
- Exit status: 0 done (findings, warnings and duplicates too), 1 done but something was refused or `verify` found a fault, 2 wrong
  usage, 3 could not be done and nothing changed. Each of the last three says on stderr why, and what to do next.
"""


def page() -> str:
    """The whole page, as Markdown."""
    return "\n".join([_HEAD, *_group(command(), "labtrack", 2)])


def _group(group: Any, path: str, level: int) -> Iterator[str]:
    yield from _text(group, path)
    for heading, members in sections_of(group).items():
        if level == 2:
            yield f"{'#' * level} {heading}\n"
        for each in members:
            yield f"{'#' * (level + 1)} {path} {each.name}\n"
            if isinstance(each, TyperGroup):
                yield from _group(each, f"{path} {each.name}", level + 1)
            else:
                yield from _text(each, f"{path} {each.name}")


def _text(it: Any, path: str) -> Iterator[str]:
    """What one command does, its usage, arguments and options."""
    for paragraph in paragraphs(it.help or ""):
        yield f"{paragraph if is_verbatim(paragraph) else ' '.join(paragraph.split())}\n"
    lines = [line.replace("Usage: ", "").replace("Example: ", "") for line in usage(it, path).split("\n")]
    yield "\n".join(f"    {line}" for line in lines) + "\n"
    own = [each for each in options_of(it) if each.opts[0] not in _SHARED]
    pairs = [explained(each) for each in (*arguments_of(it), *own)]
    shared = [f"`{each.opts[0]}`" for each in options_of(it) if each.opts[0] in _SHARED]
    if pairs:
        yield "\n".join(f"- `{name}`: {text}" for name, text in pairs) + "\n"
    if shared:
        yield f"Also {', '.join(shared)}.\n"


def main(arguments: Sequence[str]) -> int:
    """Write the page to the file named."""
    (name,) = arguments
    Path(name).write_text(page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
