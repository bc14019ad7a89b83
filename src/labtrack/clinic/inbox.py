"""A folder in which files arrive: which of them are complete, taking one out of the sender's reach, putting it away with its reports.

A complete file is first moved into ``taking``: what a sender then writes under the same name is another file. From there it goes, after its
reports, into ``done`` or ``refused``. Every step is a rename within the folder and on the disk before the next one begins, so that
wherever the program is killed each file is in exactly one place.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from time import monotonic
from typing import NamedTuple

from labtrack.core.errors import LabtrackError, UsageError

TAKING, DONE, REFUSED = "taking", "done", "refused"
#: What is added to a file's name to name its reports.
TABLE, TEXT = ".report.csv", ".report.txt"
#: Names of files that somebody is still writing, besides those that begin with a dot.
_UNFINISHED = (".tmp", ".temp", ".part", ".partial", ".filepart", ".crdownload", "~")
#: Bytes of a name that leave room for a number and the reports' endings.
_LONGEST_NAME = 200
_LOCK = ".labtrack.lock"


class Mark(NamedTuple):
    """Which file stands under a name, and in which state: it is another one if any of this differs."""

    inode: int
    size: int
    changed_ns: int


class Found(NamedTuple):
    """A file that has arrived, complete as far as can be told."""

    name: str
    mark: Mark


def mark_of(path: Path) -> Mark | None:
    """The mark of a file; None where there is none, or no regular one."""
    try:
        return _mark(path.lstat())
    except OSError:
        return None


def _mark(found: os.stat_result) -> Mark | None:
    return Mark(found.st_ino, found.st_size, found.st_mtime_ns) if stat.S_ISREG(found.st_mode) else None


def sha256_of(path: Path) -> str:
    """The hash of a file's bytes; empty where it cannot be read."""
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError:
        return ""


def reports_of(path: Path) -> tuple[Path, Path]:
    """The table and the text beside a file."""
    return path.with_name(path.name + TABLE), path.with_name(path.name + TEXT)


@dataclass(slots=True)
class Inbox:
    """One folder. A file is complete when it has been the same for ``settle`` seconds; ``tell`` hears, once, of what is not taken.

    ``stop`` ends waiting. Methods raise LabtrackError where the folder cannot be read or written; files are then where they were.
    """

    folder: Path
    settle: float
    tell: Callable[[str], None]
    stop: Event = field(default_factory=Event)
    #: Names that have arrived and are not complete yet.
    waiting: list[str] = field(default_factory=list)
    _seen: dict[str, tuple[Mark, float]] = field(default_factory=dict)
    _told: set[tuple[str, str]] = field(default_factory=set)

    @property
    def taking(self) -> Path:
        """Where the file is that is being taken."""
        return self.folder / TAKING

    def prepare(self) -> None:
        """Make the folders of our own, and clear away what was being written when the program was killed."""
        with _told_as(f"{self.folder} cannot be used"):
            for name in (TAKING, DONE, REFUSED):
                own = self.folder / name
                with suppress(FileExistsError):
                    own.mkdir(mode=0o700)
                _check_own(own)
                if not os.access(own, os.R_OK | os.W_OK | os.X_OK):
                    raise PermissionError(13, "no permission to write into it", str(own))
            if not os.access(self.folder, os.W_OK):
                raise PermissionError(13, "no permission to move files out of it", str(self.folder))
            for left in self.taking.glob(".*.part"):
                left.unlink(missing_ok=True)

    def begun(self) -> list[Path]:
        """Files that were being taken when the program ended, or when the clinic could not be written to; oldest first."""
        with _told_as(f"{self.taking} cannot be read"):
            found = [(mark, path) for path in self.taking.iterdir() if not _is_report(path.name) and (mark := mark_of(path))]
        return [path for _, path in sorted(found, key=lambda each: _order(each[1].name, each[0]))]

    def ready(self) -> list[Found]:
        """Files that are complete, oldest first, then by name, numbers in it by their value.

        None comes before an older one that is not complete yet, for it may correct it.
        """
        now, seen, here = monotonic(), {}, []
        with _told_as(f"{self.folder} cannot be read"), os.scandir(self.folder) as entries:
            for entry in entries:
                mark = self._candidate(entry)
                if mark is not None:
                    before, since = self._seen.get(entry.name, (None, now))
                    seen[entry.name] = (mark, since if before == mark else now)
                    here.append(Found(entry.name, mark))
        self._seen, self.waiting = seen, []
        ready = []
        for found in sorted(here, key=lambda each: _order(*each)):
            is_still = now - seen[found.name][1] >= self.settle
            if is_still and not found.mark.size:
                self._say(found.name, "is empty: it is left until something is in it")
            elif is_still and not self.waiting:
                ready.append(found)
            else:
                self.waiting.append(found.name)
        return ready

    def _candidate(self, entry: os.DirEntry[str]) -> Mark | None:
        """The mark of a file that may be taken; None for folders, unfinished files and what is left with a word."""
        if _is_unfinished(entry.name) or entry.is_dir(follow_symlinks=False):
            return None
        if _is_report(entry.name):
            self._say(entry.name, "has the name of a report of labtrack's: it is left where it is")
            return None
        try:
            mark = _mark(entry.stat(follow_symlinks=False))
        except FileNotFoundError:
            return None
        if mark is None:
            self._say(entry.name, "is a link or no regular file: it is left where it is")
        return mark

    def _say(self, name: str, what: str) -> None:
        if (name, what) not in self._told:
            self._told.add((name, what))
            self.tell(f"{name} {what}.")

    def claim(self, found: Found) -> Path | None:
        """Move a file into ``taking``, under a name that can be written down; None if it is gone, or no regular file any more.

        What was put in its place since it was looked at, a link to somewhere else for instance, is put away unread.
        """
        path = self.taking / _written(found.name)
        with _told_as(f"{found.name} cannot be moved to {self.taking}"):
            _check_own(self.taking)
            try:
                (self.folder / found.name).rename(path)
            except FileNotFoundError:
                return None
            _flush(self.taking, self.folder)
        mark = mark_of(path)
        if mark is None:
            self._set_aside(path)
            return None
        if mark != found.mark:
            self.steady(path)
        return path

    def _set_aside(self, path: Path) -> None:
        place = self.place(path.name, refused=True)
        with _told_as(f"{path.name} cannot be moved to {place.parent}"):
            _check_own(place.parent)
            path.rename(place)
            _flush(place.parent, self.taking)
        self.tell(f"{path.name} became a link or no regular file: it is in {place.parent}, and nothing was read from it.")

    def steady(self, path: Path) -> None:
        """Wait until somebody who is still writing into a file has ended."""
        while (before := mark_of(path)) is not None and not self.stop.wait(self.settle):
            if mark_of(path) == before:
                return

    def place(self, name: str, *, refused: bool) -> Path:
        """Where a file of that name will be put away: never in the place of another."""
        folder = self.folder / (REFUSED if refused else DONE)
        place, number = folder / name, 1
        while os.path.lexists(place):
            number += 1
            place = folder / f"{Path(name).stem}-{number}{Path(name).suffix}"
        return place

    def put_away(self, path: Path, *, refused: bool) -> Path:
        """Move a file that was taken, its reports first; where it is now."""
        place = self.place(path.name, refused=refused)
        with _told_as(f"{path.name} was taken, but cannot be moved to {place.parent}"):
            _check_own(place.parent)
            _flush(path)
            for report, target in zip(reports_of(path), reports_of(place), strict=True):
                if report.exists():  # else it was moved before the program was killed
                    report.replace(target)
            _flush(place.parent)
            path.replace(place)
            _flush(place.parent, self.taking)
        return place


def _check_own(folder: Path) -> None:
    """LabtrackError where a folder of ours is none by itself: what is put there would go where somebody else wants it."""
    if not stat.S_ISDIR(folder.lstat().st_mode):
        raise LabtrackError(f"{folder} is not a folder of its own.", "Move it away: labtrack puts files there.")


def _order(name: str, mark: Mark) -> tuple[object, ...]:
    parts = re.split(r"(\d+)", name)
    return mark.changed_ns, [int(part) if place % 2 else part for place, part in enumerate(parts)], name


def _is_unfinished(name: str) -> bool:
    return name.startswith(".") or name.lower().endswith(_UNFINISHED)


def _is_report(name: str) -> bool:
    return name.endswith((TABLE, TEXT))


def _written(name: str) -> str:
    """A name as text, short enough for its reports; what had to be cut is told apart by a part of its hash."""
    text = name.encode("utf-8", "backslashreplace").decode()
    if len(text.encode()) <= _LONGEST_NAME:
        return text
    suffix = Path(text).suffix if len(Path(text).suffix) <= 12 else ""
    stem = text.removesuffix(suffix).encode()[: _LONGEST_NAME - 60].decode("utf-8", "ignore")
    return f"{stem}~{hashlib.sha256(text.encode()).hexdigest()[:12]}{suffix}"


def _flush(*paths: Path) -> None:
    """Bring files and folders to the disk. What cannot be opened, or be flushed on its file system, is as safe as it can be."""
    for path in paths:
        try:
            handle = os.open(path, os.O_RDONLY)
        except PermissionError:
            continue
        try:
            with suppress(OSError):
                os.fsync(handle)
        finally:
            os.close(handle)


@contextmanager
def _told_as(what: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        step = "Put that right and start again: nothing is lost, and nothing is taken twice."
        raise LabtrackError(f"{what}: {error.strerror or error}.", step) from error


def checked_folder(named: Path, taken: dict[str, Path]) -> Path:
    """The folder to watch, resolved. LabtrackError where there is none; UsageError for one that holds other things than arrivals.

    ``taken`` are folders of labtrack's own by what is in them.
    """
    try:
        folder = named.resolve(strict=True)
        is_folder = folder.is_dir()
    except (OSError, RuntimeError, ValueError) as error:
        raise LabtrackError(f"There is no folder {named}.", "Make it, or name another.") from error
    if not is_folder:
        raise LabtrackError(f"{named} is not a folder.", "Name the folder in which files arrive.")
    for what, own in {**taken, "the home folder": Path.home(), "the root": Path(folder.anchor)}.items():
        if folder == own.resolve():
            raise UsageError(f"{named} is {what}: every file in it would be taken.", "Name a folder for nothing but what arrives.")
    return folder


@contextmanager
def only_one(path: Path, what: str) -> Iterator[None]:
    """Hold a lock that the system lets go of when the process ends, however it does. LabtrackError where another process has it."""
    if sys.platform == "win32":
        raise LabtrackError("labtrack watch needs the file locks of Linux or macOS.", "Use labtrack import instead.")
    import fcntl

    with _told_as(f"{path} cannot be made"):
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            process = os.read(handle, 20).decode("ascii", "replace").strip()
            by = f" by process {process}" if process.isdigit() else ""
            raise LabtrackError(f"{what} is watched already{by}.", "Stop that one first, or leave it at it.") from None
        with suppress(OSError):  # only so that the second one can name the first
            os.ftruncate(handle, 0)
            os.write(handle, f"{os.getpid()}\n".encode())
        yield
    finally:
        os.close(handle)


def folder_lock(folder: Path) -> Path:
    """The lock of a watched folder."""
    return folder / _LOCK
