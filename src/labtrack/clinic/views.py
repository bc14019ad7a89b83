"""What the front ends show, as rows of plain cells in the columns of the interface."""

from __future__ import annotations

from collections.abc import Iterator

from labtrack.clinic.lines import WorklistLine
from labtrack.core.judgment import Assessment, Finding
from labtrack.core.quantity import format_interval, format_percent
from labtrack.core.record import Result

Cell = str | int | float | None
TableRow = dict[str, Cell]

ASSESS_COLUMNS = (
    "mrn", "rule", "verdict", "severity", "reason", "analyte", "value", "unit", "collected_on", "baseline", "change_percent",
    "message", "source",
)  # fmt: skip
DUE_COLUMNS = ("mrn", "panel", "due_on", "status", "reason", "missing")
WORKLIST_COLUMNS = (
    "mrn", "name", "state", "worst", "rule", "message", "next_panel", "next_due", "next_status", "cannot_evaluate",
    "last_result_on",
)  # fmt: skip
SHOW_COLUMNS = (
    "result_id", "analyte", "collected_at", "value", "unit", "status", "ref_low", "ref_high", "flag", "lab", "specimen_id", "note",
    "superseded",
)  # fmt: skip
TREND_COLUMNS = (
    "analyte", "collected_at", "value", "unit", "ref_low", "ref_high", "flag", "method", "change_percent", "drug",
    "dose_mg_per_day", "on_hold", "result_id",
)  # fmt: skip
AUDIT_COLUMNS = ("at", "actor", "action", "mrn", "detail")
PATIENT_COLUMNS = ("mrn", "name", "birth_date", "sex", "weight_kg", "phone", "email")


def assess_row(mrn: str, finding: Finding) -> TableRow:
    """One finding in :data:`ASSESS_COLUMNS`; values in the analyte's canonical unit, not rounded."""
    proof = finding.evidence[0] if finding.evidence else None
    change = proof.change_percent if proof else None
    return {
        "mrn": mrn,
        "rule": finding.rule,
        "verdict": finding.verdict.value,
        "severity": finding.severity.value,
        "reason": finding.reason.value if finding.reason else "",
        "analyte": proof.analyte if proof else "",
        "value": format_interval(proof.value) if proof else "",
        "unit": proof.unit if proof else "",
        "collected_on": proof.collected_on.isoformat() if proof else "",
        "baseline": format_interval(proof.baseline) if proof and proof.baseline else "",
        "change_percent": format_percent(change) if change is not None else "",
        "message": finding.message,
        "source": finding.source,
    }


def due_rows(mrn: str, assessment: Assessment) -> Iterator[TableRow]:
    """The next checks in :data:`DUE_COLUMNS`."""
    for check in assessment.checks:
        yield {
            "mrn": mrn,
            "panel": check.panel,
            "due_on": check.due_on.isoformat(),
            "status": check.status.value,
            "reason": check.reason,
            "missing": ";".join(check.missing),
        }


def worklist_row(mrn: str, name: str, line: WorklistLine) -> TableRow:
    """One patient in :data:`WORKLIST_COLUMNS`."""
    return {
        "mrn": mrn,
        "name": name,
        "state": line.state.value,
        "worst": line.worst,
        "rule": line.rule,
        "message": line.message,
        "next_panel": line.next_panel,
        "next_due": line.next_due,
        "next_status": line.next_status,
        "cannot_evaluate": line.cannot_evaluate,
        "last_result_on": line.last_result_on,
    }


def show_row(result: Result, flag: str) -> TableRow:
    """One result as printed, in :data:`SHOW_COLUMNS`."""
    return {
        "result_id": result.result_id,
        "analyte": result.analyte,
        "collected_at": str(result.collected_at),
        "value": result.value_text,
        "unit": result.unit,
        "status": result.status.value,
        "ref_low": result.ref_low,
        "ref_high": result.ref_high,
        "flag": flag,
        "lab": result.lab,
        "specimen_id": result.specimen_id,
        "note": result.note,
        "superseded": "yes" if result.superseded else "",
    }
