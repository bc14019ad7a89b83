"""Tests of labtrack.clinic.arrival_report."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from labtrack import __version__
from labtrack.clinic.arrival_report import Arrival, Heard, counts_text, has_receipt, refused_text, taken_text, whole_refusal
from labtrack.clinic.import_outcome import FileCount, ImportOutcome
from labtrack.exchange.remarks import Notice, Refusal

ARRIVAL = Arrival("r.csv", 1234, datetime(2026, 11, 22, 8, 15, tzinfo=UTC), "ab" * 32, "/clinic.db", "cafe")
COUNT = FileCount("r.csv", "results", accepted=1200, warned=1, amended=2, duplicate=3, refused=4, patients_added=1)


def test_counts_name_only_what_there_is() -> None:
    assert counts_text(COUNT) == "1,200 accepted (1 with a warning, 2 amended), 3 duplicate, 4 refused, 1 patient added"
    assert counts_text(FileCount("a", "results", patients_added=2)) == "0 accepted, 2 patients added"


def test_the_text_tells_what_became_of_the_file() -> None:
    heard = Heard(COUNT)
    heard.warned(Notice("r.csv", 7, "value", "x\x1b[31m", "not a number"))
    outcome = ImportOutcome()
    outcome.unknown["777 Ann"] += 3
    text = taken_text(ARRIVAL, heard, outcome)
    assert text.startswith(f"labtrack {__version__} on r.csv\n")
    for said in (
        "clinic    /clinic.db\n",
        "bytes     1,234, last changed 2026-11-22T08:15:00+00:00\n",
        f"sha256    {'ab' * 32}\n",
        "receipt   cafe\n",
        "taken     1,200 accepted",
        "what was accepted is recorded all the same.",
        "  line 7, value, x\\x1b[31m: not a number\n",
        "  777 Ann: 3\n",
    ):
        assert said in text
    assert "\x1b" not in text


def test_long_lists_end_with_a_word() -> None:
    heard = Heard(COUNT)
    for line in range(300):
        heard.warned(Notice("r.csv", line, "value", "x", "odd"))
    outcome = ImportOutcome()
    outcome.unknown.update(map(str, range(300)))
    text = taken_text(ARRIVAL, heard, outcome)
    assert text.count("odd") == 200
    assert text.count("  and more\n") == 2


def test_what_is_kept_out_is_told_of_columns_and_of_messages() -> None:
    count = FileCount("r.csv", "results", extra=("ward", "bed"))
    assert "kept out  columns ward, bed\n" in taken_text(ARRIVAL, Heard(count))
    count = replace(count, kept_out=9, extra=("Iron (9)",))
    assert "kept out  9 reports of what labtrack does not follow: Iron (9)\n" in taken_text(ARRIVAL, Heard(count))
    assert "kept out" not in taken_text(ARRIVAL, Heard(COUNT))


def test_a_file_that_cannot_be_read_has_its_reason() -> None:
    text = refused_text(replace(ARRIVAL, sha256=""), "it is a workbook.\nSave it as CSV.")
    assert "taken     nothing: the file as a whole cannot be read\nbecause   it is a workbook.\\nSave it as CSV.\n" in text
    assert "sha256    could not be read\n" in text
    assert whole_refusal("r.csv", "why") == Refusal("r.csv", 0, "", "", "why")


def test_a_report_is_known_by_its_receipt(tmp_path: Path) -> None:
    path = tmp_path / "r.csv.report.txt"
    assert not has_receipt(path, "cafe")
    path.write_text(taken_text(ARRIVAL, Heard(COUNT)), encoding="utf-8")
    assert has_receipt(path, "cafe")
    assert not has_receipt(path, "caf")
    path.write_bytes(b"\xff")
    assert not has_receipt(path, "cafe")


def test_an_arrival_is_described_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    path.write_text("abc")
    arrival = Arrival.of(path, "00", "/clinic.db", "cafe")
    assert (arrival.name, arrival.size, arrival.changed.tzinfo) == ("r.csv", 3, UTC)
