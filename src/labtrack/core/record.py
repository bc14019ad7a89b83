"""What is recorded: patients, courses, dose steps, holds, events and results, as frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum

from labtrack.core.quantity import Interval


class Sex(StrEnum):
    """Sex as the equations and ranges use it; empty when not recorded."""

    FEMALE = "F"
    MALE = "M"
    UNKNOWN = ""


class ResultStatus(StrEnum):
    """FHIR's observation status."""

    REGISTERED = "registered"
    PRELIMINARY = "preliminary"
    FINAL = "final"
    AMENDED = "amended"
    CORRECTED = "corrected"
    CANCELLED = "cancelled"
    ENTERED_IN_ERROR = "entered-in-error"
    UNKNOWN = "unknown"

    @property
    def is_reported(self) -> bool:
        """Whether a report with this status counts as reported (final, amended, corrected)."""
        return self in (ResultStatus.FINAL, ResultStatus.AMENDED, ResultStatus.CORRECTED)


class Unusable(StrEnum):
    """Why a reported result cannot be used; empty when it can."""

    NOT = ""
    TEXT = "text-result"
    UNIT = "unit-unknown"


@dataclass(frozen=True, slots=True)
class CollectedAt:
    """When the specimen was taken: date, local time if known, offset from UTC in minutes if known. Never invented."""

    on: date
    at: time | None = None
    offset_minutes: int | None = None

    @property
    def ordering(self) -> datetime:
        """Local date and time; a date without a time counts as 00:00 (clinical reference, section 4, *Order*)."""
        return datetime.combine(self.on, self.at or time.min)

    def __str__(self) -> str:
        if self.at is None:
            return self.on.isoformat()
        seconds = self.at.isoformat(timespec="auto" if self.at.second or self.at.microsecond else "minutes")
        if self.offset_minutes is None:
            return f"{self.on.isoformat()}T{seconds}"
        if self.offset_minutes == 0:
            return f"{self.on.isoformat()}T{seconds}Z"
        hours, minutes = divmod(abs(self.offset_minutes), 60)
        return f"{self.on.isoformat()}T{seconds}{'-' if self.offset_minutes < 0 else '+'}{hours:02d}:{minutes:02d}"


@dataclass(frozen=True, slots=True)
class Patient:
    """A person under monitoring; ``mrn`` is the clinic's own number and the natural key."""

    mrn: str
    name: str
    birth_date: date | None = None
    sex: Sex = Sex.UNKNOWN
    weight_kg: float | None = None
    phone: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class DoseStep:
    """A change of dose on its date. ``frequency`` as recorded; doses a day come from the catalogue."""

    on: date
    dose_mg: float
    frequency: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Hold:
    """The drug paused from ``start_on`` until ``end_on`` (the day of resumption). Reason: rule id, event kind or ``other: text``."""

    start_on: date
    reason: str
    end_on: date | None = None


@dataclass(frozen=True, slots=True)
class Course:
    """One drug from its start to its stop; keyed by (mrn, drug, start_on). Stops take effect on their date."""

    drug: str
    dose_mg: float
    frequency: str
    start_on: date
    stop_on: date | None = None
    reason: str = ""
    doses: tuple[DoseStep, ...] = ()
    holds: tuple[Hold, ...] = ()


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened or was done: a kind of the closed list, from ``on`` until ``ended_on``."""

    kind: str
    on: date
    ended_on: date | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """One reported result, written once.

    ``value_text``, ``unit``, ``ref_low`` and ``ref_high`` are as printed. ``value`` and the two limits are in the analyte's
    canonical unit: ``value`` is None when the report is not usable; a limit is None when none was printed and NaN when one
    was printed that cannot be read.
    """

    analyte: str
    value_text: str
    unit: str
    collected_at: CollectedAt
    status: ResultStatus = ResultStatus.FINAL
    value: Interval | None = None
    unusable: Unusable = Unusable.NOT
    ref_low: str = ""
    ref_high: str = ""
    lower_limit: float | None = None
    upper_limit: float | None = None
    lab: str = ""
    specimen_id: str = ""
    note: str = ""
    code: str = ""
    method: str = ""
    result_id: int = 0
    supersedes: tuple[int, ...] = ()
    superseded: bool = False
