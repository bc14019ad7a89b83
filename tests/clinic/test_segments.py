"""Tests of labtrack.clinic.segments: what is packed is always what the record would be packed to."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time

import numpy as np
import pytest

from labtrack.catalogue import catalogue
from labtrack.clinic.segments import segment_of, segments_of, updated_segment, without
from labtrack.core.quantity import Interval
from labtrack.core.record import CollectedAt, Result, ResultStatus, Unusable
from labtrack.labs.columns import RESULT_ROW, pack_results


def result(number: int, analyte: str = "anc", value: float | None = 1.0, day: int = 1, **changes: object) -> Result:
    interval = None if value is None else Interval(value, value)
    unusable = Unusable.NOT if value is not None else Unusable.TEXT
    at = CollectedAt(date(2026, 5, day), time(8))
    return replace(Result(analyte, str(value), "10*9/L", at, value=interval, unusable=unusable, result_id=number), **changes)  # type: ignore[arg-type]


RECORD = [result(1), result(2, "hb", 12.0), result(3, day=3), result(4, value=None, day=2), result(5, "hb", 11.0, 1)]


@pytest.mark.parametrize("cut", range(len(RECORD) + 1))
def test_adding_later_gives_what_packing_at_once_gives(cut: int) -> None:
    first = segment_of(RECORD[:cut], catalogue())
    assert updated_segment(first, RECORD[cut:], (), catalogue()) == segment_of(RECORD, catalogue())


def test_results_that_no_longer_stand_are_left_out() -> None:
    corrected = result(6, value=2.0, status=ResultStatus.CORRECTED)
    anew = [replace(RECORD[0], superseded=True), *RECORD[1:], corrected]
    assert updated_segment(segment_of(RECORD, catalogue()), [corrected], [1], catalogue()) == segment_of(anew, catalogue())


def test_unreported_results_are_never_packed() -> None:
    assert segment_of([result(1, status=ResultStatus.PRELIMINARY), result(2, status=ResultStatus.CANCELLED)], catalogue()) == b""
    assert updated_segment(b"", [result(1, status=ResultStatus.ENTERED_IN_ERROR)], (), catalogue()) == b""


def test_nothing_to_leave_out_leaves_all() -> None:
    rows = pack_results(RECORD, catalogue())
    assert without(rows, ()) is rows
    assert sorted(without(rows, [1, 3, 99])["result_id"].tolist()) == [2, 4, 5]


def test_several_patients_results_are_told_apart() -> None:
    rows = np.concatenate([pack_results([each], catalogue()) for each in RECORD])
    owner = np.array([2, 0, 2, 0, 2])
    assert segments_of(owner, rows, 3) == [
        segment_of([RECORD[1], RECORD[3]], catalogue()),
        b"",
        segment_of([RECORD[0], RECORD[2], RECORD[4]], catalogue()),
    ]
    assert segments_of(owner[:0], np.empty(0, RESULT_ROW), 2) == [b"", b""]
