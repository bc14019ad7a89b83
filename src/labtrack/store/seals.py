"""What a patient's record adds up to: with each write the audit keeps it, so that a row that anything else changed shows.

A seal is the sum, modulo 2**128, of a digest of each of the patient's rows. It does not depend on their order, and a write changes it
by the rows that it adds, changes and removes, whatever else there is. It stands in the detail of the write's audit entry, and thereby
in the hash chain. What is derived (packed results, assessments) and what counts writes is not part of it; accounts have a hash of
their own.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import blake2b

from labtrack.store import compiled as sql
from labtrack.store.audit import AuditEntry
from labtrack.store.connection import Row, Session, Statement

#: Tables with a patient's own rows, and those whose rows have a number of their own. Their columns are fixed: another one is another
#: version of the seal.
SEALED = (
    "patient",
    "patient_identifier",
    "course",
    "dose_step",
    "hold",
    "event",
    "baseline_pin",
    "result",
    "supersession",
    "sent_report",
    "acknowledgement",
    "review",
)
NUMBERED = ("patient", "course", "dose_step", "hold", "event", "baseline_pin", "acknowledgement")
#: The key of an entry's detail, and what its text begins with: the version.
KEY = "seal"
_VERSION = "1:"
#: Quotes inside a text are escaped in JSON, so that no text can look like this.
_SEAL = re.compile(rf'"{KEY}":"{_VERSION}([0-9a-f]{{32}})"')
_MODULUS = 1 << 128


def digest(table: str, row: Row) -> int:
    """128 bits of BLAKE2 over one row as the database gives it back: texts, whole numbers, floats and None.

    Over the ASCII form, which is the same in every version of Python, as ``repr`` of rare letters is not.
    """
    return int.from_bytes(blake2b(f"{table}{tuple(row)!a}".encode(), digest_size=16).digest(), "little")


def seal_text(total: int) -> str:
    """A sum as the audit keeps it."""
    return f"{_VERSION}{total % _MODULUS:032x}"


def seal_in(detail: str) -> int | None:
    """The sum in an audit entry's detail; None where there is none, as in entries of earlier versions."""
    found = _SEAL.search(detail)
    return int(found[1], 16) if found else None


class Seals:
    """What one transaction adds to the sums."""

    def __init__(self, session: Session) -> None:
        self._session = session
        #: By patient number, since the last time that they were taken.
        self._added: defaultdict[int, int] = defaultdict(int)
        #: The whole sums that were taken, or that begin with this transaction.
        self._totals: dict[int, int] = {}

    @property
    def changed(self) -> list[int]:
        """The patients whose seals are to be taken."""
        return sorted(self._added)

    def begin(self, patient: int) -> None:
        """A patient who was not there before."""
        self._totals[patient] = 0

    def row(self, table: str, number: int, sign: int = 1) -> None:
        """A row as it stands now, by its own number: before a change with -1, after it with 1."""
        found = self._session.one(_named("SEALED_ROW", table), row_id=number)
        if found is not None:
            owner, *row = found
            self._add(owner, sign * digest(table, tuple(row)))

    def review(self, patient: int, sign: int) -> None:
        """As :meth:`row`, for the one review that a patient has."""
        found = self._session.one(sql.REVIEW_OF, patient_id=patient)
        if found is not None:
            self._add(patient, sign * digest("review", found))

    def rows(self, table: str, rows: Iterable[Row], owner: int) -> None:
        """Tuples that were added, whole and as the database gives them back; ``owner`` is the place of the patient's number in them."""
        added, number = self._added, int.from_bytes
        for row in rows:  # :func:`digest` written out: an import does little else as often
            added[row[owner]] += number(blake2b(f"{table}{row!a}".encode(), digest_size=16).digest(), "little")

    def taken(self, patient: int) -> str:
        """The seal of a patient after what was added so far."""
        added = self._added.pop(patient, 0)
        before = self._totals.get(patient)
        if before is None:
            details = self._session.run(sql.LAST_SEALED, patient_id=patient)
            before = next((total for (detail,) in details if (total := seal_in(detail)) is not None), None)
        # Nobody sealed what an earlier version wrote: all of it as it is now, with what was added.
        total = total_of(self._session, patient) if before is None else before + added
        self._totals[patient] = total
        return seal_text(total)

    def _add(self, patient: int, value: int) -> None:
        self._added[patient] += value


def total_of(session: Session, patient: int) -> int:
    """The sum of all rows of one patient."""
    return sum(digest(table, row[1:]) for table in SEALED for row in session.all(_named("SEALED_OF", table), patient_id=patient))


@dataclass(frozen=True, slots=True)
class Broken:
    """A patient's record that is not what was written, and the last audit entry that says what was."""

    patient: int
    entry: AuditEntry


def broken(session: Session, entries: Iterable[AuditEntry]) -> Iterator[Broken]:
    """Patients whose rows do not add up to their last seal among all entries of the audit; who has none yet is passed over."""
    last: dict[int, tuple[int, AuditEntry]] = {}
    for entry in entries:
        total = seal_in(entry.detail) if entry.patient_id is not None else None
        if total is not None and entry.patient_id is not None:
            last[entry.patient_id] = (total, entry)
    totals = dict.fromkeys(last, 0)
    for table in SEALED:
        for owner, *row in session.stream(_named("SEALED", table)):
            if owner in totals:
                totals[owner] += digest(table, tuple(row))
    for patient, (total, entry) in last.items():
        if totals[patient] % _MODULUS != total:
            yield Broken(patient, entry)


def _named(kind: str, table: str) -> Statement:
    statement: Statement = getattr(sql, f"{kind}_{table.upper()}")
    return statement
