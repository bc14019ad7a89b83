"""The rules, listed and told."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.cli.conftest import Labtrack

from labtrack.cli.rules import RULE_COLUMNS


def test_every_rule_of_the_first_release_is_listed(labtrack: Labtrack) -> None:
    ids = [row["id"] for row in labtrack("rules", "--format", "csv").rows]
    assert len(ids) == len(set(ids)) == 28
    table = labtrack("rules").out
    assert all(id in table for id in ids)
    assert all(len(line) <= 80 for line in table.split("\n"))


@pytest.mark.shared
def test_they_are_those_of_the_clinical_reference(labtrack: Labtrack, shared: Path) -> None:
    section = (shared / "design" / "clinical.md").read_text(encoding="utf-8").split("## 3.")[1].split("## 4.")[0]
    named = re.findall(r"^\| `([a-z0-9.-]+)` \|", section, re.MULTILINE)
    assert {row["id"] for row in labtrack("rules", "--format", "csv").rows} == set(named)


def test_one_rule_tells_all(labtrack: Labtrack) -> None:
    ran = labtrack("rules", "ldl-rise-30")
    assert (ran.status, ran.err) == (0, "")
    headings = ("Says", "Why", "When it cannot tell", "For the patient", "Differs from the label", "References", "Sources")
    assert [line for line in ran.out.split("\n") if line in headings] == list(headings)
    assert "No label has a rule of 30 %" in ran.out
    assert "[A] " in ran.out
    assert "[A] the article" in ran.out
    assert "Limits: times 1.3" in ran.out
    assert all(len(line) <= 80 for line in ran.out.split("\n"))


def test_as_json_one_rule_is_the_same_object_as_in_the_list(labtrack: Labtrack) -> None:
    (one,) = labtrack("rules", "hys-law", "--format", "json").objects
    assert tuple(one) == RULE_COLUMNS
    assert one in labtrack("rules", "--format", "json").objects
    assert all(
        one[key] for key in ("says", "why", "when_it_cannot_tell", "for_the_patient", "differs_from_the_label", "references", "sources")
    )


def test_a_rule_of_the_clinics_own_is_marked(labtrack: Labtrack, tmp_path: Path) -> None:
    settings = tmp_path / "config" / "labtrack.toml"
    settings.parent.mkdir()
    settings.write_text("[rules.ldl-rise-30]\ntimes = 1.25\n", encoding="utf-8")
    assert "changed by this clinic's settings (local)" in labtrack("rules", "ldl-rise-30").out
    assert "(local)" in labtrack("rules").out


def test_an_unknown_rule(labtrack: Labtrack) -> None:
    ran = labtrack("rules", "ldl")
    assert ran.status == 3
    assert "There is no rule ldl." in ran.err


@pytest.mark.parametrize("text", ["region = 'MARS'\n", "no toml", "[rules.nothing]\nx = 1\n"])
def test_settings_that_are_wrong_are_named(text: str, labtrack: Labtrack, tmp_path: Path) -> None:
    settings = tmp_path / "config" / "labtrack.toml"
    settings.parent.mkdir()
    settings.write_text(text, encoding="utf-8")
    ran = labtrack("rules")
    assert ran.status in (2, 3)
    assert ran.err.startswith("labtrack: ")
