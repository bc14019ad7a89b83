"""Killing a process at a chosen moment, and choosing the moments."""

from __future__ import annotations

import json
import os
import random
import select
import signal
import statistics
import subprocess
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.faults.place import PATIENCE, Place

#: How long a driver that writes without end may take to tell what it is waited for, seconds.
AT_MOST = 60.0


@dataclass(frozen=True, slots=True)
class Killed:
    """What a killed process had told. ``marks`` are in order; ``status`` is -9 unless it ended by itself before."""

    marks: list[dict[str, Any]]
    status: int
    said: str

    def at(self, word: str) -> float | None:
        """When a mark was first set."""
        return next((each["at"] for each in self.marks if each["mark"] == word), None)

    @property
    def is_acknowledged(self) -> bool:
        """Whether the command had ended, and well."""
        return any(each["mark"] == "end" and each["status"] == 0 for each in self.marks)

    @property
    def failure(self) -> str:
        """Why the command ended otherwise than well before it was killed; empty when it did not."""
        bad = [each["status"] for each in self.marks if each["mark"] == "end" and each["status"] != 0]
        return f"ended with {bad[0]}: {self.said}" if bad else ""

    @property
    def phase(self) -> str:
        """Where the kill fell: before the clinic was touched, during the work, or after all was done."""
        if self.at("begin") is None:
            return "before"
        if self.at("end") is not None:
            return "after"
        last = self.marks[-1]["mark"]
        return "between" if last == "written" or (last == "begin" and self.at("writing") is None and self.is_series) else "during"

    @property
    def is_series(self) -> bool:
        """Whether it makes many writes, rather than one."""
        return any(each["mark"] in ("writing", "written") for each in self.marks)


class Victim:
    """A driver (``drive.py``) in a process group of its own."""

    def __init__(self, place: Place, *arguments: object, prefix: Sequence[str] = ()) -> None:
        self._marks, theirs = os.pipe()
        self._said = place.folder / "said.txt"
        self._unread = b""
        self.marks: list[dict[str, Any]] = []
        with self._said.open("w") as said:
            streams = {"stdin": subprocess.DEVNULL, "stdout": said, "stderr": said, "pass_fds": (theirs,)}
            self.process = place.start("tests.faults.drive", theirs, *arguments, prefix=prefix, **streams)
        self.started = time.monotonic()
        os.close(theirs)

    def until(self, word: str) -> float | None:
        """Wait for a mark; when it was set, None if the process ended without it."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            found = next((each["at"] for each in self.marks if each["mark"] == word), None)
            if found is not None:
                return float(found)
            if not self._read(end - time.monotonic()):
                return None
        raise TimeoutError(f"no {word!r} from the driver after {PATIENCE} s: {self.kill().said}")

    def after(self, word: str) -> dict[str, Any]:
        """Wait for the next mark of this name that is set from now on."""
        now = time.monotonic()
        end = now + AT_MOST
        while time.monotonic() < end:
            found = next((each for each in self.marks if each["mark"] == word and each["at"] > now), None)
            if found is not None:
                return found
            if not self._read(end - time.monotonic()):
                raise EOFError(f"the driver ended before {word!r}: {self.kill().said}")
        raise TimeoutError(f"no {word!r} from the driver after {AT_MOST} s: {self.kill().marks[-3:]}")

    def _read(self, timeout: float) -> bool:
        """Take what is in the pipe; False at its end."""
        ready, _, _ = select.select([self._marks], [], [], max(timeout, 0))
        if not ready:
            return True
        data = os.read(self._marks, 65536)
        *lines, self._unread = (self._unread + data).split(b"\n")
        self.marks += [json.loads(line) for line in lines]
        return bool(data)

    def kill(self) -> Killed:
        """SIGKILL to the whole group; what it had told until then."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        status = self.process.wait(PATIENCE)
        while self._read(PATIENCE):
            pass
        os.close(self._marks)
        return Killed(self.marks, status, self._said.read_text())


@dataclass(slots=True)
class Moments:
    """When to kill: uniformly over the measured time from one mark to another.

    Most moments are counted from the marks ``work`` and ``write``, some from ``begin`` and a few from the start of the process, so that a
    slow start does not blur the ones that matter.
    """

    chance: random.Random
    #: Seconds from a mark to the end, as measured so far.
    measured: dict[str, list[float]] = field(default_factory=dict)

    def learn(self, victim_started: float, killed: Killed, last: str = "end") -> None:
        """Take the times of a run that came to its end."""
        end = killed.at(last)
        if end is None:
            return
        for word, since in (("start", victim_started), *((word, killed.at(word)) for word in ("begin", "work", "write"))):
            if since is not None and end > since:
                self.measured.setdefault(word, []).append(end - since)

    def duration(self, word: str) -> float:
        """The median so far, of the newest runs: the machine is not equally busy all the time."""
        return statistics.median(self.measured[word][-9:])

    def choose(self) -> tuple[str, float]:
        """From which mark on to wait how long."""
        known = [word for word in ("start", "begin", "work", "write") if word in self.measured]
        (word,) = self.chance.choices(known, [(0.1, 0.25, 0.3, 0.35)[place] for place in range(len(known))])
        return word, self.chance.uniform(0.0, 1.08) * self.duration(word)


def kill_at(victim: Victim, word: str, delay: float) -> Killed:
    """Let it run until so long after a mark, then kill it."""
    since = victim.started if word == "start" else victim.until(word)
    if since is not None:
        time.sleep(max(0.0, since + delay - time.monotonic()))
    return victim.kill()


def run_to_end(place: Place, *arguments: object) -> tuple[float, Killed]:
    """Measure a run that is killed only once it is done; when it started, and what it told."""
    victim = Victim(place, *arguments)
    if victim.until("end") is None:
        killed = victim.kill()
        raise AssertionError(f"{arguments} ended with {killed.status}: {killed.said}")
    killed = victim.kill()
    assert killed.is_acknowledged, killed.failure
    return victim.started, killed


def keep_evidence(place: Place, folder: Path, name: str) -> Path:
    """A copy of the place as it is, for somebody to look at."""
    import shutil

    target = folder / name
    shutil.copytree(place.folder, target, dirs_exist_ok=True)
    return target
