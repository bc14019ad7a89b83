"""A machine whose clock jumps, years back too: the order of entry stays, the chain verifies, nothing is overwritten.

``python -m tests.faults.clock SEED FIRST WRITES`` is the process that writes while its clock jumps; it tells each write once it is
done.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from datetime import time as hours
from pathlib import Path

from tests.faults.disk import Figures
from tests.faults.drive import TODAY, UNITS, entered
from tests.faults.place import PATIENCE, copied, faults, rows
from tests.faults.templates import Templates

START = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


def jumps(chance: random.Random, moment: datetime) -> datetime:
    """The next reading of a clock that cannot be trusted: a little later, the same again, years back, far ahead, before 1970's end."""
    kind = chance.choice(("later", "later", "same", "back", "years back", "ahead", "new battery"))
    if kind == "later":
        return moment + timedelta(milliseconds=chance.randint(1, 90_000))
    if kind == "back":
        return moment - timedelta(minutes=chance.randint(1, 3000))
    if kind == "years back":
        return moment - timedelta(days=chance.randint(365, 4000)) if moment.year > 1990 else START
    if kind == "ahead":
        return moment + timedelta(days=chance.randint(1, 3000)) if moment.year < 2090 else START
    return datetime(1970, 1, 1, tzinfo=UTC) if kind == "new battery" else moment


def jumping(times: int, seed: int, templates: Templates, folder: Path) -> Figures:
    """Runs of a process whose clock jumps before every write, each followed by commands of the same day, years ago and years ahead."""
    figures = Figures("clock that jumps")
    began = time.monotonic()
    place = copied(templates.small, folder / "clock")
    told: list[tuple[int, str]] = []
    first = 1
    while figures.struck < times:
        process = place.start("tests.faults.clock", seed, first, 20, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        out, err = process.communicate(timeout=PATIENCE)
        marks = [json.loads(each) for each in out.splitlines()]
        told += [(each["number"], each["at"]) for each in marks]
        figures.struck += sum(each["back"] for each in marks)
        if process.returncode:
            figures.problems.append(f"ended with {process.returncode}: {err[-600:]}")
            break
        figures.problems += faults(place)
        first += 20
    actor = place.user or "jumping"
    entries = rows(
        place.clinic, "SELECT id, at, detail FROM audit_entry WHERE actor = ? AND detail LIKE '%\"results\"%' ORDER BY id", actor
    )
    specimens = dict(rows(place.clinic, "SELECT id, specimen_id FROM result"))
    order = [(int(str(specimens[json.loads(str(detail))["results"][0][0]])[1:]), str(at)) for _, at, detail in entries]
    if order != told:
        figures.problems.append("the audit is not in the order of entry, or does not say what the clock said")
    figures.problems += _all_there(place.clinic, [number for number, _ in told], seed)
    figures.seconds = time.monotonic() - began
    figures.facts = f"{len(told)} writes, from {min(at for _, at in told)[:10]} to {max(at for _, at in told)[:10]}"
    return figures


def _all_there(clinic: Path, numbers: list[int], seed: int) -> list[str]:
    held: Counter[object] = Counter(name for (name,) in rows(clinic, "SELECT specimen_id FROM result"))
    return [f"write {number} is not whole" for number in numbers if held[f"J{number}"] != len(entered(number, seed)[1])]


def same_second(times: int, templates: Templates, folder: Path) -> Figures:
    """Upgrades and restores within one second of a clock that stands still: every copy is kept under a name of its own."""
    figures = Figures("clock that stands, copies")
    began = time.monotonic()
    program = (
        "import sys, shutil\n"
        "from datetime import UTC, datetime\n"
        "from pathlib import Path\n"
        "from labtrack.store import backup, migrate\n"
        "class Still(datetime):\n"
        "    @classmethod\n"
        "    def now(cls, tz=None):\n"
        "        return datetime(2026, 11, 22, 10, 0, tzinfo=UTC)\n"
        "backup.datetime = migrate.datetime = Still\n"
        "clinic, old, copy, times = Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]), int(sys.argv[4])\n"
        "for number in range(times):\n"
        "    shutil.copyfile(old, clinic)\n"
        "    migrate.upgrade(clinic, migrate.revision_of(clinic))\n"
        "    backup.restore(clinic, copy)\n"
    )
    place = copied(templates.small, folder / "clock")
    old = templates.old(templates.revisions[0])
    line = [sys.executable, "-c", program, str(place.clinic), str(old), str(templates.small), str(times)]
    ran = subprocess.run(line, env=place.environment(), capture_output=True, text=True, timeout=PATIENCE, check=False)
    if ran.returncode:
        figures.problems.append(ran.stderr[-600:])
    for kind in ("*.upgrade-*.bak", "*.before-restore-*"):
        found = len(list(place.folder.rglob(kind)))
        figures.struck += found
        if found != times:
            figures.problems.append(f"{found} of {times} copies {kind} are there: one was overwritten")
    figures.seconds = time.monotonic() - began
    return figures


def main() -> None:
    """Write with a clock that jumps."""
    from tests.faults.drive import clinic_opened

    from labtrack.clinic import Entry
    from labtrack.core.record import CollectedAt

    seed, first, count = map(int, sys.argv[1:4])
    chance = random.Random(f"clock {seed} {first}")
    moment = START
    clinic = clinic_opened("jumping")
    clinic.store._clock = lambda: moment
    people = [each.mrn for each in clinic.patients()]
    for number in range(first, first + count):
        before, moment = moment, jumps(chance, moment)
        days, values = entered(number, seed)
        at = CollectedAt(date.fromordinal(TODAY.toordinal() - days), hours(number % 24, number // 24 % 60))
        typed = [Entry(name, text, UNITS[name]) for name, text in values.items()]
        clinic.record(people[number % len(people)], typed, at, "Fault Lab", f"J{number}")
        facts = {"number": number, "at": moment.isoformat(timespec="milliseconds"), "back": moment < before}
        print(json.dumps(facts), flush=True)
    clinic.close()


if __name__ == "__main__":
    main()
