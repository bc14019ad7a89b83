"""Whatever the writer does, the record adds up to its seal; whatever else is done to a row, it does not."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labtrack.core.quantity import Interval
from labtrack.core.record import CollectedAt, Course, DoseStep, Event, Hold, Patient, Result, Sex
from labtrack.store import Store, Writer
from labtrack.store.compiled import COLUMNS
from labtrack.store.rows import RESULT_COLUMNS, result_values
from labtrack.store.seals import NUMBERED, SEALED, broken, digest, seal_in, seal_text

ON = CollectedAt(date(2026, 11, 2))


def fill(writer: Writer, mrn: str = "A1") -> int:
    """A patient with a row in every sealed table; the store number."""
    patient = writer.add_patient(Patient(mrn, "Ada", date(1968, 2, 11), Sex.FEMALE, 61))
    course = writer.add_course(patient, Course("baricitinib", 4, "daily", date(2026, 3, 3)))
    writer.put_dose(course, DoseStep(date(2026, 4, 1), 2, "daily", "renal"))
    writer.put_hold(course, Hold(date(2026, 5, 1), "infection"))
    writer.put_event(patient, Event("infection", date(2026, 5, 1), None, "note"))
    writer.pin_baseline(course, "ldl", ON, "fasting")
    first = writer.count("result") + 1
    made = [Result("anc", "2.5", "10*9/L", ON, value=Interval(2.5, 2.5)), Result("anc", "-0", "10*9/L", ON, value=Interval(-0.0, 3))]
    writer.insert_results([result_values(patient, first + place, each, None) for place, each in enumerate(made)])
    writer.supersede([(first, first + 1, patient)])
    writer.add_sent_reports([(patient, "anc", f"R{mrn}", first)])
    writer.add_identifier("city", mrn, patient)
    writer.acknowledge(patient, "anemia", "1", "key", "seen", None)
    writer.review(patient, first)
    return patient


def faults(store: Store) -> list[int]:
    with store.read() as reader:
        return [each.patient for each in broken(reader.session, reader.audit_entries())]


@pytest.fixture
def sealed(store: Store) -> Store:
    """Two patients, each written in a transaction of their own."""
    for mrn in ("A1", "B2"):
        with store.write() as writer:
            writer.audit("sample", {"of": mrn}, fill(writer, mrn))
    return store


def test_what_was_written_adds_up_table_by_table(sealed: Store) -> None:
    assert faults(sealed) == []
    with sealed.read() as reader:
        assert all(reader.count(table) >= 2 for table in SEALED)
        assert [seal_in(entry.detail) is not None for entry in reader.audit_entries()] == [True, True]


def test_every_change_of_the_writer_keeps_it_so(sealed: Store) -> None:
    with sealed.write() as writer:
        writer.audit("change", {}, 1)
        writer.edit_patient(1, Patient("A1", "Ada Other", None, Sex.MALE, 64.5))
        writer.edit_course(1, Course("baricitinib", 2, "daily", date(2026, 3, 3), date(2026, 11, 1), "planned"))
        writer.put_hold(1, Hold(date(2026, 5, 1), "infection", date(2026, 5, 9)))
        writer.put_event(1, Event("infection", date(2026, 5, 1), date(2026, 5, 9), "note"))
        writer.pin_baseline(1, "ldl", CollectedAt(date(2026, 11, 9)), "better")
        writer.end_acknowledgement(1)
        writer.review(1, 2)
        writer.touch([1, 2])
    assert faults(sealed) == []
    with sealed.read() as reader:
        seals = [seal_in(entry.detail) for entry in reader.audit_entries(1)]
    assert None not in seals
    assert len(set(seals)) == 2


def test_of_several_entries_about_one_patient_the_last_is_sealed_and_who_has_none_gets_one(sealed: Store) -> None:
    with sealed.write() as writer:
        writer.put_event(1, Event("surgery", date(2026, 6, 1)))
        writer.put_event(2, Event("surgery", date(2026, 6, 1)))
        writer.audit("one", {}, 1)
        writer.audit("two", {}, 1)
        writer.audit("all", {})
    with sealed.read() as reader:
        *_, one, two, everybody, added = reader.audit_entries()
    assert [each.action for each in (one, two, everybody, added)] == ["one", "two", "all", "seal"]
    assert [seal_in(each.detail) is not None for each in (one, two, everybody, added)] == [False, True, False, True]
    assert added.patient_id == 2
    assert faults(sealed) == []


def changed(path: Path, statement: str, *values: object) -> None:
    """Change the file by other means, past the guards."""
    with closing(sqlite3.connect(path)) as connection:
        guards = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")]
        for name in guards:
            connection.execute(f"DROP TRIGGER {name}")
        assert connection.execute(statement, values).rowcount == 1
        connection.commit()


@pytest.mark.parametrize(
    ("table", "column"), [(table, column) for table in SEALED for column in COLUMNS[table] if column not in ("id", "data_version")]
)
def test_a_change_of_any_column_of_the_record_shows(table: str, column: str, sealed: Store, path: Path) -> None:
    with sealed.read() as reader:
        ((row, value),) = reader.session.driver.execute(f"SELECT rowid, {column} FROM {table} LIMIT 1") if has_rowid(table) else [(0, None)]
    sealed.close()
    other: object = "x" if value is None or isinstance(value, str) else value + 7
    where = f"rowid = {row}" if has_rowid(table) else f"{owner_of(table)} = 1 AND {'id' if table == 'result' else '1'} = 1"
    changed(path, f"UPDATE {table} SET {column} = ? WHERE {where}", other if has_rowid(table) else number_or_text(column))
    with closing(Store.open(path, create=False)) as store:
        assert 1 in faults(store)


def has_rowid(table: str) -> bool:
    return table not in ("patient_identifier", "result", "sent_report")


def owner_of(table: str) -> str:
    return "id" if table == "patient" else "patient_id"


def number_or_text(column: str) -> object:
    return 9 if column in ("patient_id", "low", "high", "low_open", "high_open", "source_id", "result_id") else "x"


@pytest.mark.parametrize("table", [each for each in SEALED if each != "patient"])
def test_a_row_that_is_gone_shows(table: str, sealed: Store, path: Path) -> None:
    sealed.close()
    changed(path, f"DELETE FROM {table} WHERE {'course_id' if 'course_id' in COLUMNS[table] else 'patient_id'} = 1 {one_of(table)}")
    with closing(Store.open(path, create=False)) as store:
        assert faults(store)[:1] == [1]


def one_of(table: str) -> str:
    return "AND id = 1" if table == "result" else ""


def test_a_record_of_an_earlier_version_is_sealed_as_it_stands_when_it_is_next_written(sealed: Store, path: Path) -> None:
    """A change of a record without any seal cannot be told; one made after the first seal can."""
    sealed.close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DROP TRIGGER audit_entry_no_update")
        connection.execute('UPDATE audit_entry SET detail = \'{"note":"x_seal_:_1:"}\'')
        connection.commit()
    with closing(Store.open(path, create=False)) as store:
        assert faults(store) == []
        with store.write() as writer:
            writer.put_event(1, Event("surgery", date(2026, 6, 1)))
            writer.audit("add event", {}, 1)
        assert faults(store) == []
    changed(path, "UPDATE event SET note = 'y' WHERE id = 1")
    with closing(Store.open(path, create=False)) as store:
        assert faults(store) == [1]


def test_later_writes_do_not_make_up_for_a_change_by_other_means(sealed: Store, path: Path) -> None:
    sealed.close()
    changed(path, "UPDATE course SET start_on = '2025-03-03' WHERE id = 1")
    with closing(Store.open(path, create=False)) as store:
        with store.write() as writer:
            writer.edit_course(1, Course("baricitinib", 2, "daily", date(2026, 3, 3)))
            writer.audit("change", {}, 1)
        assert faults(store) == [1]


def test_the_columns_are_those_that_the_seals_in_the_field_are_of() -> None:
    """Another column is another version of the seal: without it every record of an upgraded clinic would be called changed."""
    assert {table: len(COLUMNS[table]) for table in SEALED} == {
        "patient": 9, "patient_identifier": 3, "course": 8, "dose_step": 6, "hold": 5, "event": 6, "baseline_pin": 5, "result": 23,
        "supersession": 3, "sent_report": 4, "acknowledgement": 10, "review": 4,
    }  # fmt: skip
    assert COLUMNS["result"] == RESULT_COLUMNS
    assert all(("id" in COLUMNS[table]) == (table in NUMBERED or table == "result") for table in SEALED)
    assert seal_text(digest("review", (1, 2, "2026-11-22", "é\u202e\x00"))) == "1:f4f5b62177e2773798c0dd36c1c0f3e1"


@given(st.dictionaries(st.text(), st.text() | st.none()), st.integers(0, 2**128 - 1))
def test_no_text_looks_like_a_seal(detail: dict[str, str | None], total: int) -> None:
    from labtrack.store.audit import canonical

    detail.pop("seal", None)
    assert seal_in(canonical(detail)) is None
    assert seal_in(canonical({"note": canonical({"seal": seal_text(total)})})) is None
    assert seal_in(canonical({**detail, "seal": seal_text(total)})) == total
    assert re.fullmatch(r"1:[0-9a-f]{32}", seal_text(total))
