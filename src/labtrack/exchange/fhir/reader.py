"""A FHIR R4 file as a feed of people, reports and treatments: opened by one pass that proves it, read by a second.

The reader is of labtrack's own, over the standard JSON decoder, and checks each item itself: a validating model refuses a whole file
for one missing narrative, and takes several times as long.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from labtrack.catalogue import Catalogue
from labtrack.core.errors import ImportFailed
from labtrack.exchange.feed import CHUNK, FeedChunk, Person, Treatment
from labtrack.exchange.fhir.elements import list_at, mapping_at, text_at
from labtrack.exchange.fhir.entries import Found, Odd, Walk
from labtrack.exchange.fhir.holders import Holder
from labtrack.exchange.fhir.index import Index
from labtrack.exchange.fhir.observations import COLUMNS, Observations
from labtrack.exchange.fhir.own import baseline_of, course_of, event_of
from labtrack.exchange.fhir.people import People
from labtrack.exchange.fhir.references import references_at
from labtrack.exchange.fhir.scan import Scanner, decimals
from labtrack.exchange.fhir.source import Source
from labtrack.exchange.fhir.subjects import Subjects, subject_text
from labtrack.exchange.fhir.texts import concept_text
from labtrack.exchange.remarks import Notice, Refusal, shown

#: Categories and services of DiagnosticReports that are a laboratory's.
_LABORATORY = frozenset({"LAB", "HM", "CH", "MB", "BLB", "laboratory"})


class _Reading:
    """One reading of the file's resources into chunks."""

    def __init__(self, file: str, observations: Observations, subjects: Subjects, index: Index) -> None:
        self._file, self._observations, self._subjects, self._index = file, observations, subjects, index
        self._reports = 0

    @property
    def is_full(self) -> bool:
        """Whether the chunk is to be given."""
        chunk = self._observations.chunk
        told = len(chunk.reports) + len(chunk.refusals) + len(chunk.notices) + len(chunk.treatments)
        return told + len(chunk.kept_out) >= CHUNK

    def flush(self) -> FeedChunk:
        """The chunk so far; a new one is begun."""
        chunk, self._observations.chunk = self._observations.chunk, FeedChunk()
        return chunk

    def take(self, each: Found | Odd) -> None:
        """One resource, and the Observations that it holds."""
        if isinstance(each, Odd):
            if each.reason:
                self._refuse(each.line, each.where, each.text, each.reason)
            elif each.earlier == "Observation":
                self._observations.chunk.kept_out["earlier versions in a history"] += 1
            return
        holder = Holder(each)
        if each.kind == "Observation":
            self._observations.take(each, holder)
        elif each.kind == "DiagnosticReport":
            self._report(each, holder)
        elif each.kind in ("MedicationStatement", "Basic"):
            self._treatment(each, holder)
        if "contained" in each.resource:
            for held in holder.observations():
                self._observations.take(held, holder)

    def _report(self, found: Found, holder: Holder) -> None:
        """Tell of results that a DiagnosticReport announces and that are not there."""
        lacking = self._index.unresolved.get(self._reports, 0)
        self._reports += 1
        if lacking:
            number = f"{lacking} result{'s' if lacking > 1 else ''}"
            self._notice(found, f"reports {number} that {'are' if lacking > 1 else 'is'} not in the file")
        elif _is_laboratory(found.resource) and not (references_at(found.resource, "result") or holder.observations()):
            self._notice(found, "reports no results that can be read, only text or an attachment if anything")

    def _treatment(self, found: Found, holder: Holder) -> None:
        resource = decimals(found.resource)
        for read in (course_of, event_of, baseline_of):
            value = read(resource)
            if value is None:
                continue
            if isinstance(value, str):
                self._refuse(found.line, found.where, text_at(resource, "id"), value)
                return
            person = self._subjects.of(mapping_at(resource, "subject"), found, holder)
            if isinstance(person, str):
                self._refuse(found.line, found.where + COLUMNS["mrn"], subject_text(resource), person)
            else:
                self._observations.chunk.treatments.append(Treatment(found.line, found.where, person, value))
            return

    def _refuse(self, line: int, where: str, text: str, reason: str) -> None:
        self._observations.chunk.refusals.append(Refusal(self._file, line, where, shown(text), reason))

    def _notice(self, found: Found, reason: str) -> None:
        text = concept_text(mapping_at(found.resource, "code")) or text_at(found.resource, "id")
        self._observations.chunk.notices.append(Notice(self._file, found.line, found.where, shown(text), reason))


def _is_laboratory(report: Mapping[str, object]) -> bool:
    return any(text_at(each, "code") in _LABORATORY for category in list_at(report, "category") for each in list_at(category, "coding"))


class FhirFeed:
    """A FHIR file that has been proven readable. See :class:`labtrack.exchange.feed.Feed`."""

    def __init__(self, source: Source, catalogue: Catalogue, codes: Mapping[str, str] | None, index: Index, named: str) -> None:
        self.path, self.file, self.format = source.path, source.file, "fhir"
        self.encoding, self.sha256, self.size = source.encoding, source.sha256, source.size
        self.columns: Mapping[str, str] = COLUMNS
        self.people: list[Person] = []
        self._people = People(self.people)
        self._catalogue, self._codes, self._index, self._named = catalogue, codes, index, named

    def chunks(self, progress: Callable[[int], None] | None = None) -> Iterator[FeedChunk]:
        """The file's reports, about :data:`~labtrack.exchange.feed.CHUNK` at a time; ``progress`` is told the bytes read so far.

        Raises ImportFailed when the file is no longer what it was when it was opened.
        """
        source = Source(self.path, self._named)
        subjects = Subjects(self._index, self._people)
        observations = Observations(self.file, self._catalogue, self._codes, self._index, subjects)
        reading = _Reading(self.file, observations, subjects, self._index)
        told = 0
        try:
            for each in Walk(Scanner(source.texts(), self.file, check=False)).resources():
                reading.take(each)
                if reading.is_full:
                    yield reading.flush()
                if progress is not None and source.size != told:
                    told = source.size
                    progress(told)
        except ImportFailed as error:
            raise self._changed() from error
        if source.sha256 != self.sha256:
            raise self._changed()
        yield reading.flush()

    def _changed(self) -> ImportFailed:
        return ImportFailed(f"{self.file} changed while it was read.", "Import it again when it is complete.")


def open_fhir(path: Path, catalogue: Catalogue, *, encoding: str = "", codes: Mapping[str, str] | None = None) -> FhirFeed:
    """Prove that a file is FHIR JSON (a resource, a Bundle, the lines of a bulk export; gzip too) and index what it refers to.

    ``encoding`` names one for a file that is not UTF-8, and has neither a byte order mark nor the zero bytes of UTF-16 or 32.
    ``codes`` is the clinic's table of local codes (see :func:`labtrack.exchange.coding.code_reader`). Raises ImportFailed, with line
    and column where there are any, for a file that cannot be read as a whole: missing, too large, nested too deeply, no JSON, no FHIR;
    UsageError for an unknown encoding.
    """
    source = Source(path, encoding)
    index = Index()
    walk = Walk(Scanner(source.texts(), source.file))
    for each in walk.resources():
        if isinstance(each, Found):
            index.add(each)
    if not index.resources and not walk.bundles:
        raise ImportFailed(f"{source.file} is JSON, but holds no FHIR resource.", "Ask for a FHIR R4 Bundle, or for the resources.")
    index.finish()
    return FhirFeed(source, catalogue, codes, index, encoding)
