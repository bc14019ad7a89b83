"""What the schema itself promises."""

from __future__ import annotations

import re
import sqlite3

import pytest
from sqlalchemy import UniqueConstraint
from tests.store.sample import fill

from labtrack.core.errors import StoreError
from labtrack.store import Store
from labtrack.store.tables import METADATA, WRITE_ONCE

TABLES = METADATA.sorted_tables
#: What is derived from the record and may be made anew.
DERIVED = {"segment", "assessment", "finding", "check_due"}


@pytest.mark.parametrize("table", TABLES, ids=lambda it: it.name)
def test_every_constraint_has_a_name_that_an_upgrade_can_use(table: object) -> None:
    assert all(re.match(r"(pk|fk|uq|ck)_", str(each.name)) for each in table.constraints)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("patient", ("mrn",)),
        ("course", ("patient_id", "drug", "start_on")),
        ("dose_step", ("course_id", "step_on", "dose_mg", "frequency", "reason")),
        ("hold", ("course_id", "start_on", "reason")),
        ("event", ("patient_id", "kind", "began_on", "note")),
        ("baseline_pin", ("course_id", "analyte")),
    ],
)
def test_natural_keys_are_unique(name: str, key: tuple[str, ...]) -> None:
    table = METADATA.tables[name]
    unique = [tuple(column.name for column in each.columns) for each in table.constraints if isinstance(each, UniqueConstraint)]
    assert key in unique


def test_whatever_belongs_to_a_patient_says_so_to_the_database() -> None:
    for table in TABLES:
        if "patient_id" in table.c:
            assert {key.column.table.name for key in table.c.patient_id.foreign_keys} == {"patient"}, table.name


def test_results_stand_together_by_patient() -> None:
    result = METADATA.tables["result"]
    assert [column.name for column in result.primary_key.columns] == ["patient_id", "analyte", "ordering", "id"]
    assert result.kwargs["sqlite_with_rowid"] is False


@pytest.mark.parametrize("table", WRITE_ONCE)
@pytest.mark.parametrize("change", ["UPDATE {} SET patient_id = 2", "DELETE FROM {}", "INSERT OR REPLACE INTO {0} SELECT * FROM {0}"])
def test_the_database_refuses_to_change_what_is_written_once(store: Store, table: str, change: str) -> None:
    fill(store)
    with pytest.raises(StoreError, match="written once"), store.write() as writer:
        writer.session.cursor.execute(change.format(table))
    with store.read() as reader:
        assert reader.count(table) > 0


def test_what_is_written_once_is_not_derived() -> None:
    assert set(WRITE_ONCE) < {table.name for table in TABLES} - DERIVED


@pytest.mark.parametrize("table", sorted(DERIVED))
def test_what_is_derived_can_be_removed_and_nothing_else_goes(store: Store, table: str) -> None:
    fill(store)
    with store.write() as writer:
        writer.session.cursor.execute(f"DELETE FROM {table}")
    with store.read() as reader:
        assert reader.count(table) == 0
        assert len(reader.results(1)) == 4
        assert reader.checked() == []


def test_a_result_of_nobody_is_refused(store: Store) -> None:
    with pytest.raises(StoreError, match="FOREIGN KEY"), store.write() as writer:
        writer.put_segments([(99, b"")])


def test_the_database_needs_no_newer_sqlite_than_python_brings() -> None:
    assert sqlite3.sqlite_version_info >= (3, 31)
