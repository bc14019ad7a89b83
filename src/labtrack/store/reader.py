"""Reading a clinic: values out of one consistent view."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from labtrack.core.record import Course, DoseStep, Event, Hold, Result
from labtrack.store import compiled as sql
from labtrack.store.audit import AuditEntry
from labtrack.store.compiled import COLUMNS
from labtrack.store.connection import Row, Session, Statement
from labtrack.store.rows import StoredPatient, StoredUser, course_of, day, event_of, patient_of, result_of, user_of

#: The columns of a line of the worklist.
_WORKLIST = (*COLUMNS["assessment"], "name", "patient_data_version", "birth_date", "sex")


@dataclass(frozen=True, slots=True)
class Filter:
    """Which lines of the worklist are meant.

    ``state`` and ``gaps`` (bits that must all be set) choose by kind. ``forward`` or ``backward``, patterns of LIKE with ``/`` as its
    escape, must be found in what a line is searched by, or the patient must have met one of ``rules`` (ids between semicolons);
    empty means all. ``mixed`` says that some assessments are out of date, as judged by ``rule_set`` and ``today``.
    """

    state: str = ""
    gaps: int = 0
    forward: str = ""
    backward: str = ""
    rules: str = ""
    mixed: bool = False
    rule_set: str = ""
    today: str = ""

    @property
    def values(self) -> dict[str, str | int]:
        """The parameters of the statements."""
        named = {name: getattr(self, name) for name in ("state", "gaps", "forward", "backward", "rules")}
        return {**named, "rule_set": self.rule_set, "today": self.today}


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where a patient stands on the worklist."""

    severity_rank: int
    due_order: str
    mrn: str


#: Before and after everybody.
FIRST, LAST = Place(-1, "", ""), Place(99, "", "")


class Reader:
    """One consistent view of a clinic."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def patient(self, mrn: str) -> StoredPatient | None:
        """The patient with this MRN."""
        row = self.session.one(sql.PATIENT, mrn=mrn)
        return patient_of(row) if row else None

    def patient_numbered(self, patient_id: int) -> StoredPatient | None:
        """The patient with this store number."""
        row = self.session.one(sql.PATIENT_BY_ID, id=patient_id)
        return patient_of(row) if row else None

    def patients(self) -> list[StoredPatient]:
        """Everyone, by store number."""
        return [patient_of(row) for row in self.session.all(sql.PATIENTS)]

    def patient_ids(self) -> dict[str, int]:
        """Store number by MRN."""
        return dict(self.session.all(sql.PATIENT_IDS))

    def courses(self, patient_id: int | None = None) -> dict[int, list[Course]]:
        """Courses by patient number, in order of start, with their dose steps and holds."""
        return {patient: [course for _, course in courses] for patient, courses in self.numbered_courses(patient_id).items()}

    def numbered_courses(self, patient_id: int | None = None) -> dict[int, list[tuple[int, Course]]]:
        """As :meth:`courses`, each with its store number."""
        mine = {} if patient_id is None else {"patient_id": patient_id}
        rows = self.session.all(sql.COURSES_OF if mine else sql.COURSES, **mine)
        doses: dict[int, list[DoseStep]] = defaultdict(list)
        holds: dict[int, list[Hold]] = defaultdict(list)
        if rows:
            for course_id, on, dose, frequency, reason in self.session.all(sql.DOSES_OF if mine else sql.DOSES, **mine):
                doses[course_id].append(DoseStep(date.fromisoformat(on), dose, frequency, reason))
            for course_id, start_on, reason, end_on in self.session.all(sql.HOLDS_OF if mine else sql.HOLDS, **mine):
                holds[course_id].append(Hold(date.fromisoformat(start_on), reason, day(end_on)))
        found: dict[int, list[tuple[int, Course]]] = defaultdict(list)
        for row in rows:
            found[row[1]].append((row[0], course_of(row, doses[row[0]], holds[row[0]])))
        return found

    def events(self, patient_id: int | None = None) -> dict[int, list[Event]]:
        """Events by patient number, in order of their day."""
        rows = self.session.all(sql.EVENTS) if patient_id is None else self.session.all(sql.EVENTS_OF, patient_id=patient_id)
        found: dict[int, list[Event]] = defaultdict(list)
        for row in rows:
            found[row[0]].append(event_of(row))
        return found

    def baseline_pins(self, patient_id: int | None = None) -> list[Row]:
        """(patient number, drug, course start, analyte, collected at, reason) of every pinned baseline."""
        return self.session.all(sql.PINS) if patient_id is None else self.session.all(sql.PINS_OF, patient_id=patient_id)

    def results(self, patient_id: int) -> list[Result]:
        """All of a patient's results in order of entry, superseded ones included and marked."""
        links = self.session.all(sql.SUPERSESSIONS_OF, patient_id=patient_id)
        return _with_links(self.session.all(sql.RESULTS_OF, patient_id=patient_id), links)

    def every_result(self) -> Iterator[tuple[int, Result]]:
        """(patient number, result) of the whole clinic in order of entry, superseded ones included and marked."""
        links = self.session.all(sql.SUPERSESSIONS)
        gone = {superseded for superseded, _ in links}
        replaced: dict[int, list[int]] = defaultdict(list)
        for superseded, by in links:
            replaced[by].append(superseded)
        for row in self.session.stream(sql.RESULTS_IN_ORDER):
            yield row[0], result_of(row, tuple(sorted(replaced.get(row[3], ()))), superseded=row[3] in gone)

    def result(self, result_id: int) -> tuple[int, Result] | None:
        """(patient number, result) of one result."""
        row = self.session.one(sql.RESULT, id=result_id)
        if row is None:
            return None
        links = self.session.all(sql.SUPERSESSIONS_OF, patient_id=row[0])
        return row[0], _with_links([row], links)[0]

    def last_result_id(self) -> int:
        """The highest result number given out."""
        row = self.session.one(sql.LAST_RESULT_ID)
        return int(row[0] or 0) if row else 0

    def standing_at(self, patient_id: int, analyte: str, ordering: str, specimen_id: str) -> list[Row]:
        """(id, value text, unit, status) of the standing results under one key, in order of entry."""
        return self.session.all(sql.STANDING_AT, patient_id=patient_id, analyte=analyte, ordering=ordering, specimen_id=specimen_id)

    def entered_at(self, patient_id: int, analyte: str, ordering: str, specimen_id: str) -> list[Row]:
        """All results ever entered under one key, in order of entry.

        As (id, value text, unit, status, superseded by or None, ordering, specimen id, the sender's identity of it or empty).
        """
        return self.session.all(sql.ENTERED_AT, patient_id=patient_id, analyte=analyte, ordering=ordering, specimen_id=specimen_id)

    def entered_as(self, patient_id: int, analyte: str, report_id: str) -> list[Row]:
        """As :meth:`entered_at`, every version of one report by the sender's identity of it, whenever collected."""
        return self.session.all(sql.ENTERED_AS, patient_id=patient_id, analyte=analyte, report_id=report_id)

    def sent_reports(self, patient_id: int) -> set[tuple[str, str]]:
        """(analyte, the sender's identity) of a patient's results that came with one."""
        return {(row[0], row[1]) for row in self.session.all(sql.SENT_REPORTS_OF, patient_id=patient_id)}

    def identified(self, authority: str, value: str) -> int | None:
        """The store number of the patient whom an authority knows under a number."""
        row = self.session.one(sql.IDENTIFIED, authority=authority, value=value)
        return int(row[0]) if row else None

    def identifiers(self, patient_id: int | None = None) -> list[Row]:
        """(patient number, authority, value) of the numbers under which others know patients."""
        if patient_id is None:
            return self.session.all(sql.IDENTIFIERS)
        return self.session.all(sql.IDENTIFIERS_OF, patient_id=patient_id)

    def result_count(self, patient_id: int) -> int:
        """How many results of a patient are recorded, standing or not."""
        row = self.session.one(sql.RESULT_COUNT_OF, patient_id=patient_id)
        return int(row[0]) if row else 0

    def segment(self, patient_id: int) -> bytes:
        """A patient's packed results; empty without any."""
        row = self.session.one(sql.SEGMENT, patient_id=patient_id)
        return bytes(row[0]) if row else b""

    def segment_stream(self) -> Iterator[tuple[int, bytes]]:
        """(patient number, packed results) of everyone who has any, by patient number."""
        yield from self.session.stream(sql.SEGMENTS)

    def out_of_date(self, rule_set: str, today: date) -> list[int]:
        """Patients without a current assessment."""
        return [row[0] for row in self.session.all(sql.OUT_OF_DATE, rule_set=rule_set, today=today.isoformat())]

    def worklist(self) -> Iterator[dict[str, object]]:
        """Every patient's stored line: the assessment's columns, and the patient's mrn, name and data version."""
        for row in self.session.stream(sql.WORKLIST):
            yield dict(zip(_WORKLIST, row, strict=True))

    def line_count(self, only: Filter) -> int:
        """How many patients a filter leaves."""
        row = self.session.one(sql.MIXED_COUNT if only.mixed else sql.KEPT_COUNT, **only.values)
        return int(row[0]) if row else 0

    def lines_after(self, only: Filter, place: Place, skipped: int, lines: int) -> list[tuple[int, Place]]:
        """Patient numbers and places, in order: ``lines`` of them at most, from the one that comes ``skipped`` after ``place``."""
        return self._lines(sql.MIXED_AFTER if only.mixed else sql.KEPT_AFTER, only, place, skipped, lines)

    def lines_before(self, only: Filter, place: Place, skipped: int, lines: int) -> list[tuple[int, Place]]:
        """As :meth:`lines_after`, backwards from ``place``; in order all the same."""
        return self._lines(sql.MIXED_BEFORE if only.mixed else sql.KEPT_BEFORE, only, place, skipped, lines)[::-1]

    def _lines(self, statement: Statement, only: Filter, place: Place, skipped: int, lines: int) -> list[tuple[int, Place]]:
        at = {"severity_rank": place.severity_rank, "due_order": place.due_order, "after_mrn": place.mrn}
        rows = self.session.all(statement, **only.values, **at, skipped=skipped, lines=lines)
        return [(row[0], Place(*row[1:])) for row in rows]

    def tallies(self) -> list[tuple[str, int, int]]:
        """(state, gaps, how many patients) of the assessments that are kept."""
        return [(str(state), int(gaps), int(count)) for state, gaps, count in self.session.all(sql.TALLIES)]

    def reviews(self, patient_id: int | None = None) -> dict[int, int]:
        """The newest result that somebody had seen at the last review, by patient number; who was never reviewed is not named."""
        rows = self.session.all(sql.REVIEWS) if patient_id is None else self.session.all(sql.REVIEW_OF, patient_id=patient_id)
        return {row[0]: row[1] for row in rows}

    def acknowledgements(self, patient_id: int | None = None) -> list[dict[str, object]]:
        """Acknowledgements that have not ended, as columns by name."""
        if patient_id is None:
            return _named("acknowledgement", self.session.all(sql.ACKNOWLEDGEMENTS))
        return _named("acknowledgement", self.session.all(sql.ACKNOWLEDGEMENTS_OF, patient_id=patient_id))

    def stored_findings(self, patient_id: int) -> list[dict[str, object]]:
        """The last assessment's findings, as columns by name."""
        return _named("finding", self.session.all(sql.FINDINGS_OF, patient_id=patient_id))

    def stored_checks(self, patient_id: int) -> list[dict[str, object]]:
        """The last assessment's checks, as columns by name."""
        return _named("check_due", self.session.all(sql.CHECKS_OF, patient_id=patient_id))

    def stored_assessment(self, patient_id: int) -> dict[str, object] | None:
        """The last assessment's line, as columns by name."""
        found = _named("assessment", self.session.all(sql.ASSESSMENT, patient_id=patient_id))
        return found[0] if found else None

    def audit_entries(self, patient_id: int | None = None) -> Iterator[AuditEntry]:
        """The audit trail, all of it or one patient's, oldest first."""
        rows = self.session.stream(sql.AUDIT) if patient_id is None else self.session.stream(sql.AUDIT_OF, patient_id=patient_id)
        return (AuditEntry(*row) for row in rows)

    def audit_entry(self, number: int) -> AuditEntry | None:
        """One entry of the audit trail."""
        row = self.session.one(sql.AUDIT_ENTRY, id=number)
        return AuditEntry(*row) if row else None

    def has_accounts(self) -> bool:
        """Whether anybody was ever given an account; asked of the audit, for rows that somebody removed would open everything."""
        row = self.session.one(sql.FIRST_USER_ADDED)
        return row is not None and row[0] is not None

    def users(self) -> list[StoredUser]:
        """Everyone who has an account, disabled or not, by name."""
        return [user_of(row) for row in self.session.all(sql.USERS)]

    def user(self, name: str) -> StoredUser | None:
        """One account."""
        row = self.session.one(sql.USER, name=name)
        return user_of(row) if row else None

    def failed_sign_in(self, name_key: str) -> tuple[int, str]:
        """(failures in a row, when the next attempt is allowed) of a name; (0, "") without any."""
        row = self.session.one(sql.FAILED_SIGN_IN, name_key=name_key)
        return (int(row[0]), str(row[1])) if row else (0, "")

    def failed_sign_ins(self) -> dict[str, tuple[int, str]]:
        """As :meth:`failed_sign_in`, by the names' digests."""
        return {str(key): (int(failed), str(next_at)) for key, failed, next_at in self.session.all(sql.FAILED_SIGN_INS)}

    def settings(self) -> dict[str, str]:
        """The clinic's settings."""
        return dict(self.session.all(sql.SETTINGS))

    def count(self, table: str) -> int:
        """How many rows a table has."""
        statement: Statement = getattr(sql, f"COUNT_{table.upper()}")
        row = self.session.one(statement)
        return int(row[0]) if row else 0

    def checked(self) -> list[str]:
        """SQLite's own faults: pages, then rows whose parents are missing."""
        if not self.session.is_sqlite:
            return []
        cursor = self.session.driver.cursor()
        faults = [str(row[0]) for row in cursor.execute("PRAGMA integrity_check") if row[0] != "ok"]
        faults += [f"{row[0]} row {row[1]} has no {row[2]}" for row in cursor.execute("PRAGMA foreign_key_check")]
        return faults


def _named(table: str, rows: list[Row]) -> list[dict[str, object]]:
    """Rows of a table as columns by name."""
    names = COLUMNS[table]
    return [dict(zip(names, row, strict=True)) for row in rows]


def _with_links(rows: list[Row], links: list[Row]) -> list[Result]:
    gone = {superseded for superseded, _ in links}
    replaced: dict[int, list[int]] = defaultdict(list)
    for superseded, by in links:
        replaced[by].append(superseded)
    return [result_of(row, tuple(sorted(replaced.get(row[3], ()))), superseded=row[3] in gone) for row in rows]
