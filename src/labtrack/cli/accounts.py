"""``labtrack user``: accounts of a clinic. The first is a clinician's; from then on the clinic asks everybody who they are."""

from __future__ import annotations

from typing import Annotated

import typer

from labtrack.cli.help import command, program
from labtrack.cli.options import Db, In, argument, option
from labtrack.cli.output import Format, Row, counted, note, put
from labtrack.cli.session import opened
from labtrack.cli.signing_in import new_passphrase
from labtrack.cli.tables import Column

user = program(help="Accounts: add, list, set a passphrase, disable, enable.")

Name = Annotated[str, argument(metavar="NAME", help="The account's name: letters, digits, '.', '_', '-' or '@'.")]
RoleName = Annotated[
    str,
    option("--role", metavar="clinician|viewer|patient", help="A clinician does everything, a viewer reads, a patient reads one record."),
]
Record = Annotated[str | None, option("--mrn", metavar="MRN", help="The patient's own record; for the role patient alone.")]

_COLUMNS = ("name", "role", "mrn", "created_at", "disabled_at")
_TABLE = (
    Column.of("name"),
    Column.of("role"),
    Column.of("mrn", "patient"),
    Column("since (UTC)", lambda cells: cells["created_at"][:16].replace("T", " ")),
    Column("disabled (UTC)", lambda cells: cells["disabled_at"][:16].replace("T", " ")),
)


@command(user, "add", "labtrack user add m.ruiz --role clinician")
def add(context: typer.Context, name: Name, role: RoleName, mrn: Record = None, db: Db = None) -> None:
    """Add an account. The passphrase is asked for; at least 10 characters.

    The first account is a clinician's. From then on nothing is shown or done before somebody has signed in: there is no other way to the
    record, and no way to find out a passphrase. Let a second clinician have an account as well.
    """
    with opened(context, create=True) as clinic:
        is_first = not clinic.has_accounts
        made = clinic.add_user(name, role, new_passphrase(name), mrn or "")
    note(f"Added the account {made.name}, {made.role}{f' of {made.mrn}' if made.mrn else ''}.")
    if is_first:
        note(f"From now on this clinic asks who one is: --user {made.name}, or LABTRACK_USER.")
        note("If this passphrase is lost nobody gets in any more: add another clinician too.")


@command(user, "list", "labtrack user list --format csv")
def list_users(context: typer.Context, format: In = Format.TABLE, db: Db = None) -> None:
    """Everyone who has an account."""
    with opened(context) as clinic:
        rows: list[Row] = [
            {"name": each.name, "role": each.role.value, "mrn": each.mrn, "created_at": each.created_at, "disabled_at": each.disabled_at}
            for each in clinic.users()
        ]
    put(rows, _COLUMNS, format, _TABLE)
    note(f"{counted(len(rows), 'account')}." if rows else "There are no accounts: whoever may open the file may do everything.")


@command(user, "passphrase", "labtrack user passphrase m.ruiz")
def passphrase(context: typer.Context, name: Name, db: Db = None) -> None:
    """Choose a new passphrase: everybody for themselves, a clinician for others too."""
    with opened(context) as clinic:
        clinic.set_passphrase(name, new_passphrase(name))
    note(f"The passphrase of {name} was changed; it holds from the next sign-in on.")


@command(user, "disable", "labtrack user disable m.ruiz")
def disable(context: typer.Context, name: Name, db: Db = None) -> None:
    """Let nobody in by an account any more, at once. Its entries in the audit stay."""
    with opened(context) as clinic:
        note(f"Disabled {clinic.disable_user(name).name}.")


@command(user, "enable", "labtrack user enable m.ruiz")
def enable(context: typer.Context, name: Name, db: Db = None) -> None:
    """Let somebody in by an account again, with the passphrase it had."""
    with opened(context) as clinic:
        note(f"Enabled {clinic.enable_user(name).name}.")
