"""Making the sample clinic."""

from __future__ import annotations

import stat
import tempfile
from pathlib import Path

import pytest
from tests.clinic.homes import TODAY

from labtrack.clinic.importing import ImportOptions, ImportStopped
from labtrack.clinic.sample import Sample, fill_sample, open_sample, sample_folder
from labtrack.core.errors import LabtrackError
from labtrack.core.judgment import Region


def test_it_is_made_once(tmp_path: Path) -> None:
    sample = sample_folder(tmp_path / "a" / "sample")
    assert not sample.is_made
    assert stat.S_IMODE(sample.folder.stat().st_mode) == 0o700
    with open_sample(sample, TODAY, Region.EU) as clinic:
        outcome = fill_sample(clinic, sample, TODAY)
        assert outcome.committed
        assert clinic.tallies()["acknowledged"] > 0
        assert 0 < clinic.overview().gaps["unreviewed"] < 10
        assert (clinic.region, clinic.actor) == (Region.EU, "demo")
    assert sample_folder(sample.folder) == Sample(sample.folder, True)


def test_without_a_folder_it_is_temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    assert sample_folder(None).folder.parent == tmp_path


def test_what_is_somebodys_own_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("dear", encoding="utf-8")
    for place, told in (
        (tmp_path, "no sample clinic"),
        (tmp_path / "letter.txt", "is a file"),
        (tmp_path / "letter.txt" / "x", "cannot be"),
    ):
        with pytest.raises(LabtrackError, match=told):
            sample_folder(place)
    assert [each.name for each in tmp_path.iterdir()] == ["letter.txt"]


def test_it_can_be_stopped(tmp_path: Path) -> None:
    sample = sample_folder(tmp_path / "sample")
    with open_sample(sample, TODAY, Region.US) as clinic:
        with pytest.raises(ImportStopped):
            fill_sample(clinic, sample, TODAY, ImportOptions(cancel=lambda: True))
        assert clinic.patients() == []
