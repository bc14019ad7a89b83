"""``labtrack watch``."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from tests.cli.conftest import Labtrack

from labtrack.cli import watching as module
from labtrack.clinic.inbox import Found, Inbox
from labtrack.core.errors import DatabaseLocked

HEAD = "mrn,analyte,value,unit,collected_at\n"
GOOD, BAD = HEAD + "10021,plt,220,10*9/L,2026-11-19\n", HEAD + "10021,plt,22000,10*9/L,2026-11-19\n"
ONCE = ("--once", "--settle", "0")


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    """A folder in which nothing has arrived."""
    folder = tmp_path / "in"
    folder.mkdir()
    return folder


def put(inbox: Path, name: str, text: str) -> Path:
    """A file that arrives as senders should: whole, by a rename."""
    part = inbox / f".{name}"
    part.write_text(text, encoding="utf-8")
    return part.rename(inbox / name)


def test_what_is_there_is_taken_once(ada: str, labtrack: Labtrack, inbox: Path) -> None:
    put(inbox, "a.csv", GOOD)
    ran = labtrack("watch", inbox, *ONCE)
    assert (ran.status, ran.out) == (0, "")
    assert "a.csv: 1 accepted. Now in done/a.csv" in ran.err
    assert labtrack("watch", inbox, *ONCE).status == 0
    put(inbox, "b.csv", BAD)
    ran = labtrack("watch", inbox, *ONCE)
    assert ran.status == 1
    assert "b.csv: 0 accepted, 1 refused. Now in refused/b.csv" in ran.err
    assert labtrack("watch", inbox, *ONCE).status == 0
    assert [row["value"] for row in labtrack("show", ada, "--format", "csv").rows if row["analyte"] == "plt"] == ["220"]


def test_what_is_not_complete_is_left_for_the_next_time(ada: str, labtrack: Labtrack, inbox: Path) -> None:
    put(inbox, "a.csv", GOOD)
    (inbox / "b.csv").touch()
    looks = Inbox.ready

    def arriving(box: Inbox) -> list[Found]:
        found = looks(box)
        put(inbox, "c.csv", f"{GOOD}{len(found)}")
        return found

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Inbox, "ready", arriving)
        ran = labtrack("watch", inbox, "--once", "--settle", "0.01")
    assert ran.status == 0
    assert "a.csv: 1 accepted" in ran.err
    assert "b.csv is empty: it is left until something is in it." in ran.err
    assert "c.csv is not complete yet: left for the next time." in ran.err


def test_silence_is_told_where_the_worklist_and_the_clinic_are(
    ada: str, labtrack: Labtrack, inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    labtrack("watch", inbox, *ONCE, "--silent-days", "3")
    assert "has arrived" not in labtrack("worklist").err
    monkeypatch.setenv("LABTRACK_TODAY", "2026-11-26")
    said = f"Nothing has arrived in the watched folder {inbox} for 4 days"
    assert said in labtrack("worklist").err
    assert said in labtrack().err
    assert said in labtrack("info").out
    (facts,) = labtrack("info", "--format", "json").objects
    assert facts["silent"].startswith(said)
    inbox.joinpath(".labtrack.lock").unlink()
    ran = labtrack("watch", inbox, "--forget")
    assert (ran.status, ran.err.count("is not watched any more")) == (0, 1)
    assert "has arrived" not in labtrack("worklist").err
    assert labtrack("watch", inbox, "--forget").status == 3


def test_a_path_cannot_steer_the_terminal(ada: str, labtrack: Labtrack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "[red]\x1b[31m"
    folder.mkdir()
    put(folder, "\x1b[2Jx.csv", GOOD)
    ran = labtrack("watch", folder, *ONCE)
    monkeypatch.setenv("LABTRACK_TODAY", "2026-12-26")
    told = ran.err + labtrack("worklist").err + labtrack("info").out
    assert "[red]\\x1b[31m" in told
    assert "\x1b" not in told


@pytest.mark.parametrize(
    ("arguments", "status", "told"),
    [
        (["nowhere"], 3, "There is no folder nowhere."),
        (["."], 2, "the folder of the clinic"),
        (["in", "--encoding", "nonsense"], 2, "no text encoding"),
        (["in", "--map", "nobody"], 2, "There is no mapping"),
        (["in", "--every", "soon"], 2, "write a number"),
        (["in", "--as", "pdf"], 2, "choose from"),
    ],
)
def test_a_wrong_request_touches_nothing(
    ada: str, labtrack: Labtrack, inbox: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], status: int, told: str
) -> None:
    monkeypatch.chdir(inbox.parent)
    put(inbox, "a.csv", GOOD)
    ran = labtrack("watch", *arguments, "--once")
    assert ran.status == status
    assert told in ran.err
    assert [path.name for path in inbox.iterdir()] == ["a.csv"]


def test_a_clinic_that_is_not_there_is_not_made(labtrack: Labtrack, inbox: Path, tmp_path: Path) -> None:
    put(inbox, "a.csv", GOOD)
    ran = labtrack("watch", inbox, *ONCE)
    assert ran.status == 3
    assert "There is no clinic at" in ran.err
    assert not (tmp_path / "clinic.db").exists()
    assert [path.name for path in inbox.iterdir()] == ["a.csv"]


def test_a_clinic_in_use_is_told_when_only_one_look_is_wanted(ada: str, labtrack: Labtrack, inbox: Path, tmp_path: Path) -> None:
    labtrack("watch", inbox, *ONCE)
    put(inbox, "a.csv", GOOD)
    with pytest.MonkeyPatch.context() as patch, closing(sqlite3.connect(tmp_path / "clinic.db", isolation_level=None)) as other:
        patch.setattr("labtrack.store.connection.BUSY_TIMEOUT", 50)
        other.execute("BEGIN IMMEDIATE")
        ran = labtrack("watch", inbox, *ONCE)
    assert ran.status == 3
    assert "is in use by another program" in ran.err
    assert (inbox / "a.csv").exists()


def test_places_that_cannot_be_written_to_end_it_with_the_next_step(ada: str, labtrack: Labtrack, inbox: Path) -> None:
    put(inbox, "a.csv", GOOD)
    (inbox / "done").write_text("x")
    ran = labtrack("watch", inbox, *ONCE)
    assert ran.status == 3
    assert "done is not a folder of its own." in ran.err
    assert (inbox / "a.csv").exists()


@contextmanager
def running(*arguments: str | Path) -> Iterator[subprocess.Popen[str]]:
    """The command in a process of its own, once it watches."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-m", "labtrack", "watch", *map(str, arguments)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stderr is not None
        try:
            while not (line := process.stderr.readline()).startswith("Watching "):
                assert line, process.wait()
            yield process
        finally:
            process.kill()


def until(condition: Callable[[], object]) -> None:
    """Wait for something that another process brings about."""
    for _ in range(600):
        if condition():
            return
        time.sleep(0.05)
    pytest.fail("it never came about")


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
def test_it_runs_until_somebody_ends_it(ada: str, labtrack: Labtrack, inbox: Path, tmp_path: Path, ending: signal.Signals) -> None:
    with running(inbox, "--every", "0.05", "--settle", "0.05") as process:
        put(inbox, "a.csv", GOOD)
        until((inbox / "done" / "a.csv").exists)
        second = labtrack("watch", inbox, "--once")
        assert second.status == 3
        assert f"is watched already by process {process.pid}." in second.err
        other = tmp_path / "other"
        other.mkdir()
        assert labtrack("watch", other, "--once").status == 3
        put(inbox, "b.csv", BAD)
        until((inbox / "refused" / "b.csv").exists)
        process.send_signal(ending)
        assert process.wait(20) == 0


def test_a_clinic_that_vanishes_is_told(ada: str, inbox: Path, tmp_path: Path) -> None:
    with running(inbox, "--every", "0.05", "--settle", "0.05") as process:
        for path in tmp_path.glob("clinic.db*"):
            path.unlink()
        assert process.wait(20) == 3
        assert process.stderr is not None
        assert "clinic.db cannot be opened" in process.stderr.read()
    assert not (tmp_path / "clinic.db").exists()


def test_a_clinic_in_use_is_waited_for(ada: str, labtrack: Labtrack, inbox: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(inbox, "a.csv", GOOD)
    days, tries = module._day, []

    def busy(watcher: module.Watcher, clinic: module.Clinic, every: float) -> Iterator[module.Taken]:  # type: ignore[name-defined]
        tries.append(every)
        if len(tries) < 4:
            raise DatabaseLocked("The clinic is in use.")
        for each in days(watcher, clinic, every):
            yield each
            watcher.stop.set()

    monkeypatch.setattr(module, "_day", busy)
    ran = labtrack("watch", inbox, "--every", "0", "--settle", "0")
    assert ran.status == 0
    assert ran.err.count("The clinic is in use. Trying again every 0 s") == 1
    assert "a.csv: 1 accepted" in ran.err


def test_the_clinic_is_opened_anew_each_day(ada: str, labtrack: Labtrack, inbox: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    days, seen = module._day, []

    def tomorrow(watcher: module.Watcher, clinic: module.Clinic, every: float) -> Iterator[module.Taken]:  # type: ignore[name-defined]
        seen.append(clinic.today.isoformat())
        monkeypatch.setenv("LABTRACK_TODAY", f"2026-11-{22 + len(seen)}")
        if len(seen) == 3:
            watcher.stop.set()
        yield from days(watcher, clinic, every)

    monkeypatch.setattr(module, "_day", tomorrow)
    assert labtrack("watch", inbox, "--every", "0", "--settle", "0").status == 0
    assert seen == ["2026-11-22", "2026-11-23", "2026-11-24"]


def test_signals_are_given_back(ada: str, labtrack: Labtrack, inbox: Path) -> None:
    before = signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)
    labtrack("watch", inbox, *ONCE)
    assert (signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)) == before
