"""A synthetic clinic as columns: seeded, of any size, in the shape that the engine reads.

What the data hold, so that peers can be asked the same: one course per patient (2 % planned, the others started up to five years
ago, on one of the three drugs), drawn blood at the schedule's cadence with jitter, 3 % of the values missing from a panel, 10 % of
patients lost to follow-up, 6 % without a baseline. Values are exact numbers at the laboratory's own precision, so that many lie on a
limit; ALT and AST print an upper limit. Absolute counts, eGFR and LDL are reported. No text, bounds, clashes, holds or events.
Rows stand as the store keeps them: patient after patient, each one's in order of entry.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from datetime import date
from pathlib import Path

import numpy as np
import numpy.typing as npt

from labtrack.catalogue import Catalogue
from labtrack.labs.columns import (
    DAY_SECONDS,
    EPOCH_DAY,
    FOREVER,
    Cohort,
    CourseColumns,
    DoseColumns,
    PatientColumns,
    PinColumns,
    ResultColumns,
    SpanColumns,
)
from labtrack.labs.formulas import ckd_epi_2021

AS_OF = date(2026, 11, 22).toordinal()
SEED = 20261122
#: Results per patient, about: five years at most, two and a half on the average.
PER_PATIENT = 153


@dataclass(frozen=True, slots=True)
class Kind:
    """How one analyte's values are drawn: log-normal about a mean, rounded to the laboratory's step."""

    key: str
    mean: float
    spread: float
    step: float


PANELS = {
    "cbc": (
        Kind("wbc", 0.6, 0.4, 0.1), Kind("anc", 3.6, 0.42, 0.1), Kind("alc", 1.5, 0.45, 0.1), Kind("hb", 13.2, 0.1, 0.1),
        Kind("plt", 250, 0.25, 1),
    ),
    "liver": (Kind("alt", 24, 0.5, 1), Kind("ast", 23, 0.42, 1), Kind("alp", 75, 0.25, 1), Kind("bilirubin", 0.6, 0.4, 0.1)),
    "renal": (Kind("creatinine", 0.85, 0.22, 0.01), Kind("egfr", 84, 0.25, 1), Kind("urea", 5.4, 0.25, 0.1)),
    "lipid": (Kind("tc", 200, 0.17, 1), Kind("hdl", 55, 0.22, 1), Kind("ldl", 118, 0.25, 1), Kind("tg", 120, 0.4, 1)),
}  # fmt: skip
KINDS = tuple(kind for panel in PANELS.values() for kind in panel)
PLACE = {kind.key: place for place, kind in enumerate(KINDS)}
UPPER_LIMITS = {"alt": 41.0, "ast": 40.0}


def synthetic(results: int, catalogue: Catalogue, seed: int = SEED) -> Cohort:
    """A cohort with about so many results."""
    rng = np.random.default_rng(seed)
    patients = max(1, results // PER_PATIENT)
    planned = rng.random(patients) < 0.02
    age = rng.integers(30, 5 * 365, patients)
    start = np.where(planned, AS_OF + rng.integers(1, 30, patients), AS_OF - age)
    drug = rng.choice(np.array([1, 2, 3], np.int8), patients)
    visits = _visits(rng, start, planned)
    people = PatientColumns(
        rng.choice(np.array([1, 1, 2], np.int8), patients),
        rng.integers(1940, 2000, patients),
        rng.integers(1, 13, patients) * 100 + rng.integers(1, 29, patients),
        rng.integers(50, 100, patients).astype(np.float64),
    )
    everyone = np.arange(patients)
    nothing = np.empty(0, np.int64)
    spans = SpanColumns(nothing, nothing.astype(np.int16), nothing, nothing, ())
    return Cohort(
        people,
        _results(rng, visits, people, catalogue),
        CourseColumns(everyone, drug, start, np.full(patients, FOREVER)),
        DoseColumns(everyone, start, np.array([2.0, 10.0, 15.0])[drug - 1]),
        spans,
        spans,
        PinColumns(nothing, nothing, nothing),
    )


@dataclass(frozen=True, slots=True)
class _Visits:
    """Days on which blood was drawn, by patient and day; ``lipid`` where lipids were asked for as well."""

    patient: npt.NDArray[np.int64]
    day: npt.NDArray[np.int64]
    lipid: npt.NDArray[np.bool_]


def _visits(rng: np.random.Generator, start: npt.NDArray[np.int64], planned: npt.NDArray[np.bool_]) -> _Visits:
    """Baseline, week 4, week 12, then every 12 weeks, until today or until the patient was lost."""
    plan = np.array([-10, 28, 84, *range(168, 5 * 365 + 84, 84)])
    lipid = np.array([True, False, True, *(place % 4 == 3 for place in range(len(plan) - 3))])
    patients = len(start)
    day = start[:, np.newaxis] + plan + rng.integers(-9, 10, (patients, len(plan)))
    lost = np.where(rng.random(patients) < 0.10, AS_OF - rng.integers(100, 700, patients), AS_OF)
    drawn = day <= np.minimum(AS_OF, lost)[:, np.newaxis]
    drawn[:, 0] &= rng.random(patients) > 0.06
    drawn[planned, 1:] = False
    owner, place = np.nonzero(drawn)
    return _Visits(owner, day[owner, place], lipid[place])


def _results(rng: np.random.Generator, visits: _Visits, patients: PatientColumns, catalogue: Catalogue) -> ResultColumns:
    """Rows of every visit: all analytes of the panels that were drawn, a few missing."""
    asked = np.ones((len(visits.day), len(KINDS)), np.bool_)
    asked[:, [kind in PANELS["lipid"] for kind in KINDS]] = visits.lipid[:, np.newaxis]
    asked &= rng.random(asked.shape, np.float32) > 0.03
    for source, result in (("creatinine", "egfr"), ("tc", "ldl")):
        asked[:, PLACE[source]] &= asked[:, PLACE[result]]
    visit, kind = np.nonzero(asked)
    value = _values(rng, visits, patients, catalogue)[asked]
    count = len(visit)
    minute = rng.integers(7 * 60, 17 * 60, len(visits.day))
    at = (visits.day - EPOCH_DAY) * DAY_SECONDS + minute * 60
    numbers = np.array([catalogue.analytes[each.key].number for each in KINDS], np.uint8)
    upper = np.array([UPPER_LIMITS.get(each.key, np.nan) for each in KINDS])
    specimens = rng.integers(1, 1 << 62, len(visits.day))
    return ResultColumns(
        patient=visits.patient[visit],
        result_id=np.arange(1, count + 1),
        at=at[visit],
        low=value,
        high=value.copy(),
        lower_limit=np.full(count, np.nan),
        upper_limit=upper[kind],
        specimen=specimens[visit],
        analyte=numbers[kind],
        flags=np.zeros(count, np.uint8),
    )


def _values(rng: np.random.Generator, visits: _Visits, patients: PatientColumns, catalogue: Catalogue) -> npt.NDArray[np.float64]:
    """Shape (visits, kinds): plausible numbers as a laboratory prints them, those that follow from others consistent with them."""
    shape = (len(visits.day), len(KINDS))
    spread = np.array([each.spread for each in KINDS]) * np.where(rng.random(shape, np.float32) < 0.02, 3.0, 1.0)
    values: npt.NDArray[np.float64] = np.exp(np.log([each.mean for each in KINDS]) + spread * rng.standard_normal(shape))
    column: dict[str, npt.NDArray[np.float64]] = {key: values[:, place] for key, place in PLACE.items()}
    age = (2026 - patients.birth_year[visits.patient]).astype(np.float64)
    column["egfr"][:] = ckd_epi_2021(column["creatinine"], age, patients.sex[visits.patient])
    column["wbc"][:] += column["anc"] + column["alc"]
    column["tc"][:] = column["ldl"] + column["hdl"] + column["tg"] / 5
    bounds = np.array([catalogue.analytes[each.key].soft for each in KINDS])
    # A decimal as it is printed: the nearest double of that text, not a multiple of a step.
    per_unit = np.round(1 / np.array([each.step for each in KINDS]))
    rounded: npt.NDArray[np.float64] = np.round(np.clip(values, bounds[:, 0], bounds[:, 1]) * per_unit) / per_unit
    return rounded


def as_stored(cohort: Cohort) -> Cohort:
    """The same with each patient's results in the order in which the store packs them."""
    results = cohort.results
    order = np.lexsort((results.result_id, results.at, results.analyte, results.patient))
    columns = {each.name: getattr(results, each.name)[order] for each in fields(ResultColumns)}
    return replace(cohort, results=ResultColumns(**columns))


def nbytes(cohort: Cohort) -> int:
    """The size of the result columns."""
    return sum(getattr(cohort.results, each.name).nbytes for each in fields(ResultColumns))


def pieces(cohort: Cohort, size: int) -> Iterator[Cohort]:
    """The cohort in pieces of so many patients, as the sweep reads them from the store; columns are shared, not copied."""
    patients = len(cohort.patients)
    edges = np.arange(0, patients + size, size)
    rows = cohort.results.patient.searchsorted(edges)
    for first, (start, end) in zip(edges.tolist(), zip(rows[:-1].tolist(), rows[1:].tolist(), strict=True), strict=False):
        yield _piece(cohort, slice(first, min(first + size, patients)), slice(start, end))


def _piece(cohort: Cohort, people: slice, rows: slice) -> Cohort:
    """Courses and doses are one per patient here, so that they are cut like the patients."""
    results, who = cohort.results, cohort.patients
    columns = {each.name: getattr(results, each.name)[rows] for each in fields(ResultColumns)}
    columns["patient"] = columns["patient"] - people.start
    return Cohort(
        PatientColumns(*(getattr(who, each.name)[people] for each in fields(PatientColumns))),
        ResultColumns(**columns),
        CourseColumns(
            cohort.courses.patient[people] - people.start,
            cohort.courses.drug[people],
            cohort.courses.start[people],
            cohort.courses.stop[people],
        ),
        DoseColumns(cohort.doses.course[people] - people.start, cohort.doses.on[people], cohort.doses.per_day[people]),
        cohort.holds,
        cohort.events,
        cohort.pins,
    )


_PARTS = {"patients": PatientColumns, "results": ResultColumns, "courses": CourseColumns, "doses": DoseColumns}


def save(cohort: Cohort, folder: Path) -> None:
    """One file per column, so that every contender reads the same."""
    for part, kind in _PARTS.items():
        for each in fields(kind):
            np.save(folder / f"{part}.{each.name}.npy", getattr(getattr(cohort, part), each.name))


def load(folder: Path) -> Cohort:
    """What :func:`save` wrote, in memory of its own."""
    parts = {part: kind(*(np.load(folder / f"{part}.{each.name}.npy") for each in fields(kind))) for part, kind in _PARTS.items()}
    nothing = np.empty(0, np.int64)
    spans = SpanColumns(nothing, nothing.astype(np.int16), nothing, nothing, ())
    return Cohort(**parts, holds=spans, events=spans, pins=PinColumns(nothing, nothing, nothing))
