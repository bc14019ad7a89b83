"""The same tables and statements on PostgreSQL: run where LABTRACK_TEST_SERVER names an empty database that may be filled and emptied,
for example ``LABTRACK_TEST_SERVER=postgresql+psycopg://postgres@localhost/scratch``."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing

import pytest
from sqlalchemy import create_engine
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateTable
from tests.store.conftest import clock
from tests.store.sample import RESULTS, check, fill, finding, line

from labtrack.core.errors import DatabaseTooNew, DatabaseUnavailable, StoreError, UsageError
from labtrack.store import Store, migrate
from labtrack.store.audit import chain_faults
from labtrack.store.reader import FIRST, LAST, Filter
from labtrack.store.server import Server
from labtrack.store.tables import METADATA

#: Read on import: the tests' own world takes LABTRACK_ variables away.
ADDRESS = os.environ.get("LABTRACK_TEST_SERVER", "")
on_a_server = pytest.mark.skipif(not ADDRESS, reason="no database server: LABTRACK_TEST_SERVER is unset")


@pytest.fixture
def shared_clinic() -> Iterator[Store]:
    """A clinic on the server, empty before and after."""
    engine = create_engine(ADDRESS)
    with engine.begin() as connection:
        METADATA.drop_all(connection)
        connection.exec_driver_sql("DROP TABLE IF EXISTS alembic_version")
    store = Store.open(ADDRESS, actor="tester", clock=clock)
    yield store
    store.close()
    engine.dispose()


@pytest.mark.parametrize("table", METADATA.sorted_tables, ids=lambda it: it.name)
def test_every_table_can_be_made_on_postgresql(table: object) -> None:
    made = str(CreateTable(table).compile(dialect=postgresql.dialect()))  # type: ignore[arg-type]
    assert "ROWID" not in made


def test_an_address_that_cannot_be_read_is_wrong_usage() -> None:
    with pytest.raises(UsageError) as caught:
        Server("postgresql://host:port:more/")
    assert "postgresql+psycopg" in caught.value.next_step


def test_a_driver_that_is_not_installed_names_the_command() -> None:
    with pytest.raises(DatabaseUnavailable) as caught:
        Server("nonesuch://host/clinic")
    assert "pip install" in caught.value.next_step


@on_a_server
def test_everything_comes_back_from_a_server(shared_clinic: Store) -> None:
    number = fill(shared_clinic)
    with shared_clinic.read() as reader:
        person = reader.patient("A1")
        assert person is not None
        assert person.id == number
        assert person.patient.weight_kg == 61.5
        (course,) = reader.courses(number)[number]
        assert course.doses[0].dose_mg == 4
        assert [each.value for each in reader.results(number)] == [each.value for each in RESULTS]
        assert [each.superseded for each in reader.results(number)] == [True, False, False, False]
        assert dict(reader.segment_stream()) == {number: b"\x00packed\xff"}
        (placed,) = reader.lines_after(Filter(forward="%ada%"), FIRST, 0, 5)
        assert [placed] == reader.lines_before(Filter(state="needs-action"), LAST, 0, 5)
        assert placed[0] == next(reader.worklist())["patient_id"]
        assert reader.lines_after(Filter(), placed[1], 0, 5) == []
        assert reader.line_count(Filter(rules=";anemia;", forward="%nobody%")) == 1
        assert reader.line_count(Filter(mixed=True, rule_set="another", today="2026-11-22", state="not-assessed")) == 2
        assert reader.tallies() == [("needs-action", 8, 1)]
        assert reader.reviews() == {number: 2}
        assert chain_faults(reader.audit_entries()) == []
        assert reader.count("event") == 1
        assert reader.checked() == []


@on_a_server
def test_a_failed_transaction_leaves_nothing_on_a_server(shared_clinic: Store) -> None:
    number = fill(shared_clinic)
    with pytest.raises(StoreError), shared_clinic.write() as writer:
        writer.put_assessments([line(number, state="clear"), line(99)], [finding(number)], [check(number)])
    with shared_clinic.read() as reader:
        stored = reader.stored_assessment(number)
        assert stored is not None
        assert stored["state"] == "needs-action"


@on_a_server
def test_an_open_server_clinic_can_be_opened_again(shared_clinic: Store) -> None:
    fill(shared_clinic)
    with closing(Store.open(ADDRESS)) as second, second.read() as reader:
        assert len(reader.patients()) == 2


@on_a_server
@pytest.mark.parametrize("change", ["UPDATE result SET value_text = '9'", "DELETE FROM audit_entry", "DELETE FROM supersession"])
def test_a_server_keeps_what_is_written_once(shared_clinic: Store, change: str) -> None:
    fill(shared_clinic)
    with pytest.raises(StoreError, match="written once"), shared_clinic.write() as writer:
        writer.session.cursor.execute(change)


@on_a_server
@pytest.mark.parametrize(("revision", "kind"), [("0099", DatabaseTooNew), ("0000", DatabaseUnavailable)])
def test_a_server_of_another_schema_is_refused(
    shared_clinic: Store, monkeypatch: pytest.MonkeyPatch, revision: str, kind: type[StoreError]
) -> None:
    monkeypatch.setattr(migrate, "REVISIONS", ("0000", "0001"))
    with shared_clinic.write() as writer:
        writer.session.cursor.execute(f"UPDATE alembic_version SET version_num = '{revision}'")
    with pytest.raises(kind) as caught:
        Store.open(ADDRESS)
    assert caught.value.next_step
