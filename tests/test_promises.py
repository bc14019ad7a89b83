"""Every promise of SECURITY.md names tests that are there and a way to break it that still fits; the document has them all."""

from __future__ import annotations

import ast

import pytest
from tests.promises import DOCUMENT, ROOT, Promise, promises, with_tables

PROMISES = promises()


@pytest.mark.parametrize("promise", PROMISES, ids=lambda each: each.says[:60])
def test_a_promise_names_tests_that_are_there_and_can_be_broken(promise: Promise) -> None:
    assert promise.tests
    for test in promise.tests:
        path, _, name = test.partition("::")
        tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
        functions = {each.name for each in ast.walk(tree) if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)}
        assert name.partition("[")[0] in functions, test
    assert promise.file.startswith("src/labtrack/")
    assert (ROOT / promise.file).read_text(encoding="utf-8").count(promise.was) == 1, f"{promise.file} does not have it once: {promise.was}"
    assert promise.broken != promise.was


def test_the_document_has_every_promise_once() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    assert with_tables(text, PROMISES) == text, "run: python tests/promises.py --write"
    for each in PROMISES:
        assert text.count(f"| {each.says} |") == 1
