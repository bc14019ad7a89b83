"""Tests of labtrack.clinic.arrivals: what is remembered of watched folders, and when silence is told."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from tests.clinic.homes import TODAY, open_clinic

from labtrack.clinic import Clinic
from labtrack.clinic.arrivals import SILENT_DAYS, Receipt, WatchedFolder, arrived, forget, looked, name_of, receipt_of, watched_folders

RECEIPT = Receipt("a.csv", "0" * 64, "1", False, "1 accepted")


def told(folder: Path, days: int) -> tuple[str, ...]:
    """What the clinic of a folder tells so many days later, at every place where it does."""
    with open_clinic(folder, TODAY + timedelta(days)) as clinic:
        said = clinic.silences()
        assert clinic.overview().silences == said
        assert clinic.info().get("silent", "") == " ".join(said)
        return said


def test_where_no_folder_was_watched_nothing_is_told(clinic: Clinic) -> None:
    assert clinic.silences() == clinic.overview().silences == ()
    assert not {"watched", "silent"} & clinic.info().keys()


def test_silence_is_told_after_the_days_that_were_said(clinic: Clinic, tmp_path: Path) -> None:
    with clinic.store.write() as writer:
        looked(writer, "/in", TODAY, 3)
        arrived(writer, "/in", TODAY, RECEIPT)
    assert told(tmp_path, 2) == ()
    (text,) = told(tmp_path, 3)
    assert text.startswith("Nothing has arrived in the watched folder /in for 3 days (asked to tell after 3).")
    assert clinic.info()["watched"] == "/in (last arrival 2026-11-22, last looked into 2026-11-22)"


def test_what_never_came_counts_from_when_watching_began(clinic: Clinic, tmp_path: Path) -> None:
    with clinic.store.write() as writer:
        looked(writer, "/in", TODAY)
    assert told(tmp_path, SILENT_DAYS - 1) == ()
    (text,) = told(tmp_path, 9)
    assert "for 9 days (never yet; asked to tell after 7)." in text
    assert "nothing has arrived since 2026-11-22" in clinic.info()["watched"]  # type: ignore[operator]


@pytest.mark.parametrize(("days", "said"), [(9, False), (8, False), (7, True), (0, True)])
def test_a_folder_that_nobody_looks_into_is_told_with_it(days: int, said: bool) -> None:
    folder = WatchedFolder("/in", TODAY, TODAY + timedelta(days), TODAY)
    text = folder.silence(TODAY + timedelta(9))
    assert ("is labtrack watch running?" in text) is said


def test_each_folder_is_silent_for_itself_and_can_be_forgotten(clinic: Clinic, tmp_path: Path) -> None:
    with clinic.store.write() as writer:
        for name in ("/a", "/b", "/never"):
            looked(writer, name, TODAY, 0 if name == "/never" else 7)
        arrived(writer, "/a", TODAY + timedelta(5), RECEIPT)
    assert [text.split(" for ")[0][-2:] for text in told(tmp_path, 8)] == ["/b"]
    with clinic.store.write() as writer:
        assert forget(writer, "/b")
        assert not forget(writer, "/b")
    assert told(tmp_path, 8) == ()
    with clinic.store.read() as reader:
        assert [each.path for each in watched_folders(reader.settings())] == ["/a", "/never"]


def test_looking_again_keeps_what_is_known(clinic: Clinic) -> None:
    with clinic.store.write() as writer:
        looked(writer, "/in", TODAY, 30)
        arrived(writer, "/in", TODAY + timedelta(1), RECEIPT)
        looked(writer, "/in", TODAY + timedelta(2))
        arrived(writer, "/in", TODAY, RECEIPT)  # a clock that was set back takes nothing away
        (known,) = watched_folders(writer.settings())
    assert known == WatchedFolder("/in", TODAY, TODAY + timedelta(2), TODAY + timedelta(1), 30)


def test_the_receipt_of_the_last_file_is_kept_for_each_folder(clinic: Clinic) -> None:
    with clinic.store.write() as writer:
        arrived(writer, "/a", TODAY, RECEIPT)
        assert receipt_of(writer.settings(), "/a") == RECEIPT
        assert receipt_of(writer.settings(), "/b") is None
        forget(writer, "/a")
        assert receipt_of(writer.settings(), "/a") is None


def test_nothing_of_it_changes_the_record(clinic: Clinic) -> None:
    with clinic.store.write() as writer:
        looked(writer, "/in", TODAY)
    assert clinic.info()["audit_entries"] == 0
    assert clinic.verify() == []


def test_a_path_that_is_no_text_is_spelled_out() -> None:
    assert name_of(Path("/in/\udcff")) == "/in/\\udcff"
