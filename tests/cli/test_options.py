"""Options that commands share."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from tests.cli.conftest import Labtrack

from labtrack.cli.app import command
from labtrack.cli.options import given, path_of
from labtrack.core.judgment import Region


def test_what_is_said_last_counts() -> None:
    parser = command()
    arguments = ["--db", "a", "--region", "EU", "due", "--db", "b", "--as-of", "2026-03-01"]
    context = parser.make_context("labtrack", list(arguments))
    inner = parser.commands["due"].make_context("due", arguments[5:], parent=context)
    said = given(inner)
    assert (said.db, said.region, said.as_of) == ("b", Region.EU, date(2026, 3, 1))


def test_one_command_line_does_not_reach_into_the_next(labtrack: Labtrack, ada: str, tmp_path: Path) -> None:
    assert labtrack("--db", tmp_path / "nowhere.db", "due").status == 3
    assert labtrack("due").status == 0


def test_a_home_is_resolved(tmp_path: Path) -> None:
    assert path_of("~/x.csv") == tmp_path / "home" / "x.csv"


@pytest.mark.parametrize("region", ["eu", "EU"])
def test_a_region_may_be_in_any_case(region: str, labtrack: Labtrack, ada: str) -> None:
    assert labtrack("info", "--region", region, "--format", "json").objects[0]["region"] == "EU"
