"""A clinic as each release left it, upgraded by today's program: row by row the same, without a fault, encrypted or not."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from tests.store.release import TODAY, WORDS

from labtrack.clinic import Clinic, Settings
from labtrack.clinic.accounts import Account
from labtrack.store import cipher, migrate

DUMPS = Path(__file__).parents[1] / "store" / "dumps"
#: Clinics that the program of each release made, and one row of everything that its schema could hold.
WHOLE, SAMPLES = sorted((DUMPS / "whole").glob("*.sql")), sorted(DUMPS.glob("*.sql"))
#: What no program of that revision ever wrote.
NEVER_WRITTEN = {"0001": {"user"}, "0002": {"user"}, "0003": {"user"}, "0004": set[str]()}
#: What an upgrade is there to change: the revision itself, and that what was judged is out of date.
CHANGED = {"alembic_version": ("version_num",), "assessment": ("rule_set",)}
KEY = "plover anvil quince ledger"


@pytest.fixture(autouse=True)
def ignorant(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cipher, "ROUNDS", 1000)


def loaded(dump: Path, folder: Path) -> Path:
    path = folder / "clinic.db"
    with closing(sqlite3.connect(path)) as raw:
        raw.executescript(dump.read_text(encoding="utf-8"))
    return path


def rows(path: Path, columns: dict[str, list[str]] | None = None) -> dict[str, list[tuple[Any, ...]]]:
    """Every row by table, sorted; of the columns given, or of all."""
    with closing(cipher.connect(path)) as raw:
        names = list(columns) if columns else [name for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        found = {}
        for name in names:
            chosen = ", ".join(f'"{each}"' for each in columns[name]) if columns else "*"
            found[name] = sorted((tuple(row) for row in raw.execute(f'SELECT {chosen} FROM "{name}"')), key=repr)
    return found


def columns_of(path: Path) -> dict[str, list[str]]:
    """Columns by table, without what an upgrade is there to change."""
    with closing(cipher.connect(path)) as raw:
        names = [name for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        found = {name: [row[1] for row in raw.execute(f'PRAGMA table_info("{name}")')] for name in names}
    return {name: [each for each in found[name] if each not in CHANGED.get(name, ())] or ["rowid"] for name in names}


def opened(path: Path, passphrase: str | None = None, *, with_accounts: bool = False) -> Clinic:
    account = Account("maria", WORDS) if with_accounts else None
    return Clinic.open(path, today=TODAY, settings=Settings(), actor="tester", account=account, passphrase=passphrase)


def upgraded_rows(path: Path, revision: str) -> None:
    """Upgrade it and compare each row that was there."""
    columns = columns_of(path)
    before = rows(path, columns)
    migrate.run_migrations(path)
    after = rows(path, columns if revision == "0004" else {name: each for name, each in columns.items() if name != "user"})
    for table in after:
        was = [row for row in before[table] if row[0] != migrate.MADE_BY]
        assert [row for row in after[table] if row[0] != migrate.MADE_BY] == was, table


def test_a_clinic_made_by_every_release_is_kept() -> None:
    assert [each.stem for each in WHOLE] == [each.stem for each in SAMPLES] == list(migrate.REVISIONS)


@pytest.mark.parametrize("dump", [*WHOLE, *SAMPLES], ids=lambda dump: f"{dump.parent.name}-{dump.stem}")
def test_no_table_is_empty_that_the_release_wrote_to(dump: Path, tmp_path: Path) -> None:
    found = rows(loaded(dump, tmp_path))
    assert {name for name, each in found.items() if not each} <= NEVER_WRITTEN[dump.stem]


@pytest.mark.parametrize("dump", [*WHOLE, *SAMPLES], ids=lambda dump: f"{dump.parent.name}-{dump.stem}")
def test_an_upgrade_keeps_every_row_as_it_was(dump: Path, tmp_path: Path) -> None:
    upgraded_rows(loaded(dump, tmp_path), dump.stem)


@pytest.mark.parametrize("dump", WHOLE, ids=lambda dump: dump.stem)
def test_an_upgraded_clinic_has_no_fault_and_shows_what_it_showed(dump: Path, tmp_path: Path) -> None:
    path = loaded(dump, tmp_path)
    with opened(path, with_accounts=dump.stem >= "0004") as clinic:
        assert clinic.info()["schema"] == migrate.HEAD
        assert clinic.verify() == []
        record = clinic.chart("10021")
        assert [each.value_text for each in record.results if each.analyte == "hb"][:2] == ["13.2", "11.2"]
        assert (record.patient.phone, record.courses[0].drug) == ("555-0100", "baricitinib")
        assert clinic.assessment("10021").findings
        clinic.refresh()
        clinic.mark_reviewed("20042")
        assert clinic.verify() == []


@pytest.mark.parametrize("dump", WHOLE, ids=lambda dump: dump.stem)
def test_an_older_encrypted_clinic_is_upgraded_and_its_copy_is_encrypted(dump: Path, tmp_path: Path) -> None:
    pytest.importorskip("sqlcipher3", reason="the extra encryption is not installed")
    from labtrack.store.conversion import convert

    path = loaded(dump, tmp_path)
    convert(path, cipher.new_key(KEY))
    cipher.forget()
    with opened(path, KEY, with_accounts=dump.stem >= "0004") as clinic:
        assert clinic.verify() == []
        assert clinic.patient("10021").birth_date == date(1968, 2, 11)
    files = [each for each in tmp_path.rglob("*") if each.is_file()]
    assert len([each for each in files if each.suffix == ".bak"]) == (dump.stem != migrate.HEAD)
    assert not any(b"Okafor" in each.read_bytes() for each in files)
    cipher.forget()


@pytest.mark.parametrize("revision", migrate.REVISIONS)
def test_a_downgrade_is_refused_with_what_to_do(revision: str, tmp_path: Path) -> None:
    from alembic import command
    from alembic.util import CommandError
    from sqlalchemy import create_engine

    path = loaded(WHOLE[-1], tmp_path)
    before = rows(path)
    engine = create_engine(f"sqlite:///{path}")
    to = {"0001": "base", "0002": "0001", "0003": "0002", "0004": "0003"}[revision]
    with engine.connect() as connection:
        config = migrate.alembic_config()
        config.attributes["connection"] = connection
        with pytest.raises(CommandError, match="kept it as it was"):
            command.downgrade(config, to)
        connection.rollback()
    engine.dispose()
    assert rows(path) == before
