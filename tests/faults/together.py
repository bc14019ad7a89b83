"""Two real processes on one clinic: the screens, driven by their keys, and commands; nothing lost, nobody locked out.

``python -m tests.faults.together MARKS LOCATION SECONDS`` is the process of the screens: the app itself, without a terminal, a form
opened, typed into and saved, over and over. It tells each save on the pipe once the screen has said so.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.faults import keys
from tests.faults.disk import Figures
from tests.faults.drive import TODAY, marker
from tests.faults.place import PATIENCE, Place, copied, faults, rows
from tests.faults.templates import Templates

#: How long a save may take, seconds: the busy time-out, and what a busy machine needs for the rest.
LONGEST = 5.0 + 20.0


def together(seconds: float, seed: int, templates: Templates, folder: Path, commands: int | None = None) -> Figures:
    """Screens and commands (at most so many) write for so long; then everything that either was told is there."""
    figures = Figures("screens and commands at once")
    began = time.monotonic()
    place = copied(templates.small, folder / "together")
    read, write = os.pipe()
    with (place.folder / "screens.txt").open("w") as said:
        screens = place.start("tests.faults.together", write, place.clinic, seconds, pass_fds=(write,), stdout=said, stderr=said)
    os.close(write)
    marks: list[dict[str, Any]] = []
    reader = threading.Thread(target=lambda: marks.extend(_lines(read)))
    reader.start()
    other = _Commands(place, seed)
    while screens.poll() is None or not other.done["record"]:
        if commands is not None and sum(other.done.values()) >= commands and other.done["record"]:
            screens.wait(PATIENCE)
            break
        other.one_more()
    reader.join(PATIENCE)
    if screens.returncode:
        figures.problems.append(f"the screens ended with {screens.returncode}: {(place.folder / 'screens.txt').read_text()[-800:]}")
    figures.problems += other.problems
    saved = [each for each in marks if each["mark"] == "saved"]
    figures.problems += [f"the screens were refused: {each}" for each in marks if each["mark"] == "refused"]
    figures.problems += [f"a save took {each['took']:.1f} s" for each in saved if each["took"] > LONGEST]
    figures.problems += faults(place) + _lost(place, saved, other)
    figures.struck = len(saved) + sum(other.done.values())
    figures.seconds = time.monotonic() - began
    slowest = max((each["took"] for each in saved), default=0.0)
    done = ", ".join(f"{name} {count}" for name, count in sorted(other.done.items()))
    figures.facts = f"{len(saved)} saves by screens (slowest {slowest:.2f} s); commands: {done} (slowest {other.slowest:.2f} s)"
    if not saved or not other.done["record"]:
        figures.problems.append("one of the two wrote nothing")
    return figures


def _lines(pipe: int) -> Iterator[dict[str, Any]]:
    with os.fdopen(pipe) as file:
        for line in file:
            yield json.loads(line)


class _Commands:
    """The other process: one command after the other."""

    def __init__(self, place: Place, seed: int) -> None:
        self._place = place
        self._chance = random.Random(f"together {seed}")
        self._number = 0
        self.done: Counter[str] = Counter()
        self.problems: list[str] = []
        self.slowest = 0.0
        #: What must be there in the end: (specimen, text of the value), and results that were replaced.
        self.written: list[tuple[str, str]] = []
        self.replaced: list[tuple[int, str]] = []
        self._own: list[int] = []

    def one_more(self) -> None:
        """Run one command."""
        self._number += 1
        kind = self._chance.choice(("record", "record", "record", "amend", "import", "worklist", "show"))
        if kind == "amend" and not self._own:
            kind = "record"
        mrn = f"DEMO-{self._chance.randint(1, 40):02}"
        since = time.monotonic()
        getattr(self, f"_{kind}")(mrn)
        self.slowest = max(self.slowest, time.monotonic() - since)
        self.done[kind] += 1

    def _run(self, *line: object) -> str:
        ran = self._place.run(*line)
        if ran.status:
            self.problems.append(f"{line[0]} ended with {ran.status}: {ran.err!r}")
        return ran.out

    def _record(self, mrn: str) -> None:
        specimen, text = f"C{self._number}", f"{12 + self._number / 1000:.3f}"
        day = TODAY - timedelta(days=self._chance.randint(0, 600))
        out = self._run("record", mrn, f"hb={text}:g/dL", "alt=20:U/L", "--at", day, "--specimen", specimen, "--format", "json")
        self.written.append((specimen, text))
        with suppress(ValueError):
            self._own += [int(each["result_id"]) for each in json.loads(out) if each["analyte"] == "hb"]

    def _amend(self, _: str) -> None:
        number = self._own.pop(self._chance.randrange(len(self._own)))
        text = f"{11 + self._number / 1000:.3f}"
        self._run("amend", number, text, "--reason", "read again")
        self.replaced.append((number, text))

    def _import(self, mrn: str) -> None:
        sheet = self._place.folder / "sheet.csv"
        lines = [f"{mrn},crp,{1 + each / 100:.2f},mg/L,2026-{each % 10 + 1:02}-11,P{self._number}-{each}" for each in range(100)]
        sheet.write_text("mrn,analyte,value,unit,collected_at,specimen_id\n" + "\n".join(lines) + "\n", encoding="utf-8")
        self._run("import", sheet)
        self.written += [(f"P{self._number}-{each}", f"{1 + each / 100:.2f}") for each in (0, 99)]

    def _worklist(self, _: str) -> None:
        if "DEMO-01" not in self._run("worklist", "--format", "csv"):
            self.problems.append("the worklist is empty")

    def _show(self, mrn: str) -> None:
        self._run("show", mrn, "--format", "csv")


def _lost(place: Place, saved: list[dict[str, Any]], commands: _Commands) -> list[str]:
    """Acknowledged writes that are not in the clinic."""
    there = set(rows(place.clinic, "SELECT specimen_id, value_text FROM result WHERE specimen_id != ''"))
    links = dict(rows(place.clinic, "SELECT superseded_id, value_text FROM supersession JOIN result ON id = by_id"))
    by_number = dict(rows(place.clinic, "SELECT id, value_text FROM result"))
    found = [f"{specimen} {text} is gone" for specimen, text in commands.written if (specimen, text) not in there]
    found += [f"the correction of {number} is gone" for number, text in commands.replaced if links.get(number) != text]
    for each in saved:
        found += [f"{text}, saved on a screen, is gone" for number, text in each["results"] if by_number.get(number) != text]
    return found


# The process of the screens


async def screens(mark: Any, location: str, seconds: float) -> None:
    """Open a form, type, save, again and again."""
    from tests.tui.conftest import WIDE, settled
    from tests.tui.entering import opened

    from labtrack.clinic import Settings, encryption
    from labtrack.clinic.accounts import Account
    from labtrack.core.judgment import Region
    from labtrack.tui.app import LabtrackApp
    from labtrack.tui.opening import Opening

    account = Account(keys.USER, keys.SECRET) if os.environ["LABTRACK_USER"] else None
    if "LABTRACK_PASSPHRASE_FD" in os.environ:
        encryption.unlock(Path(location), keys.OLD)
    app = LabtrackApp(Opening(location, TODAY, Settings(), Region.US, "", "screens", account=account))
    end = time.monotonic() + seconds
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        number = 0
        while time.monotonic() < end or not number:
            number += 1
            screen = await opened(pilot, f"DEMO-{number % 40 + 1:02}")
            day = TODAY - timedelta(days=number % 200)
            screen.head.fields[0].value = f"{day} {number // 60 % 24:02}:{number % 60:02}"
            await pilot.pause()
            screen.form.first()
            await pilot.press(*f"13.{number % 10}", "enter")
            before, since = app.desk.last_recorded, time.monotonic()
            await pilot.press("ctrl+s")
            recorded = await _recorded(app, pilot, before)
            if recorded is None:
                mark("refused", number=number, screen=type(app.screen).__name__)
            else:
                results = [(each.result_id, each.value_text) for each in recorded.results]
                mark("saved", number=number, took=time.monotonic() - since, results=results)
            while len(app.screen_stack) > 1:
                app.pop_screen()
            await settled(pilot)


async def _recorded(app: Any, pilot: Any, before: Any) -> Any:
    """What was recorded, once the screen knows; a question is answered with yes. None after a long time."""
    from labtrack.tui.dialogs.confirm import ConfirmDialog

    end = time.monotonic() + LONGEST + 10
    while time.monotonic() < end:
        if app.desk.last_recorded is not before:
            return app.desk.last_recorded
        if isinstance(app.screen, ConfirmDialog):
            await pilot.press("y")
        await asyncio.sleep(0.01)
        await pilot.pause()
    return None


if __name__ == "__main__":
    asyncio.run(screens(marker(int(sys.argv[1])), sys.argv[2], float(sys.argv[3])))
