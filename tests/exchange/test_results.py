"""Result rows by columns: the same as reading each row by itself."""

from __future__ import annotations

import math
from datetime import date, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labtrack.catalogue import catalogue, read_value
from labtrack.core.errors import ImportFailed
from labtrack.core.record import ResultStatus, Unusable
from labtrack.exchange import results
from labtrack.exchange.dates import parse_collected
from labtrack.exchange.results import ResultBatch, ResultReader
from labtrack.exchange.rows import Terms
from labtrack.exchange.sheet import Sheet, chunks, open_sheet

TODAY = date(2026, 11, 22)
HEADER = "mrn,analyte,value,unit,collected_at,status,specimen_id,result_id,supersedes,lab,note\n"


def batches(sheet: Sheet, terms: Terms, size: int = 100) -> list[ResultBatch]:
    reader = ResultReader(sheet, terms)
    return [reader.batch(chunk) for chunk in chunks(sheet, size)]


def test_a_batch(sheet_of, terms: Terms) -> None:
    sheet = sheet_of(HEADER + "A1,hb,'<8 ,g/dL,2026-03-04T07:30:05.5,Corrected, s1 ,7,3 5,City,'=x\nA2,ALT,1,ukat/L,1900-01-02,,,,,,\n")
    (batch,) = batches(sheet, terms)
    assert len(batch) == 2
    assert batch.mrn == ["A1", "A2"]
    assert batch.analyte == ["hb", "alt"]
    assert batch.value_text == ["'<8", "1"]
    assert batch.status == [ResultStatus.CORRECTED, ResultStatus.FINAL]
    assert batch.collected_at == ["2026-03-04T07:30:05.500000", "1900-01-02"]
    assert batch.ordering == ["2026-03-04T07:30:05.500000", "1900-01-02T00:00:00"]
    assert batch.at.tolist()[1] == 86_400
    assert batch.low.tolist()[1] == 60.0
    assert (batch.specimen_id, batch.lab, batch.note) == (["s1", ""], ["City", ""], ["=x", ""])
    assert (batch.result_id, batch.supersedes) == (["7", ""], [("3", "5"), ()])
    assert batch.unusable.tolist() == [1, 0]
    assert [(place, notice.column) for place, notice in batch.warnings] == [(0, "value")]
    assert batch.refusals == []


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        (",hb,12,g/dL,2026-03-04,,,,,,", "mrn", "mrn is empty"),
        ("A1,rbc,12,g/dL,2026-03-04,,,,,,", "analyte", "rbc"),
        ("A1,hb,,g/dL,2026-03-04,,,,,,", "value", "value is empty"),
        ("A1,hb,,g/dL,2026-03-04,preliminary,,,,,", "value", "value is empty"),
        ("A1,hb,120,g/dL,2026-03-04,,,,,,", "value", "outside"),
        ("A1,hb,12,g/dL,03/04/2026,,,,,,", "collected_at", "ambiguous date"),
        ("A1,hb,12,g/dL,2026-11-23,,,,,,", "collected_at", "after today (2026-11-22)"),
        ("A1,hb,12,g/dL,2026-11-23T00:00,,,,,,", "collected_at", "after today (2026-11-22)"),
        ("A1,hb,12,g/dL,2026-02-30T07:30,,,,,,", "collected_at", "no such day"),
        ("A1,hb,12,g/dL,1899-12-31,,,,,,", "collected_at", "before 1900"),
        ("A1,hb,12,g/dL,2026-03-04,done,,,,,", "status", "unknown status; known: registered, preliminary, final"),
    ],
)
def test_a_row_is_refused_with_its_line_column_and_reason(sheet_of, terms: Terms, row: str, column: str, reason: str) -> None:
    good = "A1,hb,12,g/dL,2026-03-04,,,,,,\n"
    (batch,) = batches(sheet_of(HEADER + good + row + "\n" + good), terms)
    assert list(batch.lines) == [2, 4]
    assert len(batch.mrn) == len(batch.at) == len(batch.low) == len(batch.specimen_id) == 2
    (refusal,) = batch.refusals
    assert (refusal.line, refusal.column) == (3, column)
    assert reason in refusal.reason


@pytest.mark.parametrize("status", ["cancelled", "registered", "entered-in-error"])
def test_some_statuses_need_no_value(sheet_of, terms: Terms, status: str) -> None:
    (batch,) = batches(sheet_of(HEADER + f"A1,hb,,g/dL,2026-03-04,{status},,,,,\n"), terms)
    assert (len(batch), batch.refusals, batch.warnings) == (1, [], [])


def test_no_rows_at_all(sheet_of, terms: Terms) -> None:
    (batch,) = batches(sheet_of(HEADER + "A1\n"), terms)
    assert (len(batch), len(batch.refusals), batch.low.shape) == (0, 1, (0,))


VALUES = st.sampled_from(["12.5", "<8", ">=14", "hemolyzed", "2.5", "400", "1e1", "0", "12,5", " 13 ", "≤9"])
NAMES = st.sampled_from(["hb", "Haemoglobin", "718-7", "alt", "anc", "urea", "BUN", "egfr", "rbc"])
UNITS = st.sampled_from(["g/dL", "g/L", "mmol/L", "U/L", "10*9/L", "/uL", "mg/dL", "mL/min", "furlong", ""])
LIMITS = st.sampled_from(["", "4", "12", "<40", "n/a", "140"])


@given(st.lists(st.tuples(NAMES, VALUES, UNITS, LIMITS, LIMITS), min_size=1, max_size=20), st.integers(1, 7))
def test_columns_say_what_read_value_says_of_each_row(tmp_path_factory, rows: list[tuple[str, str, str, str, str]], size: int) -> None:
    path = tmp_path_factory.mktemp("any") / "results.tsv"
    lines = ["A1\t2026-03-04\t" + "\t".join(row) for row in rows]
    lines.append("A1\t2026-03-04\thb\t12.5\tg/dL\t\t")  # a certain decimal mark
    path.write_text("mrn\tcollected_at\tanalyte\tvalue\tunit\tref_low\tref_high\n" + "\n".join(lines))
    try:
        sheet = open_sheet(path)
    except ImportFailed:  # a file with both decimal marks is refused as a whole, which test_sheet holds
        assert any("," in row[1] for row in rows)
        return
    found = {}
    refused = {}
    for batch in batches(sheet, Terms(catalogue(), date(2026, 11, 22)), size):
        found.update({line: (batch, place) for place, line in enumerate(batch.lines)})
        refused.update({refusal.line: refusal for refusal in batch.refusals})
    assert sorted([*found, *refused]) == list(range(2, len(lines) + 2))
    for line, (batch, place) in found.items():
        name, value, unit, low, high = lines[line - 2].split("\t")[2:]
        identity = catalogue().identify(name, unit)
        assert identity is not None
        reading = read_value(identity, value, unit, low, high)
        assert reading.refusal is None
        assert batch.analyte[place] == identity.analyte.key
        assert batch.number[place] == identity.analyte.number
        numbers = [batch.low[place], batch.high[place], batch.lower_limit[place], batch.upper_limit[place]]
        expected = [
            reading.value.low if reading.value else math.nan,
            reading.value.high if reading.value else math.nan,
            math.nan if reading.lower_limit is None else reading.lower_limit,
            math.nan if reading.upper_limit is None else reading.upper_limit,
        ]
        np.testing.assert_array_equal(numbers, expected)
        assert bool(batch.low_open[place]) == (reading.value is not None and reading.value.low_open)
        assert bool(batch.high_open[place]) == (reading.value is not None and reading.value.high_open)
        assert bool(batch.lower_unreadable[place]) == (reading.lower_limit is not None and math.isnan(reading.lower_limit))
        assert bool(batch.upper_unreadable[place]) == (reading.upper_limit is not None and math.isnan(reading.upper_limit))
        assert batch.unusable[place] == [Unusable.NOT, Unusable.TEXT, Unusable.UNIT].index(reading.unusable)


def test_memory_is_bounded(sheet_of, terms: Terms, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(results, "REMEMBERED", 3)
    rows = "".join(f"A{n},hb,{10 + n % 7}.{n % 10},g/dL,2026-03-{n % 28 + 1:02d},,s{n},,,,\n" for n in range(50))
    sheet = sheet_of(HEADER + rows)
    reader = ResultReader(sheet, terms)
    read = [reader.batch(chunk) for chunk in chunks(sheet, 4)]
    found = [each for batch in read for each in zip(batch.mrn, batch.low.tolist(), strict=True)]
    assert found == [(f"A{n}", float(f"{10 + n % 7}.{n % 10}")) for n in range(50)]
    assert len(reader._reports.entries) <= 3 + 4


def test_numbers_of_a_file_with_decimal_commas_are_kept_with_a_point(sheet_of, terms: Terms) -> None:
    header = "mrn;analyte;value;unit;collected_at;ref_low;note\n"
    sheet = sheet_of(header + "A1;hb;<12,5;g/dL;2026-03-04;11,6;3,5 mg\nA1;hb;ca. 12,5;g/dL;2026-03-04;;\n")
    (batch,) = batches(sheet, terms)
    assert (batch.value_text, batch.ref_low, batch.note) == (["<12.5", "ca. 12,5"], ["11.6", ""], ["3,5 mg", ""])
    assert (batch.high.tolist()[0], batch.lower_limit.tolist()[0]) == (12.5, 11.6)


@given(st.datetimes(datetime(1890, 1, 1), datetime(2026, 12, 31)), st.sampled_from(["minutes", "seconds", "microseconds"]), st.booleans())
def test_a_time_read_fast_is_the_time_read_with_care(moment: datetime, timespec: str, spoiled: bool) -> None:
    cell = moment.isoformat(timespec=timespec) + " " * spoiled
    fast, careful = results._read_time(cell, TODAY), parse_collected(cell)
    assert bool(fast.problem) == (isinstance(careful, str) or careful.on > TODAY)
    if not isinstance(careful, str) and not fast.problem:
        assert (fast.value, fast.ordering) == (str(careful), careful.ordering.isoformat())
        assert fast.at == math.floor((careful.ordering - datetime(1900, 1, 1)).total_seconds())
