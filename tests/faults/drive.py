"""The process that is killed: real writes, each told on a pipe before it is begun and once it has returned.

``python -m tests.faults.drive MARKS command ARGUMENTS...`` runs a command of labtrack through its entry point, then waits to be killed.
``python -m tests.faults.drive MARKS entry|amend FIRST SEED`` writes to the clinic through ``Clinic`` without end, numbering from FIRST.
MARKS is the number of the pipe's descriptor.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time as clock
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any

#: Analyte, unit, lowest and highest value that asks nothing back.
MENU = (
    ("hb", "g/dL", 12.0, 15.0), ("wbc", "10*9/L", 4.0, 9.0), ("anc", "10*9/L", 2.0, 6.0), ("alc", "10*9/L", 1.2, 3.0),
    ("plt", "10*9/L", 180.0, 350.0), ("alt", "U/L", 12.0, 35.0), ("ast", "U/L", 12.0, 30.0), ("crp", "mg/L", 0.5, 4.5),
    ("ldl", "mg/dL", 80.0, 120.0), ("creatinine", "mg/dL", 0.6, 1.0),
)  # fmt: skip
TODAY = date(2026, 11, 22)

Mark = Callable[..., None]


def marker(handle: int) -> Mark:
    """Writes one line on the pipe at once: what, when (seconds of the machine's monotonic clock) and facts about it."""

    def mark(word: str, **facts: Any) -> None:
        os.write(handle, (json.dumps({"mark": word, "at": clock.monotonic(), **facts}) + "\n").encode())

    return mark


def entered(number: int, seed: int) -> tuple[int, dict[str, str]]:
    """What write ``number`` enters: days before today, and values by analyte. The same for the same seed."""
    chance = random.Random(f"{seed} {number}")
    chosen = chance.sample(MENU, chance.randint(1, 7))
    return chance.randint(0, 900), {name: f"{chance.uniform(low, high):.2f}" for name, _, low, high in chosen}


UNITS = {name: unit for name, unit, _, _ in MENU}


def clinic_opened(actor: str = "driver") -> Any:
    """The clinic that the environment names, opened as its kind asks for."""
    from tests.faults import keys

    from labtrack.clinic import Clinic, Settings
    from labtrack.clinic.accounts import Account

    words = keys.OLD if "LABTRACK_PASSPHRASE_FD" in os.environ else None
    account = Account(keys.USER, keys.SECRET) if os.environ["LABTRACK_USER"] else None
    location = os.environ["LABTRACK_DB"]
    return Clinic.open(location, today=TODAY, settings=Settings(), actor=actor, create=False, account=account, passphrase=words)


def entry(mark: Mark, first: int, seed: int) -> None:
    """Panels of one to seven values, one after the other, each under a specimen number of its own; what is refused is tried again."""
    from labtrack.clinic import Entry
    from labtrack.core.errors import LabtrackError
    from labtrack.core.record import CollectedAt

    with clinic_opened() as clinic:
        people = [each.mrn for each in clinic.patients()]
        mark("begin")
        number = first
        while True:
            before, values = entered(number, seed)
            mrn = people[number % len(people)]
            at = CollectedAt(TODAY - timedelta(days=before), time(number % 24, number // 24 % 60))
            mark("writing", number=number)
            typed = [Entry(name, text, UNITS[name]) for name, text in values.items()]
            try:
                clinic.record(mrn, typed, at, "Fault Lab", f"F{number}")
            except LabtrackError as error:
                mark("refused", number=number, kind=type(error).__name__, told=error.message, next=error.next_step)
                clock.sleep(0.05)
                continue
            mark("written", number=number)
            number += 1


def amend(mark: Mark, first: int, seed: int) -> None:
    """Results entered by hand are amended, struck, or taken back with what they replaced; the reason names the write."""
    with clinic_opened() as clinic:
        mark("begin")
        number = first
        while True:
            chance = random.Random(f"{seed} {number}")
            mrn, standing = _amendable(clinic, chance)
            kind = chance.choice(("amend", "amend", "strike", "undo"))
            target = chance.choice(standing)
            reason = f"F{number}"
            facts: dict[str, Any] = {"number": number, "kind": kind, "target": target.result_id, "mrn": mrn}
            if kind == "undo":
                made = clinic.record(mrn, _again(target), target.collected_at, "Fault Lab", f"U{number}-{os.getpid()}")
                mark("writing", **facts, expected=len(made.results))
                clinic.undo(made, reason)
            elif kind == "strike":
                mark("writing", **facts, expected=1)
                clinic.strike(target.result_id, reason)
            else:
                mark("writing", **facts, expected=1)
                clinic.amend(target.result_id, f"{chance.uniform(*_range(target.analyte)):.3f}", "", reason)
            mark("written", number=number)
            number += 1


def _amendable(clinic: Any, chance: random.Random) -> tuple[str, list[Any]]:
    """A patient and their results that can be amended and are ours."""
    people = [each.mrn for each in clinic.patients()]
    while True:
        mrn = chance.choice(people)
        found = [
            each
            for each in clinic.chart(mrn).results
            if not each.superseded and each.status.value != "entered-in-error" and each.analyte in UNITS and each.lab == "Fault Lab"
        ]
        if found:
            return mrn, found


def _again(target: Any) -> list[Any]:
    from labtrack.clinic import Entry

    others = [name for name in UNITS if name != target.analyte][:3]
    return [Entry(name, f"{_range(name)[0]:.2f}", UNITS[name]) for name in others]


def _range(analyte: str) -> tuple[float, float]:
    return next((low, high) for name, _, low, high in MENU if name == analyte)


def command(mark: Mark, arguments: Sequence[str]) -> None:
    """One command, with marks where it first touches the clinic's folder, where it begins to write, and where it ends."""
    folder = str(Path(os.environ["LABTRACK_DB"]).parent)
    seen: set[str] = set()

    def once(word: str) -> None:
        if word not in seen:
            seen.add(word)
            mark(word)

    def hook(event: str, details: tuple[Any, ...]) -> None:
        if event in ("open", "sqlite3.connect", "os.rename", "os.link") and details:
            name = str(details[0])
            if folder in name:
                once("begin")
                if ".part" in name or ".bak" in name or ".converting" in name:
                    once("work")
                if event == "os.rename" and ".converting" in name:
                    once("write")

    sys.addaudithook(hook)
    _mark_transactions(once)
    _mark_upgrades(once)
    from labtrack.cli import main

    status = main(list(arguments))
    mark("end", status=status)
    while True:
        signal.pause()


def _mark_transactions(once: Callable[[str], None]) -> None:
    from labtrack.store.connection import Database, Session

    plain = Database.writing

    def writing(self: Database, *given: Any, **named: Any) -> AbstractContextManager[Session]:
        @contextmanager
        def marked() -> Iterator[Session]:
            with plain(self, *given, **named) as session:
                once("work")
                yield session

        return marked()

    Database.writing = writing  # type: ignore[method-assign, assignment]


def _mark_upgrades(once: Callable[[str], None]) -> None:
    """Mark ``write`` once an upgrade holds the write lock and has read its programs in."""
    from labtrack.store import migrate

    plain = migrate.alembic_config

    def marked() -> Any:
        once("write")
        return plain()

    migrate.alembic_config = marked


def main() -> None:
    """What the module's docstring says."""
    mark = marker(int(sys.argv[1]))
    what, *arguments = sys.argv[2:]
    if what == "command":
        command(mark, arguments)
    else:
        {"entry": entry, "amend": amend}[what](mark, int(arguments[0]), int(arguments[1]))


if __name__ == "__main__":
    main()
