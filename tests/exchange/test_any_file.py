"""Any bytes at all come to rows, refusals or one error of ours: see :mod:`tests.fuzz.csv_reader`, which tries it for hours."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.fuzz.csv_reader import ENCODINGS, WORDS, check, mappings

HEADERS = (
    "mrn,analyte,value,unit,collected_at,ref_low,ref_high,note",
    "TEST NAME,In Range,Out Of Range,Reference Range,Collected",
    "Test,Current Result and Flag,Units,Reference Interval,Date Collected",
    "Parameter,Einheit,Referenz,23.11.2012,13.12.2012 08:15",
    "id,day,time,hb,neut",
    "no,,born,born",
    "mrn,name,birth_date,sex,weight_kg",
)
CELLS = st.sampled_from(WORDS) | st.text(max_size=12) | st.integers(10_000, 10_003).map(lambda size: "x" * size)
CODECS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "latin-1", "cp1252")


@st.composite
def files(draw: st.DrawFn) -> bytes:
    """A header that some mapping or layout knows, rows of telling cells, damaged here and there."""
    how = draw(st.integers(0, 255))
    out = io.StringIO(newline="")
    delimiter = draw(st.sampled_from(",;\t"))
    writer = csv.writer(out, delimiter=delimiter, lineterminator=draw(st.sampled_from(["\n", "\r\n", "\r"])))
    for _ in range(draw(st.integers(0, 2))):
        writer.writerow(draw(st.lists(CELLS, max_size=3)))
    header = draw(st.sampled_from(HEADERS)).split(",")
    writer.writerow(header)
    for _ in range(draw(st.integers(0, 12))):
        width = len(header) if draw(st.booleans()) else draw(st.integers(0, 8))
        writer.writerow(draw(st.lists(CELLS, min_size=width, max_size=width)))
    data = out.getvalue().encode(draw(st.sampled_from(CODECS)), "replace")
    if draw(st.booleans()):
        at, size = draw(st.integers(0, len(data))), draw(st.integers(0, 4))
        data = data[:at] + draw(st.binary(max_size=4) | st.sampled_from([b'"', b"\x00", b"\r", b'""'])) + data[at + size :]
    return bytes([how]) + data


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("any")


@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(data=files())
def test_any_structure(data: bytes, folder: Path) -> None:
    check(data, folder)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.binary(max_size=400))
def test_any_bytes(data: bytes, folder: Path) -> None:
    check(data, folder)


@pytest.mark.parametrize("how", range(len(mappings())))
def test_a_huge_cell_and_a_file_of_quotes(how: int, folder: Path) -> None:
    for header in HEADERS:
        for body in (b'"' * 5_000, b"x" * 200_000, b'"' + b"x,\n" * 50_000, b"\n" * 5_000, b";" * 5_000, b"1,2,3\n" * 500):
            check(bytes([how]) + header.encode() + b"\n" + body, folder)
    assert ENCODINGS[0] == ""
