"""Every way of changing the record, and what it leaves alone."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from tests.store.conftest import ADA, measured
from tests.store.sample import check, finding, line

from labtrack.core.errors import DatabaseLocked, StoreError
from labtrack.core.record import CollectedAt, Course, DoseStep, Event, Hold, Patient, ResultStatus, Sex
from labtrack.store import Store, Writer
from labtrack.store import compiled as sql
from labtrack.store.audit import chain_faults
from labtrack.store.connection import BUSY_TIMEOUT
from labtrack.store.rows import StoredUser, result_values
from labtrack.store.writer import ASSESSMENT_COLUMNS

START = date(2026, 1, 5)
COURSE = Course("baricitinib", 2.0, "daily", START)


def record(writer: Writer, patient: int, *results: object) -> list[int]:
    """Insert results as the clinic does; their numbers."""
    first = writer.last_result_id() + 1
    numbers = list(range(first, first + len(results)))
    writer.insert_results(result_values(patient, number, each, None) for number, each in zip(numbers, results, strict=True))  # type: ignore[arg-type]
    return numbers


def test_a_patient_is_added_once(store: Store, ada: int) -> None:
    with pytest.raises(StoreError, match="UNIQUE"), store.write() as writer:
        writer.add_patient(Patient("A1", "Another"))
    with store.read() as reader:
        assert [each.patient for each in reader.patients()] == [ADA]


def test_everything_but_the_mrn_can_be_edited(store: Store, ada: int) -> None:
    changed = Patient("A1", "Ada New", date(1971, 1, 1), Sex.UNKNOWN, None, "", "")
    with store.write() as writer:
        writer.edit_patient(ada, replace(changed, mrn="Z9"))
        writer.audit("edit-patient", {}, ada)
    with store.read() as reader:
        assert [each.patient for each in reader.patients()] == [changed]


def test_a_touch_counts_a_write_for_those_it_names(store: Store, ada: int) -> None:
    with store.write() as writer:
        other = writer.add_patient(Patient("B2", "Bo"))
        writer.touch([ada, ada])
        writer.touch([])
        writer.audit("touch", {})
    with store.read() as reader:
        assert {each.id: each.data_version for each in reader.patients()} == {ada: 2, other: 0}


def test_a_course_with_all_that_belongs_to_it(store: Store, ada: int) -> None:
    with store.write() as writer:
        number = writer.add_course(ada, COURSE)
        writer.put_dose(number, DoseStep(date(2026, 3, 2), 4, "daily", "flare"))
        writer.put_hold(number, Hold(date(2026, 5, 1), "anc-below-1"))
        writer.put_hold(number, Hold(date(2026, 5, 1), "anc-below-1", date(2026, 5, 20)))
        writer.edit_course(number, replace(COURSE, stop_on=date(2026, 9, 1), reason="remission"))
        writer.audit("course", {}, ada)
    with store.read() as reader:
        assert reader.courses() == {
            ada: [
                replace(
                    COURSE,
                    stop_on=date(2026, 9, 1),
                    reason="remission",
                    doses=(DoseStep(date(2026, 3, 2), 4, "daily", "flare"),),
                    holds=(Hold(date(2026, 5, 1), "anc-below-1", date(2026, 5, 20)),),
                )
            ]
        }


def test_of_two_doses_of_one_day_the_later_entered_comes_later_and_the_same_one_counts_once(store: Store, ada: int) -> None:
    first, second = DoseStep(date(2026, 3, 2), 4, "daily"), DoseStep(date(2026, 3, 2), 2, "daily")
    with store.write() as writer:
        number = writer.add_course(ada, COURSE)
        for step in (first, second, first):
            writer.put_dose(number, step)
        writer.audit("course", {}, ada)
    with store.read() as reader:
        assert reader.courses(ada)[ada][0].doses == (first, second)


def test_a_course_is_keyed_by_patient_drug_and_start(store: Store, ada: int) -> None:
    with store.write() as writer:
        writer.add_course(ada, COURSE)
        writer.add_course(ada, replace(COURSE, start_on=date(2026, 2, 1)))
        writer.add_course(ada, replace(COURSE, drug="tofacitinib"))
        writer.audit("courses", {}, ada)
    with pytest.raises(StoreError, match="UNIQUE"), store.write() as writer:
        writer.add_course(ada, replace(COURSE, dose_mg=4))


def test_holds_and_events_are_keyed_by_all_but_their_end(store: Store, ada: int) -> None:
    events = [Event("vte", START), Event("vte", START, None, "leg"), Event("surgery", START)]
    with store.write() as writer:
        for event in (*events, replace(events[0], ended_on=date(2026, 2, 1))):
            writer.put_event(ada, event)
        number = writer.add_course(ada, COURSE)
        writer.put_hold(number, Hold(START, "vte"))
        writer.put_hold(number, Hold(START, "other: travel"))
        writer.audit("events", {}, ada)
    with store.read() as reader:
        assert reader.events(ada)[ada] == [replace(events[0], ended_on=date(2026, 2, 1)), *events[1:]]
        assert [each.reason for each in reader.courses(ada)[ada][0].holds] == ["vte", "other: travel"]


def test_an_end_can_be_taken_back(store: Store, ada: int) -> None:
    with store.write() as writer:
        writer.put_event(ada, Event("vte", START, date(2026, 2, 1)))
        writer.put_event(ada, Event("vte", START))
        writer.audit("events", {}, ada)
    with store.read() as reader:
        assert reader.events(ada)[ada] == [Event("vte", START)]


def test_a_pinned_baseline_takes_the_place_of_the_one_before(store: Store, ada: int) -> None:
    with store.write() as writer:
        number = writer.add_course(ada, COURSE)
        writer.pin_baseline(number, "ldl", CollectedAt(date(2025, 12, 1)), "fasting")
        writer.pin_baseline(number, "ldl", CollectedAt(date(2025, 12, 9)), "other")
        writer.audit("pin", {}, ada)
    with store.read() as reader:
        assert reader.baseline_pins(ada) == [(ada, "baricitinib", "2026-01-05", "ldl", "2025-12-09", "other")]


def test_results_are_numbered_in_order_of_entry_over_the_whole_clinic(store: Store, ada: int) -> None:
    with store.write() as writer:
        other = writer.add_patient(Patient("B2", "Bo"))
        assert record(writer, ada, measured(), measured("hb", 12)) == [1, 2]
        assert record(writer, other, measured()) == [3]
        writer.audit("record", {})
    with store.read() as reader:
        assert [(patient, each.result_id) for patient, each in reader.every_result()] == [(ada, 1), (ada, 2), (other, 3)]


def test_two_results_never_share_a_number(store: Store, ada: int) -> None:
    with pytest.raises(StoreError, match="UNIQUE"), store.write() as writer:
        writer.insert_results([result_values(ada, 1, measured(), None), result_values(ada, 1, measured("hb"), None)])
    with store.read() as reader:
        assert reader.results(ada) == []


def test_a_correction_leaves_the_old_row_as_it_was(store: Store, ada: int) -> None:
    with store.write() as writer:
        record(writer, ada, measured(), measured(value=2.6, status=ResultStatus.CORRECTED))
        writer.supersede([(1, 2, ada)])
        writer.audit("amend", {}, ada)
    with store.read() as reader:
        old, new = reader.results(ada)
        assert (old.value_text, old.superseded, old.supersedes) == ("2.5", True, ())
        assert (new.value_text, new.superseded, new.supersedes) == ("2.6", False, (1,))


def test_a_result_is_superseded_once(store: Store, ada: int) -> None:
    with store.write() as writer:
        record(writer, ada, measured(), measured(value=2.6), measured(value=2.7))
        writer.supersede([(1, 2, ada)])
        writer.audit("amend", {}, ada)
    with pytest.raises(StoreError, match="UNIQUE"), store.write() as writer:
        writer.supersede([(1, 3, ada)])


def test_segments_and_assessments_replace_the_last_as_a_whole(store: Store, ada: int) -> None:
    with store.write() as writer:
        writer.put_segments([(ada, b"one")])
        writer.put_assessments([line(ada)], [finding(ada, "anemia"), finding(ada, "neutropenia")], [check(ada, "cbc"), check(ada, "liver")])
    with store.write() as writer:
        writer.put_segments([(ada, b"two")])
        writer.put_assessments([line(ada, state="clear")], [finding(ada, "hys-law")], [])
    with store.read() as reader:
        assert reader.segment(ada) == b"two"
        stored = reader.stored_assessment(ada)
        assert stored is not None
        assert stored["state"] == "clear"
        assert [each["rule"] for each in reader.stored_findings(ada)] == ["hys-law"]
        assert reader.stored_checks(ada) == []


def test_assessments_of_others_stay(store: Store, ada: int) -> None:
    with store.write() as writer:
        other = writer.add_patient(Patient("B2", "Bo"))
        writer.put_assessments([line(ada), line(other)], [finding(ada), finding(other)], [check(ada), check(other)])
        writer.put_assessments([line(ada)], [], [])
        writer.audit("add-patient", {}, other)
    with store.read() as reader:
        assert reader.stored_findings(ada) == []
        assert len(reader.stored_findings(other)) == len(reader.stored_checks(other)) == 1


def test_a_line_has_the_columns_that_are_named() -> None:
    assert dict(zip(ASSESSMENT_COLUMNS, line(7, state="due"), strict=True))["state"] == "due"


def test_an_acknowledgement_stands_until_it_is_ended(store: Store, ada: int) -> None:
    with store.write() as writer:
        writer.acknowledge(ada, "anemia", "1", "4,5", "known", date(2026, 12, 24))
        writer.acknowledge(ada, "neutropenia", "1", "6", "known", None)
        writer.audit("acknowledge", {}, ada)
    with store.read() as reader:
        first, second = reader.acknowledgements(ada)
        assert (first["rule"], first["until_on"], first["actor"]) == ("anemia", "2026-12-24", "tester")
        assert second["until_on"] is None
    with store.write() as writer:
        writer.end_acknowledgement(first["id"])  # type: ignore[arg-type]
        writer.audit("end-acknowledgement", {}, ada)
    with store.read() as reader:
        assert [each["rule"] for each in reader.acknowledgements()] == ["neutropenia"]
        assert reader.count("acknowledgement") == 2


def test_a_setting_has_one_value(store: Store) -> None:
    with store.write() as writer:
        writer.set_setting("clinic", "One")
        writer.set_setting("clinic", "Two")
        writer.audit("setting", {})
    with store.read() as reader:
        assert reader.settings()["clinic"] == "Two"


def test_the_chain_goes_on_over_transactions_and_openings(store: Store, ada: int) -> None:
    for turn in range(3):
        with store.write() as writer:
            writer.audit("turn", {"number": turn, "text": "é"}, ada)
            writer.audit("again", {"list": [1, None, "x"]})
    with store.read() as reader:
        entries = list(reader.audit_entries())
    assert [each.id for each in entries] == list(range(1, 8))
    assert chain_faults(entries) == []


def test_a_source_keeps_what_it_was(store: Store) -> None:
    with store.write() as writer:
        assert writer.add_source("0" * 64, "csv", "one.csv") == 1
        assert writer.add_source("1" * 64, "csv", "two.csv") == 2
    with store.read() as reader:
        assert reader.count("report_source") == 2


def test_an_account_is_explained_by_the_entry_that_its_row_names(store: Store, ada: int) -> None:
    with store.write() as writer:
        writer.add_user(StoredUser("ada", "patient", ada, "$hash", writer.now(), None, 0), {"user": "ada"})
    with store.read() as reader:
        user = reader.user("ada")
        assert user is not None
        assert (user.mrn, user.role, user.passphrase_hash) == (ADA.mrn, "patient", "$hash")
        entry = reader.audit_entry(user.audit_id)
        assert entry is not None
        assert (entry.action, entry.patient_id, json.loads(entry.detail)) == ("add user", ada, {"user": "ada", "row": user.digest})
        assert "$hash" not in entry.detail + repr(user)
    with store.write() as writer:
        writer.edit_user(replace(user, disabled_at=writer.now()), "disable user", {"user": "ada"})
    with store.read() as reader:
        changed = reader.user("ada")
        assert changed is not None
        assert changed.disabled_at
        assert changed.audit_id == user.audit_id + 1
        assert changed.digest != user.digest


@pytest.mark.parametrize(
    "row",
    [("m", "clinician", 1, "h", "t", None, 1), ("m", "patient", None, "h", "t", None, 1), ("m", "admin", None, "h", "t", None, 1)],
    ids=["a clinician with a record", "a patient without one", "no such role"],
)
def test_a_role_and_a_record_that_do_not_go_together_are_not_taken(store: Store, ada: int, row: tuple[object, ...]) -> None:
    with pytest.raises(StoreError), store.write() as writer:
        writer.add_user(StoredUser(*row), {})  # type: ignore[arg-type]


def test_failures_are_counted_by_name_and_forgotten_after_one_that_got_in(store: Store) -> None:
    with store.write() as writer:
        for failed in (1, 2):
            writer.put_failed_sign_in("k", failed, "t")
        writer.audit("sign in failed", {})
    with store.read() as reader:
        assert reader.failed_sign_in("k") == (2, "t")
        assert reader.failed_sign_ins() == {"k": (2, "t")}
        assert reader.failed_sign_in("another") == (0, "")
    with store.write() as writer:
        writer.put_failed_sign_in("k", 0, "")
        writer.audit("sign in", {})
    with store.read() as reader:
        assert reader.failed_sign_ins() == {}


def test_a_clinic_has_accounts_once_the_audit_says_so(store: Store, path: Path) -> None:
    with store.read() as reader:
        assert not reader.has_accounts()
    with store.write() as writer:
        writer.add_user(StoredUser("m", "clinician", None, "h", writer.now(), None, 0), {})
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("DELETE FROM user")
        raw.commit()
        plan = raw.execute("EXPLAIN QUERY PLAN " + sql.FIRST_USER_ADDED.text).fetchall()
    with store.read() as reader:
        assert reader.users() == []
        assert reader.has_accounts()
    assert "ix_audit_entry_add_user" in str(plan), "the question is asked at every opening"


def test_a_writer_in_a_hurry_waits_no_longer_than_it_says(store: Store, path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(DatabaseLocked), store.write(patience=1) as writer:
            writer.audit("x", {})
        other.execute("ROLLBACK")
    with store.write(patience=1) as writer:
        writer.audit("x", {})
        assert writer.session.cursor.execute("PRAGMA busy_timeout").fetchone()[0] == BUSY_TIMEOUT
