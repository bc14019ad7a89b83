"""Rows as the front ends show them: the interface's columns in their order, cells of text, and nothing rounded that decides."""

from __future__ import annotations

import math
from datetime import date, time

import pytest
from tests.clinic.homes import ADA, TODAY, record

from labtrack.clinic import Clinic, views
from labtrack.clinic.lines import WorklistLine
from labtrack.core.judgment import Assessment, Check, CheckStatus, Evidence, Finding, Reason, Severity, Verdict, WorklistState
from labtrack.core.quantity import Interval
from labtrack.core.record import CollectedAt, Result, ResultStatus

DAY = date(2026, 11, 19)
ANC = Evidence("anc", Interval(0.82, 0.82), "10*9/L", DAY)


def finding(*evidence: Evidence, **fields: object) -> Finding:
    return Finding("r", Verdict.MET, Severity.URGENT, evidence=evidence, message="said", source="house [H]", **fields)  # type: ignore[arg-type]


def test_the_columns_are_those_of_the_interface() -> None:
    assert ",".join(views.ASSESS_COLUMNS) == (
        "mrn,rule,verdict,severity,reason,analyte,value,unit,collected_on,baseline,change_percent,message,source"
    )
    assert ",".join(views.DUE_COLUMNS) == "mrn,panel,due_on,status,reason,missing"
    assert ",".join(views.WORKLIST_COLUMNS) == (
        "mrn,name,state,worst,rule,message,next_panel,next_due,next_status,cannot_evaluate,last_result_on"
    )
    assert ",".join(views.SHOW_COLUMNS) == (
        "result_id,analyte,collected_at,value,unit,status,ref_low,ref_high,flag,lab,specimen_id,note,superseded"
    )
    assert ",".join(views.TREND_COLUMNS) == (
        "analyte,collected_at,value,unit,ref_low,ref_high,flag,method,change_percent,drug,dose_mg_per_day,on_hold,result_id"
    )


def test_rows_have_their_columns_in_order(ada: Clinic) -> None:
    record(ada, DAY, anc="0.82 10*9/L", hb="12.4 g/dL")
    record(ada, date(2026, 2, 20), hb="12.9 g/dL")
    for rows, columns in (
        (ada.assess(every_verdict=True), views.ASSESS_COLUMNS),
        (ada.due(), views.DUE_COLUMNS),
        (ada.worklist(), views.WORKLIST_COLUMNS),
        (ada.worklist(as_of=DAY), views.WORKLIST_COLUMNS),
        (ada.show(ADA.mrn), views.SHOW_COLUMNS),
        (ada.trend(ADA.mrn, ["hb"]), views.TREND_COLUMNS),
        (ada.audit(), views.AUDIT_COLUMNS),
    ):
        found = [tuple(row) for row in rows]
        assert found
        assert set(found) == {columns}


def test_a_finding_is_told_by_its_deciding_result() -> None:
    row = views.assess_row("7", finding(ANC, Evidence("alc", Interval(1, 1), "10*9/L", DAY)))
    assert tuple(row.values()) == ("7", "r", "met", "urgent", "", "anc", "0.82", "10*9/L", "2026-11-19", "", "", "said", "house [H]")


def test_a_finding_without_a_result_has_empty_cells() -> None:
    row = views.assess_row("7", finding())
    assert tuple(row.values()) == ("7", "r", "met", "urgent", "", "", "", "", "", "", "", "said", "house [H]")


def test_the_first_reason_is_the_one_told() -> None:
    made = Finding("r", Verdict.CANNOT_EVALUATE, Severity.WATCH, (Reason.NO_RESULT, Reason.SEX_UNKNOWN))
    row = views.assess_row("7", made)
    assert (row["verdict"], row["severity"], row["reason"]) == ("cannot evaluate", "watch", "no-result")


@pytest.mark.parametrize(
    ("value", "baseline", "cells"),
    [
        (Interval(150, 150), Interval(100, 100), ("150", "100", "50")),
        (Interval(2.99 * 38.67, 2.99 * 38.67), Interval(2.30 * 38.67, 2.30 * 38.67), ("115.6233", "88.941", "30")),
        (Interval(95, 95), Interval(100, 100), ("95", "100", "-5")),
        (Interval(100, 100), Interval(100, 100), ("100", "100", "0")),
        (Interval(100, 100), Interval(0, 100, high_open=True), ("100", "<100", "")),
        (Interval(90, math.inf, low_open=True), Interval(100, 100), (">90", "100", "")),
        (Interval(0, 0.5), None, ("<=0.5", "", "")),
        (Interval(0.99999999, 0.99999999), None, ("0.99999999", "", "")),
        (Interval(0.7, 0.8), None, ("0.7–0.8", "", "")),
        (Interval(5, 5), Interval(0, 0), ("5", "0", "")),
    ],
)
def test_values_are_as_exact_as_they_are_stored(value: Interval, baseline: Interval | None, cells: tuple[str, ...]) -> None:
    row = views.assess_row("7", finding(Evidence("ldl", value, "mg/dL", DAY, baseline=baseline)))
    assert (row["value"], row["baseline"], row["change_percent"]) == cells


def test_one_row_a_check_with_what_is_missing() -> None:
    checks = (
        Check("cbc", date(2026, 12, 1), CheckStatus.DUE, "week 4", ("hb", "alc")),
        Check("screening", date(2026, 3, 3), CheckStatus.OVERDUE, "screening items open"),
    )
    rows = [tuple(row.values()) for row in views.due_rows("7", Assessment(TODAY, (), checks))]
    assert rows == [
        ("7", "cbc", "2026-12-01", "due", "week 4", "hb;alc"),
        ("7", "screening", "2026-03-03", "overdue", "screening items open", ""),
    ]
    assert list(views.due_rows("7", Assessment(TODAY, (), ()))) == []


def test_a_worklist_line_in_its_columns() -> None:
    line = WorklistLine(
        WorklistState.NEEDS_ACTION, 0, "urgent", "r", "said", "cbc", "2026-12-01", "due", 3, "2026-11-19", date(2026, 12, 2)
    )  # fmt: skip
    row = views.worklist_row("7", "Okafor, Ada", line)
    assert tuple(row) == views.WORKLIST_COLUMNS
    assert tuple(row.values()) == (
        "7", "Okafor, Ada", "needs-action", "urgent", "r", "said", "cbc", "2026-12-01", "due", 3, "2026-11-19",
    )  # fmt: skip


def test_a_result_is_shown_as_it_was_printed() -> None:
    printed = Result(
        "anc", "0,820", "10*3/uL", CollectedAt(DAY, time(8, 5)), ResultStatus.CORRECTED, Interval(0.82, 0.82), ref_low="1,8",
        ref_high="7,5", lab="City Lab", specimen_id="S1", note="typo", result_id=12,
    )  # fmt: skip
    assert tuple(views.show_row(printed, "L").values()) == (
        12, "anc", "2026-11-19T08:05", "0,820", "10*3/uL", "corrected", "1,8", "7,5", "L", "City Lab", "S1", "typo", "",
    )  # fmt: skip


@pytest.mark.parametrize(("superseded", "cell"), [(True, "yes"), (False, "")])
def test_a_superseded_result_is_marked(superseded: bool, cell: str) -> None:
    row = views.show_row(Result("hb", "12", "g/dL", CollectedAt(DAY), superseded=superseded), "")
    assert (row["collected_at"], row["superseded"]) == ("2026-11-19", cell)
