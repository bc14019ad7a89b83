"""The clinics that the operations start from, made once per run by labtrack itself."""

from __future__ import annotations

import csv
import random
import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from pathlib import Path

from tests.faults import keys
from tests.faults.drive import MENU
from tests.faults.place import ROOT, TODAY, Place, empty

from labtrack.clinic import Clinic, Settings
from labtrack.clinic.accounts import Account
from labtrack.clinic.drafts import Draft, DraftValue
from labtrack.demo import sample_clinic
from labtrack.store.migrate import HEAD

#: Whose the drafts are where nobody has an account.
DRAFTED_BY = "driver"
DUMPS = ROOT / "tests" / "store" / "dumps"
#: Background patients of the larger clinic, and rows of the file that is imported.
PATIENTS, ROWS = 120, 4_000
#: Background patients of the small clinic.
FEW = 6


@dataclass(frozen=True)
class Templates:
    """Files in one folder, each made when it is first asked for. ``patients`` and ``rows`` say how large.

    ``is_locked``: they are encrypted, and have accounts. ``releases``: how many earlier schemas there are, the oldest first.
    """

    folder: Path
    patients: int = PATIENTS
    rows: int = ROWS
    is_locked: bool = False
    releases: int | None = None

    @cached_property
    def small(self) -> Path:
        """The sample clinic."""
        return self._clinic("small", FEW)

    @cached_property
    def large(self) -> Path:
        """The sample clinic with more patients, so that copying and upgrading it take long enough to be hit."""
        return self._clinic("large", self.patients) if self.patients > FEW else self.small

    def _clinic(self, name: str, background: int) -> Path:
        return self._made(self.folder / name, background, is_encrypted=self.is_locked, has_accounts=self.is_locked)

    def _made(self, folder: Path, background: int, *, is_encrypted: bool, has_accounts: bool) -> Path:
        place = Place(folder)
        with Clinic.open(
            place.clinic, today=TODAY, settings=Settings(), actor="sample", passphrase=keys.OLD if is_encrypted else None
        ) as clinic:
            clinic.import_files(list(sample_clinic(TODAY, background_patients=background).write(place.folder)))
            if has_accounts:
                clinic.add_user(keys.USER, "clinician", keys.SECRET)
        with closing(keys.connected(place.clinic)) as connection:
            connection.execute("PRAGMA journal_mode = DELETE")
        return place.clinic

    def whole(self, is_encrypted: bool) -> Path:
        """A folder with the sample clinic, its backup of the day, a copy as a restore leaves one, and a draft of a form."""
        folder = self.folder / f"whole-{'encrypted' if is_encrypted else 'clear'}"
        if not folder.exists():
            clinic = self._made(folder, FEW, is_encrypted=is_encrypted, has_accounts=self.is_locked)
            place = empty(clinic, folder)
            assert (
                place.run("event", "add", "DEMO-02", "surgery", "--on", "2026-11-01").status == 0
            )  # the day's first change makes a backup
            account = Account(keys.USER, keys.SECRET) if self.is_locked else None
            words = keys.OLD if is_encrypted else None
            with Clinic.open(clinic, today=TODAY, settings=Settings(), account=account, actor=DRAFTED_BY, passphrase=words) as opened:
                opened.drafts.keep("DEMO-01", Draft("today", "DEMO-lab", (DraftValue("hb", "13.97", "g/dL"),)))
                opened.backup(folder / "clinic.db.before-restore-20261122T101112Z")
            with closing(keys.connected(clinic)) as connection:
                connection.execute("PRAGMA journal_mode = DELETE")
            for each in folder.glob("*.csv"):
                each.unlink()
            if not is_encrypted:  # as processes leave them that are killed while they write
                for left in (
                    "clinic.db.drafts/.killed.json.part",
                    ".clinic.db.4711.labtrack.part",
                    "clinic-backups/.clinic.db.4711.labtrack.part",
                ):
                    (folder / left).write_text("DEMO-01")
        return folder

    @cached_property
    def sheets(self) -> list[Path]:
        """The sample clinic's import files of every layout."""
        return sorted(self.small.parent.glob("*.csv"))  # made with the clinic

    @cached_property
    def results(self) -> Path:
        """A file of new results of the sample clinic's patients."""
        chance = random.Random(5)
        target = self.folder / "results.csv"
        with target.open("w", encoding="utf-8", newline="") as file:
            out = csv.writer(file)
            out.writerow(["mrn", "analyte", "value", "unit", "collected_at", "specimen_id"])
            for number in range(self.rows):
                name, unit, low, high = MENU[number % len(MENU)]
                day = TODAY - timedelta(days=chance.randint(0, 700))
                specimen = f"I{number // len(MENU)}"
                out.writerow([f"DEMO-{number // len(MENU) % 40 + 1:02}", name, f"{chance.uniform(low, high):.2f}", unit, day, specimen])
        return target

    def old(self, revision: str) -> Path:
        """The larger clinic in the schema of an earlier release: the dump's tables with the clinic's rows in the columns they have."""
        target = self.folder / f"old-{revision}.db"
        if target.exists():
            return target
        making = target.with_suffix(".making")
        with closing(sqlite3.connect(making)) as raw:
            raw.executescript((DUMPS / f"{revision}.sql").read_text(encoding="utf-8"))
            raw.execute("ATTACH ? AS new", (str(self._in_clear),))
            guards = raw.execute("SELECT name, sql FROM main.sqlite_master WHERE type = 'trigger'").fetchall()
            for name, _ in guards:
                raw.execute(f"DROP TRIGGER main.{name}")
            for (table,) in raw.execute("SELECT name FROM main.sqlite_master WHERE type = 'table'").fetchall():
                _fill(raw, str(table))
            for _, text in guards:
                raw.execute(text)
            raw.commit()
            raw.execute("DETACH new")
            raw.execute("PRAGMA journal_mode = DELETE")
        if self.is_locked:
            keys.encrypt(making, target)
        else:
            making.rename(target)
        return target

    @cached_property
    def _in_clear(self) -> Path:
        """The larger clinic in clear and without accounts, as earlier releases had none."""
        return self._made(self.folder / "clear", self.patients, is_encrypted=False, has_accounts=False) if self.is_locked else self.large

    @property
    def revisions(self) -> list[str]:
        """Every released schema that is not today's."""
        return [each.stem for each in sorted(DUMPS.glob("*.sql")) if each.stem != HEAD][: self.releases]

    def clear(self) -> None:
        """Remove them all."""
        shutil.rmtree(self.folder, ignore_errors=True)


def _fill(raw: sqlite3.Connection, table: str) -> None:
    """The new clinic's rows in place of the dump's."""
    if table in ("alembic_version", "setting"):
        return
    there = {name for _, name, *_ in raw.execute(f'PRAGMA new.table_info("{table}")')}
    columns = ", ".join(f'"{name}"' for _, name, *_ in raw.execute(f'PRAGMA main.table_info("{table}")') if name in there)
    raw.execute(f'DELETE FROM main."{table}"')
    if columns:
        raw.execute(f'INSERT INTO main."{table}" ({columns}) SELECT {columns} FROM new."{table}"')
