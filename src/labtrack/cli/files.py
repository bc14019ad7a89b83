"""Files in and out, and the safety of the record: import, export, backup, restore, verify, upgrade, info, audit."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from labtrack.cli.exporting import export_command
from labtrack.cli.help import command, program
from labtrack.cli.importing import import_command
from labtrack.cli.log import current_log
from labtrack.cli.options import Db, In, OnlyPatient, RegionName, argument, given, path_of
from labtrack.cli.output import Format, counted, note, put, value_text
from labtrack.cli.passphrases import unlocked
from labtrack.cli.session import location, opened
from labtrack.cli.signing_in import as_somebody
from labtrack.cli.tables import Column
from labtrack.core.text import visible

commands = program()
command(commands, "import", "labtrack import patients.csv courses.csv results-*.csv --rejects refused.csv", "Files")(import_command)
command(commands, "export", "labtrack export summary --patient 10021 -o summary.csv", "Files")(export_command)


@command(commands, "backup", "labtrack backup clinic-2026-11-22.db", "The record")
def backup(
    context: typer.Context,
    file: Annotated[str, argument(metavar="FILE", help="The copy to make.")],
    db: Db = None,
) -> None:
    """Make a copy of the clinic and verify it."""
    with opened(context) as clinic:
        note(f"Copied to {clinic.backup(path_of(file))}; the copy was verified.")


@command(commands, "restore", "labtrack restore clinic-2026-11-22.db", "The record")
def restore(
    context: typer.Context,
    file: Annotated[str, argument(metavar="FILE", help="The copy to put in the clinic's place.")],
    db: Db = None,
) -> None:
    """Put a verified copy in the clinic's place; the clinic as it was is kept beside it."""
    from labtrack.clinic import Clinic

    where = location(context)
    kept = as_somebody(given(context), lambda account: unlocked(lambda: Clinic.restore(where, path_of(file), account=account)))
    note(f"Restored: {where} is now {file}.")
    if kept is not None:
        note(f"The clinic as it was is {kept}.")


@command(commands, "verify", "labtrack verify", "The record")
def verify(context: typer.Context, db: Db = None, region: RegionName = None) -> None:
    """Check the file, the audit chain and everything stored beside the record. Ends with status 1 when something is wrong."""
    with opened(context) as clinic:
        faults = clinic.verify()
        for fault in faults:
            note(f"Fault: {fault}")
        if faults:
            note(f"{counted(len(faults), 'fault')}. Keep a copy of {clinic.location} as it is, then restore the last good backup.")
            raise typer.Exit(1)
        note(f"No fault in {clinic.location}.")


@command(commands, "upgrade", "labtrack upgrade", "The record")
def upgrade(context: typer.Context, db: Db = None) -> None:
    """Bring a clinic made by an older labtrack up to date; a copy of it as it was is kept."""
    from labtrack.clinic import Clinic

    where = location(context)
    note(unlocked(lambda: Clinic.upgrade(where)))


@command(commands, "info", "labtrack info --format json", "The record")
def info(context: typer.Context, format: In = Format.TABLE, db: Db = None, region: RegionName = None) -> None:
    """Where the clinic, the settings and the log are, versions, and how many of everything."""
    from labtrack.clinic.settings import config_path

    with opened(context) as clinic:
        facts = {**clinic.info(), "settings": str(config_path()), "log": str(current_log())}
    if not facts["accounts"]:
        note("There are no accounts: whoever may open the file may do everything. To begin: labtrack user add NAME --role clinician")
    if format is Format.TABLE:
        # Not as a table: a path that is broken over lines can be neither copied nor found.
        for key, value in facts.items():
            sys.stdout.write(f"{key.replace('_', ' '):<14} {visible(value_text(value))}\n")
    else:
        put([facts], tuple(facts), format)


_AUDIT = (
    Column("when (UTC)", lambda cells: cells["at"][:19].replace("T", " ")),
    Column.of("actor", "who"),
    Column.of("what"),
    Column.of("mrn", "patient"),
    Column.of("words", "which", soft=True),
)


@command(commands, "audit", "labtrack audit --patient 10021", "The record")
def audit(context: typer.Context, patient: OnlyPatient = None, format: In = Format.TABLE, db: Db = None) -> None:
    """Who saw and changed what, and when; oldest first. In words; as CSV or JSON with all that was kept of it."""
    from labtrack.clinic.history import in_words
    from labtrack.clinic.views import AUDIT_COLUMNS

    with opened(context) as clinic:
        if format is not Format.TABLE:
            put(clinic.audit(patient), AUDIT_COLUMNS, format)
            return
        entries = ((row, *in_words(str(row["action"]), str(row["detail"]), clinic.catalogue)) for row in clinic.audit(patient))
        put(({**row, "what": what, "words": words} for row, what, words in entries), (*AUDIT_COLUMNS, "what", "words"), format, _AUDIT)
