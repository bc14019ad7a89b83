"""Tests of labtrack.clinic.facade: every way to change a clinic writes, audits and judges together, or does nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time
from io import StringIO
from pathlib import Path

import pytest
from tests.clinic.homes import ADA, START, TODAY, open_clinic, record

from labtrack.clinic import Clinic, Entry, Settings
from labtrack.clinic.judging import Judge
from labtrack.core.errors import LabtrackError, NotFound, Refused
from labtrack.core.record import CollectedAt, Patient

ON = date(2026, 6, 1)
CHANGES: dict[str, Callable[[Clinic], object]] = {
    "add patient": lambda it: it.add_patient(Patient("2", "Lind, Per")),
    "edit patient": lambda it: it.edit_patient(ADA.mrn, weight_kg=70.0),
    "change dose": lambda it: it.change_dose(ADA.mrn, 4.0, ON),
    "hold": lambda it: it.hold(ADA.mrn, "anc-below-1", ON),
    "stop course": lambda it: it.stop_course(ADA.mrn, "moved away", ON),
    "add event": lambda it: it.add_event(ADA.mrn, "surgery", ON),
    "record results": lambda it: record(it, ON, anc="0.82 10*9/L"),
}


def facts(clinic: Clinic) -> tuple[object, ...]:
    """Everything that a reader can see of a clinic."""
    tables = ("patient", "course", "dose_step", "hold", "event", "result", "audit_entry", "finding", "check_due", "segment")
    with clinic.store.read() as reader:
        counts = [reader.count(table) for table in tables]
    return clinic.patients(), clinic.chart(ADA.mrn), counts, list(clinic.assess()), list(clinic.due())


@pytest.mark.parametrize("action", CHANGES)
def test_a_change_is_audited_and_judged_in_the_same_write(action: str, ada: Clinic) -> None:
    before = len(list(ada.audit()))
    CHANGES[action](ada)
    entries = list(ada.audit())
    assert [each["action"] for each in entries[before:]] == [action]
    assert entries[-1]["actor"] == "tester"
    with ada.store.read() as reader:
        assert reader.out_of_date(ada.judge.rule_set, TODAY) == []
    assert ada.verify() == []


@pytest.mark.parametrize("action", CHANGES)
def test_a_change_that_fails_leaves_nothing(action: str, ada: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    before = facts(ada)

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("cut off")

    with monkeypatch.context() as patched:
        patched.setattr(Judge, "store", fail)
        with pytest.raises(RuntimeError, match="cut off"):
            CHANGES[action](ada)
    assert facts(ada) == before
    assert ada.verify() == []


def test_a_hold_ends_with_the_resumption(ada: Clinic) -> None:
    ada.hold(ADA.mrn, "other: holiday", ON)
    ada.resume(ADA.mrn, date(2026, 6, 8))
    (course,) = ada.chart(ADA.mrn).courses
    assert [(each.start_on, each.end_on, each.reason) for each in course.holds] == [(ON, date(2026, 6, 8), "other: holiday")]


def test_an_event_ends(ada: Clinic) -> None:
    ada.add_event(ADA.mrn, "serious-infection", ON)
    assert "serious-infection" in {row["rule"] for row in ada.assess(ADA.mrn)}
    ada.end_event(ADA.mrn, "serious-infection", date(2026, 6, 20))
    assert "serious-infection" not in {row["rule"] for row in ada.assess(ADA.mrn)}


def test_an_unknown_patient_is_not_found_by_any_call(ada: Clinic) -> None:
    calls: list[Callable[[], object]] = [
        lambda: ada.patient("0"),
        lambda: ada.chart("0"),
        lambda: ada.edit_patient("0", name="A"),
        lambda: ada.start_course("0", "baricitinib", 2, "daily", ON),
        lambda: ada.hold("0", "vte", ON),
        lambda: record_unknown(ada),
        lambda: ada.assessment("0"),
        lambda: list(ada.assess("0")),
        lambda: list(ada.due("0")),
        lambda: list(ada.trend("0", ["anc"])),
        lambda: list(ada.show("0")),
        lambda: list(ada.audit("0")),
        lambda: ada.acknowledge("0", "anemia", "seen"),
        lambda: ada.export_results(StringIO(), "0"),
    ]
    for call in calls:
        with pytest.raises(NotFound, match="no patient 0"):
            call()


def record_unknown(clinic: Clinic) -> object:
    return clinic.record("0", [Entry("anc", "1", "10*9/L")], CollectedAt(ON))


def test_results_are_amended_and_struck_but_never_lost(ada: Clinic) -> None:
    (result,) = record(ada, ON, anc="0.82 10*9/L").results
    ada.amend(result.result_id, "8.2", "", "typing error")
    (second,) = (each for each in ada.chart(ADA.mrn).results if not each.superseded)
    ada.strike(second.result_id, "another person's tube")
    assert [(each.value_text, each.status.value, each.superseded) for each in ada.chart(ADA.mrn).results] == [
        ("0.82", "final", True),
        ("8.2", "corrected", True),
        ("8.2", "entered-in-error", False),
    ]
    assert "anc-below-1" in {row["rule"] for row in ada.assess(ADA.mrn) if row["reason"] == "no-result"}


def test_checks_due_within_some_days(ada: Clinic) -> None:
    every = list(ada.due(as_of=START))
    near = list(ada.due(as_of=START, within=0))
    assert 0 < len(near) < len(every) or near == every
    assert all(str(row["due_on"]) <= START.isoformat() for row in near)


def test_an_acknowledgement_needs_a_met_rule_a_reason_and_a_day_to_come(ada: Clinic) -> None:
    record(ada, date(2026, 11, 19), anc="0.82 10*9/L")
    for rule, reason, until in (("anc-below-1", " ", None), ("ldl-190", "seen", None), ("anc-below-1", "seen", date(2026, 11, 21))):
        with pytest.raises(Refused):
            ada.acknowledge(ADA.mrn, rule, reason, until)
    with pytest.raises(NotFound):
        ada.acknowledge(ADA.mrn, "no-rule", "seen")
    ada.acknowledge(ADA.mrn, "anc-below-1", "seen", date(2026, 12, 1))
    assert {row["rule"] for row in ada.assess(ADA.mrn) if row["verdict"] == "met"} >= {"anc-below-1"}
    assert ada.worklist()[0]["rule"] != "anc-below-1"
    record(ada, date(2026, 11, 20), anc="0.81 10*9/L")
    assert ada.worklist()[0]["rule"] == "anc-below-1"


def test_an_acknowledgement_is_audited_in_the_words_that_are_kept(ada: Clinic) -> None:
    record(ada, date(2026, 11, 19), anc="0.82 10*9/L")
    ada.acknowledge(ADA.mrn, "anc-below-1", "  seen \u200b")
    assert ada.verify() == []


def test_whoever_the_audit_names_acts_on_no_terminal(tmp_path: Path) -> None:
    with Clinic.open(tmp_path / "own.db", today=TODAY, settings=Settings(actor="\x1b[2Jm.ruiz\u202e")) as clinic:
        clinic.add_patient(ADA)
        assert {str(row["actor"]) for row in clinic.audit()} == {"\\x1b[2Jm.ruiz\\u202e"}


def test_trend_and_show_know_an_analyte_by_any_name(ada: Clinic) -> None:
    ada.record(ADA.mrn, [Entry("Hgb", "12.4", "g/dL")], CollectedAt(ON, time(8)))
    (point,) = ada.trend(ADA.mrn, ["haemoglobin"])
    assert (point["analyte"], point["value"], point["drug"]) == ("hb", "12.4", "baricitinib")
    (shown,) = ada.show(ADA.mrn)
    assert (shown["analyte"], shown["value"]) == ("hb", "12.4")
    with pytest.raises(NotFound):
        list(ada.trend(ADA.mrn, ["789-8"]))


def test_what_there_is_is_counted(ada: Clinic) -> None:
    record(ada, ON, anc="3 10*9/L")
    info = ada.info()
    assert (info["patients"], info["results"], info["region"], info["today"]) == (1, 1, "US", "2026-11-22")


def test_a_backup_restores_the_clinic_as_it_was(ada: Clinic, tmp_path: Path) -> None:
    copy = ada.backup(tmp_path / "copy.db")
    record(ada, ON, anc="3 10*9/L")
    ada.close()
    Clinic.restore(tmp_path / "clinic.db", copy)
    with open_clinic(tmp_path) as again:
        assert again.chart(ADA.mrn).results == ()
        assert again.verify() == []


def test_a_clinic_that_may_not_be_written_says_so(ada: Clinic, tmp_path: Path) -> None:
    ada.close()
    with open_clinic(tmp_path, read_only=True) as reading:
        assert reading.patient(ADA.mrn) == ADA
        with pytest.raises(LabtrackError):
            reading.add_patient(Patient("2", "B"))
