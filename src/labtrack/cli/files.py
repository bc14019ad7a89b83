"""Files in and out, and the safety of the record: import, export, backup, restore, verify, upgrade, info, audit."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import Annotated

import typer

from labtrack.cli.exporting import export_command
from labtrack.cli.help import command, program
from labtrack.cli.importing import import_command
from labtrack.cli.log import current_log
from labtrack.cli.options import Db, In, OnlyPatient, RegionName, argument, given, option, path_of
from labtrack.cli.output import Format, Row, counted, note, put, value_text
from labtrack.cli.passphrases import unlocked
from labtrack.cli.session import location, opened
from labtrack.cli.signing_in import as_somebody
from labtrack.cli.tables import Column
from labtrack.core.errors import DatabaseDamaged, NotFound, Refused, UsageError
from labtrack.core.text import visible

commands = program()
command(commands, "import", "labtrack import patients.csv courses.csv results-*.csv --rejects refused.csv", "Files")(import_command)
command(commands, "export", "labtrack export summary --patient 10021 -o summary.csv", "Files")(export_command)


@command(commands, "backup", "labtrack backup clinic-2026-11-22.db", "The record")
def backup(
    context: typer.Context,
    file: Annotated[str, argument(metavar="FILE", help="The copy to make; in a folder, labtrack names it.")],
    db: Db = None,
) -> None:
    """Make a copy of the clinic and verify it. One is made by itself on the first change or start of the screens each day.

    In a folder the copy is named after the clinic, the day and the head of the audit, so that a clinic whose audit was cut off shows.
    """
    with opened(context) as clinic:
        note(f"Copied to {clinic.backup(path_of(file))}; the copy was verified.")


@command(commands, "restore", "labtrack restore clinic-2026-11-22.db", "The record")
def restore(
    context: typer.Context,
    file: Annotated[str | None, argument(metavar="FILE", help="The copy to put in the clinic's place.")] = None,
    which: Annotated[bool, option("--list", help="List the backups that labtrack named, newest first, and change nothing.")] = False,
    format: In = Format.TABLE,
    db: Db = None,
) -> None:
    """Put a verified copy in the clinic's place; the clinic as it was is kept beside it.

    Without FILE the newest good backup is looked for; it says what would be lost, and asks.
    """
    from labtrack.clinic import Clinic

    where = location(context)
    if which:
        _list(where, format)
        return
    copy = path_of(file) if file is not None else _newest(where)
    kept = as_somebody(given(context), lambda account: unlocked(lambda: Clinic.restore(where, copy, account=account)))
    note(f"Restored: {where} is now {copy}.")
    if kept is not None:
        note(f"The clinic as it was is {kept}.")


BACKUP_COLUMNS = ("made_on", "kind", "audit_entries", "file")


def _list(where: str, format: Format) -> None:
    found = _listed(where)
    if format is not Format.TABLE:
        put(found, BACKUP_COLUMNS, format)
        return
    # Not as a table: a path that is broken over lines can be neither copied nor found.
    for each in found:
        sys.stdout.write(f"{each['made_on']}  {each['kind']:<12}  {each['audit_entries']:>7}  {visible(str(each['file']))}\n")
    note(f"{counted(len(found), 'backup')}. Before the file's name: the day, what for, how many entries the audit had.")


def _listed(where: str) -> list[Row]:
    from labtrack.clinic.backups import candidates
    from labtrack.clinic.safety import path_of as file_of

    found = candidates(file_of(where))
    return [{"made_on": each.on, "kind": each.kind, "audit_entries": each.anchor.entry, "file": str(each.path)} for each in found]


def _newest(where: str) -> Path:
    """The newest good backup, if a person says so. NotFound without any, UsageError where nobody can be asked, Refused for a no."""
    from labtrack.clinic.backups import offer
    from labtrack.clinic.safety import path_of as file_of

    found = unlocked(lambda: offer(file_of(where)))
    if found is None:
        others = _listed(where)
        note("No backup that labtrack made by itself is whole." if others else "There is no backup that labtrack made by itself.")
        raise NotFound(f"There is nothing to restore {where} from.", "Name a copy that you made: labtrack restore FILE")
    note(found.words)
    if not (sys.stdin is not None and sys.stdin.isatty()):
        for each in _listed(where):
            note(f"  {each['file']}")
        step = f"labtrack restore {shlex.quote(str(found.kept.path))}"
        raise UsageError("There is no terminal to ask on, so nothing was restored. Name the backup.", step)
    sys.stderr.write("Restore it? The clinic as it is now is kept beside it. [y/N] ")
    sys.stderr.flush()
    if sys.stdin.readline().strip().casefold() not in ("y", "yes"):
        raise Refused("Nothing was restored.", "Others: labtrack restore --list")
    return found.kept.path


@command(commands, "verify", "labtrack verify", "The record")
def verify(
    context: typer.Context,
    against: Annotated[
        list[str] | None,
        option("--against", metavar="PATH", help="A backup kept elsewhere, or a folder of them, to compare the audit with."),
    ] = None,
    db: Db = None,
    region: RegionName = None,
) -> None:
    """Check the file, the audit chain and everything stored beside the record. Ends with status 1 when something is wrong.

    The audit chain is compared with the heads that the names of its backups tell: one that was cut off or written anew shows.
    """
    where = location(context)
    try:
        with opened(context) as clinic:
            where = clinic.location
            faults = unlocked(lambda: clinic.verify([path_of(each) for each in against or ()]))
    except DatabaseDamaged as error:  # too damaged to be opened, or to be read to the end
        faults = [error.message]
    for fault in faults:
        note(f"Fault: {fault}")
    if faults:
        note(f"{counted(len(faults), 'fault')}. Keep a copy of {where} as it is, then restore the last good backup: labtrack restore")
        raise typer.Exit(1)
    note(f"No fault in {where}.")


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
