"""``labtrack demo``: a sample clinic, made, imported as any clinic's files are, and shown."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from labtrack.cli.help import command, program
from labtrack.cli.importing import Desk, tell
from labtrack.cli.judging import names_of, put_checks, put_worklist
from labtrack.cli.log import log_path, log_to
from labtrack.cli.options import RegionName, given, option, path_of
from labtrack.cli.output import note
from labtrack.cli.session import region, today
from labtrack.core.errors import LabtrackError, UsageError

if TYPE_CHECKING:
    from datetime import date

    from labtrack.clinic import Clinic

commands = program()

#: Days ahead of which the next checks are shown.
_AHEAD = 14


@command(commands, "demo", "labtrack demo --keep sample-clinic", "To look")
def demo(
    context: typer.Context,
    keep: Annotated[str | None, option("--keep", metavar="DIR", help="Make it in this folder; in a temporary one unless said.")] = None,
    region_name: RegionName = None,
) -> None:
    """Make a sample clinic of about forty patients, import its files, show the worklist and the next checks, write the CSV summary.

    Nobody in it exists. Your own clinic is not touched. A folder that holds the sample clinic already is shown as it is.
    """
    from labtrack.clinic import Clinic, Settings

    said = given(context)
    if said.db is not None or said.as_of is not None:
        raise UsageError("The demo has a clinic and a date of its own.", "For example: labtrack demo --keep sample-clinic")
    day = today()
    folder = _folder(keep)
    place = folder / "clinic.db"
    made = place.exists()
    settings = Settings(clinic_name="Sample clinic")
    log_to(log_path(str(place)))
    with Clinic.open(place, today=day, settings=settings, region=region(context, settings), actor="demo") as clinic:
        if made:
            note(f"{folder} holds a sample clinic already; this is it.")
        else:
            _fill(clinic, folder, day)
        _show(clinic, folder)


def _folder(keep: str | None) -> Path:
    """The folder to make it in. A folder of somebody's own files is left alone."""
    if keep is None:
        return Path(tempfile.mkdtemp(prefix="labtrack-demo-"))
    folder = path_of(keep)
    if folder.exists() and not folder.is_dir():
        raise LabtrackError(f"{folder} is a file.", "Name a folder.")
    if folder.is_dir() and any(folder.iterdir()) and not ((folder / "clinic.db").exists() and (folder / "patients.csv").exists()):
        raise LabtrackError(f"{folder} holds files that are no sample clinic.", "Name an empty or a new folder.")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def _fill(clinic: Clinic, folder: Path, day: date) -> None:
    """The sample's files through the ordinary import, then what its clinician has acknowledged."""
    from labtrack.clinic.importing import ImportOptions
    from labtrack.demo import sample_clinic

    sample = sample_clinic(day)
    desk = Desk(have_file=False)
    outcome = clinic.import_files(list(sample.write(folder)), ImportOptions(on_refusal=desk.refused, on_notice=desk.warned))
    desk.close()
    tell(outcome, dry_run=False)
    for each in sample.acknowledgements:
        clinic.acknowledge(each.mrn, each.rule, each.reason)


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
