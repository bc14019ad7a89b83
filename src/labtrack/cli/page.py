"""One patient on one page: who, what was found, what is next, treatment and events."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING

from labtrack.cli.judging import put_checks, put_findings
from labtrack.cli.output import Format, Row, counted, put
from labtrack.cli.tables import Column, terminal_width
from labtrack.core.judgment import Assessment, Finding, Reason, Verdict
from labtrack.core.record import Patient, Sex
from labtrack.core.text import visible, wrap

if TYPE_CHECKING:
    from labtrack.clinic import Clinic, PatientRecord

HISTORY_COLUMNS = ("mrn", "on", "ended_on", "what", "detail", "reason")
_HISTORY_TABLE = tuple(Column.of(key, soft=key in ("detail", "reason")) for key in HISTORY_COLUMNS[1:])


def put_page(clinic: Clinic, record: PatientRecord, as_of: date | None) -> None:
    """Write the page to stdout."""
    from labtrack.clinic.views import due_rows

    assessment = clinic.assessment(record.patient.mrn, as_of)
    families = {rule.id: rule.family for rule in clinic.rules()}
    sys.stdout.write(f"{visible(about(record.patient))}\n")
    for risk in clinic.risks(record.patient.mrn, as_of):
        said = f"{risk.fact}. {risk.says} ({risk.source.id} [{risk.source.mark}])"
        for line in wrap(visible(said), terminal_width()):
            sys.stdout.write(f"{line}\n")
    _heading("Findings")
    if not put_findings(folded(record.patient.mrn, assessment, families), one_patient=True):
        sys.stdout.write("Nothing met, and nothing that cannot be evaluated.\n")
    _heading("Next checks")
    if not put_checks(due_rows(record.patient.mrn, assessment)):
        sys.stdout.write("None: there is no course, so there is no schedule.\n")
    _heading("Treatment and events")
    if not put(history(record), HISTORY_COLUMNS, Format.TABLE, _HISTORY_TABLE):
        sys.stdout.write("None recorded.\n")


def _heading(text: str) -> None:
    sys.stdout.write(f"\n{text}\n\n")


def about(it: Patient) -> str:
    """Name, number and what else is known of a patient, on one line."""
    facts = (
        it.name,
        f"MRN {it.mrn}",
        f"born {it.birth_date.isoformat()}" if it.birth_date else "birth date not recorded",
        {Sex.FEMALE: "F", Sex.MALE: "M", Sex.UNKNOWN: "sex not recorded"}[it.sex],
        f"{it.weight_kg:g} kg" if it.weight_kg is not None else "",
        it.phone,
        it.email,
    )
    return ", ".join(fact for fact in facts if fact)


def folded(mrn: str, assessment: Assessment, families: dict[str, str]) -> Iterator[Row]:
    """The gravest met rule of each family with the rest of it named, and the rules that cannot be evaluated together by reason."""
    from labtrack.clinic.views import assess_row

    by_family: dict[str, list[Finding]] = {}
    by_reason: dict[Reason | None, list[Finding]] = {}
    for finding in assessment.findings:
        if finding.verdict is Verdict.MET:
            by_family.setdefault(families.get(finding.rule, finding.rule), []).append(finding)
        elif finding.verdict is Verdict.CANNOT_EVALUATE:
            by_reason.setdefault(finding.reason, []).append(finding)
    for family in by_family.values():
        gravest, *others = sorted(family, key=lambda each: each.severity.rank)
        also = f" Also met: {_rules(others)}." if others else ""
        yield {**assess_row(mrn, gravest), "message": gravest.message + also}
    for reason, alike in by_reason.items():
        first = assess_row(mrn, alike[0])
        if reason is None or len(alike) == 1:
            yield from (assess_row(mrn, each) for each in alike)
        else:
            yield {**first, "rule": counted(len(alike), "rule"), "message": f"{reason.in_words}: {_rules(alike)}"}


def _rules(findings: Sequence[Finding]) -> str:
    return ", ".join(each.rule for each in findings)


def history(record: PatientRecord) -> Iterator[Row]:
    """Treatment and events of one patient in order of time."""
    lines: list[tuple[date, date | None, str, str, str]] = []
    for each in record.courses:
        lines.append((each.start_on, each.stop_on, each.drug, f"{each.dose_mg:g} mg {each.frequency}", each.reason))
        lines += [(step.on, None, "dose", f"{each.drug} {step.dose_mg:g} mg {step.frequency}", step.reason) for step in each.doses]
        lines += [(hold.start_on, hold.end_on, "hold", each.drug, hold.reason) for hold in each.holds]
    lines += [(event.on, event.ended_on, event.kind, event.note, "") for event in record.events]
    lines += [
        (pin.collected_at.on, None, "baseline", f"{pin.analyte}, of {pin.drug} from {pin.start_on}", pin.reason) for pin in record.pins
    ]
    for line in sorted(lines, key=lambda each: each[0]):
        yield dict(zip(HISTORY_COLUMNS, (record.patient.mrn, *line), strict=True))
