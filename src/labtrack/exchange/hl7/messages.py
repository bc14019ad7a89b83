"""One message as people and reports: what each segment says, and to which patient and order it belongs.

Every OBX of a result message becomes exactly one report, refusal, or count of what labtrack does not follow. A PID begins a new
patient: nothing of the orders before it reaches the results after it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from labtrack.core.record import Sex
from labtrack.exchange.coding import Coded, Coding
from labtrack.exchange.feed import FeedChunk, Identifier, Person, Told
from labtrack.exchange.hl7.framing import Raw
from labtrack.exchange.hl7.segments import Encoding, codings_of, component, parse
from labtrack.exchange.hl7.times import Moment, birth_date_of, moment_of
from labtrack.exchange.hl7.values import flags_of, range_of, unit_of, value_of
from labtrack.exchange.ranges import parse_range
from labtrack.exchange.remarks import Notice, Refusal, shown

#: HL7 table 0085 (and 0123 of the order, where the result says nothing) in FHIR's words.
STATUSES = {
    "F": "final", "C": "corrected", "P": "preliminary", "R": "preliminary", "S": "preliminary", "I": "registered", "D": "entered-in-error",
    "W": "entered-in-error", "X": "cancelled", "N": "cancelled", "U": "final", "A": "preliminary",
}  # fmt: skip
_SEXES = {"F": Sex.FEMALE, "M": Sex.MALE}
#: HL7 table 0211 to Python's names; an empty one is the file's.
CHARSETS = {
    "": "", "ASCII": "ascii", "UNICODE UTF-8": "utf-8", "UTF-8": "utf-8", "UTF8": "utf-8", "WINDOWS-1252": "cp1252",
    "GB 18030-2000": "gb18030", "BIG-5": "big5", "KS X 1001": "euc_kr",
    **{f"8859/{part}": f"iso8859-{part}" for part in (*range(1, 10), 13, 15)},
}  # fmt: skip
LONGEST_NOTE = 500
_HEADER = 120

Reader = Callable[[tuple[Coding, ...], str, str], Coded]


class Fields:
    """One segment: raw fields by HL7's numbers, empty where it has none."""

    def __init__(self, line: int, fields: Sequence[str]) -> None:
        self.line, self._fields = line, fields

    @property
    def name(self) -> str:
        """The segment's name."""
        return self._fields[0]

    def __getitem__(self, number: int) -> str:
        return self._fields[number] if number < len(self._fields) else ""


@dataclass(slots=True)
class Result:
    """An OBX with the notes after it."""

    obx: Fields
    notes: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Order:
    """An OBR with its results and specimens."""

    obr: Fields
    results: list[Result] = field(default_factory=list)
    specimen: Fields = field(default_factory=lambda: Fields(0, ()))


class _Place(NamedTuple):
    """Where a report stands and what it belongs to."""

    line: int
    where: str
    person: int
    order: Order
    lab: str


class MessageReader:
    """Reads the messages of one file. ``people`` grows; equal people are one."""

    def __init__(self, file: str, people: list[Person], read_code: Reader, encoding: str, *, fixed: bool) -> None:
        self.file, self.people, self._code = file, people, read_code
        self._encoding, self._fixed = encoding, fixed
        self._known: dict[tuple[object, ...], int] = {}
        self.chunk = FeedChunk()
        logging.getLogger("hl7").addHandler(logging.NullHandler())

    def take(self, raw: Raw) -> None:
        """One message: refused with a word as a whole, or each of its results on its own."""
        for stray in raw.strays:
            text = stray.data[:_HEADER].decode("utf-8", "replace")
            self.refuse(stray.line, f"message {raw.number}", text, "a line that is no segment: was the message cut or its lines broken?")
        header = raw.segments[0].data.decode("latin-1")
        encoding = Encoding(header)
        text = self._text(raw, encoding, header)
        if encoding.problem or isinstance(text, _Problem):
            reason = encoding.problem or str(text)
            self.refuse(raw.segments[0].line, f"message {raw.number}, MSH", header[:_HEADER], reason)
            return
        lines = [segment.line for segment in raw.segments]
        segments = [Fields(line, fields) for line, fields in zip(lines, parse(text, self.file), strict=True)]
        self._read(raw.number, segments, encoding)

    def _text(self, raw: Raw, encoding: Encoding, header: str) -> str | _Problem:
        """The message's text in its own character set, MSH-18."""
        fields = header.split(encoding.field)
        said = fields[17].split(encoding.repetition)[0].strip().upper() if len(fields) > 17 else ""
        codec = CHARSETS.get(said)
        if codec is None and all(segment.data.isascii() and b"\x1b" not in segment.data for segment in raw.segments):
            codec = "ascii"  # every character set that a laboratory sends has these characters in these places
        if codec is None:
            return _Problem(f"its character set {shown(said)} (MSH-18) is not known")
        codec = self._encoding if self._fixed or not codec else codec
        try:
            return "\r".join(segment.data.decode(codec) for segment in raw.segments)
        except UnicodeDecodeError as error:
            hint = "" if said else ", and it names no character set (MSH-18): import it with --encoding latin-1 if that is what it is"
            return _Problem(f"byte 0x{error.object[error.start]:02X} is not {said or codec}{hint}")

    def _read(self, number: int, segments: Sequence[Fields], encoding: Encoding) -> None:
        msh = segments[0]
        control = encoding.text(msh[10]).strip()
        where = f"message {number}{f' ({shown(control[:40])})' if control else ''}, "
        kind = encoding.components(encoding.repetitions(msh[9])[0])
        type, event = component(kind, 1).upper(), component(kind, 2).upper()
        if type != "ORU" or event not in ("R01", ""):
            said = shown("^".join(each for each in (type, event) if each)) or "without a type"
            self.refuse(msh.line, f"{where}MSH-9", said, f"a message {said}: labtrack reads results, ORU^R01")
            return
        lab = component(encoding.components(msh[4]), 1) or component(encoding.components(msh[3]), 1)
        person, order = -1, Order(Fields(0, ()))
        last: Result | None = None
        orders: list[tuple[int, Order]] = []
        for segment in segments[1:]:
            if segment.name == "PID":
                person = self._person(segment, where, encoding)
                order, last = Order(Fields(segment.line, ())), None
            elif segment.name == "OBR":
                order, last = Order(segment), None
            elif segment.name == "OBX":
                if not order.results:
                    orders.append((person, order))
                last = Result(segment)
                order.results.append(last)
            elif segment.name == "NTE" and last is not None:
                last.notes.append(segment[3])
            elif segment.name == "SPM":
                order.specimen = segment
        for person, order in orders:
            for each in order.results:
                title = f"{where}OBX {encoding.text(each.obx[1]).strip() or '?'}: "
                self._result(each, _Place(each.obx.line, title, person, order, lab), encoding)

    def _person(self, pid: Fields, where: str, encoding: Encoding) -> int:
        numbers = _identifiers(pid[3], encoding) or _identifiers(pid[2], encoding) or _identifiers(pid[4], encoding)
        name = encoding.repetitions(pid[5])[0]
        names, families = encoding.components(name), encoding.parts(name.split(encoding.component)[0])
        given, middle, family = component(names, 2), component(names, 3), component(families, 1)
        sex = _SEXES.get(encoding.text(pid[8]).strip().upper(), Sex.UNKNOWN)
        said = (numbers, " ".join(filter(None, (given, middle, family))), birth_date_of(pid[7]), sex)
        if said not in self._known:
            self._known[said] = len(self.people)
            self.people.append(Person(*said, line=pid.line, where=f"{where}PID"))
        return self._known[said]

    def _result(self, each: Result, place: _Place, encoding: Encoding) -> None:
        obx, order = each.obx, place.order
        codings, text = codings_of(obx[3], encoding)
        unit = unit_of(obx[6], encoding)
        coded = self._code(codings, text, unit)
        if coded.kept_out:
            self.chunk.kept_out[coded.kept_out] += 1
            return
        if not coded.analyte:
            self.refuse(place.line, f"{place.where}OBX-3", encoding.text(obx[3]), coded.refusal)
            return
        value = value_of(encoding.text(obx[2]).strip().upper(), obx[5], encoding)
        status, problem = self._status(obx, order, value.text, place, encoding)
        moment, source = _collected(obx, order, encoding)
        for column, said, reason in (
            ("OBX-5", obx[5], value.problem), ("OBX-11", obx[11], problem), (source, _moment_text(obx, order, source), moment.problem),
        ):  # fmt: skip
            if reason:
                self.refuse(place.line, f"{place.where}{column}", encoding.text(said[:_HEADER]), reason)
                return
        if moment.notice:
            self.notice(place.line, f"{place.where}{source}", _moment_text(obx, order, source), moment.notice)
        low, high = parse_range(range_of(obx[7], encoding))
        lab = component(encoding.components(obx[23]), 1) or component(encoding.components(obx[15]), 2) or place.lab
        report = Told(
            line=place.line,
            where=place.where,
            person=place.person,
            analyte=coded.analyte,
            value=value.text,
            unit=unit,
            collected_at=moment.text,
            ref_low=low,
            ref_high=high,
            lab=lab,
            specimen_id=_specimen(obx, order, encoding),
            status=status,
            note=_note(each, encoding),
            report_id=_report_id(obx, order, codings, encoding),
        )
        self.chunk.reports.append(report)

    def _status(self, obx: Fields, order: Order, value: str, place: _Place, encoding: Encoding) -> tuple[str, str]:
        """FHIR's word for the status, and why it cannot be taken."""
        said = encoding.text(obx[11]).strip().upper()
        if said == "U" and not value:
            return "", "the result is final now (U), but is not sent again: ask for it"
        if said:
            found = STATUSES.get(said, "")
            return found, "" if found else f"a result status {shown(said)} (OBX-11) that labtrack does not know"
        of_order = encoding.text(order.obr[25]).strip().upper()
        if of_order in STATUSES:
            return STATUSES[of_order], ""
        self.notice(place.line, f"{place.where}OBX-11", "", "it does not say whether the result is final: kept, but not used")
        return "unknown", ""

    def refuse(self, line: int, where: str, text: str, reason: str) -> None:
        """Something that is not taken."""
        self.chunk.refusals.append(Refusal(self.file, line, where, shown(text), reason))

    def notice(self, line: int, where: str, text: str, reason: str) -> None:
        """A remark on what is taken."""
        self.chunk.notices.append(Notice(self.file, line, where, shown(text), reason))


class _Problem(str):
    """Why a message cannot be read."""


def _identifiers(raw: str, encoding: Encoding) -> tuple[Identifier, ...]:
    """Every number of a PID field with its assigning authority: the name space, else the universal id."""
    found = []
    for each in encoding.repetitions(raw):
        parts = each.split(encoding.component)
        texts = [encoding.text(part) for part in parts]
        authority = encoding.parts(parts[3]) if len(parts) > 3 else []
        number = component(texts, 1)
        if number:
            found.append(Identifier(number, component(authority, 1) or component(authority, 2), component(texts, 5)))
    return tuple(found)


def _collected(obx: Fields, order: Order, encoding: Encoding) -> tuple[Moment, str]:
    """When the specimen was taken: OBX-14, else OBR-7, else SPM-17; never when the message was sent or the result released."""
    for source in ("OBX-14", "OBR-7", "SPM-17"):
        text = encoding.text(_moment_text(obx, order, source)).strip()
        if text and text != '""':
            return moment_of(text.split(encoding.component)[0]), source
    return Moment(problem="missing time: it does not say when the specimen was taken"), "OBX-14"


def _moment_text(obx: Fields, order: Order, source: str) -> str:
    return {"OBX-14": obx[14], "OBR-7": order.obr[7], "SPM-17": order.specimen[17]}[source]


def _specimen(obx: Fields, order: Order, encoding: Encoding) -> str:
    """The specimen's own number; without one, what was collected at one time is one specimen."""
    said = component(encoding.components(encoding.repetitions(order.specimen[2])[0]), 1)
    return said.split(encoding.part)[0] or component(encoding.components(obx[33]), 1)


def _note(each: Result, encoding: Encoding) -> str:
    flags = flags_of(each.obx[8], encoding)
    texts = [f"laboratory's flag {flags}" if flags else ""]
    texts += [" ".join(encoding.text(part) for part in encoding.repetitions(note)).strip() for note in each.notes]
    note = "; ".join(" ".join(text.split()) for text in texts if text)
    return note if len(note) <= LONGEST_NOTE else f"{note[: LONGEST_NOTE - 1]}…"


def _report_id(obx: Fields, order: Order, codings: Sequence[Coding], encoding: Encoding) -> str:
    """The filler's order number with what was measured and its sub-number; else the result's own number."""
    filler = encoding.components(order.obr[3])
    number = component(filler, 1)
    if number and codings:
        whose = component(filler, 2) or component(filler, 3)
        return "|".join((f"{number}^{whose}" if whose else number, codings[0].code or codings[0].display, encoding.text(obx[4]).strip()))
    own = component(encoding.components(obx[21]), 1)
    return f"OBX-21|{own}" if own else ""
