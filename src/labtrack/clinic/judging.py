"""Judging patients from the store, and keeping what was judged beside the record."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from labtrack.clinic.assembly import Assembler
from labtrack.clinic.cohorts import ASSEMBLED, CHUNK, LoadedCohort, load_cohorts
from labtrack.clinic.engine import Engine, Judgment
from labtrack.clinic.lines import NO_DATE, Acknowledged, Facts, WorklistLine, search_text, worklist_line
from labtrack.core.judgment import Assessment, Check, Evidence, Finding
from labtrack.core.quantity import Interval
from labtrack.labs.bounds import Days
from labtrack.labs.columns import day_of_instant
from labtrack.labs.treatment import STARTED
from labtrack.store import Reader, StoredPatient, Writer
from labtrack.store.connection import Row


@dataclass(slots=True)
class Judged:
    """One patient's assessment and worklist line."""

    stored: StoredPatient
    assessment: Assessment
    line: WorklistLine


@dataclass(frozen=True, slots=True)
class Judge:
    """The engine and the rule set's version, which everything judged is stamped with."""

    engine: Engine
    rule_set: str

    @property
    def versions(self) -> Mapping[str, str]:
        """What acknowledgements are bound to, by rule: its own version and the region, so that another rule's change ends none."""
        region = self.engine.region.value
        return {id: f"{rule.version} {region}" for id, rule in self.engine.rules.items()}

    def judgments(
        self, reader: Reader, as_of: date, patient_ids: Sequence[int] | None = None, size: int = CHUNK
    ) -> Iterator[tuple[LoadedCohort, Judgment]]:
        """Columns for some patients or all, in groups of at most ``size``."""
        for loaded in load_cohorts(reader, self.engine.catalogue, patient_ids, size):
            judgment = self.engine.judge_today(loaded.cohort, as_of.toordinal())
            yield loaded, judgment
            judgment.labs.let_go()

    def assessments(
        self, reader: Reader, as_of: date, patient_ids: Sequence[int] | None = None, *, every_verdict: bool = False
    ) -> Iterator[tuple[StoredPatient, Assessment]]:
        """Values for some patients or all."""
        for loaded, judgment in self.judgments(reader, as_of, patient_ids, ASSEMBLED):
            assembler = Assembler(judgment, self.rule_set, every_verdict=every_verdict)
            yield from zip(loaded.patients, assembler.assessments(), strict=True)

    def judged(self, reader: Reader, as_of: date, patient_ids: Sequence[int] | None = None) -> Iterator[Judged]:
        """Assessments with their worklist lines, acknowledgements taken into account."""
        acknowledged, reviewed = acknowledgements_of(reader, patient_ids), _reviews_of(reader, patient_ids)
        versions = self.versions
        for loaded, judgment in self.judgments(reader, as_of, patient_ids, ASSEMBLED):
            last_results = last_result_days(judgment)
            newest = newest_results(judgment)
            treatment = judgment.labs.treatment
            has_course = treatment.has_course & ~treatment.stopped
            started = treatment.state == STARTED
            assembled = Assembler(judgment, self.rule_set).assessments()
            for row, (stored, assessment) in enumerate(zip(loaded.patients, assembled, strict=True)):
                facts = Facts(
                    bool(has_course[row]), bool(started[row]), int(last_results[row]), int(newest[row]), reviewed.get(stored.id, 0)
                )
                yield Judged(stored, assessment, worklist_line(stored, assessment, acknowledged.get(stored.id, ()), versions, facts))

    def store(
        self,
        writer: Writer,
        patient_ids: Sequence[int],
        today: date,
        progress: Callable[[int], None] | None = None,
    ) -> None:
        """Judge some patients as of today and keep it, in the caller's transaction."""
        group: list[Judged] = []
        for each in self.judged(writer, today, patient_ids):
            group.append(each)
            if len(group) >= 512:
                _put(writer, group)
                if progress is not None:
                    progress(len(group))
                group = []
        _put(writer, group)


def _put(writer: Writer, group: Sequence[Judged]) -> None:
    lines = [assessment_row(each) for each in group]
    findings = [row for each in group for row in finding_rows(each.stored.id, each.assessment.findings)]
    checks = [row for each in group for row in check_rows(each.stored.id, each.assessment.checks)]
    writer.put_assessments(lines, findings, checks)


def assessment_row(judged: Judged) -> Row:
    """A row of ``assessment`` in the table's order."""
    assessment, line = judged.assessment, judged.line
    return (
        judged.stored.id,
        assessment.as_of.isoformat(),
        line.valid_until.isoformat() if line.valid_until else None,
        assessment.rule_set,
        judged.stored.data_version,
        line.state.value,
        line.severity_rank,
        line.worst,
        line.rule,
        line.message,
        line.next_panel,
        line.next_due,
        line.next_status,
        line.cannot_evaluate,
        line.last_result_on,
        judged.stored.patient.mrn,
        line.next_due or NO_DATE,
        search_text(judged.stored.patient.name, judged.stored.patient.mrn),
        line.gaps,
        line.headline,
        line.basis,
        line.last_result_id,
    )


def finding_rows(patient_id: int, findings: Iterable[Finding]) -> Iterator[Row]:
    """Rows of ``finding``."""
    for each in findings:
        reasons = ";".join(reason.value for reason in each.reasons)
        evidence = json.dumps([evidence_json(proof) for proof in each.evidence], separators=(",", ":"))
        yield (
            patient_id, each.rule, each.verdict.value, each.severity.value, reasons, each.message, each.source, evidence,
        )  # fmt: skip


def check_rows(patient_id: int, checks: Iterable[Check]) -> Iterator[Row]:
    """Rows of ``check_due``."""
    for each in checks:
        yield patient_id, each.panel, each.due_on.isoformat(), each.status.value, each.reason, ";".join(each.missing)


def evidence_json(proof: Evidence) -> dict[str, object]:
    """Evidence as plain JSON; an open upper end is null."""
    return {
        "analyte": proof.analyte,
        "value": _interval_json(proof.value),
        "unit": proof.unit,
        "collected_on": proof.collected_on.isoformat(),
        "limit": _interval_json(proof.limit),
        "baseline": _interval_json(proof.baseline),
        "baseline_on": proof.baseline_on.isoformat() if proof.baseline_on else None,
        "method": proof.method,
        "result_ids": proof.result_ids,
        "in_doubt": proof.in_doubt,
        "baseline_method": proof.baseline_method,
    }


def _interval_json(interval: Interval | None) -> list[object] | None:
    if interval is None:
        return None
    high = None if interval.high == float("inf") else interval.high
    return [interval.low, high, interval.low_open, interval.high_open]


def acknowledgements_of(reader: Reader, patient_ids: Sequence[int] | None) -> Mapping[int, Sequence[Acknowledged]]:
    """Acknowledgements in force by patient number."""
    only = patient_ids[0] if patient_ids is not None and len(patient_ids) == 1 else None
    found: dict[int, list[Acknowledged]] = defaultdict(list)
    for row in reader.acknowledgements(only):
        until = row["until_on"]
        found[int(str(row["patient_id"]))].append(
            Acknowledged(
                int(str(row["id"])),
                str(row["rule"]),
                str(row["rule_version"]),
                str(row["evidence_key"]),
                date.fromisoformat(str(until)) if until else None,
            )
        )
    return found


def _reviews_of(reader: Reader, patient_ids: Sequence[int] | None) -> Mapping[int, int]:
    """The newest result that somebody has seen, by patient number."""
    return reader.reviews(patient_ids[0] if patient_ids is not None and len(patient_ids) == 1 else None)


def newest_results(judgment: Judgment) -> Days:
    """Per row the number of the newest result that stands, usable or not; 0 without any."""
    results = judgment.labs.cohort.results
    newest = np.zeros(len(judgment.labs.cohort.patients), np.int64)
    np.maximum.at(newest, results.patient, results.result_id)
    return newest


def last_result_days(judgment: Judgment) -> Days:
    """Per row the ordinal day of the last reported result, usable or not, by the as-of day; 0 without any."""
    labs, results = judgment.labs, judgment.labs.cohort.results
    latest = np.zeros(len(labs.cohort.patients), np.int64)
    if len(results):
        day = day_of_instant(results.at)
        known = day <= labs.treatment.as_of[0]
        np.maximum.at(latest, results.patient[known], day[known])
    return latest
