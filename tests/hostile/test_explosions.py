"""Files and numbers that explode: refused or taken in words, in bounded memory and processor time, and the record stays as it was."""

from __future__ import annotations

import gzip
import io
import json
import os
import resource
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.cli.conftest import Labtrack
from tests.hostile.tricks import harms

HEADER = "mrn,analyte,value,unit,collected_at\n"
PEOPLE = "mrn,name,birth_date,sex\nP1,x,1970-01-01,F\n"
#: What one import may take: address space beyond what the program itself takes, and seconds of processor time.
MEMORY, SECONDS = 500_000_000, 60

NUMBERS = (
    "1e400", "-1e400", "9" * 5_000, "1" + "0" * 9_000, "1e999999999", "1e-999999999", "0." + "0" * 5_000 + "1", "NaN", "Infinity", "-inf",
    "1_000", "0x1F", "1e5e5", "<" * 3_000 + "1", "١٢٣", "１２", "1" + "," * 3_000, "1/0", "٪",
)  # fmt: skip
DATES = ("0000-01-01", "99999-01-01", "-001-01-01", "2026-13-01", "2026-02-30", "9999-12-31", "0001-01-01", "2026-11-19T99:99", "9" * 400)


@pytest.fixture
def clinic(labtrack: Labtrack, tmp_path: Path) -> Path:
    """A clinic of one patient."""
    (tmp_path / "people.csv").write_text(PEOPLE)
    assert labtrack("import", tmp_path / "people.csv").status == 0
    return tmp_path / "clinic.db"


def test_numbers_and_dates_that_explode_are_told(clinic: Path, labtrack: Labtrack, tmp_path: Path) -> None:
    rows = [f'P1,hb,"{number}",g/dL,2026-11-19' for number in NUMBERS] + [f"P1,hb,9,g/dL,{day}" for day in DATES]
    (tmp_path / "r.csv").write_text(HEADER + "\n".join(rows) + "\n", encoding="utf-8")
    ran = labtrack("import", tmp_path / "r.csv")
    assert (ran.status, "unexpected" in ran.err, [*harms(ran.err)]) == (1, False, [])
    for number in NUMBERS:
        for typed in (["record", "P1", f"hb={number}:g/dL"], ["patient", "edit", "P1", "--weight-kg", number], ["due", "--within", number]):
            ran = labtrack(*typed)
            assert ran.status in (0, 2, 3)
            assert "unexpected" not in ran.err
    for day in DATES:
        for typed in (["due", "--as-of", day], ["event", "add", "P1", "vte", "--on", day], ["record", "P1", "hb=9:g/dL", "--at", day]):
            ran = labtrack(*typed)
            assert "unexpected" not in ran.err, ran.err
    assert labtrack("verify").status == 0


def test_messages_with_numbers_that_explode_are_told(clinic: Path, labtrack: Labtrack, tmp_path: Path) -> None:
    for number in ("1e400", "9" * 5_000, "1e999999999", "-1e400"):
        seen = {
            "resourceType": "Observation",
            "status": "final",
            "code": {"coding": [{"system": "http://loinc.org", "code": "718-7"}]},
            "subject": {"identifier": {"value": "P1"}},
            "effectiveDateTime": "2026-11-19",
            "valueQuantity": {"value": 12345, "unit": "g/dL"},
        }
        (tmp_path / "o.json").write_text(json.dumps(seen).replace("12345", number))
        (tmp_path / "o.hl7").write_text(
            "MSH|^~\\&|a|b|c|d|20261119||ORU^R01|1|P|2.5\rPID|1||P1\rOBR|1|||718-7^Hb^LN|||20261119\r"
            f"OBX|{number}|NM|718-7^Hb^LN||{number}|g/dL|||||F|||{number}\r"
        )
        for name in ("o.json", "o.hl7"):
            ran = labtrack("import", tmp_path / name)
            assert ran.status in (0, 1, 3)
            assert "unexpected" not in ran.err, ran.err
    assert labtrack("verify").status == 0


def _zip(place: Path) -> None:
    with zipfile.ZipFile(place, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("../results.csv", HEADER + "0" * 20_000_000)


def _tar(place: Path) -> None:
    with tarfile.open(place, "w:gz") as archive:
        inner = tarfile.TarInfo("../../results.csv")
        inner.size = 5_000_000
        archive.addfile(inner, io.BytesIO(bytes(5_000_000)))


def _gzip(place: Path) -> None:
    with gzip.open(place, "wb", compresslevel=9) as stream:
        for _ in range(200):
            stream.write(b" " * 1_000_000)


def _gzipped_text(place: Path) -> None:
    with gzip.open(place, "wb", compresslevel=9) as stream:
        stream.write(b'{"resourceType":"Patient","id":"')
        for _ in range(200):
            stream.write(b"x" * 1_000_000)


def _many_fields(place: Path) -> None:
    place.write_text("MSH|^~\\&|a|b|c|d|20261119||ORU^R01|1|P|2.5\rPID|1||P1\rOBX" + "|1" * 1_000_000 + "\r")


def _many_segments(place: Path) -> None:
    place.write_text("MSH|^~\\&|a|b|c|d|20261119||ORU^R01|1|P|2.5\rPID|1||P1\r" + "NTE|1||x\r" * 1_000_000)


def _laughs(place: Path) -> None:
    entities = "".join(f'<!ENTITY l{each} "{f"&l{each - 1};" * 10}">' for each in range(1, 12))
    place.write_text(
        f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "lol">{entities}<!ENTITY f SYSTEM "file:///etc/passwd">]><x>&l11;&f;</x>'
    )


FILES: dict[str, Callable[[Path], None]] = {
    "a.zip": _zip,
    "renamed.csv": _zip,
    "a.tar.gz": _tar,
    "blanks.json.gz": _gzip,
    "string.json.gz": _gzipped_text,
    "deep.json": lambda place: _write(place, '{"a":' * 200_000),
    "deep-list.json": lambda place: _write(place, "[" * 3_000_000),
    "deep.ndjson": lambda place: _write(place, '{"resourceType":"Bundle","entry":[' * 50_000 + "\n"),
    "laughs.xml": _laughs,
    "line.csv": lambda place: _write(place, HEADER + "x" * 30_000_000),
    "quote.csv": lambda place: _write(place, HEADER + 'P1,hb,"' + "x\n" * 5_000_000),
    "columns.csv": lambda place: _write(place, ",".join(map(str, range(400_000))) + "\n" + "1," * 399_999 + "1\n"),
    "wide.csv": lambda place: _write(place, HEADER + "P1,hb,9,g/dL,2026-11-19" + ",1" * 1_000_000 + "\n"),
    "fields.hl7": _many_fields,
    "segments.hl7": _many_segments,
    "nothing.csv": lambda place: _write(place, "\0" * 30_000_000),
}


def _write(place: Path, text: str) -> None:
    place.write_text(text)


def _bounded() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000_000, 200_000_000))


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="limits of memory are Linux's")
@pytest.mark.parametrize("name", FILES)
def test_a_file_that_explodes_is_told_within_bounds(clinic: Path, tmp_path: Path, name: str) -> None:
    before = clinic.read_bytes()
    FILES[name](tmp_path / name)
    ran = subprocess.run(
        [sys.executable, "-m", "labtrack", "--db", clinic, "import", tmp_path / name],
        preexec_fn=_bounded,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "OPENBLAS_NUM_THREADS": "1"},
    )
    told = ran.stderr[-3_000:]
    assert ran.returncode in (0, 1, 3), told
    assert "unexpected" not in told
    assert "Traceback" not in told
    assert [*harms(ran.stderr.replace("\r", ""))] == []
    if ran.returncode == 3:
        assert clinic.read_bytes() == before
    assert not (tmp_path.parent / "results.csv").exists()
    assert len(ran.stderr) < 200_000, "what is told of a file is itself of a size that can be read"
