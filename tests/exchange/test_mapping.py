"""What a mapping says, and what is wrong with it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from labtrack.catalogue import catalogue
from labtrack.exchange.layouts import PATIENTS, RESULTS
from labtrack.exchange.mapping import CODES, ColumnMapping, WideColumn, contradiction, faults, labels, our_columns

LONG = ColumnMapping(
    "City",
    header=("patient_no", "test", "result", "date", "time", "flag"),
    columns={"mrn": "patient_no", "analyte": "test", "value": "result", "collected_at": "date", "collected_time": "time"},
    fixed={"unit": "g/dL", "lab": "City Lab"},
    date_format="DD/MM/YYYY",
)
WIDE = ColumnMapping(
    "Ward",
    header=("id", "drawn", "hb", "neut"),
    columns={"mrn": "id", "collected_at": "drawn"},
    wide=(WideColumn("hb", "hb", "g/dL"), WideColumn("neut", "anc", "10*9/L")),
)
DATED = ColumnMapping(
    "Nord",
    header=("parameter", "einheit", "referenz", "23.11.2012"),
    columns={"analyte": "parameter", "unit": "einheit", "range": "referenz"},
    fixed={"mrn": "1"},
    date_format="DD.MM.YYYY",
    by_date=True,
)
TABLE = ColumnMapping("codes", CODES, analytes={"L55|HGB": "hb", "GLU": "", "Harnstoff-N": "bun"})


def test_recognized_by_the_same_header_in_any_order() -> None:
    assert WIDE.is_made_for(["neut", "hb", "", "id", "drawn"])
    assert not WIDE.is_made_for(["neut", "hb", "id", "drawn", "flag"])
    assert not WIDE.is_made_for(["neut", "hb", "id"])


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"name": " "}, "name"),
        ({"name": "a\x1b[31m"}, "name"),
        ({"layout": "letters"}, "no layout"),
        ({"columns": {"mrn": "id"}}, "Which column is collected_at"),
        ({"columns": {"mrn": "id", "collected_at": "drawn", "value": "hb"}}, "value is no column"),
        ({"columns": {"mrn": "id", "collected_at": "drawn", "result_id": "hb"}}, "result_id is no column"),
        ({"fixed": {"mrn": "1"}}, "both"),
        ({"fixed": {"lab": ""}}, "empty"),
        ({"columns": {"mrn": "id", "collected_at": "when"}}, "no column when"),
        ({"date_format": "D/M/YY"}, "not known"),
        ({"decimal": ";"}, "point or a comma"),
        ({"columns": {"mrn": "id", "collected_time": "drawn"}, "fixed": {"collected_at": "2026-01-01"}}, "time of day"),
        ({"wide": (WideColumn("hb", "", "g/dL"),)}, "which analyte"),
        ({"wide": (WideColumn("hb", "gold", "g/dL"),)}, "hb: "),
        ({"wide": (WideColumn("hb", "hb", "bananas"),)}, "the unit bananas is not known for Hemoglobin"),
        ({"wide": (WideColumn("hb", "hb", ""),)}, r"the unit \(none\)"),
        ({"wide": (WideColumn("hb", "hb", "g/dL"), WideColumn("hb", "anc", "10*9/L"))}, "two analytes"),
        ({"layout": "events"}, "Only results"),
    ],
)
def test_what_is_not_said_or_wrong_is_told(changes: dict[str, object], told: str) -> None:
    assert faults(WIDE, catalogue()) == []
    assert faults(LONG, catalogue()) == []
    found = faults(replace(WIDE, **changes), catalogue())  # type: ignore[arg-type]
    assert any(told.replace("\\", "") in each for each in found), found


def test_our_own_ids_are_never_taken_from_elsewhere() -> None:
    assert our_columns(RESULTS, wide=True)[0] == ("mrn", "collected_at")
    assert not {"result_id", "supersedes"} & set(our_columns(RESULTS)[1])
    assert our_columns(PATIENTS) == (PATIENTS.required, PATIENTS.optional)


def test_one_by_date_is_recognized_whatever_the_dates() -> None:
    assert DATED.is_made_for(["parameter", "einheit", "referenz", "01.02.2013", "03.02.2013_08:15"])
    assert not DATED.is_made_for(["parameter", "einheit", "referenz", "kommentar", "01.02.2013"])
    assert DATED.lacking(["parameter", "einheit", "referenz"]) == ["a column headed by a date as DD.MM.YYYY"]
    assert DATED.dated(["parameter", "einheit", "referenz", "01.02.2013", "03.02.2013_8:15"]) == {3: "2013-02-01", 4: "2013-02-03T08:15"}
    assert WIDE.dated(["01.02.2013"]) == {}


def test_a_table_of_codes_is_made_for_no_file() -> None:
    assert faults(TABLE, catalogue()) == []
    assert not TABLE.is_made_for([])


def test_repeated_and_unnamed_columns_are_told_apart() -> None:
    names = ["test", "flag", "", "flag", ""]
    assert labels(names) == ["test", "flag (1)", "column 3", "flag (2)", "column 5"]
    mapping = replace(WIDE, columns={"mrn": "column 3", "collected_at": "flag (2)"}, wide=(), header=())
    assert mapping.lacking(names) == []
    assert mapping.lacking(["test", "flag", "id"]) == ["column 3", "flag (2)"]
    assert not replace(WIDE, header=("a", "b", "b")).is_made_for(["a", "b"])


@pytest.mark.parametrize(
    ("mapping", "changes", "told"),
    [
        (DATED, {"columns": {"analyte": "parameter"}}, "Which column is unit?"),
        (DATED, {"columns": {**DATED.columns, "value": "wert"}}, "value is no column"),
        (DATED, {"columns": {**DATED.columns, "ref_low": "ab"}}, "in one column or in two"),
        (DATED, {"wide": WIDE.wide}, "one analyte or one date"),
        (DATED, {"layout": "events"}, "Only results"),
        (DATED, {"skip": -1}, "At most"),
        (DATED, {"fixed": {"mrn": "1", "lab": "x" * 300}}, "too long"),
        (LONG, {"columns": {**LONG.columns, "value_elsewhere": "result"}}, "needs a first one"),
        (LONG, {"fixed": {"unit": "g/dL", "range": "3-5"}}, "from a column"),
        (LONG, {"layout": "patients", "analytes": {"x": ""}}, "Only results have analytes"),
        (TABLE, {"columns": {"mrn": "x"}}, "only analytes"),
        (TABLE, {"analytes": {}}, "at least one"),
        (TABLE, {"analytes": {"x": "gold"}}, "unknown analyte 'gold'"),
        (TABLE, {"analytes": {" ": "hb"}}, "no name"),
        (TABLE, {"analytes": {"x" * 300: "hb"}}, "too long"),
        (TABLE, {"analytes": {"A  B": "hb", "a b": "wbc"}}, "two meanings"),
        (TABLE, {"analytes": {"HbA1c": "hb"}}, "HbA1c is a sugar test"),
        (TABLE, {"analytes": {"4548-4": "hb"}}, "HbA1c"),
        (TABLE, {"analytes": {"LN|4548-4": "hb"}}, "HbA1c"),
        (TABLE, {"analytes": {"http://loinc.org|2951-2": "hb"}}, "another LOINC code"),
        (TABLE, {"analytes": {"2951-2": "hb"}}, "another LOINC code"),
        (TABLE, {"analytes": {"718-7": "wbc"}}, "it is Hemoglobin, not"),
        (TABLE, {"analytes": {"Platelets": "wbc"}}, "it is Platelets, not"),
        (TABLE, {"analytes": {"Hemoglobin": ""}}, "it is Hemoglobin, which labtrack follows"),
        (TABLE, {"analytes": {"Urea": "bun"}}, "it is urea, not bun"),
        (TABLE, {"analytes": {"MPV": "plt"}}, "MPV is the size"),
    ],
)
def test_what_contradicts_is_told(mapping: ColumnMapping, changes: dict[str, object], told: str) -> None:
    assert faults(mapping, catalogue()) == []
    found = faults(replace(mapping, **changes), catalogue())  # type: ignore[arg-type]
    assert any(told in each for each in found), found


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("HGB", "hb"),
        ("123-4", "hb"),
        ("L55|4548-4", "hb"),
        ("718-7", "hb"),
        ("Hemoglobin", "hb monomer"),
        ("HbA1c", ""),
        ("Glucose", ""),
        ("4548-4", ""),
    ],
)
def test_what_says_nothing_else_may_be_said(theirs: str, ours: str) -> None:
    assert contradiction(theirs, ours, catalogue()) == ""
