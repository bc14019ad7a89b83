"""Texts of messages: whole characters, one line, fit to be recorded."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from labtrack.exchange.said import clean, one_line, unfit

ANY_TEXT = st.text(st.characters(codec=None, categories=None), max_size=20)  # type: ignore[arg-type]


@given(ANY_TEXT | st.text(st.sampled_from("a\ud800\udfff\x00\x1b\n\u200b "), max_size=20))
def test_what_is_cleaned_can_be_written(text: str) -> None:
    clean(text).encode()
    line = one_line(text, 10)
    line.encode()
    assert len(line) <= 10
    assert "\n" not in line
    assert not unfit(line)


def test_what_cannot_be_recorded_says_why() -> None:
    assert unfit("x" * 10_001) == "a text of more than 10000 characters"
    assert unfit("a\x00") == "holds the control character U+0000"
    assert unfit("two\nlines") == unfit("µ") == unfit("") == ""
    assert unfit("5\u200b") == ""


def test_a_long_text_is_cut_and_says_so() -> None:
    assert one_line(" a\r\n\x00b  c ", 4) == "a b…"
