"""What is already recorded where an import wants to put a result."""

from __future__ import annotations

from collections.abc import Iterable

from labtrack.clinic.matching import Known
from labtrack.core.record import ResultStatus
from labtrack.labs.columns import RESULT_ROW
from labtrack.store import Writer
from labtrack.store.connection import Row

#: Senders' identities of reports that are remembered before they are asked of the store again.
REMEMBERED = 200_000

#: Patient number, analyte key, ordering text, specimen id.
ResultKey = tuple[int, str, str, str]


class Lookup:
    """Answers about results in the open transaction, remembering for one import what it knows of each patient."""

    def __init__(self, writer: Writer) -> None:
        self.writer = writer
        self._is_empty = writer.last_result_id() == 0
        self._entered: dict[int, int] = {}
        self._has_none = self._is_empty
        self._sent: dict[int, set[tuple[str, str]]] = {}
        self._remembered = 0

    def inserted(self, patient_id: int, rows: int) -> None:
        """More results of a patient have been written."""
        self._entered[patient_id] = self.entered(patient_id) + rows

    def entered(self, patient_id: int) -> int:
        """How many results of a patient are recorded, standing or not."""
        if patient_id not in self._entered:
            self._entered[patient_id] = 0 if self._is_empty else self.writer.result_count(patient_id)
        return self._entered[patient_id]

    def is_whole(self, patient_id: int, segment: bytes) -> bool:
        """Whether the packed segment holds every recorded result, so that what is not in it is new."""
        return self.entered(patient_id) * RESULT_ROW.itemsize == len(segment)

    def is_sent(self, patient_id: int, analyte: str, report_id: str) -> bool:
        """Whether a version of a report is recorded, by the sender's identity of it."""
        if patient_id not in self._sent:
            if self._remembered > REMEMBERED:  # what was written in this transaction is in the store as well
                self._sent, self._remembered, self._has_none = {}, 0, False
            self._sent[patient_id] = set() if self._has_none else self.writer.sent_reports(patient_id)
            self._remembered += len(self._sent[patient_id])
        return (analyte, report_id) in self._sent[patient_id]

    def sent(self, patient_id: int, analyte: str, report_id: str) -> None:
        """A version of a report has been written."""
        if not self.is_sent(patient_id, analyte, report_id):
            self._sent[patient_id].add((analyte, report_id))
            self._remembered += 1

    def versions(self, patient_id: int, analyte: str, report_id: str) -> list[Known]:
        """Every version of one report in order of entry, superseded ones included."""
        return list(map(_known, self.writer.entered_as(patient_id, analyte, report_id)))

    def known(self, keys: Iterable[ResultKey]) -> dict[ResultKey, list[Known]]:
        """All results under each key in order of entry, superseded ones included."""
        found: dict[ResultKey, list[Known]] = {}
        for key in keys:
            if key not in found:
                found[key] = list(map(_known, self.writer.entered_at(*key)))
        return found


def _known(row: Row) -> Known:
    id, value, unit, status, by, ordering, specimen_id, report_id = row
    return Known(id, value, unit, ResultStatus(status), by is None, (ordering, specimen_id), report_id)
