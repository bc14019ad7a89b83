"""Between rows of the tables and the core's values."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time

from labtrack.core.quantity import Interval
from labtrack.core.record import (
    CollectedAt,
    Course,
    DoseStep,
    Event,
    Hold,
    Patient,
    Result,
    ResultStatus,
    Sex,
    Unusable,
)
from labtrack.store.audit import canonical
from labtrack.store.connection import Row


@dataclass(frozen=True, slots=True)
class StoredPatient:
    """A patient with the store's own number and the count of writes to the record."""

    id: int
    data_version: int
    patient: Patient


@dataclass(frozen=True, slots=True)
class StoredUser:
    """A person who uses the program, as kept; ``mrn`` is a patient's own, empty for others. Times are UTC, ISO."""

    name: str
    role: str
    patient_id: int | None
    passphrase_hash: str = field(repr=False)
    created_at: str
    disabled_at: str | None
    audit_id: int
    mrn: str = ""

    @property
    def digest(self) -> str:
        """SHA-256, in hexadecimal, of the row but for the entry that explains it."""
        row = [self.name, self.role, self.patient_id, self.passphrase_hash, self.created_at, self.disabled_at]
        return hashlib.sha256(canonical(row).encode()).hexdigest()


def user_of(row: Row) -> StoredUser:
    """From (name, role, patient_id, passphrase_hash, created_at, disabled_at, audit_id, mrn)."""
    name, role, patient_id, passphrase_hash, created_at, disabled_at, audit_id, mrn = row
    return StoredUser(name, role, patient_id, passphrase_hash, created_at, disabled_at, audit_id, mrn or "")


def day(text: str | None) -> date | None:
    """An ISO date, or None for nothing."""
    return date.fromisoformat(text) if text else None


def text_of(value: date | None) -> str | None:
    """An ISO date's text, or None."""
    return value.isoformat() if value else None


def patient_of(row: Row) -> StoredPatient:
    """From (id, mrn, name, birth_date, sex, weight_kg, phone, email, data_version)."""
    id, mrn, name, birth_date, sex, weight, phone, email, version = row
    return StoredPatient(id, version, Patient(mrn, name, day(birth_date), Sex(sex), weight, phone, email))


def course_of(row: Row, doses: Iterable[DoseStep], holds: Iterable[Hold]) -> Course:
    """From (id, patient_id, drug, dose_mg, frequency, start_on, stop_on, reason)."""
    _, _, drug, dose, frequency, start_on, stop_on, reason = row
    return Course(drug, dose, frequency, date.fromisoformat(start_on), day(stop_on), reason, tuple(doses), tuple(holds))


def event_of(row: Row) -> Event:
    """From (patient_id, kind, began_on, ended_on, note)."""
    _, kind, began_on, ended_on, note = row
    return Event(kind, date.fromisoformat(began_on), day(ended_on), note)


def collected_of(text: str) -> CollectedAt:
    """From the text that :class:`CollectedAt` prints."""
    if "T" not in text:
        return CollectedAt(date.fromisoformat(text))
    moment = datetime.fromisoformat(text)
    offset = moment.utcoffset()
    minutes = None if offset is None else int(offset.total_seconds() // 60)
    return CollectedAt(moment.date(), moment.time(), minutes)


def ordering_text(collected: CollectedAt) -> str:
    """The local collection time as text that sorts; a date without a time counts as 00:00."""
    at = collected.at or time.min
    return f"{collected.on.isoformat()}T{at.isoformat(timespec='seconds' if not at.microsecond else 'microseconds')}"


def limit_text(limit: float | None) -> str | None:
    """A canonical limit as stored: empty when none was printed, ``nan`` when it cannot be read."""
    return None if limit is None else repr(float(limit))


#: The columns of ``result`` in the table's order: what :func:`result_values` gives and ``insert_results`` takes.
RESULT_COLUMNS = (
    "patient_id", "analyte", "ordering", "id", "collected_at", "value_text", "unit", "status", "low", "high", "low_open",
    "high_open", "unusable", "ref_low", "ref_high", "lower_limit", "upper_limit", "lab", "specimen_id", "note", "code", "method",
    "source_id",
)  # fmt: skip


def result_values(patient_id: int, result_id: int, result: Result, source_id: int | None) -> Row:
    """One row of ``result``, as the database gives it back.

    An infinite upper end is stored as infinity, which SQLite and PostgreSQL both keep. SQLite knows no negative zero.
    """
    value = result.value
    return (
        patient_id,
        result.analyte,
        ordering_text(result.collected_at),
        result_id,
        str(result.collected_at),
        result.value_text,
        result.unit,
        result.status.value,
        value.low + 0.0 if value else None,
        value.high + 0.0 if value else None,
        int(value.low_open) if value else 0,
        int(value.high_open) if value else 0,
        result.unusable.value,
        result.ref_low,
        result.ref_high,
        limit_text(result.lower_limit),
        limit_text(result.upper_limit),
        result.lab,
        result.specimen_id,
        result.note,
        result.code,
        result.method,
        source_id,
    )


def result_of(row: Row, supersedes: tuple[int, ...] = (), *, superseded: bool = False) -> Result:
    """From a row of ``result`` in the table's order."""
    (
        _, analyte, _, result_id, collected_at, value_text, unit, status, low, high, low_open, high_open, unusable, ref_low, ref_high,
        lower, upper, lab, specimen_id, note, code, method, _,
    ) = row  # fmt: skip
    value = None if low is None else Interval(low, high, bool(low_open), bool(high_open))
    return Result(
        analyte,
        value_text,
        unit,
        collected_of(collected_at),
        ResultStatus(status),
        value,
        Unusable(unusable),
        ref_low,
        ref_high,
        None if lower is None else float(lower),
        None if upper is None else float(upper),
        lab,
        specimen_id,
        note,
        code,
        method,
        result_id,
        supersedes,
        superseded,
    )
