"""The worklist: everyone once, worst first; who has no answer that holds today is *not assessed*, never clear."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from shutil import copyfile

import pytest
from tests.clinic.homes import ADA, SCREENING, TODAY, entries, open_clinic, put_people, record
from tests.oracle.cohorts import people

from labtrack.clinic import Clinic
from labtrack.clinic.views import WORKLIST_COLUMNS, TableRow
from labtrack.core.errors import UsageError
from labtrack.core.judgment import Region, WorklistState
from labtrack.core.record import CollectedAt, Patient, Sex

COMPLETE = {
    "hb": "15 g/dL", "anc": "3.1 10*9/L", "alc": "1.8 10*9/L", "plt": "250 10*9/L", "alt": "20 U/L", "ast": "20 U/L",
    "alp": "80 U/L", "bilirubin": "0.6 mg/dL", "egfr": "95 mL/min/1.73m2", "ldl": "100 mg/dL", "tg": "100 mg/dL",
}  # fmt: skip
RECENT = TODAY - timedelta(10)
RANK = {"urgent": 0, "action": 1, "watch": 2, "": 3}


def add(clinic: Clinic, mrn: str, dose: float | None = 2.0, on: date = RECENT, screened: bool = True, **values: str) -> None:
    """A man on baricitinib for months (or, without a dose, without a course), everything done except as said."""
    clinic.add_patient(Patient(mrn, f"Name {mrn}", date(1960, 5, 1), Sex.MALE))
    started = TODAY - timedelta(250)
    if dose is not None:
        clinic.start_course(mrn, "baricitinib", dose, "daily", started)
        clinic.add_event(mrn, "response-review", started + timedelta(84))
    for item in SCREENING if screened else ():
        clinic.add_event(mrn, item, started - timedelta(5))
    clinic.record(mrn, entries(**COMPLETE), CollectedAt(started - timedelta(3)))
    clinic.record(mrn, entries(**{**COMPLETE, **values}), CollectedAt(on))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One patient in each state that a judged patient can have, and three that need action."""
    folder = tmp_path_factory.mktemp("states")
    with open_clinic(folder) as clinic:
        add(clinic, "clear")
        add(clinic, "seen", on=TODAY, anc="0.8 10*9/L")
        clinic.acknowledge("seen", "anc-below-1", "repeat ordered")
        clinic.acknowledge("seen", "neutropenia", "repeat ordered")
        add(clinic, "stopped")
        clinic.stop_course("stopped", "remission", TODAY - timedelta(5))
        add(clinic, "unknown", plt="n/a 10*9/L")
        add(clinic, "due", on=TODAY - timedelta(80))
        add(clinic, "late", on=TODAY - timedelta(99))
        add(clinic, "watch", anc="1.4 10*9/L")
        add(clinic, "action", plt="70 10*9/L")
        add(clinic, "urgent", anc="0.8 10*9/L")
    return folder / "clinic.db"


@pytest.fixture
def all_states(made: Path, tmp_path: Path) -> Iterator[Clinic]:
    """A clinic of the test's own with everyone of ``made``."""
    copyfile(made, tmp_path / "clinic.db")
    with open_clinic(tmp_path) as clinic:
        yield clinic


def states(rows: list[TableRow]) -> dict[object, object]:
    return {row["mrn"]: row["state"] for row in rows}


def test_a_clinic_without_patients_has_no_worklist(clinic: Clinic) -> None:
    assert clinic.worklist() == []
    assert clinic.tallies() == {**dict.fromkeys(map(str, WorklistState), 0), "all": 0}


def test_every_state_and_the_order(all_states: Clinic) -> None:
    rows = all_states.worklist()
    assert [(row["mrn"], row["worst"], row["state"]) for row in rows] == [
        ("urgent", "urgent", "needs-action"),
        ("action", "action", "needs-action"),
        ("watch", "watch", "needs-action"),
        ("late", "", "overdue"),
        ("due", "", "due"),
        ("seen", "", "acknowledged"),
        ("clear", "", "clear"),
        ("unknown", "", "cannot-evaluate"),
        ("stopped", "", "no-schedule"),
    ]
    assert all(tuple(row) == WORKLIST_COLUMNS for row in rows)
    assert all_states.worklist(as_of=TODAY) == rows


def test_a_line_tells_finding_check_and_last_result(all_states: Clinic) -> None:
    rows = {row["mrn"]: row for row in all_states.worklist()}
    urgent = rows["urgent"]
    assert (urgent["rule"], urgent["next_panel"], urgent["next_due"], urgent["next_status"]) == (
        "anc-below-1", "cbc", (RECENT + timedelta(7)).isoformat(), "due",
    )  # fmt: skip
    assert str(urgent["message"]).startswith("ANC 0.8 ×10⁹/L on 2026-11-12 is below 1.")
    assert urgent["last_result_on"] == RECENT.isoformat()
    assert rows["unknown"]["cannot_evaluate"] == 1
    assert (rows["clear"]["message"], rows["clear"]["cannot_evaluate"], rows["clear"]["name"]) == ("", 0, "Name clear")
    assert (rows["stopped"]["next_panel"], rows["stopped"]["next_due"], rows["stopped"]["next_status"]) == ("", "", "")


def test_tallies_count_everyone_and_absence(all_states: Clinic) -> None:
    assert all_states.tallies() == {
        "needs-action": 3,
        "overdue": 1,
        "due": 1,
        "cannot-evaluate": 1,
        "not-assessed": 0,
        "no-schedule": 1,
        "acknowledged": 1,
        "clear": 1,
        "all": 9,
    }
    assert list(all_states.tallies()) == [*map(str, WorklistState), "all"]


def test_one_state_alone(all_states: Clinic) -> None:
    for state in WorklistState:
        rows = all_states.worklist(state)
        assert rows == [row for row in all_states.worklist() if row["state"] == state]
        assert len(rows) == all_states.tallies()[state]
    with pytest.raises(UsageError, match="There is no state 'urgent'"):
        all_states.worklist("urgent")


def test_equals_are_in_order_of_the_next_check_those_without_one_last_then_of_their_number(clinic: Clinic) -> None:
    add(clinic, "b2")
    add(clinic, "b10")
    add(clinic, "a-without", dose=None)
    add(clinic, "z-sooner", on=RECENT - timedelta(20))
    add(clinic, "9")
    assert [row["mrn"] for row in clinic.worklist()] == ["z-sooner", "9", "b10", "b2", "a-without"]


def test_a_candidate_is_not_clear(clinic: Clinic) -> None:
    """Without a course there is no baseline to compare with: what that leaves open comes before the missing schedule."""
    add(clinic, "candidate", dose=None)
    (row,) = clinic.worklist()
    assert (row["state"], row["next_due"]) == ("cannot-evaluate", "")
    assert row["cannot_evaluate"] == 3


# Days that are not today


def test_another_day_is_judged_as_of_that_day_and_not_kept(all_states: Clinic) -> None:
    before = all_states.worklist()
    early = states(all_states.worklist(as_of=RECENT - timedelta(1)))
    assert early["urgent"] == early["action"] == early["clear"]
    assert "needs-action" not in early.values()
    later = TODAY + timedelta(200)
    assert Counter(states(all_states.worklist(as_of=later)).values()) == {"needs-action": 2, "overdue": 6, "no-schedule": 1}
    assert all_states.tallies(later)["all"] == 9
    assert all_states.worklist() == before


def test_a_later_day_opens_with_everyone_judged_again(all_states: Clinic, tmp_path: Path) -> None:
    live = all_states.worklist(as_of=TODAY + timedelta(30))
    all_states.close()
    with open_clinic(tmp_path, TODAY + timedelta(30)) as later:
        assert later.worklist() == live
        assert later.tallies()["not-assessed"] == 0
        assert later.refresh() == 0


def test_read_only_what_ran_out_is_not_assessed_and_keeps_its_finding(all_states: Clinic, tmp_path: Path) -> None:
    """Its checks and counts may have changed since, so they are not told."""
    before = {row["mrn"]: row for row in all_states.worklist()}
    all_states.close()
    with open_clinic(tmp_path, TODAY + timedelta(200), read_only=True) as later:
        rows = {row["mrn"]: row for row in later.worklist()}
        assert later.tallies()["not-assessed"] == sum(row["state"] == "not-assessed" for row in rows.values()) >= 8
        # Judged live for a day that was asked for
        assert "not-assessed" not in states(later.worklist(as_of=TODAY)).values()
    urgent = rows["urgent"]
    assert urgent["state"] == "not-assessed"
    assert urgent["message"] == f"As of {TODAY}: {before['urgent']['message']}"
    assert (urgent["worst"], urgent["rule"], urgent["last_result_on"]) == ("urgent", "anc-below-1", RECENT.isoformat())
    assert [urgent[cell] for cell in ("next_panel", "next_due", "next_status", "cannot_evaluate")] == ["", "", "", ""]
    assert rows["clear"] == {
        **dict.fromkeys(WORKLIST_COLUMNS, ""),
        "mrn": "clear",
        "name": "Name clear",
        "state": "not-assessed",
        "last_result_on": RECENT.isoformat(),
    }
    assert list(rows)[:3] == ["urgent", "action", "watch"]


def test_other_rules_make_what_is_kept_out_of_date(all_states: Clinic, tmp_path: Path) -> None:
    all_states.close()
    with open_clinic(tmp_path, region=Region.EU, read_only=True) as europe:
        assert set(states(europe.worklist()).values()) == {"not-assessed"}
        assert europe.tallies()["all"] == europe.tallies()["not-assessed"] == 9
    with open_clinic(tmp_path, region=Region.EU) as europe:
        assert "not-assessed" not in states(europe.worklist()).values()


def test_who_was_never_judged_is_not_assessed(all_states: Clinic, tmp_path: Path) -> None:
    location = all_states.location
    all_states.close()
    with closing(sqlite3.connect(location)) as connection, connection:
        (number,) = connection.execute("SELECT id FROM patient WHERE mrn = 'urgent'").fetchone()
        for table in ("finding", "check_due", "assessment"):
            connection.execute(f"DELETE FROM {table} WHERE patient_id = ?", (number,))
    with open_clinic(tmp_path, read_only=True) as clinic:
        (row,) = clinic.worklist("not-assessed")
        assert row == {**dict.fromkeys(WORKLIST_COLUMNS, ""), "mrn": "urgent", "name": "Name urgent", "state": "not-assessed"}
        assert clinic.tallies()["all"] == 9
        assert clinic.worklist()[-1] == row
    with open_clinic(tmp_path) as clinic:
        assert clinic.worklist()[0]["mrn"] == "urgent"
        assert clinic.tallies()["not-assessed"] == 0


def test_whose_record_changed_since_is_not_assessed(all_states: Clinic, tmp_path: Path) -> None:
    with all_states.store.write() as writer:
        writer.touch([writer.patient_ids()["clear"]])
        writer.audit("touch", {})
    all_states.close()
    with open_clinic(tmp_path, read_only=True) as clinic:
        assert [row["mrn"] for row in clinic.worklist("not-assessed")] == ["clear"]
        assert clinic.worklist("clear") == []
        assert states(clinic.worklist(as_of=TODAY))["clear"] == "not-assessed"
    with open_clinic(tmp_path) as clinic:
        assert [row["mrn"] for row in clinic.worklist("clear")] == ["clear"]


# Acknowledgements


def test_an_acknowledgement_ends_with_its_day_a_new_result_or_doubt(clinic: Clinic, tmp_path: Path) -> None:
    add(clinic, ADA.mrn, on=TODAY - timedelta(1), plt="70 10*9/L")
    clinic.acknowledge(ADA.mrn, "platelets-below-75", "repeat ordered", TODAY + timedelta(1))
    assert states(clinic.worklist()) == {ADA.mrn: "acknowledged"}
    assert states(clinic.worklist(as_of=TODAY + timedelta(1))) == {ADA.mrn: "acknowledged"}
    assert states(clinic.worklist(as_of=TODAY + timedelta(2))) == {ADA.mrn: "needs-action"}
    clinic.close()
    with open_clinic(tmp_path, TODAY + timedelta(1)) as tomorrow:
        assert states(tomorrow.worklist()) == {ADA.mrn: "acknowledged"}
    with open_clinic(tmp_path, TODAY + timedelta(2)) as later:
        assert states(later.worklist()) == {ADA.mrn: "needs-action"}


@pytest.mark.parametrize("value", ["71 10*9/L", "hemolyzed 10*9/L"])
def test_an_acknowledged_patient_with_a_new_report_needs_action_again(clinic: Clinic, value: str) -> None:
    add(clinic, ADA.mrn, on=TODAY - timedelta(1), plt="70 10*9/L")
    clinic.acknowledge(ADA.mrn, "platelets-below-75", "repeat ordered")
    assert states(clinic.worklist()) == {ADA.mrn: "acknowledged"}
    record(clinic, TODAY, plt=value)
    assert states(clinic.worklist()) == {ADA.mrn: "needs-action"}


# Anybody


@pytest.fixture(params=[11, 13])
def crowded(clinic: Clinic, request: pytest.FixtureRequest) -> Clinic:
    put_people(clinic, [each.person for each in people(request.param, 60)])
    return clinic


def test_everyone_stands_once_and_in_order(crowded: Clinic) -> None:
    for day in (None, date(2025, 4, 1), date(2025, 9, 1)):
        rows = crowded.worklist(as_of=day)
        assert Counter(str(row["mrn"]) for row in rows) == Counter(each.mrn for each in crowded.patients())
        keys = [(RANK[str(row["worst"])], str(row["next_due"]) or "9999", str(row["mrn"])) for row in rows]
        assert keys == sorted(keys)
        tallies = crowded.tallies(day)
        assert tallies.pop("all") == sum(tallies.values()) == 60


def test_what_is_kept_is_what_is_judged_live(crowded: Clinic) -> None:
    with crowded.store.read() as reader:
        live = [each.line for each in crowded.judge.judged(reader, TODAY)]
    kept = {row["mrn"]: row for row in crowded.worklist()}
    patients = sorted(kept.values(), key=lambda row: str(row["mrn"]))
    assert Counter(row["state"] for row in patients) == Counter(str(line.state) for line in live)
    assert Counter(row["message"] for row in patients) == Counter(line.message for line in live)
    assert Counter(row["next_due"] for row in patients) == Counter(line.next_due for line in live)


def test_nobody_is_clear_or_acknowledged_with_something_open(crowded: Clinic) -> None:
    for day in (date(2025, 3, 10), date(2025, 4, 20), date(2025, 7, 1)):
        findings: dict[str, list[str]] = {}
        for row in crowded.assess(as_of=day):
            findings.setdefault(str(row["mrn"]), []).append(str(row["severity"] if row["verdict"] == "met" else ""))
        for row in crowded.worklist(as_of=day):
            met = [severity for severity in findings.get(str(row["mrn"]), []) if severity]
            assert row["worst"] == min(met, key=RANK.__getitem__, default="")
            assert row["cannot_evaluate"] == findings.get(str(row["mrn"]), []).count("")
            if row["state"] == "clear":
                assert str(row["mrn"]) not in findings
                assert row["next_status"] in {"later", ""}
