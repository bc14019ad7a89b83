"""JSON as a stream of entries and resources."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labtrack.core.errors import ImportFailed, LabtrackError
from labtrack.exchange.fhir import scan as module
from labtrack.exchange.fhir.scan import DEEPEST, Item, Number, Scanner, decimals

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=12,
)
INDENTS = st.sampled_from([None, 0, 1, 4])


def pieces(text: str, cuts: list[int]) -> Iterator[str]:
    """A text in blocks of these sizes, over and over."""
    at, turn = 0, 0
    while at < len(text):
        size = max(1, cuts[turn % len(cuts)])
        yield text[at : at + size]
        at, turn = at + size, turn + 1


def items(text: str, *cuts: int) -> list[Item]:
    return list(Scanner(pieces(text, list(cuts) or [len(text)]), "any.json").items())


def printed(value: Any) -> Any:
    """A value with its numbers as texts."""
    return json.loads(value, parse_float=str, parse_int=str)


@given(
    st.lists(JSON, max_size=6), INDENTS, st.lists(st.integers(1, 40), min_size=1, max_size=5), st.sampled_from(["first", "last", "none"])
)
def test_a_bundle_in_any_blocks_gives_what_the_whole_gives(entries: list[Any], indent: int | None, cuts: list[int], kind: str) -> None:
    rest = {"type": "searchset", "total": 1.50, "link": [{"url": 'a"}]{\\'}]}
    whole: dict[str, Any] = {"resourceType": "Bundle", "entry": entries, **rest} if kind == "first" else {"entry": entries, **rest}
    whole |= {"resourceType": "Bundle"} if kind == "last" else {}
    text = json.dumps(whole, indent=indent, ensure_ascii=False)
    found = items(text, *cuts)
    if found and found[-1].bundle == 0:  # one line, or no Bundle: as a whole
        assert [each.value for each in found] == [printed(text)]
    else:
        assert [each.value for each in found] == printed(text)["entry"]
        assert [(each.bundle, each.at) for each in found] == [(1, place) for place in range(len(entries))]


@given(
    st.lists(JSON.map(lambda value: {"resourceType": "X", "value": value}), min_size=1, max_size=6),
    st.lists(st.integers(1, 60), min_size=1),
)
def test_the_lines_of_a_bulk_export_in_any_blocks(resources: list[Any], cuts: list[int]) -> None:
    text = "\n".join(json.dumps(each, ensure_ascii=False) for each in resources)
    assert items(text, *cuts) == [Item(printed(json.dumps(each)), line) for line, each in enumerate(resources, 1)]


@given(st.lists(st.integers(1, 30), min_size=1), st.integers(0, 3))
def test_an_entry_is_on_the_line_where_its_resource_begins(cuts: list[int], blank: int) -> None:
    entries = [{"fullUrl": f"urn:{place}", "resource": {"id": place, "text": "resource"}} for place in range(9)]
    text = "\n" * blank + json.dumps({"resourceType": "Bundle", "entry": entries}, indent=2)
    lines = text.split("\n")
    for found in items(text, *cuts):
        assert '"resource": {' in lines[found.line - 1]
        assert f'"urn:{found.at}"' in lines[found.line - 2]


def test_numbers_keep_their_printed_text_and_are_told_apart() -> None:
    (found,) = items('{"a": 4.60, "b": 96, "c": 9.6e1, "d": -0, "e": "4.60"}')
    assert found.value == {"a": "4.60", "b": "96", "c": "9.6e1", "d": "-0", "e": "4.60"}
    assert [type(each) is Number for each in found.value.values()] == [True, True, True, True, False]


def test_decimals_are_exact() -> None:
    (found,) = items('{"a": [4.60, {"b": 1e3}], "c": "4.60", "d": true}')
    assert decimals(found.value) == {"a": [Decimal("4.60"), {"b": Decimal("1000")}], "c": "4.60", "d": True}


def test_numbers_at_the_end_of_a_block_are_not_cut() -> None:
    for size in range(1, 6):
        assert [each.value for each in items("[12345, 1.5e3]\n678 90", size)] == ["12345", "1.5e3", "678", "90"]


def test_a_large_value_that_hides_what_it_is_is_taken_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_AT_ONCE", 100)
    entries = [{"resource": {"id": "x" * 50}}] * 4
    found = items(json.dumps({"entry": entries, "type": "history", "resourceType": "Bundle"}), 64)
    assert [each.value for each in found] == entries
    other = {"data": "y" * 300, "resourceType": "Binary"}
    assert [each.value for each in items(json.dumps(other), 64)] == [other]


def test_a_history_is_known_by_its_type() -> None:
    scanner = Scanner(iter(['{"resourceType":"Bundle","type":"history","entry":[{}]}']), "any.json")
    assert len(list(scanner.items())) == 1
    assert scanner.histories == {1}
    assert scanner.bundles == 1


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "is empty"),
        (" \n\t ", "is empty"),
        ("{", r"line 1, column 2: the file ends in the middle"),
        ('{"resourceType": "Bundle",\n "entry": [{"a": 1}', r"line 2, column \d+: the file ends in the middle"),
        ('{"resourceType": "Bundle", "entry": [{}, ]}', "line 1, column 42: a value is expected"),
        ('{"resourceType": "Bundle", "entry": [{} {}]}', r"column 41: a comma or \] is expected"),
        ('{"resourceType": "Bundle" "entry": []}', "column 27: a comma or } is expected"),
        ('{"resourceType": "Bundle", 1: 2}', "column 28: a name in quotes is expected"),
        ('{"resourceType": "Bundle", "entry"; []}', "column 35: : is expected"),
        ('{"resourceType": "Bundle",}', "column 27: a name in quotes is expected"),
        ('{"a": 1}\n{"a": }', "line 2, column 7: a value is expected"),
        ('{"a": 1}\n}', "line 2, column 1: a value is expected"),
        ('{"a": "b\n"}', "line 1, column 9: Invalid control character at"),
        ('\n\n{"a": NaN}', "line 3, column 1: in the value that begins here, NaN is no JSON number"),
        ('{"a": -Infinity}', "-Infinity is no JSON number"),
        ("nothing", "line 1, column 1: a value is expected"),
    ],
)
@pytest.mark.parametrize("size", [1, 7, 1000])
def test_what_is_no_json_is_told_with_its_place(text: str, reason: str, size: int) -> None:
    with pytest.raises(ImportFailed, match=reason) as failed:
        items(text, size)
    assert failed.value.next_step


def nested(levels: int, inner: str = "1", mark: str = "[]") -> str:
    return mark[0] * levels + inner + mark[1] * levels


@pytest.mark.parametrize("levels", [DEEPEST + 2, 2_000, 100_000])
def test_deep_nesting_is_refused_by_a_limit(levels: int) -> None:
    for text in (nested(levels), '{"a":' * levels + "1" + "}" * levels, f'{{"resourceType":"Bundle","entry":[{nested(levels)}]}}'):
        with pytest.raises(ImportFailed, match="more than 100 stand within one another"):
            items(text, 4096)


def test_nesting_up_to_the_limit_and_brackets_in_texts_are_taken() -> None:
    assert len(items(f'{{"a": {nested(DEEPEST - 2)}, "b": "{"[" * 500}"}}')) == 1
    assert len(items(json.dumps({"a": [{"b": [1]}] * 200}))) == 1


def test_a_value_that_does_not_end_is_refused_by_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LARGEST_ITEM", 10_000)
    monkeypatch.setattr(Scanner._value, "__defaults__", (10_000,))
    endless = (block for block in ['{"resourceType":"Bundle","entry":[{"a":"', *["x" * 1_000] * 1_000])
    with pytest.raises(ImportFailed, match="line 1: the resource that begins here is larger than 10,000 characters"):
        list(Scanner(endless, "any.json").items())
    assert len(list(endless)) > 900  # most of it was never asked for
    with pytest.raises(ImportFailed, match="larger than"):
        items(json.dumps({"resourceType": "Bundle", "extra": ["x" * 6_000], "more": ["x" * 6_000]}), 500)


@given(st.text(st.sampled_from('{}[]",:0123456789eE+-.\\utrnfalse NaInity\n\x00'), max_size=40), st.integers(1, 9))
def test_any_text_is_scanned_as_the_whole_or_refused(text: str, size: int) -> None:
    try:
        found = items(text, size)
    except LabtrackError:
        with pytest.raises((ValueError, LabtrackError)):  # several values one after the other are a bulk export, not JSON
            json.loads(text, parse_constant=lambda name: float(name + "!"))
    else:
        assert found or text.strip(" \t\r\n") in ("[]", "{}") or '"entry"' in text or text.count("[]")
