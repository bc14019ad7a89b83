"""One message as people and reports: to which patient and order each result belongs.

A PID begins a new patient: nothing of the orders before it reaches the results after it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import blake2b

from labtrack.exchange.hl7.charsets import decode
from labtrack.exchange.hl7.framing import Raw
from labtrack.exchange.hl7.observations import Observations, Order, Place, Result
from labtrack.exchange.hl7.people import People
from labtrack.exchange.hl7.segments import Encoding, Fields, component, encoding_of, one_line, parse
from labtrack.exchange.hl7.source import Source

#: Segments that may stand between an OBX and the notes to it.
_OF_OBX = frozenset({"OBX", "NTE", "PRT", "TCD", "SID"})
#: Control numbers that are remembered.
REMEMBERED = 100_000
_KINDS = ("ORU^R01", "ORU", "ORU_R01")
_LONGEST_NUMBER = 40


class MessageReader:
    """Reads the messages of one file into the chunk of its ``observations``."""

    def __init__(self, source: Source, people: People, observations: Observations) -> None:
        self._source, self._people, self._observations = source, people, observations
        self._seen: dict[bytes, tuple[bytes, int]] = {}

    def take(self, raw: Raw) -> None:
        """One message: refused as a whole with a word, or each of its results on its own."""
        place = f"message {raw.number}"
        for stray in raw.strays:
            reason = f"{'a line that is' if stray.lines == 1 else f'{stray.lines:,} lines that are'} no segment: was the message cut off?"
            self._observations.refuse(stray.line, place, stray.data.decode("utf-8", "replace"), reason)
        header = raw.segments[0].decode("latin-1")
        encoding = encoding_of(header[:40], "ascii")
        problem = encoding.problem
        if not problem:
            fields = header.split(encoding.field)
            number = one_line(encoding.first(fields[9]) if len(fields) > 9 else "", _LONGEST_NUMBER)
            place += f" (control id {number})" if number.isascii() and number else ""
            said = encoding.repetitions(fields[17]) if len(fields) > 17 else []
            decoded = decode(b"\r".join(raw.segments), said, self._source.named, self._source.fixed)
            problem = decoded.problem
        if problem:
            shortened = raw.segments[0][:200].decode("utf-8", "replace")
            self._observations.refuse(raw.lines[0], f"{place}: MSH", shortened, problem)
            return
        encoding = encoding_of(header[:40], decoded.codec)
        segments = parse(decoded.text.split("\r"), raw.lines, frozenset(raw.broken), encoding)
        msh = next(segments)
        if self._is_result(msh, place, encoding):
            self._repeated(raw, msh, place, encoding)
            self._read(msh, segments, place, encoding)

    def _is_result(self, msh: Fields, place: str, encoding: Encoding) -> bool:
        """Whether a message holds results as labtrack reads them; refused where not."""
        parts = encoding.components(encoding.repetitions(msh[9])[0])
        kind = "^".join(filter(None, (component(parts, number).upper() for number in (1, 2))))
        if msh.problem:
            self._observations.refuse(msh.line, f"{place}: MSH", kind, msh.problem)
        elif kind not in _KINDS:
            what = f"a message of the type {one_line(kind, 40)}" if kind else "a message that does not say its type"
            self._observations.refuse(msh.line, f"{place}: MSH-9", kind, f"{what}: labtrack reads results, ORU^R01")
        else:
            mode = encoding.first(msh[11]).upper()
            if mode in ("T", "D"):
                words = "training" if mode == "T" else "debugging"
                self._observations.notice(
                    msh.line, f"{place}: MSH-11", mode, f"the sender says that it is for {words}, not of a real patient"
                )
            return True
        return False

    def _repeated(self, raw: Raw, msh: Fields, place: str, encoding: Encoding) -> None:
        """Tell of a control number that came before with other content; it is read all the same."""
        control = encoding.first(msh[10])
        if not control:
            return
        key = blake2b("\r".join((msh[3], msh[4], control)).encode(), digest_size=16).digest()
        content = blake2b(b"\r".join(raw.segments[1:]), digest_size=16).digest()
        before = self._seen.get(key)
        if before is None:
            if len(self._seen) >= REMEMBERED:
                del self._seen[next(iter(self._seen))]
            self._seen[key] = (content, msh.line)
        elif before[0] != content:
            reason = f"this control id came before, on line {before[1]}, with other content: both are read"
            self._observations.notice(msh.line, f"{place}: MSH-10", control, reason)

    def _read(self, msh: Fields, segments: Iterable[Fields], where: str, encoding: Encoding) -> None:
        """The results of a message, order by order."""
        lab = one_line(encoding.first(msh[4]) or component(encoding.components(msh[4]), 2))
        self._observations.begin()
        found = 0
        for group in _groups(segments):
            place = self._place(group.pid, where, lab, encoding)
            for result in group.order.results:
                self._observations.take(result, group.order, place, encoding)
                found += 1
        self._observations.end()
        if not found:
            self._observations.notice(msh.line, f"{where}: OBX", "", "a message without results")

    def _place(self, pid: Fields | None, where: str, lab: str, encoding: Encoding) -> Place:
        if pid is None:
            return Place(where, -1, "no patient is named: no PID stands before it", lab)
        if pid.problem:
            return Place(where, -1, f"its patient is not certain: {pid.problem}", lab)
        return Place(where, self._people.place(pid, where, encoding), "", lab)


@dataclass(slots=True)
class _Group:
    """An order and the PID that it stands under."""

    pid: Fields | None
    order: Order


def _groups(segments: Iterable[Fields]) -> Iterator[_Group]:
    """The orders of a message, each once it is whole: specimens and notes come after what they are about."""
    group = _Group(None, Order())
    last: Result | None = None
    number = 0
    for segment in segments:
        name = segment.name
        if name in ("PID", "ORC", "OBR"):
            if group.order.results:
                yield group
            group = _Group(segment if name == "PID" else group.pid, Order(segment if name == "OBR" else Fields(segment.line)))
        elif name == "OBX":
            number += 1
            last = Result(segment, number)
            group.order.results.append(last)
        elif name == "SPM":
            group.order.specimens.append(segment)
        elif name == "NTE" and last is not None:
            last.notes.append(segment[3])
        if name not in _OF_OBX and not name.startswith("Z"):
            last = None
    if group.order.results:
        yield group
