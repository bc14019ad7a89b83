"""Remarks show a cell without letting it act on the terminal."""

from __future__ import annotations

from labtrack.exchange.remarks import SHOWN, shown


def test_control_characters_are_made_visible() -> None:
    assert shown("a\x00b\x1b[2J\x7f") == "a␀b␛[2J␡"
    assert shown("a\u00a0b\u2028c\x9bd\x85\u202e") == "a b c�d��"


def test_marks_do_not_bury_other_lines() -> None:
    assert shown("z" + "\u0301" * 10) == "z" + "\u0301" * 8 + "\\u0301\\u0301"


def test_a_long_cell_is_cut() -> None:
    assert len(shown("x" * 1000)) == SHOWN
    assert shown("x" * SHOWN) == "x" * SHOWN
