"""CSV out: what is written reads back, and a file is whole or not there."""

from __future__ import annotations

import csv
import io
import os
import stat
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labtrack.core.errors import LabtrackError
from labtrack.exchange.cells import unguard
from labtrack.exchange.writing import csv_text, day_text, number_text, write_csv

CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8) | st.text("'=+-@\t\r\n,\"1a", max_size=5)


@given(st.lists(st.lists(CELLS, min_size=3, max_size=3), max_size=5))
def test_what_is_written_reads_back(rows: list[list[str]]) -> None:
    header, *found = csv.reader(io.StringIO(csv_text(["a", "b", "c"], rows), newline=""), strict=True)
    assert header == ["a", "b", "c"]
    assert [[unguard(cell) for cell in row] for row in found] == rows


def test_it_is_rfc_4180() -> None:
    assert csv_text(["a", "b"], [["1,5", 'say "x"'], ["=1", "-1"]]) == 'a,b\r\n"1,5","say ""x"""\r\n\'=1,-1\r\n'


@pytest.mark.parametrize(
    "content",
    [b"SQLite format 3\0" + bytes(84), bytes(range(256)) * 16, b"7\x7f\x06\x82" + bytes(28), b"\x89PNG\r\n\x1a\n", "ä".encode("utf-16")],
)
def test_what_is_neither_text_nor_report_is_not_replaced(tmp_path: Path, content: bytes) -> None:
    """A clinic, one that is encrypted, its log: a name typed a little differently must not cost one."""
    path, link = tmp_path / "clinic.db", tmp_path / "out.csv"
    path.write_bytes(content)
    link.symlink_to(path)
    for each in (path, link):
        with pytest.raises(LabtrackError, match="holds something else") as caught:
            write_csv(each, ["a"], [["1"]])
        assert caught.value.next_step
    assert path.read_bytes() == content
    assert len(list(tmp_path.iterdir())) == 2


@pytest.mark.parametrize("content", [b"", b"a,b\r\n", "ä".encode() * 3_000, b"x" + "ä".encode() * 3_000, b"%PDF-1.7\n\xe2\xe3\xcf\xd3"])
def test_an_older_export_is_replaced(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "out.csv"
    path.write_bytes(content)
    assert write_csv(path, ["a"], [["1"]]) == 1
    assert path.read_bytes() == b"a\r\n1\r\n"


def test_a_file_is_private_and_whole(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    path.write_text("old")
    assert write_csv(path, ["ä"], [["1"], ["2"]]) == 2
    assert path.read_bytes() == "ä\r\n1\r\n2\r\n".encode()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_a_failure_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    path.write_text("old")
    with pytest.raises(ZeroDivisionError):
        write_csv(path, ["a"], ([str(1 // each)] for each in (1, 0)))
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(LabtrackError, match=r"none/out.csv cannot be written: No such file"):
        write_csv(tmp_path / "none" / "out.csv", ["a"], [])


def test_a_link_is_followed_where_it_was_named_and_replaced_inside_a_folder(tmp_path: Path) -> None:
    outside, link = tmp_path / "outside", tmp_path / "out.csv"
    outside.write_text("old")
    link.symlink_to(outside)
    write_csv(link, ["a"], [])
    assert (link.is_symlink(), outside.read_bytes()) == (True, b"a\r\n")
    write_csv(link, ["b"], [], inside=True)
    assert (link.is_symlink(), link.read_bytes(), outside.read_bytes()) == (False, b"b\r\n", b"a\r\n")


def test_a_name_as_long_as_a_name_may_be_is_written(tmp_path: Path) -> None:
    path = tmp_path / ("\U0001f600" * 62 + ".csv")
    assert write_csv(path, ["a"], []) == 0
    assert path.read_bytes() == b"a\r\n"


def test_a_pipe_is_written_as_it_comes(tmp_path: Path) -> None:
    fifo = tmp_path / "pipe"
    os.mkfifo(fifo)
    reader = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
    try:
        write_csv(fifo, ["a"], [["1"]])
        assert os.read(reader, 100) == b"a\r\n1\r\n"
    finally:
        os.close(reader)
    assert stat.S_ISFIFO(fifo.stat().st_mode)


@given(st.floats(0, 1e6, exclude_min=True))
def test_a_number_reads_back(value: float) -> None:
    assert float(number_text(value)) == value


def test_day_text() -> None:
    assert (day_text(date(2026, 1, 2)), day_text(None)) == ("2026-01-02", "")
