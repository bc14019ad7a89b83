"""What the screens are opened on."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from labtrack.clinic import Clinic, Settings
from labtrack.core.errors import DatabaseUnavailable, LabtrackError
from labtrack.core.judgment import Region
from labtrack.core.record import Patient
from labtrack.tui.opening import Opening

TODAY = date(2026, 11, 22)


def opening(location: Path | str, mrn: str = "") -> Opening:
    return Opening(str(location), TODAY, Settings(), Region.EU, mrn, "m.ruiz")


def test_a_file_that_is_not_there_is_missing(tmp_path: Path) -> None:
    assert opening(tmp_path / "none.db").is_missing
    assert not opening("postgresql://host/clinic").is_missing
    assert opening("postgresql://host/clinic").path is None
    assert opening(f"sqlite:///{tmp_path}/none.db").path == tmp_path / "none.db"


def test_it_opens_with_date_region_and_actor(tmp_path: Path) -> None:
    with opening(tmp_path / "new.db").open(create=True) as clinic:
        assert (clinic.today, clinic.region, clinic.store.actor) == (TODAY, Region.EU, "m.ruiz")


def test_it_makes_no_clinic_unless_told(tmp_path: Path) -> None:
    with pytest.raises(DatabaseUnavailable):
        opening(tmp_path / "none.db").open()
    assert not (tmp_path / "none.db").exists()


def test_a_patients_own_page_cannot_write(tmp_path: Path) -> None:
    place = tmp_path / "clinic.db"
    with Clinic.open(place, today=TODAY, settings=Settings()) as clinic:
        clinic.add_patient(Patient("1", "Ada Okafor"))
    with opening(place, mrn="1").open() as clinic, pytest.raises(LabtrackError):
        clinic.add_patient(Patient("2", "Per Lind"))
