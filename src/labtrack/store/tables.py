"""The tables of a clinic, as SQLModel classes: the source of truth for the schema.

Dates and times are ISO text, so that every back end compares and returns them alike. Values are checked in ``core`` and
``catalogue`` before they come here: table classes do not validate. ``result``, ``supersession``, ``sent_report`` and ``audit_entry``
are written once; ``segment``, ``assessment``, ``finding`` and ``check_due`` are derived from the rest and can be made anew.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, LargeBinary, MetaData, Text, UniqueConstraint, text
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

#: Set before the first class, so that every constraint has a name that an upgrade can refer to.
METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)
#: Clustered by its primary key: one patient's rows lie together on disk.
CLUSTERED = {"sqlite_with_rowid": False}
#: What the audit says when an account is made.
ADDED_USER = "action = 'add user'"
WRITE_ONCE = ("result", "supersession", "sent_report", "audit_entry")


class Base(SQLModel, registry=registry(metadata=METADATA)):
    """What all tables share: their metadata."""


def _owned(table: str) -> Any:
    """A primary key that is another table's number."""
    return Field(sa_column=Column(ForeignKey(f"{table}.id"), primary_key=True, autoincrement=False))


class PatientRow(Base, table=True):
    """A person under monitoring. ``data_version`` counts the writes that touched the record."""

    __tablename__ = "patient"
    __table_args__ = (UniqueConstraint("mrn"),)
    id: int | None = Field(default=None, primary_key=True)
    mrn: str
    name: str
    birth_date: str | None = None
    sex: str = ""
    weight_kg: float | None = None
    phone: str = ""
    email: str = ""
    data_version: int = 0


class PatientIdentifierRow(Base, table=True):
    """A number under which somebody else knows a patient: laboratories and hospitals each count their own."""

    __tablename__ = "patient_identifier"
    __table_args__ = (CLUSTERED,)
    authority: str = Field(primary_key=True)
    value: str = Field(primary_key=True)
    patient_id: int = Field(foreign_key="patient.id", index=True)


class CourseRow(Base, table=True):
    """One drug from its start to its stop."""

    __tablename__ = "course"
    __table_args__ = (UniqueConstraint("patient_id", "drug", "start_on"),)
    id: int | None = Field(default=None, primary_key=True)
    patient_id: int = Field(foreign_key="patient.id")
    drug: str
    dose_mg: float
    frequency: str
    start_on: str
    stop_on: str | None = None
    reason: str = ""


class DoseStepRow(Base, table=True):
    """A change of dose."""

    __tablename__ = "dose_step"
    __table_args__ = (UniqueConstraint("course_id", "step_on", "dose_mg", "frequency", "reason"),)
    id: int | None = Field(default=None, primary_key=True)
    course_id: int = Field(foreign_key="course.id")
    step_on: str
    dose_mg: float
    frequency: str
    reason: str = ""


class HoldRow(Base, table=True):
    """The drug paused."""

    __tablename__ = "hold"
    __table_args__ = (UniqueConstraint("course_id", "start_on", "reason"),)
    id: int | None = Field(default=None, primary_key=True)
    course_id: int = Field(foreign_key="course.id")
    start_on: str
    end_on: str | None = None
    reason: str = ""


class EventRow(Base, table=True):
    """Something that happened or was done; screening items are events."""

    __tablename__ = "event"
    __table_args__ = (UniqueConstraint("patient_id", "kind", "began_on", "note"),)
    id: int | None = Field(default=None, primary_key=True)
    patient_id: int = Field(foreign_key="patient.id")
    kind: str
    began_on: str
    ended_on: str | None = None
    note: str = ""


class BaselinePinRow(Base, table=True):
    """A baseline chosen by a clinician, with the reason."""

    __tablename__ = "baseline_pin"
    __table_args__ = (UniqueConstraint("course_id", "analyte"),)
    id: int | None = Field(default=None, primary_key=True)
    course_id: int = Field(foreign_key="course.id")
    analyte: str
    collected_at: str
    reason: str


class ReportSourceRow(Base, table=True):
    """A file that results came from."""

    __tablename__ = "report_source"
    id: int | None = Field(default=None, primary_key=True)
    sha256: str
    format: str
    file_name: str
    imported_at: str
    actor: str


class ResultRow(Base, table=True):
    """One reported result, as printed and in canonical units. Never updated, never deleted.

    ``ordering`` is the local collection time used for order (no time: 00:00); ``collected_at`` is what was reported. ``low`` and
    ``high`` are empty when the report is not usable; a limit of ``nan`` was printed but cannot be read.
    """

    __tablename__ = "result"
    __table_args__ = (Index("uq_result_id", "id", unique=True), CLUSTERED)
    patient_id: int = _owned("patient")
    analyte: str = Field(primary_key=True)
    ordering: str = Field(primary_key=True)
    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    collected_at: str
    value_text: str
    unit: str
    status: str
    low: float | None = None
    high: float | None = None
    low_open: int = 0
    high_open: int = 0
    unusable: str = ""
    ref_low: str = ""
    ref_high: str = ""
    lower_limit: str | None = None
    upper_limit: str | None = None
    lab: str = ""
    specimen_id: str = ""
    note: str = ""
    code: str = ""
    method: str = ""
    source_id: int | None = Field(default=None, foreign_key="report_source.id")


class SupersessionRow(Base, table=True):
    """A result that another replaced or struck: each at most once."""

    __tablename__ = "supersession"
    superseded_id: int = _owned("result")
    by_id: int = Field(foreign_key="result.id", index=True)
    patient_id: int = Field(foreign_key="patient.id", index=True)


class SentReportRow(Base, table=True):
    """The sender's own identity of a result, the same in every version of it: HL7's filler number and code, FHIR's identifier."""

    __tablename__ = "sent_report"
    __table_args__ = (CLUSTERED,)
    patient_id: int = _owned("patient")
    analyte: str = Field(primary_key=True)
    report_id: str = Field(primary_key=True)
    result_id: int = _owned("result")


class SegmentRow(Base, table=True):
    """A patient's standing results packed for the engine; derived from ``result``."""

    __tablename__ = "segment"
    patient_id: int = _owned("patient")
    results: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class AssessmentRow(Base, table=True):
    """What was last judged about a patient, and the line that the worklist shows of it.

    Current while ``data_version`` and ``rule_set`` agree with the patient and the program, and ``valid_until`` (empty: never) is
    later than today. The worklist's order is (``severity_rank``, ``due_order``, ``mrn``); its first index answers which patients
    stand where, whatever they are filtered by, and its second how many there are of each kind, without a row of the table.
    ``due_order`` is the next check's date, or what sorts after every date; ``search`` what a typed text is looked for in; ``gaps``
    are bits (:data:`labtrack.core.judgment.GAPS`).
    """

    __tablename__ = "assessment"
    __table_args__ = (
        Index("ix_assessment_worklist", "severity_rank", "due_order", "mrn", "patient_id", "state", "gaps", "search"),
        Index("ix_assessment_tally", "state", "gaps"),
    )
    patient_id: int = _owned("patient")
    as_of: str
    valid_until: str | None = None
    rule_set: str
    data_version: int
    state: str
    severity_rank: int
    worst: str = ""
    rule: str = ""
    message: str = ""
    next_panel: str = ""
    next_due: str = ""
    next_status: str = ""
    cannot_evaluate: int = 0
    last_result_on: str = ""
    mrn: str = ""
    due_order: str = ""
    search: str = ""
    gaps: int = 0
    headline: str = ""
    basis: str = ""
    last_result_id: int = 0


class FindingRow(Base, table=True):
    """One met or not evaluable rule of the last assessment."""

    __tablename__ = "finding"
    __table_args__ = (Index("ix_finding_rule", "rule"), CLUSTERED)
    patient_id: int = _owned("patient")
    rule: str = Field(primary_key=True)
    verdict: str
    severity: str
    reasons: str = ""
    message: str = ""
    source: str = ""
    evidence: str = Field(default="[]", sa_column=Column(Text, nullable=False))


class CheckRow(Base, table=True):
    """One next check of the last assessment."""

    __tablename__ = "check_due"
    __table_args__ = (CLUSTERED,)
    patient_id: int = _owned("patient")
    panel: str = Field(primary_key=True)
    due_on: str
    status: str
    reason: str = ""
    missing: str = ""


class AcknowledgementRow(Base, table=True):
    """A finding seen by a person: bound to the rules' version and to the results that fired; ends with either, or on its date."""

    __tablename__ = "acknowledgement"
    id: int | None = Field(default=None, primary_key=True)
    patient_id: int = Field(foreign_key="patient.id", index=True)
    rule: str
    rule_version: str
    evidence_key: str
    reason: str
    until_on: str | None = None
    at: str
    actor: str
    ended_at: str | None = None


class ReviewRow(Base, table=True):
    """When somebody last looked at a patient's results, and the newest of them at that time."""

    __tablename__ = "review"
    patient_id: int = _owned("patient")
    result_id: int
    reviewed_at: str
    actor: str


class AuditEntryRow(Base, table=True):
    """One thing done, chained by hash to the one before. Never updated, never deleted."""

    __tablename__ = "audit_entry"
    #: Holds hardly anything, and answers at every opening whether anybody ever had an account here.
    __table_args__ = (Index("ix_audit_entry_add_user", "id", sqlite_where=text(ADDED_USER), postgresql_where=text(ADDED_USER)),)
    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    at: str
    actor: str
    action: str
    patient_id: int | None = Field(default=None, foreign_key="patient.id", index=True)
    detail: str = Field(sa_column=Column(Text, nullable=False))
    previous_hash: str
    hash: str


class UserRow(Base, table=True):
    """A person who uses the program. Never deleted; ``audit_id`` names the audit entry that holds the hash of the row as it stands.

    ``passphrase_hash`` is argon2's own text: parameters, salt and hash. A *patient* has the one record of ``patient_id``.
    """

    __tablename__ = "user"
    __table_args__ = (
        UniqueConstraint("name"),
        CheckConstraint("role IN ('clinician', 'viewer', 'patient')", name="role"),
        CheckConstraint("(role = 'patient') = (patient_id IS NOT NULL)", name="record"),
    )
    id: int | None = Field(default=None, primary_key=True)
    name: str
    role: str
    patient_id: int | None = Field(default=None, foreign_key="patient.id")
    passphrase_hash: str
    created_at: str
    disabled_at: str | None = None
    audit_id: int = Field(foreign_key="audit_entry.id")


class FailedSignInRow(Base, table=True):
    """How often in a row nobody got in under a name, and until when nobody may try again.

    By a short digest of the name and for names that nobody has as well, so that neither the answer nor the time it takes tells them
    apart; a passphrase typed in place of a name is not kept.
    """

    __tablename__ = "failed_sign_in"
    name_key: str = Field(primary_key=True)
    failed: int
    next_at: str


class SettingRow(Base, table=True):
    """One setting of the clinic."""

    __tablename__ = "setting"
    key: str = Field(primary_key=True)
    value: str
