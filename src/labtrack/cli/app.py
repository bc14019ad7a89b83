"""The commands, put together. Each lives in the module of its concern; this is the table of contents."""

from __future__ import annotations

from copy import copy
from functools import cache
from typing import Annotated, Any

import typer

from labtrack import __version__
from labtrack.cli import accounts, demo, encrypting, files, judging, people, results, rules, viewing, watching
from labtrack.cli.help import program
from labtrack.cli.options import AsOf, Db, RegionName, User, given, option
from labtrack.cli.output import note
from labtrack.core.errors import UsageError

#: The commands that judge as of a date.
JUDGING = ("assess", "due", "worklist", "trend", "export", "patient", "view")

app = program()
for part in (judging, viewing, rules, demo, results, files, watching, encrypting):
    app.add_typer(part.commands)
app.add_typer(people.patient, name="patient", rich_help_panel="To record")
app.add_typer(people.course, name="course", rich_help_panel="To record")
app.add_typer(people.event, name="event", rich_help_panel="To record")
app.add_typer(accounts.user, name="user", rich_help_panel="The record")


def _version(wanted: bool) -> None:
    if wanted:
        import sys

        sys.stdout.write(f"labtrack {__version__}\n")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def home(
    context: typer.Context,
    db: Db = None,
    region: RegionName = None,
    as_of: AsOf = None,
    user: User = None,
    version: Annotated[bool, option("--version", is_eager=True, callback=_version, help="Print the version.")] = False,
) -> None:
    """Laboratory monitoring for people on a JAK inhibitor. Without a command: the screens, or the worklist where there is no terminal.

    labtrack is not a medical device. It says what the label and the article say and leaves the decision with the clinician.
    """
    command = context.invoked_subcommand
    if command is None:
        _home(context)
    elif given(context).as_of is not None and command not in JUDGING:
        raise UsageError(f"`labtrack {command}` judges nothing, so --as-of has no meaning there.", "Leave --as-of out.")


def _home(context: typer.Context) -> None:
    from labtrack.cli.quick import Plain, has_terminal, opening, show
    from labtrack.cli.session import is_missing, location, opened

    if has_terminal():
        said = given(context)
        raise typer.Exit(show(opening(Plain(said.db, said.region, said.as_of.isoformat() if said.as_of else None, said.user))))
    where = location(context)
    if is_missing(where):
        note(f"There is no clinic at {where}.")
        note("To begin: labtrack import FILE..., or labtrack patient add MRN ... . To look around first: labtrack demo")
        return
    with opened(context) as clinic:
        judging.put_worklist(clinic, given(context).as_of)


@cache
def command() -> Any:
    """The parser of the whole command line; a click group, of which typer publishes no type."""
    whole: Any = typer.main.get_command(app)
    _take_user(whole, next(each for each in whole.params if each.name == "user"))
    return whole


def _take_user(group: Any, user: Any) -> None:
    """Let every command that opens a clinic take ``--user`` as well, as the whole program does before it."""
    for each in group.commands.values():
        if hasattr(each, "commands"):
            _take_user(each, user)
        elif (place := next((place for place, known in enumerate(each.params) if known.name == "db"), None)) is not None:
            taken = copy(user)
            taken.expose_value = False  # it is kept, and no argument of the command
            each.params.insert(place + 1, taken)
