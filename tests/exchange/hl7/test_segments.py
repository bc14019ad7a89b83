"""Segments taken apart by the characters that their message names."""

from __future__ import annotations

import string
import sys

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from labtrack.core.errors import ImportFailed
from labtrack.exchange.hl7 import segments as module
from labtrack.exchange.hl7.segments import Encoding, component, encoding_of, parse

USUAL = encoding_of("MSH|^~\\&|", "utf-8")


@pytest.mark.parametrize(
    ("header", "characters"),
    [
        ("MSH|^~\\&|A", "|^~\\&"),
        ("MSH|^~\\&#|A", "|^~\\&"),
        ("MSH@^~\\%#WWWW@A", "@^~\\%"),
        ("MSH^~|\\&^A", "^~|\\&"),
        ("MSH|^~\\&", "|^~\\&"),
    ],
)
def test_the_header_names_the_characters(header: str, characters: str) -> None:
    encoding = encoding_of(header, "utf-8")
    assert (encoding.field, encoding.component, encoding.repetition, encoding.escape, encoding.part) == tuple(characters)
    assert encoding.problem == ""


@pytest.mark.parametrize("header", ["MSH|", "MSH||", "MSH|^^\\&|", "MSH|^a\\&|", "MSH|^ \\&|", "MSH|^\x01\\&|", "MSH|^~\\ü|", "MSHaaaa"])
def test_characters_that_cannot_be_told_apart_are_a_problem(header: str) -> None:
    assert "cannot be told apart" in encoding_of(header, "utf-8").problem


def test_characters_that_a_header_leaves_out_separate_nothing() -> None:
    # the library would take ~, \ and & for them: its issue 64
    encoding = encoding_of("MSH|^|A", "utf-8")
    (_, pid) = parse(["MSH|^|A", "PID|a~b\\S\\&c^d"], [1, 2], frozenset(), encoding)
    assert encoding.components(pid[1]) == ["a~b\\S\\&c", "d"]
    assert encoding.repetitions(pid[1]) == [pid[1]]


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("x10\\S\\9/L", "x10^9/L"),
        ("a\\F\\b\\T\\c\\R\\d\\E\\e", "a|b&c~d\\e"),
        ("\\E\\R\\E\\", "\\R\\"),
        ("\\X41\\\\XC3BC\\", "Aü"),
        ("\\XFF\\", "\\XFF\\"),
        ("\\XZZ\\", "\\XZZ\\"),
        ("\\X\\", ""),
        ("a\\.br\\b\\.sp3\\c", "a b c"),
        ("\\H\\7.28\\N\\", "7.28"),
        ("4\\5 re", "4\\5 re"),
        ("\\Zq\\", "\\Zq\\"),
        ("\\.spx\\", " "),
        ("\\C2842\\", "\\C2842\\"),
        ("end\\", "end\\"),
        ("", ""),
    ],
)
def test_escapes_are_undone_and_nothing_is_lost(raw: str, text: str) -> None:
    assert USUAL.text(raw) == text


def test_hexadecimal_escapes_are_in_the_character_set_of_the_message() -> None:
    assert encoding_of("MSH|^~\\&|", "iso8859-1").text("\\XFC\\") == "ü"


def test_the_first_component() -> None:
    assert [USUAL.first(raw) for raw in ("a&b^c~d", ' "" ', "", "\\T\\a")] == ["a", "", "", "&a"]
    assert component(["a"], 2) == component(['""'], 1) == ""


def test_a_segment_is_read_by_hl7s_numbers() -> None:
    msh, pid, spm = parse(["MSH|^~\\&|A|B", "PID |1||a^b~c", "SPM"], [4, 5, 7], frozenset({1}), USUAL)
    assert (msh[1], msh[2], msh[3], msh[4], msh[5], msh.line) == ("|", "^~\\&", "A", "B", "", 4)
    assert (pid.name, pid[3], pid.line, pid.problem) == ("PID", "a^b~c", 5, "its line is broken: the next one is no segment")
    assert (spm.name, spm[2], spm.problem) == ("SPM", "", "")


def test_a_header_that_ends_with_its_characters_loses_none() -> None:
    (msh, pid) = parse(["MSH|^~\\%", "PID|1|a&b%c"], [1, 2], frozenset(), encoding_of("MSH|^~\\%", "utf-8"))
    assert (msh[2], pid[2]) == ("^~\\%", "a&b%c")


def test_a_million_fields_are_cut_before_they_are_taken_apart() -> None:
    (_, obx) = parse(["MSH|^~\\&|", "OBX|1|NM|777-3||5" + "|x" * 1_000_000], [1, 2], frozenset(), USUAL)
    assert (obx[5], obx[99], obx[100], obx.problem) == ("5", "x", "", "")


@pytest.mark.parametrize(
    ("name", "number", "told"), [("OBX", 3, True), ("OBX", 5, False), ("OBX", 13, False), ("PID", 3, True), ("NTE", 3, False)]
)
def test_a_field_that_is_too_long_is_a_problem_where_it_is_read(name: str, number: int, told: bool) -> None:
    (_, segment) = parse(["MSH|^~\\&|", name + "|" * number + "x" * 4_001], [1, 2], frozenset(), USUAL)
    assert segment.problem == (f"{name}-{number} is longer than 4,000 characters" if told else "")
    (_, segment) = parse(["MSH|^~\\&|", name + "|" * number + "x" * 1_000_000], [1, 2], frozenset(), USUAL)
    assert bool(segment.problem) is told
    assert len(segment[number]) == 4_001


def test_many_segments_come_piece_by_piece(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_PIECE", 3)
    monkeypatch.setattr(module, "_PIECE_SIZE", 40)
    texts = ["MSH|^~\\&|A|B|" + "x" * 50, *(f"OBX|{number}|a^b" for number in range(20))]
    found = list(parse(texts, range(1, 22), frozenset({20}), USUAL))
    assert [(each.line, each[1]) for each in found[1:]] == [(number + 2, str(number)) for number in range(20)]
    assert (found[0][4], found[20].problem[:18]) == ("B", "its line is broken")


LETTERS = st.characters(blacklist_categories=("Cs", "Cc", "Zs", "Zl", "Zp", "Cn"))
SUBS = st.lists(st.text(LETTERS, max_size=4), min_size=1, max_size=2)
FIELDS = st.lists(st.lists(st.lists(SUBS, min_size=1, max_size=3), min_size=1, max_size=3), min_size=1, max_size=5)


@given(st.permutations([each for each in string.punctuation if each != '"']), FIELDS)
def test_what_is_written_is_read_whatever_separates_it(characters: list[str], fields: list[list[list[list[str]]]]) -> None:
    field, part, repetition, escape, sub = characters[:5]
    names = {field: "F", part: "S", repetition: "R", escape: "E", sub: "T"}

    def written(text: str) -> str:
        return "".join(f"{escape}{names[each]}{escape}" if each in names else each for each in text)

    header = f"MSH{field}{part}{repetition}{escape}{sub}{field}"
    encoding = encoding_of(header, "utf-8")
    assume(not encoding.problem)
    line = field.join(
        ["ZZZ", *(repetition.join(part.join(sub.join(map(written, subs)) for subs in parts) for parts in field_) for field_ in fields)]
    )
    (_, segment) = parse([header, line], [1, 2], frozenset(), encoding)
    for number, field_ in enumerate(fields, 1):
        read = [[encoding.parts(each) for each in raw.split(encoding.component)] for raw in encoding.repetitions(segment[number])]
        assert read == field_


@given(st.text(max_size=40))
def test_any_text_is_unescaped_without_an_error(text: str) -> None:
    assert isinstance(USUAL.text(text), str)
    assert isinstance(Encoding("|", "^~\\&", "iso2022_jp").text(f"\\X{text}\\"), str)


def test_without_the_library_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "hl7", None)
    with pytest.raises(ImportFailed, match=r"pip install 'labtrack\[hl7\]'"):
        module.library()
