"""The next checks as a calendar file."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TextIO

from labtrack.clinic.judging import Judge
from labtrack.exchange.calendar import Planned, Wording, need_icalendar, write_events
from labtrack.exchange.writing import whole_file
from labtrack.store import Reader


def write_calendar(judge: Judge, reader: Reader, out: Path | TextIO, patient_ids: list[int] | None, as_of: date, *, clinical: bool) -> None:
    """One event for each next check of some patients or all.

    Without ``clinical`` no word of it says whom and what for; the file of a single patient is then for their own calendar. LabtrackError
    where the library is missing or the file cannot be written; an older file of that name is then unchanged.
    """
    need_icalendar()
    if clinical:
        wording = Wording.CLINICAL
    else:
        wording = Wording.PATIENT if patient_ids is not None and len(patient_ids) == 1 else Wording.CLINIC
    planned, catalogue = _planned(judge, reader, patient_ids, as_of), judge.engine.catalogue
    if isinstance(out, Path):
        with whole_file(out) as stream:
            write_events(stream, planned, as_of, wording, catalogue)
    else:
        write_events(out, planned, as_of, wording, catalogue)


def _planned(judge: Judge, reader: Reader, patient_ids: list[int] | None, as_of: date) -> Iterator[Planned]:
    """By patient, the nearest first."""
    for stored, assessment in judge.assessments(reader, as_of, patient_ids):
        for check in sorted(assessment.checks, key=lambda each: (each.due_on, each.panel)):
            yield Planned(stored.patient.mrn, stored.data_version, check)
