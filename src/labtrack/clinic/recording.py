"""Recording results by hand: entering, amending, striking."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from labtrack.catalogue import Catalogue, read_value
from labtrack.clinic.judging import Judge
from labtrack.clinic.segments import updated_segment
from labtrack.core.errors import NotFound, Refused
from labtrack.core.quantity import DecimalMark
from labtrack.core.record import CollectedAt, Patient, Result, ResultStatus
from labtrack.store import StoredPatient, Writer
from labtrack.store.rows import ordering_text, result_values


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

        A value that stands already under the same analyte, time and specimen is not stored again.
        """
        if at.on > self.latest_day:
            raise Refused(f"Collected on {at.on.isoformat()}, which is after today.", "Correct the date of collection.")
        read = [self.read(entry, at, lab, specimen_id) for entry in entries]
        refusals = [f"{entry.name}: {problem}" for entry, (_, _, problem) in zip(entries, read, strict=True) if problem]
        if refusals:
            raise Refused("; ".join(refusals), "Nothing was recorded.")
        warnings = [warning for _, each, _ in read for warning in each]
        results: list[Result] = []
        for result, _, _ in read:
            if result is None:
                continue
            standing = writer.standing_at(stored.id, result.analyte, ordering_text(at), specimen_id)
            if any((text, unit) == (result.value_text, result.unit) for _, text, unit, _ in standing):
                warnings.append(f"{result.analyte} {result.value_text} {result.unit} is recorded already")
                continue
            if standing:
                warnings.append(f"{result.analyte}: another value of the same time stands; where they disagree nothing is concluded")
            results.append(result)
        return Recorded(stored.patient, self._write(writer, stored, results, {}, "record results"), tuple(warnings))

    def read(
        self, entry: Entry, at: CollectedAt, lab: str = "", specimen_id: str = ""
    ) -> tuple[Result | None, tuple[str, ...], str]:
        """An entry as a result, with warnings, or None and the reason why it is refused."""
        identity = self.catalogue.identify(entry.name, entry.unit)
        if identity is None:
            return None, (), self.catalogue.why_not(entry.name)
        if not entry.unit.strip():
            known = ", ".join(self.catalogue.units_of(identity.analyte))
            return None, (), f"no unit; labtrack does not guess. Known for {identity.analyte.short}: {known}"
        decimal: DecimalMark = "," if "," in entry.value and "." not in entry.value else "."
        reading = read_value(identity, entry.value, entry.unit, entry.ref_low, entry.ref_high, decimal)
        if reading.refusal:
            return None, (), reading.refusal
        result = Result(
            analyte=identity.analyte.key,
            value_text=entry.value.strip(),
            unit=entry.unit.strip(),
            collected_at=at,
            value=reading.value,
            unusable=reading.unusable,
            ref_low=entry.ref_low,
            ref_high=entry.ref_high,
            lower_limit=reading.lower_limit,
            upper_limit=reading.upper_limit,
            lab=lab,
            specimen_id=specimen_id,
            code=identity.code,
            method=reading.method,
        )
        return result, tuple(f"{identity.analyte.short}: {warning}" for warning in reading.warnings), ""

    def amend(self, writer: Writer, result_id: int, value: str, unit: str, reason: str) -> Recorded:
        """A corrected value in place of a standing result; the old one stays in the record, superseded."""
        stored, old = self._standing(writer, result_id)
        entry = Entry(old.code or old.analyte, value, unit or old.unit, old.ref_low, old.ref_high)
        new, warnings, problem = self.read(entry, old.collected_at, old.lab, old.specimen_id)
        if new is None:
            raise Refused(f"{old.analyte}: {problem}", "Nothing was changed.")
        new = replace(new, status=ResultStatus.CORRECTED, note=reason)
        return Recorded(stored.patient, self._write(writer, stored, [new], {result_id: 0}, "amend result", reason), warnings)

    def strike(self, writer: Writer, result_id: int, reason: str) -> Recorded:
        """Mark a standing result as entered in error; it stays in the record, struck."""
        stored, old = self._standing(writer, result_id)
        strike = replace(old, status=ResultStatus.ENTERED_IN_ERROR, note=reason, supersedes=(), superseded=False)
        return Recorded(stored.patient, self._write(writer, stored, [strike], {result_id: 0}, "strike result", reason), ())

    def _standing(self, writer: Writer, result_id: int) -> tuple[StoredPatient, Result]:
        found = writer.result(result_id)
        if found is None:
            raise NotFound(f"There is no result {result_id}.", "`labtrack show MRN` prints the numbers.")
        patient_id, result = found
        if result.superseded:
            raise Refused(f"Result {result_id} was replaced or struck already.", "Amend the result that stands in its place.")
        stored = writer.patient_numbered(patient_id)
        if stored is None:  # pragma: no cover - a foreign key holds
            raise NotFound(f"Result {result_id} has no patient.")
        return stored, result

    def _write(
        self,
        writer: Writer,
        stored: StoredPatient,
        results: Sequence[Result],
        replaced: dict[int, int],
        action: str,
        reason: str = "",
    ) -> tuple[Result, ...]:
        """Rows, links (old result → place of the new one), segment, audit and assessment."""
        if not results:
            return ()
        first = writer.last_result_id() + 1
        numbered = tuple(replace(result, result_id=first + place) for place, result in enumerate(results))
        writer.insert_results([result_values(stored.id, each.result_id, each, None) for each in numbered])
        if replaced:
            writer.supersede([(old, numbered[place].result_id, stored.id) for old, place in replaced.items()])
        writer.put_segments([(stored.id, updated_segment(writer.segment(stored.id), numbered, replaced, self.catalogue))])
        detail = {
            "results": [[each.result_id, each.analyte, each.value_text, each.unit, str(each.collected_at)] for each in numbered],
            "replaces": sorted(replaced),
            "reason": reason,
        }
        writer.audit(action, detail, stored.id)
        writer.touch([stored.id])
        self.judge.store(writer, [stored.id], self.today)
        return numbered
