"""Data as table, CSV and JSON."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.cli.conftest import Stream

from labtrack.cli.output import Format, counted, json_text, prepare, put, utf8_stdout, value_text, write_data

Printed = Callable[..., str]

ROWS = [
    {"mrn": "1", "on": date(2026, 11, 22), "value": 0.1 + 0.2, "count": 3, "local": True, "note": None},
    {"mrn": "2", "on": None, "value": 27.0, "count": 0, "local": False, "note": 'a "quoted", cell\nof two lines'},
]
KEYS = ("mrn", "on", "value", "count", "local", "note")


def written(rows: list[dict[str, str]], keys: tuple[str, ...], format: Format) -> str:
    stream = io.StringIO(newline="")
    write_data(stream, rows, keys, format)
    return stream.getvalue()


@pytest.fixture
def printed(monkeypatch: pytest.MonkeyPatch) -> Printed:
    """What a call writes to stdout."""

    def run(call: Callable[[], object], encoding: str = "utf-8") -> str:
        stream = Stream(encoding)
        with monkeypatch.context() as patched:
            patched.setattr(sys, "stdout", stream)
            call()
        return stream.text()

    return run


def test_csv_is_rfc_4180(printed: Printed) -> None:
    text = printed(lambda: put(ROWS, KEYS, Format.CSV))
    assert text == 'mrn,on,value,count,local,note\r\n1,2026-11-22,0.3,3,yes,\r\n2,,27,0,,"a ""quoted"", cell\nof two lines"\r\n'


def test_json_is_an_array_of_the_same_objects(printed: Printed) -> None:
    assert json.loads(printed(lambda: put(ROWS, KEYS, Format.JSON))) == [
        {"mrn": "1", "on": "2026-11-22", "value": 0.1 + 0.2, "count": 3, "local": True, "note": None},
        {"mrn": "2", "on": None, "value": 27.0, "count": 0, "local": False, "note": 'a "quoted", cell\nof two lines'},
    ]


def test_a_table_is_for_reading(printed: Printed) -> None:
    assert 'a "quoted", cell\\nof two lines' in printed(lambda: put(ROWS, KEYS, Format.TABLE))


@pytest.mark.parametrize("format", Format)
def test_rows_are_counted(format: Format, printed: Printed) -> None:
    numbers: list[int] = []
    printed(lambda: numbers.extend((put(ROWS, KEYS, format), put([], KEYS, format))))
    assert numbers == [2, 0]


@pytest.mark.parametrize("format", Format)
def test_nothing_is_nothing_but_the_header(format: Format, printed: Printed) -> None:
    header = {Format.TABLE: "", Format.CSV: "mrn,on,value,count,local,note\r\n", Format.JSON: "[]\n"}[format]
    assert printed(lambda: put([], KEYS, format)) == header


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), max_size=4))
def test_csv_and_json_hold_the_same(texts: list[str]) -> None:
    rows = [{"a": text} for text in texts]
    as_json = json.loads(written(rows, ("a",), Format.JSON))
    cells = [
        row["a"] for row in csv.DictReader(io.StringIO(written([{"a": t, "b": "x"} for t in texts], ("a", "b"), Format.CSV), newline=""))
    ]
    assert [row["a"] for row in as_json] == texts
    assert [cell[1:] if cell != text else cell for cell, text in zip(cells, texts, strict=True)] == texts


@pytest.mark.parametrize("text", ["=1+1", "+1 (555)", "-x", "@cmd", "\tx", "\rx", "'=x", " =x", "\uff1dx"])
def test_what_a_spreadsheet_would_run_is_guarded(text: str) -> None:
    assert next(csv.DictReader(io.StringIO(written([{"a": text}], ("a",), Format.CSV), newline="")))["a"] == f"'{text}"
    assert json.loads(written([{"a": text}], ("a",), Format.JSON))[0]["a"] == text


def test_a_plain_number_is_not() -> None:
    assert "-41.2" in written([{"a": "-41.2"}], ("a",), Format.CSV).split("\r\n")


@given(st.text())
def test_json_holds_nothing_that_a_terminal_would_obey(text: str) -> None:
    shown = json_text(text)
    assert json.loads(shown) == text
    assert not any(character < " " or "\x7f" <= character <= "\x9f" or "\u202a" <= character <= "\u202e" for character in shown)


def test_nor_tags_nor_a_flood_of_marks() -> None:
    text = "a\U000e0041\xadz" + "\u0301" * 9
    assert json_text(text) == '"a\\udb40\\udc41\\u00adz' + "\\u0301" * 9 + '"'
    assert json.loads(json_text(text)) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (True, "yes"),
        (False, ""),
        ("x", "x"),
        (0, "0"),
        (0.1 + 0.2, "0.3"),
        (4.9134, "4.9134"),
        (date(2026, 1, 2), "2026-01-02"),
    ],
)
def test_values_as_text(value: str | float | bool | date | None, text: str) -> None:
    assert value_text(value) == text


def test_stdout_is_usable_after_utf_8(printed: Printed) -> None:
    def write() -> None:
        with utf8_stdout() as stream:
            stream.write("≥")
        sys.stdout.write("x")

    assert printed(write) == "≥x"


def test_data_on_a_terminal_acts_on_none_and_elsewhere_is_what_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    for terminal, expected in ((True, 'a\r\n"\\x1b[2J\\rx\n\\u202e"\r\n'), (False, 'a\r\n"\x1b[2J\rx\n\u202e"\r\n')):
        stream = Stream(terminal=terminal)
        with monkeypatch.context() as patched:
            patched.setattr(sys, "stdout", stream)
            put([{"a": "\x1b[2J\rx\n\u202e"}], ("a",), Format.CSV)
        assert stream.text() == expected


def test_a_terminal_without_the_characters_gets_plain_words(printed: Printed) -> None:
    def write() -> None:
        prepare()
        sys.stdout.write("≥ 90 ×10⁹/L")

    assert printed(write, "ascii") == ">= 90 x10^9/L"


def test_counts_are_words() -> None:
    assert (counted(1, "row"), counted(1_234, "row"), counted(2, "entry", "entries")) == ("1 row", "1,234 rows", "2 entries")
