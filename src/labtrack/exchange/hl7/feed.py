"""An HL7 v2 file as a feed: opened by one pass that proves its framing, read by a second, message by message."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from labtrack.catalogue import Catalogue
from labtrack.core.errors import ImportFailed
from labtrack.exchange.coding import code_reader
from labtrack.exchange.feed import CHUNK, FeedChunk, Person
from labtrack.exchange.hl7.batches import Batches
from labtrack.exchange.hl7.framing import Raw, Stray, frames_of
from labtrack.exchange.hl7.messages import MessageReader
from labtrack.exchange.hl7.observations import COLUMNS, Observations
from labtrack.exchange.hl7.people import People
from labtrack.exchange.hl7.segments import library
from labtrack.exchange.hl7.source import Source


class Hl7Feed:
    """A file of messages that has been proven readable. See :class:`labtrack.exchange.feed.Feed`."""

    def __init__(self, source: Source, catalogue: Catalogue, codes: Mapping[str, str] | None) -> None:
        self.path, self.file, self.format = source.path, source.file, "hl7"
        self.encoding, self.sha256, self.size = source.encoding, source.sha256, source.size
        self.columns: Mapping[str, str] = COLUMNS
        self.people: list[Person] = []
        self._people = People(self.people)
        self._named = source.named
        self._code = code_reader(catalogue, codes)

    def chunks(self, progress: Callable[[int], None] | None = None) -> Iterator[FeedChunk]:
        """The file's reports, about :data:`~labtrack.exchange.feed.CHUNK` at a time; ``progress`` is told the bytes read so far.

        Raises ImportFailed when the file is no longer what it was when it was opened.
        """
        source = Source(self.path, self._named)
        observations = Observations(self.file, self._code)
        messages, batches = MessageReader(source, self._people, observations), Batches(observations)
        told = 0
        try:
            for each in frames_of(source):
                if isinstance(each, Raw):
                    batches.message()
                    messages.take(each)
                elif isinstance(each, Stray):
                    batches.stray(each)
                else:
                    batches.mark(each)
                if _is_full(observations.chunk):
                    yield observations.flush()
                if progress is not None and source.size != told:
                    told = source.size
                    progress(told)
        except ImportFailed as error:
            raise self._changed() from error
        if source.sha256 != self.sha256:
            raise self._changed()
        batches.end()
        yield observations.flush()

    def _changed(self) -> ImportFailed:
        return ImportFailed(f"{self.file} changed while it was read.", "Import it again when it is complete.")


def _is_full(chunk: FeedChunk) -> bool:
    return len(chunk.reports) + len(chunk.refusals) + len(chunk.notices) >= CHUNK


def open_hl7(path: Path, catalogue: Catalogue, *, encoding: str = "", codes: Mapping[str, str] | None = None) -> Hl7Feed:
    """Prove that a file holds HL7 v2 messages: one or many, framed, batched or plain.

    ``encoding`` names the character set of messages that say none, or not the one that they are in (MSH-18). ``codes`` is the
    clinic's table of local codes (see :func:`labtrack.exchange.coding.code_reader`). Raises ImportFailed for a file that cannot be
    read as a whole (missing, too large, a message too large, none at all) and where the ``hl7`` library is not installed; UsageError
    for an unknown encoding.
    """
    library()
    source = Source(path, encoding)
    if not sum(isinstance(each, Raw) for each in frames_of(source)):
        raise ImportFailed(f"{source.file} holds no HL7 message.", "A message begins with MSH and its separators: MSH|^~\\&|.")
    return Hl7Feed(source, catalogue, codes)
