"""One message as people and reports: to which patient and order each result belongs.

A PID begins a new patient: nothing of the orders before it reaches the results after it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b

from labtrack.exchange.hl7.charsets import decode
from labtrack.exchange.hl7.framing import Raw
from labtrack.exchange.hl7.observations import Observations, Order, Place, Result
from labtrack.exchange.hl7.people import People
from labtrack.exchange.hl7.segments import Encoding, Fields, component, encoding_of, parse
from labtrack.exchange.hl7.source import Source
from labtrack.exchange.said import one_line

#: Segments that may stand between an OBX and the notes to it.
_OF_OBX = frozenset({"OBX", "NTE", "PRT", "TCD", "SID"})
#: Control numbers that are remembered.
REMEMBERED = 100_000
_KINDS = ("ORU^R01", "ORU", "ORU_R01")
_LONGEST_NUMBER = 40
#: MSH-18 among a header's texts between separators, for MSH-1 is one of those.
_CHARACTER_SET = 17
#: Characters of a header among which its encoding characters are.
_CHARACTERS = 40


class MessageReader:
    """Reads the messages of one file into the chunk of its ``observations``."""

    def __init__(self, source: Source, people: People, observations: Observations) -> None:
        self._source, self._people, self._observations = source, people, observations
        self._seen: dict[bytes, tuple[bytes, int]] = {}

    def take(self, raw: Raw) -> None:
        """One message: refused as a whole with a word, or each of its results on its own."""
        header = raw.segments[0].decode("latin-1")
        encoding = encoding_of(header[:_CHARACTERS], "ascii")
        fields = [] if encoding.problem else header.split(encoding.field, _CHARACTER_SET + 1)
        place = _place_of(raw, fields, encoding)
        for stray in raw.strays:
            what = "a line that is" if stray.lines == 1 else f"{stray.lines:,} lines that are"
            text = stray.data.decode("utf-8", "replace")
            self._observations.refuse(stray.line, place, text, f"{what} no segment: was the message cut off?")
        said = encoding.repetitions(fields[_CHARACTER_SET]) if len(fields) > _CHARACTER_SET else []
        decoded = decode(b"\r".join(raw.segments), said, self._source.named, self._source.fixed)
        problem = encoding.problem or decoded.problem
        if problem:
            self._observations.refuse(raw.lines[0], f"{place}: MSH", raw.segments[0][:200].decode("utf-8", "replace"), problem)
            return
        encoding = encoding_of(header[:_CHARACTERS], decoded.codec)
        segments = parse(decoded.text.split("\r"), raw.lines, frozenset(raw.broken), encoding)
        msh = next(segments)
        if self._is_result(msh, place, encoding):
            self._repeated(raw, msh, place, encoding)
            self._read(msh, segments, place, raw.doubts, encoding)

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

    def _read(self, msh: Fields, segments: Iterable[Fields], where: str, doubts: Sequence[int], encoding: Encoding) -> None:
        """The results of a message, order by order. ``doubts`` are lines that may have begun another patient."""
        lab = one_line(encoding.first(msh[4]) or component(encoding.components(msh[4]), 2))
        self._observations.begin()
        found = 0
        for group in _groups(segments):
            place = self._place(group.pid, where, lab, encoding)
            for result in group.order.results:
                self._observations.take(result, group.order, _certain(place, group.pid, result, doubts), encoding)
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


def _certain(place: Place, pid: Fields | None, result: Result, doubts: Sequence[int]) -> Place:
    """The place of a result, without its patient where a line between the two may have begun another one."""
    after = bisect_right(doubts, pid.line) if pid is not None else len(doubts)
    if after == len(doubts) or doubts[after] >= result.obx.line:
        return place
    return place._replace(
        person=-1, problem=f"its patient is not certain: line {doubts[after]}, which cannot be read, may name another one"
    )


def _place_of(raw: Raw, fields: Sequence[str], encoding: Encoding) -> str:
    """A message in words: its number in the file, and its control id where that can be shown before the message is decoded."""
    control = one_line(encoding.first(fields[9]), _LONGEST_NUMBER) if len(fields) > 9 else ""
    return f"message {raw.number}" + (f" (control id {control})" if control and fields[9].isascii() else "")


@dataclass(slots=True)
class _Group:
    """An order and the PID that it stands under."""

    pid: Fields | None
    order: Order


def _groups(segments: Iterable[Fields]) -> Iterator[_Group]:
    """The orders of a message, each once it is whole: specimens and notes come after what they are about."""
    group = _Group(None, Order())
    last: Result | None = None
    control = Fields(0)
    number = 0
    for segment in segments:
        name = segment.name
        if name in ("PID", "ORC", "OBR"):
            if group.order.results:
                yield group
            none = Fields(segment.line)
            order = Order(segment, control) if name == "OBR" else Order(none)
            group = _Group(segment if name == "PID" else group.pid, order)
            control = segment if name == "ORC" else none
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
