"""Kills, one after the other, each followed by a look at everything that must hold."""

from __future__ import annotations

import random
import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults import conversions, operations
from tests.faults.kill import Moments, Victim, keep_evidence, kill_at, run_to_end
from tests.faults.operations import Operation, Series
from tests.faults.templates import Templates

ALL: tuple[type[Operation], ...] = (*operations.PLAIN, *conversions.ALL)
#: Runs that measure how long an operation takes before the first kill.
MEASURED = 2
#: Of so many kills, how many each operation gets (its share is this over the sum).
SHARES = {
    "entry": 5,
    "amend": 4,
    "import": 4,
    "migration": 4,
    "backup": 3,
    "daily": 2,
    "restore": 4,
    "encrypt": 3,
    "decrypt": 3,
    "rekey": 3,
}
PHASES = ("before", "during", "between", "after")


@dataclass(slots=True)
class Tally:
    """What became of one operation's kills."""

    name: str
    phases: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)
    seconds: float = 0.0
    facts: str = ""

    @property
    def kills(self) -> int:
        """How many there were."""
        return sum(self.phases.values())

    def __str__(self) -> str:
        told = "  ".join(f"{phase} {self.phases[phase]:>3}" for phase in PHASES)
        state = "nothing lost" if not self.problems else f"{len(self.problems)} PROBLEMS"
        return f"{self.name:<17} {self.kills:>4} kills  {told}  {self.seconds:6.0f} s  {state}  {self.facts}"


def shared_out(kills: int, names: Iterable[str]) -> dict[str, int]:
    """How many kills each operation gets; together at least ``kills``."""
    chosen = list(names)
    whole = sum(SHARES[name] for name in chosen)
    return {name: -(-kills * SHARES[name] // whole) for name in chosen}


def run(
    kills: int, seed: int, only: Iterable[str] = (), *, folder: Path, templates: Templates, tell: Callable[[str], None] = print
) -> list[Tally]:
    """Every operation's kills; evidence of what went wrong is kept in ``folder / "evidence"``."""
    wanted = list(only) or list(SHARES)
    counts = shared_out(kills, wanted)
    tallies = []
    for kind in ALL:
        if kind.name in wanted:
            tally = killed_often(kind(templates, folder, seed), counts[kind.name], seed, folder / "evidence", tell)
            tell(str(tally))
            tallies.append(tally)
    return tallies


def killed_often(
    operation: Operation, kills: int, seed: int, evidence: Path, tell: Callable[[str], None], lasts: float | None = None
) -> Tally:
    """One operation's kills; ``lasts``: how long it works, seconds, where that is not to be measured first."""
    tally = Tally(f"{operation.name}{', locked' if operation.templates.is_locked else ''}")
    moments = Moments(random.Random(f"moments {operation.name} {seed}"), {} if lasts is None else {"work": [lasts]})
    began = time.monotonic()
    if not operation.is_series and lasts is None:
        for _ in range(MEASURED):
            place, arguments = operation.start()
            moments.learn(*run_to_end(place, *arguments))
    while tally.kills < kills:
        place, arguments = operation.start()
        word, delay = _moment_of_series(operation, moments) if isinstance(operation, Series) else moments.choose()
        victim = Victim(place, *arguments)
        started = victim.started
        killed = kill_at(victim, word, delay)
        if killed.status != -9:
            tally.problems.append(f"kill {tally.kills}: ended by itself with {killed.status}: {killed.said}")
            tell(tally.problems[-1])
            return tally
        moments.learn(started, killed)
        tally.phases[killed.phase] += 1
        as_it_was = keep_evidence(place, evidence, "last")
        found = operation.found(place, killed)
        if found:
            name = f"{operation.name}-{seed}-{tally.kills}"
            shutil.move(as_it_was, evidence / name)
            told = f"{operation.name} kill {tally.kills} ({word} + {delay:.3f} s, {killed.phase}): {'; '.join(found)}  [{name}]"
            tally.problems.append(told)
            tell(told)
        else:
            shutil.rmtree(as_it_was)
    if isinstance(operation, Series):
        tally.problems += operation.finish()
        tally.facts = f"{len(operation.done)} acknowledged writes"
    else:
        tally.facts = ", ".join(f"{word} to end {moments.duration(word):.2f} s" for word in moments.measured)
    tally.seconds = time.monotonic() - began
    return tally


def _moment_of_series(operation: Series, moments: Moments) -> tuple[str, float]:
    """Mostly within the first dozen of writes, at times before the first."""
    if moments.chance.random() < 0.06:
        return "start", moments.chance.uniform(0.0, 0.5)
    return "begin", moments.chance.uniform(0.0, operation.window)
