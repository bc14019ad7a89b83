"""Options that many commands share. The clinic's own (``--db``, ``--region``, ``--as-of``, ``--user``) stand before or behind a command."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from labtrack.cli.output import Format
from labtrack.cli.typed import choice, day, number, whole
from labtrack.core.judgment import Region

if TYPE_CHECKING:
    from labtrack.clinic.accounts import Account


@dataclass(slots=True)
class Given:
    """What the command line says about the clinic itself."""

    db: str | None = None
    region: Region | None = None
    as_of: date | None = None
    user: str | None = None
    #: Who said who they are, once the clinic asked.
    account: Account | None = None


def given(context: typer.Context) -> Given:
    """What was given so far, before or after the command."""
    return context.ensure_object(Given)


def _keep(context: typer.Context, parameter: typer.CallbackParam, value: object) -> object:
    """Hold a shared option for whoever opens the clinic; the last one said counts."""
    if value is not None:
        setattr(given(context), str(parameter.name), value)
    return value


def option(*names: str, **more: Any) -> Any:
    """An option of a command; its help text says what holds when it is left out."""
    return typer.Option(*names, show_default=False, **more)


def argument(**more: Any) -> Any:
    """An argument of a command."""
    return typer.Argument(show_default=False, **more)


Db = Annotated[
    str | None,
    option(
        "--db",
        metavar="FILE",
        callback=_keep,
        help="The clinic: a file or an SQLAlchemy URL. Else LABTRACK_DB, else clinic.db in the user data folder.",
    ),
]
RegionName = Annotated[
    Region | None,
    option(
        "--region",
        metavar="US|EU",
        callback=_keep,
        parser=choice(Region),
        help="Whose labels apply. Else LABTRACK_REGION, else the settings, else US.",
    ),
]
AsOf = Annotated[
    date | None,
    option(
        "--as-of",
        metavar="DATE",
        parser=day,
        callback=_keep,
        help="Judge as of this date (YYYY-MM-DD) instead of today.",
    ),
]

User = Annotated[
    str | None,
    option(
        "--user",
        metavar="NAME",
        callback=_keep,
        help="Your account, where the clinic has any. Else LABTRACK_USER. The passphrase is asked for, or read from LABTRACK_ACCOUNT_FD.",
    ),
]

Mrn = Annotated[str, argument(metavar="MRN", help="The patient's number in the clinic.")]
OnlyPatient = Annotated[str | None, option("--patient", metavar="MRN", help="This patient only.")]
On = Annotated[date, option("--on", metavar="DATE", parser=day, help="The day of it, YYYY-MM-DD.")]
Reason = Annotated[str, option("--reason", metavar="TEXT", help="Why.")]
DoseMg = Annotated[float, option("--dose-mg", metavar="MG", parser=number, help="One dose in milligrams.")]
In = Annotated[
    Format,
    option("--format", metavar="table|csv|json", parser=choice(Format), help="How to write it; a table unless said."),
]
ResultId = Annotated[int, argument(metavar="RESULT_ID", parser=whole, help="The result's number, as `labtrack show` prints it.")]


def path_of(text: str) -> Path:
    """A path as typed, with ``~`` resolved."""
    return Path(text).expanduser()
