"""Exports: the rows of each layout read back as the values they were made from."""

from __future__ import annotations

from datetime import date, time

import pytest

from labtrack.core.record import CollectedAt, Course, DoseStep, Event, Hold, Patient, Result, ResultStatus, Sex
from labtrack.exchange import exports, rows
from labtrack.exchange.layouts import BASELINES, COURSES, DOSES, EVENTS, HOLDS, PATIENTS, RESULTS
from labtrack.exchange.results import ResultReader
from labtrack.exchange.rows import BaselineOf, DoseOf, HoldOf, Terms
from labtrack.exchange.sheet import chunks
from labtrack.exchange.writing import csv_text

PERSON = Patient("A1", '=Ann "A" O\'Hara,\nRN', date(1960, 2, 29), Sex.FEMALE, 71.25, "+49 30 1", "a@b.de")
STEP = DoseStep(date(2026, 2, 1), 2.0, "every other day", "-eGFR")
PAUSE = Hold(date(2026, 3, 1), "other: @home", date(2026, 3, 9))
COURSE = Course(
    "baricitinib", 4.0, "daily", date(2026, 1, 1), date(2026, 6, 1), "'=rash", (STEP,), (PAUSE, Hold(date(2026, 4, 1), "surgery"))
)
HAPPENED = Event("declined-screen-tb", date(2026, 1, 1), date(2026, 2, 1), "said\r\nno")
PIN = BaselineOf("baricitinib", date(2026, 1, 1), "ldl", CollectedAt(date(2025, 12, 1), time(7, 30), 60), "fasting")


@pytest.mark.parametrize(
    ("layout", "cells", "reader", "values"),
    [
        (PATIENTS, exports.patient_rows([PERSON, Patient("A1", "")]), rows.patient, [PERSON, Patient("A1", "")]),
        (
            COURSES,
            exports.course_rows([("A1", COURSE)]),
            rows.course,
            [Course("baricitinib", 4.0, "daily", date(2026, 1, 1), date(2026, 6, 1), "'=rash")],
        ),
        (DOSES, exports.dose_rows([("A1", COURSE)]), rows.dose, [DoseOf("baricitinib", STEP)]),
        (HOLDS, exports.hold_rows([("A1", COURSE)]), rows.hold, [HoldOf("baricitinib", each) for each in COURSE.holds]),
        (EVENTS, exports.event_rows([("A1", HAPPENED)]), rows.event, [HAPPENED]),
        (BASELINES, exports.baseline_rows([("A1", PIN)]), rows.baseline, [PIN]),
    ],
    ids=lambda each: getattr(each, "name", ""),
)
def test_rows_read_back(sheet_of, terms: Terms, layout, cells, reader, values: list[object]) -> None:
    sheet = sheet_of(csv_text(layout.columns, cells))
    assert (sheet.layout, sheet.extra) == (layout, ())
    (chunk,) = chunks(sheet)
    parsed = rows.parse_rows(sheet, chunk, terms, reader)
    assert parsed.refusals == []
    assert [(row.mrn, row.value) for row in parsed.rows] == [("A1", value) for value in values]


def test_results_read_back(sheet_of, terms: Terms) -> None:
    results = [
        Result("hb", "9.2", "mmol/L", CollectedAt(date(2026, 1, 1), time(7, 30), -300), code="59260-0", result_id=1, ref_low="7,4"),
        Result("hb", "1,234", "g/dL", CollectedAt(date(2026, 1, 2)), ResultStatus.CORRECTED, note="=n", result_id=4, supersedes=(1, 3)),
        Result("urea", "10", "mg/dL", CollectedAt(date(2026, 1, 2)), method="bun", lab="City", specimen_id="+7", result_id=5),
        Result("ldl", "", "mg/dL", CollectedAt(date(2026, 1, 2)), ResultStatus.CANCELLED, result_id=6),
    ]
    sheet = sheet_of(csv_text(RESULTS.columns, exports.result_rows(("A1", each) for each in results)))
    assert (sheet.layout, sheet.extra, sheet.decimal, sheet.is_export) == (RESULTS, (), ".", True)
    (chunk,) = chunks(sheet)
    batch = ResultReader(sheet, terms).batch(chunk)
    assert batch.refusals == []
    assert batch.low.tolist()[0] == pytest.approx(9.2 * 1.61145)
    for place, each in enumerate(results):
        assert batch.analyte[place] == each.analyte
        assert (batch.value_text[place], batch.unit[place], batch.ref_low[place]) == (each.value_text, each.unit, each.ref_low)
        assert (batch.collected_at[place], batch.status[place]) == (str(each.collected_at), each.status)
        assert (batch.lab[place], batch.specimen_id[place], batch.note[place]) == (each.lab, each.specimen_id, each.note)
        assert (batch.code[place], batch.method[place]) == (each.code, each.method)
        assert batch.result_id[place] == str(each.result_id)
        assert batch.supersedes[place] == tuple(map(str, each.supersedes))
