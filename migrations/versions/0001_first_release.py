"""The tables of the first release.

Frozen: a clinic made by this revision exists somewhere. It names no class of the program, which will have changed since.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from alembic.util import CommandError

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

#: Tables whose rows are written once: triggers refuse to change or delete them.
WRITE_ONCE = ("result", "supersession", "audit_entry")


def upgrade() -> None:
    """Everything, from an empty database."""
    _people()
    _treatment()
    _results()
    _judgments()
    _audit()
    _guards(op.get_bind().dialect.name)


def _guards(dialect: str) -> None:
    """The database itself refuses to change or delete what is written once."""
    for table in WRITE_ONCE:
        for action in ("UPDATE", "DELETE"):
            name = f"{table}_no_{action.lower()}"
            if dialect == "sqlite":
                op.execute(f"CREATE TRIGGER {name} BEFORE {action} ON {table} BEGIN SELECT RAISE(ABORT, '{table} is written once'); END")
            else:
                body = f"BEGIN RAISE EXCEPTION '{table} is written once'; END"
                op.execute(f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $${body}$$")
                op.execute(f"CREATE TRIGGER {name} BEFORE {action} ON {table} EXECUTE FUNCTION {name}()")


def _people() -> None:
    """People and the program's own tables."""
    op.create_table(
        "patient",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mrn", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("birth_date", sa.String(), nullable=True),
        sa.Column("sex", sa.String(), nullable=False),
        sa.Column("weight_kg", sa.Float(), nullable=True),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("data_version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_patient"),
        sa.UniqueConstraint("mrn", name="uq_patient_mrn"),
    )
    op.create_table(
        "user",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("created_at", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_user"),
        sa.UniqueConstraint("name", name="uq_user_name"),
    )
    op.create_table(
        "setting",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_setting"),
    )


def _treatment() -> None:
    """Courses and what belongs to them, events."""
    op.create_table(
        "course",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("patient_id", sa.Integer(), nullable=False),
        sa.Column("drug", sa.String(), nullable=False),
        sa.Column("dose_mg", sa.Float(), nullable=False),
        sa.Column("frequency", sa.String(), nullable=False),
        sa.Column("start_on", sa.String(), nullable=False),
        sa.Column("stop_on", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_course"),
        sa.UniqueConstraint("patient_id", "drug", "start_on", name="uq_course_patient_id_drug_start_on"),
        sa.ForeignKeyConstraint(["patient_id"], ["patient.id"], name="fk_course_patient_id_patient"),
    )
    op.create_table(
        "dose_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("step_on", sa.String(), nullable=False),
        sa.Column("dose_mg", sa.Float(), nullable=False),
        sa.Column("frequency", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_dose_step"),
        sa.UniqueConstraint(
            "course_id", "step_on", "dose_mg", "frequency", "reason", name="uq_dose_step_course_id_step_on_dose_mg_frequency_reason"
        ),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name="fk_dose_step_course_id_course"),
    )
    op.create_table(
        "hold",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("start_on", sa.String(), nullable=False),
        sa.Column("end_on", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_hold"),
        sa.UniqueConstraint("course_id", "start_on", "reason", name="uq_hold_course_id_start_on_reason"),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name="fk_hold_course_id_course"),
    )
    op.create_table(
        "baseline_pin",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("analyte", sa.String(), nullable=False),
        sa.Column("collected_at", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_baseline_pin"),
        sa.UniqueConstraint("course_id", "analyte", name="uq_baseline_pin_course_id_analyte"),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name="fk_baseline_pin_course_id_course"),
    )
    op.create_table(
        "event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("patient_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("began_on", sa.String(), nullable=False),
        sa.Column("ended_on", sa.String(), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_event"),
        sa.UniqueConstraint("patient_id", "kind", "began_on", "note", name="uq_event_patient_id_kind_began_on_note"),
        sa.ForeignKeyConstraint(["patient_id"], ["patient.id"], name="fk_event_patient_id_patient"),
    )


def _results() -> None:
    """Results as reported, what supersedes what, and the packed copy."""
    op.create_table(
        "report_source",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("format", sa.String(), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("imported_at", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_report_source"),
    )
    op.create_table(
        "result",
        sa.Column("patient_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("analyte", sa.String(), nullable=False),
        sa.Column("ordering", sa.String(), nullable=False),
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("collected_at", sa.String(), nullable=False),
        sa.Column("value_text", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("low", sa.Float(), nullable=True),
        sa.Column("high", sa.Float(), nullable=True),
        sa.Column("low_open", sa.Integer(), nullable=False),
        sa.Column("high_open", sa.Integer(), nullable=False),
        sa.Column("unusable", sa.String(), nullable=False),
        sa.Column("ref_low", sa.String(), nullable=False),
        sa.Column("ref_high", sa.String(), nullable=False),
        sa.Column("lower_limit", sa.String(), nullable=True),
        sa.Column("upper_limit", sa.String(), nullable=True),
        sa.Column("lab", sa.String(), nullable=False),
        sa.Column("specimen_id", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("patient_id", "analyte", "ordering", "id", name="pk_result"),
        sa.ForeignKeyConstraint(["patient_id"], ["patient.id"], name="fk_result_patient_id_patient"),
        sa.ForeignKeyConstraint(["source_id"], ["report_source.id"], name="fk_result_source_id_report_source"),
        sqlite_with_rowid=False,
    )
    op.create_index("uq_result_id", "result", ["id"], unique=True)
    op.create_table(
        "supersession",
        sa.Column("superseded_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("patient_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("superseded_id", name="pk_supersession"),
        sa.ForeignKeyConstraint(["superseded_id"], ["result.id"], name="fk_supersession_superseded_id_result"),
        sa.ForeignKeyConstraint(["by_id"], ["result.id"], name="fk_supersession_by_id_result"),
        sa.ForeignKeyConstraint(["patient_id"], ["patient.id"], name="fk_supersession_patient_id_patient"),
    )
    op.create_index("ix_supersession_by_id", "supersession", ["by_id"], unique=False)
    op.create_index("ix_supersession_patient_id", "supersession", ["patient_id"], unique=False)
    op.create_table(
        "segment",
        sa.Column("patient_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("results", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("patient_id", name="pk_segment"),
        sa.ForeignKeyConstraint(["patient_id"], ["patient.id"], name="fk_segment_patient_id_patient"),
    )


def _judgments() -> None:
    """What was last judged, and what was acknowledged."""
    op.create_table(
        "assessment",
        sa.Column("patient_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("as_of", sa.String(), nullable=False),
        sa.Column("valid_until", sa.String(), nullable=True),
        sa.Column("rule_set", sa.String(), nullable=False),
        sa.Column("data_version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("severity_rank", sa.Integer(), nullable=False),
        sa.Column("worst", sa.String(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("message", sa.String(), nullable=False),
        sa.Column("next_panel", sa.String(), nullable=False),
        sa.Column("next_due", sa.String(), nullable=False),
        sa.Column("next_status", sa.String(), nullable=False),
        sa.Column("cannot_evaluate", sa.Integer(), nullable=False),
        sa.Column("last_result_on", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("patient_id", name="pk_assessment"),
        sa.ForeignKeyConstraint(["patient_id"], ["patient.id"], name="fk_assessment_patient_id_patient"),
    )
    op.create_index("ix_assessment_worklist", "assessment", ["severity_rank", "next_due", "patient_id"], unique=False)
    op.create_table(
        "finding",
        sa.Column("patient_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("severity", sa.String(), nullable=False),
        sa.Column("reasons", sa.String(), nullable=False),
        sa.Column("message", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("patient_id", "rule", name="pk_finding"),
        sa.ForeignKeyConstraint(["patient_id"], ["patient.id"], name="fk_finding_patient_id_patient"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_finding_rule", "finding", ["rule"], unique=False)
    op.create_table(
        "check_due",
        sa.Column("patient_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("panel", sa.String(), nullable=False),
        sa.Column("due_on", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("missing", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("patient_id", "panel", name="pk_check_due"),
        sa.ForeignKeyConstraint(["patient_id"], ["patient.id"], name="fk_check_due_patient_id_patient"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "acknowledgement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("patient_id", sa.Integer(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("rule_version", sa.String(), nullable=False),
        sa.Column("evidence_key", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("until_on", sa.String(), nullable=True),
        sa.Column("at", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("ended_at", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_acknowledgement"),
        sa.ForeignKeyConstraint(["patient_id"], ["patient.id"], name="fk_acknowledgement_patient_id_patient"),
    )
    op.create_index("ix_acknowledgement_patient_id", "acknowledgement", ["patient_id"], unique=False)


def _audit() -> None:
    """The chain of what was done."""
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("patient_id", sa.Integer(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("previous_hash", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit_entry"),
        sa.ForeignKeyConstraint(["patient_id"], ["patient.id"], name="fk_audit_entry_patient_id_patient"),
    )
    op.create_index("ix_audit_entry_patient_id", "audit_entry", ["patient_id"], unique=False)


def downgrade() -> None:
    """Never: rows that only this schema can hold would be lost."""
    raise CommandError(
        "A clinic is not taken back to an older schema. Before the upgrade labtrack kept it as it was (labtrack restore --list): "
        "restore that copy with the older labtrack. What was entered since is in the newer one alone: labtrack export all."
    )
