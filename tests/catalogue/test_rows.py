"""Reading a table's fields: each kind, and the error that names file and row."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

import pytest

from labtrack.catalogue.rows import Row
from labtrack.core.errors import CatalogueError


def row(**fields: object) -> Row:
    return Row("table.toml", "hb", fields)


def test_fields_of_every_kind() -> None:
    full = row(
        a="text", b=True, c=3, d=2.5, e=date(2026, 1, 1), f=["x", "y"], g={"k": "v"}, h=[1, ""], i=[1, 2.5], j={"z": 1}, k=[{"z": 2}]
    )
    assert full.kind_of("a") is str
    assert full.text("a") == "text"
    assert full.kind_of("a") is None
    assert full.text("absent", "default") == "default"
    assert (full.flag("b"), full.flag("absent")) == (True, False)
    assert full.integer("c") == 3
    assert (full.number("d"), full.number("absent", None)) == (2.5, None)
    assert full.day("e") == date(2026, 1, 1)
    assert (full.texts("f"), full.texts("absent")) == (("x", "y"), ())
    assert (full.text_map("g"), full.text_map("absent")) == ({"k": "v"}, {})
    assert full.pair("h") == (1.0, None)
    assert full.bounds("i") == (1.0, 2.5)
    inner = full.table("j")
    assert inner.rest() == {"z": 1}
    inner.done()
    assert [each.integer("z") for each in full.tables("k")] == [2]
    assert list(full.tables("absent")) == []
    full.done()


@pytest.mark.parametrize(
    ("ask", "value", "said"),
    [
        (lambda r: r.text("f"), 3, "f is not a text"),
        (lambda r: r.flag("f"), 1, "f is not true or false"),
        (lambda r: r.integer("f"), 1.5, "f is not a whole number"),
        (lambda r: r.integer("f"), True, "f is not a whole number"),
        (lambda r: r.integer("f"), -1, "f is negative"),
        (lambda r: r.number("f"), "1", "f is not a number"),
        (lambda r: r.number("f"), float("nan"), "f is not a finite number of zero or more"),
        (lambda r: r.number("f"), -0.5, "f is not a finite number of zero or more"),
        (lambda r: r.numbers("f"), [], "f is not a list of numbers above zero"),
        (lambda r: r.numbers("f"), [0], "f is not a list of numbers above zero"),
        (lambda r: r.numbers("f"), ["x"], "f is not a list of numbers above zero"),
        (lambda r: r.day("f"), "2026-01-01", "f is not a date"),
        (lambda r: r.texts("f"), "x", "f is not a list"),
        (lambda r: r.texts("f"), [1], "f is not a list of texts"),
        (lambda r: r.text_map("f"), {"k": 1}, "f is not a table of texts"),
        (lambda r: r.pair("f"), [1], "f is not two numbers"),
        (lambda r: r.pair("f"), [1, "x"], "f is not two numbers"),
        (lambda r: r.pair("f"), [1, float("inf")], "f is not two numbers"),
        (lambda r: r.pair("f"), [2, 1], "f has its ends the wrong way round"),
        (lambda r: r.bounds("f"), [1, ""], "f has an open end"),
        (lambda r: r.bounds("f"), ["", 1], "f has an open end"),
        (lambda r: r.one_of("f", ("a", "b")), "c", "f 'c' is not one of a, b"),
        (lambda r: r.all_of("f", ("a", "b")), ["a", "c"], "f 'c' is not one of a, b"),
        (lambda r: r.table("f"), 1, "f is not a table"),
        (lambda r: list(r.tables("f")), 1, "f is not a list of tables"),
        (lambda r: list(r.tables("f")), [1], "is not a table"),
        (lambda r: r.done(), 1, "unknown field f"),
    ],
)
def test_a_wrong_field_is_an_error_that_names_file_and_row(ask: Callable[[Row], object], value: object, said: str) -> None:
    with pytest.raises(CatalogueError, match=rf"table\.toml, row hb.*{re.escape(said)}\.") as caught:
        ask(row(f=value))
    assert caught.value.next_step


def test_a_missing_field_is_an_error() -> None:
    for ask in (row().text, row().integer, row().number, row().day, row().pair, row().table, row().numbers):
        with pytest.raises(CatalogueError, match="f is missing"):
            ask("f")


def test_a_row_must_be_a_table() -> None:
    with pytest.raises(CatalogueError, match="row hb: is not a table"):
        Row("table.toml", "hb", [1])
