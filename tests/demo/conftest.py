"""The sample clinic imported as anybody's files are, and judged under each region."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from tests.conftest import TODAY

from labtrack.clinic import Clinic, Settings
from labtrack.clinic.import_outcome import ImportOutcome
from labtrack.core.judgment import Assessment, CheckStatus, Reason, Region, Verdict, WorklistState
from labtrack.demo import SampleClinic, sample_clinic


@dataclass(frozen=True)
class Answer:
    """What the clinic says of one patient. ``reasons`` are all that are told, ``first_reasons`` those told first."""

    met: frozenset[str]
    reasons: frozenset[Reason]
    first_reasons: frozenset[Reason]
    statuses: frozenset[CheckStatus]
    state: WorklistState


@dataclass(frozen=True)
class Imported:
    """The clinic's file, and what its import said."""

    location: Path
    outcome: ImportOutcome

    def opened(self, region: Region = Region.US) -> Clinic:
        return Clinic.open(self.location, today=TODAY, settings=Settings(region=region), create=False)


@pytest.fixture(scope="session")
def sample() -> SampleClinic:
    """The sample clinic on the tests' date."""
    return sample_clinic(TODAY)


@pytest.fixture(scope="session")
def imported(sample: SampleClinic, tmp_path_factory: pytest.TempPathFactory) -> Imported:
    """The sample's files imported into a new clinic, and its acknowledgements recorded."""
    folder = tmp_path_factory.mktemp("sample")
    location = folder / "clinic.db"
    with Clinic.open(location, today=TODAY, settings=Settings()) as clinic:
        outcome = clinic.import_files(sample.write(folder))
        for each in sample.acknowledgements:
            clinic.acknowledge(each.mrn, each.rule, each.reason)
    return Imported(location, outcome)


@pytest.fixture
def clinic(imported: Imported) -> Iterator[Clinic]:
    """The imported clinic, for reading."""
    with imported.opened() as opened:
        yield opened


@pytest.fixture(scope="session")
def answers(imported: Imported) -> Callable[[Region], Mapping[str, Answer]]:
    """By MRN what the clinic says under a region."""
    return cache(lambda region: _answers(imported, region))


def _answers(imported: Imported, region: Region) -> Mapping[str, Answer]:
    with imported.opened(region) as clinic:
        states = {str(row["mrn"]): WorklistState(str(row["state"])) for row in clinic.worklist()}
        return {mrn: _answer(clinic.assessment(mrn), state) for mrn, state in states.items()}


def _answer(assessment: Assessment, state: WorklistState) -> Answer:
    unknown = [finding for finding in assessment.findings if finding.verdict is Verdict.CANNOT_EVALUATE]
    return Answer(
        frozenset(finding.rule for finding in assessment.findings if finding.verdict is Verdict.MET),
        frozenset(reason for finding in unknown for reason in finding.reasons),
        frozenset(finding.reasons[0] for finding in unknown),
        frozenset(check.status for check in assessment.checks),
        state,
    )
