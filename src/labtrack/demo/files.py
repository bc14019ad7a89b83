"""The sample clinic as CSV files in the import layouts (docs: ``labtrack import --help``): one for each layout, results by laboratory."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from pathlib import Path

from labtrack.core.quantity import format_number
from labtrack.core.record import Result
from labtrack.demo.chart import Chart
from labtrack.demo.laboratories import LABORATORIES, Laboratory

PATIENTS = ("mrn", "name", "birth_date", "sex", "weight_kg", "phone", "email")
COURSES = ("mrn", "drug", "dose_mg", "frequency", "start_on", "stop_on", "reason")
DOSES = ("mrn", "drug", "on", "dose_mg", "frequency", "reason")
HOLDS = ("mrn", "drug", "start_on", "end_on", "reason")
EVENTS = ("mrn", "kind", "on", "ended_on", "note")
RESULTS = ("mrn", "analyte", "value", "unit", "collected_at", "ref_low", "ref_high", "lab", "specimen_id", "status", "note")

Row = tuple[object, ...]


def write_files(charts: Iterable[Chart], folder: Path) -> tuple[Path, ...]:
    """Write the files into an existing folder, replacing those of the same names; their paths in order of dependency.

    OSError if the folder cannot be written to.
    """
    charts = tuple(charts)
    written = [
        _write(folder / "patients.csv", PATIENTS, _patients(charts)),
        _write(folder / "courses.csv", COURSES, _courses(charts)),
        _write(folder / "doses.csv", DOSES, _doses(charts)),
        _write(folder / "holds.csv", HOLDS, _holds(charts)),
        _write(folder / "events.csv", EVENTS, _events(charts)),
    ]
    for laboratory in LABORATORIES.values():
        rows = [(chart.patient.mrn, result) for chart in charts for result in chart.results if result.lab == laboratory.name]
        rows.sort(key=lambda row: row[1].collected_at.ordering)
        written.append(
            _write(folder / f"results-{laboratory.key}.csv", RESULTS, (_result(*row) for row in rows), laboratory),
        )
    return tuple(written)


def _write(path: Path, header: tuple[str, ...], rows: Iterable[Row], laboratory: Laboratory | None = None) -> Path:
    """Decimal commas come in files that a spreadsheet of that country would make: semicolons and a byte order mark."""
    in_commas = laboratory is not None and laboratory.decimal == ","
    with path.open("w", encoding="utf-8-sig" if in_commas else "utf-8", newline="") as stream:
        writer = csv.writer(stream, delimiter=laboratory.delimiter if laboratory else ",")
        writer.writerow(header)
        writer.writerows([["" if cell is None else cell for cell in row] for row in rows])
    return path


def _patients(charts: tuple[Chart, ...]) -> Iterator[Row]:
    for chart in charts:
        it = chart.patient
        weight = None if it.weight_kg is None else format_number(it.weight_kg)
        yield it.mrn, it.name, it.birth_date, it.sex.value, weight, it.phone, it.email


def _courses(charts: tuple[Chart, ...]) -> Iterator[Row]:
    for chart in charts:
        for it in chart.courses:
            yield chart.patient.mrn, it.drug, format_number(it.dose_mg), it.frequency, it.start_on, it.stop_on, it.reason


def _doses(charts: tuple[Chart, ...]) -> Iterator[Row]:
    for chart in charts:
        for course in chart.courses:
            for it in course.doses:
                yield chart.patient.mrn, course.drug, it.on, format_number(it.dose_mg), it.frequency, it.reason


def _holds(charts: tuple[Chart, ...]) -> Iterator[Row]:
    for chart in charts:
        for course in chart.courses:
            for it in course.holds:
                yield chart.patient.mrn, course.drug, it.start_on, it.end_on, it.reason


def _events(charts: tuple[Chart, ...]) -> Iterator[Row]:
    for chart in charts:
        for it in chart.events:
            yield chart.patient.mrn, it.kind, it.on, it.ended_on, it.note


def _result(mrn: str, it: Result) -> Row:
    return (
        mrn,
        it.analyte,
        it.value_text,
        it.unit,
        it.collected_at,
        it.ref_low,
        it.ref_high,
        it.lab,
        it.specimen_id,
        it.status.value,
        it.note,
    )
