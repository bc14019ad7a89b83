"""A kill before each call that changes a file: every rename and link, then removals, syncs and truncations, and some of the writes.

strace ends the process with SIGKILL as it enters the call, so that windows which are too short for a clock are hit, and the same ones
every time. Needs strace and the right to trace.
"""

from __future__ import annotations

import os
import random
import re
import shutil
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.faults.campaign import Tally
from tests.faults.kill import Killed, Victim, keep_evidence
from tests.faults.operations import Operation
from tests.faults.place import Place

#: Calls that change which file a name means: hit before all others.
NAMING = ("rename", "renameat", "renameat2", "link", "linkat")
#: Those that are few, and those that are so many that some are drawn.
RARE = (*NAMING, "unlink", "unlinkat", "fsync", "fdatasync", "ftruncate", "mkdir")
MANY = ("pwrite64",)
_CALL = re.compile(r"(\w+)\(")


@dataclass(frozen=True, slots=True)
class Step:
    """The so-manyth call of a name, from 1, as it was seen in a run that was let be."""

    call: str
    number: int
    line: str


def reason_against() -> str:
    """Why steps cannot be killed at here; empty where they can."""
    if shutil.which("strace") is None:
        return "strace is not installed"
    ran = subprocess.run(["strace", "-qq", "-o", os.devnull, "true"], capture_output=True, text=True, check=False)
    return "" if ran.returncode == 0 else f"strace may not trace here: {ran.stderr.strip()}"


def traced(log: Path) -> tuple[str, ...]:
    """The prefix that lists the calls of a process."""
    return ("strace", "-qq", "-y", "-s", "0", "-o", str(log), "-e", f"trace={','.join(RARE + MANY)}", "-e", "signal=none")


def stopped(step: Step) -> tuple[str, ...]:
    """The prefix that kills a process at a step."""
    chosen = f"inject={step.call}:signal=SIGKILL:when={step.number}"
    return ("strace", "-qq", "-o", os.devnull, "-e", f"trace={step.call}", "-e", chosen)


def failing(step: Step, error: str) -> tuple[str, ...]:
    """The prefix that lets a call fail from a step on."""
    chosen = f"inject={step.call}:error={error}:when={step.number}+"
    return ("strace", "-qq", "-o", os.devnull, "-e", f"trace={step.call}", "-e", chosen)


def steps_of(log: Path, folder: Path) -> list[Step]:
    """The calls on files of a folder, numbered among all of their name."""
    counted: Counter[str] = Counter()
    found = []
    for line in log.read_text(encoding="utf-8", errors="replace").splitlines():
        match = _CALL.match(line)
        if match:
            counted[match[1]] += 1
            if str(folder) in line and "said.txt" not in line:
                found.append(Step(match[1], counted[match[1]], line.replace(str(folder), "")))
    return found


def listed(place: Place, arguments: Sequence[object]) -> list[Step]:
    """The steps of a run to its end."""
    log = place.folder.parent / "calls.txt"
    victim = Victim(place, *arguments, prefix=traced(log))
    if victim.until("end") is None:
        raise AssertionError(f"{arguments} did not end under strace: {victim.kill().said}")
    os.killpg(victim.process.pid, signal.SIGTERM)  # strace writes what it still holds
    time.sleep(0.3)
    victim.kill()
    return steps_of(log, place.folder)


def drawn(steps: Sequence[Step], most: int, chance: random.Random) -> list[Step]:
    """As many as there is room for, spread over the whole run: the steps that change names, the rare ones, then the others."""
    found: list[Step] = []
    for calls in (NAMING, [each for each in RARE if each not in NAMING], MANY):
        those = [each for each in steps if each.call in calls]
        found += chance.sample(those, min(len(those), most - len(found)))
    return sorted(found, key=steps.index)


def killed_at(place: Place, arguments: Sequence[object], step: Step) -> Killed:
    """A run that is killed as it enters a call; at its end if the call does not come."""
    victim = Victim(place, *arguments, prefix=stopped(step))
    victim.until("end")
    return victim.kill()


def killed_at_steps(operation: Operation, most: int, seed: int, evidence: Path, tell: Callable[[str], None]) -> Tally:
    """One kill at each of at most so many steps of every kind of run that an operation has."""
    tally = Tally(f"{operation.name}*{', locked' if operation.templates.is_locked else ''}")
    chance = random.Random(f"steps {operation.name} {seed}")
    began = time.monotonic()
    plans: dict[str, list[Step]] = {}
    while tally.kills < most:
        place, arguments = operation.start()
        kind = operation.kind_of_run
        if kind not in plans:
            plans[kind] = drawn(listed(place, arguments), max(most // operation.kinds, 1), chance)
            continue
        if not plans[kind]:
            if not any(plans.values()):
                break
            continue
        step = plans[kind].pop(0)
        killed = killed_at(place, arguments, step)
        if killed.at("end") is not None:
            tell(f"{operation.name}: {step.call} number {step.number} did not come again")
        tally.phases[killed.phase] += 1
        as_it_was = keep_evidence(place, evidence, "last")
        found = operation.found(place, killed)
        if found:
            name = f"{operation.name}-{seed}-step-{tally.kills}"
            shutil.move(as_it_was, evidence / name)
            told = f"{operation.name} ({kind}) killed at {step.line[:150]}: {'; '.join(found)}  [{name}]"
            tally.problems.append(told)
            tell(told)
        else:
            shutil.rmtree(as_it_was)
    tally.seconds = time.monotonic() - began
    return tally
