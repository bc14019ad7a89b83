"""What can befall the file: made read-only, its folder too, deleted, renamed, replaced, cut off, a bit flipped, its log deleted."""

from __future__ import annotations

import random
import shutil
import sqlite3
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

from tests.faults import keys
from tests.faults.disk import PANEL, Figures
from tests.faults.kill import Victim
from tests.faults.place import Place, Ran, content, copied, faults, file_faults, rows
from tests.faults.templates import Templates

#: Commands that are tried on a file that something befell: some write, some only read.
COMMANDS: tuple[tuple[str, ...], ...] = (
    PANEL,
    ("amend", "1", "5.5", "--reason", "typo"),
    ("event", "add", "DEMO-02", "surgery", "--on", "2026-11-01"),
    ("show", "DEMO-01", "--format", "csv"),
    ("worklist", "--format", "csv"),
    ("verify",),
    ("backup", "copy.db"),
    ("info",),
)
WRITES = 3


def _bytes(place: Place) -> dict[str, bytes]:
    """The clinic's file and its log as they are."""
    return {each.name: each.read_bytes() for each in (place.clinic, place.clinic.with_name("clinic.db-wal")) if each.is_file()}


def _command(place: Place, number: int) -> tuple[object, ...]:
    line = COMMANDS[number % len(COMMANDS)]
    return tuple(place.folder / "safe" / f"{number}.db" if each == "copy.db" else each for each in line)


def _written_and_killed(place: Place, writes: int) -> list[int]:
    """Acknowledged writes of a process that was killed, so that they stand in the log; their numbers."""
    victim = Victim(place, "entry", 1, 7)
    while sum(each["mark"] == "written" for each in victim.marks) < writes:
        victim.after("written")
    return [each["number"] for each in victim.kill().marks if each["mark"] == "written"]


def _missing(place: Place, numbers: list[int]) -> list[str]:
    there = {name for (name,) in rows(place.clinic, "SELECT DISTINCT specimen_id FROM result")}
    return [f"acknowledged write {number} is gone" for number in numbers if f"F{number}" not in there]


# What befalls a clinic that nobody has open: each gives (what it does, what undoes it)


def _modes(file: int, folder: int) -> Callable[[Place, Templates], Callable[[], None]]:
    def befall(place: Place, _: Templates) -> Callable[[], None]:
        def undo() -> None:
            place.folder.chmod(0o700)
            place.clinic.chmod(0o600)

        place.clinic.chmod(file)
        place.folder.chmod(folder)
        return undo

    return befall


def _renamed(place: Place, _: Templates) -> Callable[[], None]:
    elsewhere = place.clinic.rename(place.folder / "elsewhere.db")
    return lambda: elsewhere.rename(place.clinic) and None


def _becomes(make: Callable[[Place], None]) -> Callable[[Place, Templates], Callable[[], None]]:
    """Something else stands in its place, until the file is put back."""

    def befall(place: Place, _: Templates) -> Callable[[], None]:
        kept = place.clinic.rename(place.folder / "kept.db")
        make(place)

        def undo() -> None:
            shutil.rmtree(place.clinic) if place.clinic.is_dir() else place.clinic.unlink(missing_ok=True)
            kept.rename(place.clinic)

        return undo

    return befall


def _cut_off(place: Place, _: Templates) -> Callable[[], None]:
    whole = place.clinic.read_bytes()
    place.clinic.write_bytes(whole[: len(whole) // 2])
    return lambda: place.clinic.write_bytes(whole) and None


BEFALL: dict[str, Callable[[Place, Templates], Callable[[], None]]] = {
    "file read-only": _modes(0o400, 0o700),
    "folder read-only": _modes(0o600, 0o500),
    "file and folder read-only": _modes(0o400, 0o500),
    "file not readable": _modes(0o000, 0o700),
    "folder not to be entered": _modes(0o600, 0o000),
    "renamed": _renamed,
    "replaced by text": _becomes(lambda place: place.clinic.write_text("Dear colleague, " * 1000) and None),
    "replaced by a folder": _becomes(lambda place: place.clinic.mkdir()),
    "replaced by an empty file": _becomes(lambda place: place.clinic.touch()),
    "replaced by another database": _becomes(lambda place: _other_database(place.clinic)),
    "a link to nothing": _becomes(lambda place: place.clinic.symlink_to(place.folder / "nowhere.db")),
    "cut off": _cut_off,
}


def _other_database(path: Path) -> None:
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("CREATE TABLE letter (text)")


def befallen(name: str, times: int, templates: Templates, folder: Path) -> Figures:
    """One thing befalls the file; so many commands are tried on it, then it is undone and all must be there."""
    figures = Figures(f"file: {name}")
    began = time.monotonic()
    said: Counter[str] = Counter()
    for number in range(times):
        place = copied(templates.small, folder / "file")
        before = content(place.clinic)
        undo = BEFALL[name](place, templates)
        stood = _standing(place)
        line = _command(place, number)
        ran = place.run(*line, plain=True)
        found = _told_badly(ran, line)
        if ran.status and _standing(place) != stood:
            found.append("a command that was refused changed the file")
        undo()
        if number % len(COMMANDS) < WRITES and ran.status == 0:
            found.append("a write was said to be done")
        if _changed(place, before) - ({"audit_entry"} if line[0] == "backup" else set()):
            found.append("the clinic was changed")
        again = place.run(*_command(place, number))
        found += [] if again.status == 0 else [f"once undone, {line[0]} ended with {again.status}: {again.err!r}"]
        found += file_faults(place.clinic)
        figures.problems += [f"{name}, {' '.join(map(str, line[:2]))}: {each}" for each in found]
        figures.struck, figures.spared = figures.struck + (ran.status != 0), figures.spared + (ran.status == 0)
        said[_shape(ran, place)] += 1
    figures.seconds = time.monotonic() - began
    figures.facts = "; ".join(f"{count} × {text}" for text, count in said.most_common(4))
    return figures


def _changed(place: Place, before: dict[str, str]) -> set[str]:
    """The tables that are not as they were."""
    now = content(place.clinic)
    return {name for name in now.keys() | before.keys() if now.get(name) != before.get(name)}


def _standing(place: Place) -> object:
    with suppress(OSError):
        return place.clinic.read_bytes() if place.clinic.is_file() else place.clinic.is_dir()
    return None


def _told_badly(ran: Ran, line: tuple[object, ...]) -> list[str]:
    """What is wrong with how a command ended: done, refused in one clear message, or (verify) faults told."""
    if ran.is_crash:
        return [f"crashed: {ran.err!r}"]
    if ran.status == 0 or ran.is_clear_refusal or (line[0] == "verify" and ran.status == 1 and "Fault:" in ran.err):
        return []
    return [f"status {ran.status}, and not one clear message: {ran.err!r}"]


def _shape(ran: Ran, place: Place) -> str:
    """The first words of a message, without paths."""
    first = next((line for line in ran.err.splitlines() if line.startswith(("labtrack: ", "Fault: "))), "done")
    return first.replace(str(place.folder), "…")[:110]


# Bits and logs


def flipped(times: int, seed: int, templates: Templates, folder: Path) -> Figures:
    """One bit of one page is flipped: found by verify, or of no consequence: every row is as it was."""
    figures = Figures("file: one flipped bit")
    chance = random.Random(f"bit {seed}")
    began = time.monotonic()
    size = templates.small.stat().st_size
    before = content(templates.small)
    unseen: Counter[str] = Counter()
    for _ in range(times):
        place = copied(templates.small, folder / "file")
        at, bit = chance.randrange(size), chance.randrange(8)
        with place.clinic.open("r+b") as file:
            file.seek(at)
            byte = file.read(1)[0]
            file.seek(at)
            file.write(bytes([byte ^ (1 << bit)]))
        ran = place.run("verify")
        told = _told_badly(ran, ("verify",))
        figures.problems += [f"bit {bit} of byte {at}: {each}" for each in told]
        if ran.status:
            figures.struck += 1
            continue
        figures.spared += 1
        with suppress(sqlite3.Error):
            now = content(place.clinic)
            changed = sorted(name for name in now if now[name] != before.get(name))
            if changed:
                unseen[",".join(changed)] += 1
                figures.problems.append(f"bit {bit} of byte {at}: {changed} changed, and verify finds nothing")
    figures.seconds = time.monotonic() - began
    figures.facts = f"found {figures.struck}, in unused space {figures.spared - sum(unseen.values())}, unseen {dict(unseen)}"
    return figures


def log_deleted(times: int, seed: int, templates: Templates, folder: Path) -> Figures:
    """The log with acknowledged writes is deleted after a crash: an older state that is whole, or a fault that is told."""
    figures = Figures("file: log deleted after a crash")
    chance = random.Random(f"log {seed}")
    began = time.monotonic()
    seen: Counter[str] = Counter()
    for _ in range(times):
        place = copied(templates.small, folder / "file")
        numbers = _written_and_killed(place, chance.choice((1, 3, 10, 40, 90)))
        for suffix in ("-wal", "-shm") if chance.random() < 0.5 else ("-wal",):
            place.clinic.with_name(place.clinic.name + suffix).unlink(missing_ok=True)
        ran = place.run("verify")
        figures.problems += _told_badly(ran, ("verify",))
        if ran.status:
            figures.struck += 1
            seen["faults told"] += 1
            continue
        figures.spared += 1
        figures.problems += file_faults(place.clinic)
        gone = len(_missing(place, numbers))
        half = [n for n in numbers if 0 < _left_of(place, n) < _wanted(n)]
        figures.problems += [f"write {n} is half there" for n in half]
        seen[f"whole, {'without the last writes' if gone else 'nothing gone'}"] += 1
    figures.seconds = time.monotonic() - began
    figures.facts = ", ".join(f"{text} {count}" for text, count in seen.items())
    return figures


def _left_of(place: Place, number: int) -> int:
    return int(str(rows(place.clinic, "SELECT count(*) FROM result WHERE specimen_id = ?", f"F{number}")[0][0]))


def _wanted(number: int) -> int:
    from tests.faults.drive import entered

    return len(entered(number, 7)[1])


def foreign_log(times: int, seed: int, templates: Templates, folder: Path) -> Figures:
    """After a crash somebody copies a backup over the file by hand and leaves the log of the old one: never taken for sound."""
    figures = Figures("file: copied over beside an old log")
    chance = random.Random(f"foreign {seed}")
    began = time.monotonic()
    seen: Counter[str] = Counter()
    for number in range(times):
        place = copied(templates.small, folder / "file")
        backup = place.folder / "backup.db"
        if number % 2:
            shutil.copyfile(templates.large, backup)
        else:
            place.run("backup", backup)
        numbers = _written_and_killed(place, chance.choice((3, 10, 30, 60, 120)))
        log = place.clinic.with_name("clinic.db-wal")
        if not log.exists() or log.stat().st_size <= 32:
            continue
        shutil.copyfile(backup, place.clinic)
        ran = place.run("verify")
        figures.problems += _told_badly(ran, ("verify",))
        kind = "another clinic" if number % 2 else "the same clinic, older"
        if ran.status:
            figures.struck += 1
            seen[f"{kind}: told"] += 1
        elif not _missing(place, numbers) and number % 2 == 0:
            figures.spared += 1
            seen[f"{kind}: whole with the log"] += 1
        else:
            figures.problems.append(f"{kind}: a mixture of two files passes verify")
    figures.seconds = time.monotonic() - began
    figures.facts = ", ".join(f"{text} {count}" for text, count in seen.items())
    return figures


# What befalls a clinic that a process has open


def underneath(what: str, times: int, seed: int, templates: Templates, folder: Path) -> Figures:
    """Something befalls the file while a process writes to it; the process is told, and goes on once it is undone."""
    figures = Figures(f"open: {what}")
    began = time.monotonic()
    chance = random.Random(f"open {what} {seed}")
    said: Counter[str] = Counter()
    place = copied(templates.small, folder / "open")
    other = copied(templates.large, folder / "other")
    with closing(keys.connected(other.clinic)) as raw:
        raw.execute("PRAGMA journal_mode = WAL")
    stranger = content(other.clinic)
    victim = Victim(place, "entry", 1, seed)
    for _ in range(times):
        victim.after("written")
        time.sleep(chance.uniform(0, 0.2))
        away = place.clinic.rename(place.folder / "away.db")
        if what == "replaced by another clinic":
            shutil.copyfile(other.clinic, place.clinic)
        elif what == "replaced by text":
            place.clinic.write_text("Dear colleague, " * 1000)
        try:
            refused = victim.after("refused")
        except TimeoutError as error:
            figures.problems.append(f"goes on writing: {error}")
            return figures
        said[refused["told"].replace(str(place.folder), "…")[:100]] += 1
        if not refused["next"]:
            figures.problems.append(f"no next step: {refused}")
        if what == "replaced by another clinic" and content(place.clinic) != stranger:
            figures.problems.append("written into the wrong file")
        if what == "replaced by text" and place.clinic.read_text() != "Dear colleague, " * 1000:
            figures.problems.append("written into a text")
        found = file_faults(away)
        figures.problems += [f"the file that was renamed: {each}" for each in found]
        away.replace(place.clinic)
        victim.after("written")
        figures.struck += 1
    killed = victim.kill()
    figures.problems += faults(place)
    numbers = [each["number"] for each in killed.marks if each["mark"] == "written"]
    figures.problems += _missing(place, numbers)
    figures.seconds = time.monotonic() - began
    figures.facts = f"{len(numbers)} writes; " + "; ".join(f"{count} × {text}" for text, count in said.most_common(3))
    return figures


def deleted(times: int, seed: int, templates: Templates, folder: Path) -> Figures:
    """The file is deleted while a process writes to it: told, no write is acknowledged that only the deleted file holds."""
    figures = Figures("open: deleted")
    began = time.monotonic()
    chance = random.Random(f"deleted {seed}")
    said: Counter[str] = Counter()
    for number in range(times):
        place = copied(templates.small, folder / "open")
        victim = Victim(place, "entry", 1, 7)
        victim.after("written")
        time.sleep(chance.uniform(0, 0.2))
        with place.clinic.open("rb") as held:
            place.clinic.unlink()
            try:
                refused = victim.after("refused")
            except TimeoutError as error:
                figures.problems.append(f"goes on writing: {error}")
                return figures
            time.sleep(chance.uniform(0, 0.1))
            killed = victim.kill()
            figures.problems += ["made anew, empty, where the clinic was"] if place.clinic.exists() else []
            place.clinic.write_bytes(held.read())  # as whoever still has the file could bring it back; its log lies there
        said[refused["told"].replace(str(place.folder), "…")[:100]] += 1
        figures.problems += [] if refused["next"] else [f"no next step: {refused}"]
        found = faults(place) + _missing(place, [each["number"] for each in killed.marks if each["mark"] == "written"])
        figures.problems += [f"deletion {number}: {each}" for each in found]
        figures.struck += 1
    figures.seconds = time.monotonic() - began
    figures.facts = "; ".join(f"{count} × {text}" for text, count in said.most_common(3))
    return figures


UNDERNEATH = ("renamed", "replaced by another clinic", "replaced by text")
