"""Cells: guards are taken off exactly as they are put on."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from labtrack.exchange.cells import guard, mrn_of, mrn_refusal, number_of, tidy, unguard

RISKY = "=+-@\uff1d\uff0b\uff0d\uff20"
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")) | st.text("'=+-@\t\r\n \u00a0\"\uff1d1a.e", max_size=6)


@given(TEXTS)
@example("'=1")
@example("''=1")
@example("-5")
@example("'-5")
@example("'")
def test_a_guarded_text_reads_back(text: str) -> None:
    assert unguard(guard(text)) == text


@given(TEXTS)
def test_a_spreadsheet_runs_nothing_that_is_guarded(text: str) -> None:
    guarded = guard(text)
    assert not guarded.startswith(("\t", "\r", "\n"))
    begun = guarded.lstrip(' \t\r\n\u00a0"')
    assert not begun or begun[0] not in RISKY or number_of(begun, ".") is not None


@given(st.lists(TEXTS, min_size=2))
def test_a_guarded_row_survives_a_csv_file(cells: list[str]) -> None:
    text = io.StringIO(newline="")
    csv.writer(text).writerow(map(guard, cells))
    text.seek(0)
    (row,) = csv.reader(text, strict=True)
    assert [unguard(cell) for cell in row] == cells


@pytest.mark.parametrize(
    ("text", "guarded"),
    [
        ("=SUM(A1)", "'=SUM(A1)"),
        ("-5", "-5"),
        ("+1.5e3", "+1.5e3"),
        ("-5 mg", "'-5 mg"),
        ("+", "'+"),
        ("@home", "'@home"),
        ("\tx", "'\tx"),
        ("\rx", "'\rx"),
        ("\nx", "'\nx"),
        ("  =1", "'  =1"),
        ("\u00a0\u3000@x", "'\u00a0\u3000@x"),
        ('"=1"', '\'"=1"'),
        ("\uff1d1", "'\uff1d1"),
        ("\uff0b1", "'\uff0b1"),
        ("\uff0d1", "'\uff0d1"),
        ("\uff20x", "'\uff20x"),
        (' "x"', ' "x"'),
        ("'=1", "''=1"),
        ("''-5", "'''-5"),
        ("'tis", "'tis"),
        ("O'Hara", "O'Hara"),
        ("", ""),
    ],
)
def test_guard(text: str, guarded: str) -> None:
    assert guard(text) == guarded


@pytest.mark.parametrize(
    ("cell", "text"), [("'-5", "-5"), ("'5", "'5"), ("''", "''"), ("''=x", "'=x"), ("'", "'"), ("' =x", " =x"), ("' x", "' x")]
)
def test_unguard_takes_one_guard_off_and_only_where_it_guards(cell: str, text: str) -> None:
    assert unguard(cell) == text


def test_tidy_keeps_what_is_printed() -> None:
    assert tidy(" \u200b×10⁹/L\u00a0 ") == "×10⁹/L"
    assert tidy("'=x ") == "=x"


@given(TEXTS)
def test_tidy_text_stays_tidy_through_a_round_trip(text: str) -> None:
    kept = tidy(text)
    assert tidy(guard(kept)) == kept


@pytest.mark.parametrize(
    ("mrn", "reason"), [("", "mrn is empty"), ("x" * 65, "longer than 64"), ("a\nb", "line break"), ("A-1", ""), ("ä 7", "")]
)
def test_mrn_refusal(mrn: str, reason: str) -> None:
    assert reason in mrn_refusal(mrn)
    assert bool(reason) == bool(mrn_refusal(mrn))


def test_mrn_of_folds_what_cannot_be_seen() -> None:
    assert mrn_of(" \ufeffＡ１\u200b ") == "A1"


@pytest.mark.parametrize(("text", "number"), [("2", 2.0), ("2,5", 2.5), ("<2", None), ("2.5", None), ("two", None), ("", None)])
def test_number_of_is_exact_and_in_the_files_decimal_mark(text: str, number: float | None) -> None:
    assert number_of(text, ",") == number
