"""A clinic in a folder of its own: commands run on it as real processes, and what is in it, read without labtrack's own reader."""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from tests.faults import keys

from labtrack.store.audit import AuditEntry, chain_faults

ROOT = Path(__file__).resolve().parents[2]
TODAY = date(2026, 11, 22)
#: What root may do says nothing about permissions: runs a command that must keep to them.
POWERLESS = ("setpriv", "--inh-caps=-all", "--bounding-set=-dac_override,-dac_read_search")
#: No command here takes longer, however busy the machine is.
PATIENCE = 300.0
#: Tables whose rows hold the time at which they were written.
TIMED = frozenset({"audit_entry", "report_source", "review", "acknowledgement", "setting"})
#: What is audited and changes nothing of the record.
QUIET = ("sign in", "list", "view", "backup", "restore")


@dataclass(frozen=True, slots=True)
class Ran:
    """How a command ended: its exit status and what it said."""

    status: int
    out: str
    err: str

    @property
    def is_clear_refusal(self) -> bool:
        """Status 3, one message with its next step, no traceback and nothing unexpected."""
        said = [line for line in self.err.splitlines() if not line.startswith("Today is taken to be ")]
        told = [line for line in said if line.startswith("labtrack: ")]
        return self.status == 3 and len(told) == 1 and said[-1].startswith("  ") and not self.is_crash

    @property
    def is_crash(self) -> bool:
        """A traceback, or the words for what nobody foresaw."""
        return "Traceback" in self.out + self.err or "something unexpected" in self.err


@dataclass(frozen=True, slots=True)
class Place:
    """A folder with ``clinic.db`` in it, or about to be.

    ``words`` are what its commands are given where they ask for passphrases, one after the other; ``user`` is who signs in.
    """

    folder: Path
    words: tuple[str, ...] = ()
    user: str = ""

    @property
    def clinic(self) -> Path:
        """The clinic's file."""
        return self.folder / "clinic.db"

    def environment(self) -> dict[str, str]:
        """Nothing of the account that runs the tests: its own clinic, settings, home and date."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("LABTRACK_", "XDG_"))}
        return kept | {
            "HOME": str(self.folder / "home"),
            "LABTRACK_CONFIG": str(self.folder / "config.toml"),
            "LABTRACK_DB": str(self.clinic),
            "LABTRACK_TODAY": TODAY.isoformat(),
            "LABTRACK_USER": self.user,
            "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)]),
            "PYTHONDONTWRITEBYTECODE": "1",
            "TZ": "UTC",
        }

    def start(
        self, module: str, *arguments: object, plain: bool = False, prefix: Sequence[str] = (), **streams: object
    ) -> subprocess.Popen[str]:
        """``PREFIX python -m MODULE ARGUMENTS`` in a process group of its own; ``plain``: without root's power over permissions."""
        line = [*prefix, *(POWERLESS if plain and os.geteuid() == 0 else ()), sys.executable, "-m", module, *map(str, arguments)]
        environment, told = self.environment(), []
        signing_in = (keys.SECRET,) * keys.OFTEN if self.user else ()
        for variable, lines in (("LABTRACK_PASSPHRASE_FD", self.words), ("LABTRACK_ACCOUNT_FD", signing_in)):
            if lines:
                told.append(_telling(lines))
                environment[variable] = str(told[-1])
        streams["pass_fds"] = (*streams.get("pass_fds", ()), *told)  # type: ignore[misc]
        try:
            return subprocess.Popen(line, env=environment, cwd=ROOT, start_new_session=True, text=True, **streams)  # type: ignore[call-overload, no-any-return]
        finally:
            for handle in told:
                os.close(handle)

    def run(self, *arguments: object, plain: bool = False, prefix: Sequence[str] = ()) -> Ran:
        """``labtrack ARGUMENTS`` to its end."""
        streams = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        process = self.start("labtrack", *arguments, plain=plain, prefix=prefix, **streams)
        try:
            out, err = process.communicate(timeout=PATIENCE)
        finally:
            if process.poll() is None:
                process.kill()
        return Ran(process.returncode, out, err)

    def as_it_is(self) -> Place:
        """The place, whose commands are told what opens its clinic now."""
        words = keys.passphrase_of(self.clinic)
        return replace(self, words=(words,) * keys.OFTEN if words else ())

    def names(self) -> set[str]:
        """What lies in the folder."""
        return {each.name for each in self.folder.iterdir()}

    def in_clear(self) -> list[str]:
        """Files that hold a medical record number or begin as SQLite's own do, but what the commands themselves said."""
        files = [each for each in self.folder.rglob("*") if each.is_file() and each.name != "said.txt"]
        return [f"in clear: {each.name}" for each in files if any(mark in each.read_bytes() for mark in (b"DEMO-", b"SQLite format 3\0"))]


def _telling(lines: Sequence[str]) -> int:
    """The descriptor of a pipe that gives these lines and ends."""
    ours, theirs = os.pipe()
    os.write(theirs, "".join(f"{line}\n" for line in lines).encode())
    os.close(theirs)
    return ours


def empty(template: Path, folder: Path) -> Place:
    """A place for clinics that are opened as a template is."""
    words = (keys.OLD,) * keys.OFTEN if keys.is_encrypted(template) else ()
    return Place(folder, words, keys.USER if keys.has_accounts(template) else "")


def copied(template: Path, folder: Path) -> Place:
    """A fresh place with a copy of a clinic's file, which must be whole by itself."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    place = empty(template, folder)
    shutil.copyfile(template, place.clinic)
    place.clinic.chmod(0o600)
    return place


def forget(*files: Path) -> None:
    """Let the system drop its copy of these files, so that the next to read them waits for the disk."""
    for each in files:
        if each.exists():
            handle = os.open(each, os.O_RDONLY)
            try:
                os.fsync(handle)
                os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
            finally:
                os.close(handle)


def rows(path: Path, query: str, *values: object) -> list[tuple[object, ...]]:
    """A question asked of SQLite directly."""
    with closing(keys.connected(path)) as connection:
        return connection.execute(query, values).fetchall()


def content(path: Path) -> dict[str, str]:
    """A hash of every table's rows, of the schema, and of what was done (``deeds``), whenever that was.

    That somebody signed in, looked, or made a copy changes nothing of it.
    """
    found = {}
    with closing(keys.connected(path)) as connection:
        connection.execute("BEGIN")
        schema = connection.execute("SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' ORDER BY 1, 2").fetchall()
        found["schema"] = hashlib.sha256(repr(schema).encode()).hexdigest()
        for table in (name for kind, name, _ in schema if kind == "table"):
            digest, chosen = hashlib.sha256(), f"WHERE action NOT IN {QUIET}" if table == "audit_entry" else ""
            for row in connection.execute(f'SELECT * FROM "{table}" {chosen}'):
                digest.update(repr(row).encode())
            found[table] = digest.hexdigest()
        if "audit_entry" in found:
            deeds = connection.execute(f"SELECT action, patient_id FROM audit_entry WHERE action NOT IN {QUIET} ORDER BY id").fetchall()
            found["deeds"] = hashlib.sha256(repr(deeds).encode()).hexdigest()
    return found


def timeless(tables: Mapping[str, str], *others: str) -> dict[str, str]:
    """Without the tables that differ from run to run by the hour alone, and some others."""
    return {name: digest for name, digest in tables.items() if name not in TIMED and name not in others}


def file_faults(path: Path) -> list[str]:
    """What SQLite's own checks and the audit chain say of a file; empty when it is whole."""
    try:
        with closing(keys.connected(path)) as connection:
            found = [f"pages: {line}" for (line,) in connection.execute("PRAGMA integrity_check") if line != "ok"]
            found += [f"key: {row}" for row in connection.execute("PRAGMA foreign_key_check")]
            columns = "id, at, actor, action, patient_id, detail, previous_hash, hash"
            found += chain_faults(AuditEntry(*row) for row in connection.execute(f"SELECT {columns} FROM audit_entry ORDER BY id"))
            return found
    except sqlite3.Error as error:
        return [f"{path.name} cannot be read: {error}"]


def faults(place: Place) -> list[str]:
    """Everything wrong with a clinic, asked of it in a fresh process and of SQLite; empty when it is whole."""
    ran = place.as_it_is().run("verify")
    found = [] if ran.status == 0 else [f"labtrack verify ended with {ran.status}: {ran.err.strip()}"]
    return found + file_faults(place.clinic)


def left_over(place: Place, known: Sequence[str] = ()) -> set[str]:
    """Files beside the clinic that nobody asked for: working copies and journals of a process that is gone."""
    names = {each.name for each in place.folder.rglob("*")}
    return {name for name in names if any(mark in name for mark in (".part", ".converting", "-journal")) and name not in known}
