"""Writing a clinic: inside one transaction, every change with its audit entry."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

from labtrack.core.errors import StoreError
from labtrack.core.record import CollectedAt, Course, DoseStep, Event, Hold, Patient
from labtrack.store import compiled as sql
from labtrack.store.audit import GENESIS, canonical, entry_hash
from labtrack.store.compiled import COLUMNS
from labtrack.store.connection import Row, Session, Statement
from labtrack.store.reader import Reader
from labtrack.store.rows import RESULT_COLUMNS, StoredUser, text_of
from labtrack.store.seals import KEY, Seals

#: The columns of ``assessment`` in the table's order.
ASSESSMENT_COLUMNS = COLUMNS["assessment"]


class _Entry(NamedTuple):
    """An audit entry that is not written yet; its detail may still be given a seal."""

    id: int
    at: str
    action: str
    patient_id: int | None
    detail: Mapping[str, object]


class Writer(Reader):
    """The one open transaction of a writer. Nothing is visible to others before it ends."""

    def __init__(self, session: Session, actor: str, clock: Callable[[], datetime]) -> None:
        super().__init__(session)
        self.actor = actor
        self._clock = clock
        self._seals = Seals(session)
        #: Number and hash of the last entry that was written.
        self._audit_tail: tuple[int, str] | None = None
        self._entries: list[_Entry] = []
        self._is_changed = False
        self._is_audited = False

    def now(self) -> str:
        """This moment in UTC, ISO."""
        return self._clock().astimezone(UTC).isoformat(timespec="milliseconds")

    def add_patient(self, patient: Patient) -> int:
        """A new patient; the store number."""
        values = _patient_values(patient)
        number = self._add("patient", sql.ADD_PATIENT, mrn=patient.mrn, data_version=0, **values)
        self._seals.begin(number)
        return number

    def edit_patient(self, patient_id: int, patient: Patient) -> None:
        """Everything about a patient but the MRN."""
        self._edit("patient", sql.EDIT_PATIENT, patient_id, **_patient_values(patient))

    def touch(self, patient_ids: Iterable[int]) -> None:
        """Count a write to these patients' records."""
        self._change_many(sql.TOUCH, [(each,) for each in patient_ids])

    def add_course(self, patient_id: int, course: Course) -> int:
        """A new course without its steps and holds; the store number."""
        key = {"patient_id": patient_id, "drug": course.drug, "start_on": course.start_on.isoformat()}
        return self._add("course", sql.ADD_COURSE, **key, **_course_values(course))

    def edit_course(self, course_id: int, course: Course) -> None:
        """Dose, frequency, stop and reason of a course; drug and start are its key."""
        self._edit("course", sql.EDIT_COURSE, course_id, **_course_values(course))

    def put_dose(self, course_id: int, step: DoseStep) -> None:
        """A dose step, unless the very same is there; of two of one day the later entered counts."""
        values = {
            "course_id": course_id,
            "step_on": step.on.isoformat(),
            "dose_mg": step.dose_mg,
            "frequency": step.frequency,
            "reason": step.reason,
        }
        if self.session.one(sql.FIND_DOSE, **values) is None:
            self._add("dose_step", sql.ADD_DOSE, **values)

    def put_hold(self, course_id: int, hold: Hold) -> None:
        """A hold; of the one with the same start and reason the end is amended."""
        key = {"course_id": course_id, "start_on": hold.start_on.isoformat(), "reason": hold.reason}
        self._put("hold", sql.FIND_HOLD, sql.ADD_HOLD, sql.EDIT_HOLD, key, {"end_on": text_of(hold.end_on)})

    def put_event(self, patient_id: int, event: Event) -> None:
        """An event; of the one with the same kind, day and note the end is amended."""
        key = {"patient_id": patient_id, "kind": event.kind, "began_on": event.on.isoformat(), "note": event.note}
        self._put("event", sql.FIND_EVENT, sql.ADD_EVENT, sql.EDIT_EVENT, key, {"ended_on": text_of(event.ended_on)})

    def pin_baseline(self, course_id: int, analyte: str, collected_at: CollectedAt, reason: str) -> None:
        """A baseline chosen for a course; an earlier choice for the analyte is amended."""
        values = {"collected_at": str(collected_at), "reason": reason}
        self._put("baseline_pin", sql.FIND_PIN, sql.ADD_PIN, sql.EDIT_PIN, {"course_id": course_id, "analyte": analyte}, values)

    def _put(self, table: str, find: Statement, add: Statement, edit: Statement, key: Mapping[str, Any], values: Mapping[str, Any]) -> None:
        found = self.session.one(find, **key)
        if found is None:
            self._add(table, add, **key, **values)
        else:
            self._edit(table, edit, found[0], **values)

    def add_source(self, sha256: str, format: str, file_name: str) -> int:
        """A file that results come from; the store number. No change to the record by itself: the audit is of what it brought."""
        self.session.run(sql.ADD_SOURCE, sha256=sha256, format=format, file_name=file_name, imported_at=self.now(), actor=self.actor)
        return self._new_id()

    def insert_results(self, rows: Iterable[Row]) -> None:
        """Results as tuples in the order of :data:`labtrack.store.rows.RESULT_COLUMNS`, numbers given by the caller."""
        self._add_many("result", sql.ADD_RESULT, rows, RESULT_COLUMNS.index("patient_id"))

    def add_sent_reports(self, rows: Iterable[tuple[int, str, str, int]]) -> None:
        """The sender's identity of results: (patient number, analyte, identity, result)."""
        self._add_many("sent_report", sql.ADD_SENT_REPORT, rows, 0)

    def add_identifier(self, authority: str, value: str, patient_id: int) -> None:
        """A number under which somebody else knows a patient."""
        self._add_many("patient_identifier", sql.ADD_IDENTIFIER, [(authority, value, patient_id)], 2)

    def supersede(self, links: Iterable[tuple[int, int, int]]) -> None:
        """(superseded result, by result, patient number): each result is superseded at most once."""
        self._add_many("supersession", sql.ADD_SUPERSESSION, links, 2)

    def put_segments(self, segments: Iterable[tuple[int, bytes]]) -> None:
        """Packed results by patient number, in place of what was there."""
        rows = list(segments)
        self.session.run_many(sql.DROP_SEGMENT, [(patient,) for patient, _ in rows])
        self.session.run_many(sql.ADD_SEGMENT, rows)

    def put_assessments(self, lines: Sequence[Row], findings: Iterable[Row], checks: Iterable[Row]) -> None:
        """Assessments in place of the last: ``lines`` in the order of :data:`ASSESSMENT_COLUMNS`, the others in their tables'."""
        owners = [(line[0],) for line in lines]
        for statement in (sql.DROP_ASSESSMENT, sql.DROP_FINDINGS, sql.DROP_CHECKS):
            self.session.run_many(statement, owners)
        self.session.run_many(sql.ADD_ASSESSMENT, lines)
        self.session.run_many(sql.ADD_FINDING, findings)
        self.session.run_many(sql.ADD_CHECK, checks)

    def acknowledge(self, patient_id: int, rule: str, rule_version: str, evidence_key: str, reason: str, until: date | None) -> None:
        """A finding seen, bound to the rule's version and to the results that fired."""
        self._add(
            "acknowledgement",
            sql.ADD_ACKNOWLEDGEMENT,
            patient_id=patient_id,
            rule=rule,
            rule_version=rule_version,
            evidence_key=evidence_key,
            reason=reason,
            until_on=text_of(until),
            at=self.now(),
            actor=self.actor,
            ended_at=None,
        )

    def review(self, patient_id: int, result_id: int) -> None:
        """Somebody looked at a patient's results up to the one of this number."""
        self._seals.review(patient_id, -1)
        self._change(sql.DROP_REVIEW, patient_id=patient_id)
        self._change(sql.ADD_REVIEW, patient_id=patient_id, result_id=result_id, reviewed_at=self.now(), actor=self.actor)
        self._seals.review(patient_id, 1)

    def end_acknowledgement(self, acknowledgement_id: int) -> None:
        """It no longer holds."""
        self._edit("acknowledgement", sql.END_ACKNOWLEDGEMENT, acknowledgement_id, ended_at=self.now())

    def note(self, key: str, value: str) -> None:
        """One setting that the program keeps for itself; no change to the record."""
        self.session.run(sql.DROP_SETTING, setting_key=key)
        self.session.run(sql.ADD_SETTING, key=key, value=value)

    def set_setting(self, key: str, value: str) -> None:
        """One setting of the clinic."""
        self._change(sql.DROP_SETTING, setting_key=key)
        self._change(sql.ADD_SETTING, key=key, value=value)

    def add_user(self, user: StoredUser, detail: Mapping[str, object]) -> None:
        """A new account and its audit entry ``add user``, which holds the hash of the row; ``user.audit_id`` is given here."""
        number = self.audit("add user", {**detail, "row": user.digest}, user.patient_id)
        self._write_entries()  # the row names its entry
        values = {"role": user.role, "patient_id": user.patient_id, "created_at": user.created_at}
        self._change(sql.ADD_USER, name=user.name, **values, **_user_values(user), audit_id=number)

    def edit_user(self, user: StoredUser, action: str, detail: Mapping[str, object]) -> None:
        """Passphrase and disabling of an account, and the audit entry, which holds the hash of the row."""
        number = self.audit(action, {**detail, "row": user.digest}, user.patient_id)
        self._write_entries()
        self._change(sql.EDIT_USER, user_name=user.name, **_user_values(user), audit_id=number)

    def put_failed_sign_in(self, name_key: str, failed: int, next_at: str) -> None:
        """How often nobody got in under a name; 0: somebody did, nothing is kept."""
        self._change(sql.DROP_FAILED_SIGN_IN, key=name_key)
        if failed:
            self._change(sql.ADD_FAILED_SIGN_IN, name_key=name_key, failed=failed, next_at=next_at)

    def audit(self, action: str, detail: Mapping[str, object], patient_id: int | None = None) -> int:
        """One more entry of the chain; its number. The last one of this transaction about a patient holds the record's seal."""
        if self._audit_tail is None:
            last = self.session.one(sql.LAST_AUDIT)
            self._audit_tail = (int(last[0]), str(last[1])) if last else (0, GENESIS)
        number = self._audit_tail[0] + len(self._entries) + 1
        self._entries.append(_Entry(number, self.now(), action, patient_id, detail))
        self._is_audited = True
        return number

    def finish(self) -> None:
        """Called before the commit. Raises StoreError when the record was changed and no audit entry says so."""
        if self._is_changed and not self._is_audited:
            raise StoreError("A change to the record came without its audit entry.", "Nothing was changed. Please report this.")
        self._write_entries()

    def _write_entries(self) -> None:
        """The entries so far, chained, each patient's last one with the seal of what was changed; one more for who has none."""
        last = {entry.patient_id: place for place, entry in enumerate(self._entries)}
        for patient in self._seals.changed:
            if patient not in last:
                last[patient] = len(self._entries)
                self.audit(KEY, {}, patient)
            place = last[patient]
            entry = self._entries[place]
            self._entries[place] = entry._replace(detail={**entry.detail, KEY: self._seals.taken(patient)})
        if self._audit_tail is None:
            return
        number, previous = self._audit_tail
        rows = []
        for entry in self._entries:
            number = entry.id
            content = (number, entry.at, self.actor, entry.action, entry.patient_id, canonical(entry.detail))
            digest = entry_hash(previous, *content)
            rows.append((*content, previous, digest))
            previous = digest
        self.session.run_many(sql.ADD_AUDIT, rows)
        self._audit_tail = (number, previous)
        self._entries.clear()

    def _add(self, table: str, statement: Statement, **values: Any) -> int:
        """A new row of the record; its number."""
        self._change(statement, **values)
        number = self._new_id()
        self._seals.row(table, number)
        return number

    def _edit(self, table: str, statement: Statement, row_id: int, **values: Any) -> None:
        """Change a row of the record."""
        self._seals.row(table, row_id, -1)
        self._change(statement, row_id=row_id, **values)
        self._seals.row(table, row_id)

    def _add_many(self, table: str, statement: Statement, rows: Iterable[Row], owner: int) -> None:
        """New rows of the record, whole; ``owner`` is the place of the patient's number in them."""
        rows = list(rows)
        self._change_many(statement, rows)
        self._seals.rows(table, rows, owner)

    def _change(self, statement: Statement, **values: Any) -> None:
        """Change the record, as against what is derived from it."""
        self._is_changed = True
        self.session.run(statement, **values)

    def _change_many(self, statement: Statement, rows: Iterable[Row]) -> None:
        self._is_changed = True
        self.session.run_many(statement, rows)

    def _new_id(self) -> int:
        """The number that the database gave the row just added."""
        if self.session.is_sqlite:
            return int(self.session.cursor.lastrowid)
        self.session.cursor.execute("SELECT lastval()")
        return int(self.session.cursor.fetchone()[0])


def _patient_values(patient: Patient) -> dict[str, Any]:
    return {
        "name": patient.name,
        "birth_date": text_of(patient.birth_date),
        "sex": patient.sex.value,
        "weight_kg": patient.weight_kg,
        "phone": patient.phone,
        "email": patient.email,
    }


def _user_values(user: StoredUser) -> dict[str, Any]:
    return {"passphrase_hash": user.passphrase_hash, "disabled_at": user.disabled_at}


def _course_values(course: Course) -> dict[str, Any]:
    return {
        "dose_mg": course.dose_mg,
        "frequency": course.frequency,
        "stop_on": text_of(course.stop_on),
        "reason": course.reason,
    }
