"""``labtrack import``: files in, counts and warnings to stderr, refused rows to a file or to stderr."""

from __future__ import annotations

import glob
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

import typer

from labtrack.cli.options import Db, RegionName, argument, option, path_of
from labtrack.cli.output import counted, note, say
from labtrack.cli.progress import Progress
from labtrack.cli.session import is_missing, location, opened
from labtrack.cli.typed import choice
from labtrack.core.errors import ImportFailed, UsageError

if TYPE_CHECKING:
    from labtrack.clinic.import_outcome import FileCount, ImportOutcome
    from labtrack.clinic.importing import ImportOptions
    from labtrack.clinic.mappings import ColumnMapping
    from labtrack.clinic.text import Notice, Refusal

REJECT_COLUMNS = ("file", "line", "column", "text", "reason")
#: Kinds of warnings that are written out, and line numbers named of each.
_KINDS, _LINES = 50, 5
#: People who are nobody of the clinic that are named.
_PEOPLE = 30


class FileFormat(StrEnum):
    """What the files hold."""

    CSV = "csv"
    FHIR = "fhir"
    HL7 = "hl7"


As = Annotated[
    FileFormat | None,
    option("--as", metavar="csv|fhir|hl7", parser=choice(FileFormat), help="What they hold; each file tells by its beginning unless said."),
]
AddPatients = Annotated[bool, option("--add-patients", help="Add patients that a FHIR or HL7 file names; in CSV they have a layout.")]
SamePatient = Annotated[
    list[str] | None,
    option(
        "--same-patient", metavar="MRN", help="Take a FHIR or HL7 patient for this one though name or birth date differ; may be repeated."
    ),
]
Encoding = Annotated[str, option("--encoding", metavar="NAME", help="Such as latin-1, of files that are not UTF-8.")]
Map = Annotated[str | None, option("--map", metavar="NAME", help="A kept mapping: for files whose columns or codes are not ours.")]
ForPatient = Annotated[
    str | None, option("--patient", metavar="MRN", help="Whose results the files hold, with a --map that names one patient.")
]


def import_command(
    context: typer.Context,
    files: Annotated[list[str], argument(metavar="FILE", help="CSV, FHIR and HL7 files, in any order.")],
    format: As = None,
    add_patients: AddPatients = False,
    same_patient: SamePatient = None,
    dry_run: Annotated[bool, option("--dry-run", help="Read and judge everything, change nothing.")] = False,
    rejects: Annotated[str | None, option("--rejects", metavar="FILE", help="Where refused rows go; stderr unless said.")] = None,
    encoding: Encoding = "",
    mapping: Map = None,
    patient: ForPatient = None,
    strict: Annotated[bool, option("--strict", help="Any refused row undoes the whole import.")] = False,
    db: Db = None,
    region: RegionName = None,
) -> None:
    """Import patients, courses, doses, holds, events and results; all that is accepted together, or nothing.

    Results come as CSV, as FHIR R4 (bundles, single resources, NDJSON, gzipped too) or as HL7 v2 messages (ORU^R01, also batches). A CSV
    file is recognized by its header, in any order of columns (in brackets: may be missing):

        patients  mrn,name,birth_date,sex[,weight_kg,phone,email]
        courses   mrn,drug,dose_mg,frequency,start_on[,stop_on,reason]
        doses     mrn,drug,on,dose_mg,frequency[,reason]
        holds     mrn,drug,start_on[,end_on],reason
        events    mrn,kind,on[,ended_on,note]
        results   mrn,analyte,value,unit,collected_at
                  [,ref_low,ref_high,lab,specimen_id,status,note]
        baselines mrn,drug,start_on,analyte,collected_at,reason

    A row is accepted, accepted with a warning, a duplicate (changes nothing) or refused, with the reason. People of messages are found
    by their number and who assigned it, never by name alone. Ends with status 1 when any row was refused.
    """
    from labtrack.clinic.importing import ImportOptions

    desk = Desk(have_file=rejects is not None)
    options = ImportOptions(
        encoding=encoding,
        strict=strict,
        dry_run=dry_run,
        format=format.value if format else "",
        add_patients=add_patients,
        same_patients=frozenset(same_patient or ()),
        rejects=None if rejects is None else path_of(rejects),
        progress=desk.progress,
        on_refusal=desk.refused,
        on_notice=desk.warned,
        mapping=_kept_mapping(mapping, patient),
    )
    outcome = _imported(context, named_files(files), options, desk)
    tell(outcome, dry_run)
    if outcome.total("refused"):
        if rejects is not None:
            note(f"The refused rows are in {rejects}.")
        raise typer.Exit(1)


def _imported(context: typer.Context, paths: list[Path], options: ImportOptions, desk: Desk) -> ImportOutcome:
    """The import itself; what the desk has gathered is written whatever comes of it."""
    with ExitStack() as stack:
        clinic = stack.enter_context(opened(context, create=True, instead=_scratch(context, stack) if options.dry_run else None))
        stack.callback(desk.close)
        try:
            return clinic.import_files(paths, options)
        except ImportFailed as error:
            from labtrack.clinic.mappings import with_hint

            raise with_hint(error, paths, options.encoding) from error


def _scratch(context: typer.Context, stack: ExitStack) -> Path | None:
    """An empty clinic to try the files on, where there is none yet and a dry run must not make one; it is gone with the stack."""
    if not is_missing(location(context)):
        return None
    return Path(stack.enter_context(TemporaryDirectory(prefix="labtrack-"))) / "clinic.db"


def _kept_mapping(name: str | None, patient: str | None) -> ColumnMapping | None:
    """The mapping of that name, for another patient where one is named. UsageError where there is none, or it has a column of patients."""
    if name is None:
        if patient is not None:
            raise UsageError("--patient says whose results a mapped file holds, so it needs --map.", "Name the mapping with --map NAME.")
        return None
    from labtrack.clinic.mappings import mapping_named

    found = mapping_named(name)
    if patient is None:
        return found
    if not found.patient:
        raise UsageError(f"Files read by {name!r} say themselves whose results they hold.", "Leave --patient out.")
    return replace(found, fixed={**found.fixed, "mrn": patient})


def named_files(names: Sequence[str]) -> list[Path]:
    """The files that were named; patterns are resolved where the shell has not done it.

    ImportFailed, naming all that are not there: told before a clinic is made for files that nobody has.
    """
    found: list[Path] = []
    for name in names:
        path = path_of(name)
        matches = [] if path.exists() else sorted(glob.glob(str(path)))  # noqa: PTH207 - the pattern may be absolute
        found += [Path(match) for match in matches] or [path]
    lacking = [str(path) for path in found if not path.exists()]
    if lacking:
        raise ImportFailed(f"There is no file {', '.join(lacking)}.", "Check the name and the folder.")
    return found


@dataclass(slots=True)
class Desk:
    """Takes what an import says while it runs. Refused rows go to stderr as they come, unless they have a file of their own."""

    have_file: bool
    progress: Progress = field(default_factory=Progress)
    _warnings: dict[tuple[str, str, str], list[int]] = field(default_factory=dict)
    _more_kinds: int = 0
    _refused: int = 0

    def refused(self, refusal: Refusal) -> None:
        """A row that is not taken."""
        if self.have_file:
            return
        from labtrack.clinic.text import csv_text

        row = (refusal.file, str(refusal.line), refusal.column, refusal.text, refusal.reason)
        lines = csv_text(REJECT_COLUMNS, [row]).split("\r\n")
        self.progress.clear()
        for line in lines[1 if self._refused else 0 : 2]:
            say(line)
        self._refused += 1

    def warned(self, notice: Notice) -> None:
        """A row that is taken with a warning."""
        key = (notice.file, notice.column, notice.reason)
        if key not in self._warnings and len(self._warnings) >= _KINDS:
            self._more_kinds += 1
        else:
            self._warnings.setdefault(key, []).append(notice.line)

    def close(self) -> None:
        """Write the warnings, alike ones together."""
        self.progress.clear()
        for (file, column, reason), lines in self._warnings.items():
            first = ", ".join(map(str, lines[:_LINES])) + (" …" if len(lines) > _LINES else "")
            note(f"Warning: {file}, {'line' if len(lines) == 1 else f'{len(lines):,} rows, lines'} {first}, {column}: {reason}")
        if self._more_kinds:
            note(f"Warning: {counted(self._more_kinds, 'more row')} with other warnings.")


def tell(outcome: ImportOutcome, dry_run: bool) -> None:
    """The counts of each file and of all, and who of the messages is nobody of the clinic."""
    for each in outcome.files:
        note(f"{each.file} ({each.layout}): {_counts(each)}{_kept_out(each)}")
    if outcome.unknown:
        note(f"Not patients here (--add-patients adds them): {counted(len(outcome.unknown), 'person', 'people')}")
        for who, reports in outcome.unknown.most_common(_PEOPLE):
            note(f"  {who}: {counted(reports, 'report')}")
        if len(outcome.unknown) > _PEOPLE:
            note(f"  and {len(outcome.unknown) - _PEOPLE:,} more")
    if dry_run:
        note("Dry run: nothing was changed.")
    elif not outcome.patients:
        note("Nothing new: no record changed.")
    else:
        note(f"{counted(outcome.total('accepted'), 'row')} imported; {counted(outcome.patients, 'record')} changed.")


def _counts(each: FileCount) -> str:
    among = [
        counted(each.warned, "with a warning", "with warnings") if each.warned else "",
        f"{each.amended:,} amended" if each.amended else "",
    ]
    inner = f" ({', '.join(part for part in among if part)})" if any(among) else ""
    parts = [f"{each.accepted:,} accepted{inner}"]
    parts += [f"{each.duplicate:,} duplicate"] if each.duplicate else []
    parts += [f"{each.refused:,} refused"] if each.refused else []
    parts += [f"{counted(each.patients_added, 'patient')} added"] if each.patients_added else []
    return ", ".join(parts)


def _kept_out(each: FileCount) -> str:
    columns = f"; columns kept out: {', '.join(each.extra)}" if each.extra else ""
    return columns + (
        f"; {counted(each.kept_out, 'report')} of what is not followed: {', '.join(each.not_followed)}" if each.kept_out else ""
    )
