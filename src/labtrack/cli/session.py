"""Opening the clinic that a command is about."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from labtrack.cli.log import log_path, log_to
from labtrack.cli.options import given
from labtrack.cli.output import note
from labtrack.cli.passphrases import unlocked
from labtrack.cli.signing_in import as_somebody
from labtrack.core.errors import LabtrackError

if TYPE_CHECKING:
    from labtrack.clinic import Clinic, Settings
    from labtrack.clinic.accounts import Account
    from labtrack.clinic.backups import Daily
    from labtrack.core.judgment import Region


def location(context: typer.Context) -> str:
    """Path or URL of the clinic: ``--db``, else ``LABTRACK_DB``, else in the user data folder."""
    from labtrack.clinic.settings import database_location

    return database_location(given(context).db)


def is_missing(where: str) -> bool:
    """Whether a clinic is a file that is not there. Of a database on a server that cannot be told before it is asked."""
    return "://" not in where and not Path(where).expanduser().exists()


def today() -> date:
    """The machine's date, or ``LABTRACK_TODAY``, which is told on stderr."""
    from labtrack.clinic.settings import TODAY_VARIABLE, chosen_today

    day = chosen_today()
    if os.environ.get(TODAY_VARIABLE):
        note(f"Today is taken to be {day.isoformat()} ({TODAY_VARIABLE}).")
    return day


def region(context: typer.Context, settings: Settings) -> Region:
    """Whose labels apply: ``--region``, else ``LABTRACK_REGION``, else the settings'."""
    from labtrack.clinic.settings import chosen_region

    return chosen_region(settings, given(context).region)


@contextmanager
def opened(context: typer.Context, *, create: bool = False, instead: Path | None = None, read_only: bool = False) -> Iterator[Clinic]:
    """The clinic, or another file ``instead`` of it, open.

    A command that only reads does not make one: a mistyped path must not look like an empty clinic. After one that changes something the
    backup of the day is made, if it is due.
    """
    from labtrack.clinic import Clinic, Settings
    from labtrack.clinic.backups import daily_of
    from labtrack.clinic.gate import unrecorded_text

    where = str(instead or location(context))
    settings = Settings.load()
    log_to(log_path(where))
    chosen = region(context, settings)
    day = today()

    def open_as(account: Account | None) -> Clinic:
        return Clinic.open(where, today=day, settings=settings, region=chosen, create=create, read_only=read_only, account=account)

    daily = None
    try:
        with as_somebody(given(context), lambda account: unlocked(lambda: open_as(account))) as clinic:
            _warn_of_clear_copies(where)
            daily = daily_of(clinic) if instead is None and _changes_something(context) else None
            yield clinic
    except typer.Exit:  # done, but for what it has told
        _back_up(daily)
        raise
    if clinic.unrecorded:
        note(unrecorded_text(clinic.unrecorded))
    _back_up(daily)


def _changes_something(context: typer.Context) -> bool:
    """Whether the command is there to change the record; one that makes or restores a backup needs no other."""
    from labtrack.clinic.access import COMMANDS, Need

    name = context.command_path.partition(" ")[2]
    deed = COMMANDS.get(name)
    return deed is not None and deed.need in (Need.CHANGE, Need.KEEP) and name not in ("backup", "restore")


def _back_up(daily: Daily | None) -> None:
    """Make the backup of the day. What was asked for is done already: a backup that fails is told, and changes nothing about that."""
    from logging import getLogger

    if daily is None or not daily.is_due:
        return
    try:
        said = daily.make()
    except LabtrackError as error:
        said = str(error)
    except KeyboardInterrupt:
        said = "Today's backup was stopped; the next command that changes something makes it."
    except Exception as error:  # whatever it is, the command was done
        getLogger("labtrack").error("today's backup could not be made", exc_info=error)
        said = f"Today's backup could not be made ({type(error).__name__}); the log holds the rest."
    if said:
        note(said)


def _warn_of_clear_copies(where: str) -> None:
    """Say what a stopped `labtrack encrypt` has left."""
    from labtrack.clinic.encryption import left_in_clear

    left = left_in_clear(where)
    if left:
        note(f"The clinic is encrypted, but in clear beside it: {', '.join(each.name for each in left)}. To finish: labtrack encrypt")
