"""Import of files of any format: all of a command's files in one transaction, in dependency order, with assessment and audit.

Files are proven readable before anything is written; then rows are parsed, matched with the record and stored chunk by chunk, in
constant memory. Refused rows are told as they come. Nothing is visible to others, and nothing is left after a crash, before the
whole import has been committed.
"""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from labtrack.catalogue import Catalogue
from labtrack.clinic.import_feeds import FeedImporter, format_of, open_feed, sheet_of
from labtrack.clinic.import_lookup import Lookup
from labtrack.clinic.import_outcome import Agreed, ImportOutcome, Tally, Watch
from labtrack.clinic.import_people import People
from labtrack.clinic.import_records import RecordImporter
from labtrack.clinic.import_results import ResultImporter
from labtrack.clinic.mappings import codes_of
from labtrack.core.errors import ImportFailed, UsageError
from labtrack.core.record import Course
from labtrack.exchange import layouts, rows
from labtrack.exchange.feed import Feed
from labtrack.exchange.mapping import ColumnMapping
from labtrack.exchange.remarks import Notice, Refusal
from labtrack.exchange.results import ResultReader
from labtrack.exchange.rows import Row, Terms, parse_rows
from labtrack.exchange.sheet import Sheet, chunks, open_sheet
from labtrack.exchange.writing import row_writer, whole_file
from labtrack.store import Store, Writer

REJECT_COLUMNS = ("file", "line", "column", "text", "reason")
#: Patients assessed at a time.
ASSESSED = 10_000

#: Judges patients anew in the open transaction: (writer, store numbers, today).
Assess = Callable[[Writer, Sequence[int], date], None]


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """How to import.

    ``encoding`` is for files without a byte order mark (UTF-8 if empty). ``strict``: any refusal undoes everything. ``dry_run``: do all but
    keep nothing. ``rejects`` is the file that refused rows go to. ``progress`` is told bytes done and bytes in all.
    ``on_refusal`` and ``on_notice`` are told every remark as it comes.

    ``format`` is that of all files (``csv``, ``fhir``, ``hl7``); empty: each is what its first characters say. Of messages,
    ``add_patients`` adds the people that the clinic does not have, ``same_patients`` are MRNs for which a person has confirmed that a
    differing name or birth date is the same patient's, and ``authorities``, if any, are the only ones whose numbers can be MRNs.

    ``mapping`` says what the columns mean of every file that has those it needs; ``mappings`` and ``encodings`` are for single files.
    ``cancel`` is asked between chunks: once it answers true everything is left as it was (ImportStopped). ``agreed`` holds the import to
    what a preview told of the same files, in the same order (PreviewOutOfDate). ``on_unreadable`` is told of a file that cannot be read
    as a whole, which is then left out. ``watch`` is told of the rows.
    """

    encoding: str = ""
    strict: bool = False
    dry_run: bool = False
    format: str = ""
    add_patients: bool = False
    same_patients: Collection[str] = ()
    authorities: Collection[str] = ()
    rejects: Path | None = None
    progress: Callable[[int, int], None] | None = None
    on_refusal: Callable[[Refusal], None] | None = None
    on_notice: Callable[[Notice], None] | None = None
    mapping: ColumnMapping | None = None
    mappings: Mapping[Path, ColumnMapping] = field(default_factory=dict)
    encodings: Mapping[Path, str] = field(default_factory=dict)
    cancel: Callable[[], bool] | None = None
    agreed: tuple[Agreed, ...] = ()
    on_unreadable: Callable[[Path, ImportFailed], None] | None = None
    watch: Watch | None = None


class ImportStopped(ImportFailed):
    """Somebody stopped the import; nothing was changed."""


class PreviewOutOfDate(ImportFailed):
    """A file or the record is no longer what the preview was made from; nothing was changed."""


class _Undone(Exception):
    """Leaves the transaction without committing it."""


def import_files(
    store: Store,
    paths: Sequence[Path],
    options: ImportOptions,
    *,
    catalogue: Catalogue,
    today: date,
    rule_ids: Collection[str] = (),
    assess: Assess | None = None,
) -> ImportOutcome:
    """Import files of any formats and layouts, given in any order. ``today`` is the machine's date; ``rule_ids`` may be reasons of holds.

    Raises ImportFailed when a file cannot be read as a whole, or with ``strict`` when any row was refused: nothing is changed
    then. Raises UsageError for an unknown encoding, or a rejects file that is also imported, and StoreError.
    """
    if not paths:
        raise UsageError("No file was named.", "Name the CSV files to import.")
    if options.rejects is not None and options.rejects.resolve() in {path.resolve() for path in paths}:
        raise UsageError(f"{options.rejects} would be overwritten by its own rejects.", "Name another file with --rejects.")
    sources = sorted(_opened(paths, options, catalogue), key=lambda source: source.order)
    if options.agreed and [each.sha256 for each in options.agreed] != [source.sheet.facts.sha256 for source in sources]:
        raise PreviewOutOfDate("A file has changed since the preview.", "Look at the new preview, then import.")
    with ExitStack() as stack:
        tally = Tally(_refusal_sink(stack, options), options.on_notice, options.watch)
        stack.enter_context(_uncollected())
        run = _Run(tally, Terms(catalogue, today, frozenset(rule_ids)), options)
        try:
            with store.write() as writer:
                run.files(writer, sources)
                if options.agreed and options.agreed != tuple(map(Agreed.of, tally.outcome.files)):
                    raise PreviewOutOfDate("The clinic's record has changed since the preview.", "Look at the new preview, then import.")
                if options.dry_run or (options.strict and tally.outcome.total("refused")):
                    raise _Undone
                run.settle(writer, assess)
        except _Undone:
            pass
        else:
            tally.outcome.committed = True
    refused = tally.outcome.total("refused")
    if options.strict and refused:
        raise ImportFailed(
            f"{refused} {'row was' if refused == 1 else 'rows were'} refused, so nothing was imported (--strict).",
            "Correct the rows, or import without --strict.",
        )
    return tally.outcome


@dataclass(frozen=True, slots=True)
class _Source:
    """A file that was opened: a sheet of its own, or messages with the sheet that they fill."""

    sheet: Sheet
    feed: Feed | None = None

    @property
    def order(self) -> int:
        """Its place among the files of an import: messages bring results."""
        return layouts.LAYOUTS.index(layouts.RESULTS if self.feed else self.sheet.layout)


def _opened(paths: Sequence[Path], options: ImportOptions, catalogue: Catalogue) -> Iterator[_Source]:
    """The files; one that cannot be read is told and left out, if somebody wants to be told."""
    for path in paths:
        _stop_if_wanted(options)
        try:
            yield _source(path, options, catalogue)
        except ImportFailed as error:
            if options.on_unreadable is None:
                raise
            options.on_unreadable(path, error)


def _source(path: Path, options: ImportOptions, catalogue: Catalogue) -> _Source:
    encoding, mapping = options.encodings.get(path, options.encoding), options.mappings.get(path, options.mapping)
    format = options.format or format_of(path)
    if format == "csv":
        return _Source(open_sheet(path, encoding, mapping))
    feed = open_feed(path, format, catalogue, encoding, codes_of(mapping))
    return _Source(sheet_of(feed), feed)


def _stop_if_wanted(options: ImportOptions) -> None:
    if options.cancel is not None and options.cancel():
        raise ImportStopped("The import was stopped.", "Nothing was changed.")


def _refusal_sink(stack: ExitStack, options: ImportOptions) -> Callable[[Refusal], None] | None:
    """Where refusals go: the rejects file, and whoever wants to be told."""
    if options.rejects is None:
        return options.on_refusal
    write = row_writer(stack.enter_context(whole_file(options.rejects)), REJECT_COLUMNS)

    def tell(refusal: Refusal) -> None:
        write((refusal.file, str(refusal.line), refusal.column, refusal.text, refusal.reason))
        if options.on_refusal is not None:
            options.on_refusal(refusal)

    return tell


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without the cycle collector: an import makes millions of short-lived objects and no cycles, and it costs a third more with it."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


@dataclass(slots=True)
class _Run:
    """One import in its transaction."""

    tally: Tally
    terms: Terms
    options: ImportOptions
    done: int = 0
    total: int = field(default=0)

    def files(self, writer: Writer, sources: Sequence[_Source]) -> None:
        """Every file, in dependency order."""
        self.total = sum(source.sheet.size for source in sources)
        records = RecordImporter(writer, self.tally)
        lookup: Lookup | None = None
        for source in sources:
            sheet = source.sheet
            self.tally.begin(sheet)
            if source.feed is not None or sheet.layout is layouts.RESULTS:
                lookup = lookup or Lookup(writer)
                format = source.feed.format if source.feed else "csv"
                importer = ResultImporter(writer, self.tally, lookup, records.ids, self.terms.catalogue, sheet, format)
                if source.feed is not None:
                    self._messages(source.feed, writer, records, importer)
                else:
                    self._results(sheet, importer)
            else:
                self._records(sheet, records)
            self.done += sheet.size

    def _told(self, read: int) -> None:
        _stop_if_wanted(self.options)
        if self.options.progress is not None:
            self.options.progress(self.done + read, self.total)

    def _results(self, sheet: Sheet, importer: ResultImporter) -> None:
        reader = ResultReader(sheet, self.terms)
        kept_out: Counter[str] = Counter()
        for chunk in chunks(sheet, progress=self._told):
            kept_out.update(chunk.kept_out)
            importer.take(reader.batch(chunk))
        importer.finish()
        self.tally.kept_out(kept_out)

    def _messages(self, feed: Feed, writer: Writer, records: RecordImporter, results: ResultImporter) -> None:
        options = self.options
        people = People(writer, self.tally, records.ids, options.add_patients, options.same_patients, options.authorities)
        reader = ResultReader(results.sheet, self.terms)
        importer = FeedImporter(feed, self.tally, people, records, reader, results, self.terms)
        for chunk in feed.chunks(progress=self._told):
            importer.take(chunk)
        importer.finish()

    def _records(self, sheet: Sheet, records: RecordImporter) -> None:
        layout = sheet.layout
        if layout is layouts.PATIENTS:
            self._each(sheet, records, rows.patient, records.patients)
        elif layout is layouts.COURSES:
            courses: list[Row[Course]] = []
            self._each(sheet, records, rows.course, courses.extend)
            records.courses(courses)
        elif layout is layouts.DOSES:
            self._each(sheet, records, rows.dose, records.doses)
        elif layout is layouts.HOLDS:
            self._each(sheet, records, rows.hold, records.holds)
        elif layout is layouts.EVENTS:
            self._each(sheet, records, rows.event, records.events)
        else:
            self._each(sheet, records, rows.baseline, records.baselines)

    def _each(
        self,
        sheet: Sheet,
        records: RecordImporter,
        reader: Callable[[rows.Line], rows.Value],
        take: Callable[[list[Row[rows.Value]]], None],
    ) -> None:
        for chunk in chunks(sheet, progress=self._told):
            parsed = parse_rows(sheet, chunk, self.terms, reader)
            for refusal in parsed.refusals:
                self.tally.refuse(refusal)
            records.remember(parsed.notices)
            take(parsed.rows)

    def settle(self, writer: Writer, assess: Assess | None) -> None:
        """Count the write, judge the patients anew and enter all of it in the audit; nothing at all where nothing changed."""
        touched = sorted(self.tally.changes)
        outcome = self.tally.outcome
        outcome.patients = len(touched)
        if not touched:
            return
        writer.touch(touched)
        if assess is not None:
            for first in range(0, len(touched), ASSESSED):
                _stop_if_wanted(self.options)
                assess(writer, touched[first : first + ASSESSED], self.terms.today)
        counts = ("accepted", "warned", "amended", "duplicate", "refused")
        files = [
            {"file": each.file, "layout": each.layout, "sha256": each.sha256} | {name: getattr(each, name) for name in counts}
            for each in outcome.files
        ]
        writer.audit("import", {"files": files, "patients": len(touched)})
        for patient_id in touched:
            writer.audit("import", self.tally.changes[patient_id], patient_id)
