"""Tables as plain text."""

from __future__ import annotations

import io
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labtrack.cli.tables import Column, has_color, shown_cells, table_lines, terminal_width
from labtrack.core.text import width

NAME, VALUE, TEXT = Column.of("name"), Column.of("value", right=True), Column.of("text", "what it says", soft=True, toned=True)
ROWS = [
    {"name": "anc", "value": "0.82", "text": "urgent"},
    {"name": "hb", "value": "12.9", "text": "a longer sentence that has to be wrapped somewhere"},
]


def test_a_table_is_as_wide_as_it_needs_to_be() -> None:
    assert list(table_lines([NAME, VALUE], ROWS, 80)) == ["name  value", "----  -----", "anc    0.82", "hb     12.9"]


def test_without_rows_there_is_no_table() -> None:
    assert list(table_lines([NAME], [], 80)) == []


def test_a_column_without_a_word_is_left_out() -> None:
    rows = [{"name": "anc", "value": "", "text": "x"}]
    assert list(table_lines([NAME, VALUE, TEXT], rows, 80)) == ["name  what it says", "----  ------------", "anc   x"]


def test_words_stay_whole_while_others_have_room() -> None:
    rows = [{"name": "a baricitinib b", "text": "some words of a sentence that is long " * 2}]
    lines = list(table_lines([Column.of("name", soft=True), Column.of("text", soft=True)], rows, 30))
    assert any("baricitinib" in line for line in lines)
    assert all(len(line) <= 30 for line in lines)


def test_the_widest_column_gives_way_first() -> None:
    assert list(table_lines([NAME, VALUE, TEXT], ROWS, 40)) == [
        "name  value  what it says",
        "----  -----  ---------------------------",
        "anc    0.82  urgent",
        "hb     12.9  a longer sentence that has",
        "             to be wrapped somewhere",
    ]


def test_rows_may_be_parted_and_cut_short() -> None:
    column = Column("text", lambda cells: cells["text"], most=2)
    lines = list(table_lines([column], ROWS, 20, spaced=True))
    assert lines[2:] == ["urgent", "", "a longer sentence", "that has to be …"]


def test_line_breaks_part_lines() -> None:
    column = Column("patient", lambda cells: f"{cells['name']}\n{cells['value']}")
    assert list(table_lines([column, NAME], ROWS[:1], 80))[2:] == ["anc      anc", "0.82"]


def test_color_only_marks_words_that_say_the_same_without_it() -> None:
    plain, colored = (list(table_lines([NAME, TEXT], ROWS, 80, color=color)) for color in (False, True))
    assert "\x1b[1;31murgent\x1b[0m" in colored[2]
    assert [line.replace("\x1b[1;31m", "").replace("\x1b[0m", "").rstrip() for line in colored] == plain


def test_rows_beyond_those_measured_wrap() -> None:
    rows = [{"name": "x"}] * 1_000 + [{"name": "a much longer one"}]
    *_, before, last = table_lines([NAME], rows, 80)
    assert (before, last) == ("er", "one")


@given(st.lists(st.tuples(st.text("ab 王", max_size=30), st.text("cd ", max_size=90)), min_size=1), st.integers(40, 120))
def test_no_line_is_wider_than_the_terminal(rows: list[tuple[str, str]], total: int) -> None:
    cells = [{"name": name, "text": text} for name, text in rows]
    assert all(width(line) <= total for line in table_lines([NAME, TEXT], cells, total))


def test_cells_are_made_harmless() -> None:
    assert shown_cells({"name": "a\x1b[2J\nb"}) == {"name": "a\\x1b[2J\\nb"}


@pytest.mark.parametrize(("columns", "expected"), [("132", 132), ("12", 40), ("", 80)])
def test_the_terminal_says_how_wide(columns: str, expected: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    if not columns:
        monkeypatch.setattr(os, "get_terminal_size", lambda *_: os.terminal_size((0, 0)))
    assert terminal_width() == expected


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("stream", "variables", "expected"),
    [
        (Terminal(), {}, True),
        (io.StringIO(), {}, False),
        (Terminal(), {"NO_COLOR": "1"}, False),
        (Terminal(), {"NO_COLOR": ""}, True),
        (Terminal(), {"TERM": "dumb"}, False),
    ],
)
def test_color_needs_a_terminal_that_wants_it(
    stream: io.StringIO, variables: dict[str, str], expected: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert has_color(stream) is expected
