"""What an import would do, told before it is done: the very import, undone at its end, with its rows looked at as they pass.

What it counts is what the real import counts: :attr:`Preview.agreed` holds the import to it, and to the very files.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields, is_dataclass, replace
from enum import Enum
from pathlib import Path
from typing import Any

from labtrack.catalogue import Catalogue
from labtrack.clinic.import_outcome import KEPT, Agreed, FileCount, ImportOutcome
from labtrack.clinic.importing import ImportOptions, ImportStopped
from labtrack.core.errors import ImportFailed
from labtrack.exchange.remarks import Notice, Refusal, shown
from labtrack.exchange.results import ResultBatch
from labtrack.exchange.rows import Row
from labtrack.exchange.sheet import Sheet, UnknownHeader
from labtrack.store import Store


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """A row that would be taken, or that is known already: where it stands, whose it is, what it says."""

    file: str
    line: int
    mrn: str
    text: str


@dataclass(slots=True)
class FilePreview:
    """What one file is and what would become of it. ``problem`` says why it cannot be read, and nothing else is known then.

    ``is_unknown``: its columns are of no layout. ``mapping`` names the mapping that it is read by. ``patients_new`` are patients that
    this import adds, ``patients_matched`` those recorded before; both count patients of rows that are taken or known. ``analytes`` are
    (name, unit as printed, rows).
    """

    path: Path
    file: str
    problem: str = ""
    next_step: str = ""
    is_unknown: bool = False
    layout: str = ""
    mapping: str = ""
    encoding: str = ""
    delimiter: str = ""
    decimal: str = ""
    count: FileCount = field(default_factory=lambda: FileCount("", ""))
    patients_matched: int = 0
    patients_new: int = 0
    analytes: tuple[tuple[str, str, int], ...] = ()


@dataclass(slots=True)
class Preview:
    """What an import of some files would do. The lists hold the first :data:`~labtrack.clinic.import_outcome.KEPT` rows of each kind.

    ``files`` are in the order in which they were named; those that cannot be read are among them, and are left out of the rest.
    """

    files: list[FilePreview]
    outcome: ImportOutcome = field(default_factory=ImportOutcome)
    accepted: list[PreviewRow] = field(default_factory=list)
    duplicates: list[PreviewRow] = field(default_factory=list)
    #: What the import is held to.
    agreed: tuple[Agreed, ...] = ()

    @property
    def refused(self) -> list[Refusal]:
        """Refused rows."""
        return self.outcome.refusals

    @property
    def warned(self) -> list[Notice]:
        """Warnings of rows that would be taken."""
        return self.outcome.notices

    @property
    def readable(self) -> list[Path]:
        """The files that would be imported."""
        return [each.path for each in self.files if not each.problem]


def preview(
    store: Store,
    paths: Sequence[Path],
    options: ImportOptions,
    run: Callable[[Sequence[Path], ImportOptions], ImportOutcome],
    catalogue: Catalogue,
) -> Preview:
    """Run an import that keeps nothing. A file that cannot be read is told and left out; raises StoreError and ImportStopped."""
    with store.read() as reader:
        known = reader.patient_ids()
    files = {path: FilePreview(path, path.name) for path in dict.fromkeys(paths)}
    while True:
        left = [path for path, each in files.items() if not each.problem]
        watcher = _Watcher(known, files, catalogue)
        if not left:
            return Preview(list(files.values()))
        trial = replace(
            options, dry_run=True, strict=False, rejects=None, agreed=(), watch=watcher, on_unreadable=_teller(files), on_refusal=None
        )
        try:
            outcome = run(left, trial)
        except ImportStopped:
            raise
        except ImportFailed as error:
            if watcher.current is None:
                raise
            # Told only while its rows are read: a quoted cell without an end, a file that somebody is writing.
            _tell(watcher.current, error)
            continue
        watcher.settle()
        return Preview(list(files.values()), outcome, watcher.accepted, watcher.duplicates, tuple(map(Agreed.of, outcome.files)))


def _teller(files: dict[Path, FilePreview]) -> Callable[[Path, ImportFailed], None]:
    return lambda path, error: _tell(files[path], error)


def _tell(file: FilePreview, error: ImportFailed) -> None:
    file.problem, file.next_step, file.is_unknown = error.message, error.next_step, isinstance(error, UnknownHeader)


class _Watcher:
    """Looks at the rows of an import as they pass. See :class:`labtrack.clinic.import_outcome.Watch`."""

    def __init__(self, known: dict[str, int], files: dict[Path, FilePreview], catalogue: Catalogue) -> None:
        self._known, self._files, self._catalogue = known, files, catalogue
        self._numbers = frozenset(known.values())
        self.accepted: list[PreviewRow] = []
        self.duplicates: list[PreviewRow] = []
        self.current: FilePreview | None = None
        self._people: set[str | int] = set()
        self._analytes: Counter[tuple[str, str]] = Counter()

    def begin(self, sheet: Sheet, count: FileCount) -> None:
        """A file begins."""
        self.settle()
        self.current = file = self._files[sheet.path]
        file.layout, file.encoding, file.delimiter, file.decimal = sheet.layout.name, sheet.encoding, sheet.delimiter, sheet.decimal
        file.mapping = sheet.mapped.mapping.name if sheet.mapped else ""
        file.count = count
        self._people, self._analytes = set(), Counter()

    def settle(self) -> None:
        """What is known of a file only at its end."""
        if self.current is None:
            return
        matched = sum(each in self._numbers or each in self._known for each in self._people)
        self.current.patients_matched, self.current.patients_new = matched, len(self._people) - matched
        names = self._catalogue.analytes
        self.current.analytes = tuple((names[key].name, unit, number) for (key, unit), number in sorted(self._analytes.items()))

    def row(self, row: Row[Any], *, duplicate: bool) -> None:
        """A row of any layout but results."""
        self._people.add(row.mrn)
        rows = self.duplicates if duplicate else self.accepted
        if len(rows) < KEPT:
            rows.append(PreviewRow(row.file, row.line, row.mrn, shown(", ".join(_words(row.value)))))

    def results(self, batch: ResultBatch, patients: Sequence[int], taken: Sequence[bool]) -> None:
        """A chunk of results."""
        self._people.update(number for number in set(patients) if number >= 0)
        self._analytes.update(
            pair for pair, number in zip(zip(batch.analyte, batch.unit, strict=True), patients, strict=True) if number >= 0
        )
        for place, (number, is_taken) in enumerate(zip(patients, taken, strict=True)):
            rows = self.accepted if is_taken else self.duplicates
            if number >= 0 and len(rows) < KEPT:
                rows.append(self._result(batch, place))

    def _result(self, batch: ResultBatch, place: int) -> PreviewRow:
        name = self._catalogue.analytes[batch.analyte[place]].name
        words = (name, batch.value_text[place], batch.unit[place], "on", batch.collected_at[place].replace("T", " "))
        return PreviewRow(batch.file, batch.lines[place], batch.mrn[place], shown(" ".join(filter(None, words))))


def _words(value: Any) -> list[str]:
    """What a record says, without its patient's number and what it leaves empty."""
    if is_dataclass(value):
        parts = (getattr(value, each.name) for each in fields(value) if each.name != "mrn")
        return [word for part in parts for word in _words(part)]
    if value is None or value in ("", (), False):
        return []
    return [str(value.value if isinstance(value, Enum) else value)]
