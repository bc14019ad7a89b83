"""Making the sample clinic: its folder, its file, its patients through the ordinary import. Nobody in it exists."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from labtrack.clinic.facade import Clinic
from labtrack.clinic.import_outcome import ImportOutcome
from labtrack.clinic.importing import ImportOptions
from labtrack.clinic.settings import Settings
from labtrack.core.errors import LabtrackError
from labtrack.core.judgment import Region

NAME, ACTOR = "Sample clinic", "demo"
#: One in so many patients of the sample has results that nobody has reviewed.
UNREVIEWED = 6


@dataclass(frozen=True, slots=True)
class Sample:
    """Where a sample clinic is to be, and whether it is there already."""

    folder: Path
    is_made: bool

    @property
    def place(self) -> Path:
        """The clinic's file."""
        return self.folder / "clinic.db"


def sample_folder(keep: Path | None) -> Sample:
    """The folder to make it in, a temporary one unless named. LabtrackError for a folder of somebody's own files."""
    if keep is None:
        return Sample(Path(tempfile.mkdtemp(prefix="labtrack-demo-")), False)
    if keep.exists() and not keep.is_dir():
        raise LabtrackError(f"{keep} is a file.", "Name a folder.")
    try:
        is_made = (keep / "clinic.db").exists() and (keep / "patients.csv").exists()
        if keep.is_dir() and not is_made and any(keep.iterdir()):
            raise LabtrackError(f"{keep} holds files that are no sample clinic.", "Name an empty or a new folder.")
        keep.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise LabtrackError(f"{keep} cannot be used: {error.strerror}.", "Name another folder.") from error
    return Sample(keep, is_made)


def open_sample(sample: Sample, day: date, region: Region) -> Clinic:
    """The sample's clinic, empty where it is not made yet."""
    return Clinic.open(sample.place, today=day, settings=Settings(clinic_name=NAME), region=region, actor=ACTOR)


def fill_sample(clinic: Clinic, sample: Sample, day: date, options: ImportOptions | None = None) -> ImportOutcome:
    """The sample's files through the ordinary import, then what its clinician has acknowledged and reviewed.

    Every sixth patient is left unreviewed, as in a clinic on an ordinary morning.
    """
    from labtrack.demo import sample_clinic

    made = sample_clinic(day)
    outcome = clinic.import_files(list(made.write(sample.folder)), options)
    for each in made.acknowledgements:
        clinic.acknowledge(each.mrn, each.rule, each.reason)
    for number, chart in enumerate(made.charts):
        if number % UNREVIEWED:
            clinic.mark_reviewed(chart.patient.mrn)
    return outcome
