"""A disk without room: each operation on a small disk that is filled but for some bytes, then once more when there is room."""

from __future__ import annotations

import ctypes
import os
import random
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

from tests.faults import keys
from tests.faults.kill import Victim
from tests.faults.place import Place, Ran, content, copied, empty, faults, file_faults, left_over, rows, timeless
from tests.faults.templates import Templates

#: The whole disk, bytes: room for a clinic, copies of it and what fills the rest.
SIZE = 64 * 1024 * 1024
#: unshare(2): a mount namespace of one's own.
_NEW_MOUNTS = 0x00020000
PANEL = ("record", "DEMO-01", "hb=13.1:g/dL", "anc=3.2:10*9/L", "--at", "2026-11-20", "--specimen", "FULL")


@cache
def _alone_with_mounts() -> None:
    """What this process mounts is seen by it and its children alone, and is gone with it, however it ends. PermissionError."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(_NEW_MOUNTS) != 0:
        raise PermissionError(os.strerror(ctypes.get_errno()))
    ran = subprocess.run(["mount", "--make-rprivate", "/"], capture_output=True, text=True, check=False)
    if ran.returncode:
        raise PermissionError(ran.stderr.strip())


@contextmanager
def small_disk(folder: Path, size: int = SIZE) -> Iterator[Path]:
    """A file system of its own in memory, unmounted at the end. Raises PermissionError where that is not allowed."""
    _alone_with_mounts()
    folder.mkdir(parents=True, exist_ok=True)
    ran = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size},mode=0755", "tmpfs", str(folder)], capture_output=True, check=False)
    if ran.returncode:
        raise PermissionError(ran.stderr.decode().strip())
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)
        folder.rmdir()


def reason_against(folder: Path) -> str:
    """Why no disk can be mounted here; empty where one can."""
    if shutil.which("mount") is None:
        return "there is no mount"
    try:
        with small_disk(folder, 1024 * 1024):
            return ""
    except (PermissionError, AttributeError) as error:
        return f"mounting is not allowed here: {error}"


def fill(disk: Path, room: int) -> Path:
    """Leave so many bytes on a disk; the file that takes the rest."""
    filler = disk / "filler"
    with filler.open("wb") as file:
        while True:  # somebody may be writing meanwhile
            free = os.statvfs(disk).f_bavail * os.statvfs(disk).f_frsize
            with suppress(OSError):
                if free > room:
                    os.posix_fallocate(file.fileno(), 0, free - room)
                return filler


@dataclass(slots=True)
class Figures:
    """What became of one kind of fault: how often it struck, how often the operation still had room, and what went wrong."""

    name: str
    struck: int = 0
    spared: int = 0
    problems: list[str] = field(default_factory=list)
    seconds: float = 0.0
    facts: str = ""

    def __str__(self) -> str:
        state = "nothing lost" if not self.problems else f"{len(self.problems)} PROBLEMS"
        return f"{self.name:<34} struck {self.struck:>3}  spared {self.spared:>3}  {self.seconds:6.0f} s  {state}  {self.facts}"


@dataclass(frozen=True, slots=True)
class Task:
    """One operation on a small disk: what stands there before, the command, and whether it was done whole.

    ``words`` are the passphrases before and after, of those that change them.
    """

    name: str
    prepare: Callable[[Place, Templates], None]
    command: Callable[[Place, Templates], Sequence[object]]
    is_done: Callable[[Place, Templates], bool]
    words: tuple[str, ...] = ()


def _whole(is_encrypted: bool) -> Callable[[Place, Templates], None]:
    def prepare(place: Place, templates: Templates) -> None:
        shutil.copytree(templates.whole(is_encrypted), place.folder, dirs_exist_ok=True)

    return prepare


def _opens_with(words: str) -> Callable[[Place, Templates], bool]:
    def is_done(place: Place, _: Templates) -> bool:
        files = [place.clinic, *place.folder.glob("clinic.db.before-restore-*")]
        return len(files) > 1 and all(keys.passphrase_of(each) == words for each in files)

    return is_done


def _clinic(template: str) -> Callable[[Place, Templates], None]:
    def prepare(place: Place, templates: Templates) -> None:
        shutil.copyfile(getattr(templates, template), place.clinic)

    return prepare


def _old(place: Place, templates: Templates) -> None:
    shutil.copyfile(templates.old(templates.revisions[0]), place.clinic)


def _has_panel(place: Place, _: Templates) -> bool:
    return len(rows(place.clinic, "SELECT id FROM result WHERE specimen_id = 'FULL'")) == 2


def _has_import(place: Place, templates: Templates) -> bool:
    (count,) = rows(place.clinic, "SELECT count(*) FROM result WHERE specimen_id GLOB 'I[0-9]*'")
    return count == (templates.rows,)


def _is_upgraded(place: Place, templates: Templates) -> bool:
    from labtrack.store.migrate import HEAD

    copies = list(place.folder.rglob("*.upgrade-*.bak"))
    old = content(templates.old(templates.revisions[0]))
    return rows(place.clinic, "SELECT version_num FROM alembic_version") == [(HEAD,)] and any(content(each) == old for each in copies)


def _is_copied(place: Place, _: Templates) -> bool:
    copy = place.folder / "copy.db"
    return copy.exists() and not file_faults(copy) and timeless(content(copy)) == timeless(content(place.clinic))


def _is_restored(place: Place, templates: Templates) -> bool:
    return timeless(content(place.clinic)) == timeless(content(templates.large)) and bool(list(place.folder.glob("*.before-restore-*")))


TASKS: tuple[Task, ...] = (
    Task("entry", _clinic("small"), lambda place, templates: PANEL, _has_panel),
    Task("import", _clinic("small"), lambda place, templates: ("import", templates.results), _has_import),
    Task("migration", _old, lambda place, templates: ("upgrade",), _is_upgraded),
    Task("backup", _clinic("large"), lambda place, templates: ("backup", place.folder / "copy.db"), _is_copied),
    Task("restore", _clinic("small"), lambda place, templates: ("restore", templates.large), _is_restored),
    Task("encrypt", _whole(False), lambda place, templates: ("encrypt",), _opens_with(keys.NEW), (keys.NEW,)),
    Task("decrypt", _whole(True), lambda place, templates: ("decrypt",), _opens_with(""), (keys.OLD,)),
    Task("rekey", _whole(True), lambda place, templates: ("rekey",), _opens_with(keys.NEW), (keys.OLD, keys.NEW)),
)


def full(task: Task, times: int, seed: int, templates: Templates, disk: Path) -> Figures:
    """One task with different amounts of room, until the disk was full so many times."""
    figures = Figures(f"disk full, {task.name}")
    chance = random.Random(f"disk {task.name} {seed}")
    began = time.monotonic()
    #: The most room that was not enough so far, and the least that was.
    most, least = 0, 2 * templates.large.stat().st_size + 4_000_000
    while figures.struck < times and figures.spared < 4 * times:
        # At first hardly any, then up to the least that is enough; half the time close to that, where the last write fails.
        low = most if chance.random() < 0.5 else 0
        room = chance.randint(low, least) if figures.struck else chance.randint(0, 20_000)
        place = _ready(disk / "clinic", templates)
        place = replace(place, words=task.words or place.words)
        task.prepare(place, templates)
        before = content(place.clinic)
        filler = fill(disk, room)
        ran = place.run(*task.command(place, templates))
        filler.unlink()
        if ran.status == 0:
            least = min(least, room + 1)
            figures.spared += 1
        else:
            most = max(most, min(room, least - 1))
            figures.struck += 1
        told = _problems(task, place, templates, ran, before)
        figures.problems += [f"{task.name} with room for {room} bytes: {each}" for each in told]
    figures.seconds = time.monotonic() - began
    figures.facts = f"needs {least} bytes"
    return figures


def _ready(folder: Path, templates: Templates) -> Place:
    """An empty folder for a clinic that is opened as the templates are."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    return empty(templates.small, folder)


def _problems(task: Task, place: Place, templates: Templates, ran: Ran, before: dict[str, str]) -> list[str]:
    if ran.status == 0:
        return [] if task.is_done(place, templates) else ["said to be done, and is not"]
    found = [] if ran.is_clear_refusal else [f"status {ran.status}, and not one clear message: {ran.err!r}"]
    if content(place.clinic) != before:
        found.append("the clinic was changed")
    found += file_faults(place.clinic) + [f"left behind: {each}" for each in left_over(place)]
    again = place.run(*task.command(place, templates))
    if again.status != 0 or not task.is_done(place, templates):
        found.append(f"with room again it ended with {again.status}: {again.err!r}")
    return found + faults(place)


def limited(times: int, seed: int, templates: Templates, folder: Path) -> Figures:
    """No file may grow past a limit, as by a quota: needs no disk of its own."""
    figures = Figures("no file may grow, entry and backup")
    chance = random.Random(f"limit {seed}")
    began = time.monotonic()
    for number in range(times):
        place = copied(templates.small, folder / "limit")
        before = content(place.clinic)
        task = TASKS[0] if number % 2 else TASKS[3]
        # The unit is 512 bytes. The log is what entry makes longer, the copy what a backup does.
        limit = chance.randint(0, 90_000 if number % 2 else place.clinic.stat().st_size) // 512
        ran = place.run(*task.command(place, templates), prefix=("sh", "-c", f'ulimit -f {limit}; exec "$@"', "sh"))
        figures.struck, figures.spared = figures.struck + (ran.status != 0), figures.spared + (ran.status == 0)
        figures.problems += [f"{task.name}, at most {limit} blocks: {each}" for each in _problems(task, place, templates, ran, before)]
    figures.seconds = time.monotonic() - began
    return figures


def full_while_open(times: int, seed: int, templates: Templates, disk: Path) -> Figures:
    """A process that stays open writes until the disk is full, is told so, and goes on by itself when there is room."""
    figures = Figures("disk full while open, entry")
    chance = random.Random(f"open {seed}")
    began = time.monotonic()
    place = _ready(disk / "clinic", templates)
    shutil.copyfile(templates.small, place.clinic)
    victim = Victim(place, "entry", 1, seed)
    victim.until("written")
    for _ in range(times):
        filler = fill(disk, chance.randint(0, 600_000))
        refused = victim.after("refused")
        filler.unlink()
        victim.after("written")
        figures.struck += 1
        if not refused["next"] or "full" not in refused["told"] + refused["next"]:
            figures.problems.append(f"not told that the disk is full: {refused}")
    killed = victim.kill()
    figures.problems += faults(place)
    written = [each["number"] for each in killed.marks if each["mark"] == "written"]
    there = {name for (name,) in rows(place.clinic, "SELECT DISTINCT specimen_id FROM result")}
    figures.problems += [f"acknowledged write {number} is gone" for number in written if f"F{number}" not in there]
    figures.seconds = time.monotonic() - began
    figures.facts = f"{len(written)} writes"
    return figures
