"""Character sets: what a message says, what a person says, and no text that nobody wrote."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labtrack.exchange.hl7.charsets import decode

NAME = "PID|Müller"


@pytest.mark.parametrize(
    ("said", "codec", "text"),
    [
        ("8859/1", "latin-1", NAME),
        ("8859/15", "iso8859-15", "PID|€"),
        ("8859/2", "iso8859-2", "PID|Łódź"),
        ("ISO-8859-1", "latin-1", NAME),
        ("UNICODE UTF-8", "utf-8", "PID|Müller 李"),
        ("utf8", "utf-8", NAME),
        ("GB 18030-2000", "gb18030", "PID|联通"),
        ("KS X 1001", "euc_kr", "PID|김"),
        ("BIG-5", "big5", "PID|許功蓋"),
        ("ISO IR166", "iso8859-11", "PID|ไทย"),
        ("WINDOWS-1252", "cp1252", "PID|–"),
        ("ISO IR87", "iso2022_jp", "PID|山田"),
    ],
)
@pytest.mark.parametrize("named", ["", "cp1251"])
def test_msh_18_says_the_character_set(said: str, codec: str, text: str, named: str) -> None:
    found = decode(text.encode(codec), [said], named)
    assert (found.text, found.problem) == (text, "")


def test_japanese_switches_by_escape_sequences() -> None:
    assert decode("PID|山田".encode("iso2022_jp"), ["", "ISO IR87"], "").text == "PID|山田"
    assert decode("PID|山田".encode("iso2022_jp"), ["ASCII", "ISO IR87"], "").text == "PID|山田"


def test_without_msh_18_it_is_what_a_person_says_else_utf_8() -> None:
    assert decode(NAME.encode(), [""], "").text == NAME
    assert decode(NAME.encode("latin-1"), [""], "latin-1").text == NAME
    assert decode(NAME.encode("latin-1"), [], "").problem == (
        "MSH-18 is empty, and byte 0xFC is not utf-8: name the one it is in, such as --encoding latin-1 (Windows: cp1252) or utf-8"
    )


@pytest.mark.parametrize(
    ("data", "said", "reason"),
    [
        (NAME.encode("latin-1"), "UNICODE UTF-8", "MSH-18 says UNICODE UTF-8, but byte 0xFC is not utf-8"),
        (NAME.encode("latin-1"), "ASCII", "byte 0xFC is not ascii"),
        (NAME.encode(), "8859/1", "its bytes are UTF-8, not iso8859-1"),
        (NAME.encode(), "WINDOWS-1252", "its bytes are UTF-8, not cp1252"),
        ("PID|5 µl – ü".encode("cp1252"), "8859/1", "byte 0x96 is no character of iso8859-1"),
        (NAME.encode(), "CNS 11643-1992", "MSH-18 CNS 11643-1992, is not one that labtrack knows"),
    ],
)
def test_what_is_plainly_untrue_is_refused_never_misread(data: bytes, said: str, reason: str) -> None:
    found = decode(data, [said], "")
    assert reason in found.problem
    assert "--encoding" in found.problem
    assert found.text == ""


def test_a_person_may_say_what_the_message_says_wrongly() -> None:
    assert decode(NAME.encode("latin-1"), ["UNICODE UTF-8"], "latin-1").text == NAME
    assert decode(NAME.encode(), ["8859/1"], "utf-8").text == NAME
    assert decode(NAME.encode(), ["x~y"], "utf-8").text == NAME
    assert decode(NAME.encode(), [""], "iso8859-1").problem.startswith("MSH-18 is empty, and its bytes are UTF-8")


def test_ascii_is_ascii_in_every_character_set() -> None:
    assert decode(b"PID|Muller", ["CNS 11643-1992"], "").text == "PID|Muller"
    assert decode(b"PID|Muller", ["8859/1"], "").codec == "iso8859-1"


def test_a_byte_order_mark_is_believed() -> None:
    assert decode(NAME.encode(), ["8859/1"], "", "utf-8").text == NAME
    assert "begins as utf-8, but byte 0xFC" in decode(NAME.encode("latin-1"), ["8859/1"], "", "utf-8").problem


@pytest.mark.parametrize(
    ("data", "named"),
    [(b"a+2AAAA\x1b", "utf-7"), (b"a\\ud800\x1b", "unicode_escape"), (b"a\\r\x1b", "unicode_escape"), (b"xn--\xff", "idna")],
)
def test_odd_codecs_make_no_odd_text(data: bytes, named: str) -> None:
    assert decode(data, [], named).problem


@given(
    st.binary(max_size=60),
    st.sampled_from(["", "8859/1", "UNICODE UTF-8", "GB 18030-2000", "ISO IR87", "?"]),
    st.sampled_from(["", "cp1252"]),
)
def test_any_bytes_come_to_a_text_that_can_be_written_or_to_a_reason(data: bytes, said: str, named: str) -> None:
    found = decode(data, [said], named)
    assert found.problem or found.text.encode() is not None
    assert not (found.problem and found.text)
