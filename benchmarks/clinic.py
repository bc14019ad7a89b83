"""A clinic file with synthetic people, for the benchmarks that go through the store."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

from benchmarks.cohort import AS_OF, UPPER_LIMITS, synthetic
from labtrack.catalogue import catalogue
from labtrack.clinic import Clinic
from labtrack.clinic.settings import Settings
from labtrack.labs.columns import EPOCH, Cohort

TODAY = date.fromordinal(AS_OF)
DRUGS = {1: "baricitinib", 2: "tofacitinib", 3: "upadacitinib"}
RESULT_HEADER = ("mrn", "analyte", "value", "unit", "collected_at", "ref_low", "ref_high", "specimen_id")


def opened(path: Path, *, read_only: bool = False) -> Clinic:
    """A clinic on the cohort's date; made when there is none."""
    return Clinic.open(path, today=TODAY, settings=Settings(actor="bench"), read_only=read_only)


def write_people(cohort: Cohort, folder: Path) -> list[Path]:
    """The patients and courses layouts."""
    people, courses = folder / "patients.csv", folder / "courses.csv"
    with people.open("w", newline="") as file:
        write = csv.writer(file)
        write.writerow(("mrn", "name", "birth_date", "sex"))
        for place, (sex, year, day) in enumerate(
            zip(cohort.patients.sex, cohort.patients.birth_year, cohort.patients.birth_month_day, strict=True)
        ):
            write.writerow((mrn(place), f"Patient {place}", f"{year}-{day // 100:02d}-{day % 100:02d}", "?FM"[sex].strip("?")))
    with courses.open("w", newline="") as file:
        write = csv.writer(file)
        write.writerow(("mrn", "drug", "dose_mg", "frequency", "start_on"))
        for owner, drug, start in zip(cohort.courses.patient, cohort.courses.drug, cohort.courses.start, strict=True):
            write.writerow((mrn(owner), DRUGS[int(drug)], {1: 2, 2: 10, 3: 15}[int(drug)], "daily", date.fromordinal(int(start))))
    return [people, courses]


def write_results(cohort: Cohort, path: Path) -> Path:
    """The results layout, in order of entry."""
    with path.open("w", newline="") as file:
        write = csv.writer(file)
        write.writerow(RESULT_HEADER)
        write.writerows(_rows(cohort))
    return path


def _rows(cohort: Cohort) -> Iterator[tuple[str, ...]]:
    results = cohort.results
    analytes = catalogue().by_number
    columns = (results.patient, results.analyte, results.low, results.at, results.specimen)
    for patient, number, value, at, specimen in zip(*(column.tolist() for column in columns), strict=True):
        analyte = analytes[number]
        limit = UPPER_LIMITS.get(analyte.key)
        yield (
            mrn(patient),
            analyte.key,
            f"{value:g}",
            analyte.unit,
            (EPOCH + timedelta(seconds=at)).isoformat(timespec="minutes"),
            "",
            f"{limit:g}" if limit else "",
            f"S{specimen:x}",
        )


def mrn(place: int) -> str:
    """The nth patient's number."""
    return f"B{place:06d}"


def make(path: Path, folder: Path, results: int) -> Path:
    """A clinic file with about so many results, all assessed."""
    cohort = synthetic(results, catalogue())
    files = [*write_people(cohort, folder), write_results(cohort, folder / f"results-{results}.csv")]
    with opened(path) as clinic:
        outcome = clinic.import_files(files)
    if outcome.total("refused"):
        raise AssertionError("the synthetic clinic has refused rows")
    return path


def moment(place: int) -> datetime:
    """A time of collection on the cohort's date, another one for each place."""
    return datetime(TODAY.year, TODAY.month, TODAY.day) + timedelta(seconds=20 * place)
