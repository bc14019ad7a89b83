"""People who use the program: accounts with passphrases and roles, failed attempts, and where the audit says that there are any.

Frozen: a clinic made by this revision exists somewhere. It names no class of the program, which will have changed since.

The table of users is made anew. No earlier labtrack wrote to it, and whoever is in it has no passphrase: such rows are left out, for an
account that nobody made by the program must not exist.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from alembic.util import CommandError

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_ADDED = "action = 'add user'"


def upgrade() -> None:
    """The table of users anew, one of failed attempts, one index; what else is there stays as it is."""
    op.drop_table("user")
    op.create_table(
        "user",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("patient_id", sa.Integer(), nullable=True),
        sa.Column("passphrase_hash", sa.String(), nullable=False),
        sa.Column("created_at", sa.String(), nullable=False),
        sa.Column("disabled_at", sa.String(), nullable=True),
        sa.Column("audit_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_user"),
        sa.UniqueConstraint("name", name="uq_user_name"),
        sa.CheckConstraint("role IN ('clinician', 'viewer', 'patient')", name=op.f("ck_user_role")),
        sa.CheckConstraint("(role = 'patient') = (patient_id IS NOT NULL)", name=op.f("ck_user_record")),
        sa.ForeignKeyConstraint(["patient_id"], ["patient.id"], name="fk_user_patient_id_patient"),
        sa.ForeignKeyConstraint(["audit_id"], ["audit_entry.id"], name="fk_user_audit_id_audit_entry"),
    )
    op.create_table(
        "failed_sign_in",
        sa.Column("name_key", sa.String(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("name_key", name="pk_failed_sign_in"),
    )
    op.create_index(
        "ix_audit_entry_add_user", "audit_entry", ["id"], unique=False, sqlite_where=sa.text(_ADDED), postgresql_where=sa.text(_ADDED)
    )


def downgrade() -> None:
    """Never: rows that only this schema can hold would be lost."""
    raise CommandError(
        "A clinic is not taken back to an older schema. Before the upgrade labtrack kept it as it was (labtrack restore --list): "
        "restore that copy with the older labtrack. What was entered since is in the newer one alone: labtrack export all."
    )
