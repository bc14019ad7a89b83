"""Messages of an import: their people found in the clinic, their reports taken like the rows of a CSV file.

What is said about a row on the way is said of its number within the chunk; here that becomes the place in the message.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from labtrack.clinic.import_outcome import Tally
from labtrack.clinic.import_people import People, Resolved
from labtrack.clinic.import_records import RecordImporter
from labtrack.clinic.import_results import ResultImporter
from labtrack.core.errors import ImportFailed
from labtrack.core.record import Course, Event
from labtrack.exchange import exports, layouts, rows
from labtrack.exchange.cells import guard
from labtrack.exchange.encodings import Facts
from labtrack.exchange.exports import Cells
from labtrack.exchange.feed import Feed, FeedChunk, Told, Treatment
from labtrack.exchange.headers import open_now
from labtrack.exchange.layouts import RESULTS, Layout
from labtrack.exchange.remarks import Refusal, shown
from labtrack.exchange.results import ResultReader
from labtrack.exchange.rows import BaselineOf, Terms
from labtrack.exchange.sheet import Chunk, Sheet

#: The columns that a report fills, each by the field of :class:`~labtrack.exchange.feed.Told` of that name.
COLUMNS = ("analyte", "value", "unit", "collected_at", "ref_low", "ref_high", "lab", "specimen_id", "status", "note")
#: Names that are counted apart.
_KINDS, _OTHERS = 5_000, "others"

#: Layout, kind of value, its rows of the layout, the layout's reader, and who takes the rows read.
_Take = tuple[Layout, type, Callable[[Any], Any], Callable[[rows.Line], Any], Callable[[Any], None]]


def sheet_of(feed: Feed) -> Sheet:
    """A file of messages as a sheet of the results layout; messages have decimal points."""
    layout = Layout(feed.format, RESULTS.required, RESULTS.optional, RESULTS.numeric)
    places = {name: place for place, name in enumerate(("mrn", *COLUMNS))}
    facts = Facts(feed.sha256, True, False, False, True, False, False)
    return Sheet(feed.path, feed.file, feed.encoding, "", layout, places, len(places), (), ".", facts, feed.size)


@dataclass(slots=True)
class FeedImporter:
    """Takes one file of messages into the open transaction."""

    feed: Feed
    tally: Tally
    people: People
    records: RecordImporter
    reader: ResultReader
    results: ResultImporter
    terms: Terms
    _resolved: dict[int, Resolved] = field(default_factory=dict)
    _kept_out: Counter[str] = field(default_factory=Counter)
    _treatments: list[Treatment] = field(default_factory=list)

    def take(self, chunk: FeedChunk) -> None:
        """One chunk: its remarks, then its reports; treatments wait for the end of the file."""
        for refusal in chunk.refusals:
            self.tally.refuse(refusal)
        for notice in chunk.notices:
            self.tally.notice(notice)
        for name, number in chunk.kept_out.items():
            self._kept_out[name if name in self._kept_out or len(self._kept_out) < _KINDS else _OTHERS] += number
        self._treatments += chunk.treatments
        reports, mrns = self._of_patients(chunk.reports)
        if not reports:
            return
        self.tally.places = _Places(reports, self.feed)
        try:
            columns: dict[str, Sequence[str]] = {name: [_cell(getattr(each, name)) for each in reports] for name in COLUMNS}
            columns["mrn"] = [guard(mrn) for mrn in mrns]
            batch = self.reader.batch(Chunk(range(len(reports)), columns))
            self.results.take(batch, [reports[number].report_id for number in batch.lines])
        finally:
            self.tally.places = None

    def finish(self) -> None:
        """After the last chunk: what labtrack itself wrote about treatment, and what was kept out by name."""
        self.results.finish()
        self._treat()
        self.tally.kept_out(self._kept_out)

    def _of_patients(self, reports: Sequence[Told]) -> tuple[list[Told], list[str]]:
        """The reports of patients of the clinic with their MRNs; the others are refused."""
        kept, mrns = [], []
        for each in reports:
            found = self._who(each.person)
            if found.mrn:
                kept.append(each)
                mrns.append(found.mrn)
            else:
                self._refuse_person(each, found)
        return kept, mrns

    def _who(self, place: int) -> Resolved:
        if place not in self._resolved:
            found = self.people.resolve(self.feed.people[place], self.feed.file) if place >= 0 else Resolved(problem="no patient is named")
            self._resolved[place] = found
        return self._resolved[place]

    def _refuse_person(self, said: Told | Treatment, found: Resolved) -> None:
        person = self.feed.people[said.person] if said.person >= 0 else None
        number = person.identifiers[0].value if person and person.identifiers else ""
        column = said.where + self.feed.columns.get("mrn", "")
        self.tally.refuse(Refusal(self.feed.file, said.line, column, shown(number), found.problem))
        if found.asks:
            self.tally.outcome.asked.setdefault(found.asks, found.problem.partition(". Is it")[0])
        if found.unknown and person is not None:
            born = f", born {person.birth_date}" if person.birth_date else ""
            self.tally.unknown(f"{shown(number)}{person.name and ' '}{shown(person.name)}{born}")

    def _treat(self) -> None:
        """What labtrack wrote about treatment, through the very checks of the import layouts, each after what it belongs to."""
        mrns: dict[int, str] = {}
        for number, each in enumerate(self._treatments):
            found = self._who(each.person)
            if found.mrn:
                mrns[number] = found.mrn
            else:
                self._refuse_person(each, found)
        self.tally.places = _Places(self._treatments, self.feed)
        try:
            for layout, kind, cells_of, read, take in self._takes():
                rows = [
                    (number, cells)
                    for number, mrn in mrns.items()
                    if isinstance(value := self._treatments[number].value, kind)
                    for cells in cells_of([(mrn, value)])
                ]
                self._take_rows(layout, rows, read, take)
        finally:
            self.tally.places = None

    def _takes(self) -> list[_Take]:
        records = self.records
        return [
            (layouts.COURSES, Course, exports.course_rows, rows.course, records.courses),
            (layouts.DOSES, Course, exports.dose_rows, rows.dose, records.doses),
            (layouts.HOLDS, Course, exports.hold_rows, rows.hold, records.holds),
            (layouts.EVENTS, Event, exports.event_rows, rows.event, records.events),
            (layouts.BASELINES, BaselineOf, exports.baseline_rows, rows.baseline, records.baselines),
        ]

    def _take_rows(self, layout: Layout, numbered: list[tuple[int, Cells]], read: Any, take: Any) -> None:
        if not numbered:
            return
        columns = zip(*([guard(cell) for cell in cells] for _, cells in numbered), strict=True)
        chunk = Chunk([number for number, _ in numbered], dict(zip(layout.columns, columns, strict=True)))
        parsed = rows.parse_rows(self.results.sheet, chunk, self.terms, read)
        for refusal in parsed.refusals:
            self.tally.refuse(refusal)
        self.records.remember(parsed.notices)
        take(parsed.rows)


def _cell(text: str) -> str:
    """A text as the results layout would carry it: an apostrophe that it begins with is its own."""
    return guard(text) if text[:1] == "'" else text


class _Places:
    """Where in its file each report of a chunk stands. See :attr:`labtrack.clinic.import_outcome.Tally.places`."""

    def __init__(self, reports: Sequence[Told | Treatment], feed: Feed) -> None:
        self._reports, self._columns = reports, feed.columns

    def line(self, number: int) -> int:
        """The line of a report by its number in the chunk."""
        return self._reports[number].line

    def column(self, number: int, column: str) -> str:
        """A column of ours in the words of the format."""
        return self._reports[number].where + self._columns.get(column, f" {column}")


def open_feed(path: Path, format: str, catalogue: Any, encoding: str, codes: Any) -> Feed:
    """A file of messages, proven readable. Raises ImportFailed as the reader of its format does."""
    if format == "hl7":
        from labtrack.exchange.hl7.feed import open_hl7

        return open_hl7(path, catalogue, encoding=encoding, codes=codes)
    if format == "fhir":
        from labtrack.exchange.fhir.reader import open_fhir

        return open_fhir(path, catalogue, encoding=encoding, codes=codes)
    raise ImportFailed(f"{path.name} is of no format that labtrack reads.", "Say which with --as csv, --as fhir or --as hl7.")


_HL7 = (b"MSH", b"FHS", b"BHS")
_BOMS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


def format_of(path: Path) -> str:
    """What a file holds by its first characters: ``hl7``, ``fhir`` or ``csv``. A file that cannot be read is left to its reader."""
    try:
        with open_now(path) as stream:
            start = stream.read(512)
    except OSError:
        return "csv"
    if start.startswith(b"\x1f\x8b"):
        return "fhir"
    for mark in _BOMS:
        start = start.removeprefix(mark)
    start = start.replace(b"\0", b"").lstrip(b"\x0b \t\r\n")
    if start.startswith(_HL7) and not start[3:4].isalnum() and len(start) > 3:
        return "hl7"
    return "fhir" if start[:1] in (b"{", b"<") or start.startswith((b"[", b'{"')) else "csv"
