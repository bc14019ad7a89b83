"""The clinic's record in a database: tables, transactions, audit, migrations, backups.

Reading and writing a clinic in a file imports neither sqlmodel nor sqlalchemy nor alembic: the statements are compiled ahead (see
``statements.py``). Names are loaded on first use, so that the tools which make those statements can be imported without them.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from labtrack.store.audit import AuditEntry
    from labtrack.store.reader import Reader
    from labtrack.store.rows import StoredPatient
    from labtrack.store.store import Store
    from labtrack.store.writer import Writer

_HOMES = {"AuditEntry": "audit", "Reader": "reader", "Store": "store", "StoredPatient": "rows", "Writer": "writer"}
__all__ = ["AuditEntry", "Reader", "Store", "StoredPatient", "Writer"]


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{home}"), name)
