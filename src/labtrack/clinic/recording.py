"""Recording results by hand: entering, amending, striking."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from labtrack.catalogue import Catalogue
from labtrack.clinic.care import kept
from labtrack.clinic.judging import Judge
from labtrack.clinic.matching import Known, match
from labtrack.clinic.segments import updated_segment
from labtrack.clinic.suspicions import Standing, questions
from labtrack.core.errors import NotFound, Refused
from labtrack.core.quantity import Interval
from labtrack.core.record import CollectedAt, Patient, Result, ResultStatus, Unusable
from labtrack.exchange.decimals import Mark, mark_of
from labtrack.exchange.reports import NO_VALUE, Report, read_report
from labtrack.labs.columns import RESULT_ROW
from labtrack.store import Reader, StoredPatient, Writer
from labtrack.store.rows import ordering_text, result_values

_UNUSABLE = (Unusable.NOT, Unusable.TEXT, Unusable.UNIT)


@dataclass(frozen=True, slots=True)
class Entry:
    """One value as typed: analyte by key, name or code; value and unit as printed."""

    name: str
    value: str
    unit: str
    ref_low: str = ""
    ref_high: str = ""


@dataclass(frozen=True, slots=True)
class Recorded:
    """For whom something was stored, what, and what a person may want to look at again."""

    patient: Patient
    results: tuple[Result, ...]
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Read:
    """An entry as it would be stored, with its warnings, or why it is refused."""

    result: Result | None = None
    warnings: tuple[str, ...] = ()
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """What recording some entries would do.

    ``read`` are the entries in their order; ``remarks`` are (place of the entry or -1, warning), as they are told. ``new`` results would
    be stored under the numbers that they have here, and ``gone`` (result number → place among the new) would stand no more.
    """

    read: tuple[Read, ...]
    standing: Standing
    new: tuple[Result, ...]
    gone: Mapping[int, int]
    remarks: tuple[tuple[int, str], ...]

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a person may want to look at again."""
        return tuple(text for _, text in self.remarks)


@dataclass(frozen=True, slots=True)
class Recorder:
    """Writes results with their audit entry, segment and new assessment in one transaction."""

    catalogue: Catalogue
    judge: Judge
    today: date
    latest_day: date

    def record(
        self, writer: Writer, stored: StoredPatient, entries: Sequence[Entry], at: CollectedAt, lab: str, specimen_id: str
    ) -> Recorded:
        """Store a set of values of one collection; Refused, naming every bad entry, stores nothing.

        A value that stands already under the same analyte, time and specimen is not stored again. A preliminary one is replaced;
        any other stands beside the new one, and where they differ that is told.
        """
        if not entries:
            raise Refused("There is nothing to record.", "Name each value with its unit.")
        plan = self.plan(writer, stored, entries, at, lab, specimen_id)
        refusals = [f"{entry.name}: {each.problem}" for entry, each in zip(entries, plan.read, strict=True) if each.problem]
        if refusals:
            raise Refused("; ".join(refusals), "Nothing was recorded.")
        self._write(writer, stored, plan.new, plan.gone, "record results")
        return Recorded(stored.patient, plan.new, plan.warnings)

    def plan(self, reader: Reader, stored: StoredPatient, entries: Sequence[Entry], at: CollectedAt, lab: str, specimen_id: str) -> Plan:
        """What :meth:`record` would do with some entries, of which the bad ones are left out; Refused for the collection itself."""
        if at.on > self.latest_day:
            raise Refused(f"Collected on {at.on.isoformat()}, which is after today.", "Correct the date of collection.")
        lab, specimen_id = kept(lab, "laboratory"), kept(specimen_id, "specimen id")
        read = tuple(self._tried(entry, at, lab, specimen_id) for entry in entries)
        standing = Standing.of(reader.segment(stored.id), at, specimen_id, self.catalogue)
        new, gone, remarks = self._matched(reader, stored, read, standing)
        places = {each.result.analyte: place for place, each in enumerate(read) if each.result is not None}
        remarks += [(places.get(key, -1), text) for key, text in questions(self.catalogue, stored.patient, new, standing)]
        return Plan(read, standing, numbered(reader, new, gone), gone, tuple(remarks))

    def _matched(
        self, reader: Reader, stored: StoredPatient, read: Sequence[Read], standing: Standing
    ) -> tuple[list[Result], dict[int, int], list[tuple[int, str]]]:
        """The results that are new, the recorded ones that they replace (by place among the new), and what is told of which entry."""
        remarks = [(number, warning) for number, each in enumerate(read) for warning in each.warnings]
        new: list[Result] = []
        gone: dict[int, int] = {}
        for number, result in ((number, each.result) for number, each in enumerate(read) if each.result is not None):
            short = self.catalogue.analytes[result.analyte].short
            rows = reader.standing_at(stored.id, result.analyte, ordering_text(result.collected_at), result.specimen_id)
            known = [Known(id, text, unit, ResultStatus(status)) for id, text, unit, status in rows]
            known += [Known(-place, each.value_text, each.unit, each.status) for place, each in _alike(new, result)]
            same = next((each for each in known if each.counts and _repeats(each, result, standing)), None)
            if same is not None:
                said = f"{short} {result.value_text} {result.unit} is recorded already, as {same.value_text} {same.unit}"
                remarks.append((number, said))
                continue
            found = match(known, result.value_text, result.unit, result.status)
            gone.update({each.result_id: len(new) for each in found.superseded})
            others = [each for _, each in _alike(new, result)]
            if standing.disagrees(result) or any(other.value != result.value for other in others if other.value and result.value):
                remarks.append((number, f"{short}: another value of the same time stands; where the two disagree nothing is concluded"))
            new.append(result)
        return new, gone, remarks

    def _tried(self, entry: Entry, at: CollectedAt, lab: str, specimen_id: str) -> Read:
        """An entry as a result; a text that cannot be kept is a problem of this entry alone."""
        try:
            return self._read(entry, at, lab, specimen_id)
        except Refused as error:
            return Read(problem=error.message)

    def _read(self, entry: Entry, at: CollectedAt, lab: str, specimen_id: str) -> Read:
        """An entry as a result. A unit must be given, and a decimal comma is kept as a point."""
        name, unit = kept(entry.name, "name"), kept(entry.unit, "unit")
        identity = self.catalogue.identify(name, unit)
        if identity is None:
            return Read(problem=self.catalogue.why_not(name) if name else "no analyte is named")
        if not unit:
            known = ", ".join(self.catalogue.units_of(identity.analyte))
            return Read(problem=f"no unit; labtrack does not guess. Known for {identity.analyte.short}: {known}")
        cells = {"analyte": name, "unit": unit}
        return self._reported(cells, (entry.value, entry.ref_low, entry.ref_high), at, lab, specimen_id)

    def _reported(self, cells: Mapping[str, str], texts: tuple[str, str, str], at: CollectedAt, lab: str, specimen_id: str) -> Read:
        """A report as typed, read as an import would read it."""
        numbers = [_with_point(kept(text, "value")) for text in texts]
        problem = next((problem for _, problem in numbers if problem), "")
        if problem:
            return Read(problem=problem)
        value, ref_low, ref_high = (text for text, _ in numbers)
        report = read_report({**cells, "value": value, "ref_low": ref_low, "ref_high": ref_high}, self.catalogue, ".")
        if report.problem is not None:
            return Read(problem="no value is given" if report.problem is NO_VALUE else report.problem[1])
        short = self.catalogue.analytes[report.analyte].short
        return Read(_result_of(report, at, lab, specimen_id), tuple(f"{short}: {warning}" for _, warning in report.warnings))

    def amend(self, writer: Writer, result_id: int, value: str, unit: str, reason: str) -> Recorded:
        """A corrected value in place of a standing result; the old one stays in the record, superseded."""
        reason = self._reason(reason)
        stored, old = self._standing(writer, result_id)
        unit = kept(unit, "unit") or old.unit
        method = "" if old.code and unit != old.unit else old.method
        cells = {"analyte": old.analyte, "unit": unit, "code": old.code, "method": method}
        read = self._reported(cells, (value, old.ref_low, old.ref_high), old.collected_at, old.lab, old.specimen_id)
        if read.result is None:
            raise Refused(f"{old.analyte}: {read.problem}", "Nothing was changed.")
        new = replace(read.result, status=ResultStatus.CORRECTED, note=reason)
        standing = Standing.of(writer.segment(stored.id), old.collected_at, old.specimen_id, self.catalogue, without=result_id)
        asked = [text for _, text in questions(self.catalogue, stored.patient, [new], standing)]
        results = self._numbered(writer, stored, [new], {result_id: 0}, "amend result", reason)
        return Recorded(stored.patient, results, (*read.warnings, *asked))

    def strike(self, writer: Writer, result_id: int, reason: str) -> Recorded:
        """Mark a standing result as entered in error; it stays in the record, struck."""
        reason = self._reason(reason)
        stored, old = self._standing(writer, result_id)
        strike = replace(old, status=ResultStatus.ENTERED_IN_ERROR, note=reason, superseded=False)
        return Recorded(stored.patient, self._numbered(writer, stored, [strike], {result_id: 0}, "strike result", reason), ())

    def undo(self, writer: Writer, recorded: Recorded, reason: str) -> Recorded:
        """Mark everything that one call stored as entered in error, and record anew what it had replaced. Nothing is deleted.

        Refused, and nothing is changed, if any of it was replaced or struck since.
        """
        reason = self._reason(reason)
        if not recorded.results:
            raise Refused("Nothing was recorded then.", "There is nothing to undo.")
        found = [self._as_recorded(writer, each) for each in recorded.results]
        stored = found[0][0]
        strikes: list[Result] = []
        gone: dict[int, int] = {}
        for _, result in found:
            if result.status is not ResultStatus.ENTERED_IN_ERROR:
                gone[result.result_id] = len(strikes)
                strikes.append(replace(result, status=ResultStatus.ENTERED_IN_ERROR, note=reason, superseded=False))
        replaced = [writer.result(old) for each in recorded.results for old in each.supersedes]
        anew = [replace(old, superseded=False, note=reason) for _, old in (each for each in replaced if each is not None)]
        told = [f"{self.catalogue.analytes[each.analyte].short} {each.value_text} {each.unit} is recorded anew" for each in anew]
        results = self._numbered(writer, stored, [*strikes, *anew], gone, "undo", reason)
        return Recorded(stored.patient, results, tuple(told))

    def _as_recorded(self, writer: Writer, recorded: Result) -> tuple[StoredPatient, Result]:
        """A recorded result that is as it was when it was stored; Refused if it was replaced or struck since."""
        found = writer.result(recorded.result_id)
        same = found is not None and not found[1].superseded and found[1].value_text == recorded.value_text
        stored = writer.patient_numbered(found[0]) if found is not None else None
        if found is None or not same or stored is None:
            said = f"Result {recorded.result_id} ({recorded.analyte} {recorded.value_text}) was replaced or struck since."
            raise Refused(said, "Nothing was changed. Strike what is wrong one by one.")
        return stored, found[1]

    @staticmethod
    def _reason(reason: str) -> str:
        reason = kept(reason, "reason")
        if not reason:
            raise Refused("A changed result needs its reason.", "Give it with --reason.")
        return reason

    def _standing(self, writer: Writer, result_id: int) -> tuple[StoredPatient, Result]:
        found = writer.result(result_id)
        if found is None:
            raise NotFound(f"There is no result {result_id}.", "`labtrack show MRN` prints the numbers.")
        patient_id, result = found
        if result.superseded:
            raise Refused(f"Result {result_id} was replaced or struck already.", "Amend the result that stands in its place.")
        if result.status is ResultStatus.ENTERED_IN_ERROR:
            raise Refused(f"Result {result_id} only says that another was entered in error.", "Record the right value anew.")
        stored = writer.patient_numbered(patient_id)
        assert stored is not None  # a foreign key holds
        return stored, result

    def _numbered(
        self, writer: Writer, stored: StoredPatient, results: Sequence[Result], gone: Mapping[int, int], action: str, reason: str
    ) -> tuple[Result, ...]:
        """Number some results and write them."""
        return self._write(writer, stored, numbered(writer, results, gone), gone, action, reason)

    def _write(
        self,
        writer: Writer,
        stored: StoredPatient,
        results: tuple[Result, ...],
        gone: Mapping[int, int],
        action: str,
        reason: str = "",
    ) -> tuple[Result, ...]:
        """Rows, links (old result → place of the new one), segment, audit and assessment."""
        if not results:
            return ()
        was_seen = newest_of(writer, stored.id) <= writer.reviews(stored.id).get(stored.id, 0)
        writer.insert_results([result_values(stored.id, each.result_id, each, None) for each in results])
        if gone:
            writer.supersede([(old, results[place].result_id, stored.id) for old, place in gone.items()])
        writer.put_segments([(stored.id, updated_segment(writer.segment(stored.id), results, gone, self.catalogue))])
        detail = {
            "results": [[each.result_id, each.analyte, each.value_text, each.unit, str(each.collected_at)] for each in results],
            "replaces": sorted(gone),
            "reason": reason,
        }
        if was_seen:  # who enters results sees them; those that an import brought before stay to be seen
            writer.review(stored.id, results[-1].result_id)
        writer.audit(action, detail, stored.id)
        writer.touch([stored.id])
        self.judge.store(writer, [stored.id], self.today)
        return results


def numbered(reader: Reader, results: Sequence[Result], gone: Mapping[int, int]) -> tuple[Result, ...]:
    """Results under the next numbers; ``gone`` are those that they replace (old number → place among them)."""
    first = reader.last_result_id() + 1
    return tuple(
        replace(result, result_id=first + place, supersedes=tuple(sorted(old for old, by in gone.items() if by == place)))
        for place, result in enumerate(results)
    )


def _result_of(report: Report, at: CollectedAt, lab: str, specimen_id: str) -> Result:
    """A final result of what a report says."""
    low, high, lower, upper, low_open, high_open, lower_unreadable, upper_unreadable, unusable, _ = report.numbers
    unit, value_text, ref_low, ref_high = report.texts
    return Result(
        analyte=report.analyte,
        value_text=value_text,
        unit=unit,
        collected_at=at,
        value=None if unusable else Interval(low, high, bool(low_open), bool(high_open)),
        unusable=_UNUSABLE[int(unusable)],
        ref_low=ref_low,
        ref_high=ref_high,
        lower_limit=None if math.isnan(lower) and not lower_unreadable else lower,
        upper_limit=None if math.isnan(upper) and not upper_unreadable else upper,
        lab=lab,
        specimen_id=specimen_id,
        code=report.code,
        method=report.method,
    )


def newest_of(reader: Reader, patient_id: int) -> int:
    """The number of the newest result of a patient that stands; 0 without any."""
    packed = np.frombuffer(reader.segment(patient_id), RESULT_ROW)
    return int(packed["result_id"].max(initial=0))


def _with_point(text: str) -> tuple[str, str]:
    """A typed number with a decimal point, and why it cannot be read for certain: ``1,234`` could be two numbers."""
    mark = mark_of(text)
    if mark is Mark.NOTHING or (text.count(".") == 1 and "," not in text):
        return text, ""
    if mark is Mark.PERHAPS_COMMA:
        return text, f"{text} could be {text.replace(',', '.')} or {text.replace(',', '')}: write a decimal point, and no grouping"
    if text.count(",") + text.count(".") > 1:
        return text, f"{text}: write the number without grouping"
    return text.replace(",", "."), ""


def _alike(new: Iterable[Result], result: Result) -> list[tuple[int, Result]]:
    """Those about to be recorded beside a result under the same analyte, with a number of their own."""
    return [(place, each) for place, each in enumerate(new, 1) if each.analyte == result.analyte]


def _repeats(known: Known, result: Result, standing: Standing) -> bool:
    """Whether a known result says the same, in the same words or in another unit."""
    return (known.value_text, known.unit) == (result.value_text, result.unit) or standing.says_the_same(known.result_id, result)
