"""What is killed: entry, amendment, import, migration, backups and restore; and what must hold of each after it was.

Encrypting, decrypting and a new passphrase are in ``conversions.py``."""

from __future__ import annotations

import json
import random
import shutil
import sqlite3
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from tests.faults import keys
from tests.faults.drive import TODAY, entered
from tests.faults.kill import Killed, Victim, run_to_end
from tests.faults.place import Place, content, copied, faults, file_faults, forget, left_over, rows, timeless
from tests.faults.templates import Templates

Content = Mapping[str, str]
#: A change of one row.
EVENT = ("event", "add", "DEMO-02", "surgery", "--on", "2026-11-01")


class Operation(ABC):
    """One thing that a process does until it is killed."""

    name: str
    #: The mark that ends a run: many writes have none.
    is_series = False
    #: How many kinds of runs take turns.
    kinds = 1

    @property
    def kind_of_run(self) -> str:
        """Which of them was started last."""
        return self.name

    def __init__(self, templates: Templates, folder: Path, seed: int) -> None:
        self.templates = templates
        self.folder = folder
        self.seed = seed
        self.chance = random.Random(f"{self.name} {seed}")
        self.looks = 0

    @property
    def is_thorough(self) -> bool:
        """Whether this look is one of those, one in three, that also do the same once more, to its end."""
        self.looks += 1
        return self.looks % 3 == 1

    @abstractmethod
    def start(self) -> tuple[Place, tuple[object, ...]]:
        """Where it runs and what the driver is told to do."""

    @abstractmethod
    def problems(self, place: Place, killed: Killed) -> list[str]:
        """What does not hold after the kill; empty when all is well. At times also does the same once more, to its end."""

    def found(self, place: Place, killed: Killed) -> list[str]:
        """Everything wrong after the kill; files that cannot be looked at are."""
        if killed.failure:
            return [killed.failure]
        try:
            return [*self.in_clear(place), *self.problems(place, killed)]
        except (sqlite3.Error, OSError) as error:
            return [f"what is left cannot be read: {error!r}"]

    def in_clear(self, place: Place) -> list[str]:
        """What an encrypted clinic has left in clear as it was killed."""
        return place.in_clear() if place.words else []


class Series(Operation):
    """Writes one after the other to one clinic that goes through all the kills."""

    is_series = True
    #: Seconds after the first possible write in which kills fall: about a dozen writes.
    window = 0.6

    def __init__(self, templates: Templates, folder: Path, seed: int) -> None:
        super().__init__(templates, folder, seed)
        self.place = copied(templates.small, folder / self.name)
        self.done: dict[int, dict[str, object]] = {}
        self.next = 1

    def start(self) -> tuple[Place, tuple[object, ...]]:
        return self.place, (self.name, self.next, self.seed)

    def problems(self, place: Place, killed: Killed) -> list[str]:
        begun = {each["number"]: each for each in killed.marks if each["mark"] == "writing"}
        told = {each["number"] for each in killed.marks if each["mark"] == "written"}
        found = faults(place)
        if found:
            return found
        for number, facts in begun.items():
            missing = self.missing(number, facts)
            if number in told:
                found += [f"acknowledged write {number}: {each}" for each in missing]
                self.done[number] = facts
            elif self.is_half_there(number, facts, missing):
                found.append(f"write {number} is half there: {missing}")
        self.next = max([self.next - 1, *begun]) + 1
        lost = [
            number for number in self.chance.sample(sorted(self.done), min(20, len(self.done))) if self.missing(number, self.done[number])
        ]
        return found + [f"write {number}, acknowledged before, is gone" for number in lost]

    @abstractmethod
    def missing(self, number: int, facts: Mapping[str, object]) -> list[str]:
        """What of a write is not in the clinic."""

    @abstractmethod
    def is_half_there(self, number: int, facts: Mapping[str, object], missing: Sequence[str]) -> bool:
        """Whether an unacknowledged write left something but not all."""

    def finish(self) -> list[str]:
        """Look at everything once more after the last kill."""
        found = [f"write {number} is gone at the end" for number, facts in self.done.items() if self.missing(number, facts)]
        by_hand = rows(self.place.clinic, "SELECT id FROM result WHERE source_id IS NULL")
        audited = Counter(
            line[0]
            for (detail,) in rows(self.place.clinic, "SELECT detail FROM audit_entry")
            for line in json.loads(str(detail)).get("results", ())
            if isinstance(line, list)
        )
        if audited != Counter(number for (number,) in by_hand):
            found.append("results entered by hand and audit entries are not one to one")
        return found


class EntryOfPanels(Series):
    """Panels recorded one by one."""

    name = "entry"

    def missing(self, number: int, facts: Mapping[str, object]) -> list[str]:
        _, values = entered(number, self.seed)
        there = dict(rows(self.place.clinic, "SELECT analyte, value_text FROM result WHERE specimen_id = ?", f"F{number}"))
        return [f"{name} {text}" for name, text in values.items() if there.get(name) != text]

    def is_half_there(self, number: int, facts: Mapping[str, object], missing: Sequence[str]) -> bool:
        return 0 < len(missing) < len(entered(number, self.seed)[1])


class Amendment(Series):
    """Amending, striking, taking back."""

    name = "amend"

    def __init__(self, templates: Templates, folder: Path, seed: int) -> None:
        super().__init__(templates, folder, seed)
        victim = Victim(self.place, "entry", 1, seed)
        while victim.until("written") is not None and len(victim.marks) < 120:
            victim._read(1)
        victim.kill()

    def missing(self, number: int, facts: Mapping[str, object]) -> list[str]:
        made = rows(self.place.clinic, "SELECT id FROM result WHERE note = ?", f"F{number}")
        linked = rows(self.place.clinic, "SELECT superseded_id FROM supersession JOIN result ON id = by_id WHERE note = ?", f"F{number}")
        audited = rows(self.place.clinic, "SELECT id FROM audit_entry WHERE detail LIKE ?", f'%"reason":"F{number}"%')
        wanted = {"rows": (len(made), facts["expected"]), "links": (len(linked), facts["expected"]), "audit entries": (len(audited), 1)}
        if facts["kind"] != "undo" and linked and linked[0][0] != facts["target"]:
            return ["another result was replaced"]
        return [f"{count} {what} of {expected}" for what, (count, expected) in wanted.items() if count != expected]

    def is_half_there(self, number: int, facts: Mapping[str, object], missing: Sequence[str]) -> bool:
        return bool(missing) and not all(each.startswith("0 ") for each in missing)


class Import(Operation):
    """A few thousand rows into a clinic that is there, or every layout into one that is not; every third with a cold disk cache."""

    name = "import"
    kinds = 2

    def __init__(self, templates: Templates, folder: Path, seed: int) -> None:
        super().__init__(templates, folder, seed)
        self.runs = 0
        self.is_new = False
        self.before: Content = {}
        self.after: dict[bool, Content] = {}

    def start(self) -> tuple[Place, tuple[object, ...]]:
        self.runs += 1
        self.is_new = self.runs % 2 == 0 and not self.templates.is_locked
        if self.is_new:
            place = Place(self.folder / self.name)
            shutil.rmtree(place.folder, ignore_errors=True)
            place.folder.mkdir(parents=True)
        else:
            place = copied(self.templates.small, self.folder / self.name)
            self.before = content(place.clinic)
        files = self._files
        if self.runs % 3 == 0:
            forget(place.clinic, *files)
        return place, ("command", "import", *files)

    @property
    def kind_of_run(self) -> str:
        return "into none" if self.is_new else "into one that is there"

    @property
    def _files(self) -> list[Path]:
        return self.templates.sheets if self.is_new else [self.templates.results]

    def problems(self, place: Place, killed: Killed) -> list[str]:
        acknowledged = killed.is_acknowledged or "records changed" in killed.said
        found: list[str] = []
        thorough = self.is_thorough
        there = place.clinic.exists() and place.clinic.stat().st_size > 0 and bool(_tables(place.clinic))
        if there:
            found += file_faults(place.clinic)
            now = content(place.clinic)
            is_all = self._is_all(now)
            is_none = now == self.before or (self.is_new and not rows(place.clinic, "SELECT 1 FROM patient"))
            if not is_all and not is_none:
                found.append("an import is half there")
            found += faults(place)
        else:
            is_all = False
            if not self.is_new:
                found.append("the clinic is gone")
        if acknowledged and not is_all:
            found.append("an acknowledged import is not there")
        return found if found or not thorough else self._again(place)

    def _is_all(self, now: Content, *but: str) -> bool:
        if self.is_new not in self.after:
            self.after[self.is_new] = timeless(self._reference())
        return timeless(now, *but) == timeless(self.after[self.is_new], *but)

    def _reference(self) -> Content:
        """What the clinic holds after the import went through unharmed."""
        place = copied(self.templates.small, self.folder / "reference")
        if self.is_new:
            place.clinic.unlink()
        assert place.run("import", *self._files).status == 0
        return content(place.clinic)

    def _again(self, place: Place) -> list[str]:
        """The same import to its end: what is there already is duplicate, and all is there then."""
        ran = place.run("import", *self._files)
        if ran.status != 0:
            return [f"the next import ended with {ran.status}: {ran.err}"]
        found = [] if self._is_all(content(place.clinic), "deeds") else ["the next import did not complete it"]
        return found + file_faults(place.clinic) + [f"left behind: {each}" for each in left_over(place)]


class Migration(Operation):
    """Opening a clinic of an earlier schema: upgraded whole, or as it was, with a whole copy or none."""

    name = "migration"

    def __init__(self, templates: Templates, folder: Path, seed: int) -> None:
        super().__init__(templates, folder, seed)
        self.runs = 0
        self.revision = ""
        self.old = {revision: content(templates.old(revision)) for revision in templates.revisions}
        self.new = {revision: self._reference(revision) for revision in templates.revisions}
        self.command = ""
        self.kinds = 2 * len(templates.revisions)

    def _reference(self, revision: str) -> Content:
        place = copied(self.templates.old(revision), self.folder / "reference")
        assert place.run("upgrade").status == 0
        return content(place.clinic)

    def start(self) -> tuple[Place, tuple[object, ...]]:
        self.revision = self.templates.revisions[self.runs % len(self.templates.revisions)]
        place = copied(self.templates.old(self.revision), self.folder / self.name)
        with closing(keys.connected(place.clinic)) as raw:
            raw.execute("PRAGMA journal_mode = WAL")
        self.runs += 1
        if self.runs % 3 == 0:
            forget(place.clinic)
        self.command = "upgrade" if self.runs // len(self.templates.revisions) % 2 else "info"
        return place, ("command", self.command)

    @property
    def kind_of_run(self) -> str:
        return f"{self.revision} by {self.command}"

    def problems(self, place: Place, killed: Killed) -> list[str]:
        found = [f"copy {each}" for each in self._copies(place)]
        now = content(place.clinic)  # SQLite recovers its log here; labtrack would go on and upgrade
        state = "new" if now == self.new[self.revision] else "old" if now == self.old[self.revision] else "half"
        if state == "half":
            found.append("the schema is neither the old nor the new one, or rows differ")
        if killed.is_acknowledged and state != "new":
            found.append("the upgrade was acknowledged and is not there")
        if state == "new" and not list(place.folder.rglob("*.upgrade-*.bak")):
            found.append("upgraded without a copy of what was")
        found += file_faults(place.clinic)
        if found:
            return found
        if not self.is_thorough:
            return faults(place) + self._copies(place)  # what asks for faults upgrades it first
        ran = place.run("upgrade")
        if ran.status != 0:
            return [f"the next start ended with {ran.status}: {ran.err}"]
        if content(place.clinic) != self.new[self.revision]:
            found.append("the next start did not upgrade it")
        return found + faults(place) + [f"left behind: {each}" for each in left_over(place)] + self._copies(place)

    def _copies(self, place: Place) -> list[str]:
        """Faults of the copies that stand under their final name: each must hold what was there before."""
        return [
            f"{each.name} is not the clinic as it was"
            for each in place.folder.rglob("*.upgrade-*.bak")
            if file_faults(each) or content(each) != self.old[self.revision]
        ]


class Backup(Operation):
    """A copy: whole under its name, or not there."""

    name = "backup"

    def __init__(self, templates: Templates, folder: Path, seed: int) -> None:
        super().__init__(templates, folder, seed)
        self.before = content(templates.large)
        self.place = copied(templates.large, folder / self.name)
        self.runs = 0

    @property
    def _target(self) -> Path:
        return self.place.folder / "safe" / f"copy-{self.runs}.db"

    def start(self) -> tuple[Place, tuple[object, ...]]:
        self.runs += 1
        shutil.rmtree(self.place.folder / "safe", ignore_errors=True)
        if self.runs % 20 == 0:
            self.place = copied(self.templates.large, self.place.folder)
        return self.place, ("command", "backup", self._target)

    def problems(self, place: Place, killed: Killed) -> list[str]:
        thorough = self.is_thorough
        found = faults(place)
        if self._target.exists():
            found += file_faults(self._target)
            found += [] if self._holds_the_clinic(self._target) else ["the copy does not hold the clinic"]
            extra = [f"{self._target.name}{suffix}" for suffix in ("-wal", "-journal") if Path(f"{self._target}{suffix}").exists()]
            found += [f"the copy is not one file by itself: {each}" for each in extra]
            self._target.unlink()
        elif killed.is_acknowledged or "Copied to" in killed.said:
            found.append("an acknowledged copy is not there")
        if found or not thorough:
            return found
        ran = place.run("backup", self._target)
        if ran.status != 0:
            return [f"the next backup ended with {ran.status}: {ran.err}"]
        return [] if self._holds_the_clinic(self._target) else ["the next copy does not hold the clinic"]

    def _holds_the_clinic(self, path: Path) -> bool:
        """All but the audit, which grows with every backup that is made here."""
        return timeless(content(path)) == timeless(self.before)


class Daily(Operation):
    """The backup of the day, which the first change of a day makes once it is done: whole under its name, or not there."""

    name = "daily"

    def __init__(self, templates: Templates, folder: Path, seed: int) -> None:
        super().__init__(templates, folder, seed)
        self.before = content(templates.large)
        place = copied(templates.large, folder / "reference")
        assert place.run(*EVENT).status == 0
        self.after = timeless(content(place.clinic))

    def start(self) -> tuple[Place, tuple[object, ...]]:
        return copied(self.templates.large, self.folder / self.name), ("command", *EVENT)

    def problems(self, place: Place, killed: Killed) -> list[str]:
        now = content(place.clinic)
        state = "after" if timeless(now) == self.after else "before" if now == self.before else "half"
        found = ["the change is half there"] if state == "half" else []
        if killed.is_acknowledged:
            found += [] if state == "after" else ["an acknowledged change is not there"]
            found += [] if _daily(place) else ["the backup of the day is not there"]
        found += self._unsound(place) + faults(place)
        if found or not self.is_thorough:
            return found
        ran = place.run("event", "add", "DEMO-03", "surgery", "--on", "2026-11-02")
        if ran.status != 0:
            return [f"the next change ended with {ran.status}: {ran.err}"]
        found += [] if len(_daily(place)) == 1 else ["the next change left not one backup of the day"]
        return found + self._unsound(place, again=True) + [f"left behind: {each}" for each in left_over(place)]

    def _unsound(self, place: Place, *, again: bool = False) -> list[str]:
        """Backups that are not whole, or hold something else; after the next change they may hold that too."""
        whole = [each for each in _daily(place) if not file_faults(each) and (again or timeless(content(each)) == self.after)]
        return [f"{each.name} is not the clinic as it was" for each in _daily(place) if each not in whole]


def _daily(place: Place) -> list[Path]:
    return [each for each in place.folder.glob("*-backups/*.bak") if ".daily." in each.name]


class Restore(Operation):
    """A copy in the clinic's place: the old clinic or the new one, whole; and the old one kept once the new one is there."""

    name = "restore"
    kinds = 4

    def __init__(self, templates: Templates, folder: Path, seed: int) -> None:
        super().__init__(templates, folder, seed)
        self.runs = 0
        self.kind = ""
        self.old = content(templates.small)
        self.new = content(templates.large)

    def start(self) -> tuple[Place, tuple[object, ...]]:
        self.kind = ("whole", "in its log", "damaged", "absent")[self.runs % 4]
        self.runs += 1
        place = copied(self.templates.small, self.folder / self.name)
        self.old = content(place.clinic)
        if self.kind == "in its log":
            self.old = _written_to_its_log(place)
        elif self.kind == "damaged":
            place.clinic.write_bytes(b"x" * 4096 + place.clinic.read_bytes()[4096:])
        elif self.kind == "absent":
            place.clinic.unlink()
        return place, ("command", "restore", self.templates.large)

    def problems(self, place: Place, killed: Killed) -> list[str]:
        is_acknowledged = killed.is_acknowledged or "Restored:" in killed.said
        state = self._state(place)
        found = [f"the clinic is {state}"] if state not in ("old", "new") else []
        if is_acknowledged and state != "new":
            found.append("an acknowledged restore is not there")
        thorough = self.is_thorough
        if state == "new":
            found += faults(place)
            if self.kind != "absent" and not self._is_kept(place):
                found.append("the clinic that was there is not kept")
        if found or not thorough:
            return found
        ran = place.run("restore", self.templates.large)
        if ran.status != 0:
            return [f"the next restore ended with {ran.status}: {ran.err}"]
        found += faults(place)
        found += [] if self._state(place) == "new" else ["the next restore did not bring the copy"]
        found += [] if self.kind == "absent" or self._is_kept(place) else ["the clinic that was there is not kept by the next restore"]
        return found + [f"left behind: {each}" for each in left_over(place)]

    @property
    def kind_of_run(self) -> str:
        return self.kind

    def _state(self, place: Place) -> str:
        if not place.clinic.exists():
            return "old" if self.kind == "absent" else "gone"
        if self.kind == "damaged" and place.clinic.read_bytes()[:16] == b"x" * 16:
            return "old"
        now = content(place.clinic)
        if self.kind != "absent" and now == self.old:
            return "old"
        return "new" if timeless(now) == timeless(self.new) else "neither the old nor the new one"

    def _is_kept(self, place: Place) -> bool:
        kept = [each for each in place.folder.glob("clinic.db.before-restore-*") if not each.name.endswith(("-wal", "-shm"))]
        if self.kind == "damaged":
            return any(each.read_bytes()[:16] == b"x" * 16 for each in kept)
        return any(content(each) == self.old and not file_faults(each) for each in kept)


def _tables(path: Path) -> list[tuple[object, ...]]:
    return rows(path, "SELECT name FROM sqlite_master WHERE type = 'table'")


def _written_to_its_log(place: Place) -> Content:
    """Writes by a process that is killed, so that they stand in the write-ahead log alone; what the clinic holds then."""
    victim = Victim(place, "entry", 1, 1)
    while victim.until("written") is not None and sum(each["mark"] == "written" for each in victim.marks) < 3:
        victim._read(1)
    victim.kill()
    assert place.clinic.with_name("clinic.db-wal").stat().st_size > 0
    aside = replace(place, folder=place.folder / "aside")
    aside.folder.mkdir()
    for suffix in ("", "-wal"):
        shutil.copyfile(f"{place.clinic}{suffix}", f"{aside.clinic}{suffix}")
    held = content(aside.clinic)
    shutil.rmtree(aside.folder)
    return held


PLAIN: tuple[type[Operation], ...] = (EntryOfPanels, Amendment, Import, Migration, Backup, Daily, Restore)
__all__ = ["PLAIN", "TODAY", "Operation", "Series", "run_to_end"]
