"""Another program that holds the write lock: writers wait, then say so; readers never wait; nothing is lost."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from tests.faults import keys
from tests.faults.disk import PANEL, Figures
from tests.faults.place import Place, Ran, content, copied, faults, rows
from tests.faults.templates import Templates

#: How long labtrack waits, seconds (labtrack.store.connection.BUSY_TIMEOUT), and how much longer a command may take on a busy machine.
PATIENCE, SLACK = 5.0, 60.0


def writing_commands(place: Place, templates: Templates) -> list[Sequence[object]]:
    """Commands that write."""
    return [
        PANEL,
        ("amend", "1", "5.5", "--reason", "typo"),
        ("strike", "2", "--reason", "typo"),
        ("import", templates.results),
        ("event", "add", "DEMO-02", "surgery", "--on", "2026-11-01"),
        ("backup", place.folder / "safe" / f"{time.monotonic_ns()}.db"),
        ("restore", templates.large),
        ("patient", "edit", "DEMO-03", "--weight-kg", "70.5"),
    ]


READING: tuple[tuple[str, ...], ...] = (("show", "DEMO-01"), ("assess", "--patient", "DEMO-02"), ("audit",), ("trend", "DEMO-01", "hb"))


class Holder:
    """A connection of another program that holds the write lock for a while."""

    def __init__(self, place: Place, statement: str = "BEGIN IMMEDIATE") -> None:
        self._raw = keys.connected(place.clinic, isolation_level=None, check_same_thread=False)
        self._raw.execute("PRAGMA journal_mode = WAL")
        self._raw.execute(statement)
        self._raw.execute("INSERT INTO setting VALUES ('half', 'done')")

    def release(self) -> None:
        """Undo what it began, and leave."""
        self._raw.rollback()
        self._raw.close()


def held_for_long(times: int, seed: int, templates: Templates, folder: Path) -> Figures:
    """The lock is never let go: each writing command is refused after the wait, and done once the lock is free."""
    figures = Figures("lock held for long")
    began = time.monotonic()
    waits: list[float] = []
    place = copied(templates.small, folder / "lock")
    for number in range(times):
        if number % 8 == 0:
            place = copied(templates.small, folder / "lock")
        command = writing_commands(place, templates)[number % 8]
        before = content(place.clinic)
        holder = Holder(place)
        since = time.monotonic()
        ran = place.run(*command)
        waits.append(time.monotonic() - since)
        holder.release()
        told = [] if ran.is_clear_refusal and "in use" in ran.err else [f"status {ran.status}: {ran.err!r}"]
        told += [] if content(place.clinic) == before else ["the clinic was changed"]
        again = place.run(*command)
        told += [] if again.status == 0 else [f"with the lock free it ended with {again.status}: {again.err!r}"]
        figures.problems += [f"{' '.join(map(str, command[:2]))}: {each}" for each in told]
        figures.struck += 1
    figures.problems += faults(place)
    figures.seconds = time.monotonic() - began
    figures.facts = f"refused after {min(waits):.1f} to {max(waits):.1f} s"
    return figures


def held_for_a_moment(times: int, seed: int, templates: Templates, folder: Path) -> Figures:
    """The lock is let go before the wait is over: each writing command is done."""
    figures = Figures("lock held for a moment")
    chance = random.Random(f"lock {seed}")
    began = time.monotonic()
    place = copied(templates.small, folder / "lock")
    for number in range(times):
        if number % 7 == 0:  # the seven of them once on each clinic
            place = copied(templates.small, folder / "lock")
        command = [each for each in writing_commands(place, templates) if each[0] != "restore"][number % 7]
        holder = Holder(place)
        # Counted from the start of the command, which takes about a second to come to the lock.
        timer = threading.Timer(chance.uniform(0.5, 3.5), holder.release)
        timer.start()
        ran = place.run(*command)
        timer.join()
        figures.struck += 1
        if ran.status:
            figures.problems.append(f"{' '.join(map(str, command[:2]))}: status {ran.status}: {ran.err!r}")
    figures.problems += faults(place)
    figures.seconds = time.monotonic() - began
    return figures


def readers_do_not_wait(times: int, templates: Templates, folder: Path) -> Figures:
    """While the lock is held everything can be read, and none of what is not committed is seen.

    Where there are accounts nobody can sign in meanwhile, as that is written into the audit: refused in one clear message.
    """
    figures = Figures("lock held, reading")
    began = time.monotonic()
    place = copied(templates.small, folder / "lock")
    free: Counter[str] = Counter()
    before: dict[str, Ran] = {line[0]: place.run(*line) for line in READING}
    holder = Holder(place)
    for number in range(times):
        line = READING[number % len(READING)]
        since = time.monotonic()
        ran = place.run(*line)
        free[line[0]] += time.monotonic() - since < PATIENCE
        figures.struck += 1
        is_refused = bool(place.user) and ran.is_clear_refusal and "in use" in ran.err
        if not is_refused and (ran.status, ran.out) != (0, before[line[0]].out):
            figures.problems.append(f"{line[0]}: status {ran.status}, or another answer: {ran.err!r}")
    holder.release()
    figures.seconds = time.monotonic() - began
    figures.facts = f"{sum(free.values())} within the wait of a writer"
    return figures


def killed_holder(times: int, seed: int, templates: Templates, folder: Path) -> Figures:
    """The program that held the lock is killed with its transaction half done: the next command does not wait, and sees none of it."""
    import subprocess
    import sys

    figures = Figures("holder of the lock killed")
    chance = random.Random(f"holder {seed}")
    began = time.monotonic()
    place = copied(templates.small, folder / "lock")
    program = (
        "import sys, time\n"
        "from pathlib import Path\n"
        "from tests.faults import keys\n"
        "raw = keys.connected(Path(sys.argv[1]), isolation_level=None)\n"
        "raw.execute('PRAGMA journal_mode = WAL'); raw.execute('PRAGMA cache_size = 5'); raw.execute('BEGIN IMMEDIATE')\n"
        "print('held', flush=True)\n"
        "while True:\n"
        '    raw.execute("INSERT INTO setting VALUES (hex(randomblob(8)), hex(randomblob(3000)))"); time.sleep(0.001)\n'
    )
    for number in range(times):
        settings = rows(place.clinic, "SELECT count(*) FROM setting")
        other = subprocess.Popen(
            [sys.executable, "-c", program, str(place.clinic)], env=place.environment(), stdout=subprocess.PIPE, text=True
        )
        assert other.stdout is not None
        other.stdout.readline()
        time.sleep(chance.uniform(0, 0.3))
        other.kill()
        other.wait()
        other.stdout.close()
        ran = place.run("record", f"DEMO-{number % 40 + 1:02}", "hb=13.1:g/dL", "--at", "2026-11-20", "--specimen", f"K{number}")
        figures.struck += 1
        if ran.status:
            figures.problems.append(f"status {ran.status}: {ran.err!r}")
        if rows(place.clinic, "SELECT count(*) FROM setting") != settings:
            figures.problems.append("something of the half transaction is there")
    ((found,),) = rows(place.clinic, "SELECT count(*) FROM result WHERE specimen_id GLOB 'K*'")
    figures.problems += faults(place) + ([] if found == times else [f"{found} of {times} writes are there"])
    figures.seconds = time.monotonic() - began
    return figures
