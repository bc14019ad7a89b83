"""The bytes of a file: lines, framing, encodings, limits."""

from __future__ import annotations

import hashlib
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labtrack.core.errors import ImportFailed, UsageError
from labtrack.exchange.hl7 import source as module
from labtrack.exchange.hl7.source import END, Source


def lines(folder: Path, data: bytes, named: str = "") -> list[tuple[int, bytes]]:
    path = folder / "a.hl7"
    path.write_bytes(data)
    return list(Source(path, named).lines())


@pytest.mark.parametrize("end", [b"\r", b"\n", b"\r\n"])
def test_every_end_of_a_line_is_one(end: bytes, tmp_path: Path) -> None:
    assert lines(tmp_path, end.join([b"MSH|1", b"PID|2", b"", b"OBX|3"])) == [(1, b"MSH|1"), (2, b"PID|2"), (4, b"OBX|3")]


LINES = st.tuples(st.sampled_from([b"MSH|1", b"OBX|2", b"", b"x" * 9]), st.sampled_from([b"\r", b"\n", b"\r\n"]))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("source")


@given(parts=st.lists(LINES, max_size=12), block=st.integers(1, 7))
def test_mixed_ends_across_blocks_are_those_of_the_whole(folder: Path, parts: list[tuple[bytes, bytes]], block: int) -> None:
    # a CR followed by a LF is one end wherever the block is cut
    data = b"".join(text + end for text, end in parts)
    expected = [(number, text) for number, text in enumerate(data.decode().splitlines(), 1) if text]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_BLOCK", block)
        assert [(number, text.decode()) for number, text in lines(folder, data)] == expected


def test_mllp_frames_and_padding_are_no_part_of_a_line(tmp_path: Path) -> None:
    framed = b"\x0bMSH|1\rOBX|2\x1c\r\x0bMSH|3\x1c\r\0\0\0\x1a"
    assert lines(tmp_path, framed) == [(1, b"MSH|1"), (2, b"OBX|2"), (2, END), (3, b"MSH|3"), (3, END)]
    assert lines(tmp_path, b"MSH|1\x1c\x0bMSH|2\x1cx") == [(1, b"MSH|1"), (1, END), (1, b"MSH|2"), (1, END), (1, b"x")]


def test_a_header_right_behind_a_segment_begins_a_line(tmp_path: Path) -> None:
    # files put together whose last line had no end
    assert lines(tmp_path, b"OBX|1|FMSH|^~\\&|LIS\rNTE|MSH is no header\r") == [
        (1, b"OBX|1|F"),
        (1, b"MSH|^~\\&|LIS"),
        (2, b"NTE|MSH is no header"),
    ]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_a_byte_order_mark_decides(encoding: str, tmp_path: Path) -> None:
    (tmp_path / "b.hl7").write_bytes("MSH|1\rPID|Jörg".encode(encoding))
    source = Source(tmp_path / "b.hl7", "latin-1")
    assert list(source.lines()) == [(1, b"MSH|1"), (2, "PID|Jörg".encode())]
    assert (source.fixed, source.encoding) == ("utf-8", "utf-8")


@pytest.mark.parametrize("named", ["utf-16-le", "utf-16-be", "cp037", "utf-7"])
def test_a_named_encoding_unlike_ascii_comes_as_utf_8(named: str, tmp_path: Path) -> None:
    assert lines(tmp_path, "MSH|^~\\&|1\nPID|Jörg".encode(named), named)[-1][1].endswith("PID|Jörg".encode())


def test_what_was_read_is_counted_and_hashed(tmp_path: Path) -> None:
    data = "MSH|1\rPID|ü".encode("utf-16")
    (tmp_path / "c.hl7").write_bytes(data)
    source = Source(tmp_path / "c.hl7")
    list(source.lines())
    assert (source.size, source.sha256) == (len(data), hashlib.sha256(data).hexdigest())


@pytest.mark.parametrize(
    ("data", "named", "reason"),
    [
        (b"\x1f\x8b\x08\0", "", "gzip"),
        (b"PK\x03\x04", "", "archive"),
        ("MSH|^~".encode("utf-16-le"), "", "--encoding utf-16-le"),
        ("MSH|^~".encode("utf-16-be"), "latin-1", "--encoding utf-16-le"),
        (b"\xff\xfeM\0S", "", "not UTF-16 to its end"),
        (b"MSH", "utf-16-le", "Import it without --encoding utf-16-le"),
    ],
)
def test_files_that_are_something_else(data: bytes, named: str, reason: str, tmp_path: Path) -> None:
    with pytest.raises(ImportFailed) as raised:
        lines(tmp_path, data, named)
    assert reason in str(raised.value)


def test_limits_are_told_with_the_next_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LARGEST_ITEM", 100)
    with pytest.raises(ImportFailed, match=r"line 2: a message of more than 100 bytes\. Ask the sender"):
        lines(tmp_path, b"MSH|1\rOBX|" + b"x" * 101)
    monkeypatch.setattr(module, "LARGEST_FILE", 5)
    with pytest.raises(ImportFailed, match=r"larger than 5 bytes\. Ask for the results in smaller files"):
        lines(tmp_path, b"MSH|12")


def test_a_file_that_fails_or_grows_while_it_is_read_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "g.hl7").write_bytes(b"MSH|1\r")
    monkeypatch.setattr(module, "_opened", lambda _: BytesIO(b"x" * 50))
    monkeypatch.setattr(module, "LARGEST_FILE", 20)
    with pytest.raises(ImportFailed, match="larger than 20 bytes"):
        list(Source(tmp_path / "g.hl7").lines())

    class Torn(BytesIO):
        def read(self, _: int | None = -1) -> bytes:
            raise OSError(5, "Input/output error")

    monkeypatch.setattr(module, "_opened", lambda _: Torn())
    with pytest.raises(ImportFailed, match=r"cannot be read: Input/output error\. Check the disk"):
        list(Source(tmp_path / "g.hl7").lines())


def test_a_file_of_2_gb_is_refused_before_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with (tmp_path / "d.hl7").open("wb") as stream:
        stream.truncate(2_000_000_001)
    monkeypatch.setattr(Path, "open", lambda *_: pytest.fail("opened"))
    with pytest.raises(ImportFailed, match="larger than 2,000,000,000 bytes"):
        list(Source(tmp_path / "d.hl7").lines())


def test_a_file_that_cannot_be_opened_is_told(tmp_path: Path) -> None:
    with pytest.raises(ImportFailed, match="No such file"):
        list(Source(tmp_path / "absent.hl7").lines())
    with pytest.raises(ImportFailed, match="is not a file"):
        list(Source(tmp_path).lines())
    with pytest.raises(ImportFailed, match="cannot be read"):
        list(Source(Path("a\0b")).lines())


@pytest.mark.parametrize("named", ["klingon", "rot13", "base64", "undefined"])
def test_an_encoding_of_no_such_name_is_wrong_usage(named: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is no text encoding"):
        Source(tmp_path / "a.hl7", named)
