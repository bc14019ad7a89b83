"""What is already recorded where an import wants to put a result."""

from __future__ import annotations

from collections.abc import Iterable

from labtrack.clinic.matching import Known
from labtrack.core.record import ResultStatus
from labtrack.labs.columns import RESULT_ROW
from labtrack.store import Writer

#: Patient number, analyte key, ordering text, specimen id.
ResultKey = tuple[int, str, str, str]


class Lookup:
    """Answers about results in the open transaction, remembering for one import what it knows of each patient."""

    def __init__(self, writer: Writer) -> None:
        self.writer = writer
        self._is_empty = writer.last_result_id() == 0
        self._entered: dict[int, int] = {}

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

    def known(self, keys: Iterable[ResultKey]) -> dict[ResultKey, list[Known]]:
        """All results under each key in order of entry, superseded ones included."""
        found: dict[ResultKey, list[Known]] = {}
        for key in keys:
            if key not in found:
                rows = self.writer.entered_at(*key)
                found[key] = [Known(id, value, unit, ResultStatus(status), by is None) for id, value, unit, status, by in rows]
        return found
