"""What is judged, as tables, CSV and JSON."""

from __future__ import annotations

import json

import pytest
from tests.cli.conftest import Labtrack

from labtrack.clinic.views import ASSESS_COLUMNS, DUE_COLUMNS, SHOW_COLUMNS, TREND_COLUMNS, WORKLIST_COLUMNS
from labtrack.core.judgment import WorklistState

LISTS = {
    "assess": (["assess", "--all"], ASSESS_COLUMNS),
    "due": (["due"], DUE_COLUMNS),
    "worklist": (["worklist"], WORKLIST_COLUMNS),
    "show": (["show", "10021"], SHOW_COLUMNS),
    "trend": (["trend", "10021", "anc", "hb"], TREND_COLUMNS),
}


@pytest.mark.parametrize("name", LISTS)
def test_csv_and_json_are_the_same_facts_in_the_columns_of_the_interface(name: str, ada: str, labtrack: Labtrack) -> None:
    command, columns = LISTS[name]
    as_csv, as_json = (labtrack(*command, "--format", format) for format in ("csv", "json"))
    assert as_csv.status == as_json.status == 0
    assert as_csv.out.startswith(",".join(columns) + "\r\n")
    assert len(as_csv.rows) >= 1
    as_text = [{key: "" if value is None else str(value) for key, value in each.items()} for each in as_json.objects]
    assert [{key: value.removeprefix("'") for key, value in row.items()} for row in as_csv.rows] == as_text


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("columns", ["80", "120"])
def test_tables_fit_the_terminal(name: str, columns: str, ada: str, labtrack: Labtrack, monkeypatch: pytest.MonkeyPatch) -> None:
    command, _ = LISTS[name]
    monkeypatch.setenv("COLUMNS", columns)
    ran = labtrack(*command)
    assert ran.status == 0
    assert all(len(line) <= int(columns) for line in ran.out.split("\n"))


def test_findings_come_gravest_first(ada: str, labtrack: Labtrack) -> None:
    answers = [line.split("  ")[0] for line in labtrack("assess", "--patient", ada).out.split("\n")[2:] if line[:1].strip()]
    assert answers[0] == "urgent"
    assert answers == sorted(answers, key=["urgent", "action", "watch", "cannot evaluate"].index)


def test_by_default_only_what_is_met_or_cannot_be_told(ada: str, labtrack: Labtrack) -> None:
    some = {row["verdict"] for row in labtrack("assess", "--format", "csv").rows}
    every = {row["verdict"] for row in labtrack("assess", "--all", "--format", "csv").rows}
    assert some == {"met", "cannot evaluate"}
    assert every == {*some, "not met", "not applicable"}


def test_the_past_can_be_judged_from_either_side_of_the_command(ada: str, labtrack: Labtrack) -> None:
    for command in (["--as-of", "2026-03-01", "assess"], ["assess", "--as-of", "2026-03-01"]):
        rows = {row["rule"]: row["verdict"] for row in labtrack(*command, "--all", "--format", "csv").rows}
        assert rows["anc-below-1"] == "not met"


def test_labels_differ_by_region(ada: str, labtrack: Labtrack, monkeypatch: pytest.MonkeyPatch) -> None:
    def sources() -> str:
        return next(row["source"] for row in labtrack("assess", "--format", "csv").rows if row["rule"] == "anc-below-1")

    assert "bari-us" in sources()
    monkeypatch.setenv("LABTRACK_REGION", "EU")
    assert "bari-eu" in sources()
    rows = labtrack("assess", "--region", "us", "--format", "csv").rows
    assert any("bari-us" in row["source"] for row in rows)


def test_due_can_be_limited(ada: str, labtrack: Labtrack) -> None:
    every = labtrack("due", "--format", "csv").rows
    near = labtrack("due", "--within", "0", "--patient", ada, "--format", "csv").rows
    assert {row["panel"] for row in every} >= {"cbc", "liver", "renal", "lipid", "screening", "response-review"}
    assert all(row["due_on"] <= "2026-11-22" for row in near)
    assert 0 < len(near) <= len(every)
    assert labtrack("due", "--within", "0", "--as-of", "2026-02-28", "--format", "csv").rows == []


def test_checks_tell_whose_they_are_and_what_the_last_set_lacked(ada: str, labtrack: Labtrack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "160")
    assert "baseline missing (last set lacked alc)" in labtrack("due").out
    assert "Okafor, Ada" in labtrack("due").out
    assert "Okafor, Ada" not in labtrack("due", "--patient", ada).out


def test_the_worklist_counts_every_state(ada: str, labtrack: Labtrack) -> None:
    ran = labtrack("worklist")
    assert "urgent: anc-below-1" in ran.out
    assert "all 1, needs action 1, overdue 0, due 0" in ran.err
    assert labtrack("worklist", "--state", "clear").out == ""
    assert [row["state"] for row in labtrack("worklist", "--state", "needs-action", "--format", "csv").rows] == ["needs-action"]


def test_an_unknown_state_is_wrong_usage(labtrack: Labtrack) -> None:
    ran = labtrack("worklist", "--state", "urgent")
    assert ran.status == 2
    for state in WorklistState:
        assert state in ran.err


def test_nothing_found_says_among_how_many(labtrack: Labtrack) -> None:
    labtrack("patient", "add", "8", "--name", "A", "--birth-date", "1960-01-01", "--sex", "M")
    ran = labtrack("due")
    assert (ran.status, ran.out) == (0, "")
    assert "No check, of 1 patient." in ran.err
    assert labtrack("due", "--format", "csv").out == ",".join(DUE_COLUMNS) + "\r\n"
    assert labtrack("due", "--format", "json").out == "[]\n"
    assert "of patient 8" in labtrack("due", "--patient", "8", "--within", "3").err
    assert "No result is recorded for 8." in labtrack("show", "8").err
    assert "No usable result of anc is recorded for 8." in labtrack("trend", "8", "anc").err


def test_the_trend_shows_change_and_treatment(ada: str, labtrack: Labtrack) -> None:
    out = labtrack("trend", ada, "anc").out
    assert "-73.5 %" in out
    assert "baricitinib" in out
    assert labtrack("trend", ada, "anc", "--as-of", "2026-03-01").out.count("anc") == 1


def test_a_chart_stands_above_the_table_on_a_terminal_or_when_asked_for(
    ada: str, labtrack: Labtrack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    table = labtrack("trend", ada, "anc", "hb").out
    assert "anc-below-1 <1" not in table
    for ran in (labtrack("trend", ada, "anc", "hb", "--chart"), labtrack("trend", ada, "anc", "hb", terminal=True)):
        assert ran.status == 0
        assert ran.out.endswith(table)
        chart = ran.out.removesuffix(table)
        assert "ANC  Neutrophils" in chart
        assert "anc-below-1 <1" in chart
        assert "baricitinib 2 mg daily" in chart
        assert "\x1b" not in chart
        assert all(len(line) <= 80 for line in chart.split("\n"))
    assert labtrack("trend", ada, "anc", "hb", "--no-chart", terminal=True).out == table


def test_a_chart_is_colored_and_falls_back_to_ascii(ada: str, labtrack: Labtrack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    assert "\x1b[33m" in labtrack("trend", ada, "anc", terminal=True).out
    plain = labtrack("trend", ada, "anc", "--chart", encoding="ascii").out
    assert "o reported" in plain
    assert "\\u" not in plain


def test_many_analytes_are_charted_a_few_at_a_time(ada: str, labtrack: Labtrack) -> None:
    labtrack("record", ada, "wbc=5:10*9/L", "alc=1.2:10*9/L", "plt=250:10*9/L", "--at", "2026-11-19T08:15")
    out = labtrack("trend", ada, "anc", "hb", "wbc", "alc", "plt", "--chart").out
    assert out.count("● reported") == 2


def test_data_come_without_a_chart(ada: str, labtrack: Labtrack) -> None:
    ran = labtrack("trend", ada, "anc", "--chart", "--format", "csv")
    assert ran.status == 2
    assert "--format csv is for data alone" in ran.err
    assert labtrack("trend", ada, "anc", "--no-chart", "--format", "csv").status == 0
    none = labtrack("trend", ada, "plt", "--chart")
    assert (none.status, none.out) == (0, "")


def test_show_marks_what_was_replaced(ada: str, labtrack: Labtrack) -> None:
    number = labtrack("show", ada, "--format", "csv").rows[0]["result_id"]
    labtrack("strike", number, "--reason", "another patient")
    out = labtrack("show", ada).out
    assert "superseded" in out
    assert "entered-in-error" in out


def test_an_acknowledgement_moves_the_patient_and_hides_nothing(ada: str, labtrack: Labtrack) -> None:
    ran = labtrack("acknowledge", ada, "anc-below-1", "--reason", "repeat ordered", "--until", "2026-12-01")
    assert (ran.status, ran.out) == (0, "")
    assert f"Acknowledged: anc-below-1 of {ada}, until 2026-12-01." in ran.err
    assert labtrack("worklist", "--format", "json").objects[0]["rule"] != "anc-below-1"
    assert "anc-below-1" in labtrack("assess").out


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["10021", "ldl-190", "--reason", "x"], "not met"),
        (["10021", "no-such-rule", "--reason", "x"], "There is no rule no-such-rule."),
        (["10021", "anc-below-1", "--reason", " "], "needs its reason"),
        (["10021", "anc-below-1", "--reason", "x", "--until", "2026-01-01"], "before today"),
    ],
)
def test_what_cannot_be_acknowledged(arguments: list[str], told: str, ada: str, labtrack: Labtrack) -> None:
    ran = labtrack("acknowledge", *arguments)
    assert ran.status == 3
    assert told in ran.err


def test_data_cannot_steer_the_terminal_or_the_spreadsheet(labtrack: Labtrack) -> None:
    name = "=HYPERLINK(1)\x1b[2J\u202e"
    assert labtrack("patient", "add", "66", "--name", name, "--birth-date", "1960-01-01", "--sex", "M").status in (0, 3)
    if not labtrack("patient", "list", "--format", "csv").rows:
        name = "=HYPERLINK(1)"
        assert labtrack("patient", "add", "66", "--name", name, "--birth-date", "1960-01-01", "--sex", "M").status == 0
    ran = labtrack("worklist", terminal=True)
    assert "\x1b[2J" not in ran.out
    assert "\u202e" not in ran.out
    as_json = labtrack("worklist", "--format", "json").out
    assert json.loads(as_json)[0]["name"] == name
    assert "\u202e" not in as_json
    assert labtrack("worklist", "--format", "csv").rows[0]["name"] == f"'{name}"


def test_color_says_nothing_that_words_do_not(ada: str, labtrack: Labtrack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    colored, plain = (labtrack("assess", terminal=terminal).out for terminal in (True, False))
    assert "\x1b[1;31murgent\x1b[0m" in colored
    monkeypatch.setenv("NO_COLOR", "1")
    assert labtrack("assess", terminal=True).out == plain
