"""Some of the other faults: one clear message and status 3, nothing lost, and it goes on once the fault is gone.

``python -m tests.faults --others 20`` has them all, and often.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from tests.faults import clock, disk, files, locks, together
from tests.faults.conftest import SEED
from tests.faults.disk import Figures
from tests.faults.place import POWERLESS, copied
from tests.faults.templates import Templates


def sound(figures: Figures, struck: int) -> None:
    assert figures.problems == []
    assert figures.struck >= struck


@pytest.fixture
def small_disk(tmp_path: Path) -> Path:
    """Where a small disk can be mounted; skips where that is not allowed (a limit on files is tried everywhere)."""
    reason = disk.reason_against(tmp_path / "disk")
    if reason:
        pytest.skip(reason)
    return tmp_path / "disk"


def test_a_disk_that_fills_up_in_a_restore(templates: Templates, small_disk: Path) -> None:
    (task,) = [each for each in disk.TASKS if each.name == "restore"]
    with disk.small_disk(small_disk) as place:
        sound(disk.full(task, 1, SEED, templates, place), 1)


def test_a_disk_that_is_full_while_results_are_entered(templates: Templates, small_disk: Path) -> None:
    with disk.small_disk(small_disk) as place:
        sound(disk.full_while_open(3, SEED, templates, place), 3)


def test_a_file_that_may_only_be_read(templates: Templates, tmp_path: Path) -> None:
    if shutil.which(POWERLESS[0]) is None:
        pytest.skip("there is no setpriv to take root's powers away with")
    sound(files.befallen("file and folder read-only", 1, templates, tmp_path), 1)


def test_the_file_is_deleted_while_it_is_open(templates: Templates, tmp_path: Path) -> None:
    sound(files.deleted(1, SEED, templates, tmp_path), 1)


@pytest.mark.parametrize("page", [0, 24])
def test_a_flipped_bit_in_the_head_of_a_page_is_found(page: int, templates: Templates, tmp_path: Path) -> None:
    place = copied(templates.small, tmp_path / "bit")
    with place.clinic.open("r+b") as file:
        file.seek(page * 4096 + (100 if page == 0 else 0) + 4)  # the low byte of how many cells the page has
        byte = file.read(1)[0]
        file.seek(-1, 1)
        file.write(bytes([byte ^ 1]))
    ran = place.run("verify")
    assert (ran.status == 1 and "Fault: " in ran.err) or ran.is_clear_refusal, ran.err


def test_the_program_that_held_the_lock_is_killed(templates: Templates, tmp_path: Path) -> None:
    sound(locks.killed_holder(1, SEED, templates, tmp_path), 1)


def test_a_clock_that_jumps(templates: Templates, tmp_path: Path) -> None:
    sound(clock.jumping(8, SEED, templates, tmp_path), 8)


def test_screens_and_commands_write_at_once(templates: Templates, tmp_path: Path) -> None:
    sound(together.together(1, SEED, templates, tmp_path, commands=3), 2)
