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

if TYPE_CHECKING:
    from labtrack.clinic import Clinic, Settings
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

    A command that only reads does not make one: a mistyped path must not look like an empty clinic.
    """
    from labtrack.clinic import Clinic, Settings

    where = str(instead or location(context))
    settings = Settings.load()
    log_to(log_path(where))
    chosen = region(context, settings)
    with Clinic.open(where, today=today(), settings=settings, region=chosen, create=create, read_only=read_only) as clinic:
        yield clinic
