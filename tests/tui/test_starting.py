"""Tests of labtrack.tui.starting."""

from __future__ import annotations

import gc
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
from tests.test_cold_start import environment
from tests.tui.conftest import opening_of, settled

from labtrack.tui import starting
from labtrack.tui.app import LabtrackApp


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    yield
    gc.enable()
    gc.unfreeze()


def test_garbage_is_looked_for_again_once_it_is_let_go() -> None:
    starting.hold()
    assert not gc.isenabled()
    starting.let_go()
    assert gc.isenabled()
    assert gc.get_freeze_count()


def test_nothing_is_frozen_that_was_not_held() -> None:
    gc.unfreeze()
    starting.let_go()
    assert not gc.get_freeze_count()


@pytest.mark.parametrize("name", starting.NEXT)
def test_what_is_loaded_next_is_there(name: str) -> None:
    assert find_spec(name)


def test_what_is_loaded_next_needs_nothing_heavy() -> None:
    code = (
        "import sys; from labtrack.tui.starting import load_next; load_next(); "
        "print(sorted({'pandas', 'plotext', 'alembic', 'sqlalchemy'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment())
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("there", [True, False])
async def test_the_screen_lets_go_when_it_is_filled_or_there_is_no_clinic(empty_file: Path, tmp_path: Path, there: bool) -> None:
    starting.hold()
    app = LabtrackApp(opening_of(empty_file if there else tmp_path / "none.db"))
    async with app.run_test() as pilot:
        await settled(pilot)
        assert gc.isenabled()
