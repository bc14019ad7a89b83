"""The clinic's record in a database: tables, transactions, audit, migrations, backups."""

from labtrack.store.audit import AuditEntry
from labtrack.store.reader import Reader
from labtrack.store.rows import StoredPatient
from labtrack.store.store import Store
from labtrack.store.writer import Writer

__all__ = ["AuditEntry", "Reader", "Store", "StoredPatient", "Writer"]
