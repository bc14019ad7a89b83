"""The sample clinic: the case patients, each there for a purpose, and background patients by base rates.

Every rule is met, every reason told, and every check status and place on the worklist seen at least once, on whatever day the clinic
is made; ``Case.shows`` says who is there for what. Three things no import file can bring about: ``rule-failed`` (a broken rule),
*not assessed* (a passing state) and *acknowledged* (see :attr:`SampleClinic.acknowledgements`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from labtrack.demo import cases_doubts, cases_findings, cases_treatment
from labtrack.demo.background import background
from labtrack.demo.case import Case
from labtrack.demo.chart import Chart, chart_of, mrn_of
from labtrack.demo.files import write_files

#: The seed of the clinic that everybody sees, and how many patients it has beside the cases.
SEED = 2026
BACKGROUND_PATIENTS = 6

CASES: tuple[Case, ...] = cases_findings.CASES + cases_treatment.CASES + cases_doubts.CASES


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """A finding that the clinic's clinician has acknowledged; to be recorded once the files are imported."""

    mrn: str
    rule: str
    reason: str


@dataclass(frozen=True, slots=True)
class SampleClinic:
    """One sample clinic on one date. ``cases`` and ``charts`` go together, in order of MRN."""

    today: date
    cases: tuple[Case, ...]
    charts: tuple[Chart, ...]

    @property
    def acknowledgements(self) -> tuple[Acknowledgement, ...]:
        """What is to be acknowledged after the import."""
        return tuple(
            Acknowledgement(chart.patient.mrn, rule, reason)
            for case, chart in zip(self.cases, self.charts, strict=True)
            for rule, reason in case.acknowledged.items()
        )

    def write(self, folder: Path) -> tuple[Path, ...]:
        """Write the import files into a folder, made if it is missing; their paths in order of dependency. OSError if it cannot be."""
        folder.mkdir(parents=True, exist_ok=True)
        return write_files(self.charts, folder)


def sample_clinic(today: date, seed: int = SEED, background_patients: int = BACKGROUND_PATIENTS) -> SampleClinic:
    """The clinic as of ``today``: the same for the same arguments, and the same but for its dates on another day."""
    cases = CASES + background(background_patients, seed)
    charts = tuple(chart_of(case, number, today, seed) for number, case in enumerate(cases, start=1))
    return SampleClinic(today, cases, charts)


def mrn_of_case(case: Case) -> str:
    """The number of a case patient, the same in every sample clinic. ValueError if it is none of :data:`CASES`."""
    return mrn_of(CASES.index(case) + 1)
