"""Result rows of an import, a chunk at a time: matched with what is recorded, stored, packed into segments.

Almost every row of a file is new. Whether it can be anything else is decided by columns, against the patients' packed segments;
only rows that share patient, analyte and time with another are looked up and compared one by one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import repeat

import numpy as np
import numpy.typing as npt

from labtrack.catalogue import Catalogue
from labtrack.clinic.import_links import ExplicitLinks, Versions
from labtrack.clinic.import_lookup import Lookup, ResultKey
from labtrack.clinic.import_outcome import Tally
from labtrack.clinic.import_traps import batch_traps
from labtrack.clinic.matching import Known, match
from labtrack.clinic.segments import segments_of, without
from labtrack.core.record import ResultStatus, Unusable
from labtrack.exchange.remarks import Notice, Refusal, shown
from labtrack.exchange.results import ResultBatch
from labtrack.exchange.sheet import Sheet
from labtrack.labs.bounds import Rows
from labtrack.labs.columns import (
    HIGH_OPEN,
    IS_TEXT,
    LOW_OPEN,
    LOWER_UNREADABLE,
    RESULT_ROW,
    UNIT_UNKNOWN,
    UPPER_UNREADABLE,
    specimen_code,
)
from labtrack.store import Writer

_STATUS_TEXT = {status: status.value for status in ResultStatus}
_UNUSABLE_TEXT = (Unusable.NOT.value, Unusable.TEXT.value, Unusable.UNIT.value)
_AT_BITS, _ANALYTE_BITS = 33, 6

Packed = npt.NDArray[np.void]
Flags = npt.NDArray[np.bool_]


@dataclass(slots=True)
class Placed:
    """A chunk with its patients: ``patient`` are store numbers (−1: nobody), ``local`` indexes ``numbers``.

    ``keys`` pack (local patient, analyte, instant); ``report_ids`` are the senders' identities, if any; ``old`` are the patients'
    segments before, ``old_owner``, ``old_rows`` and ``old_keys`` the same as columns.
    """

    batch: ResultBatch
    patient: Rows
    numbers: list[int]
    local: Rows
    keys: Rows
    packed: Packed
    old: list[bytes]
    old_owner: Rows
    old_rows: Packed
    old_keys: Rows
    report_ids: Sequence[str] = ()

    def report_id(self, place: int) -> str:
        """The sender's identity of a report; empty where it gives none."""
        return self.report_ids[place] if self.report_ids else ""


@dataclass(slots=True)
class Verdicts:
    """What becomes of each row: ``taken``, and for those ``gone`` (superseded by a later row of the chunk); ``warnings`` by place.

    ``links`` are (superseded, by): a recorded id or, negative, a place − 1. ``same_as`` gives a duplicate's recorded id.
    """

    taken: Flags
    gone: set[int] = field(default_factory=set)
    warnings: dict[int, str] = field(default_factory=dict)
    links: list[tuple[int, int]] = field(default_factory=list)
    same_as: dict[int, int] = field(default_factory=dict)


class ResultImporter:
    """Takes the chunks of one sheet into the open transaction."""

    def __init__(
        self, writer: Writer, tally: Tally, lookup: Lookup, ids: dict[str, int], catalogue: Catalogue, sheet: Sheet, format: str = "csv"
    ) -> None:
        self.writer, self.tally, self.lookup, self.ids, self.catalogue = writer, tally, lookup, ids, catalogue
        self.sheet, self.format = sheet, format
        self.first_id = self.next_id = writer.last_result_id() + 1
        self._source: int | None = None
        self._rank = np.zeros(64, np.int64)
        for rank, key in enumerate(sorted(catalogue.analytes)):
            self._rank[catalogue.analytes[key].number] = rank
        self.explicit = ExplicitLinks(sheet) if {"result_id", "supersedes"} <= set(sheet.places) else None

    def take(self, batch: ResultBatch, report_ids: Sequence[str] = ()) -> None:
        """One chunk: refuse, match, store, pack. ``report_ids`` are the senders' identities of its reports, none for a sheet."""
        for refusal in batch.refusals:
            self.tally.refuse(refusal)
        if not len(batch):
            return
        placed = self._place(batch, report_ids)
        verdicts = self._judge(placed)
        places = np.flatnonzero(verdicts.taken)
        result_ids = np.zeros(len(batch), np.int64)
        result_ids[places] = np.arange(self.next_id, self.next_id + len(places))
        self.next_id += len(places)
        placed.packed["result_id"] = result_ids
        self._tell(placed, verdicts, places)
        if len(places):
            self._store(placed, places, result_ids)
            self._name(placed, places.tolist(), result_ids)
            self._supersede(placed, verdicts, result_ids)
            self._pack(placed, verdicts, places)
        if self.explicit is not None:
            numbers = [verdicts.same_as.get(place, number) for place, number in enumerate(result_ids.tolist())]
            self.explicit.note(batch, placed.patient.tolist(), numbers)

    def finish(self) -> None:
        """After the last chunk: the links that the file itself names."""
        if self.explicit is None:
            return
        links, notices = self.explicit.resolve(self.first_id, self.writer)
        for notice in notices:
            self.tally.notice(notice)
        if not links:
            return
        self.writer.supersede(links)
        gone: dict[int, list[int]] = {}
        for superseded, by, patient in links:
            gone.setdefault(patient, []).append(superseded)
            self.tally.superseded(patient, superseded, by)
        self.writer.put_segments(
            (patient, without(np.frombuffer(self.writer.segment(patient), RESULT_ROW), ids).tobytes()) for patient, ids in gone.items()
        )

    def _place(self, batch: ResultBatch, report_ids: Sequence[str]) -> Placed:
        """Find the chunk's patients and what is recorded of them; refuse the rows of nobody."""
        patient = np.array([self.ids.get(mrn, -1) for mrn in batch.mrn], np.int64)
        for place in np.flatnonzero(patient < 0).tolist():
            self.tally.refuse(Refusal(batch.file, batch.lines[place], "mrn", shown(batch.mrn[place]), "no such patient"))
        unique, local = np.unique(patient, return_inverse=True)
        numbers = unique.tolist()
        old = [self.writer.segment(number) if number >= 0 else b"" for number in numbers]
        old_rows = np.frombuffer(b"".join(old), RESULT_ROW)
        owner = np.repeat(np.arange(len(old)), [len(each) // RESULT_ROW.itemsize for each in old])
        return Placed(
            batch,
            patient,
            numbers,
            local,
            _keys(local, batch.number, batch.at),
            _pack_batch(batch),
            old,
            owner,
            old_rows,
            _keys(owner, old_rows["analyte"], old_rows["at"]),
            report_ids,
        )

    def _judge(self, placed: Placed) -> Verdicts:
        """Match the rows that may repeat or replace another; all others are new."""
        verdicts = Verdicts(placed.patient >= 0)
        doubtful = np.isin(placed.keys, placed.old_keys)
        if self.explicit is None:
            ordered = np.sort(placed.keys)
            doubtful |= np.isin(placed.keys, ordered[1:][ordered[1:] == ordered[:-1]])
        whole = [number < 0 or self.lookup.is_whole(number, old) for number, old in zip(placed.numbers, placed.old, strict=True)]
        doubtful |= ~np.array(whole, bool)[placed.local]
        doubtful[self._versions(placed)] = True
        places = np.flatnonzero(doubtful & verdicts.taken).tolist()
        if places:
            self._compare(placed, places, verdicts)
        return verdicts

    def _versions(self, placed: Placed) -> list[int]:
        """Rows that are versions of a report that is recorded, or that comes more than once in the chunk."""
        batch, patients = placed.batch, placed.patient.tolist()
        named = [(place, (patients[place], batch.analyte[place], each)) for place, each in enumerate(placed.report_ids) if each]
        times = Counter(key for _, key in named)
        return [place for place, key in named if key[0] >= 0 and (times[key] > 1 or self.lookup.is_sent(*key))]

    def _compare(self, placed: Placed, places: list[int], verdicts: Verdicts) -> None:
        batch = placed.batch
        keys: dict[int, ResultKey] = {
            place: (int(placed.patient[place]), batch.analyte[place], batch.ordering[place], batch.specimen_id[place]) for place in places
        }
        known = self.lookup.known(keys.values())
        reports = Versions(self.lookup, known)
        for place, key in keys.items():
            report_id = placed.report_id(place)
            under = [*known[key], *reports.elsewhere(key, report_id)]
            if self.explicit is not None:  # rows of the file itself are what it says they are
                under = [each for each in under if 0 < each.result_id < self.first_id]
            said = (batch.value_text[place], batch.unit[place], batch.status[place], key[2:], report_id)
            found = match(under, *said)
            if found.duplicate_of is not None:
                verdicts.taken[place] = False
                verdicts.same_as[place] = found.duplicate_of.result_id
                continue
            for each in found.superseded:
                each.stands = False
                verdicts.links.append((each.result_id, -place - 1))
                if each.result_id < 0:
                    verdicts.gone.add(-each.result_id - 1)
            if found.warning:
                verdicts.warnings[place] = found.warning
            if self.explicit is None:
                value_text, unit, status, at, _ = said
                new = Known(-place - 1, value_text, unit, status, place=at, report_id=report_id)
                known[key].append(new)
                reports.add(key, new)

    def _tell(self, placed: Placed, verdicts: Verdicts, places: Rows) -> None:
        """Count the rows, and tell the warnings of those that are taken."""
        batch, taken = placed.batch, verdicts.taken
        notices = [(place, notice) for place, notice in batch.warnings if taken[place]]
        traps = batch_traps(
            self.writer,
            self.catalogue,
            placed.packed,
            (placed.numbers, placed.local),
            placed.keys,
            (placed.old_rows, placed.old_keys),
            taken,
        )
        for place, reason in (*verdicts.warnings.items(), *traps):
            text = f"{batch.value_text[place]} {batch.unit[place]}"
            notices.append((place, Notice(batch.file, batch.lines[place], "value", shown(text), reason)))
        for _, notice in sorted(notices, key=lambda each: each[0]):
            self.tally.notice(notice)
        count = self.tally.count
        count.accepted += len(places)
        count.warned += len({place for place, _ in notices})
        count.duplicate += int(np.count_nonzero(placed.patient >= 0)) - len(places)
        if self.tally.watch is not None:
            self.tally.results(batch, placed.patient.tolist(), taken.tolist())

    def _store(self, placed: Placed, places: Rows, result_ids: Rows) -> None:
        if self._source is None:
            self._source = self.writer.add_source(self.sheet.facts.sha256, self.format, self.sheet.file)
        batch, packed = placed.batch, placed.packed
        unusable = batch.unusable.tolist()
        columns = (
            placed.patient.tolist(),
            batch.analyte,
            batch.ordering,
            result_ids.tolist(),
            batch.collected_at,
            batch.value_text,
            batch.unit,
            list(map(_STATUS_TEXT.__getitem__, batch.status)),
            [None if bad else low for low, bad in zip((batch.low + 0.0).tolist(), unusable, strict=True)],
            [None if bad else high for high, bad in zip((batch.high + 0.0).tolist(), unusable, strict=True)],
            batch.low_open.astype(int).tolist(),
            batch.high_open.astype(int).tolist(),
            list(map(_UNUSABLE_TEXT.__getitem__, unusable)),
            batch.ref_low,
            batch.ref_high,
            _limit_texts(batch.lower_limit.tolist(), batch.lower_unreadable.tolist()),
            _limit_texts(batch.upper_limit.tolist(), batch.upper_unreadable.tolist()),
            batch.lab,
            batch.specimen_id,
            batch.note,
            batch.code,
            batch.method,
            repeat(self._source, len(batch)),
        )
        rows = list(zip(*columns, strict=True))
        # In the order of the clustered table, so that each patient's page is written once.
        order = np.lexsort((packed["at"][places], self._rank[batch.number[places]], placed.patient[places]))
        self.writer.insert_results([rows[place] for place in places[order].tolist()])

    def _name(self, placed: Placed, places: list[int], result_ids: Rows) -> None:
        """Remember the senders' identities of what was stored."""
        batch = placed.batch
        rows = [
            (int(placed.patient[place]), batch.analyte[place], placed.report_id(place), int(result_ids[place]))
            for place in places
            if placed.report_id(place)
        ]
        if rows:
            self.writer.add_sent_reports(rows)
            for patient, analyte, report_id, _ in rows:
                self.lookup.sent(patient, analyte, report_id)

    def _supersede(self, placed: Placed, verdicts: Verdicts, result_ids: Rows) -> None:
        def number(each: int) -> int:
            return each if each > 0 else int(result_ids[-each - 1])

        links = [(number(old), number(new), int(placed.patient[-new - 1])) for old, new in verdicts.links]
        if links:
            self.writer.supersede(links)
        for old, new, patient in links:
            self.tally.superseded(patient, old, new)

    def _pack(self, placed: Placed, verdicts: Verdicts, places: Rows) -> None:
        """New segments of the patients whose standing, reported results changed, and what the audit says of each."""
        reported = np.array([status.is_reported for status in ResultStatus], bool)
        codes = {status: code for code, status in enumerate(ResultStatus)}
        status = np.array(list(map(codes.__getitem__, placed.batch.status)), np.int64)
        standing = verdicts.taken & reported[status]
        standing[list(verdicts.gone)] = False
        touched = np.zeros(len(placed.numbers), bool)
        touched[placed.local[places]] = True
        stays = touched[placed.old_owner] & ~np.isin(placed.old_rows["result_id"], [old for old, _ in verdicts.links if old > 0])
        segments = segments_of(
            np.concatenate([placed.old_owner[stays], placed.local[standing]]),
            np.concatenate([placed.old_rows[stays], placed.packed[standing]]),
            len(placed.numbers),
        )
        added = np.bincount(placed.local[places], minlength=len(placed.numbers))
        for local in np.flatnonzero(touched).tolist():
            self.lookup.inserted(placed.numbers[local], int(added[local]))
            self.tally.added(placed.numbers[local], "results", int(added[local]))
        self.writer.put_segments((placed.numbers[local], segments[local]) for local in np.flatnonzero(touched).tolist())


def _keys(local: Rows, analyte: npt.NDArray[np.uint8], at: Rows) -> Rows:
    return (local << (_AT_BITS + _ANALYTE_BITS)) | (analyte.astype(np.int64) << _AT_BITS) | at


def _pack_batch(batch: ResultBatch) -> Packed:
    """The chunk as :data:`RESULT_ROW` records, without ids."""
    packed = np.zeros(len(batch), RESULT_ROW)
    for name in ("at", "low", "high", "lower_limit", "upper_limit"):
        packed[name] = getattr(batch, name)
    packed["analyte"] = batch.number
    packed["flags"] = (
        batch.low_open * np.uint8(LOW_OPEN)
        | batch.high_open * np.uint8(HIGH_OPEN)
        | (batch.unusable == 1) * np.uint8(IS_TEXT)
        | (batch.unusable == 2) * np.uint8(UNIT_UNKNOWN)
        | batch.lower_unreadable * np.uint8(LOWER_UNREADABLE)
        | batch.upper_unreadable * np.uint8(UPPER_UNREADABLE)
    )
    sources: list[str | int] = [specimen or at for specimen, at in zip(batch.specimen_id, batch.at.tolist(), strict=True)]
    codes = {each: specimen_code(each, 0) if isinstance(each, str) else specimen_code("", each) for each in set(sources)}
    packed["specimen"] = list(map(codes.__getitem__, sources))
    return packed


def _limit_texts(limits: list[float], unreadable: list[bool]) -> list[str | None]:
    """Canonical limits as the store keeps them: None where none was printed, ``nan`` where one cannot be read."""
    return [repr(limit) if limit == limit else "nan" if bad else None for limit, bad in zip(limits, unreadable, strict=True)]
