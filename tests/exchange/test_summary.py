"""The summary: one row per patient and analyte, every monitored analyte among them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import numpy as np
import pytest

from labtrack.catalogue import catalogue
from labtrack.core.judgment import CheckStatus
from labtrack.core.record import Sex
from labtrack.exchange.summary import NEVER_MEASURED, SUMMARY_COLUMNS, AboutAnalyte, NextCheck, SummaryFacts, summary_frame, summary_rows

NAN = float("nan")
KEYS = (
    *("patient", "analyte", "at", "low", "high", "low_open", "high_open", "lower_limit", "upper_limit"),
    *("lower_unreadable", "upper_unreadable"),
)


def reading(
    patient: int,
    analyte: str,
    at: str,
    low: float,
    high: float | None = None,
    *,
    opens: str = "",
    limits: tuple[float, float] = (NAN, NAN),
    unreadable: str = "",
) -> tuple[Any, ...]:
    seconds = int((datetime.fromisoformat(at) - datetime(1900, 1, 1)).total_seconds())
    number = catalogue().analytes[analyte].number
    ends = (low, low if high is None else high, "low" in opens, "high" in opens)
    return (patient, number, seconds, *ends, *limits, "lower" in unreadable, "upper" in unreadable)


def facts(*readings: tuple[Any, ...], **more: Any) -> SummaryFacts:
    types = [np.int64, np.int64, np.int64, float, float, bool, bool, float, float, bool, bool]
    columns = {key: np.array([each[place] for each in readings], types[place]) for place, key in enumerate(KEYS)}
    return SummaryFacts(["A1", "A2"], ["=Ann", "Bo"], [Sex.FEMALE, Sex.UNKNOWN], columns, **more)


def row(found: SummaryFacts, mrn: str, analyte: str, as_of: date = date(2026, 6, 30)) -> dict[str, str]:
    (only,) = [
        dict(zip(SUMMARY_COLUMNS, each, strict=True))
        for each in summary_rows(found, as_of, catalogue())
        if each[0] == mrn and each[3] == analyte
    ]
    return only


def test_a_series_is_summed_up() -> None:
    found = facts(
        reading(0, "hb", "2026-03-01T08:00", 11.0, limits=(11.6, 16.0)),
        reading(0, "hb", "2026-01-01", 12.0),
        reading(0, "hb", "2026-04-01", 13.5, limits=(11.6, 13.0)),
        reading(0, "hb", "2026-07-01", 5.0),
        reading(1, "crp", "2026-04-01", 0.0, 5.0, opens="high"),
        baselines={"patient": [0], "analyte": [4], "day": [date(2026, 1, 1).toordinal()]}
        | {"low": [12.0], "high": [12.0], "low_open": [False], "high_open": [False]},
        findings=[AboutAnalyte(0, "hb", "anemia"), AboutAnalyte(0, "hb", "hb-fall-2", "stale"), AboutAnalyte(0, "hb", "hb-below-8")],
        checks=[NextCheck(0, "cbc", date(2026, 8, 1), CheckStatus.LATER)],
    )
    assert catalogue().analytes["hb"].number == 4
    assert row(found, "A1", "hb") == {
        "mrn": "A1",
        "name": "=Ann",
        "panel": "cbc",
        "analyte": "hb",
        "unit": "g/dL",
        "baseline_value": "12",
        "baseline_on": "2026-01-01",
        "first_value": "12",
        "first_on": "2026-01-01",
        "latest_value": "13.5",
        "latest_on": "2026-04-01",
        "change": "1.5",
        "change_percent": "12.5",
        "minimum": "11",
        "maximum": "13.5",
        "count": "3",
        "ref_low": "11.6",
        "ref_high": "13",
        "flag": "high",
        "findings": "anemia; hb-below-8",
        "cannot_evaluate": "hb-fall-2 (stale)",
        "next_check_on": "2026-08-01",
        "next_check_status": "later",
        "as_of": "2026-06-30",
    }
    bound = row(found, "A2", "crp")
    assert (bound["latest_value"], bound["count"], bound["change"], bound["change_percent"]) == ("<5", "1", "", "")


def test_monitored_analytes_that_were_never_measured_have_rows() -> None:
    never = row(facts(reading(1, "ck", "2026-01-01", 100.0)), "A1", "ldl")
    assert (never["latest_value"], never["flag"], never["count"], never["next_check_on"]) == ("", NEVER_MEASURED, "0", "")
    frame = summary_frame(facts(reading(1, "ck", "2026-01-01", 100.0)), date(2026, 6, 30), catalogue())
    panels = {key for panel in catalogue().panels.values() for key in (*panel.required, *panel.expected)}
    assert set(frame[frame["mrn"] == "A1"]["analyte"]) == panels
    assert set(frame[frame["mrn"] == "A2"]["analyte"]) == panels | {"ck"}
    order = [key for key in catalogue().analytes if key in panels]
    assert list(frame[frame["mrn"] == "A1"]["analyte"]) == order


def test_a_clinic_without_any_result() -> None:
    assert {each[SUMMARY_COLUMNS.index("flag")] for each in summary_rows(facts(), date(2026, 6, 30), catalogue())} == {NEVER_MEASURED}
    assert summary_frame(SummaryFacts([], [], [], facts().readings), date(2026, 6, 30), catalogue()).empty


@pytest.mark.parametrize(
    ("low", "high", "opens", "limits", "unreadable", "flag"),
    [
        (10.0, None, "", (NAN, NAN), "", "low"),
        (12.0, None, "", (NAN, NAN), "", "normal"),
        (12.0, None, "", (NAN, NAN), "lower", "normal"),
        (10.0, None, "", (NAN, NAN), "lower upper", ""),
        (0.0, 12.0, "high", (12.0, 16.0), "", "low"),
        (0.0, 12.0, "", (12.0, 16.0), "", ""),
        (16.0, float("inf"), "low", (12.0, 16.0), "", "high"),
        (16.0, float("inf"), "", (12.0, 16.0), "", ""),
        (1.1 + 2.2, None, "", (1.0, 3.3), "", "normal"),
    ],
)
def test_the_flag(low: float, high: float | None, opens: str, limits: tuple[float, float], unreadable: str, flag: str) -> None:
    found = facts(reading(0, "hb", "2026-01-01", low, high, opens=opens, limits=limits, unreadable=unreadable))
    assert row(found, "A1", "hb")["flag"] == flag


def test_no_limit_to_compare_with_gives_no_flag() -> None:
    assert row(facts(reading(0, "ldl", "2026-01-01", 100.0)), "A1", "ldl")["flag"] == ""
    unknown_sex = row(facts(reading(1, "hb", "2026-01-01", 10.0)), "A2", "hb")
    assert (unknown_sex["flag"], unknown_sex["ref_low"]) == ("", "")


def test_a_baseline_of_zero_has_no_percentage() -> None:
    zero = {"patient": [0], "analyte": [catalogue().analytes["crp"].number], "day": [738_000], "low": [0.0], "high": [0.0]}
    found = facts(reading(0, "crp", "2026-01-01", 3.0), baselines=zero | {"low_open": [False], "high_open": [False]})
    assert (row(found, "A1", "crp")["change"], row(found, "A1", "crp")["change_percent"]) == ("3", "")
