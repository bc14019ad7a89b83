"""Results by hand: record, amend, strike."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from labtrack.cli.help import command, program
from labtrack.cli.judging import COLLECTED
from labtrack.cli.options import Db, In, Mrn, Reason, RegionName, ResultId, argument, option
from labtrack.cli.output import Format, counted, note, put
from labtrack.cli.session import opened
from labtrack.cli.tables import Column
from labtrack.cli.typed import EXAMPLE, entry, moment, quantity
from labtrack.core.judgment import Assessment, Verdict
from labtrack.core.record import CollectedAt

if TYPE_CHECKING:
    from labtrack.clinic import Clinic, Recorded

commands = program()

RECORDED_COLUMNS = ("result_id", "mrn", "analyte", "value", "unit", "collected_at", "status")
_TABLE = (
    Column.of("result_id", "number", right=True),
    Column.of("analyte"),
    Column("value", lambda cells: f"{cells['value']} {cells['unit']}"),
    COLLECTED,
    Column.of("status"),
)


@command(commands, "record", EXAMPLE, "To record")
def record(
    context: typer.Context,
    mrn: Mrn,
    values: Annotated[
        list[str],
        argument(metavar="KEY=VALUE:UNIT", help="Values as printed, in quotes where the shell needs it: hb=12.4:g/dL 'anc=<0.5:10*9/L'."),
    ],
    at: Annotated[
        CollectedAt | None,
        option("--at", metavar="DATETIME", parser=moment, help="When the specimen was taken; today unless said."),
    ] = None,
    lab: Annotated[str, option("--lab", metavar="NAME", help="The laboratory.")] = "",
    specimen: Annotated[str, option("--specimen", metavar="ID", help="The specimen's number.")] = "",
    format: In = Format.TABLE,
    db: Db = None,
    region: RegionName = None,
) -> None:
    """Record the results of one collection; all of them or none.

    Each value stands with its unit. One without a unit is refused, and the units known for it are named.
    """
    entries = [entry(text) for text in values]
    with opened(context) as clinic:
        from labtrack.clinic import Entry

        collected = at or CollectedAt(clinic.today)
        if at is None:
            note(f"Collected today, {clinic.today.isoformat()}; --at says another day.")
        recorded = clinic.record(mrn, [Entry(*each) for each in entries], collected, lab, specimen)
        _report(clinic, recorded, "recorded", format)


@command(commands, "amend", "labtrack amend 4711 '0.92:10*9/L' --reason 'corrected report of 20 Nov'", "To record")
def amend(
    context: typer.Context,
    result_id: ResultId,
    value: Annotated[str, argument(metavar="VALUE[:UNIT]", help="The right value; the unit stays unless said.")],
    reason: Reason,
    format: In = Format.TABLE,
    db: Db = None,
    region: RegionName = None,
) -> None:
    """Put a corrected value in the place of a result. The old one stays in the record, marked."""
    number, unit = quantity(value)
    with opened(context) as clinic:
        _report(clinic, clinic.amend(result_id, number, unit, reason), "amended", format)


@command(commands, "strike", "labtrack strike 4711 --reason 'another patient'", "To record")
def strike(
    context: typer.Context,
    result_id: ResultId,
    reason: Reason,
    format: In = Format.TABLE,
    db: Db = None,
    region: RegionName = None,
) -> None:
    """Mark a result as entered in error. It stays in the record and counts no more."""
    with opened(context) as clinic:
        _report(clinic, clinic.strike(result_id, reason), "struck", format)


def _report(clinic: Clinic, recorded: Recorded, done: str, format: Format) -> None:
    """What was stored, on stdout; for whom, what to look at again and what it means, on stderr."""
    patient = recorded.patient
    rows = [
        {
            "result_id": each.result_id,
            "mrn": patient.mrn,
            "analyte": each.analyte,
            "value": each.value_text,
            "unit": each.unit,
            "collected_at": str(each.collected_at),
            "status": each.status.value,
        }
        for each in recorded.results
    ]
    born = f", born {patient.birth_date.isoformat()}" if patient.birth_date else ""
    note(f"{patient.name}{born}, MRN {patient.mrn}: {counted(len(rows), 'result')} {done}.")
    for warning in recorded.warnings:
        note(f"Please check: {warning}")
    put(rows, RECORDED_COLUMNS, format, _TABLE)
    for line in meaning(clinic.assessment(patient.mrn), {each.result_id for each in recorded.results}):
        note(line)


def meaning(assessment: Assessment, result_ids: set[int]) -> Iterator[str]:
    """The findings that rest on these results, gravest first, and the next check."""
    met = [
        finding
        for finding in assessment.findings
        if finding.verdict is Verdict.MET and any(result_ids.intersection(proof.result_ids) for proof in finding.evidence)
    ]
    for finding in sorted(met, key=lambda each: each.severity.rank):
        yield f"{finding.severity.value}: {finding.message} ({finding.rule})"
    soonest = min(assessment.checks, key=lambda check: check.due_on, default=None)
    if soonest is not None:
        yield f"Next check: {soonest.panel} {soonest.due_on.isoformat()}, {soonest.status.value} ({soonest.reason})."
