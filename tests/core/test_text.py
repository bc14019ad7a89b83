"""Text for a terminal."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labtrack.core.text import PLAIN_ERRORS, folded, pad, visible, width, wrap


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Okafor, Ada", "Okafor, Ada"),
        ("red \x1b[31mname\x1b[0m", "red \\x1b[31mname\\x1b[0m"),
        ("\x9b31m", "\\x9b31m"),
        ("one\r\ntwo\ttabs", "one\\r\\ntwo\\ttabs"),
        ("bell\x07 null\x00", "bell\\x07 null\\x00"),
        ("\u202eevil", "\\u202eevil"),
        ("soft\u00adhyphen", "soft\\xadhyphen"),
        ("1\u00a0234\u2009kg", "1 234 kg"),
        ("\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645", "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"),
        ("\ud800", "\\ud800"),
        ("5.1 [H]", "5.1 [H]"),
        ("Tie\u0302\u0301ng", "Tie\u0302\u0301ng"),
        ("z" + "\u0301" * 10, "z" + "\u0301" * 8 + "\\u0301\\u0301"),
        ("z" + "\u0301\u200d\u20dd" * 3, "z" + "\u0301\u200d\u20dd" * 2 + "\u0301\u200d\\u20dd"),
        ("\n" + "\u0e34" * 9, "\\n" + "\u0e34" * 8 + "\\u0e34"),
    ],
)
def test_nothing_reaches_the_terminal_that_it_would_obey(text: str, shown: str) -> None:
    assert visible(text) == shown


@given(st.text())
def test_what_is_visible_stays_as_it_is(text: str) -> None:
    once = visible(text)
    assert visible(once) == once
    assert not any(character < " " or "\x7f" <= character <= "\x9f" for character in once)


@pytest.mark.parametrize(
    ("text", "columns"), [("abc", 3), ("×10⁹/L", 6), ("王小明", 6), ("Éa", 2), ("E\u0301a", 2), ("a\u200cb", 2), ("", 0)]
)
def test_width_counts_columns(text: str, columns: int) -> None:
    assert width(text) == columns


def test_pad_fills_at_either_side() -> None:
    assert pad("王", 4) == "王  "
    assert pad("12", 4, right=True) == "  12"
    assert pad("longer", 3) == "longer"


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", [""]),
        ("short", ["short"]),
        ("ANC 0.82 is below 1", ["ANC 0.82", "is below 1"]),
        ("a-very-long-word here", ["a-very-lon", "g-word", "here"]),
        ("first\nsecond line here", ["first", "second", "line here"]),
        ("王小明王小明", ["王小明王小", "明"]),
    ],
)
def test_wrap_breaks_at_spaces(text: str, lines: list[str]) -> None:
    assert wrap(text, 10) == lines


@given(st.text(alphabet=st.sampled_from("ab 王\u0301"), max_size=60), st.integers(2, 12))
def test_wrapping_loses_nothing_but_spaces(text: str, columns: int) -> None:
    lines = wrap(text, columns)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(width(line) <= columns for line in lines)


@pytest.mark.parametrize(
    ("encoding", "written"),
    [
        ("ascii", b">=90 x10^9/L Nov\\xe1k \\u738b"),
        ("latin-1", b">=90 \xd710^9/L Nov\xe1k \\u738b"),
        ("utf-8", "≥90 ×10⁹/L Novák 王".encode()),
    ],
)
def test_what_a_character_set_lacks_is_written_in_plain_words(encoding: str, written: bytes) -> None:
    assert "≥90 ×10⁹/L Novák 王".encode(encoding, PLAIN_ERRORS) == written


def test_reading_is_not_its_business() -> None:
    with pytest.raises(UnicodeDecodeError):
        b"\xff".decode("utf-8", PLAIN_ERRORS)


@pytest.mark.parametrize(
    ("text", "searched"),
    [(" Étienne  MOREAU", "etienne moreau"), ("Okafor,\tAda", "okafor, ada"), ("STRASSE straße", "strasse strasse"), ("  ", "")],
)
def test_what_is_searched_has_neither_case_nor_accents_nor_blanks_at_its_ends(text: str, searched: str) -> None:
    assert folded(text) == searched
