"""Everyone's line in order: urgent, action, watch, nothing met; then by the next check's date, those without one last; then by MRN."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from labtrack.clinic.judging import Judge
from labtrack.clinic.lines import NO_DATE, NO_FINDING
from labtrack.clinic.views import WORKLIST_COLUMNS, TableRow, worklist_row
from labtrack.core.judgment import WorklistState
from labtrack.store import Reader

#: A place on the worklist and the line that stands there.
_Placed = tuple[tuple[int, str, str], TableRow]


def stored_rows(reader: Reader, rule_set: str, today: date) -> list[TableRow]:
    """The worklist from the stored assessments. Who has none that is up to date is *not assessed*, whatever the old one said."""
    stale = set(reader.out_of_date(rule_set, today))
    placed = []
    for line in reader.worklist():
        if line["patient_id"] in stale:
            stale.discard(line["patient_id"])
            placed.append(_placed(line["severity_rank"], _outdated(line)))
        else:
            placed.append(_placed(line["severity_rank"], {key: line[key] for key in WORKLIST_COLUMNS}))  # type: ignore[misc]
    for patient_id in stale:
        stored = reader.patient_numbered(patient_id)
        if stored is not None:
            mrn, name = stored.patient.mrn, stored.patient.name
            placed.append(_placed(NO_FINDING, _row(mrn=mrn, name=name, state=WorklistState.NOT_ASSESSED.value)))
    return _in_order(placed)


def rows_on(judge: Judge, reader: Reader, as_of: date) -> list[TableRow]:
    """The worklist as of any day, judged live; nothing is stored."""
    return _in_order(
        [
            _placed(each.line.severity_rank, worklist_row(each.stored.patient.mrn, each.stored.patient.name, each.line))
            for each in judge.judged(reader, as_of)
        ]
    )


def _outdated(line: Mapping[str, object]) -> TableRow:
    """What is left of a line that is out of date: the finding it had, with its date. Checks and counts may have changed."""
    said = f"As of {line['as_of']}: {line['message']}" if line["message"] else ""
    finding = {key: str(line[key]) for key in ("mrn", "name", "worst", "rule", "last_result_on")}
    return _row(**finding, message=said, state=WorklistState.NOT_ASSESSED.value)


def _row(**cells: str) -> TableRow:
    return {key: cells.get(key, "") for key in WORKLIST_COLUMNS}


def _placed(rank: object, row: TableRow) -> _Placed:
    return (int(str(rank)), str(row["next_due"] or NO_DATE), str(row["mrn"])), row


def _in_order(placed: list[_Placed]) -> list[TableRow]:
    placed.sort(key=lambda each: each[0])
    return [row for _, row in placed]
