"""Results that come as messages: who else knows a patient by which number, and what the sender itself calls a report.

Frozen: a clinic made by this revision exists somewhere. It names no class of the program, which will have changed since.

Tables of their own, so that the results of a clinic that types or imports CSV are neither rebuilt nor made wider.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from alembic.util import CommandError

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Two tables more; what is there stays as it is."""
    op.create_table(
        "patient_identifier",
        sa.Column("authority", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("patient_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("authority", "value", name="pk_patient_identifier"),
        sa.ForeignKeyConstraint(["patient_id"], ["patient.id"], name="fk_patient_identifier_patient_id_patient"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_patient_identifier_patient_id", "patient_identifier", ["patient_id"], unique=False)
    op.create_table(
        "sent_report",
        sa.Column("patient_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("analyte", sa.String(), nullable=False),
        sa.Column("report_id", sa.String(), nullable=False),
        sa.Column("result_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("patient_id", "analyte", "report_id", "result_id", name="pk_sent_report"),
        sa.ForeignKeyConstraint(["patient_id"], ["patient.id"], name="fk_sent_report_patient_id_patient"),
        sa.ForeignKeyConstraint(["result_id"], ["result.id"], name="fk_sent_report_result_id_result"),
        sqlite_with_rowid=False,
    )
    _guards(op.get_bind().dialect.name)


def _guards(dialect: str) -> None:
    """The database itself refuses to change or delete what is written once."""
    for action in ("UPDATE", "DELETE"):
        name = f"sent_report_no_{action.lower()}"
        if dialect == "sqlite":
            op.execute(
                f"CREATE TRIGGER {name} BEFORE {action} ON sent_report BEGIN SELECT RAISE(ABORT, 'sent_report is written once'); END"
            )
        else:
            body = "BEGIN RAISE EXCEPTION 'sent_report is written once'; END"
            op.execute(f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $${body}$$")
            op.execute(f"CREATE TRIGGER {name} BEFORE {action} ON sent_report EXECUTE FUNCTION {name}()")


def downgrade() -> None:
    """Never: rows that only this schema can hold would be lost."""
    raise CommandError(
        "A clinic is not taken back to an older schema. Before the upgrade labtrack kept it as it was (labtrack restore --list): "
        "restore that copy with the older labtrack. What was entered since is in the newer one alone: labtrack export all."
    )
