"""``labtrack demo``: a sample clinic, made, imported as any clinic's files are, and shown."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from labtrack.cli import session
from labtrack.cli.help import command, program
from labtrack.cli.importing import Desk, tell
from labtrack.cli.judging import names_of, put_checks, put_worklist
from labtrack.cli.log import log_path, log_to
from labtrack.cli.options import RegionName, given, option, path_of
from labtrack.cli.output import note
from labtrack.cli.quick import has_terminal, show
from labtrack.core.errors import UsageError

if TYPE_CHECKING:
    from datetime import date

    from labtrack.clinic import Clinic
    from labtrack.core.judgment import Region

commands = program()

#: Days ahead of which the next checks are shown.
_AHEAD = 14


@command(commands, "demo", "labtrack demo --keep sample-clinic", "To look")
def demo(
    context: typer.Context,
    keep: Annotated[str | None, option("--keep", metavar="DIR", help="Make it in this folder; in a temporary one unless said.")] = None,
    region: RegionName = None,
) -> None:
    """Make a sample clinic of about forty patients, import its files, show the worklist and the next checks, write the CSV summary.

    On a terminal the screens then open on it. Nobody in it exists, and your own clinic is not touched. A folder that holds the
    sample clinic already is shown as it is.
    """
    from labtrack.clinic import Settings
    from labtrack.clinic.importing import ImportOptions
    from labtrack.clinic.sample import fill_sample, open_sample, sample_folder

    said = given(context)
    if said.db is not None or said.as_of is not None:
        raise UsageError("The demo has a clinic and a date of its own.", "For example: labtrack demo --keep sample-clinic")
    day, where = session.today(), session.region(context, Settings())
    sample = sample_folder(None if keep is None else path_of(keep))
    log_to(log_path(str(sample.place)))
    with open_sample(sample, day, where) as clinic:
        if sample.is_made:
            note(f"{sample.folder} holds a sample clinic already; this is it.")
        else:
            desk = Desk(have_file=False)
            outcome = fill_sample(clinic, sample, day, ImportOptions(on_refusal=desk.refused, on_notice=desk.warned))
            desk.close()
            tell(outcome, dry_run=False)
        _show(clinic, sample.folder)
    if has_terminal():
        raise typer.Exit(_open(sample.place, day, where))


def _open(place: Path, day: date, where: Region) -> int:
    """The screens on the sample clinic, with the person's own theme and keys."""
    from labtrack.clinic import Settings
    from labtrack.clinic.sample import ACTOR, NAME
    from labtrack.clinic.settings import TODAY_VARIABLE
    from labtrack.tui.opening import Opening

    sys.stdout.flush()
    settings = replace(Settings.load(), clinic_name=NAME, rules={})
    return show(Opening(str(place), day, settings, where, actor=ACTOR, is_today_set=bool(os.environ.get(TODAY_VARIABLE))))


def _show(clinic: Clinic, folder: Path) -> None:
    summary = folder / "summary.csv"
    clinic.export_summary(summary)
    out = sys.stdout
    out.write("Worklist\n\n")
    put_worklist(clinic, None)
    out.write(f"\nNext checks, {_AHEAD} days ahead\n\n")
    put_checks(sorted(clinic.due(within=_AHEAD), key=lambda row: str(row["due_on"])), names=names_of(clinic))
    out.write(f"\nCSV summary: {summary}\n")
    out.write(f"Sample clinic: {folder}\n")
    out.write(f"To go on with it: labtrack --db {folder / 'clinic.db'} worklist\n")
