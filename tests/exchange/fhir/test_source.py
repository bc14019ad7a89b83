"""Bytes of a file to blocks of text."""

from __future__ import annotations

import gzip
import hashlib
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labtrack.core.errors import ImportFailed, LabtrackError, UsageError
from labtrack.exchange.fhir import source as module
from labtrack.exchange.fhir.source import Source

TEXT = '{"name": "Étienne Ōe 😀", "more": [1, 2]}\n' * 3


def text_of(folder: Path, raw: bytes, encoding: str = "") -> str:
    path = folder / "any.json"
    path.write_bytes(raw)
    source = Source(path, encoding)
    text = "".join(source.texts())
    assert (source.sha256, source.size) == (hashlib.sha256(raw).hexdigest(), len(raw))
    return text


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-be"])
@pytest.mark.parametrize("packed", [False, True])
def test_the_bytes_tell_the_encoding(encoding: str, packed: bool, tmp_path: Path) -> None:
    raw = TEXT.encode(encoding)
    assert text_of(tmp_path, gzip.compress(raw) if packed else raw) == TEXT


def test_another_encoding_is_named(tmp_path: Path) -> None:
    assert text_of(tmp_path, '{"name": "Étienne"}'.encode("latin-1"), "latin-1") == '{"name": "Étienne"}'
    assert text_of(tmp_path, TEXT.encode("utf-16"), "latin-1") == TEXT
    with pytest.raises(UsageError, match="no text encoding"):
        Source(tmp_path / "any.json", "klingon")


def test_a_byte_that_is_no_utf_8_is_named(tmp_path: Path) -> None:
    with pytest.raises(ImportFailed, match=r"any\.json, byte 4: 0xC9 is not UTF-8"):
        text_of(tmp_path, b'{"a\xc9": 1}')
    with pytest.raises(ImportFailed, match="byte 3"):
        text_of(tmp_path, b'{"\xc3')


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"<Bundle xmlns='http://hl7.org/fhir'/>", "is FHIR XML: ask for JSON"),
        ("\ufeff  <Bundle/>".encode(), "is FHIR XML: ask for JSON"),
        ("<Bundle/>".encode("utf-16"), "is FHIR XML: ask for JSON"),
        (b"PK\x03\x04rest", "workbook or archive"),
        (b"MSH|^~\\&|x", "is HL7 v2"),
        (gzip.compress(b"x" * 1000, mtime=0)[:-9], "damaged or incomplete gzip"),
        (gzip.compress(b"{}", mtime=0)[:-8] + b"\0" * 8, "damaged or incomplete gzip"),
        (gzip.compress(b"{}", mtime=0) + b"rest", "damaged or incomplete gzip"),
    ],
)
def test_what_is_no_json_text_is_told_by_name(raw: bytes, reason: str, tmp_path: Path) -> None:
    with pytest.raises(ImportFailed, match=reason) as failed:
        text_of(tmp_path, raw)
    assert failed.value.next_step


def test_gzip_may_have_several_members_and_padding(tmp_path: Path) -> None:
    assert text_of(tmp_path, gzip.compress(b"{}") + gzip.compress(b"[]") + b"\0" * 9) == "{}[]"


def test_limits_hold_for_the_file_and_for_what_it_unpacks_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LARGEST_FILE", 100_000)
    packed = gzip.compress(b" " * 100_001)
    assert len(packed) < 1_000
    with pytest.raises(ImportFailed, match="unpacks to more than 100,000 bytes"):
        text_of(tmp_path, packed)
    with pytest.raises(ImportFailed, match="larger than 100,000 bytes"):
        text_of(tmp_path, b" " * 100_001)
    assert len(text_of(tmp_path, b" " * 100_000)) == 100_000


def test_a_file_that_says_it_is_too_large_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "any.json"
    with path.open("wb") as stream:
        stream.truncate(2_000_000_001)  # takes no room on the disk
    source = Source(path)
    with pytest.raises(ImportFailed, match="larger than 2,000,000,000 bytes"):
        next(source.texts())
    assert source.size == 0


def test_what_cannot_be_opened_is_told(tmp_path: Path) -> None:
    for path, reason in ((tmp_path / "none.json", "cannot be read: No such file"), (tmp_path, "is not a file")):
        with pytest.raises(ImportFailed, match=reason):
            next(Source(path).texts())


@given(st.binary(max_size=60), st.sampled_from([b"", b"\x1f\x8b", b"\xff\xfe", b"\x00\x00\xfe\xff", b"{"]), st.booleans())
def test_any_bytes_are_text_or_are_told_to_be_none(
    tmp_path_factory: pytest.TempPathFactory, rest: bytes, start: bytes, packed: bool
) -> None:
    raw = start + rest
    with suppress(LabtrackError):
        text_of(tmp_path_factory.getbasetemp(), gzip.compress(raw) if packed else raw)
