"""What is stored stays true: judged again on the day it may change, after other rules, beside a locked file; acknowledgements end."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import date, time
from pathlib import Path

import pytest
from tests.clinic.homes import ADA, TODAY, open_clinic, record, with_ada

from labtrack.clinic import Clinic, Entry, Settings
from labtrack.core.record import CollectedAt

DAY = date(2026, 11, 19)


def test_a_line_is_judged_anew_on_the_day_it_may_change(ada: Clinic, tmp_path: Path) -> None:
    record(ada, DAY, hb="12.5 g/dL", anc="2.5 10*9/L", alc="1.5 10*9/L")
    (row,) = [row for row in ada.due(ADA.mrn) if row["panel"] == "cbc"]
    assert (row["due_on"], row["status"]) == ("2027-02-11", "later")
    turns = {date(2027, 1, 27): "later", date(2027, 1, 28): "due", date(2027, 2, 25): "due", date(2027, 2, 26): "overdue"}
    for day, status in turns.items():
        with open_clinic(tmp_path, day) as later:
            later.worklist()
            with later.store.read() as reader:
                stored = {each["panel"]: each["status"] for each in reader.stored_checks(1)}
            assert stored["cbc"] == status
            assert later.verify() == []


def test_a_locked_clinic_still_shows_its_list(ada: Clinic, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from labtrack.store import connection as store_connection

    record(ada, DAY, anc="0.82 10*9/L")
    monkeypatch.setattr(store_connection, "BUSY_TIMEOUT", 10)
    with open_clinic(tmp_path, date(2027, 6, 1)) as later, closing(sqlite3.connect(ada.location, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert [row["state"] for row in later.worklist()] == ["not-assessed"]
        other.execute("ROLLBACK")
        assert [row["state"] for row in later.worklist()] != ["not-assessed"]


def test_changed_rules_make_everything_out_of_date(ada: Clinic, tmp_path: Path) -> None:
    record(ada, DAY, anc="1.1 10*9/L")
    own = Settings(rules={"anc-below-1": {"limit": 1.2}})
    with open_clinic(tmp_path, settings=own, read_only=True) as reading:
        assert reading.worklist()[0]["state"] == "not-assessed"
    with open_clinic(tmp_path, settings=own) as changed:
        assert changed.worklist()[0]["rule"] == "anc-below-1"
        assert "The threshold is this clinic's own." in str(changed.worklist()[0]["message"])
    assert ada.worklist()[0]["rule"] != "anc-below-1"


def test_a_clock_set_back_shows_nothing_from_the_future(ada: Clinic, tmp_path: Path) -> None:
    record(ada, DAY, anc="0.82 10*9/L")
    with open_clinic(tmp_path, date(2026, 11, 1)) as earlier:
        assert earlier.worklist()[0]["worst"] == ""
    assert ada.worklist()[0]["worst"] == "urgent"


def test_a_later_collection_already_recorded_comes_into_force_on_its_day(tmp_path: Path) -> None:
    with with_ada(open_clinic(tmp_path, date(2026, 10, 1))) as clinic:
        clinic.record(ADA.mrn, [Entry("anc", "0.82", "10*9/L")], CollectedAt(date(2026, 10, 5), time(8)))
        assert clinic.worklist()[0]["rule"] != "anc-below-1"
    for day, found in ((date(2026, 10, 4), False), (date(2026, 10, 5), True)):
        with open_clinic(tmp_path, day) as later:
            assert (later.worklist()[0]["rule"] == "anc-below-1") is found


# Acknowledgements


def states(clinic: Clinic) -> list[object]:
    return [row["state"] for row in clinic.worklist()]


@pytest.fixture
def low(clinic: Clinic) -> Clinic:
    """One patient whose only finding is a low platelet count."""
    with_ada(clinic)
    values = {
        "hb": "12.5 g/dL", "anc": "2.5 10*9/L", "alc": "1.5 10*9/L", "plt": "70 10*9/L", "alt": "20 U/L", "ast": "20 U/L",
        "bilirubin": "0.5 mg/dL", "alp": "80 U/L", "ldl": "100 mg/dL", "tg": "100 mg/dL", "egfr": "90 mL/min/1.73m2",
    }  # fmt: skip
    for day in (date(2026, 2, 25), date(2026, 11, 21)):
        record(clinic, day, **values)
    assert [each["rule"] for each in clinic.assess()] == ["platelets-below-75"]
    clinic.acknowledge(ADA.mrn, "platelets-below-75", "known")
    assert states(clinic) == ["acknowledged"]
    return clinic


def test_an_acknowledgement_moves_the_line_and_leaves_the_finding(low: Clinic) -> None:
    (finding,) = low.assess()
    assert finding["rule"] == "platelets-below-75"
    assert low.tallies()["acknowledged"] == 1
    assert (low.worklist()[0]["worst"], low.worklist()[0]["next_panel"]) == ("", "cbc")


def test_a_result_of_another_analyte_does_not(low: Clinic) -> None:
    record(low, TODAY, crp="3 mg/L", hb="12.6 g/dL")
    assert states(low) == ["acknowledged"]


def test_an_amended_result_ends_an_acknowledgement(low: Clinic) -> None:
    number = next(row["result_id"] for row in low.show(ADA.mrn) if row["analyte"] == "plt")
    low.amend(int(str(number)), "72", "", "corrected report")
    assert states(low) == ["needs-action"]


def test_a_changed_threshold_ends_the_acknowledgements_of_its_rule(low: Clinic, tmp_path: Path) -> None:
    for rules, expected in (
        ({"platelets-below-75": {"limit": 80}}, "needs-action"),
        ({"ldl-190": {"limit": 200}}, "acknowledged"),
        ({"platelets-below-75": {"enabled": False}}, "clear"),
    ):
        with open_clinic(tmp_path, settings=Settings(rules=rules)) as changed:
            assert states(changed) == [expected]


def test_an_acknowledgement_ends_after_its_day(low: Clinic, tmp_path: Path) -> None:
    low.acknowledge(ADA.mrn, "platelets-below-75", "known", date(2026, 11, 23))
    with open_clinic(tmp_path, date(2026, 11, 24)) as later:
        assert states(later) == ["acknowledged"]  # the first has no end
    record(low, TODAY, plt="71 10*9/L")
    low.acknowledge(ADA.mrn, "platelets-below-75", "known", date(2026, 11, 23))
    for day, state in ((date(2026, 11, 23), "acknowledged"), (date(2026, 11, 24), "needs-action")):
        with open_clinic(tmp_path, day) as later:
            assert states(later) == [state]


def test_an_event_is_acknowledged_until_another_comes(low: Clinic) -> None:
    low.add_event(ADA.mrn, "obesity", DAY)
    low.acknowledge(ADA.mrn, "vte-risk", "weighed")
    assert states(low) == ["acknowledged"]
    low.add_event(ADA.mrn, "surgery", DAY)
    assert (low.worklist()[0]["state"], low.worklist()[0]["rule"]) == ("needs-action", "vte-risk")
