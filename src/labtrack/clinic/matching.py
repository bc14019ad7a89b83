"""What a reported result means for those already there under the same patient, analyte, time and specimen.

The rules are those of the import layouts: nothing twice; a later status of the same report replaces the earlier one; what neither
repeats nor replaces stands beside the other, and where both are reported and differ that is a clash, which is told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from labtrack.core.record import ResultStatus

_BEFORE_FINAL = frozenset({ResultStatus.PRELIMINARY, ResultStatus.REGISTERED, ResultStatus.UNKNOWN})
_CORRECTIONS = frozenset({ResultStatus.CORRECTED, ResultStatus.AMENDED})


@dataclass(slots=True)
class Known:
    """A result under the key, as printed. ``stands`` until another supersedes or strikes it."""

    result_id: int
    value_text: str
    unit: str
    status: ResultStatus
    stands: bool = True

    @property
    def counts(self) -> bool:
        """Whether it stands and is reported."""
        return self.stands and self.status.is_reported


@dataclass(frozen=True, slots=True)
class Match:
    """What becomes of a new result: a ``duplicate_of`` one, or taken, replacing ``superseded``, perhaps with a ``warning``."""

    duplicate_of: Known | None = None
    superseded: tuple[Known, ...] = ()
    warning: str = ""


def match(known: Sequence[Known], value_text: str, unit: str, status: ResultStatus) -> Match:
    """Compare a new result with everything under its key, in order of entry (superseded ones too: a feed repeats itself).

    ``final`` replaces what was registered, preliminary or of unknown status; ``corrected`` and ``amended`` replace all that came
    before but their like; ``entered-in-error`` strikes the one of the same value, or if none has it, all.
    """
    for each in known:
        if each.value_text == value_text and each.unit == unit and each.status is status:
            return Match(duplicate_of=each)
    standing = [each for each in known if each.stands and each.status is not ResultStatus.ENTERED_IN_ERROR]
    if status is ResultStatus.ENTERED_IN_ERROR:
        struck = [each for each in standing if each.value_text == value_text] or standing
        return Match(superseded=tuple(struck), warning="" if struck else "nothing to strike: no such result stands at this time")
    superseded = tuple(each for each in standing if _replaces(status, each.status))
    others = [each for each in standing if each not in superseded and each.counts]
    return Match(superseded=superseded, warning=_clash(others, value_text, unit, status))


def _replaces(status: ResultStatus, earlier: ResultStatus) -> bool:
    if status is ResultStatus.FINAL:
        return earlier in _BEFORE_FINAL
    return status in _CORRECTIONS and earlier is not status


def _clash(others: Sequence[Known], value_text: str, unit: str, status: ResultStatus) -> str:
    """Why a result stands beside others; empty where there is nothing to tell."""
    if status is ResultStatus.CANCELLED and others:
        return f"a {others[-1].status} result stands at this time: cancelled alone does not strike it"
    differing = [each for each in others if (each.value_text, each.unit) != (value_text, unit)]
    if not status.is_reported or not differing:
        return ""
    other = differing[-1]
    return f"clashes with {other.value_text} {other.unit} ({other.status}) of the same time and specimen: both stand"
