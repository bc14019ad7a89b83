"""What a file of messages says, whatever its format: people, and reports in the columns of our results layout.

Readers of FHIR and HL7 give these values; who the people are in the clinic is decided there, and from then on a report is a row
like one of a CSV file. Each report names the place it came from in the words of its own format.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import NamedTuple, Protocol

from labtrack.core.record import Course, Event, Sex
from labtrack.exchange.remarks import Notice, Refusal
from labtrack.exchange.rows import BaselineOf

#: A larger file is refused: labtrack takes what a clinic receives, and a file of this size is something else.
LARGEST_FILE = 2_000_000_000
#: A longer message, resource or line is refused: it would have to be held in memory whole.
LARGEST_ITEM = 16_000_000
#: Reports of a chunk.
CHUNK = 5_000


class Identifier(NamedTuple):
    """A person's number and who assigned it: HL7's assigning authority or FHIR's system; ``kind`` is of HL7's table 0203 (``MR``, …)."""

    value: str
    authority: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """Whom a message says that it is about. ``name`` is given names, then family name; what is not said is empty.

    ``line`` and ``where`` are the first place that names the person. Weight, phone and email are those that labtrack itself wrote.
    """

    identifiers: tuple[Identifier, ...]
    name: str = ""
    birth_date: date | None = None
    sex: Sex = Sex.UNKNOWN
    line: int = 1
    where: str = ""
    weight_kg: float | None = None
    phone: str = ""
    email: str = ""


class Told(NamedTuple):
    """One report. ``person`` is a place in :attr:`Feed.people`; texts are as printed.

    ``analyte`` is a LOINC code or name that the catalogue knows, ``collected_at`` an ISO date or date-time with the precision and the
    offset that were sent, ``status`` FHIR's. ``report_id`` is the sender's own identity of this report, the same in every version of
    it and in no other report of the patient; empty where the sender gives none.
    """

    line: int
    where: str
    person: int
    analyte: str
    value: str
    unit: str
    collected_at: str
    ref_low: str = ""
    ref_high: str = ""
    lab: str = ""
    specimen_id: str = ""
    status: str = ""
    note: str = ""
    report_id: str = ""


class Treatment(NamedTuple):
    """A course, an event or a pinned baseline that labtrack itself wrote into the file."""

    line: int
    where: str
    person: int
    value: Course | Event | BaselineOf


@dataclass(slots=True)
class FeedChunk:
    """Some reports of a file. ``kept_out`` counts, by name, reports of what labtrack does not follow."""

    reports: list[Told] = field(default_factory=list)
    treatments: list[Treatment] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    kept_out: Counter[str] = field(default_factory=Counter)


class Feed(Protocol):
    """A file of messages that has been proven readable. ``columns`` names the parts of a report by our columns: ``OBX-5`` for ``value``."""

    path: Path
    file: str
    format: str
    encoding: str
    sha256: str
    size: int
    columns: Mapping[str, str]
    #: Grows while the chunks are read; a report's person stands in it before the report's chunk is given.
    people: list[Person]

    def chunks(self, progress: Callable[[int], None] | None = None) -> Iterator[FeedChunk]:
        """The file's reports, about :data:`CHUNK` at a time; ``progress`` is told the bytes read so far.

        Raises ImportFailed when the file is no longer what it was when it was opened.
        """
