"""Which results replace which: versions of one report are the same values wherever they are looked for."""

from __future__ import annotations

from labtrack.clinic.import_links import Versions
from labtrack.clinic.import_lookup import ResultKey
from labtrack.clinic.matching import Known
from labtrack.core.record import ResultStatus

KEY: ResultKey = (1, "plt", "2024-03-01T08:00:00", "")
LATER: ResultKey = (1, "plt", "2024-03-01T09:00:00", "")


class Recorded:
    """Stands in for the lookup: one report is recorded at eight."""

    def __init__(self) -> None:
        self.report = Known(7, "100", "10*9/L", ResultStatus.FINAL, place=KEY[2:], report_id="F1")

    def is_sent(self, patient_id: int, analyte: str, report_id: str) -> bool:
        return (patient_id, analyte, report_id) == (1, "plt", "F1")

    def versions(self, patient_id: int, analyte: str, report_id: str) -> list[Known]:
        return [Known(7, "100", "10*9/L", ResultStatus.FINAL, place=KEY[2:], report_id="F1")]


def test_a_version_at_another_time_is_found_by_the_sender_s_identity() -> None:
    versions = Versions(Recorded(), {KEY: []})  # type: ignore[arg-type]
    assert [each.result_id for each in versions.elsewhere(LATER, "F1")] == [7]
    assert versions.elsewhere(KEY, "F1") == []
    assert versions.elsewhere(LATER, "F2") == versions.elsewhere(LATER, "") == []


def test_what_is_known_by_place_and_by_identity_is_one_value() -> None:
    here = Recorded().report
    (found,) = Versions(Recorded(), {KEY: [here]}).elsewhere(LATER, "F1")  # type: ignore[arg-type]
    assert found is here


def test_a_row_of_the_chunk_is_a_version_for_those_after_it() -> None:
    versions = Versions(Recorded(), {KEY: []})  # type: ignore[arg-type]
    new = Known(-1, "101", "10*9/L", ResultStatus.FINAL, place=LATER[2:], report_id="F1")
    versions.add(LATER, new)
    assert versions.elsewhere(KEY, "F1") == [new]
    versions.add(LATER, Known(-2, "5", "10*9/L", ResultStatus.FINAL, place=LATER[2:]))
    assert versions.elsewhere(KEY, "") == []
