"""The worklist can be read from anywhere: its order, what it is searched by and its counts stand in two indexes; reviews are kept.

Frozen: a clinic made by this revision exists somewhere. It names no class of the program, which will have changed since.

What was judged stays, but is marked as out of date: the new columns follow from the record by rules that a migration cannot know.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from alembic.util import CommandError

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

#: Rows moved at a time.
_SOME = 5_000
_KEPT = (
    "patient_id", "as_of", "valid_until", "data_version", "state", "severity_rank", "worst", "rule", "message", "next_panel",
    "next_due", "next_status", "cannot_evaluate", "last_result_on",
)  # fmt: skip


def upgrade() -> None:
    """Assessments get their new columns, and reviews a table."""
    columns = ", ".join(f"assessment.{name}" for name in _KEPT)
    query = f"SELECT {columns}, patient.mrn, patient.name FROM assessment JOIN patient ON patient.id = assessment.patient_id"  # nosec B608
    rows = [_row(each) for each in op.get_bind().execute(sa.text(query)).mappings()]
    op.drop_index("ix_assessment_worklist", table_name="assessment")
    op.drop_table("assessment")
    made = _assessments()
    for first in range(0, len(rows), _SOME):
        op.bulk_insert(made, rows[first : first + _SOME])
    op.create_index(
        "ix_assessment_worklist",
        "assessment",
        ["severity_rank", "due_order", "mrn", "patient_id", "state", "gaps", "search"],
        unique=False,
    )
    op.create_index("ix_assessment_tally", "assessment", ["state", "gaps"], unique=False)
    op.create_table(
        "review",
        sa.Column("patient_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("result_id", sa.Integer(), nullable=False),
        sa.Column("reviewed_at", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("patient_id", name="pk_review"),
        sa.ForeignKeyConstraint(["patient_id"], ["patient.id"], name="fk_review_patient_id_patient"),
    )


def _row(old: sa.RowMapping) -> dict[str, object]:
    """An assessment of no rule set: what it says is shown as old until the patient is judged again."""
    kept: dict[str, object] = {name: old[name] for name in _KEPT}
    search = f"{old['name']} {old['mrn']}".casefold()[:300]
    new = {"rule_set": "", "mrn": old["mrn"], "due_order": old["next_due"] or "~", "search": search}
    return {**kept, **new, "gaps": 0, "headline": "", "basis": "", "last_result_id": 0}


def _assessments() -> sa.Table:
    """The table in the order of its columns."""
    return op.create_table(
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
        sa.Column("mrn", sa.String(), nullable=False),
        sa.Column("due_order", sa.String(), nullable=False),
        sa.Column("search", sa.String(), nullable=False),
        sa.Column("gaps", sa.Integer(), nullable=False),
        sa.Column("headline", sa.String(), nullable=False),
        sa.Column("basis", sa.String(), nullable=False),
        sa.Column("last_result_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("patient_id", name="pk_assessment"),
        sa.ForeignKeyConstraint(["patient_id"], ["patient.id"], name="fk_assessment_patient_id_patient"),
    )


def downgrade() -> None:
    """Never: rows that only this schema can hold would be lost."""
    raise CommandError(
        "A clinic is not taken back to an older schema. Before the upgrade labtrack kept it as it was (labtrack restore --list): "
        "restore that copy with the older labtrack. What was entered since is in the newer one alone: labtrack export all."
    )
