"""Records as columns: packing, codes, sorting."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date, datetime, time

import numpy as np
import pytest

from labtrack.catalogue import catalogue
from labtrack.core.quantity import Interval
from labtrack.core.record import CollectedAt, Course, DoseStep, Event, Hold, Patient, Result, ResultStatus, Sex, Unusable
from labtrack.labs.columns import (
    FOREVER,
    HIGH_OPEN,
    IS_TEXT,
    LOW_OPEN,
    LOWER_UNREADABLE,
    NO_DAY,
    RESULT_ROW,
    UNIT_UNKNOWN,
    UPPER_UNREADABLE,
    Chart,
    Pin,
    ResultColumns,
    cohort_of,
    day_of_instant,
    instant,
    pack_results,
    result_flags,
    specimen_code,
)

HB = Result("hb", "9.1", "g/dL", CollectedAt(date(2026, 6, 1), time(8, 30)), value=Interval(9.1, 9.1), result_id=7)
NOTHING = ResultColumns.from_segments([])


def test_an_instant_is_seconds_since_1900_and_drops_fractions() -> None:
    assert instant(datetime(1900, 1, 1)) == 0
    assert instant(datetime(1900, 1, 2, 0, 0, 1, 999_999)) == 86_401
    assert instant(datetime(1899, 12, 31, 23, 59, 59)) == -1


@pytest.mark.parametrize("day", [date(1899, 12, 31), date(1900, 1, 1), date(2026, 6, 1)])
@pytest.mark.parametrize("at", [time(0, 0), time(23, 59, 59)])
def test_the_day_of_an_instant(day: date, at: time) -> None:
    assert day_of_instant(np.array([instant(datetime.combine(day, at))])).tolist() == [day.toordinal()]


def test_a_specimen_is_its_id_or_else_its_time() -> None:
    assert specimen_code("A1", 5) == specimen_code("A1", 6) != specimen_code("A2", 5)
    assert specimen_code("", 5) != specimen_code("", 6)
    assert specimen_code("", 5) != specimen_code("@5", 5), "an id that looks like a time is still an id"
    assert 0 <= specimen_code("A1", 5) < 2**63


@pytest.mark.parametrize(
    ("changes", "flags"),
    [
        ({}, 0),
        ({"value": Interval(0, 5, high_open=True)}, HIGH_OPEN),
        ({"value": Interval(5, math.inf, low_open=True)}, LOW_OPEN),
        ({"value": None, "unusable": Unusable.TEXT}, IS_TEXT),
        ({"value": None, "unusable": Unusable.UNIT}, UNIT_UNKNOWN),
        ({"lower_limit": math.nan, "upper_limit": 16.0}, LOWER_UNREADABLE),
        ({"lower_limit": 12.0, "upper_limit": math.nan}, UPPER_UNREADABLE),
    ],
)
def test_flags_of_a_result(changes: dict[str, object], flags: int) -> None:
    assert result_flags(replace(HB, **changes)) == flags  # type: ignore[arg-type]


def test_packing_keeps_what_stands_and_is_reported() -> None:
    """Section 4, *Usable result*: final, corrected or amended; not superseded, preliminary, cancelled or entered in error."""
    results = [replace(HB, status=status, result_id=number) for number, status in enumerate(ResultStatus)]
    packed = pack_results([*results, replace(HB, superseded=True, result_id=99)], catalogue())
    kept = {ResultStatus.FINAL, ResultStatus.AMENDED, ResultStatus.CORRECTED}
    assert packed["result_id"].tolist() == [number for number, status in enumerate(ResultStatus) if status in kept]


def test_a_packed_row_holds_value_limits_and_time() -> None:
    (row,) = pack_results([replace(HB, lower_limit=12.0)], catalogue())
    assert (row["low"], row["high"], row["lower_limit"], row["analyte"]) == (9.1, 9.1, 12.0, catalogue().analytes["hb"].number)
    assert math.isnan(row["upper_limit"])
    assert row["at"] == instant(datetime(2026, 6, 1, 8, 30))
    (unusable,) = pack_results([replace(HB, value=None, unusable=Unusable.TEXT)], catalogue())
    assert math.isnan(unusable["low"])


def test_columns_of_segments_know_whose_row_is_whose() -> None:
    one, two = pack_results([HB], catalogue()), pack_results([HB, HB], catalogue())
    columns = ResultColumns.from_segments([one.tobytes(), b"", two.tobytes()])
    assert columns.patient.tolist() == [0, 2, 2]
    assert len(columns) == 3
    assert columns.low.tolist() == [9.1, 9.1, 9.1]


def test_a_result_row_is_58_bytes() -> None:
    assert RESULT_ROW.itemsize == 58


def test_charts_become_columns() -> None:
    start = date(2026, 1, 10)
    later = Course("upadacitinib", 15, "daily", date(2026, 5, 1))
    first = Course(
        "Baricitinib",
        2,
        "daily",
        start,
        stop_on=date(2026, 4, 1),
        doses=(DoseStep(date(2026, 3, 1), 4, "when needed"), DoseStep(date(2026, 2, 1), 1, "twice daily")),
        holds=(Hold(date(2026, 2, 3), "anc-below-1", date(2026, 2, 10)), Hold(date(2026, 3, 3), "other: travel")),
    )
    pins = (Pin("upadacitinib", date(2026, 5, 1), "hb", datetime(2026, 4, 30)), Pin("upadacitinib", start, "hb", datetime(2026, 4, 30)))
    known = Chart(Patient("1", "A", date(1960, 5, 1), Sex.FEMALE, 70.0), (later, first), (Event("vte", start),), pins)
    cohort = cohort_of([Chart(Patient("0", "B")), known], NOTHING, catalogue())
    assert cohort.patients.sex.tolist() == [0, 1]
    assert cohort.patients.birth_year.tolist() == [NO_DAY, 1960]
    assert cohort.patients.birth_month_day.tolist() == [NO_DAY, 501]
    assert np.isnan(cohort.patients.weight_kg[0])
    assert cohort.courses.patient.tolist() == [1, 1]
    assert cohort.courses.drug.tolist() == [1, 3]
    assert cohort.courses.stop.tolist() == [date(2026, 4, 1).toordinal(), FOREVER]
    assert cohort.doses.course.tolist() == [0, 0, 0, 1]
    assert cohort.doses.per_day[[0, 1, 3]].tolist() == [2.0, 2.0, 15.0]
    assert np.isnan(cohort.doses.per_day[2]), "an unknown frequency is an unknown dose"
    assert cohort.holds.end.tolist() == [date(2026, 2, 10).toordinal(), FOREVER]
    assert cohort.holds.kinds == ("anc-below-1", "other: travel")
    assert (cohort.events.owner.tolist(), cohort.events.kinds) == ([1], ("vte",))
    assert cohort.pins.course.tolist() == [1], "a pin of a course that does not exist is not used"


def test_no_chart_at_all_makes_empty_columns() -> None:
    cohort = cohort_of([], NOTHING, catalogue())
    assert (len(cohort.patients), len(cohort.results), len(cohort.courses.patient), len(cohort.pins.at)) == (0, 0, 0, 0)


def test_an_unknown_drug_has_number_zero() -> None:
    cohort = cohort_of([Chart(Patient("1", "A"), (Course("aspirin", 100, "daily", date(2026, 1, 1)),))], NOTHING, catalogue())
    assert cohort.courses.drug.tolist() == [0]
