"""How Alembic reaches a clinic: the program hands over its own connection, a developer names a file.

The program (``labtrack.store.migrate``) has begun the transaction and commits it; nothing here commits. By hand, to draft a revision
from a changed ``labtrack.store.tables``::

    alembic -c migrations/alembic.ini -x db=draft.db revision --autogenerate --rev-id 0002 -m "what changes"
"""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection, create_engine

from labtrack.store.tables import METADATA


def run(connection: Connection) -> None:
    """Apply the revisions; SQLite can alter little in place, so changed tables are rebuilt (batch)."""
    context.configure(connection=connection, target_metadata=METADATA, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()


handed_over: Connection | None = context.config.attributes.get("connection")
if handed_over is not None:
    run(handed_over)
else:
    path = context.get_x_argument(as_dictionary=True)["db"]
    with create_engine(f"sqlite:///{path}").begin() as own:
        run(own)
