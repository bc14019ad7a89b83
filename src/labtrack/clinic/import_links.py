"""Which results of an import replace which: by the sender's identity of a report, or as a file of ours says itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from labtrack.clinic.import_lookup import Lookup, ResultKey
from labtrack.clinic.matching import Known
from labtrack.exchange.remarks import Notice, shown
from labtrack.exchange.results import ResultBatch
from labtrack.exchange.sheet import Sheet, chunks
from labtrack.store import Writer


class Versions:
    """Versions of the reports that a chunk brings, recorded ones and those of the chunk, each the very value of ``known``."""

    def __init__(self, lookup: Lookup, known: Mapping[ResultKey, list[Known]]) -> None:
        self._lookup = lookup
        self._by_id = {each.result_id: each for under in known.values() for each in under}
        self._found: dict[tuple[int, str, str], list[Known]] = {}

    def elsewhere(self, key: ResultKey, report_id: str) -> list[Known]:
        """Those of one report that stand at another time or on another specimen."""
        return [each for each in self._of(key, report_id) if each.place != key[2:]] if report_id else []

    def add(self, key: ResultKey, new: Known) -> None:
        """One more version."""
        if new.report_id:
            self._of(key, new.report_id).append(new)

    def _of(self, key: ResultKey, report_id: str) -> list[Known]:
        name = (key[0], key[1], report_id)
        if name not in self._found:
            recorded = self._lookup.versions(*name) if self._lookup.is_sent(*name) else []
            self._found[name] = [self._by_id.setdefault(each.result_id, each) for each in recorded]
        return self._found[name]


class ExplicitLinks:
    """What a file that carries ``result_id`` and ``supersedes`` says replaced what, in the file's own ids."""

    def __init__(self, sheet: Sheet) -> None:
        #: Ids that some row supersedes: only these are remembered.
        self.referenced = {each for chunk in chunks(sheet) for cell in chunk.columns["supersedes"] if cell for each in _ids(cell)}
        self.numbers: dict[str, tuple[int, int]] = {}
        self.pending: list[tuple[str, int, int, Notice]] = []

    def note(self, batch: ResultBatch, patients: Sequence[int], numbers: Sequence[int]) -> None:
        """Remember the store numbers of the chunk's referenced rows, and whom they supersede; ``patients`` are negative for nobody."""
        if not self.referenced:
            return
        rows = zip(batch.result_id, batch.supersedes, patients, numbers, strict=True)
        for place, (own, supersedes, patient, number) in enumerate(rows):
            if patient < 0 or (own not in self.referenced and not supersedes):
                continue
            self.numbers[own] = (number, patient)
            for each in supersedes:
                reason = f"supersedes {shown(each)}, which is no earlier result of this patient in the file"
                notice = Notice(batch.file, batch.lines[place], "supersedes", shown(" ".join(supersedes)), reason)
                self.pending.append((each, number, patient, notice))

    def resolve(self, first_id: int, writer: Writer) -> tuple[list[tuple[int, int, int]], list[Notice]]:
        """(superseded, by, patient) of the links between rows of which one is new, and a notice for each that leads nowhere."""
        links: dict[int, tuple[int, int, int]] = {}
        notices = []
        for own, by, patient, notice in self.pending:
            number, owner = self.numbers.get(own, (0, 0))
            if by < first_id and (number == 0 or number < first_id):
                continue  # both were there before: nothing changes
            if owner != patient or not 0 < number < by:
                notices.append(notice)
            elif number not in links and (number >= first_id or _stands(writer, number)):
                links[number] = (number, by, patient)
        return list(links.values()), notices


def _ids(cell: str) -> list[str]:
    return cell.replace(",", " ").replace(";", " ").split()


def _stands(writer: Writer, result_id: int) -> bool:
    found = writer.result(result_id)
    return found is not None and not found[1].superseded
