"""${message}.

Frozen: a clinic made by this revision exists somewhere. It names no class of the program, which will have changed since.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from alembic.util import CommandError
${imports if imports else ""}
revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = None
depends_on = None


def upgrade() -> None:
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    """Never: rows that only this schema can hold would be lost."""
    raise CommandError(
        "A clinic is not taken back to an older schema. Before the upgrade labtrack kept it as it was (labtrack restore --list): "
        "restore that copy with the older labtrack. What was entered since is in the newer one alone: labtrack export all."
    )
