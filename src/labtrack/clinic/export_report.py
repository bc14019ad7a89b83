"""``labtrack export report``: one page a patient, as HTML and as PDF, for the clinician or in plain words for the patient."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

from labtrack.clinic.display import checked_units
from labtrack.clinic.exporting import everyone
from labtrack.clinic.judging import Judge
from labtrack.clinic.own_page import read_own_page
from labtrack.clinic.report_facts import clinician_report, read_facts
from labtrack.clinic.report_plain import plain_report
from labtrack.core.errors import LabtrackError, UsageError
from labtrack.exchange.report.canvas import require_fpdf
from labtrack.exchange.report.html import html_of
from labtrack.exchange.report.model import Report
from labtrack.exchange.report.pdf import pdf_of
from labtrack.exchange.writing import whole_file
from labtrack.store import Reader, StoredPatient

HTML, PDF = ".html", ".pdf"
#: Endings that mean a file, but of no kind that a report has.
_OTHER_FILES = frozenset({".htm", ".txt", ".csv", ".json", ".xml", ".md", ".doc", ".docx", ".odt", ".svg", ".png", ".ics"})
_UNSAFE = re.compile(r"[^A-Za-z0-9_-]+")
#: Names that Windows keeps for devices.
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)", re.IGNORECASE)
_LONGEST_NAME = 80


def write_reports(
    judge: Judge,
    reader: Reader,
    out: Path,
    patient_ids: list[int] | None,
    as_of: date,
    *,
    plain: bool,
    clinic_name: str,
    units: str,
) -> list[Path]:
    """Write the reports of some patients or all; the files written.

    ``out`` is a file that ends in ``.html`` or ``.pdf``, for one patient, or a folder, which gets both files of each patient. A folder
    that is made is for its owner alone, and so is every file; each appears only when it is whole.

    Raises UsageError for another kind of file, several patients and one file, or unknown units; LabtrackError where the PDF library is
    missing or a file cannot be written.
    """
    checked_units(units)
    people = everyone(reader, patient_ids)
    kind = out.suffix.lower()
    is_file = kind in (HTML, PDF) and not out.is_dir()
    if kind in _OTHER_FILES and not out.is_dir():
        raise UsageError(f"A report is no {kind} file.", "Name a file that ends in .html or .pdf, or a folder.")
    if is_file and len(people) != 1:
        raise UsageError(f"{out} is one file, for {len(people)} patients.", "Name one patient with --patient, or a folder with -o.")
    if not is_file or kind == PDF:
        require_fpdf()
    if not is_file:
        _make_folder(out)
    written: list[Path] = []
    names = [out.with_suffix("")] if is_file else [out / name for name in file_names([each.patient.mrn for each in people])]
    for stored, name in zip(people, names, strict=True):
        report = report_of(judge, reader, stored, as_of, plain=plain, clinic_name=clinic_name, units=units)
        targets = [out] if is_file else [name.with_name(name.name + HTML), name.with_name(name.name + PDF)]
        for target in targets:
            _write(target, pdf_of(report) if target.suffix.lower() == PDF else html_of(report).encode(), inside=not is_file)
            written.append(target)
    return written


def report_of(judge: Judge, reader: Reader, stored: StoredPatient, as_of: date, *, plain: bool, clinic_name: str, units: str) -> Report:
    """One patient's report as the record stands."""
    facts = read_facts(reader, judge, stored, as_of, units)
    if plain:
        return plain_report(read_own_page(reader, judge, stored, as_of, units), facts, judge, units, clinic_name)
    return clinician_report(facts, judge, units, clinic_name)


def file_names(mrns: Sequence[str]) -> Iterator[str]:
    """A file name for each MRN, without its ending: the MRN itself where that is safe on every system, else what is left of it and a
    part of its hash. No two are the same, not even where capitals are not told apart.

    >>> list(file_names(["10021", "../x"]))
    ['10021', 'x-d6b96a97']
    """
    taken: set[str] = set()
    for mrn in mrns:
        name = _UNSAFE.sub("_", mrn).strip("_-")[:_LONGEST_NAME]
        digest = hashlib.sha256(mrn.encode("utf-8", "surrogatepass")).hexdigest()
        if not name or name != mrn or _DEVICES.fullmatch(name):
            name = f"{name or 'patient'}-{digest[:8]}"
        length = 8
        while name.casefold() in taken:
            length += 8
            name = f"{name[:_LONGEST_NAME]}-{digest[:length]}"
        taken.add(name.casefold())
        yield name


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise LabtrackError(f"The folder {folder} cannot be made: {error.strerror}.", "Name another folder.") from error


def _write(path: Path, content: bytes, *, inside: bool) -> None:
    with whole_file(path, inside=inside) as stream:
        stream.buffer.write(content)
