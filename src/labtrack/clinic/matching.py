"""What a reported result means for those already there under the same patient, analyte, time and specimen.

The rules are those of the import layouts: nothing twice; a later status of the same report replaces the earlier one; what neither
repeats nor replaces stands beside the other, and where both are reported and differ that is a clash, which is told.

A message also says which report it is a version of (HL7's filler number, FHIR's identifier). Versions of one report replace each
other even where the sender has corrected the time; and a report leaves alone what is known to be another one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from labtrack.core.record import ResultStatus

_BEFORE_FINAL = frozenset({ResultStatus.PRELIMINARY, ResultStatus.REGISTERED, ResultStatus.UNKNOWN})
_CORRECTIONS = frozenset({ResultStatus.CORRECTED, ResultStatus.AMENDED})

#: Ordering text and specimen id: where a result stands within a patient and analyte.
Place = tuple[str, str]


@dataclass(slots=True)
class Known:
    """A result under the key, as printed. ``stands`` until another supersedes it; ``report_id`` is the sender's identity of it."""

    result_id: int
    value_text: str
    unit: str
    status: ResultStatus
    stands: bool = True
    place: Place = ("", "")
    report_id: str = ""

    @property
    def counts(self) -> bool:
        """Whether it stands and is reported."""
        return self.stands and self.status.is_reported

    def is_other_than(self, report_id: str) -> bool:
        """Whether the senders' identities say that it is another report."""
        return bool(report_id and self.report_id and self.report_id != report_id)

    def is_sibling_of(self, report_id: str) -> bool:
        """Whether the very same sender says that it is another report; two senders may each name one report in their way."""
        return self.is_other_than(report_id) and self.report_id.partition("|")[0] == report_id.partition("|")[0]

    def is_version_of(self, report_id: str) -> bool:
        """Whether the sender says that it is the same report."""
        return bool(report_id) and self.report_id == report_id


@dataclass(frozen=True, slots=True)
class Match:
    """What becomes of a new result: a ``duplicate_of`` one, or taken, replacing ``superseded``, perhaps with a ``warning``."""

    duplicate_of: Known | None = None
    superseded: tuple[Known, ...] = ()
    warning: str = ""


def match(known: Sequence[Known], value_text: str, unit: str, status: ResultStatus, place: Place = ("", ""), report_id: str = "") -> Match:
    """Compare a new result with everything under its key and every version of its report, in order of entry.

    Superseded ones are among them: a feed repeats itself. ``final`` replaces what was registered, preliminary or of unknown status;
    ``corrected`` and ``amended`` replace all that came before but their like, unless that is a version of the same report; a version
    that stands at another time is replaced by any that is reported; ``entered-in-error`` strikes the version of its report, else the
    one of the same value, or if none has it, all.
    """
    for each in known:
        if each.place == place and not each.is_sibling_of(report_id) and _says(each, value_text, unit, status):
            return Match(duplicate_of=each)
    standing = [
        each for each in known if each.stands and each.status is not ResultStatus.ENTERED_IN_ERROR and not each.is_other_than(report_id)
    ]
    here = [each for each in standing if each.place == place]
    if status is ResultStatus.ENTERED_IN_ERROR:
        struck = _struck(standing, here, value_text, report_id)
        return Match(superseded=tuple(struck), warning="" if struck else "nothing to strike: no such result stands at this time")
    superseded = tuple(each for each in standing if _replaces(status, each, place, report_id))
    others = [each for each in known if each.place == place and each.counts and each not in superseded]
    moved = any(each.place != place for each in superseded)
    return Match(superseded=superseded, warning=_clash(others, value_text, unit, status) or (_MOVED if moved else ""))


_MOVED = "the sender has changed when or on which specimen this report was taken: it replaces the earlier version"


def _says(known: Known, value_text: str, unit: str, status: ResultStatus) -> bool:
    return known.value_text == value_text and known.unit == unit and known.status is status


def _struck(standing: Sequence[Known], here: Sequence[Known], value_text: str, report_id: str) -> list[Known]:
    versions = [each for each in standing if each.is_version_of(report_id)]
    return versions or [each for each in here if each.value_text == value_text] or list(here)


def _replaces(status: ResultStatus, earlier: Known, place: Place, report_id: str) -> bool:
    if earlier.is_version_of(report_id):
        if earlier.place != place:
            return status.is_reported
        return status in _CORRECTIONS or (status is ResultStatus.FINAL and earlier.status in _BEFORE_FINAL)
    if earlier.place != place:
        return False
    if status is ResultStatus.FINAL:
        return earlier.status in _BEFORE_FINAL
    return status in _CORRECTIONS and earlier.status is not status


def _clash(others: Sequence[Known], value_text: str, unit: str, status: ResultStatus) -> str:
    """Why a result stands beside others; empty where there is nothing to tell."""
    if status is ResultStatus.CANCELLED and others:
        return f"a {others[-1].status} result stands at this time: cancelled alone does not strike it"
    differing = [each for each in others if (each.value_text, each.unit) != (value_text, unit)]
    if not status.is_reported or not differing:
        return ""
    other = differing[-1]
    return f"clashes with {other.value_text} {other.unit} ({other.status}) of the same time and specimen: both stand"
