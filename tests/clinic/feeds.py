"""Messages as a reader would give them, without a format: for tests of what the clinic makes of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pytest

from labtrack.catalogue import catalogue
from labtrack.clinic import importing
from labtrack.clinic.import_outcome import ImportOutcome
from labtrack.clinic.importing import ImportOptions, import_files
from labtrack.core.record import Sex
from labtrack.exchange.feed import FeedChunk, Identifier, Person, Told
from labtrack.store import Store

ANN = Person((Identifier("777", "ACME", "MR"),), "Ann Example", date(1970, 1, 2), Sex.FEMALE, 2, "message 1, ")


@dataclass
class GivenFeed:
    """A feed made of given chunks."""

    path: Path
    people: list[Person]
    given: Sequence[FeedChunk]
    format: str = "hl7"
    encoding: str = "utf-8"
    sha256: str = "f" * 64
    size: int = 1000
    columns: Mapping[str, str] = field(default_factory=lambda: {"value": "OBX-5", "mrn": "PID-3", "collected_at": "OBX-14"})

    @property
    def file(self) -> str:
        """The file's name."""
        return self.path.name

    def chunks(self, progress: Callable[[int], None] | None = None) -> Iterator[FeedChunk]:
        """As given."""
        for place, chunk in enumerate(self.given, 1):
            if progress is not None:
                progress(self.size * place // len(self.given))
            yield chunk


def told(value: str = "99", *, analyte: str = "777-3", at: str = "2024-03-01T08:00", status: str = "final", person: int = 0, line: int = 4,
         report_id: str = "", unit: str = "10*3/uL", specimen_id: str = "", note: str = "") -> Told:  # fmt: skip
    """One report of platelets, or of something else."""
    return Told(
        line, f"message 1, OBX {line - 3}: ", person, analyte, value, unit, at, "150", "400", "LIS", specimen_id, status, note, report_id
    )


@dataclass
class Messages:
    """Imports messages into a clinic's store as a command would."""

    store: Store
    folder: Path
    today: date
    monkeypatch: pytest.MonkeyPatch
    number: int = 0

    def __call__(
        self, *chunks: FeedChunk | Sequence[Told], people: Sequence[Person] = (ANN,), options: ImportOptions | None = None
    ) -> ImportOutcome:
        """Import one file of these chunks."""
        self.number += 1
        path = self.folder / f"m{self.number}.hl7"
        path.write_text("MSH|", encoding="ascii")
        given = [each if isinstance(each, FeedChunk) else FeedChunk(list(each)) for each in chunks]
        feed = GivenFeed(path, list(people), given, sha256=f"{self.number:064x}")
        self.monkeypatch.setattr(importing, "open_feed", lambda *_: feed)
        options = options or ImportOptions(add_patients=True)
        return import_files(self.store, [path], options, catalogue=catalogue(), today=self.today, rule_ids=("anc-below-1",))

    def standing(self, mrn: str = "777") -> list[tuple[str, str, str]]:
        """(analyte, value, status) of what stands, by time."""
        with self.store.read() as reader:
            stored = reader.patient(mrn)
            results = reader.results(stored.id) if stored else []
            kept = [each for each in results if not each.superseded]
            return [
                (each.analyte, each.value_text, each.status.value) for each in sorted(kept, key=lambda each: each.collected_at.ordering)
            ]
