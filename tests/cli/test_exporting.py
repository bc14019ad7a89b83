"""Taking data out with ``labtrack export``."""

from __future__ import annotations

import stat
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from tests.cli.conftest import Labtrack

from labtrack.clinic import Clinic


def test_the_summary_goes_to_stdout_or_to_a_file(ada: str, labtrack: Labtrack, tmp_path: Path) -> None:
    piped, dashed = labtrack("export", "summary"), labtrack("export", "summary", "-o", "-")
    assert piped.status == 0
    assert piped.out == dashed.out
    written = labtrack("export", "summary", "-o", tmp_path / "summary.csv")
    assert (written.status, written.out) == (0, "")
    assert f"Written: {tmp_path / 'summary.csv'}" in written.err
    assert (tmp_path / "summary.csv").read_bytes().decode() == piped.out
    anc = next(row for row in piped.rows if row["analyte"] == "anc")
    assert (anc["mrn"], anc["latest_value"], anc["as_of"]) == (ada, "0.82", "2026-11-22")
    assert any(row["flag"] == "never measured" for row in piped.rows)


def test_the_summary_looks_back_and_at_one_patient(ada: str, labtrack: Labtrack) -> None:
    rows = labtrack("export", "summary", "--patient", ada, "--as-of", "2026-03-01").rows
    assert next(row["latest_value"] for row in rows if row["analyte"] == "anc") == "3.1"


def test_results_carry_their_numbers(ada: str, labtrack: Labtrack) -> None:
    rows = labtrack("export", "results", "--patient", ada).rows
    assert [row["result_id"] for row in rows] == ["1", "2", "3", "4"]


def test_everything_is_a_folder_that_can_be_imported(ada: str, labtrack: Labtrack, tmp_path: Path) -> None:
    folder = tmp_path / "everything"
    ran = labtrack("export", "all", "-o", folder)
    assert (ran.status, ran.out) == (0, "")
    assert labtrack("--db", tmp_path / "other.db", "import", *sorted(folder.glob("*.csv"))).status == 0
    assert labtrack("--db", tmp_path / "other.db", "assess", "--format", "csv").out == labtrack("assess", "--format", "csv").out


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["all"], "needs a folder"),
        (["all", "-o", "-"], "needs a folder"),
        (["results", "--as-of", "2026-01-01"], "--as-of has no meaning"),
        (["all", "--as-of", "2026-01-01", "-o", "x"], "--as-of has no meaning"),
        (["summary", "--clinical"], "--clinical has no meaning for `export summary`"),
        (["report", "--clinical", "-o", "x"], "--clinical has no meaning for `export report`"),
        (["ics", "--for", "patient"], "--for has no meaning for `export ics`"),
        (["report", "--for", "nurse", "-o", "x"], "choose from patient, clinician"),
        (["report"], "needs a file or a folder"),
        (["report", "-o", "-"], "needs a file or a folder"),
        (["report", "-o", "all.pdf"], "all.pdf is one file"),
        (["report", "-o", "all.html"], "all.html is one file"),
        (["report", "--patient", "10021", "-o", "one.txt"], "FILE.html, FILE.pdf or a folder, not one.txt"),
        (["everything"], "choose from summary, results, all"),
        ([], "Missing argument"),
    ],
    ids=" ".join,
)
def test_wrong_usage_shows_the_right_one(arguments: list[str], told: str, ada: str, labtrack: Labtrack) -> None:
    ran = labtrack("export", *arguments)
    assert (ran.status, ran.out) == (2, "")
    assert told in ran.err
    assert "labtrack export " in ran.err or "Leave --as-of out." in ran.err


def test_a_place_that_cannot_be_written(ada: str, labtrack: Labtrack, tmp_path: Path) -> None:
    ran = labtrack("export", "summary", "-o", tmp_path / "no" / "such" / "folder.csv")
    assert ran.status == 3
    assert "cannot be written" in ran.err


def events_of(text: str) -> list[Any]:
    pytest.importorskip("icalendar")
    vobject = pytest.importorskip("vobject")
    return list(vobject.readOne(text).contents.get("vevent", ()))


def test_the_calendar_goes_to_stdout_or_to_a_file(ada: str, labtrack: Labtrack, tmp_path: Path) -> None:
    due = labtrack("due", "--format", "csv").rows
    piped = labtrack("export", "ics")
    assert piped.status == 0
    assert sorted(event.dtstart.value.isoformat() for event in events_of(piped.out)) == sorted(row["due_on"] for row in due)
    written = labtrack("export", "ics", "-o", tmp_path / "checks.ics")
    assert (written.status, written.out) == (0, "")
    assert f"Written: {tmp_path / 'checks.ics'}" in written.err
    assert (tmp_path / "checks.ics").read_bytes().decode() == piped.out
    assert stat.S_IMODE((tmp_path / "checks.ics").stat().st_mode) == 0o600


def test_the_calendar_names_nobody_unless_asked(ada: str, labtrack: Labtrack) -> None:
    assert {event.summary.value for event in events_of(labtrack("export", "ics").out)} == {"Blood test due", "Visit due"}
    assert {event.summary.value for event in events_of(labtrack("export", "ics", "--patient", ada).out)} == {
        "Blood test", "Visit with your team",
    }  # fmt: skip
    told = [event.summary.value for event in events_of(labtrack("export", "ics", "--clinical", "--patient", ada).out)]
    assert "10021 cbc overdue: baseline missing; missing alc" in told


def test_the_calendar_looks_ahead_from_another_day(ada: str, labtrack: Labtrack) -> None:
    now, later = (events_of(labtrack("export", "ics", *more).out) for more in ([], ["--as-of", "2027-01-01"]))
    assert {event.uid.value for event in now} == {event.uid.value for event in later}
    assert max(int(event.sequence.value) for event in now) < min(int(event.sequence.value) for event in later)
    assert labtrack("--as-of", "2027-01-01", "export", "ics").out == labtrack("export", "ics", "--as-of", "2027-01-01").out


def test_a_missing_library_tells_the_way_to_it(ada: str, labtrack: Labtrack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "icalendar", None)
    ran = labtrack("export", "ics", "-o", tmp_path / "checks.ics")
    assert (ran.status, ran.out) == (3, "")
    assert "pip install 'labtrack[calendar]'" in ran.err
    assert not (tmp_path / "checks.ics").exists()


@pytest.mark.parametrize("what", ["summary", "ics", "fhir", "report"])
def test_somebody_unknown_is_not_exported(what: str, ada: str, labtrack: Labtrack, tmp_path: Path) -> None:
    ran = labtrack("export", what, "--patient", "nobody", "-o", tmp_path / "x")
    assert (ran.status, ran.out) == (3, "")
    assert "no patient nobody" in ran.err
    assert not (tmp_path / "x").exists()


def test_the_bundle_goes_to_stdout_or_to_a_file(ada: str, labtrack: Labtrack, tmp_path: Path) -> None:
    labtrack("patient", "add", "10022", "--name", "Brandt, Emil", "--birth-date", "1950-05-01", "--sex", "M")
    piped = labtrack("export", "fhir")
    assert (piped.status, piped.objects["resourceType"]) == (0, "Bundle")
    written = labtrack("export", "fhir", "-o", tmp_path / "all.json")
    assert (written.status, written.out) == (0, "")
    assert (tmp_path / "all.json").read_bytes().decode() == piped.out
    assert stat.S_IMODE((tmp_path / "all.json").stat().st_mode) == 0o600
    one = labtrack("export", "fhir", "--patient", "10022", "--as-of", "2026-01-01")
    assert ("Brandt" in one.out, "Okafor" in one.out, "2026-01-01" in one.out) == (True, False, True)


@pytest.mark.parametrize(
    ("arguments", "plain", "as_of", "written", "told"),
    [
        (["--patient", "10021", "-o", "one.pdf"], False, None, ["one.pdf"], "Written: one.pdf"),
        (["--for", "patient", "--patient", "10021", "-o", "one.HTML"], True, None, ["one.HTML"], "Written: one.HTML"),
        (["--for", "clinician", "--as-of", "2026-10-01", "-o", "many"], False, date(2026, 10, 1), ["a.pdf", "a.html"], "2 files in many"),
        (["-o", "reports-2026.11"], False, None, ["a.pdf"], "1 file in reports-2026.11"),
    ],
)
def test_a_report_is_asked_for_in_the_right_words(
    arguments: list[str], plain: bool, as_of: date | None, written: list[str], told: str, ada: str, labtrack: Labtrack,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    asked: list[Any] = []

    def export(_: Clinic, out: Path, mrn: str | None, day: date | None, *, plain: bool) -> list[Path]:
        asked.append((out, mrn, day, plain))
        return [Path(each) for each in written]

    monkeypatch.setattr(Clinic, "export_report", export)
    ran = labtrack("export", "report", *arguments)
    assert (ran.status, ran.out) == (0, "")
    assert told in ran.err
    assert asked == [(Path(arguments[-1]), ada if "--patient" in arguments else None, as_of, plain)]


def test_the_report_of_one_patient_is_a_private_page(ada: str, labtrack: Labtrack, tmp_path: Path) -> None:
    for place, begins in ((tmp_path / "one.html", b"<!DOCTYPE html>"), (tmp_path / "one.pdf", b"%PDF-")):
        if place.suffix == ".pdf":
            pytest.importorskip("fpdf")
        ran = labtrack("export", "report", "--patient", ada, "-o", place)
        assert (ran.status, ran.out) == (0, "")
        assert place.read_bytes()[: len(begins)].lower() == begins.lower()
        assert stat.S_IMODE(place.stat().st_mode) == 0o600
