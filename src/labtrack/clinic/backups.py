"""Automatic backups: where they are, when one is due, which stay; which one to go back to, and what that would lose."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from hashlib import blake2b
from logging import getLogger
from pathlib import Path
from typing import TYPE_CHECKING

from labtrack.clinic.access import Need, may
from labtrack.clinic.rotation import expendable
from labtrack.clinic.settings import Settings
from labtrack.core.errors import CatalogueError, DatabaseUnavailable, LabtrackError, NotFound, PassphraseNeeded, StoreError
from labtrack.store import Reader, Store
from labtrack.store.anchored import BY_HAND, DAILY, Anchor, Kept, anchors_in, default_folder, head_of, holds, kept_in, make, reach_of
from labtrack.store.connection import private_folder, sqlite_path
from labtrack.store.migrate import REVISIONS, revision_of
from labtrack.store.verify import verify

if TYPE_CHECKING:
    from labtrack.clinic.facade import Clinic

#: What a restore's audit entry calls the anchors of backups that tell of what was before it.
SUPERSEDED = "superseded"


def machine_day() -> date:
    """The machine's date: backups are made by it, whatever day is judged."""
    return date.today()


# Where


def folder_of(clinic: Path, settings: Settings) -> Path:
    """Where automatic backups go: beside the clinic, or below the folder that is set, in one that no other clinic has."""
    if not settings.backup_folder:
        return default_folder(clinic)
    digest = blake2b(str(clinic.expanduser().resolve()).encode("utf-8", "surrogateescape"), digest_size=4).hexdigest()
    return Path(settings.backup_folder).expanduser() / f"{clinic.stem}-{digest}"


def folders_of(clinic: Path, settings: Settings | None = None) -> list[Path]:
    """Everywhere that they may be: another place may have been set since. ``settings``: the settings file's if not given."""
    if settings is None:
        with suppress(CatalogueError):
            settings = Settings.load()
    here = default_folder(clinic)
    return list(dict.fromkeys([here, folder_of(clinic, settings or Settings())]))


def room_for_upgrade(location: str | Path, settings: Settings) -> Path | None:
    """Where a copy goes before an upgrade, which must be made somewhere: a folder that is set and not there is no reason to stop.

    None for a database on a server.
    """
    clinic = sqlite_path(location)
    if clinic is None:
        return None
    is_there = settings.backup_folder and Path(settings.backup_folder).expanduser().is_dir()
    return folder_of(clinic, settings) if is_there else default_folder(clinic)


# Making


@dataclass(frozen=True, slots=True)
class Daily:
    """The backup of the day: due once a day for each clinic, on any thread. ``actor`` is who the audit names."""

    clinic: Path
    folder: Path
    parent: str
    actor: str

    @property
    def is_due(self) -> bool:
        """Whether there is none of today yet."""
        today = machine_day()
        return not any(each.on == today and each.kind == DAILY for each in kept_in(self.folder, self.clinic.name))

    def make(self) -> str:
        """Make it if it is due, and let those go that are no longer kept; what is wrong with the clinic, a sentence or nothing.

        Of two programs that come at once one makes it. While something is wrong no older one goes. Raises LabtrackError, in whose words
        stands which is the newest that there is.
        """
        try:
            return self._make()
        except PassphraseNeeded:
            raise
        except (LabtrackError, OSError) as error:
            reason = error if isinstance(error, LabtrackError) else DatabaseUnavailable(f"{error.filename}: {error.strerror}.")
            step = reason.next_step.replace("Nothing was changed.", "").strip()
            raise DatabaseUnavailable(f"Today's backup could not be made: {reason.message} {self._newest()}", step) from error

    def _make(self) -> str:
        if self.parent and not Path(self.parent).expanduser().is_dir():
            step = "Connect the drive that it is on, or change backup_folder in the settings file."
            raise DatabaseUnavailable(f"The backup folder {self.parent} is not there.", step)
        private_folder(self.folder)
        with _alone_in(self.folder) as is_alone:
            if not is_alone or not self.is_due:
                return ""
            today = machine_day()
            made = make(self.clinic, self.folder, DAILY, today)
            self._note(made.kept)
            wrong = [str(each) for each in made.faults] + disagreeing(made.kept.path, kept_in(self.folder, self.clinic.name))
            if wrong:
                what = f"Today's backup was made, but something is wrong with the clinic: {wrong[0]}."
                return f"{what} No older backup was removed. See: labtrack verify"
            for each in expendable(kept_in(self.folder, self.clinic.name), today):
                with suppress(OSError):  # it is there the next time
                    each.path.unlink()
        return ""

    def _note(self, kept: Kept) -> None:
        """Write it into the audit. A clinic that cannot be written to now has its backup all the same."""
        try:
            store = Store.open(self.clinic, create=False, actor=self.actor)
            try:
                with store.write() as writer:
                    writer.audit("backup", {"file": kept.path.name, "head": str(kept.anchor)})
            finally:
                store.close()
        except StoreError:
            getLogger("labtrack").warning("the audit could not be told of a backup")

    def _newest(self) -> str:
        found = kept_in(self.folder, self.clinic.name)
        if not found:
            return "There is none yet."
        return f"The newest is of {found[-1].on.isoformat()}{days_ago(found[-1].on, machine_day())}."


def daily_of(clinic: Clinic) -> Daily | None:
    """The backup of the day of a clinic that somebody opened; None where there is to be none, or they may make none."""
    user = clinic.account
    if user is not None and not may(user.role, Need.KEEP, is_own=False):
        return None
    return clinic.daily_backup()


def days_ago(day: date, today: date) -> str:
    """`` (1 day ago)`` with its blank before; empty for today and for what is to come."""
    days = (today - day).days
    return f" ({days} day{'' if days == 1 else 's'} ago)" if days > 0 else ""


@contextmanager
def _alone_in(folder: Path) -> Iterator[bool]:
    """Whether no other process makes a backup into a folder now; none can while this lasts."""
    try:
        import fcntl
    except ImportError:  # pragma: no cover - no such locks on this operating system
        yield True
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True
    finally:
        os.close(handle)


# Comparing


def disagreeing(copy: Path, others: Iterable[Kept]) -> list[str]:
    """What the chain of a backup lacks of those made before it, where no restore tells why."""
    others = list(others)
    if all(holds(copy, each.anchor) for each in others):
        return []
    store = Store.open(copy, create=False, read_only=True)
    try:
        with store.read() as reader:
            return list(anchor_faults(reader, [(each.path.name, each.anchor) for each in others]))
    finally:
        store.close()


def anchor_faults(reader: Reader, anchors: Iterable[tuple[str, Anchor]]) -> Iterator[str]:
    """Backups, by name, whose audit entry the chain does not have; not those that a restore in the chain put out of force."""
    superseded: set[str] | None = None
    for name, anchor in anchors:
        entry = reader.audit_entry(anchor.entry)
        if anchor.is_of(entry.hash if entry is not None else None):
            continue
        if superseded is None:
            superseded = _superseded(reader)
        if str(anchor) in superseded:
            continue
        if entry is None:
            yield f"audit entry {anchor.entry}, which the backup {name} tells of, is missing: the audit was cut off"
        else:
            yield f"audit entry {anchor.entry} is not the one that the backup {name} tells of: the audit was written anew"


def _superseded(reader: Reader) -> set[str]:
    found: set[str] = set()
    for entry in reader.audit_entries():
        if entry.action == "restore":
            found.update(map(str, json.loads(entry.detail).get(SUPERSEDED, ())))
    return found


def superseded_by(reader: Reader, folders: Iterable[Path], clinic: str) -> list[str]:
    """The anchors that a clinic, about to be put in another's place, does not have: of what was done after it, or instead."""
    anchors = {anchor for folder in folders for _, anchor in anchors_in(folder, clinic)}
    kept = sorted(anchors, key=lambda each: (each.entry, each.hash))
    found = {each: reader.audit_entry(each.entry) for each in kept}
    return [str(each) for each, entry in found.items() if not each.is_of(entry.hash if entry is not None else None)]


def anchors_of(against: Path) -> list[tuple[str, Anchor]]:
    """Those of a folder of backups, or of one backup: by its name, else by what is in it. NotFound, PassphraseNeeded, StoreError."""
    if against.is_dir():
        return list(anchors_in(against))
    if not against.exists():
        raise NotFound(f"There is no backup at {against}.", "Give the path of a backup, or of a folder with backups.")
    kept = Kept.parse(against)
    return [(against.name, kept.anchor if kept is not None else head_of(against))]


# Going back


@dataclass(frozen=True, slots=True)
class Offer:
    """A backup to go back to, whole and verified, and what was done since that would be lost: None where that cannot be read."""

    kept: Kept
    today: date
    entries: int | None
    results: int | None
    has_accounts: bool = False

    @property
    def words(self) -> str:
        """When it was made, and what would be lost."""
        made = f"{self.kept.path.name}, made on {self.kept.on.isoformat()}{days_ago(self.kept.on, self.today)}, is whole."
        if self.entries is None:
            return f"{made} What was recorded since then would be lost; the clinic's file cannot be read far enough to tell how much."
        if self.entries == 0:
            return f"{made} As far as the clinic's file can be read nothing was recorded since then: nothing would be lost."
        results = "" if self.results is None else f", among them {_counted(self.results, 'result')}"
        return f"{made} What was recorded since then would be lost: {_counted(self.entries, 'entry', 'entries')} of the audit{results}."


def _counted(number: int, one: str, many: str = "") -> str:
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def candidates(clinic: Path, settings: Settings | None = None) -> list[Kept]:
    """Every backup of a clinic that labtrack named, newest first."""
    found = [each for folder in folders_of(clinic, settings) for each in kept_in(folder, clinic.name)]
    return sorted(found, key=lambda each: (each.on, each.anchor.entry), reverse=True)


def newest_good(clinic: Path, settings: Settings | None = None) -> Kept | None:
    """The newest backup that is whole and that this labtrack can open, None without any. Raises PassphraseNeeded."""
    found = candidates(clinic, settings)
    good = next((each for each in found if _is_good(each)), None)
    if good is None:
        return None
    # A clock that went back gives a later backup an earlier day: its chain goes on where the other's ends.
    later = [each for each in found if each.anchor.entry > good.anchor.entry]
    for each in sorted(later, key=lambda each: each.anchor.entry, reverse=True):
        if _is_good(each) and holds(each.path, good.anchor):
            return each
    return good


def _is_good(kept: Kept) -> bool:
    try:
        return verify(kept.path) == [] and revision_of(kept.path) in REVISIONS and holds(kept.path, kept.anchor)
    except PassphraseNeeded:
        raise
    except StoreError:
        return False


def offer(clinic: Path, settings: Settings | None = None) -> Offer | None:
    """The backup to go back to, and what would be lost. Raises PassphraseNeeded."""
    kept = newest_good(clinic, settings)
    if kept is None:
        return None
    now, then = reach_of(clinic), reach_of(kept.path)
    entries, results = (
        None if last is None or before is None else max(0, last - before)
        for last, before in ((now.entries, then.entries), (now.results, then.results))
    )
    return Offer(kept, machine_day(), entries, results, then.has_accounts)


def head_text(path: Path) -> str | None:
    """The head of a clinic's audit chain as text; None where it cannot be read."""
    try:
        return str(head_of(path)) if path.exists() else None
    except LabtrackError:
        return None


def named_by_labtrack(clinic: Path, folder: Path) -> Kept:
    """A backup asked for by a person, into a folder, with a name of labtrack's. Raises as :meth:`Clinic.backup`."""
    return make(clinic, folder, BY_HAND, machine_day()).kept
