"""One OBX as a report, a refusal, or a count of what labtrack does not follow: exactly one of the three."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from labtrack.core.quantity import clean_text
from labtrack.exchange.coding import Coded, Coding
from labtrack.exchange.feed import FeedChunk, Told
from labtrack.exchange.hl7.segments import Encoding, Fields, component
from labtrack.exchange.hl7.times import Moment, moment_of
from labtrack.exchange.hl7.values import flags_of, range_of, unit_of, value_of
from labtrack.exchange.ranges import parse_range
from labtrack.exchange.remarks import Notice, Refusal, shown
from labtrack.exchange.said import one_line, unfit

#: Our columns in the words of HL7.
COLUMNS = {
    "mrn": "PID-3", "analyte": "OBX-3", "code": "OBX-3", "value": "OBX-5", "unit": "OBX-6", "ref_low": "OBX-7", "ref_high": "OBX-7",
    "status": "OBX-11", "collected_at": "OBX-14", "lab": "OBX-15", "specimen_id": "SPM-2", "note": "NTE-3",
}  # fmt: skip
#: OBX-11, HL7's table 0085, in FHIR's words.
STATUSES = {
    "F": "final", "U": "final", "C": "corrected", "P": "preliminary", "R": "preliminary", "S": "preliminary", "I": "registered",
    "D": "entered-in-error", "W": "entered-in-error", "X": "cancelled", "N": "cancelled",
}  # fmt: skip
#: OBR-25, HL7's table 0123, of an order whose result says nothing of its own.
ORDER_STATUSES = {
    "F": "final", "C": "corrected", "P": "preliminary", "R": "preliminary", "A": "preliminary", "I": "registered", "S": "registered",
    "X": "cancelled",
}  # fmt: skip
LONGEST_NOTE = 500
#: Longer than a number of an order or specimen.
_LONGEST = 300
_NO_STATUS = "it does not say whether the result is final: kept, but not used"
_NO_TIME = "missing time: it does not say when the specimen was taken"

CodeReader = Callable[[tuple[Coding, ...], str, str], Coded]


@dataclass(slots=True)
class Order:
    """An OBR (none where a patient's results come without) with the ORC before it, and the results and specimens under it."""

    obr: Fields = field(default_factory=lambda: Fields(0))
    orc: Fields = field(default_factory=lambda: Fields(0))
    results: list[Result] = field(default_factory=list)
    specimens: list[Fields] = field(default_factory=list)

    @property
    def problem(self) -> str:
        """Why nothing under the order can be believed."""
        return next((each.problem for each in (self.obr, *self.specimens) if each.problem), "")


@dataclass(slots=True)
class Result:
    """An OBX with the texts of the notes after it. ``number`` counts the results of the message from 1."""

    obx: Fields
    number: int
    notes: list[str] = field(default_factory=list)


class Place(NamedTuple):
    """What a result belongs to: its message, in words; the patient, or the ``problem`` why there is none; the laboratory."""

    where: str
    person: int
    problem: str
    lab: str


class Observations:
    """Reads the results of one file; :attr:`chunk` takes what they come to."""

    def __init__(self, file: str, read_code: CodeReader) -> None:
        self.file, self._code = file, read_code
        self.chunk = FeedChunk()
        self._first = 0
        self._told: Counter[tuple[int, str]] = Counter()

    def begin(self) -> None:
        """A message begins."""
        self._first = len(self.chunk.reports)
        self._told.clear()

    def end(self) -> None:
        """A message ends: what two of its results are called alike is no identity of either."""
        reports = self.chunk.reports
        if any(count > 1 for count in self._told.values()):
            for place in range(self._first, len(reports)):
                each = reports[place]
                if self._told[each.person, each.report_id] > 1:
                    reports[place] = each._replace(report_id="")

    def flush(self) -> FeedChunk:
        """The chunk so far; a new one is begun."""
        chunk, self.chunk = self.chunk, FeedChunk()
        return chunk

    def take(self, result: Result, order: Order, place: Place, encoding: Encoding) -> None:
        """One result."""
        obx, where = result.obx, f"{place.where}, OBX {result.number}: "
        for column, problem in (("OBX", obx.problem), ("PID-3", place.problem), ("OBR", order.problem)):
            if problem:
                self.refuse(obx.line, where + column, _name(obx, encoding), problem)
                return
        codings, text = codings_of(obx[3], encoding)
        report_id = _report_id(obx, order, codings, encoding)
        self._told[place.person, report_id] += 1
        unit = unit_of(obx[6], encoding)
        coded = self._code(codings, text, unit)
        if coded.kept_out:
            self.chunk.kept_out[one_line(coded.kept_out)] += 1
            return
        report = self._report(result, order, place, encoding, where) if coded.analyte else None
        if report is not None:
            report = report._replace(analyte=coded.analyte, unit=unit, report_id=report_id)
            self.chunk.reports.append(report)
        elif not coded.analyte:
            self.refuse(obx.line, f"{where}OBX-3", encoding.text(obx[3]), coded.refusal)

    def _report(self, result: Result, order: Order, place: Place, encoding: Encoding, where: str) -> Told | None:
        """The report but for what its code decides; None where it is refused."""
        obx = result.obx
        value = value_of(encoding.text(obx[2]).strip().upper(), obx[5], encoding)
        status, no_status, remark = _status(obx, order, value.text, encoding)
        moment, source, said = _collected(obx, order, encoding)
        for column, printed, reason in (
            ("OBX-5", obx[5][:LONGEST_NOTE], value.problem), ("OBX-6", obx[6], unfit(encoding.text(obx[6]))),
            ("OBX-11", obx[11], no_status), (source, said, moment.problem),
        ):  # fmt: skip
            if reason:
                self.refuse(obx.line, where + column, encoding.text(printed), reason)
                return None
        if remark:
            self.notice(obx.line, f"{where}OBX-11", encoding.text(obx[11]), remark)
        if moment.notice:
            self.notice(obx.line, where + source, said, moment.notice)
        low, high = parse_range(range_of(obx[7], encoding))
        return Told(
            line=obx.line,
            where=where,
            person=place.person,
            analyte="",
            value=value.text,
            unit="",
            collected_at=moment.text,
            ref_low=low,
            ref_high=high,
            lab=_lab(obx, encoding) or place.lab or one_line(encoding.first(obx[15])),
            specimen_id=_specimen(obx, order, encoding),
            status=status,
            note=_note(result, encoding),
        )

    def refuse(self, line: int, where: str, text: str, reason: str) -> None:
        """Something that is not taken."""
        self.chunk.refusals.append(Refusal(self.file, line, where, shown(text), reason))

    def notice(self, line: int, where: str, text: str, reason: str) -> None:
        """A remark on what is taken."""
        self.chunk.notices.append(Notice(self.file, line, where, shown(text), reason))


@lru_cache(4096)
def codings_of(raw: str, encoding: Encoding) -> tuple[tuple[Coding, ...], str]:
    """The codes of a coded element (identifier, text, system, up to three times) and its original text."""
    codings, texts = [], []
    for each in encoding.repetitions(raw):
        parts = [clean_text(text) for text in encoding.components(each)]
        found = [Coding(component(parts, at), component(parts, at + 2), component(parts, at + 1)) for at in (1, 4, 10)]
        codings += [each for each in found if each.code or each.display]
        texts.append(component(parts, 9))
    return tuple(codings), next(filter(None, texts), "")


def _name(obx: Fields, encoding: Encoding) -> str:
    """What a result says that it is, for a person to find it."""
    codings, text = codings_of(obx[3][:LONGEST_NOTE], encoding)
    return " ".join(filter(None, (*codings[0][::2], text))) if codings else text


def _status(obx: Fields, order: Order, value: str, encoding: Encoding) -> tuple[str, str, str]:
    """FHIR's word for the status; why it cannot be taken; what is to be said of it."""
    said = encoding.first(obx[11]).upper()
    if len({encoding.text(each).strip() for each in encoding.repetitions(obx[11])}) > 1:
        return "", "more than one result status", ""
    if said == "U" and not value:
        return "", "the status is final now (U), but the value is not sent again: ask for it", ""
    if said == "O":
        return "", "an order's detail (O), not a result", ""
    if said:
        found = STATUSES.get(said, "")
        return found, "" if found else f"a result status, OBX-11 {one_line(said, 20)}, that labtrack does not know", ""
    found = ORDER_STATUSES.get(encoding.first(order.obr[25]).upper(), "")
    return (found, "", "") if found else ("unknown", "", _NO_STATUS)


def _collected(obx: Fields, order: Order, encoding: Encoding) -> tuple[Moment, str, str]:
    """When the specimen was taken, by which field, in whose words: OBX-14, else OBR-7, else SPM-17; never when something was sent."""
    specimens = dict.fromkeys(each[17] for each in order.specimens)
    taken = [raw for raw in specimens if encoding.first(raw)]
    for source, raws in (("OBX-14", [obx[14]]), ("OBR-7", [order.obr[7]]), ("SPM-17", taken)):
        text = encoding.first(raws[0]) if raws else ""
        if not text:
            continue
        if len(raws) > 1:
            return Moment(problem=f"{len(raws)} specimens, taken at different times"), source, text
        degree = "" if source == "SPM-17" else component(encoding.components(raws[0]), 2)
        return moment_of(text, degree), source, encoding.text(raws[0])
    return Moment(problem=_NO_TIME), "OBX-14", ""


def _specimen(obx: Fields, order: Order, encoding: Encoding) -> str:
    """The specimen's own number; without one, or with several, what was collected at one time is one specimen."""
    own = encoding.first(obx[33])
    found = {encoding.first(each[2]) for each in order.specimens} - {""}
    return one_line(own or (found.pop() if len(found) == 1 else ""), _LONGEST)


def _lab(obx: Fields, encoding: Encoding) -> str:
    """The performing laboratory's name."""
    return one_line(encoding.first(obx[23]) or component(encoding.components(encoding.repetitions(obx[15])[0]), 2))


def _note(result: Result, encoding: Encoding) -> str:
    flags = flags_of(result.obx[8], encoding)
    texts = [f"laboratory's flag {flags}" if flags else "", *(_note_text(note, encoding) for note in result.notes)]
    return one_line("; ".join(filter(None, (one_line(text, LONGEST_NOTE) for text in texts))), LONGEST_NOTE)


def _note_text(raw: str, encoding: Encoding) -> str:
    """The text of NTE-3; repetitions are lines of it."""
    return component([" ".join(encoding.text(each) for each in encoding.repetitions(raw))], 1)


def _report_id(obx: Fields, order: Order, codings: Sequence[Coding], encoding: Encoding) -> str:
    """The filler's number of the order with what was measured and its sub-number; else the result's own number."""
    number, whose = _entity(order.obr[3] or order.orc[3], encoding)
    if number and codings:
        code = codings[0].code or codings[0].display
        said = (f"{number}^{whose}" if whose else number, code, encoding.text(obx[4]).strip())
    else:
        number, whose = _entity(obx[21], encoding)
        said = (f"OBX-21^{whose}", number, "")
    return "|".join(one_line(each.replace("|", "¦"), _LONGEST) for each in said) if number else ""


def _entity(raw: str, encoding: Encoding) -> tuple[str, str]:
    """An entity's identifier and who gave it: the name space, else the universal id."""
    parts = encoding.components(encoding.repetitions(raw)[0])
    return component(parts, 1), component(parts, 2) or component(parts, 3)
