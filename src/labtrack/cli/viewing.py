"""``labtrack view``: one patient's own page, on the screen or as text; the clinic is opened for reading only."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from labtrack.cli.help import WIDEST, command, program
from labtrack.cli.options import AsOf, Db, Mrn, RegionName, given, option
from labtrack.cli.output import json_text, utf8_stdout
from labtrack.cli.session import opened
from labtrack.cli.tables import terminal_width
from labtrack.cli.typed import choice
from labtrack.core.text import visible, wrap

if TYPE_CHECKING:
    from labtrack.clinic.own_page import Block

commands = program()


class Format(StrEnum):
    """How the page is written."""

    TABLE = "table"
    JSON = "json"


@command(commands, "view", "labtrack view 10021", "To look")
def view(
    context: typer.Context,
    mrn: Mrn,
    as_of: AsOf = None,
    format: Annotated[
        Format | None,
        option(
            "--format", metavar="table|json", parser=choice(Format), help="Write it as text or data; on a terminal a screen unless said."
        ),
    ] = None,
    db: Db = None,
    region: RegionName = None,
) -> None:
    """A patient's own page in plain words: what was checked and what it means, what is missing, what is next. Nobody else is on it.

    The clinic is opened for reading only. Where there is no terminal, and with --format, the same text is written, as for a screen reader.
    """
    from labtrack.cli.quick import Plain, has_terminal, opening, show
    from labtrack.clinic.own_page import blocks, page_data

    said = given(context)
    with opened(context, read_only=True) as clinic:
        page = clinic.own_page(mrn, said.as_of, clinic.settings.units)
    if format is None and has_terminal():
        found = opening(Plain(said.db, said.region, said.as_of.isoformat() if said.as_of else None))
        raise typer.Exit(show(replace(found, mrn=mrn, account=said.account)))
    if format is Format.JSON:
        with utf8_stdout() as stream:
            stream.write(f"{json_text(page_data(page))}\n")
        return
    for line in page_lines(blocks(page), min(terminal_width(), WIDEST)):
        sys.stdout.write(f"{line}\n")


def page_lines(parts: Iterable[Block], wide: int) -> Iterator[str]:
    """The page as lines of at most ``wide`` columns: a blank line before each heading, items marked, signs of no other meaning left out."""
    from labtrack.clinic.own_page import Kind

    for number, each in enumerate(parts):
        text = visible(each.text)
        if each.kind in (Kind.HEADING, Kind.SUBHEADING) and number:
            yield ""
        if each.kind is Kind.ITEM:
            first, *rest = wrap(text, wide - 2)
            yield f"- {first}"
            yield from (f"  {line}" for line in rest)
        elif each.kind is Kind.DETAIL:
            yield from (f"  {line}" for line in wrap(text, wide - 2))
        else:
            yield from wrap(text, wide)
