"""What an import did: counts by file, remarks, and for the audit what changed for each patient."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol, TypeVar

from labtrack.exchange.remarks import Notice, Refusal, shown
from labtrack.exchange.results import ResultBatch
from labtrack.exchange.rows import Row
from labtrack.exchange.sheet import Sheet

#: Names of what is not followed that are told of one file; all are counted.
NAMED = 8

Remark = TypeVar("Remark", Refusal, Notice)

#: Remarks kept in memory; all of them are counted and told as they come.
KEPT = 1_000


@dataclass(slots=True)
class FileCount:
    """What became of one file's rows: each is accepted, duplicate or refused; ``warned`` and ``amended`` are among the accepted.

    ``extra`` names the columns that were kept out. ``kept_out`` counts reports of what is not followed, which are no rows of the file;
    ``not_followed`` names the most frequent. ``patients_added`` are patients that came with messages.
    """

    file: str
    layout: str
    sha256: str = ""
    extra: tuple[str, ...] = ()
    accepted: int = 0
    warned: int = 0
    amended: int = 0
    duplicate: int = 0
    refused: int = 0
    kept_out: int = 0
    not_followed: tuple[str, ...] = ()
    patients_added: int = 0

    @property
    def rows(self) -> int:
        """All rows but blank ones."""
        return self.accepted + self.duplicate + self.refused


@dataclass(frozen=True, slots=True)
class Agreed:
    """What a person has agreed to for one file: the file as it was, and the counts that were told."""

    sha256: str
    counts: tuple[int, ...]

    @classmethod
    def of(cls, count: FileCount) -> Agreed:
        """As counted."""
        return cls(count.sha256, (count.accepted, count.warned, count.amended, count.duplicate, count.refused))


@dataclass(slots=True)
class ImportOutcome:
    """The result of one import. The lists hold the first :data:`KEPT` remarks; ``patients`` counts those whose record changed.

    ``unknown`` are people of messages who are nobody of the clinic, with the number of their reports; ``asked`` are MRNs whose patients
    messages may be about, with what makes it doubtful. Nothing is changed unless ``committed``.
    """

    files: list[FileCount] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    patients: int = 0
    committed: bool = False
    unknown: Counter[str] = field(default_factory=Counter)
    asked: dict[str, str] = field(default_factory=dict)

    def total(self, name: str) -> int:
        """A count (``accepted``, ``warned``, ``amended``, ``duplicate``, ``refused``, ``rows``) over all files."""
        return sum(getattr(each, name) for each in self.files)


class Watch(Protocol):
    """Is told of rows that are taken or known already, as they come; refused rows and warnings are told to the tally's own listeners."""

    def begin(self, sheet: Sheet, count: FileCount) -> None:
        """A file begins."""

    def row(self, row: Row[Any], *, duplicate: bool) -> None:
        """A row of any layout but results."""

    def results(self, batch: ResultBatch, patients: Sequence[int], taken: Sequence[bool]) -> None:
        """A chunk of results: each row's patient in the store (negative: nobody), and whether it is taken."""


class Places(Protocol):
    """Where rows stand whose lines are numbers within a chunk."""

    def line(self, number: int) -> int:
        """The line in the file."""

    def column(self, number: int, column: str) -> str:
        """The place of one of our columns in the words of the file's format."""


class Tally:
    """Counts and remarks while an import runs, and what it changed for whom.

    ``on_refusal`` and ``on_notice`` are told every remark as it comes, ``watch`` the rows. While ``places`` is set, lines are numbers
    within a chunk, and it says where that is.
    """

    def __init__(
        self,
        on_refusal: Callable[[Refusal], None] | None = None,
        on_notice: Callable[[Notice], None] | None = None,
        watch: Watch | None = None,
    ) -> None:
        self.watch = watch
        self.places: Places | None = None
        self.outcome = ImportOutcome()
        self.count = FileCount("", "")
        self.changes: dict[int, dict[str, Any]] = {}
        self._on_refusal, self._on_notice = on_refusal, on_notice

    def begin(self, sheet: Sheet) -> None:
        """Count for this file from now on."""
        self.count = FileCount(sheet.file, sheet.layout.name, sheet.facts.sha256, sheet.extra)
        self.outcome.files.append(self.count)
        if self.watch is not None:
            self.watch.begin(sheet, self.count)

    def refuse(self, refusal: Refusal) -> None:
        """A row that is not taken."""
        refusal = self._placed(refusal)
        self.count.refused += 1
        if len(self.outcome.refusals) < KEPT:
            self.outcome.refusals.append(refusal)
        if self._on_refusal is not None:
            self._on_refusal(refusal)

    def notice(self, notice: Notice) -> None:
        """A remark on a row that is taken; the row is counted by :meth:`accept`."""
        notice = self._placed(notice)
        if len(self.outcome.notices) < KEPT:
            self.outcome.notices.append(notice)
        if self._on_notice is not None:
            self._on_notice(notice)

    def _placed(self, remark: Remark) -> Remark:
        if self.places is None:
            return remark
        return replace(remark, line=self.places.line(remark.line), column=self.places.column(remark.line, remark.column))

    def results(self, batch: ResultBatch, patients: Sequence[int], taken: Sequence[bool]) -> None:
        """Tell whoever looks at the rows about a chunk of results."""
        if self.watch is not None:
            places = self.places
            lines = batch.lines if places is None else [places.line(number) for number in batch.lines]
            self.watch.results(replace(batch, lines=lines), patients, taken)

    def kept_out(self, names: Counter[str]) -> None:
        """Reports of what is not followed, by name."""
        most = names.most_common()
        named = [f"{shown(name)} ({number:,})" for name, number in most[:NAMED]]
        self.count.kept_out = sum(names.values())
        self.count.not_followed = (*named, f"and {len(most) - NAMED:,} more kinds") if len(most) > NAMED else tuple(named)

    def unknown(self, who: str) -> None:
        """A report of somebody who is nobody of the clinic."""
        if who in self.outcome.unknown or len(self.outcome.unknown) < KEPT:
            self.outcome.unknown[who] += 1

    def accept(self, *, warned: bool = False, amended: bool = False) -> None:
        """A row that is taken."""
        self.count.accepted += 1
        self.count.warned += warned
        self.count.amended += amended

    def added(self, patient_id: int, what: str, number: int = 1) -> None:
        """Something new in a patient's record."""
        added = self.changes.setdefault(patient_id, {}).setdefault("added", {})
        added[what] = added.get(what, 0) + number

    def amended(self, patient_id: int, what: str, difference: Mapping[str, Any]) -> None:
        """Something changed in a patient's record: each field's value before and after."""
        self.changes.setdefault(patient_id, {}).setdefault("amended", []).append({what: dict(difference)})

    def superseded(self, patient_id: int, result_id: int, by: int) -> None:
        """A result that another replaced or struck."""
        self.changes.setdefault(patient_id, {}).setdefault("superseded", []).append([result_id, by])
