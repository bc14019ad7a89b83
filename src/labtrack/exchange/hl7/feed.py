"""An HL7 v2 file as a feed: opened by one pass that proves its framing, read by a second, message by message."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from labtrack.catalogue import Catalogue
from labtrack.core.errors import ImportFailed
from labtrack.exchange.coding import code_reader
from labtrack.exchange.feed import CHUNK, FeedChunk, Person
from labtrack.exchange.hl7.framing import Bytes, Mark, Raw, frames_of
from labtrack.exchange.hl7.messages import MessageReader
from labtrack.exchange.hl7.segments import parse

#: Our columns in the words of HL7.
COLUMNS = {
    "mrn": "PID-3", "analyte": "OBX-3", "code": "OBX-3", "value": "OBX-5", "unit": "OBX-6", "ref_low": "OBX-7", "ref_high": "OBX-7",
    "status": "OBX-11", "collected_at": "OBX-14", "lab": "OBX-15", "specimen_id": "SPM-2", "note": "NTE-3",
}  # fmt: skip


class Hl7Feed:
    """A file of messages that has been proven readable. See :class:`labtrack.exchange.feed.Feed`."""

    def __init__(self, source: Bytes, catalogue: Catalogue, codes: Mapping[str, str] | None, named: str) -> None:
        self.path, self.file, self.format = source.path, source.file, "hl7"
        self.encoding, self.sha256, self.size = source.encoding, source.sha256, source.size
        self.columns: Mapping[str, str] = COLUMNS
        self.people: list[Person] = []
        self._named, self._fixed = named, bool(named) or source.is_wide
        self._code = code_reader(catalogue, codes)

    def chunks(self, progress: Callable[[int], None] | None = None) -> Iterator[FeedChunk]:
        """The file's reports, about :data:`~labtrack.exchange.feed.CHUNK` at a time; ``progress`` is told the bytes read so far.

        Raises ImportFailed when the file is no longer what it was when it was opened.
        """
        source = Bytes(self.path, self._named)
        reader = MessageReader(self.file, self.people, self._code, self.encoding, fixed=self._fixed)
        counts = _Counts(reader)
        for each in frames_of(source):
            if isinstance(each, Raw):
                counts.message()
                reader.take(each)
            else:
                counts.mark(each)
            if _is_full(reader.chunk):
                yield _flushed(reader)
            if progress is not None:
                progress(source.size)
        counts.end()
        if source.sha256 != self.sha256:
            raise ImportFailed(f"{self.file} changed while it was read.", "Import it again when it is complete.")
        yield _flushed(reader)


def _is_full(chunk: FeedChunk) -> bool:
    return len(chunk.reports) + len(chunk.refusals) + len(chunk.notices) >= CHUNK


def _flushed(reader: MessageReader) -> FeedChunk:
    chunk, reader.chunk = reader.chunk, FeedChunk()
    return chunk


class _Counts:
    """Compares what batches and files say that they hold with what is there."""

    def __init__(self, reader: MessageReader) -> None:
        self._reader = reader
        self._messages = self._batches = 0
        self._open: Mark | None = None

    def message(self) -> None:
        """A message is there."""
        self._messages += 1

    def mark(self, mark: Mark) -> None:
        """A header, a trailer, or a line outside of any message."""
        text = mark.data[:120].decode("utf-8", "replace")
        if mark.kind == "BHS":
            self._unended()
            self._messages, self._open = 0, mark
        elif mark.kind == "BTS":
            self._compare(mark, "batch", self._messages, "messages")
            self._batches, self._messages, self._open = self._batches + 1, 0, None
        elif mark.kind == "FTS":
            self._compare(mark, "file", max(self._batches, int(self._messages > 0)), "batches")
            self._batches = 0
        elif mark.kind == "FHS":
            self._batches = self._messages = 0
        else:
            self._reader.refuse(mark.line, "outside of any message", text, "a line that belongs to no message")

    def end(self) -> None:
        """The file's end."""
        self._unended()

    def _unended(self) -> None:
        if self._open is not None:
            self._reader.refuse(self._open.line, "BHS", "", "the batch has no end (BTS): was the file cut off?")
            self._open = None

    def _compare(self, mark: Mark, what: str, found: int, unit: str) -> None:
        fields = mark.data.decode("utf-8", "replace").split(chr(mark.data[3]) if len(mark.data) > 3 else "|")
        said = fields[1].strip() if len(fields) > 1 else ""
        if said and said != str(found) and (not said.isdigit() or int(said) != found):
            reason = f"the {what} says {said} in the place of its number of {unit}; here: {found}. Was it cut off?"
            self._reader.refuse(mark.line, f"{mark.kind}-1", said, reason)


def open_hl7(path: Path, catalogue: Catalogue, *, encoding: str = "", codes: Mapping[str, str] | None = None) -> Hl7Feed:
    """Prove that a file holds HL7 v2 messages, one or many, framed, batched or plain.

    ``encoding`` names the character set of messages, whatever they say; else each says its own, and UTF-8 is taken where one does not.
    ``codes`` is the clinic's table of local codes (see :func:`labtrack.exchange.coding.code_reader`). Raises ImportFailed for a file that
    cannot be read as a whole: missing, too large, a message too long, none at all; UsageError for an unknown encoding.
    """
    source = Bytes(path, encoding)
    messages = sum(isinstance(each, Raw) for each in frames_of(source))
    if not messages:
        raise ImportFailed(f"{source.file} holds no HL7 message.", "Messages begin with MSH.")
    parse("MSH|^~\\&|", source.file)  # the library is there
    return Hl7Feed(source, catalogue, codes, encoding)
