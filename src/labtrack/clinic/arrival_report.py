"""The two reports beside a file that arrived: refused rows as a table, and what became of the file in a page of text. Both are private."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from labtrack import __version__
from labtrack.clinic.import_outcome import FileCount, ImportOutcome
from labtrack.core.text import visible
from labtrack.exchange.remarks import Notice, Refusal
from labtrack.exchange.results import ResultBatch
from labtrack.exchange.rows import Row
from labtrack.exchange.sheet import Sheet

#: Warnings, and people who are nobody of the clinic, that are written out.
_WARNINGS, _PEOPLE = 200, 200


@dataclass(slots=True)
class Heard:
    """Listens to an import of one file, so that its report can be written before the import is committed."""

    count: FileCount = field(default_factory=lambda: FileCount("", ""))
    notices: list[Notice] = field(default_factory=list)

    def begin(self, sheet: Sheet, count: FileCount) -> None:
        """The file; its counts grow."""
        del sheet
        self.count = count

    def row(self, row: Row[object], *, duplicate: bool) -> None:
        """Counted elsewhere."""

    def results(self, batch: ResultBatch, patients: Sequence[int], taken: Sequence[bool]) -> None:
        """Counted elsewhere."""

    def warned(self, notice: Notice) -> None:
        """A row that is taken with a warning."""
        if len(self.notices) < _WARNINGS:
            self.notices.append(notice)


@dataclass(frozen=True, slots=True)
class Arrival:
    """What is known of a file before it is read. ``receipt`` names this attempt to take it."""

    name: str
    size: int
    changed: datetime
    sha256: str
    clinic: str
    receipt: str

    @classmethod
    def of(cls, path: Path, sha256: str, clinic: str, receipt: str) -> Arrival:
        """Of a file as it is."""
        found = os.lstat(path)
        return cls(path.name, found.st_size, datetime.fromtimestamp(found.st_mtime, UTC), sha256, clinic, receipt)


def counts_text(count: FileCount) -> str:
    """``12 accepted (1 with a warning), 3 duplicate, 2 refused``."""
    among = [f"{count.warned:,} with a warning" if count.warned else "", f"{count.amended:,} amended" if count.amended else ""]
    inner = ", ".join(filter(None, among))
    parts = [f"{count.accepted:,} accepted{f' ({inner})' if inner else ''}"]
    parts += [f"{count.duplicate:,} duplicate"] if count.duplicate else []
    parts += [f"{count.refused:,} refused"] if count.refused else []
    parts += [f"{count.patients_added:,} {'patient' if count.patients_added == 1 else 'patients'} added"] if count.patients_added else []
    return ", ".join(parts)


def taken_text(arrival: Arrival, heard: Heard, outcome: ImportOutcome | None = None) -> str:
    """What became of a file that could be read. ``outcome``, which there is only after the import, names people whom nobody knows."""
    count = heard.count
    lines = _head(arrival)
    lines += [_fact("holds", count.layout), _fact("taken", counts_text(count))]
    if count.refused:
        lines += [_fact("", "The table beside this file tells of each refused row; what was accepted is recorded all the same.")]
    if count.kept_out:
        lines += [_fact("kept out", f"{count.kept_out:,} reports of what labtrack does not follow: {', '.join(count.extra)}")]
    elif count.extra:
        lines += [_fact("kept out", f"columns {', '.join(count.extra)}")]
    if count.warned:
        lines += ["", "Warnings:"]
        lines += [f"  line {each.line}, {each.column}, {each.text}: {each.reason}" for each in heard.notices]
        lines += ["  and more"] if len(heard.notices) == _WARNINGS else []
    if outcome is not None and outcome.unknown:
        lines += ["", "Not patients of this clinic, with the number of their reports (--add-patients adds them):"]
        lines += [f"  {who}: {reports:,}" for who, reports in outcome.unknown.most_common(_PEOPLE)]
        lines += ["  and more"] if len(outcome.unknown) > _PEOPLE else []
    return _page(lines)


def refused_text(arrival: Arrival, problem: str) -> str:
    """That a file could not be read as a whole."""
    return _page([*_head(arrival), _fact("taken", "nothing: the file as a whole cannot be read"), _fact("because", problem)])


def whole_refusal(name: str, problem: str) -> Refusal:
    """The row of the table for a file that could not be read as a whole."""
    return Refusal(name, 0, "", "", problem)


def has_receipt(text: Path, receipt: str) -> bool:
    """Whether a report was written by that attempt."""
    try:
        return f"{_fact('receipt', receipt)}\n" in text.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return False


def _head(arrival: Arrival) -> list[str]:
    return [
        f"labtrack {__version__} on {arrival.name}",
        "",
        _fact("when", datetime.now(UTC).isoformat(timespec="seconds")),
        _fact("clinic", arrival.clinic),
        _fact("bytes", f"{arrival.size:,}, last changed {arrival.changed.isoformat(timespec='seconds')}"),
        _fact("sha256", arrival.sha256 or "could not be read"),
        _fact("receipt", arrival.receipt),
    ]


def _fact(name: str, text: str) -> str:
    return f"{name:<9} {text}"


def _page(lines: Sequence[str]) -> str:
    return "".join(f"{visible(line)}\n" for line in lines)
