"""Messages out of lines: many, batched, framed, cut off, and what lies between them."""

from __future__ import annotations

from pathlib import Path

import pytest

from labtrack.core.errors import ImportFailed
from labtrack.exchange.hl7 import framing
from labtrack.exchange.hl7.framing import Mark, Raw, Stray, frames_of
from labtrack.exchange.hl7.source import Source


def frames(folder: Path, text: str) -> list[Raw | Mark | Stray]:
    (folder / "a.hl7").write_bytes(text.encode())
    return list(frames_of(Source(folder / "a.hl7")))


def test_each_header_begins_a_message(tmp_path: Path) -> None:
    first, second = frames(tmp_path, "MSH|^~\\&|A\rPID|1\r\rMSH|^~\\&|B\rOBX|1")
    assert isinstance(first, Raw)
    assert isinstance(second, Raw)
    assert (first.number, first.segments, first.lines) == (1, [b"MSH|^~\\&|A", b"PID|1"], [1, 2])
    assert (second.number, second.segments, second.lines) == (2, [b"MSH|^~\\&|B", b"OBX|1"], [4, 5])


def test_batches_stand_around_messages(tmp_path: Path) -> None:
    found = frames(tmp_path, "FHS|^~\\&|\rBHS|^~\\&|\rMSH|^~\\&|A\rBTS|1\rFTS|1\r")
    assert [each.kind if isinstance(each, Mark) else "message" for each in found] == ["FHS", "BHS", "message", "BTS", "FTS"]
    assert found[3] == Mark(4, "BTS", b"BTS|1")


def test_lines_that_are_no_segments_are_told_in_runs(tmp_path: Path) -> None:
    (raw,) = frames(tmp_path, "MSH|^~\\&|A\rOBX|1|NM|777-3||13\r.5|g/dL\rmore\rNTE|1\rHGB is low\rI|x\rOBXX|1\rOBX^1")
    assert isinstance(raw, Raw)
    assert raw.segments[1:] == [b"OBX|1|NM|777-3||13", b"NTE|1"]
    assert raw.strays == [Stray(3, b".5|g/dL", 2), Stray(6, b"HGB is low", 4)]
    assert raw.broken == {1, 2}


def test_a_run_of_lines_in_doubt_is_remembered_once(tmp_path: Path) -> None:
    # or garbage behind a message would fill the memory
    (raw,) = frames(tmp_path, "MSH|^~\\&|A\rOBX|1\r" + "x|y\r" * 1_000 + "NTE|1\rplain\rz|\r")
    assert isinstance(raw, Raw)
    assert ([each.lines for each in raw.strays], raw.doubts) == ([1_000, 2], [3, 1_005])


@pytest.mark.parametrize(
    ("segment", "broken", "doubts"),
    [
        ("OBX|1|NM|x||9|u|||||F|||20240301OBX|2|NM|x||8", {1}, []),  # the CR between them is lost: neither is a result
        ("OBX|1|NM|x||9|u|||||FOBX|2|NM|x||8", {1}, []),
        ("OBX|1|NM|x||9|u|||||F|||20240301OBR|2|O2", {1}, [2]),
        ("OBX|1|NM|x||9|u|||||F|||20240301-0500PID|1||77", {1}, [2]),
        ("OBX|1|NM|x||9|u|||||FPID|||77", {1}, [2]),
        ("OBX|1|ST|1^COVID RAPID|1|9", set(), []),  # a word that ends so
        ("OBX|1|ST|1^COVID RAPID||9", set(), []),
    ],
)
def test_a_segment_within_another_is_seen(segment: str, broken: set[int], doubts: list[int], tmp_path: Path) -> None:
    (raw,) = frames(tmp_path, f"MSH|^~\\&|A\r{segment}\rOBX|3\r")
    assert isinstance(raw, Raw)
    assert (raw.broken, raw.doubts) == (broken, doubts)


def test_lines_outside_of_messages_are_told_in_runs(tmp_path: Path) -> None:
    found = frames(tmp_path, "hello\rPID|1\rMSH|^~\\&|A\x1c\rPID|2\rMSH\rMSHX|1\rBHS\r")
    assert [each for each in found if isinstance(each, Stray)] == [Stray(1, b"hello", 2), Stray(4, b"PID|2", 4)]


def test_a_padded_name_is_a_segment(tmp_path: Path) -> None:
    (raw,) = frames(tmp_path, "MSH|^~\\&|A\rPID |1\rSPM\rZX1|")
    assert isinstance(raw, Raw)
    assert raw.segments[1:] == [b"PID |1", b"SPM", b"ZX1|"]
    assert raw.separator == b"|"


def test_segments_use_the_separator_of_their_header(tmp_path: Path) -> None:
    (raw,) = frames(tmp_path, "MSH*^~\\&*A\rPID*1\rOBX|1")
    assert isinstance(raw, Raw)
    assert (raw.segments[1:], raw.strays) == ([b"PID*1"], [Stray(3, b"OBX|1")])


def test_a_message_is_limited_in_bytes_and_segments(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(framing, "MOST_SEGMENTS", 3)
    assert len(frames(tmp_path, "MSH|^~\\&|A\rA01\rB01\rMSH|^~\\&|A\r")) == 2
    with pytest.raises(ImportFailed, match="line 4: a message of more than 3 segments"):
        frames(tmp_path, "MSH|^~\\&|A\rA01\rB01\rC01\r")
    monkeypatch.setattr(framing, "LARGEST_ITEM", 12)
    with pytest.raises(ImportFailed, match="line 2: a message of more than"):
        frames(tmp_path, "MSH|^~\\&|A\rA01\r")
