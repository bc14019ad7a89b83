"""Taking data out: the CSV summary, the results, and everything in the import layouts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TextIO

import numpy as np

from labtrack.catalogue import Catalogue
from labtrack.clinic.assembly import Assembler
from labtrack.clinic.import_records import Numbered, course_on
from labtrack.clinic.judging import Judge
from labtrack.core.errors import LabtrackError
from labtrack.core.judgment import Assessment, Verdict
from labtrack.core.record import Course, Event, Result
from labtrack.exchange.exports import (
    Cells,
    baseline_rows,
    course_rows,
    dose_rows,
    event_rows,
    hold_rows,
    patient_rows,
    result_rows,
)
from labtrack.exchange.layouts import BASELINES, COURSES, DOSES, EVENTS, HOLDS, PATIENTS, RESULTS, Layout
from labtrack.exchange.rows import BaselineOf
from labtrack.exchange.summary import SUMMARY_COLUMNS, AboutAnalyte, NextCheck, SummaryFacts, summary_rows
from labtrack.exchange.writing import write_csv, write_rows
from labtrack.labs.bounds import Days
from labtrack.labs.columns import HIGH_OPEN, LOW_OPEN, LOWER_UNREADABLE, UPPER_UNREADABLE
from labtrack.labs.snapshot import Labs
from labtrack.labs.verdicts import MET, UNKNOWN, Verdicts
from labtrack.store import Reader, StoredPatient
from labtrack.store.rows import collected_of


class Exporter:
    """Writes a clinic's data to a file, a stream, or a folder."""

    def __init__(self, catalogue: Catalogue, judge: Judge) -> None:
        self._catalogue = catalogue
        self._judge = judge

    def summary(self, reader: Reader, out: Path | TextIO, patient_ids: list[int] | None, as_of: date) -> None:
        """One row per patient and analyte."""
        groups = summary_facts(self._judge, reader, as_of, patient_ids)
        rows = (row for facts in groups for row in summary_rows(facts, as_of, self._catalogue))
        _write(out, SUMMARY_COLUMNS, rows)

    def results(self, reader: Reader, out: Path | TextIO, patient_ids: list[int] | None) -> None:
        """Every result in order of entry."""
        _write(out, RESULTS.columns, result_rows(results_of(reader, everyone(reader, patient_ids))))

    def everything(self, reader: Reader, folder: Path, patient_ids: list[int] | None) -> list[Path]:
        """One file per layout; that of pinned baselines only where there are any."""
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise LabtrackError(f"The folder {folder} cannot be made: {error.strerror}.", "Name another folder.") from error
        patients = everyone(reader, patient_ids)
        courses = list(courses_of(reader, patients))
        baselines = list(baselines_of(reader, patients))
        sheets: list[tuple[Layout, Iterable[Cells]]] = [
            (PATIENTS, patient_rows(each.patient for each in patients)),
            (COURSES, course_rows(courses)),
            (DOSES, dose_rows(courses)),
            (HOLDS, hold_rows(courses)),
            (EVENTS, event_rows(events_of(reader, patients))),
            (RESULTS, result_rows(results_of(reader, patients))),
        ]
        if baselines:
            sheets.append((BASELINES, baseline_rows(baselines)))
        written = []
        for layout, rows in sheets:
            written.append(folder / f"{layout.name}.csv")
            write_csv(written[-1], layout.columns, rows, inside=True)
        return written


def _write(out: Path | TextIO, columns: Sequence[str], rows: Iterable[Cells]) -> None:
    if isinstance(out, Path):
        write_csv(out, columns, rows)
    else:
        write_rows(out, columns, rows)


def summary_facts(judge: Judge, reader: Reader, as_of: date, patient_ids: list[int] | None) -> Iterator[SummaryFacts]:
    """What the summary is made from, in groups of patients."""
    for loaded, judgment in judge.judgments(reader, as_of, patient_ids):
        labs = judgment.labs
        verdicts = {judged.rule.id: judged.verdicts for judged in judgment.rules}
        findings: list[AboutAnalyte] = []
        checks: list[NextCheck] = []
        for place, assessment in enumerate(Assembler(judgment, judge.rule_set).assessments()):
            findings.extend(_about(verdicts, place, assessment))
            checks.extend(NextCheck(place, check.panel, check.due_on, check.status) for check in assessment.checks)
        with np.errstate(all="ignore"):  # series and baselines that no rule asked for are made only now
            readings, baselines = _readings(labs), _baselines(labs)
        yield SummaryFacts(
            [each.patient.mrn for each in loaded.patients],
            [each.patient.name for each in loaded.patients],
            [each.patient.sex for each in loaded.patients],
            readings,
            baselines,
            findings,
            checks,
        )


def _readings(labs: Labs) -> dict[str, object]:
    """Every usable reading, calculated ones included, as columns."""
    parts: dict[str, list[np.ndarray[tuple[int], np.dtype[np.generic]]]] = {}
    for analyte in labs.catalogue.analytes.values():
        rows = labs.readings.view.row(labs.readings.places_of(analyte.number))
        flags, (lower, upper) = labs.readings.flags(rows), labs.readings.limits(rows)
        columns = {
            "patient": labs.readings.patient(rows),
            "analyte": np.full(len(rows), analyte.number),
            "at": labs.readings.at(rows),
            "low": labs.readings.low(rows),
            "high": labs.readings.high(rows),
            "low_open": (flags & LOW_OPEN) != 0,
            "high_open": (flags & HIGH_OPEN) != 0,
            "lower_limit": lower,
            "upper_limit": upper,
            "lower_unreadable": (flags & LOWER_UNREADABLE) != 0,
            "upper_unreadable": (flags & UPPER_UNREADABLE) != 0,
        }
        for name, column in columns.items():
            parts.setdefault(name, []).append(column)
    return {name: np.concatenate(columns) for name, columns in parts.items()}


def _baselines(labs: Labs) -> dict[str, object]:
    """The baseline reading of every analyte, where there is one within reach of the start; of eGFR only one of the same kind."""
    parts: dict[str, list[Days]] = {}
    reach = labs.catalogue.protocols.baseline_reach
    for analyte in labs.catalogue.analytes.values():
        current = labs.analyte(analyte.key)
        lab = current.baseline_lab
        near = lab.present & labs.treatment.has_course & ((labs.treatment.start - lab.day <= reach) | lab.pinned)
        if analyte.key == "egfr" and near.any():
            near &= labs.readings.method(lab.row) == labs.readings.method(current.row)
        chosen = np.flatnonzero(near)
        bounds = lab.bounds
        columns = {
            "patient": chosen,
            "analyte": np.full(len(chosen), analyte.number),
            "day": lab.day[chosen],
            "low": bounds.low[chosen],
            "high": bounds.high[chosen],
            "low_open": bounds.low_open[chosen],
            "high_open": bounds.high_open[chosen],
        }
        for name, column in columns.items():
            parts.setdefault(name, []).append(column)
    return {name: np.concatenate(columns) for name, columns in parts.items()}


def _about(verdicts: Mapping[str, Verdicts], place: int, assessment: Assessment) -> Iterator[AboutAnalyte]:
    """Each finding for the analytes that it turns on: of a met one those that meet it, of the others those that leave it open."""
    for finding in assessment.findings:
        met = finding.verdict is Verdict.MET
        reasons = "" if met else ", ".join(finding.reasons)
        terms = verdicts[finding.rule].terms_of(place)
        known = set() if met else {term.lab.analyte.key for term in terms if term.answer[place] != UNKNOWN}
        analytes = dict.fromkeys(term.lab.analyte.key for term in terms if term.answer[place] == (MET if met else UNKNOWN))
        for analyte in [each for each in analytes if each not in known] or analytes:
            yield AboutAnalyte(place, analyte, finding.rule, reasons)


def everyone(reader: Reader, patient_ids: list[int] | None) -> list[StoredPatient]:
    """Some patients or all, in order of entry."""
    wanted = None if patient_ids is None else set(patient_ids)
    return [each for each in reader.patients() if wanted is None or each.id in wanted]


def courses_of(reader: Reader, patients: Iterable[StoredPatient]) -> Iterator[tuple[str, Course]]:
    """(mrn, course) of some patients.

    A dose or hold from after its course's stop, which never took effect, is left out where it would read back as another course's.
    """
    courses = reader.numbered_courses()
    for each in patients:
        mine = courses.get(each.id, [])
        for place, (_, course) in enumerate(mine):

            def own(on: date, drug: str = course.drug, mine: Numbered = mine, place: int = place) -> bool:
                return course_on(mine, drug, on) == place

            doses = tuple(step for step in course.doses if own(step.on))
            holds = tuple(hold for hold in course.holds if own(hold.start_on))
            yield each.patient.mrn, replace(course, doses=doses, holds=holds)


def events_of(reader: Reader, patients: Iterable[StoredPatient]) -> Iterator[tuple[str, Event]]:
    """(mrn, event) of some patients."""
    events = reader.events()
    for each in patients:
        for event in events.get(each.id, []):
            yield each.patient.mrn, event


def results_of(reader: Reader, patients: Iterable[StoredPatient]) -> Iterator[tuple[str, Result]]:
    """(mrn, result) of some patients in order of entry, superseded ones included."""
    mrns = {each.id: each.patient.mrn for each in patients}
    if len(mrns) == 1:
        ((patient_id, mrn),) = mrns.items()
        yield from ((mrn, result) for result in reader.results(patient_id))
        return
    for patient_id, result in reader.every_result():
        if patient_id in mrns:
            yield mrns[patient_id], result


def baselines_of(reader: Reader, patients: Iterable[StoredPatient]) -> Iterator[tuple[str, BaselineOf]]:
    """(mrn, pinned baseline) of some patients."""
    mrns = {each.id: each.patient.mrn for each in patients}
    for patient_id, drug, start_on, analyte, collected_at, reason in reader.baseline_pins():
        if patient_id in mrns:
            yield mrns[patient_id], BaselineOf(drug, date.fromisoformat(start_on), analyte, collected_of(collected_at), reason)
