"""Tests of labtrack.clinic.overview: the same order as the worklist, from anywhere, filtered or not."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import pytest
from tests.clinic.homes import ADA, TODAY, entries, nasty_people, open_clinic, put_people, record, with_ada
from tests.oracle.cohorts import people

from labtrack.clinic import Clinic, Settings
from labtrack.clinic.lines import NO_DATE, search_text
from labtrack.clinic.overview import age_on
from labtrack.core.errors import UsageError
from labtrack.core.judgment import GAPS, WorklistState
from labtrack.core.record import CollectedAt, Patient
from labtrack.store import compiled as sql


def mrns(clinic: Clinic, first: int = 0, count: int = 1_000, **only: str) -> list[str]:
    return [line.mrn for line in clinic.worklist_window(first, count, **only).lines]


def listed(clinic: Clinic, state: str | None = None) -> list[str]:
    return [str(row["mrn"]) for row in clinic.worklist(state)]


@pytest.fixture(params=[3, 8])
def crowded(clinic: Clinic, request: pytest.FixtureRequest) -> Clinic:
    put_people(clinic, [each.person for each in people(request.param, 50)])
    return clinic


def test_windows_give_the_worklist_whole_and_in_order(crowded: Clinic) -> None:
    whole = listed(crowded)
    assert mrns(crowded) == whole
    for size in (1, 7, 49, 50):
        pages = [mrns(crowded, first, size) for first in range(0, len(whole), size)]
        assert [mrn for page in pages for mrn in page] == whole


def test_any_window_in_any_sequence_is_the_same_part(crowded: Clinic) -> None:
    whole, chance = listed(crowded), random.Random(5)
    for _ in range(60):
        first, count = chance.randrange(60), chance.randrange(1, 12)
        window = crowded.worklist_window(first, count)
        assert window.total == len(whole)
        assert window.first == min(first, len(whole) - 1)
        assert [line.mrn for line in window.lines] == whole[window.first : window.first + count]


def test_states_are_those_of_the_worklist(crowded: Clinic) -> None:
    overview, tallies = crowded.overview(), crowded.tallies()
    assert overview.patients == tallies.pop("all")
    assert overview.states == tallies
    for state in WorklistState:
        assert mrns(crowded, show=state) == listed(crowded, state)


def test_gaps_are_counted_as_they_are_filtered(crowded: Clinic) -> None:
    overview = crowded.overview()
    assert list(overview.gaps) == list(GAPS)
    for gap in GAPS:
        assert crowded.worklist_window(0, 9, show=gap).total == overview.gaps[gap]


def test_ties_and_missing_dates_are_ordered_by_mrn(clinic: Clinic) -> None:
    for mrn in ("9", "10", "Z", "a", "1"):
        clinic.add_patient(Patient(mrn, f"Name {mrn}"))
    assert mrns(clinic) == listed(clinic) == ["1", "10", "9", "Z", "a"]


def test_an_empty_clinic_has_an_empty_window(clinic: Clinic) -> None:
    window = clinic.worklist_window(40, 10)
    assert (window.total, window.first, window.lines) == (0, 0, ())
    assert clinic.overview().patients == 0


def test_places_far_apart_are_found_in_a_long_list(clinic: Clinic) -> None:
    count = 2_600
    with clinic.store.write() as writer:
        rows = []
        for number in range(1, count + 1):
            mrn, rank, due = f"{number * 7919 % count:05d}", number % 4, (TODAY + timedelta(number % 9)).isoformat() if number % 5 else ""
            writer.session.run(
                sql.ADD_PATIENT, mrn=mrn, name="N", birth_date=None, sex="", weight_kg=None, phone="", email="", data_version=0
            )
            rows.append(
                (
                    number,
                    TODAY.isoformat(),
                    None,
                    clinic.judge.rule_set,
                    0,
                    "due",
                    rank,
                    "",
                    "",
                    "",
                    "",
                    due,
                    "",
                    0,
                    "",
                    mrn,
                    due or NO_DATE,
                    search_text("N", mrn),
                    0,
                    "",
                    "",
                    0,
                )
            )
        writer.put_assessments(rows, [], [])
        writer.audit("fill", {})
    whole = listed(clinic)
    assert len(whole) == count
    for first in (0, 2_590, 1_300, 2_100, 650, 700, 1_299, 2_599, 1):
        assert mrns(clinic, first, 20) == whole[first : first + 20]
        assert mrns(clinic, first, 20, show="due") == whole[first : first + 20]


# Finding


@pytest.fixture
def named(ada: Clinic) -> Clinic:
    for mrn, name in (("200", "Moreau, Étienne"), ("300", "Per_cent 100% [x]"), ("400", "Lind, Per")):
        ada.add_patient(Patient(mrn, name))
    record(ada, TODAY, anc="0.8 10*9/L")
    return ada


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("okafor", {ADA.mrn}),
        ("ADA okafor", {ADA.mrn}),
        ("okafor ada", {ADA.mrn}),
        ("etienne", {"200"}),
        ("ÉTIENNE", {"200"}),
        ("per", {"300", "400"}),
        ("per_", {"300"}),
        ("100%", {"300"}),
        ("[x]", {"300"}),
        ("100", {"300", ADA.mrn}),
        ("anc-below", {ADA.mrn}),
        ("neutrophils below 1.0", {ADA.mrn}),
        ("  ", {"200", "300", "400", ADA.mrn}),
        ("nobody", set()),
        ("hb-below-8", set()),
        ("/", set()),
        ("'; --", set()),
    ],
)
def test_a_text_finds_names_numbers_and_met_rules(named: Clinic, text: str, found: set[str]) -> None:
    assert set(mrns(named, text=text)) == found


def test_a_text_and_a_state_hold_both(named: Clinic) -> None:
    assert mrns(named, text="okafor", show="needs-action") == [ADA.mrn]
    assert mrns(named, text="lind", show="needs-action") == []


def test_a_new_name_is_found_at_once(named: Clinic) -> None:
    named.edit_patient("400", name="Berg, Per")
    assert mrns(named, text="berg") == ["400"]
    assert mrns(named, text="lind") == []


def test_what_is_no_state_is_refused(named: Clinic) -> None:
    with pytest.raises(UsageError, match="no state 'ill'"):
        named.worklist_window(0, 1, show="ill")


# What a line says


def test_a_line_says_who_what_and_why(ada: Clinic) -> None:
    record(ada, TODAY, anc="0.8 10*9/L")
    (line,) = ada.worklist_window(0, 5).lines
    assert (line.mrn, line.name, line.age, line.sex, line.treatment) == (ADA.mrn, ADA.name, 58, "F", "baricitinib 2 mg w37")
    assert (line.state, line.worst, line.rule) == ("needs-action", "urgent", "anc-below-1")
    assert (line.headline, line.basis) == ("ANC 0.8 below 1", "label")
    assert line.message.startswith("ANC 0.8 ×10⁹/L on 2026-11-22 is below 1")
    assert line.next_due is not None
    assert line.as_of is None


@pytest.mark.parametrize(
    ("born", "age"), [(None, None), (date(1968, 11, 22), 58), (date(1968, 11, 23), 57), (date(2026, 11, 23), None), (TODAY, 0)]
)
def test_age_is_completed_years(born: date | None, age: int | None) -> None:
    assert age_on(born, TODAY) == age


# Reviewed


def gaps(clinic: Clinic) -> set[str]:
    return {name for name, count in clinic.overview().gaps.items() if count}


def test_who_has_no_result_was_never_tested(ada: Clinic) -> None:
    assert gaps(ada) == {"never-tested"}


def test_results_of_an_import_are_new_until_somebody_says_so(ada: Clinic, tmp_path: Path) -> None:
    file = tmp_path / "results.csv"
    file.write_text(f"mrn,analyte,value,unit,collected_at\n{ADA.mrn},anc,0.9,10*9/L,2026-11-20\n", encoding="utf-8")
    ada.import_files([file])
    assert gaps(ada) == {"unreviewed", "incomplete"}
    assert ada.worklist_window(0, 1).lines[0].unreviewed
    record(ada, TODAY, anc="2.5 10*9/L")  # who enters one panel has not looked at another
    assert "unreviewed" in gaps(ada)
    ada.mark_reviewed(ADA.mrn)
    assert "unreviewed" not in gaps(ada)
    assert [entry["action"] for entry in ada.audit(ADA.mrn)][-1] == "review"
    count = len(list(ada.audit()))
    ada.mark_reviewed(ADA.mrn)
    assert len(list(ada.audit())) == count
    assert ada.verify() == []


def test_results_entered_by_hand_were_seen(ada: Clinic) -> None:
    recorded = record(ada, TODAY, anc="0.8 10*9/L")
    ada.amend(recorded.results[0].result_id, "0.9", "", "typo")
    assert gaps(ada) == {"incomplete"}


def test_who_acknowledges_has_looked(ada: Clinic, tmp_path: Path) -> None:
    file = tmp_path / "results.csv"
    file.write_text(f"mrn,analyte,value,unit,collected_at\n{ADA.mrn},anc,0.9,10*9/L,2026-11-20\n", encoding="utf-8")
    ada.import_files([file])
    ada.acknowledge(ADA.mrn, "anc-below-1", "repeat ordered")
    assert "unreviewed" not in gaps(ada)
    assert ada.verify() == []


# Out of date


def test_who_cannot_be_judged_now_is_not_assessed_where_the_worklist_says_so(tmp_path: Path) -> None:
    with open_clinic(tmp_path) as clinic:
        put_people(clinic, [each.person for each in nasty_people(4, 40)])
        first = [each.id for each in clinic.store.read().__enter__().patients()][:9]
        with clinic.store.write() as writer:
            writer.touch(first)
            writer.audit("touch", {})
    with closing(sqlite3.connect(tmp_path / "clinic.db")) as raw, raw:
        for table in ("finding", "check_due", "assessment"):
            raw.execute(f"DELETE FROM {table} WHERE patient_id = ?", (first[-1],))
    with open_clinic(tmp_path, read_only=True) as clinic:
        whole = listed(clinic)
        overview = clinic.overview()
        assert overview.states["not-assessed"] == 9
        assert overview.states == {key: value for key, value in clinic.tallies().items() if key != "all"}
        assert mrns(clinic) == whole
        for start in range(0, len(whole), 6):
            assert mrns(clinic, start, 6) == whole[start : start + 6]
        assert mrns(clinic, show="not-assessed") == listed(clinic, "not-assessed")
        lines = clinic.worklist_window(0, 50, show="not-assessed").lines
        assert {line.state for line in lines} == {"not-assessed"}
        assert all(line.next_due is None and line.cannot_evaluate == 0 for line in lines)
        assert sum(line.as_of is None for line in lines) == 1
    with open_clinic(tmp_path) as clinic:
        assert clinic.overview().states["not-assessed"] == 0
        assert mrns(clinic) == listed(clinic)


def test_what_another_program_writes_is_seen(ada: Clinic, tmp_path: Path) -> None:
    assert ada.worklist_window(0, 5).total == 1
    with open_clinic(tmp_path) as other:
        other.add_patient(Patient("2", "Two"))
    assert ada.worklist_window(0, 5).total == 2
    assert ada.overview().patients == 2


def test_a_locked_clinic_is_shown_as_it_is(ada: Clinic, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    record(ada, TODAY, anc="2.5 10*9/L")
    ada.close()
    monkeypatch.setattr("labtrack.store.connection.BUSY_TIMEOUT", 10)
    with (
        closing(sqlite3.connect(tmp_path / "clinic.db", isolation_level=None)) as other,
        open_clinic(tmp_path, TODAY + timedelta(900)) as late,
    ):
        other.execute("BEGIN IMMEDIATE")
        assert late.overview().states["not-assessed"] == 1
        assert late.worklist_window(0, 5).lines[0].as_of == TODAY
        other.execute("ROLLBACK")
        assert late.refresh() == 1
        assert late.overview().states["not-assessed"] == 0


# When it was last run


def test_the_last_run_is_the_last_day_before_today(tmp_path: Path) -> None:
    def last_run(day: date) -> date | None:
        with open_clinic(tmp_path, day) as clinic:
            return clinic.overview().last_run

    with open_clinic(tmp_path) as clinic:
        with_ada(clinic)
        clinic.record(ADA.mrn, entries(anc="2.5 10*9/L"), CollectedAt(TODAY))
    assert last_run(TODAY) is None
    assert last_run(TODAY) is None
    assert last_run(TODAY + timedelta(9)) == TODAY
    assert last_run(TODAY + timedelta(9)) == TODAY
    assert last_run(TODAY + timedelta(10)) == TODAY + timedelta(9)
    with Clinic.open(tmp_path / "clinic.db", today=TODAY + timedelta(30), settings=Settings(), read_only=True) as clinic:
        assert clinic.overview().last_run == TODAY + timedelta(10)
