"""Rows of the small layouts: each reason for which one is refused, and what the others become."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time
from typing import Any

import pytest

from labtrack.core.record import CollectedAt, Course, DoseStep, Event, Hold, Patient, Sex
from labtrack.exchange import rows
from labtrack.exchange.rows import BaselineOf, DoseOf, HoldOf, Parsed, Terms
from labtrack.exchange.sheet import chunks

HEADERS = {
    "patient": "mrn,name,birth_date,sex,weight_kg,phone,email",
    "course": "mrn,drug,dose_mg,frequency,start_on,stop_on,reason",
    "dose": "mrn,drug,on,dose_mg,frequency,reason",
    "hold": "mrn,drug,start_on,end_on,reason",
    "event": "mrn,kind,on,ended_on,note",
    "baseline": "mrn,drug,start_on,analyte,collected_at,reason",
}


@pytest.fixture
def parse(sheet_of, terms: Terms) -> Callable[..., Parsed[Any]]:
    def parse(reader: str, *lines: str, header: str = "") -> Parsed[Any]:
        sheet = sheet_of("\n".join([header or HEADERS[reader], *lines]) + "\n")
        (chunk,) = chunks(sheet)
        return rows.parse_rows(sheet, chunk, terms, getattr(rows, reader))

    return parse


@pytest.mark.parametrize(
    ("reader", "line", "value"),
    [
        (
            "patient",
            "A1,'=Ann,1960-02-29,f,71.5,'+49 30,a@b.de",
            Patient("A1", "=Ann", date(1960, 2, 29), Sex.FEMALE, 71.5, "+49 30", "a@b.de"),
        ),
        ("patient", " A1 ,,,,,,", Patient("A1", "")),
        ("course", "A1,Olumiant,4,Daily,2027-01-01,,", Course("baricitinib", 4.0, "Daily", date(2027, 1, 1))),
        (
            "course",
            "A1,TOFACITINIB,5,twice daily,2026-01-01,2026-02-01,rash",
            Course("tofacitinib", 5.0, "twice daily", date(2026, 1, 1), date(2026, 2, 1), "rash"),
        ),
        ("dose", "A1,baricitinib,2026-02-01,2,daily,eGFR", DoseOf("baricitinib", DoseStep(date(2026, 2, 1), 2.0, "daily", "eGFR"))),
        ("hold", "A1,baricitinib,2026-02-01,,ANC-below-1", HoldOf("baricitinib", Hold(date(2026, 2, 1), "anc-below-1"))),
        (
            "hold",
            "A1,baricitinib,2026-02-01,2026-02-08,Other:  a wedding ",
            HoldOf("baricitinib", Hold(date(2026, 2, 1), "other: a wedding", date(2026, 2, 8))),
        ),
        ("hold", "A1,baricitinib,2026-02-01,,surgery", HoldOf("baricitinib", Hold(date(2026, 2, 1), "surgery"))),
        ("event", "A1,Herpes-Zoster,2026-03-01,2026-03-20,", Event("herpes-zoster", date(2026, 3, 1), date(2026, 3, 20))),
        ("event", "A1,screen-tb,2026-03-01,,negative", Event("screen-tb", date(2026, 3, 1), None, "negative")),
        ("event", "A1,declined-screen-tb,2026-03-01,,refused", Event("declined-screen-tb", date(2026, 3, 1), None, "refused")),
        (
            "baseline",
            "A1,baricitinib,2026-01-01,2089-1,2025-12-01T07:30,before the statin",
            BaselineOf("baricitinib", date(2026, 1, 1), "ldl", CollectedAt(date(2025, 12, 1), time(7, 30)), "before the statin"),
        ),
    ],
)
def test_a_row_becomes_a_value(parse, reader: str, line: str, value: object) -> None:
    parsed = parse(reader, line)
    assert parsed.refusals == []
    assert [(row.line, row.mrn, row.value) for row in parsed.rows] == [(2, "A1", value)]
    assert parsed.notices == []


@pytest.mark.parametrize(
    ("reader", "line", "column", "reason"),
    [
        ("patient", ",Ann,1960-01-01,F,,,", "mrn", "mrn is empty"),
        ("patient", "A1,Ann,1960-01-01,female,,,", "sex", "must be F, M or empty"),
        ("patient", "A1,Ann,01/02/1960,F,,,", "birth_date", "ambiguous date"),
        ("patient", "A1,Ann,2026-11-23,F,,,", "birth_date", "after today (2026-11-22)"),
        ("patient", "A1,Ann,1960-01-01,F,heavy,,", "weight_kg", "not a number of kg"),
        ("patient", "A1,Ann,1960-01-01,F,<70,,", "weight_kg", "not a number of kg"),
        ("patient", "A1,Ann,1960-01-01,F,0,,", "weight_kg", "must be above 0 and at most 700 kg"),
        ("course", "A1,aspirin,4,daily,2026-01-01,,", "drug", "unknown drug; known: baricitinib, tofacitinib, upadacitinib"),
        ("course", "A1,baricitinib,,daily,2026-01-01,,", "dose_mg", "dose_mg is empty"),
        ("course", "A1,baricitinib,4000,daily,2026-01-01,,", "dose_mg", "must be above 0 and at most 1000 mg"),
        ("course", "A1,baricitinib,4,daily,,,", "start_on", "date is empty"),
        ("course", "A1,baricitinib,4,daily,2026-01-01,2025-12-31,", "stop_on", "before the start (2026-01-01)"),
        ("dose", "A1,baricitinib,soon,4,daily,", "on", "not a date"),
        ("hold", "A1,baricitinib,2026-01-01,,because", "reason", "must be a rule id, an event kind, or 'other: ' and a text"),
        ("hold", "A1,baricitinib,2026-01-01,,other: ", "reason", "must be a rule id"),
        ("hold", "A1,baricitinib,2026-01-01,2025-12-31,surgery", "end_on", "before the start"),
        ("event", "A1,flu,2026-01-01,,", "kind", "unknown kind; known: serious-infection"),
        ("event", "A1,declined-screen-tb,2026-01-01,,", "note", "needs a note"),
        ("event", "A1,surgery,2026-11-23,,", "on", "after today"),
        ("event", "A1,surgery,2026-01-02,2026-01-01,", "ended_on", "before the start"),
        ("baseline", "A1,baricitinib,2026-01-01,rbc,2025-12-01,x", "analyte", "rbc"),
        ("baseline", "A1,baricitinib,2026-01-01,ldl,2025-12-01,", "reason", "a pinned baseline needs a reason"),
        ("baseline", "A1,baricitinib,2026-01-01,ldl,2026-11-23,x", "collected_at", "after today"),
        ("baseline", "A1,baricitinib,2026-01-01,ldl,noon,x", "collected_at", "not a date"),
    ],
)
def test_a_row_is_refused_with_its_line_column_and_reason(parse, reader: str, line: str, column: str, reason: str) -> None:
    parsed = parse(reader, line)
    assert parsed.rows == []
    (refusal,) = parsed.refusals
    assert (refusal.file, refusal.line, refusal.column) == ("sheet.csv", 2, column)
    assert reason in refusal.reason


def test_a_frequency_outside_the_list_is_taken_with_a_warning(parse) -> None:
    parsed = parse("course", "A1,baricitinib,4,thrice,2026-01-01,,")
    assert parsed.rows[0].value.frequency == "thrice"
    assert [(notice.line, notice.column, notice.text) for notice in parsed.notices] == [(2, "frequency", "thrice")]
    assert "daily" in parsed.notices[0].reason


def test_a_refused_row_warns_of_nothing_and_others_go_on(parse) -> None:
    parsed = parse("course", "A1,aspirin,4,thrice,2026-01-01,,", "A2,baricitinib", "A3,baricitinib,4,daily,2026-01-01,,")
    assert parsed.notices == []
    assert [row.line for row in parsed.rows] == [4]
    assert sorted(refusal.line for refusal in parsed.refusals) == [2, 3]


def test_numbers_are_read_in_the_files_decimal_mark(parse) -> None:
    header = HEADERS["patient"].replace(",", ";")
    parsed = parse("patient", "A1;Ann;1960-01-01;F;71,5;;", header=header)
    assert parsed.rows[0].value.weight_kg == 71.5


def test_optional_columns_may_be_absent(parse) -> None:
    parsed = parse("hold", "surgery,A1,2026-01-01,baricitinib", header="reason,mrn,start_on,drug")
    assert parsed.rows[0].value == HoldOf("baricitinib", Hold(date(2026, 1, 1), "surgery"))


def test_a_row_makes_remarks_of_itself(parse) -> None:
    row = parse("event", "A1,surgery,2026-01-01,,").rows[0]
    assert row.refusal("mrn", "A1", "no such patient").line == row.notice("mrn", "A1", "why").line == 2
