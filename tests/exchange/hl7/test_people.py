"""Whom a PID names."""

from __future__ import annotations

from datetime import date

import pytest

from labtrack.core.record import Sex
from labtrack.exchange.feed import Identifier, Person
from labtrack.exchange.hl7.people import People, identifiers_of, name_of
from labtrack.exchange.hl7.segments import Fields, encoding_of

USUAL = encoding_of("MSH|^~\\&|", "utf-8")


def person(pid: str) -> Person:
    people = People([])
    people.place(Fields(2, pid.split("|")), "message 1", USUAL)
    return people.told[0]


@pytest.mark.parametrize(
    ("raw", "numbers"),
    [
        ("777^^^ACME^MR", [("777", "ACME", "MR")]),
        ("777^^^ACME&1.2.3&ISO^MR^X", [("777", "ACME", "MR")]),
        ("777^^^&1.2.3&ISO^PI", [("777", "1.2.3", "PI")]),
        ("1^^^A^MR~2^^^B^SS~~3", [("1", "A", "MR"), ("2", "B", "SS"), ("3", "", "")]),
        ("1^^^A^MR~1^^^A^MR", [("1", "A", "MR")]),
        ("1\\T\\2^^^A\\T\\B&x", [("1&2", "A&B", "")]),
        ('""^^^ACME^MR', []),
        ("^^^ACME^MR", []),
        ("", []),
    ],
)
def test_every_number_has_its_authority_and_type(raw: str, numbers: list[tuple[str, str, str]]) -> None:
    assert identifiers_of(raw, USUAL) == tuple(Identifier(*each) for each in numbers)


@pytest.mark.parametrize(
    ("pid", "numbers"),
    [
        ("PID|1|OLD|777|ALT", ["777"]),
        ("PID|1|OLD||ALT", ["OLD"]),
        ("PID|1|||ALT1~ALT2", ["ALT1", "ALT2"]),
        ("PID|1|OLD|^^^ACME|", ["OLD"]),
        ("PID", []),
    ],
)
def test_older_fields_are_read_only_where_pid_3_is_empty(pid: str, numbers: list[str]) -> None:
    assert [each.value for each in person(pid).identifiers] == numbers


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ("Test^Alex", "Alex Test"),
        ("Doe^John^Joseph^^^^L^A", "John Joseph Doe"),
        ("van Beethoven&van^Ludwig^A^III^Dr", "Ludwig A van Beethoven"),
        ("O'Br\\T\\ien\\F\\x^Ann~Alias^A", "Ann O'Br&ien|x"),
        ("Muster", "Muster"),
        ('""^Eve', "Eve"),
        ("", ""),
        ("A\x00B^C\x1b[2J", "C [2J A B"),
    ],
)
def test_the_name_is_given_then_family_of_the_first(raw: str, name: str) -> None:
    assert name_of(raw, USUAL) == name


def test_birth_date_and_sex_are_known_or_left_open() -> None:
    found = person("PID|||777||||19700102|F")
    assert (found.birth_date, found.sex, found.line, found.where) == (date(1970, 1, 2), Sex.FEMALE, 2, "message 1: PID-3")
    found = person("PID|||777||||1970|m^Male")
    assert (found.birth_date, found.sex) == (None, Sex.MALE)
    assert person("PID|||777|||||U").sex is person("PID|||777").sex is Sex.UNKNOWN


def test_equal_people_are_one_at_the_first_place_that_names_them() -> None:
    people = People([])
    pids = [
        "PID|1||777^^^ACME^MR||Test^Alex||19700102|F",
        "PID|9|x|777^^^ACME^MR||Test^Alex||19700102|F|else",
        "PID|1||777^^^ACME^MR||Test^Alex",
    ]
    assert [people.place(Fields(line, pid.split("|")), f"message {line}", USUAL) for line, pid in enumerate(pids, 1)] == [0, 0, 1]
    assert [each.line for each in people.told] == [1, 3]
