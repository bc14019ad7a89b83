"""``labtrack export``: CSV, the calendar of next checks, FHIR, and the report."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from labtrack.cli.options import AsOf, Db, OnlyPatient, RegionName, argument, given, option, path_of
from labtrack.cli.output import counted, note, utf8_stdout
from labtrack.cli.session import opened
from labtrack.cli.typed import choice
from labtrack.core.errors import UsageError

if TYPE_CHECKING:
    from labtrack.clinic import Clinic


class Export(StrEnum):
    """What can be taken out."""

    SUMMARY = "summary"
    RESULTS = "results"
    ALL = "all"
    ICS = "ics"
    FHIR = "fhir"
    REPORT = "report"


class Audience(StrEnum):
    """In whose words a report is."""

    PATIENT = "patient"
    CLINICIAN = "clinician"


_JUDGE = (Export.SUMMARY, Export.ICS, Export.FHIR, Export.REPORT)
#: One file each of a patient's report; any other place is a folder for both.
_REPORT_FILES = (".html", ".pdf")
_REPORT_EXAMPLE = "For example: labtrack export report --patient 10021 -o report.pdf, or: labtrack export report -o reports"


def export_command(
    context: typer.Context,
    what: Annotated[
        Export,
        argument(metavar="WHAT", parser=choice(Export), help="summary, results, all, ics, fhir or report."),
    ],
    patient: OnlyPatient = None,
    as_of: AsOf = None,
    output: Annotated[
        str | None,
        option(
            "--output",
            "-o",
            metavar="PATH",
            help="File, or folder for all and report; - is stdout, which it is unless said.",
        ),
    ] = None,
    clinical: Annotated[bool, option("--clinical", help="ics: say whose each check is, which panel, its status and why.")] = False,
    audience: Annotated[
        Audience | None,
        option("--for", metavar="patient|clinician", parser=choice(Audience), help="report: in whose words; clinician unless said."),
    ] = None,
    db: Db = None,
    region: RegionName = None,
) -> None:
    """Write what is on record, of one patient or of all, in a form that others read.

        summary  CSV: a row per patient and analyte, with findings and next checks
        results  CSV: every result as reported
        all      CSV, a folder: every layout; imported elsewhere the same records
        ics      calendar: an event per next check; --clinical says whose and why
        fhir     FHIR R4 Bundle: patients, results, courses, findings, next checks
        report   a page per patient: FILE.html, FILE.pdf, or a folder with both

    A calendar file that is imported again updates the events of the one before.
    """
    _check(what, patient, given(context).as_of, output, clinical=clinical, audience=audience)
    with opened(context) as clinic:
        if output is None or output == "-":
            with utf8_stdout() as stream:
                _write(clinic, what, stream, patient, given(context).as_of, clinical=clinical)
            return
        place = path_of(output)
        if what is Export.ALL:
            clinic.export_all(place, patient)
        elif what is Export.REPORT:
            written = clinic.export_report(place, patient, given(context).as_of, plain=audience is Audience.PATIENT)
            note(f"Written: {place}" if written == [place] else f"Written: {counted(len(written), 'file')} in {place}")
            return
        else:
            _write(clinic, what, place, patient, given(context).as_of, clinical=clinical)
        note(f"Written: {place}")


def _check(what: Export, patient: str | None, as_of: date | None, output: str | None, *, clinical: bool, audience: Audience | None) -> None:
    """UsageError, with the right usage, where parts of the line do not go together."""
    if as_of is not None and what not in _JUDGE:
        raise UsageError(f"`export {what}` judges nothing, so --as-of has no meaning there.", "Leave --as-of out.")
    if clinical and what is not Export.ICS:
        raise UsageError(f"--clinical has no meaning for `export {what}`.", "It is for: labtrack export ics --clinical -o checks.ics")
    if audience is not None and what is not Export.REPORT:
        right = f"labtrack export report --for {audience} --patient 10021 -o report.pdf"
        raise UsageError(f"--for has no meaning for `export {what}`.", f"It is for: {right}")
    to_stdout = output is None or output == "-"
    if what is Export.ALL and to_stdout:
        raise UsageError("Everything is several files, so it needs a folder.", "For example: labtrack export all -o clinic-copy")
    if what is Export.REPORT:
        if output is None or to_stdout:
            raise UsageError("A report needs a file or a folder.", _REPORT_EXAMPLE)
        _check_report(path_of(output), patient)


def _check_report(place: Path, patient: str | None) -> None:
    """What stands behind the last point of a name says which file is wanted."""
    if place.is_dir():
        return
    kind = place.suffix.casefold()
    if kind in _REPORT_FILES and patient is None:
        raise UsageError(f"{place.name} is one file, and there is a report for each patient.", _REPORT_EXAMPLE)
    if kind not in _REPORT_FILES and (kind[1:].isalpha() or place.is_file()):
        raise UsageError(f"A report is FILE.html, FILE.pdf or a folder, not {place.name}.", _REPORT_EXAMPLE)


def _write(clinic: Clinic, what: Export, out: Path | TextIO, patient: str | None, day: date | None, *, clinical: bool) -> None:
    if what is Export.SUMMARY:
        clinic.export_summary(out, patient, day)
    elif what is Export.ICS:
        clinic.export_calendar(out, patient, day, clinical=clinical)
    elif what is Export.FHIR:
        clinic.export_fhir(out, patient, day)
    else:
        clinic.export_results(out, patient)
