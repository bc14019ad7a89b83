"""Every statement can be prepared against the tables, gives what it says, and never changes what is written once."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest
from sqlalchemy.dialects import postgresql

from labtrack.store import Store, compiled
from labtrack.store.ahead import compile_all
from labtrack.store.connection import Statement
from labtrack.store.statements import STATEMENTS, TABLES
from labtrack.store.tables import WRITE_ONCE

ALL = [each for each in vars(compiled).values() if isinstance(each, Statement)]


@pytest.fixture(scope="module")
def driver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    """A connection to an empty clinic."""
    with closing(Store.open(tmp_path_factory.mktemp("clinic") / "clinic.db")) as store, store.read() as reader:
        yield reader.session.driver


@pytest.mark.parametrize("statement", ALL, ids=lambda it: it.name)
def test_sqlite_can_prepare_it(driver: sqlite3.Connection, statement: Statement) -> None:
    driver.execute(f"EXPLAIN {statement.text}", [None] * len(statement.parameters))


@pytest.mark.parametrize("statement", ALL, ids=lambda it: it.name)
def test_it_has_a_marker_for_each_parameter_and_no_hidden_one(statement: Statement) -> None:
    assert statement.text.count("?") == len(statement.parameters)
    assert not [name for name in statement.parameters if re.search(r"_\d+$", name)]


def test_they_compile_for_postgresql_with_the_same_parameters() -> None:
    ahead = {each.name: each.parameters for each in ALL}
    texts = compile_all(postgresql.dialect(paramstyle="format"))
    assert {name: parameters for name, (_, parameters) in texts.items()} == ahead


def test_none_updates_or_deletes_what_is_written_once() -> None:
    changing = [each.text for each in ALL if re.match(r"(UPDATE|DELETE FROM|REPLACE|INSERT OR)\b", each.text)]
    assert changing
    for text in changing:
        assert not re.match(rf"(UPDATE|DELETE FROM|REPLACE INTO|INSERT OR \w+ INTO) ({'|'.join(WRITE_ONCE)})\b", text), text


#: The parts of the worklist and their sizes, of a clinic that is up to date and of one where some are not.
KEPT, MIXED = ({f"{name}_{what}" for what in ("COUNT", "AFTER", "BEFORE")} for name in ("KEPT", "MIXED"))
#: Questions about one patient or one result, which must not read the whole table to answer.
ABOUT_ALL = {"OUT_OF_DATE", "SETTINGS", *KEPT, *MIXED}
ABOUT_ONE = [each for each in ALL if each.text.startswith("SELECT") and each.parameters and each.name not in ABOUT_ALL]


@pytest.mark.parametrize("statement", ABOUT_ONE, ids=lambda it: it.name)
def test_a_question_about_one_is_answered_from_an_index(driver: sqlite3.Connection, statement: Statement) -> None:
    plan = [row[3] for row in driver.execute(f"EXPLAIN QUERY PLAN {statement.text}", [None] * len(statement.parameters))]
    assert not [step for step in plan if step.startswith("SCAN")], plan


def test_the_worklist_is_read_in_the_order_of_its_index(driver: sqlite3.Connection) -> None:
    plan = [row[3] for row in driver.execute(f"EXPLAIN QUERY PLAN {compiled.WORKLIST.text}")]
    assert plan[0] == "SCAN assessment USING INDEX ix_assessment_worklist"


@pytest.mark.parametrize("name", sorted(KEPT))
def test_any_part_of_the_worklist_is_found_without_a_row_of_its_table(driver: sqlite3.Connection, name: str) -> None:
    statement: Statement = getattr(compiled, name)
    plan = [row[3] for row in driver.execute(f"EXPLAIN QUERY PLAN {statement.text}", [None] * len(statement.parameters))]
    assert "assessment USING COVERING INDEX ix_assessment_worklist" in plan[0], plan
    assert plan[0].startswith("SCAN" if name == "KEPT_COUNT" else "SEARCH")
    assert not [step for step in plan if "TEMP B-TREE FOR ORDER" in step]


def test_kinds_are_counted_without_a_row_of_their_table(driver: sqlite3.Connection) -> None:
    plan = [row[3] for row in driver.execute(f"EXPLAIN QUERY PLAN {compiled.TALLIES.text}")]
    assert plan == ["SCAN assessment USING COVERING INDEX ix_assessment_tally"]


def test_every_statement_is_there_once() -> None:
    assert sorted(each.name for each in ALL) == sorted(STATEMENTS)
    assert {each.name for each in ALL if each.name.startswith("COUNT_")} == {f"COUNT_{name.upper()}" for name in TABLES}


def test_the_columns_are_those_of_the_database(driver: sqlite3.Connection) -> None:
    for table, columns in compiled.COLUMNS.items():
        with closing(driver.execute(f'SELECT * FROM "{table}"')) as cursor:
            assert tuple(column[0] for column in cursor.description) == columns
