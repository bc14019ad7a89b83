"""Columns of verdicts with Kleene's three-valued logic; reasons travel with what is unknown."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from labtrack.core.judgment import Reason
from labtrack.labs.bounds import Answers, Bounds, Days, Flags, Floats, Masks

if TYPE_CHECKING:
    from labtrack.labs.lab import Lab

MET, UNKNOWN, NOT_MET = 1, 0, -1


class Relation(StrEnum):
    """How a value stands to its limit when a comparison is met."""

    BELOW = "below"
    ABOVE = "above"
    AT_LEAST = "at or above"
    AT_MOST = "at or below"
    WITHIN = "from"


@dataclass(slots=True)
class Term:
    """One comparison inside a verdict: which analyte stands how to which limit, and how that was judged.

    ``compared`` is what was compared where that is not the current reading itself (eGFR calculated for the sake of its baseline);
    ``upper`` is the other end of a band, which the value lies below. ``rows``, where set, are the rows that it was made for.
    """

    lab: Lab
    relation: Relation
    limit: Bounds | Floats | float
    answer: Answers
    compared: Bounds | None = None
    upper: float | None = None
    rows: Flags | None = None


@dataclass(slots=True)
class Verdicts:
    """One rule's answers, shape (rows,): +1 met, -1 not met, 0 cannot be evaluated.

    ``reasons`` is non-zero exactly where the answer is 0. ``terms`` are the comparisons it rests on. ``recheck_from``, where a
    rule sets it, replaces the day that a recheck counts from. ``note`` picks one of the rule's additional sentences per row.
    ``kinds`` are the event kinds it looked at. ``applicable``, where a rule sets it, is False where the rule has nothing to say.
    """

    answer: Answers
    reasons: Masks
    terms: tuple[Term, ...] = ()
    recheck_from: Days | None = None
    note: Answers | None = None
    applicable: Flags | None = None
    kinds: tuple[str, ...] = ()

    def terms_of(self, row: int) -> tuple[Term, ...]:
        """The comparisons that were made for one row."""
        return tuple(term for term in self.terms if term.rows is None or term.rows[row])

    def __or__(self, other: Verdicts) -> Verdicts:
        """Met if either is met; not met only if both are not."""
        return self._joined(other, np.maximum(self.answer, other.answer))

    def __and__(self, other: Verdicts) -> Verdicts:
        """Met only if both are met; not met if either is not."""
        return self._joined(other, np.minimum(self.answer, other.answer))

    def __invert__(self) -> Verdicts:
        """Met and not met change places; unknown stays."""
        return Verdicts(-self.answer, self.reasons, self.terms, kinds=self.kinds)

    def _joined(self, other: Verdicts, answer: Answers) -> Verdicts:
        reasons = np.where(answer == UNKNOWN, self.reasons | other.reasons, np.uint16(0))
        return Verdicts(answer, reasons, self.terms + other.terms, kinds=self.kinds + other.kinds)

    def known_or_false(self) -> Verdicts:
        """What cannot be known counts as not met (for exceptions that apply only when shown)."""
        return Verdicts(np.where(self.answer == UNKNOWN, np.int8(NOT_MET), self.answer), np.zeros_like(self.reasons), self.terms)


def known(flags: Flags, kinds: tuple[str, ...] = ()) -> Verdicts:
    """A verdict from plain facts that are never unknown; ``kinds`` are the event kinds they come from."""
    return Verdicts(np.where(flags, np.int8(MET), np.int8(NOT_MET)), np.zeros(len(flags), np.uint16), kinds=kinds)


def unknown(rows: int, reason: Reason) -> Verdicts:
    """Cannot be evaluated on any row, for one reason."""
    return Verdicts(np.zeros(rows, np.int8), np.full(rows, reason.bit, np.uint16))
