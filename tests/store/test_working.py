"""Working files are gone when their work is done, also when it failed; those of processes that died are removed, and no others."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from labtrack.core.errors import DatabaseDamaged, DatabaseUnavailable
from labtrack.store import Store
from labtrack.store.verify import verify
from labtrack.store.working import copy_whole, free_name, move, refuse_unsound, working_file

#: Works beside a place, with a journal and the copy of an upgrade, says so and waits.
WORKER = """
import sys, time
from pathlib import Path
from labtrack.store.working import working_file
with working_file(Path(sys.argv[1])) as part:
    part.write_text("half")
    for more in ("-journal", ".0001.x.bak"):
        part.with_name(part.name + more).write_text("half")
    print(part.name, flush=True)
    time.sleep(60)
"""


def names(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir())


def worker(target: Path) -> tuple[subprocess.Popen[str], str]:
    """A process that works beside a place; the name of its working file."""
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2] / "src")}
    process = subprocess.Popen([sys.executable, "-c", WORKER, str(target)], stdout=subprocess.PIPE, text=True, env=environment)
    assert process.stdout is not None
    return process, process.stdout.readline().strip()


def test_what_was_made_is_moved_and_nothing_else_is_left(tmp_path: Path) -> None:
    target = tmp_path / "new" / "copy.db"
    with working_file(target) as part:
        assert part.stat().st_mode & 0o777 == 0o600
        part.write_text("whole")
        part.with_name(part.name + "-wal").write_text("more")
        move(part, target)
    assert names(target.parent) == ["copy.db"]
    assert target.read_text() == "whole"
    assert target.parent.stat().st_mode & 0o777 == 0o700


def test_what_failed_leaves_nothing(tmp_path: Path) -> None:
    def fail(part: Path) -> None:
        part.with_name(part.name + "-journal").write_text("more")
        raise KeyError

    with pytest.raises(KeyError), working_file(tmp_path / "copy.db") as part:
        fail(part)
    assert names(tmp_path) == []


def test_a_place_that_cannot_be_made_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(DatabaseUnavailable) as caught, working_file(tmp_path / "file" / "copy.db"):
        pass
    assert caught.value.next_step


def test_what_cannot_be_moved_says_so(tmp_path: Path) -> None:
    (tmp_path / "copy.db").mkdir()
    with pytest.raises(DatabaseUnavailable) as caught, working_file(tmp_path / "copy.db") as part:
        move(part, tmp_path / "copy.db")
    assert caught.value.next_step
    assert names(tmp_path) == ["copy.db"]


def test_a_killed_process_leaves_nothing_for_long_and_a_living_one_is_let_be(tmp_path: Path) -> None:
    mine = (".notes.part", ".copy.db.1.part", "copy.db.77.labtrack.part")
    for name in mine:
        (tmp_path / name).touch()
    dead, dead_name = worker(tmp_path / "clinic.db")
    living, living_name = worker(tmp_path / "clinic.db")
    try:
        dead.send_signal(signal.SIGKILL)
        dead.wait()
        with working_file(tmp_path / "another.db"):
            assert [name for name in names(tmp_path) if name.startswith(dead_name)] == []
            assert len([name for name in names(tmp_path) if name.startswith(living_name)]) == 3
    finally:
        for each in (dead, living):
            each.kill()
            each.communicate()
    with working_file(tmp_path / "another.db"):
        pass
    assert names(tmp_path) == sorted(mine)


def test_a_copy_is_one_file_by_itself(store: Store, ada: int, path: Path, tmp_path: Path) -> None:
    with working_file(tmp_path / "copy.db") as part:
        copy_whole(path, part)
        assert refuse_unsound(part, "it", "no") == []
        move(part, tmp_path / "copy.db")
    assert verify(tmp_path / "copy.db") == []
    assert [name for name in names(tmp_path) if name.startswith("copy.db-")] == []


def test_a_name_that_somebody_has_is_given_to_nobody_else(tmp_path: Path) -> None:
    for expected in ("a.bak", "a-2.bak", "a-3.bak"):
        found = free_name(tmp_path / "clinic.db", "a", ".bak")
        assert found == tmp_path / expected
        found.touch()


def test_an_unsound_copy_is_called_by_its_name(tmp_path: Path) -> None:
    (tmp_path / "copy.db").write_bytes(b"x" * 8192)
    with pytest.raises(DatabaseDamaged, match="the backup is damaged") as caught:
        refuse_unsound(tmp_path / "copy.db", "the backup", "Take another.")
    assert caught.value.next_step == "Take another."
