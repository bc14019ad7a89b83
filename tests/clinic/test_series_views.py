"""Flags of printed results, and readings over time with limits, change and treatment."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date, time

import pytest
from tests.clinic.homes import ADA, START, entries, record

from labtrack.catalogue import catalogue
from labtrack.clinic import Clinic, Entry
from labtrack.clinic.series_views import flag_of
from labtrack.clinic.views import SHOW_COLUMNS, TREND_COLUMNS
from labtrack.core.errors import NotFound
from labtrack.core.quantity import Interval
from labtrack.core.record import CollectedAt, Patient, Result, ResultStatus, Sex

BEFORE, DAY = date(2026, 2, 20), date(2026, 11, 19)


def result(value: Interval | None, lower: float | None = None, upper: float | None = None, **fields: object) -> Result:
    made = Result("hb", "x", "g/dL", CollectedAt(DAY), value=value, lower_limit=lower, upper_limit=upper)
    return replace(made, **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("value", "flag"),
    [
        (Interval(11.9, 11.9), "L"),
        (Interval(12.0, 12.0), ""),
        (Interval(12.0 * (1 - 1e-12), 12.0 * (1 - 1e-12)), ""),
        (Interval(15.0, 15.0), ""),
        (Interval(15.1, 15.1), "H"),
        (Interval(0, 12.0, high_open=True), "L"),
        (Interval(0, 12.0), ""),
        (Interval(15.0, math.inf, low_open=True), "H"),
        (Interval(15.0, math.inf), ""),
        (Interval(11.0, 16.0), ""),
        (None, ""),
    ],
)
def test_a_flag_is_certain_or_none(value: Interval | None, flag: str) -> None:
    analyte = catalogue().analytes["hb"]
    assert flag_of(result(value, 12.0, 15.0), analyte, ADA) == flag
    assert flag_of(result(value), analyte, ADA) == flag  # the catalogue's range for women is the same


def test_a_limit_that_cannot_be_read_gives_no_flag_and_none_printed_needs_the_sex() -> None:
    analyte, low = catalogue().analytes["hb"], Interval(11.0, 11.0)
    assert flag_of(result(low, math.nan, math.nan), analyte, ADA) == ""
    assert flag_of(result(low), analyte, Patient("1", "x", sex=Sex.UNKNOWN)) == ""
    assert flag_of(result(low, None, 10.0), analyte, ADA) == "L"
    assert flag_of(result(Interval(300.0, 300.0), analyte="ldl"), catalogue().analytes["ldl"], ADA) == ""


@pytest.mark.parametrize("status", ResultStatus)
def test_what_is_void_has_no_flag(status: ResultStatus) -> None:
    expected = "" if status in (ResultStatus.CANCELLED, ResultStatus.ENTERED_IN_ERROR) else "L"
    assert flag_of(result(Interval(7.0, 7.0), status=status), catalogue().analytes["hb"], ADA) == expected


def test_show_lists_everything_newest_first(ada: Clinic) -> None:
    (first,) = record(ada, BEFORE, hb="11.9 g/dL").results
    ada.record(ADA.mrn, [Entry("alt", "45", "U/L", "", "50"), Entry("anc", "hemolyzed", "10*9/L")], CollectedAt(DAY), "City Lab", "S1")
    ada.amend(first.result_id, "12.1", "", "typo")
    rows = list(ada.show(ADA.mrn))
    assert [tuple(row) for row in rows] == [SHOW_COLUMNS] * 4
    assert [tuple(row.values()) for row in rows] == [
        (3, "anc", "2026-11-19", "hemolyzed", "10*9/L", "final", "", "", "", "City Lab", "S1", "", ""),
        (2, "alt", "2026-11-19", "45", "U/L", "final", "", "50", "", "City Lab", "S1", "", ""),
        (4, "hb", "2026-02-20T08:00", "12.1", "g/dL", "corrected", "", "", "", "", "", "typo", ""),
        (1, "hb", "2026-02-20T08:00", "11.9", "g/dL", "final", "", "", "L", "", "", "", "yes"),
    ]


def trend(clinic: Clinic, *analytes: str, as_of: date | None = None) -> list[tuple[object, ...]]:
    rows = list(clinic.trend(ADA.mrn, analytes, as_of))
    assert all(tuple(row) == TREND_COLUMNS for row in rows)
    return [tuple(row.values()) for row in rows]


def test_trend_tells_value_limits_flag_and_change(ada: Clinic) -> None:
    record(ada, BEFORE, anc="3.1 10*9/L")
    ada.record(ADA.mrn, [Entry("anc", "820", "/uL", "1800", "7500")], CollectedAt(DAY, time(8, 0, 30)))
    ada.record(ADA.mrn, entries(anc="<0.5 10*9/L", hb="12 g/dL"), CollectedAt(date(2026, 11, 20)))
    assert trend(ada, "ANC", "751-8") == [
        ("anc", "2026-02-20T08:00", "3.1", "10*9/L", "2", "7.5", "", "", "0", "", "", "", "1"),
        ("anc", "2026-11-19T08:00:30", "0.82", "10*9/L", "1.8", "7.5", "L", "", "-73.55", "baricitinib", "2", "", "2"),
        ("anc", "2026-11-20", "<0.5", "10*9/L", "2", "7.5", "L", "", "", "baricitinib", "2", "", "3"),
    ]
    assert [row[1] for row in trend(ada, "hb", "anc", as_of=DAY)] == ["2026-02-20T08:00", "2026-11-19T08:00:30"]
    assert trend(ada, "ldl") == []


def test_trend_marks_what_was_calculated_and_what_clashes(ada: Clinic) -> None:
    record(ada, DAY, tc="200 mg/dL", hdl="50 mg/dL", tg="150 mg/dL", creatinine="1.0 mg/dL", wbc="5.0 10*9/L", neut_pct="40 %")
    record(ada, date(2026, 11, 20), ldl="118 mg/dL")
    record(ada, date(2026, 11, 20), ldl="122 mg/dL")
    rows = {(row[0], row[1][:10]): row for row in trend(ada, "ldl", "egfr", "anc")}
    assert rows["ldl", "2026-11-19"][2::5] == ("120", "Friedewald", "1;2;3")
    assert rows["ldl", "2026-11-20"][2::5] == ("118–122", "", "7;8")
    assert rows["egfr", "2026-11-19"][7] == "CKD-EPI 2021"
    assert rows["anc", "2026-11-19"][2::5] == ("2", "WBC × %", "5;6")


def test_trend_tells_the_treatment_of_each_day(ada: Clinic) -> None:
    ada.change_dose(ADA.mrn, 4, date(2026, 6, 1))
    ada.change_dose(ADA.mrn, 4, date(2026, 10, 1), "when needed")
    ada.hold(ADA.mrn, "other: travel", date(2026, 7, 1))
    ada.resume(ADA.mrn, date(2026, 7, 10))
    ada.stop_course(ADA.mrn, "remission", date(2026, 11, 10))
    ada.start_course(ADA.mrn, "upadacitinib", 15, "daily", date(2026, 11, 18))
    days = (BEFORE, START, date(2026, 6, 1), date(2026, 7, 1), date(2026, 7, 10), date(2026, 10, 1), date(2026, 11, 10), DAY)
    for day in days:
        record(ada, day, hb="12.5 g/dL")
    assert [row[9:12] for row in trend(ada, "hb")] == [
        ("", "", ""),
        ("baricitinib", "2", ""),
        ("baricitinib", "4", ""),
        ("baricitinib", "4", "yes"),
        ("baricitinib", "4", ""),
        ("baricitinib", "", ""),
        ("", "", ""),
        ("upadacitinib", "15", ""),
    ]


def test_a_calculated_egfr_is_not_counted_from_a_reported_one(ada: Clinic) -> None:
    record(ada, BEFORE, egfr="90 mL/min/1.73m2")
    record(ada, date(2026, 6, 1), creatinine="1.0 mg/dL")
    record(ada, DAY, egfr="72 mL/min/1.73m2")
    assert [(row[7], row[8]) for row in trend(ada, "egfr")] == [("", "0"), ("CKD-EPI 2021", ""), ("", "-20")]


def test_a_baseline_that_is_no_number_gives_no_change(ada: Clinic) -> None:
    record(ada, BEFORE, crp="<5 mg/L")
    record(ada, DAY, crp="12 mg/L")
    assert [row[8] for row in trend(ada, "crp")] == ["", ""]


def test_trend_of_nobody_and_of_nothing(ada: Clinic) -> None:
    with pytest.raises(NotFound, match="There is no patient 9"):
        next(ada.trend("9", ["anc"]))
    with pytest.raises(NotFound, match="unknown analyte 'ancc' \\(did you mean anc"):
        next(ada.trend(ADA.mrn, ["ancc"]))
