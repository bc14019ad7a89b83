"""The decimal mark: decided over the whole file, refused when it is not certain."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labtrack.exchange.decimals import DecimalEvidence, Mark, is_grouped_number, mark_of


def evidence_of(*cells: str) -> DecimalEvidence:
    evidence = DecimalEvidence()
    evidence.look_at(cells, range(2, len(cells) + 2))
    return evidence


@pytest.mark.parametrize(
    ("cell", "mark"),
    [
        ("12", Mark.NOTHING),
        ("", Mark.NOTHING),
        ("hemolyzed", Mark.NOTHING),
        ("see note, 3.5", Mark.NOTHING),
        ("0,82", Mark.COMMA),
        ("<0,5", Mark.COMMA),
        ("≥ 1,5", Mark.COMMA),
        ("'-1,5", Mark.COMMA),
        ("0.82", Mark.POINT),
        ("1.5e3", Mark.POINT),
        ("1.234e3", Mark.POINT),
        ("0,123", Mark.COMMA),
        ("1234,567", Mark.COMMA),
        ("1,234", Mark.PERHAPS_COMMA),
        ("250.000", Mark.PERHAPS_POINT),
        ("1.234,5", Mark.COMMA),
        ("1,234.5", Mark.POINT),
        ("1,234,567", Mark.POINT),
        ("1.234.567", Mark.COMMA),
        ("1.2.3", Mark.NOTHING),
        ("12.03.2026", Mark.NOTHING),
        ("1,2.3,4", Mark.NOTHING),
        ("1.23,456", Mark.NOTHING),
        ("1" * 50 + ",5", Mark.NOTHING),
        ("０，８２", Mark.COMMA),
    ],
)
def test_what_one_cell_says(cell: str, mark: Mark) -> None:
    assert mark_of(cell) is mark


@pytest.mark.parametrize(
    ("cells", "delimiter", "decimal"),
    [
        ((), ",", "."),
        (("12", "text"), ",", "."),
        (("0.82",), ";", "."),
        (("0,82",), ";", ","),
        (("0,82", "1,234"), ",", ","),
        (("0.82", "1,234"), ",", "."),
        (("0,82", "1.234"), ";", ","),
        (("1.234",), ",", "."),
        (("1.234",), "\t", "."),
        (("1.234", "0.5"), ";", "."),
    ],
)
def test_a_certain_mark(cells: tuple[str, ...], delimiter: str, decimal: str) -> None:
    assert evidence_of(*cells).decide(delimiter) == decimal
    assert evidence_of(*cells).doubt(delimiter) == ""


@pytest.mark.parametrize(
    ("cells", "delimiter", "doubt"),
    [
        (("1,234",), ",", "1,234 (line 2) can be read in two ways"),
        (("12", "1,234", "1.234"), ";", "1,234 (line 3) can be read in two ways"),
        (("250.000",), ";", "delimited by semicolons"),
        (("0,82", "0.82"), ";", "0,82 (line 2) has a decimal comma, 0.82 (line 3) a decimal point"),
        (("1.234,5", "0.5"), ";", "one file has one decimal mark"),
    ],
)
def test_an_uncertain_mark_says_where(cells: tuple[str, ...], delimiter: str, doubt: str) -> None:
    assert evidence_of(*cells).decide(delimiter) is None
    assert doubt in evidence_of(*cells).doubt(delimiter)


def test_what_was_seen_is_forgotten_when_it_is_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("labtrack.exchange.decimals._MEMO", 2)
    evidence = DecimalEvidence()
    for number in range(9):
        evidence.look_at(iter([str(number), "0,5"]), [number, number])
    assert evidence.decide(",") == ","
    assert len(evidence._seen) <= 4


@given(st.lists(st.sampled_from(["0,82", "0.82", "1,234", "1.234", "12", "x"])), st.sampled_from(",;\t"))
def test_the_order_of_cells_and_columns_does_not_matter(cells: list[str], delimiter: str) -> None:
    one = evidence_of(*cells)
    other = DecimalEvidence()
    for line, cell in reversed(list(enumerate(cells, 2))):
        other.look_at([cell], [line])
    assert one.decide(delimiter) == other.decide(delimiter)


@pytest.mark.parametrize(
    ("cell", "decimal", "grouped"),
    [
        ("1,234", ".", True),
        ("1,234.5", ".", True),
        ("1.234", ",", True),
        ("1.234", ".", False),
        ("a, b", ".", False),
        ("０，８", ".", True),
    ],
)
def test_a_number_with_the_other_mark(cell: str, decimal: str, grouped: bool) -> None:
    assert is_grouped_number(cell, decimal) is grouped  # type: ignore[arg-type]
