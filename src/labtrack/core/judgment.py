"""What the engine answers: verdicts, the reasons for not answering, findings and checks."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from labtrack.core.quantity import Interval


class Verdict(StrEnum):
    """The four answers of a rule."""

    MET = "met"
    NOT_MET = "not met"
    CANNOT_EVALUATE = "cannot evaluate"
    NOT_APPLICABLE = "not applicable"


class Severity(StrEnum):
    """How soon a met rule wants a person. ``rank`` orders worst first."""

    URGENT = "urgent"
    ACTION = "action"
    WATCH = "watch"

    @property
    def rank(self) -> int:
        """0 for urgent, 1 for action, 2 for watch."""
        return _RANK[self]


_RANK = {Severity.URGENT: 0, Severity.ACTION: 1, Severity.WATCH: 2}


class Reason(StrEnum):
    """Why a rule cannot be evaluated (clinical reference, section 3); the order is the order of telling."""

    RULE_FAILED = "rule-failed"
    TEXT_RESULT = "text-result"
    UNIT_UNKNOWN = "unit-unknown"
    NO_RESULT = "no-result"
    NO_TREATMENT_START = "no-treatment-start"
    BASELINE_TOO_OLD = "baseline-too-old"
    NO_BASELINE = "no-baseline"
    NO_ULN = "no-uln"
    SEX_UNKNOWN = "sex-unknown"
    AGE_UNKNOWN = "age-unknown"
    NO_WEIGHT = "no-weight"
    DOSE_UNKNOWN = "dose-unknown"
    BOUND_TOO_WIDE = "bound-too-wide"
    STALE = "stale"

    @property
    def bit(self) -> int:
        """Its bit in a column of reasons (unsigned 16-bit)."""
        return _BIT[self]

    @property
    def in_words(self) -> str:
        """For a clinician, as a clause."""
        return _IN_WORDS[self]


_BIT = {reason: 1 << place for place, reason in enumerate(Reason)}
_IN_WORDS = {
    Reason.RULE_FAILED: "the rule itself failed",
    Reason.TEXT_RESULT: "the newest report is text, not a number",
    Reason.UNIT_UNKNOWN: "the newest report has a unit that is not known for it",
    Reason.NO_RESULT: "no usable result",
    Reason.NO_TREATMENT_START: "treatment has not started",
    Reason.BASELINE_TOO_OLD: "the last result before the start is more than 180 days older than it",
    Reason.NO_BASELINE: "no baseline result",
    Reason.NO_ULN: "the printed reference limit cannot be read",
    Reason.SEX_UNKNOWN: "sex is not recorded",
    Reason.AGE_UNKNOWN: "age at collection is unknown or under 18",
    Reason.NO_WEIGHT: "weight is not recorded",
    Reason.DOSE_UNKNOWN: "the daily dose is not known",
    Reason.BOUND_TOO_WIDE: "the reported bound or clash leaves both answers open",
    Reason.STALE: "the result is too old to rely on",
}


def reasons_of(mask: int) -> tuple[Reason, ...]:
    """The reasons in a column's cell, in the order of telling."""
    return tuple(reason for reason in Reason if mask & _BIT[reason])


class CheckStatus(StrEnum):
    """Where a check stands on the as-of date."""

    LATER = "later"
    DUE = "due"
    OVERDUE = "overdue"


class WorklistState(StrEnum):
    """A patient's place on the worklist: the first that holds."""

    NEEDS_ACTION = "needs-action"
    OVERDUE = "overdue"
    DUE = "due"
    CANNOT_EVALUATE = "cannot-evaluate"
    NOT_ASSESSED = "not-assessed"
    NO_SCHEDULE = "no-schedule"
    ACKNOWLEDGED = "acknowledged"
    CLEAR = "clear"


#: What a patient's record lacks, whatever the state: bits by name. *never-tested*: under treatment without any result;
#: *incomplete*: the last set of a panel lacks a required analyte; *drug-without-schedule*: under treatment with a drug for which
#: there are no checks; *unreviewed*: a result was entered after somebody last looked.
GAPS = {"never-tested": 1, "incomplete": 2, "drug-without-schedule": 4, "unreviewed": 8}


class Region(StrEnum):
    """Whose labels apply."""

    US = "US"
    EU = "EU"


@dataclass(frozen=True, slots=True)
class Evidence:
    """One reading that a verdict rests on, in the analyte's canonical unit.

    ``result_ids`` are the stored results behind it (several for a clash or a calculated value); ``method`` names a
    calculation, empty for a reported value, and ``baseline_method`` that of the baseline. ``in_doubt``: a newer report of the
    analyte cannot be read.
    """

    analyte: str
    value: Interval
    unit: str
    collected_on: date
    limit: Interval | None = None
    baseline: Interval | None = None
    baseline_on: date | None = None
    method: str = ""
    result_ids: tuple[int, ...] = ()
    in_doubt: bool = False
    baseline_method: str = ""

    @property
    def change_percent(self) -> float | None:
        """Change from baseline in percent; None unless both are exact numbers and the baseline is above zero."""
        if self.baseline is None or not (self.value.is_exact and self.baseline.is_exact) or self.baseline.low <= 0:
            return None
        return (self.value.low / self.baseline.low - 1) * 100


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule's answer for one patient on one date. ``evidence[0]`` is the deciding result (nearest to its limit).

    ``headline`` is a met or open finding in a few words, for a line of a list, and ``basis`` whose threshold or condition it is.
    """

    rule: str
    verdict: Verdict
    severity: Severity
    reasons: tuple[Reason, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    message: str = ""
    source: str = ""
    headline: str = field(default="", compare=False)
    basis: str = field(default="", compare=False)

    @property
    def reason(self) -> Reason | None:
        """The reason told first."""
        return self.reasons[0] if self.reasons else None


@dataclass(frozen=True, slots=True)
class Check:
    """The next check of one panel (or ``response-review``, ``screening``)."""

    panel: str
    due_on: date
    status: CheckStatus
    reason: str
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Assessment:
    """Everything judged about one patient on one date.

    ``valid_until`` is the first date on which a verdict or a status could change without new data (None: never).
    """

    as_of: date
    findings: tuple[Finding, ...]
    checks: tuple[Check, ...]
    valid_until: date | None = None
    rule_set: str = ""
    clashes: tuple[str, ...] = field(default=())
