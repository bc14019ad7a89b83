"""Reading a clinic: values out of one consistent view."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date

from sqlalchemy import bindparam, func, select

from labtrack.core.record import Course, DoseStep, Event, Hold, Result
from labtrack.store import tables
from labtrack.store.audit import AuditEntry
from labtrack.store.connection import Row, Session, Statement
from labtrack.store.rows import StoredPatient, course_of, day, event_of, patient_of, result_of

_P, _C, _R, _S = (each.__table__.c for each in (tables.PatientRow, tables.CourseRow, tables.ResultRow, tables.SupersessionRow))  # type: ignore[attr-defined]
_D, _H, _E, _B = (each.__table__.c for each in (tables.DoseStepRow, tables.HoldRow, tables.EventRow, tables.BaselinePinRow))  # type: ignore[attr-defined]
_G, _A, _F, _K = (each.__table__.c for each in (tables.SegmentRow, tables.AssessmentRow, tables.FindingRow, tables.CheckRow))  # type: ignore[attr-defined]
_U, _L, _T = (each.__table__.c for each in (tables.AcknowledgementRow, tables.AuditEntryRow, tables.SettingRow))  # type: ignore[attr-defined]
_PATIENT = (_P.id, _P.mrn, _P.name, _P.birth_date, _P.sex, _P.weight_kg, _P.phone, _P.email, _P.data_version)
_COURSE = (_C.id, _C.patient_id, _C.drug, _C.dose_mg, _C.frequency, _C.start_on, _C.stop_on, _C.reason)
_EVENT = (_E.patient_id, _E.kind, _E.began_on, _E.ended_on, _E.note)

PATIENT = Statement(lambda: select(*_PATIENT).where(_P.mrn == bindparam("mrn")))
PATIENT_BY_ID = Statement(lambda: select(*_PATIENT).where(_P.id == bindparam("id")))
PATIENTS = Statement(lambda: select(*_PATIENT).order_by(_P.id))
PATIENT_IDS = Statement(lambda: select(_P.mrn, _P.id))
COURSES = Statement(lambda: select(*_COURSE).order_by(_C.patient_id, _C.start_on, _C.id))
COURSES_OF = Statement(lambda: select(*_COURSE).where(_C.patient_id == bindparam("patient_id")).order_by(_C.start_on, _C.id))
DOSES = Statement(lambda: select(_D.course_id, _D.step_on, _D.dose_mg, _D.frequency, _D.reason).order_by(_D.course_id, _D.step_on))
DOSES_OF = Statement(
    lambda: (
        select(_D.course_id, _D.step_on, _D.dose_mg, _D.frequency, _D.reason)
        .join_from(tables.DoseStepRow, tables.CourseRow)
        .where(_C.patient_id == bindparam("patient_id"))
        .order_by(_D.course_id, _D.step_on)
    )
)
HOLDS = Statement(lambda: select(_H.course_id, _H.start_on, _H.reason, _H.end_on).order_by(_H.course_id, _H.start_on))
HOLDS_OF = Statement(
    lambda: (
        select(_H.course_id, _H.start_on, _H.reason, _H.end_on)
        .join_from(tables.HoldRow, tables.CourseRow)
        .where(_C.patient_id == bindparam("patient_id"))
        .order_by(_H.course_id, _H.start_on)
    )
)
EVENTS = Statement(lambda: select(*_EVENT).order_by(_E.patient_id, _E.began_on, _E.id))
EVENTS_OF = Statement(lambda: select(*_EVENT).where(_E.patient_id == bindparam("patient_id")).order_by(_E.began_on, _E.id))
PINS = Statement(
    lambda: (
        select(_C.patient_id, _C.drug, _C.start_on, _B.analyte, _B.collected_at, _B.reason)
        .join_from(tables.BaselinePinRow, tables.CourseRow)
        .order_by(_C.patient_id, _B.id)
    )
)
PINS_OF = Statement(
    lambda: (
        select(_C.patient_id, _C.drug, _C.start_on, _B.analyte, _B.collected_at, _B.reason)
        .join_from(tables.BaselinePinRow, tables.CourseRow)
        .where(_C.patient_id == bindparam("patient_id"))
        .order_by(_B.id)
    )
)
RESULTS_OF = Statement(lambda: select(*_R).where(_R.patient_id == bindparam("patient_id")).order_by(_R.id))
RESULTS_IN_ORDER = Statement(lambda: select(*_R).order_by(_R.id))
RESULT = Statement(lambda: select(*_R).where(_R.id == bindparam("id")))
SUPERSESSIONS_OF = Statement(lambda: select(_S.superseded_id, _S.by_id).where(_S.patient_id == bindparam("patient_id")))
SUPERSESSIONS = Statement(lambda: select(_S.superseded_id, _S.by_id))
SUPERSEDED_BY = Statement(lambda: select(_S.by_id).where(_S.superseded_id == bindparam("id")))
LAST_RESULT_ID = Statement(lambda: select(func.max(_R.id)))
STANDING_AT = Statement(
    lambda: (
        select(_R.id, _R.value_text, _R.unit, _R.status)
        .outerjoin_from(tables.ResultRow, tables.SupersessionRow, _S.superseded_id == _R.id)
        .where(
            _R.patient_id == bindparam("patient_id"),
            _R.analyte == bindparam("analyte"),
            _R.ordering == bindparam("ordering"),
            _R.specimen_id == bindparam("specimen_id"),
            _S.superseded_id.is_(None),
        )
        .order_by(_R.id)
    )
)
SEGMENTS = Statement(lambda: select(_G.patient_id, _G.results).order_by(_G.patient_id))
SEGMENT = Statement(lambda: select(_G.results).where(_G.patient_id == bindparam("patient_id")))
ASSESSMENT = Statement(lambda: select(*_A).where(_A.patient_id == bindparam("patient_id")))
OUT_OF_DATE = Statement(
    lambda: (
        select(_P.id)
        .outerjoin_from(tables.PatientRow, tables.AssessmentRow)
        .where(
            _A.patient_id.is_(None)
            | (_A.data_version != _P.data_version)
            | (_A.rule_set != bindparam("rule_set"))
            | (_A.as_of > bindparam("today"))
            | (_A.valid_until <= bindparam("today"))
        )
    )
)
FINDINGS = Statement(lambda: select(*_F).order_by(_F.patient_id))
FINDINGS_OF = Statement(lambda: select(*_F).where(_F.patient_id == bindparam("patient_id")))
CHECKS_OF = Statement(lambda: select(*_K).where(_K.patient_id == bindparam("patient_id")))
ACKNOWLEDGEMENTS = Statement(lambda: select(*_U).where(_U.ended_at.is_(None)).order_by(_U.id))
ACKNOWLEDGEMENTS_OF = Statement(lambda: select(*_U).where(_U.patient_id == bindparam("patient_id"), _U.ended_at.is_(None)).order_by(_U.id))
AUDIT = Statement(lambda: select(*_L).order_by(_L.id))
AUDIT_OF = Statement(lambda: select(*_L).where(_L.patient_id == bindparam("patient_id")).order_by(_L.id))
LAST_AUDIT = Statement(lambda: select(_L.id, _L.hash).where(_L.id == select(func.max(_L.id)).scalar_subquery()))
SETTINGS = Statement(lambda: select(_T.key, _T.value))
_WORKLIST = (*_A, _P.mrn, _P.name, _P.data_version, _P.birth_date, _P.sex)
WORKLIST = Statement(
    lambda: select(*_WORKLIST).join_from(tables.AssessmentRow, tables.PatientRow).order_by(_A.severity_rank, _A.next_due, _P.mrn)
)
COUNTS = {
    name: Statement(lambda table=table: select(func.count()).select_from(table))  # type: ignore[misc]
    for name, table in tables.METADATA.tables.items()
}


class Reader:
    """One consistent view of a clinic."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def patient(self, mrn: str) -> StoredPatient | None:
        """The patient with this MRN."""
        row = self.session.one(PATIENT, mrn=mrn)
        return patient_of(row) if row else None

    def patient_numbered(self, patient_id: int) -> StoredPatient | None:
        """The patient with this store number."""
        row = self.session.one(PATIENT_BY_ID, id=patient_id)
        return patient_of(row) if row else None

    def patients(self) -> list[StoredPatient]:
        """Everyone, by store number."""
        return [patient_of(row) for row in self.session.all(PATIENTS)]

    def patient_ids(self) -> dict[str, int]:
        """Store number by MRN."""
        return dict(self.session.all(PATIENT_IDS))

    def courses(self, patient_id: int | None = None) -> dict[int, list[Course]]:
        """Courses by patient number, in order of start, with their dose steps and holds."""
        return {patient: [course for _, course in courses] for patient, courses in self.numbered_courses(patient_id).items()}

    def numbered_courses(self, patient_id: int | None = None) -> dict[int, list[tuple[int, Course]]]:
        """As :meth:`courses`, each with its store number."""
        mine = {} if patient_id is None else {"patient_id": patient_id}
        rows = self.session.all(COURSES_OF if mine else COURSES, **mine)
        doses: dict[int, list[DoseStep]] = defaultdict(list)
        holds: dict[int, list[Hold]] = defaultdict(list)
        if rows:
            for course_id, on, dose, frequency, reason in self.session.all(DOSES_OF if mine else DOSES, **mine):
                doses[course_id].append(DoseStep(date.fromisoformat(on), dose, frequency, reason))
            for course_id, start_on, reason, end_on in self.session.all(HOLDS_OF if mine else HOLDS, **mine):
                holds[course_id].append(Hold(date.fromisoformat(start_on), reason, day(end_on)))
        found: dict[int, list[tuple[int, Course]]] = defaultdict(list)
        for row in rows:
            found[row[1]].append((row[0], course_of(row, doses[row[0]], holds[row[0]])))
        return found

    def events(self, patient_id: int | None = None) -> dict[int, list[Event]]:
        """Events by patient number, in order of their day."""
        rows = self.session.all(EVENTS) if patient_id is None else self.session.all(EVENTS_OF, patient_id=patient_id)
        found: dict[int, list[Event]] = defaultdict(list)
        for row in rows:
            found[row[0]].append(event_of(row))
        return found

    def baseline_pins(self, patient_id: int | None = None) -> list[Row]:
        """(patient number, drug, course start, analyte, collected at, reason) of every pinned baseline."""
        return self.session.all(PINS) if patient_id is None else self.session.all(PINS_OF, patient_id=patient_id)

    def results(self, patient_id: int) -> list[Result]:
        """All of a patient's results in order of entry, superseded ones included and marked."""
        links = self.session.all(SUPERSESSIONS_OF, patient_id=patient_id)
        return _with_links(self.session.all(RESULTS_OF, patient_id=patient_id), links)

    def every_result(self) -> Iterator[tuple[int, Result]]:
        """(patient number, result) of the whole clinic in order of entry, superseded ones included and marked."""
        links = self.session.all(SUPERSESSIONS)
        gone = {superseded for superseded, _ in links}
        replaced: dict[int, list[int]] = defaultdict(list)
        for superseded, by in links:
            replaced[by].append(superseded)
        for row in self.session.stream(RESULTS_IN_ORDER):
            yield row[0], result_of(row, tuple(sorted(replaced.get(row[3], ()))), superseded=row[3] in gone)

    def result(self, result_id: int) -> tuple[int, Result] | None:
        """(patient number, result) of one result."""
        row = self.session.one(RESULT, id=result_id)
        if row is None:
            return None
        return row[0], result_of(row, superseded=self.session.one(SUPERSEDED_BY, id=result_id) is not None)

    def last_result_id(self) -> int:
        """The highest result number given out."""
        row = self.session.one(LAST_RESULT_ID)
        return int(row[0] or 0) if row else 0

    def standing_at(self, patient_id: int, analyte: str, ordering: str, specimen_id: str) -> list[Row]:
        """(id, value text, unit, status) of the standing results under one key, in order of entry."""
        return self.session.all(STANDING_AT, patient_id=patient_id, analyte=analyte, ordering=ordering, specimen_id=specimen_id)

    def segment(self, patient_id: int) -> bytes:
        """A patient's packed results; empty without any."""
        row = self.session.one(SEGMENT, patient_id=patient_id)
        return bytes(row[0]) if row else b""

    def segment_stream(self) -> Iterator[tuple[int, bytes]]:
        """(patient number, packed results) of everyone who has any, by patient number."""
        return self.session.stream(SEGMENTS)  # type: ignore[return-value]

    def out_of_date(self, rule_set: str, today: date) -> list[int]:
        """Patients without a current assessment."""
        return [row[0] for row in self.session.all(OUT_OF_DATE, rule_set=rule_set, today=today.isoformat())]

    def worklist(self) -> Iterator[dict[str, object]]:
        """Every patient's stored line: the assessment's columns, and the patient's mrn, name and data version."""
        names = [column.name for column in _WORKLIST]
        names[-3] = "patient_data_version"
        for row in self.session.stream(WORKLIST):
            yield dict(zip(names, row, strict=True))

    def acknowledgements(self, patient_id: int | None = None) -> list[dict[str, object]]:
        """Acknowledgements that have not ended, as columns by name."""
        names = [column.name for column in _U]
        rows = self.session.all(ACKNOWLEDGEMENTS) if patient_id is None else self.session.all(ACKNOWLEDGEMENTS_OF, patient_id=patient_id)
        return [dict(zip(names, row, strict=True)) for row in rows]

    def stored_findings(self, patient_id: int) -> list[dict[str, object]]:
        """The last assessment's findings, as columns by name."""
        return _named(_F, self.session.all(FINDINGS_OF, patient_id=patient_id))

    def stored_checks(self, patient_id: int) -> list[dict[str, object]]:
        """The last assessment's checks, as columns by name."""
        return _named(_K, self.session.all(CHECKS_OF, patient_id=patient_id))

    def stored_assessment(self, patient_id: int) -> dict[str, object] | None:
        """The last assessment's line, as columns by name."""
        found = _named(_A, self.session.all(ASSESSMENT, patient_id=patient_id))
        return found[0] if found else None

    def audit_entries(self, patient_id: int | None = None) -> Iterator[AuditEntry]:
        """The audit trail, all of it or one patient's, oldest first."""
        rows = self.session.stream(AUDIT) if patient_id is None else self.session.stream(AUDIT_OF, patient_id=patient_id)
        return (AuditEntry(*row) for row in rows)

    def settings(self) -> dict[str, str]:
        """The clinic's settings."""
        return dict(self.session.all(SETTINGS))

    def count(self, table: str) -> int:
        """How many rows a table has."""
        row = self.session.one(COUNTS[table])
        return int(row[0]) if row else 0

    def checked(self) -> list[str]:
        """SQLite's own faults: pages, then rows whose parents are missing."""
        if self.session.dialect.name != "sqlite":
            return []
        cursor = self.session.driver.cursor()
        faults = [str(row[0]) for row in cursor.execute("PRAGMA integrity_check") if row[0] != "ok"]
        faults += [f"{row[0]} row {row[1]} has no {row[2]}" for row in cursor.execute("PRAGMA foreign_key_check")]
        return faults


def _named(columns: Iterable[object], rows: list[Row]) -> list[dict[str, object]]:
    names = [column.name for column in columns]  # type: ignore[attr-defined]
    return [dict(zip(names, row, strict=True)) for row in rows]


def _with_links(rows: list[Row], links: list[Row]) -> list[Result]:
    gone = {superseded for superseded, _ in links}
    replaced: dict[int, list[int]] = defaultdict(list)
    for superseded, by in links:
        replaced[by].append(superseded)
    return [result_of(row, tuple(sorted(replaced.get(row[3], ()))), superseded=row[3] in gone) for row in rows]
