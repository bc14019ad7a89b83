"""Encodings: by byte order mark or by name, proven before anything is read."""

from __future__ import annotations

import codecs
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labtrack.core.errors import ImportFailed, UsageError
from labtrack.exchange.encodings import encoding_of, survey


def codec_of(data: bytes, named: str = "") -> str:
    return encoding_of(io.BytesIO(data), "f.csv", named)


@pytest.mark.parametrize(
    ("data", "named", "codec"),
    [
        (b"mrn", "", "utf-8"),
        (codecs.BOM_UTF8 + b"mrn", "", "utf-8-sig"),
        (codecs.BOM_UTF8 + b"mrn", "latin-1", "utf-8-sig"),
        (codecs.BOM_UTF16_LE + b"m\0", "", "utf-16"),
        (codecs.BOM_UTF16_BE + b"\0m", "", "utf-16"),
        (b"mrn", "Latin-1", "iso8859-1"),
        (b"", "", "utf-8"),
    ],
)
def test_encoding_of(data: bytes, named: str, codec: str) -> None:
    assert codec_of(data, named) == codec


@pytest.mark.parametrize("name", ["no-such", "hex", "rot13", "é"])
def test_a_name_of_no_text_encoding_is_wrong_usage(name: str) -> None:
    with pytest.raises(UsageError, match="no text encoding"):
        codec_of(b"mrn", name)


def test_a_workbook_is_told_from_text() -> None:
    with pytest.raises(ImportFailed, match="workbook"):
        codec_of(b"PK\x03\x04....")


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
def test_utf16_without_a_mark_must_be_named(codec: str) -> None:
    with pytest.raises(ImportFailed, match="byte order mark"):
        codec_of("mrn,".encode(codec))
    assert codec_of("mrn,".encode(codec), codec) == codec


def facts(data: bytes, codec: str = "utf-8", long_line: int = 100):
    return survey(io.BytesIO(data), "f.csv", codec, long_line)


def test_facts_are_noted() -> None:
    plain = facts(b"a,b\n1,2\n")
    assert not (plain.has_apostrophes)
    assert not (plain.has_controls)
    assert not (plain.has_quoted_commas)
    assert not (plain.has_other_than_ascii)
    assert plain.has_commas
    assert facts(b"a\tb").has_commas is False
    assert facts(b"O'Hara").has_apostrophes
    assert facts(b"a\0b").has_controls
    assert facts("a\x85b".encode()).has_controls
    assert facts(b'x,"0,82"').has_quoted_commas
    assert facts("é".encode()).has_other_than_ascii
    assert facts(b"x" * 101).has_long_lines
    assert not facts(b"x" * 99 + b"\r\n" + b"x" * 99).has_long_lines


def test_facts_hold_across_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("labtrack.exchange.encodings._BLOCK", 3)
    found = facts('é,"0,82"\n'.encode() + b"x" * 101)
    assert found.has_quoted_commas
    assert found.has_long_lines


@pytest.mark.parametrize("block", [1, 2, 3, 1 << 20])
@pytest.mark.parametrize(
    ("data", "codec", "line"),
    [
        (b"a\nb\n\xe9\n", "utf-8", 3),
        (b"a\r\nb\r\xe9", "utf-8", 3),
        (b"\xef\xbb\xbfa\n\xe9", "utf-8-sig", 2),
        (b"a\n\xc3", "utf-8", 2),
        (b"\xff\xfea\0\n\0\x00\xd8b\0", "utf-16", 2),
        (b"\xff\xfea\0\n\0b", "utf-16", 2),
    ],
)
def test_an_undecodable_byte_is_named_with_its_line(
    data: bytes, codec: str, line: int, block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("labtrack.exchange.encodings._BLOCK", block)
    with pytest.raises(ImportFailed, match=f"line {line}: byte 0x"):
        facts(data, codec)


@given(st.binary(max_size=40))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        codec = codec_of(data)
        facts(data, codec)
    except ImportFailed:
        return
    data.decode(codec)
