"""Messages from segments, and everything that a file of them comes to, for the tests of the reader."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from labtrack.catalogue import catalogue
from labtrack.exchange.feed import Person, Told
from labtrack.exchange.hl7.feed import Hl7Feed, open_hl7
from labtrack.exchange.remarks import Notice, Refusal

MSH = "MSH|^~\\&|LIS|ACME|LABTRACK|CLINIC|20240301101500-0500||ORU^R01^ORU_R01|M1|P|2.5.1"
PID = "PID|1||777^^^ACME^MR||Test^Alex||19700102|F"
OBR = "OBR|1|ORD1|FIL1|58410-2^CBC panel^LN|||20240301080000-0500|||||||||||||||20240301101000-0500|||F"


@dataclass
class Everything:
    """What a file came to."""

    feed: Hl7Feed
    reports: list[Told] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    kept_out: Counter[str] = field(default_factory=Counter)

    @property
    def people(self) -> list[Person]:
        """The feed's people."""
        return self.feed.people

    @property
    def report(self) -> Told:
        """The only report."""
        assert not self.refusals, self.refusals
        (one,) = self.reports
        return one

    @property
    def refusal(self) -> Refusal:
        """The only refusal, of a file of which nothing is taken."""
        assert not self.reports, self.reports
        (one,) = self.refusals
        return one


def everything(feed: Hl7Feed) -> Everything:
    """Read a feed to its end."""
    found = Everything(feed)
    for chunk in feed.chunks():
        found.reports += chunk.reports
        found.refusals += chunk.refusals
        found.notices += chunk.notices
        found.kept_out += chunk.kept_out
    return found


def read(folder: Path, data: bytes | str, *, encoding: str = "", codes: Mapping[str, str] | None = None) -> Everything:
    """Write a file and read it; text as UTF-8."""
    path = folder / "results.hl7"
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return everything(open_hl7(path, catalogue(), encoding=encoding, codes=codes))


def message(*segments: str, end: str = "\r") -> str:
    """Segments as a message; without a header, patient or order of its own it gets the usual one."""
    header = next((segment for segment in segments if segment.startswith("MSH")), MSH)
    rest = [segment for segment in segments if not segment.startswith("MSH")]
    if not any(segment.startswith("PID") for segment in rest):
        rest.insert(0, PID)
    if not any("OBR" in segment for segment in rest):
        rest.insert(next(place for place, segment in enumerate(rest, 1) if segment.startswith("PID")), OBR)
    return "".join(segment + end for segment in (header, *rest))


def obx(value: str = "99", kind: str = "NM", **fields: str) -> str:
    """A platelet count; ``f6="…"`` replaces OBX-6."""
    given = {1: "1", 2: kind, 3: "777-3^Platelets^LN", 5: value, 6: "10*3/uL^^UCUM", 7: "150-400", 11: "F", 14: "20240301080000-0500"}
    given.update({int(name[1:]): text for name, text in fields.items()})
    return "|".join(["OBX", *(given.get(number, "") for number in range(1, max(given) + 1))])
