"""Files in and out, and the safety of the record: import, export, backup, restore, verify, upgrade, info, audit."""

from __future__ import annotations

import sys
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from labtrack.cli.help import command, program
from labtrack.cli.importing import import_command
from labtrack.cli.log import current_log
from labtrack.cli.options import AsOf, Db, In, OnlyPatient, RegionName, argument, given, option, path_of
from labtrack.cli.output import Format, counted, note, put, utf8_stdout, value_text
from labtrack.cli.session import location, opened
from labtrack.cli.tables import Column
from labtrack.cli.typed import choice
from labtrack.core.errors import UsageError
from labtrack.core.text import visible

if TYPE_CHECKING:
    from labtrack.clinic import Clinic

commands = program()
command(commands, "import", "labtrack import patients.csv courses.csv results-*.csv --rejects refused.csv", "Files")(import_command)


class Export(StrEnum):
    """What can be taken out."""

    SUMMARY = "summary"
    RESULTS = "results"
    ALL = "all"
    ICS = "ics"
    FHIR = "fhir"
    REPORT = "report"


_LATER = {Export.ICS: "The calendar of next checks", Export.FHIR: "Writing FHIR", Export.REPORT: "The report"}


@command(commands, "export", "labtrack export summary --patient 10021 -o summary.csv", "Files")
def export(
    context: typer.Context,
    what: Annotated[
        Export,
        argument(
            metavar="WHAT",
            parser=choice(Export),
            help="summary (a row per patient and analyte), results, or all (every layout, in a folder).",
        ),
    ],
    patient: OnlyPatient = None,
    as_of: AsOf = None,
    output: Annotated[
        str | None,
        option("--output", "-o", metavar="PATH", help="File, or folder for all; - is stdout, which it is unless said."),
    ] = None,
    db: Db = None,
    region: RegionName = None,
) -> None:
    """Write CSV: the summary to take away, the results, or everything in the import layouts."""
    if what in _LATER:
        raise UsageError(f"{_LATER[what]} comes with a later version.", "This one writes CSV: labtrack export summary|results|all -o PATH")
    if what is Export.ALL and output in (None, "-"):
        raise UsageError("Everything is several files, so it needs a folder.", "For example: labtrack export all -o clinic-copy")
    day = given(context).as_of
    if day is not None and what is not Export.SUMMARY:
        raise UsageError(f"`export {what}` judges nothing, so --as-of has no meaning there.", "Leave --as-of out.")
    with opened(context) as clinic:
        if output is None or output == "-":
            with utf8_stdout() as stream:
                _write(clinic, what, stream, patient, day)
            return
        place = path_of(output)
        if what is Export.ALL:
            clinic.export_all(place, patient)
        else:
            _write(clinic, what, place, patient, day)
        note(f"Written: {place}")


def _write(clinic: Clinic, what: Export, out: Path | TextIO, patient: str | None, day: date | None) -> None:
    if what is Export.SUMMARY:
        clinic.export_summary(out, patient, day)
    else:
        clinic.export_results(out, patient)


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
    kept = Clinic.restore(where, path_of(file))
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

    note(Clinic.upgrade(location(context)))


@command(commands, "info", "labtrack info --format json", "The record")
def info(context: typer.Context, format: In = Format.TABLE, db: Db = None, region: RegionName = None) -> None:
    """Where the clinic, the settings and the log are, versions, and how many of everything."""
    from labtrack.clinic.settings import config_path

    with opened(context) as clinic:
        facts = {**clinic.info(), "settings": str(config_path()), "log": str(current_log())}
    if format is Format.TABLE:
        # Not as a table: a path that is broken over lines can be neither copied nor found.
        for key, value in facts.items():
            sys.stdout.write(f"{key.replace('_', ' '):<14} {visible(value_text(value))}\n")
    else:
        put([facts], tuple(facts), format)


_AUDIT = (
    Column("when (UTC)", lambda cells: cells["at"][:19].replace("T", " ")),
    Column.of("actor", "who"),
    Column.of("action"),
    Column.of("mrn", "patient"),
    Column("detail", lambda cells: cells["detail"].replace(",", ", "), soft=True),
)


@command(commands, "audit", "labtrack audit --patient 10021", "The record")
def audit(context: typer.Context, patient: OnlyPatient = None, format: In = Format.TABLE, db: Db = None) -> None:
    """What was done, by whom and when; oldest first."""
    from labtrack.clinic.views import AUDIT_COLUMNS

    with opened(context) as clinic:
        put(clinic.audit(patient), AUDIT_COLUMNS, format, _AUDIT)
