"""New, equal, older and newer clinics; the schema of the classes and of the migrations is one."""

from __future__ import annotations

import shutil
import sqlite3
import threading
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from tests.store.sample import fill

from labtrack.core.errors import DatabaseDamaged, DatabaseLocked, DatabaseTooNew, DatabaseUnavailable, StoreError
from labtrack.store import Store, anchored, connection
from labtrack.store import migrate as module

#: A dump of a clinic as each past revision left it, with a little of everything in it (sample.py).
DUMPS = sorted((Path(__file__).parent / "dumps").glob("*.sql"))

#: A revision of the future: rebuilds the table that most others refer to, as SQLite must.
REBUILD = """
    with op.batch_alter_table("patient") as batch:
        batch.add_column(sa.Column("ward", sa.String(), nullable=False, server_default="x"))
"""


def schema(path: Path) -> dict[tuple[str, str], str]:
    """Everything that sqlite_master says, blanks aside."""
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute("SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'")
        return {(kind, name): "".join(sql.split()) for kind, name, sql in rows}


def counts(path: Path) -> dict[str, int]:
    """Rows of every table."""
    with closing(sqlite3.connect(path)) as connection:
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name: connection.execute(f'SELECT COUNT(*) FROM "{name}"').fetchone()[0] for name in names}


def load(dump: Path, path: Path) -> Path:
    """A clinic from a dump."""
    with closing(sqlite3.connect(path)) as raw:
        raw.executescript(dump.read_text(encoding="utf-8"))
    return path


@pytest.fixture
def coming(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the migrations with one more revision, 0005, whose body a test writes through :func:`revise`."""
    folder = tmp_path / "migrations"
    shutil.copytree(module.migrations_folder(), folder, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(module, "migrations_folder", lambda: folder)
    monkeypatch.setattr(module, "HEAD", "0005")
    monkeypatch.setattr(module, "REVISIONS", ("0001", "0002", "0003", "0004", "0005"))
    return folder


def revise(folder: Path, body: str) -> None:
    """Write revision 0005."""
    head = 'import sqlalchemy as sa\nfrom alembic import op\nrevision = "0005"\ndown_revision = "0004"\n\n\ndef upgrade():\n'
    (folder / "versions" / "0005_next.py").write_text(head + body, encoding="utf-8")


def test_the_classes_and_the_migrations_give_one_schema(store: Store, path: Path, tmp_path: Path) -> None:
    empty = tmp_path / "migrated.db"
    module.run_migrations(load_nothing(empty))
    by_classes, by_migrations = schema(path), schema(empty)
    assert by_classes.keys() == by_migrations.keys()
    for name, sql in by_classes.items():
        assert by_migrations[name] == sql, name


def load_nothing(path: Path) -> Path:
    """An empty database."""
    path.touch()
    return path


def test_the_newest_revision_is_the_one_that_the_program_names() -> None:
    from alembic.script import ScriptDirectory

    scripts = ScriptDirectory.from_config(module.alembic_config())
    assert scripts.get_current_head() == module.HEAD
    assert {each.revision for each in scripts.walk_revisions()} == set(module.REVISIONS)


def test_a_dump_is_kept_of_every_revision() -> None:
    assert [dump.stem for dump in DUMPS] == list(module.REVISIONS)


def test_no_table_is_empty_in_the_newest_dump(tmp_path: Path) -> None:
    empty = {name for name, rows in counts(load(DUMPS[-1], tmp_path / "dump.db")).items() if not rows}
    assert not empty, "an upgrade could lose these rows unseen: fill them in sample.py"


@pytest.mark.parametrize("dump", DUMPS, ids=lambda dump: dump.stem)
def test_every_past_clinic_still_opens_and_keeps_its_rows(dump: Path, tmp_path: Path) -> None:
    old = load(dump, tmp_path / "old.db")
    before = counts(old)
    with closing(Store.open(old)) as store, store.read() as reader:
        person = reader.patient("A1")
        assert person is not None
        assert person.patient.name == "Ada Example"
        assert [each.value_text for each in reader.results(person.id)] == ["2.5", "2.6", "<0.5", "hemolyzed"]
        assert reader.checked() == []
    after = counts(old)
    assert {name: after[name] for name in before} == before


def test_the_first_upgrade_keeps_the_order_of_the_worklist_and_says_that_it_is_old(tmp_path: Path) -> None:
    old = load(DUMPS[0], tmp_path / "old.db")
    with closing(Store.open(old)) as store, store.read() as reader:
        (line,) = reader.worklist()
        assert (line["mrn"], line["due_order"], line["search"]) == ("A1", line["next_due"], "ada example a1")
        assert (line["message"], line["state"], line["rule_set"]) == ("Hb 11.2 g/dL", "needs-action", "")
        assert reader.out_of_date("r1", date(2026, 11, 22)) == [1, 2]


def test_an_upgrade_leaves_out_users_that_no_labtrack_made(tmp_path: Path) -> None:
    old = load(DUMPS[2], tmp_path / "old.db")
    with closing(sqlite3.connect(old)) as raw:
        raw.execute("INSERT INTO user (name, role, created_at) VALUES ('mallory', 'clinician', '2026-11-22')")
        raw.commit()
    with closing(Store.open(old)) as store, store.read() as reader:
        assert reader.users() == []
        assert not reader.has_accounts()


def test_an_upgrade_keeps_every_child_of_a_rebuilt_table(coming: Path, tmp_path: Path) -> None:
    revise(coming, REBUILD)
    old = load(DUMPS[0], tmp_path / "old.db")
    before = counts(old)
    with closing(Store.open(old)):
        pass
    assert {name: counts(old)[name] for name in before} == before
    assert "ward" in schema(old)["table", "patient"]
    assert module.revision_of(old) == "0005"


def test_an_upgrade_leaves_a_private_copy_of_the_clinic_as_it_was(coming: Path, tmp_path: Path) -> None:
    revise(coming, REBUILD)
    old = load(DUMPS[0], tmp_path / "old.db")
    with closing(Store.open(old)):
        pass
    (kept,) = (tmp_path / "old-backups").glob("old.db.*.upgrade-0001.*.bak")
    assert module.revision_of(kept) == "0001"
    assert kept.stat().st_mode & 0o777 == 0o600
    assert counts(kept).items() <= counts(old).items()


def test_an_upgrade_whose_copy_cannot_be_made_whole_leaves_none_and_changes_nothing(
    coming: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    revise(coming, REBUILD)
    old = load(DUMPS[0], tmp_path / "old.db")
    before = old.read_bytes()

    def full(_: Path, part: Path, *__: object) -> None:
        part.write_bytes(before[:4096])
        raise DatabaseUnavailable("full")

    monkeypatch.setattr(anchored, "copy_whole", full)
    with pytest.raises(DatabaseUnavailable):
        Store.open(old)
    assert old.read_bytes() == before
    assert [each.name for each in tmp_path.iterdir() if each.is_file()] == ["old.db"]


def test_a_damaged_clinic_is_not_upgraded(coming: Path, tmp_path: Path) -> None:
    revise(coming, REBUILD)
    old = load(DUMPS[0], tmp_path / "old.db")
    damaged = old.read_bytes()
    damaged = damaged[: 4096 * 5] + b"\xa5" * 4096 * 3 + damaged[4096 * 8 :]
    old.write_bytes(damaged)
    with pytest.raises(DatabaseDamaged) as caught:
        Store.open(old)
    assert "restore" in caught.value.next_step
    assert old.read_bytes() == damaged
    assert list(tmp_path.rglob("*.bak")) == []


def test_two_upgrades_within_a_day_keep_both_copies(tmp_path: Path) -> None:
    old = tmp_path / "old.db"
    kept = []
    for _ in range(2):
        old.unlink(missing_ok=True)
        kept.append(module.upgrade(load(DUMPS[0], old), "0001"))
    assert [module.revision_of(each) for each in kept] == ["0001", "0001"]
    assert len(set(kept)) == 2


def test_an_upgrade_that_fails_changes_nothing(coming: Path, tmp_path: Path) -> None:
    revise(coming, REBUILD + '    op.execute("INSERT INTO patient (id) VALUES (1)")\n')
    old = load(DUMPS[0], tmp_path / "old.db")
    before, rows = schema(old), counts(old)
    with pytest.raises(StoreError, match="constraint"):
        Store.open(old)
    assert schema(old) == before
    assert counts(old) == rows
    assert module.revision_of(old) == "0001"


def test_an_upgrade_that_orphans_rows_changes_nothing(coming: Path, tmp_path: Path) -> None:
    revise(coming, '    op.execute("DELETE FROM patient WHERE id = 1")\n')
    old = load(DUMPS[0], tmp_path / "old.db")
    with pytest.raises(DatabaseDamaged) as caught:
        Store.open(old)
    assert caught.value.next_step
    assert counts(old)["patient"] == 2
    assert module.revision_of(old) == "0001"


@pytest.mark.parametrize("back", ["-1", "base", "0001"])
def test_a_way_back_is_refused_with_what_to_do_and_nothing_is_changed(store: Store, path: Path, back: str) -> None:
    from alembic import command
    from alembic.util import CommandError
    from sqlalchemy import create_engine

    fill(store)
    store.close()
    before = path.read_bytes()
    engine = create_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        config = module.alembic_config()
        config.attributes["connection"] = connection
        with pytest.raises(CommandError, match=r"not taken back .* kept it as it was .* restore that copy with the older labtrack"):
            command.downgrade(config, back)
    engine.dispose()
    assert path.read_bytes() == before


def test_an_older_clinic_that_may_not_be_written_names_the_command(coming: Path, tmp_path: Path) -> None:
    revise(coming, REBUILD)
    old = load(DUMPS[0], tmp_path / "old.db")
    with pytest.raises(DatabaseUnavailable, match="labtrack upgrade"):
        Store.open(old, read_only=True)


def test_a_clinic_of_today_is_opened_without_alembic(store: Store, path: Path) -> None:
    import subprocess
    import sys

    program = "import sys; from labtrack.store import Store; Store.open(sys.argv[1]).close(); print('alembic' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", program, str(path)], capture_output=True, text=True, check=True, env=environment())
    assert ran.stdout.strip() == "False"


def environment() -> dict[str, str]:
    """The environment with this source on the path."""
    import os

    return {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2] / "src")}


def test_a_newer_clinic_is_refused_by_name_and_left_alone(store: Store, path: Path) -> None:
    store.close()
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("UPDATE alembic_version SET version_num = '0099'")
        raw.execute("UPDATE setting SET value = '7.8.9'")
        raw.commit()
    with pytest.raises(DatabaseTooNew, match=r"7\.8\.9.*0099.*0004") as caught:
        Store.open(path)
    assert caught.value.next_step == "Install labtrack 7.8.9 or later."
    assert module.revision_of(path) == "0099"


def test_a_newer_clinic_that_does_not_say_who_made_it_is_refused_as_well(store: Store, path: Path) -> None:
    store.close()
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("UPDATE alembic_version SET version_num = '0099'")
        raw.execute("DROP TABLE setting")
        raw.commit()
    with pytest.raises(DatabaseTooNew, match="0099") as caught:
        Store.open(path)
    assert caught.value.next_step


def test_an_upgrade_says_which_version_made_it(coming: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    revise(coming, REBUILD)
    monkeypatch.setattr(module, "__version__", "7.8.9")
    old = load(DUMPS[0], tmp_path / "old.db")
    with closing(Store.open(old)):
        pass
    assert module.made_by(old) == "7.8.9"


def test_an_upgrade_of_a_clinic_in_use_waits_and_then_says_so(coming: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    revise(coming, REBUILD)
    old = load(DUMPS[0], tmp_path / "old.db")
    connect = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", lambda *args, **others: connect(*args, **{"timeout": 0.03, **others}))
    with closing(connect(old, isolation_level=None)) as other:
        other.execute("PRAGMA journal_mode = WAL")
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(DatabaseLocked):
            Store.open(old)
    assert module.revision_of(old) == "0001"


def test_two_programs_may_make_one_clinic_at_once(path: Path) -> None:
    failures: list[Exception] = []

    def make() -> None:
        try:
            Store.open(path).close()
        except Exception as error:  # noqa: BLE001 - the test tells it
            failures.append(error)

    threads = [threading.Thread(target=make) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def test_a_clinic_cannot_be_made_in_a_file_that_is_being_written(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "BUSY_TIMEOUT", 30)
    path.parent.mkdir()
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("PRAGMA journal_mode = WAL")
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(DatabaseLocked):
            Store.open(path)


@pytest.mark.parametrize("content", [b"not a database, but long enough to have a header of one hundred bytes" * 4, b"notes"])
def test_a_file_that_is_no_database_is_refused_and_left_alone(path: Path, content: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    with pytest.raises(DatabaseDamaged) as caught:
        Store.open(path)
    assert caught.value.next_step
    assert path.read_bytes() == content


def test_a_database_of_another_program_is_refused_and_left_alone(path: Path) -> None:
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("CREATE TABLE bookmarks (url TEXT)")
    with pytest.raises(DatabaseDamaged, match="not a labtrack clinic"):
        Store.open(path)
    assert list(schema(path)) == [("table", "bookmarks")]


@pytest.mark.parametrize("how", [{"create": False}, {"read_only": True}])
def test_a_missing_clinic_is_not_made_unasked(path: Path, how: dict[str, bool]) -> None:
    with pytest.raises(DatabaseUnavailable) as caught:
        Store.open(path, **how)
    assert caught.value.next_step
    assert not path.parent.exists()


def test_an_empty_file_becomes_a_clinic(path: Path) -> None:
    path.parent.mkdir()
    path.touch()
    with closing(Store.open(path)) as store:
        assert fill(store) == 1


def test_a_folder_is_no_clinic(tmp_path: Path) -> None:
    with pytest.raises(DatabaseUnavailable, match="is a folder"):
        Store.open(tmp_path)


def test_the_log_of_a_clinic_that_is_gone_is_not_thrown_away(path: Path) -> None:
    path.parent.mkdir()
    log = path.with_name("clinic.db-wal")
    log.write_bytes(b"x" * 32)
    module.prepare(path, create=True, read_only=False)
    log.write_bytes(b"x" * 33)
    with pytest.raises(DatabaseUnavailable, match=r"clinic\.db-wal") as caught:
        Store.open(path)
    assert "Put the clinic back" in caught.value.next_step
    assert log.read_bytes() == b"x" * 33
    assert not path.exists()
