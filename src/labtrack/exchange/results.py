"""Result rows by columns: the hot path of an import.

Almost every cell of a laboratory's file repeats (the same analyte, unit and printed value, the same collection time for a
panel), so each distinct combination is read once, into a table, and the rows of the file only look up its place there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import compress
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar

from labtrack.core.record import ResultStatus
from labtrack.exchange.cells import mrn_of, mrn_refusal, tidy
from labtrack.exchange.dates import parse_collected
from labtrack.exchange.remarks import Notice, Refusal, shown
from labtrack.exchange.reports import NO_VALUE, REPORT_COLUMNS, Report, read_plain, read_report
from labtrack.exchange.rows import Terms
from labtrack.exchange.sheet import Chunk, Sheet

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Flags = npt.NDArray[np.bool_]

#: Distinct cells remembered before the memory is emptied: bounds the memory for a file that never repeats itself.
REMEMBERED = 40_000

_EPOCH = datetime(1900, 1, 1)
_PLAIN_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T[0-9]{2}:[0-9]{2}(?::[0-9]{2})?)?").fullmatch
#: A report with one of these may come without a value.
_NEEDS_NO_VALUE = (ResultStatus.REGISTERED, ResultStatus.CANCELLED, ResultStatus.ENTERED_IN_ERROR)

Key = TypeVar("Key")
Item = TypeVar("Item")
Entry = TypeVar("Entry", bound="_Cell[Any] | Report")


@dataclass(slots=True)
class ResultBatch:
    """The rows of a chunk that were read, as columns of one length, and what was said about the others.

    Texts are as printed. ``collected_at`` is what :class:`~labtrack.core.record.CollectedAt` prints, ``ordering`` the local time as
    text that sorts (``YYYY-MM-DDTHH:MM:SS``, microseconds only where there are any), ``at`` the same in seconds since
    1900-01-01T00:00, fractions dropped. ``low``, ``high`` and the limits are in the analyte's canonical unit: NaN for an unusable
    report and for a limit that was not printed or (``*_unreadable``) cannot be read. ``unusable`` is 0 usable, 1 text, 2 unit
    unknown; ``number`` is the analyte's. ``result_id`` is empty where the file names none; these ids are the file's own, and
    ``supersedes`` refers to them. ``warnings`` are (place in the columns, notice), in order of place.
    """

    file: str
    lines: Sequence[int]
    mrn: list[str]
    analyte: list[str]
    value_text: list[str]
    unit: list[str]
    ref_low: list[str]
    ref_high: list[str]
    collected_at: list[str]
    ordering: list[str]
    status: list[ResultStatus]
    lab: list[str]
    specimen_id: list[str]
    note: list[str]
    code: list[str]
    method: list[str]
    result_id: list[str]
    supersedes: list[tuple[str, ...]]
    number: npt.NDArray[np.uint8]
    at: npt.NDArray[np.int64]
    low: Floats
    high: Floats
    low_open: Flags
    high_open: Flags
    lower_limit: Floats
    upper_limit: Floats
    lower_unreadable: Flags
    upper_unreadable: Flags
    unusable: npt.NDArray[np.uint8]
    refusals: list[Refusal] = field(default_factory=list)
    warnings: list[tuple[int, Notice]] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.lines)


class _Memo(dict[Key, int], Generic[Key, Entry]):
    """Each distinct key is read once: the key maps to its place in ``entries``. ``flawed``: one of them has a problem."""

    def __init__(self, read: Callable[[Key], Entry]) -> None:
        super().__init__()
        self.read = read
        self.entries: list[Entry] = []
        self.flawed = False

    def __missing__(self, key: Key) -> int:
        place = self[key] = len(self.entries)
        entry = self.read(key)
        self.entries.append(entry)
        self.flawed = self.flawed or bool(entry.problem)
        return place

    def places(self, keys: Iterable[Key]) -> list[int]:
        """The place of each key, in order."""
        if len(self.entries) > REMEMBERED:
            self.clear()
            self.entries = []
            self.flawed = False
        return list(map(self.__getitem__, keys))

    def look_up(self, keys: Iterable[Key]) -> list[Entry]:
        """The entry of each key, in order."""
        places = self.places(keys)
        return list(map(self.entries.__getitem__, places))


class _Cell(NamedTuple, Generic[Item]):
    """One distinct cell: its value, and why it cannot be taken if it cannot; of a collection time also how it orders."""

    value: Item
    problem: str = ""
    ordering: str = ""
    at: int = 0


class ResultReader:
    """Reads the chunks of one sheet, and remembers across them what it has read."""

    def __init__(self, sheet: Sheet, terms: Terms) -> None:
        today = terms.today
        self.sheet, self.catalogue = sheet, terms.catalogue
        self._plain = not (sheet.facts.has_apostrophes or sheet.facts.has_other_than_ascii)
        self._reported = [name for name in REPORT_COLUMNS if name in sheet.places]
        self._reports: _Memo[tuple[str, ...], Report] = _Memo(self._read_report)
        self._others: dict[str, _Memo[str, _Cell[Any]]] = {
            "mrn": _Memo(_read_mrn),
            "collected_at": _Memo(lambda cell: _read_time(cell, today)),
            "status": _Memo(_read_status),
            "result_id": _Memo(_read_id),
            "supersedes": _Memo(_read_ids),
        }

    def batch(self, chunk: Chunk) -> ResultBatch:
        """The chunk's rows that can be taken, and refusals for the others (the chunk's own among them)."""
        import numpy as np

        cells, blank = chunk.columns, ("",) * len(chunk)
        at_report = np.array(self._reports.places(zip(*(cells[name] for name in self._reported), strict=True)), np.int64)
        others = {name: memo.look_up(cells.get(name, blank)) for name, memo in self._others.items()}
        texts = {name: _tidied(cells[name], self._plain) if name in cells else list(blank) for name in ("lab", "specimen_id", "note")}
        refusals = list(chunk.refusals)
        lines: Sequence[int] = chunk.lines
        problems = self._problems(at_report, others)
        if problems:
            refusals.extend(
                Refusal(self.sheet.file, lines[place], column, shown(cells.get(column, blank)[place]), reason)
                for place, (column, reason) in sorted(problems.items())
            )
            keep = [place not in problems for place in range(len(lines))]
            lines = list(compress(lines, keep))
            at_report = at_report[np.array(keep, bool)]
            others = {name: list(compress(column, keep)) for name, column in others.items()}
            texts = {name: list(compress(column, keep)) for name, column in texts.items()}
        return _assemble(self.sheet.file, lines, self._reports.entries, at_report, others, texts, refusals)

    def _read_report(self, cells: tuple[str, ...]) -> Report:
        said = dict(zip(self._reported, cells, strict=True))
        if not said.get("code") and not said.get("method"):
            texts = (said["value"], said.get("ref_low", ""), said.get("ref_high", ""))
            plain = read_plain(said["analyte"], said["unit"], texts, self.catalogue, self.sheet.decimal)
            if plain is not None:
                return plain
        return read_report(said, self.catalogue, self.sheet.decimal, exported=self.sheet.is_export)

    def _problems(self, at_report: npt.NDArray[np.int64], others: dict[str, list[_Cell[Any]]]) -> dict[int, tuple[str, str]]:
        """The first problem of each row that has one, by place: (column, reason)."""
        problems: dict[int, tuple[str, str]] = {}
        if self._reports.flawed:
            entries, statuses = self._reports.entries, others["status"]
            for place, number in enumerate(at_report.tolist()):
                problem = entries[number].problem
                if problem is not None and (problem is not NO_VALUE or statuses[place].value not in _NEEDS_NO_VALUE):
                    problems[place] = problem
        for name, column in others.items():
            if self._others[name].flawed:
                problems.update({place: (name, cell.problem) for place, cell in enumerate(column) if cell.problem})
        return problems


def _assemble(
    file: str,
    lines: Sequence[int],
    entries: Sequence[Report],
    at_report: npt.NDArray[np.int64],
    others: dict[str, list[_Cell[Any]]],
    texts: dict[str, list[str]],
    refusals: list[Refusal],
) -> ResultBatch:
    import numpy as np

    columns = np.array([entry.numbers for entry in entries], np.float64).reshape(-1, 10).T[:, at_report]
    reports = list(map(entries.__getitem__, at_report.tolist()))
    return ResultBatch(
        file=file,
        lines=lines,
        mrn=[cell.value for cell in others["mrn"]],
        analyte=[report.analyte for report in reports],
        unit=[report.texts[0] for report in reports],
        value_text=[report.texts[1] for report in reports],
        ref_low=[report.texts[2] for report in reports],
        ref_high=[report.texts[3] for report in reports],
        collected_at=[cell.value for cell in others["collected_at"]],
        ordering=[cell.ordering for cell in others["collected_at"]],
        status=[cell.value for cell in others["status"]],
        code=[report.code for report in reports],
        method=[report.method for report in reports],
        result_id=[cell.value for cell in others["result_id"]],
        supersedes=[cell.value for cell in others["supersedes"]],
        at=np.array([cell.at for cell in others["collected_at"]], np.int64),
        low=columns[0],
        high=columns[1],
        lower_limit=columns[2],
        upper_limit=columns[3],
        low_open=columns[4].astype(bool),
        high_open=columns[5].astype(bool),
        lower_unreadable=columns[6].astype(bool),
        upper_unreadable=columns[7].astype(bool),
        unusable=columns[8].astype(np.uint8),
        number=columns[9].astype(np.uint8),
        refusals=refusals,
        warnings=[
            (place, Notice(file, lines[place], column, shown(_printed(report, column)), reason))
            for place, report in enumerate(reports)
            if report.warnings
            for column, reason in report.warnings
        ],
        **texts,
    )


def _printed(report: Report, column: str) -> str:
    return dict(zip(("unit", "value", "ref_low", "ref_high"), report.texts, strict=True)).get(column, report.code)


def _tidied(column: Sequence[str], plain: bool) -> list[str]:
    if plain:
        return list(map(str.strip, column))
    return list(map({cell: tidy(cell) for cell in set(column)}.__getitem__, column))


def _read_mrn(cell: str) -> _Cell[Any]:
    mrn = mrn_of(cell)
    return _Cell(mrn, mrn_refusal(mrn))


def _read_time(cell: str, today: date) -> _Cell[Any]:
    if _PLAIN_TIME(cell):  # what most laboratories print, and nothing to refuse
        try:
            moment = datetime.fromisoformat(cell)
        except ValueError:
            moment = _EPOCH
        if moment > _EPOCH and moment.date() <= today:
            return _Cell(cell.removesuffix(":00") if len(cell) == 19 else cell, "", moment.isoformat(), _seconds(moment))
    collected = parse_collected(tidy(cell))
    if isinstance(collected, str):
        return _Cell("", collected)
    ordering = collected.ordering
    return _Cell(str(collected), f"after today ({today})" if collected.on > today else "", ordering.isoformat(), _seconds(ordering))


def _seconds(ordering: datetime) -> int:
    delta = ordering - _EPOCH
    return delta.days * 86_400 + delta.seconds


def _read_status(cell: str) -> _Cell[Any]:
    folded = tidy(cell).casefold()
    try:
        return _Cell(ResultStatus(folded) if folded else ResultStatus.FINAL)
    except ValueError:
        return _Cell(None, f"unknown status; known: {', '.join(ResultStatus)}")


def _read_id(cell: str) -> _Cell[Any]:
    return _Cell(tidy(cell))


def _read_ids(cell: str) -> _Cell[Any]:
    return _Cell(tuple(tidy(cell).replace(",", " ").replace(";", " ").split()))
