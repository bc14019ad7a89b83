"""The gate: every public method under every role, what the audit is told, and that nothing leaks through a refusal."""

from __future__ import annotations

import inspect
import io
import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import date, time
from pathlib import Path
from typing import Any

import pytest
from tests.clinic.homes import ADA, entries, open_clinic
from tests.clinic.people import BO, MARIA, PAT, VERA, actions, cheap_passphrases, make, opened

from labtrack.clinic import Clinic, gate
from labtrack.clinic.access import ACCESS, Need
from labtrack.clinic.accounts import Account
from labtrack.clinic.gate import Gate, guarded
from labtrack.core.errors import DatabaseLocked, LabtrackError, NotAllowed, NotFound, SignInNeeded
from labtrack.core.record import CollectedAt, Patient
from labtrack.store import Store

DAY = date(2026, 11, 20)
AT = CollectedAt(DAY, time(8, 0))


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    cheap_passphrases(monkeypatch)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    make(tmp_path)
    return tmp_path


def called(name: str, clinic: Clinic, mrn: str, folder: Path) -> Any:
    """Everything that a method answers, asked for one patient where it can be."""
    answer = CALLS[name](clinic, mrn, folder)
    return list(answer) if inspect.isgenerator(answer) else answer


#: How each method behind the gate is called. Those about everybody do not use the MRN.
CALLS: dict[str, Callable[[Clinic, str, Path], Any]] = {
    "set_passphrase": lambda clinic, mrn, folder: clinic.set_passphrase("maria", "eleven loud geese"),
    "own_page": lambda clinic, mrn, folder: clinic.own_page(mrn),
    "trend": lambda clinic, mrn, folder: clinic.trend(mrn, ["anc"]),
    "trend_charts": lambda clinic, mrn, folder: clinic.trend_charts(mrn, plain=True),
    "export_calendar": lambda clinic, mrn, folder: clinic.export_calendar(io.StringIO(), mrn),
    "export_report": lambda clinic, mrn, folder: clinic.export_report(folder / "report.html", mrn),
    "export_summary": lambda clinic, mrn, folder: clinic.export_summary(io.StringIO(), mrn),
    "worklist": lambda clinic, mrn, folder: clinic.worklist(),
    "worklist_window": lambda clinic, mrn, folder: clinic.worklist_window(0, 5),
    "overview": lambda clinic, mrn, folder: clinic.overview(),
    "tallies": lambda clinic, mrn, folder: clinic.tallies(),
    "refresh": lambda clinic, mrn, folder: clinic.refresh(),
    "silences": lambda clinic, mrn, folder: clinic.silences(),
    "patients": lambda clinic, mrn, folder: clinic.patients(),
    "preview": lambda clinic, mrn, folder: clinic.preview(mrn),
    "patient": lambda clinic, mrn, folder: clinic.patient(mrn),
    "patient_page": lambda clinic, mrn, folder: clinic.patient_page(mrn),
    "chart": lambda clinic, mrn, folder: clinic.chart(mrn),
    "risks": lambda clinic, mrn, folder: clinic.risks(mrn),
    "assessment": lambda clinic, mrn, folder: clinic.assessment(mrn),
    "verdict": lambda clinic, mrn, folder: clinic.verdict(mrn, "anc-below-1"),
    "timeline": lambda clinic, mrn, folder: clinic.timeline(mrn),
    "screening": lambda clinic, mrn, folder: clinic.screening(mrn),
    "grid": lambda clinic, mrn, folder: clinic.grid(mrn),
    "show": lambda clinic, mrn, folder: clinic.show(mrn),
    "assess": lambda clinic, mrn, folder: clinic.assess(mrn),
    "due": lambda clinic, mrn, folder: clinic.due(mrn=mrn),
    "history": lambda clinic, mrn, folder: clinic.history(mrn),
    "entry_sheet": lambda clinic, mrn, folder: clinic.entry_sheet(mrn),
    "meaning": lambda clinic, mrn, folder: clinic.meaning(mrn, entries(anc="2.0 10*9/L"), AT),
    "hold_reasons": lambda clinic, mrn, folder: clinic.hold_reasons(mrn),
    "export_results": lambda clinic, mrn, folder: clinic.export_results(io.StringIO(), mrn),
    "export_all": lambda clinic, mrn, folder: clinic.export_all(folder / "all", mrn),
    "export_fhir": lambda clinic, mrn, folder: clinic.export_fhir(io.StringIO(), mrn),
    "audit": lambda clinic, mrn, folder: clinic.audit(mrn),
    "verify": lambda clinic, mrn, folder: clinic.verify(),
    "info": lambda clinic, mrn, folder: clinic.info(),
    "add_patient": lambda clinic, mrn, folder: clinic.add_patient(Patient("9", "New")),
    "edit_patient": lambda clinic, mrn, folder: clinic.edit_patient(mrn, name="Other"),
    "start_course": lambda clinic, mrn, folder: clinic.start_course(mrn, "baricitinib", 2.0, "daily", DAY),
    "change_dose": lambda clinic, mrn, folder: clinic.change_dose(mrn, 4.0, DAY),
    "hold": lambda clinic, mrn, folder: clinic.hold(mrn, "other: trip", DAY),
    "resume": lambda clinic, mrn, folder: clinic.resume(mrn, DAY),
    "stop_course": lambda clinic, mrn, folder: clinic.stop_course(mrn, "other", DAY),
    "pin_baseline": lambda clinic, mrn, folder: clinic.pin_baseline(mrn, "anc", CollectedAt(date(2026, 3, 1), time(8, 0)), "fasting"),
    "add_event": lambda clinic, mrn, folder: clinic.add_event(mrn, "herpes-zoster", DAY),
    "end_event": lambda clinic, mrn, folder: clinic.end_event(mrn, "herpes-zoster", DAY),
    "record": lambda clinic, mrn, folder: clinic.record(mrn, entries(anc="2.0 10*9/L"), AT),
    "amend": lambda clinic, mrn, folder: clinic.amend(1, "2.9", "", "typing error"),
    "strike": lambda clinic, mrn, folder: clinic.strike(1, "typing error"),
    "undo": lambda clinic, mrn, folder: clinic.undo(None, "x"),  # type: ignore[arg-type]
    "drafts": lambda clinic, mrn, folder: clinic.drafts.discard(mrn),
    "acknowledge": lambda clinic, mrn, folder: clinic.acknowledge(mrn, "anc-below-1", "known"),
    "mark_reviewed": lambda clinic, mrn, folder: clinic.mark_reviewed(mrn),
    "import_files": lambda clinic, mrn, folder: clinic.import_files([folder / "patients.csv"]),
    "preview_import": lambda clinic, mrn, folder: clinic.preview_import([folder / "patients.csv"]),
    "store": lambda clinic, mrn, folder: clinic.store,
    "backup": lambda clinic, mrn, folder: clinic.backup(folder / "copy.db"),
    "daily_backup": lambda clinic, mrn, folder: clinic.daily_backup(),
    "users": lambda clinic, mrn, folder: clinic.users(),
    "add_user": lambda clinic, mrn, folder: clinic.add_user("otto", "clinician", "eleven loud geese"),
    "disable_user": lambda clinic, mrn, folder: clinic.disable_user("vera"),
    "enable_user": lambda clinic, mrn, folder: clinic.enable_user("vera"),
}
#: Without an instance: the door itself, and what asks for an account of its own (tests/clinic/test_accounts.py).
DOORS = {"open", "restore", "upgrade", "encrypt", "decrypt", "rekey"}
GUARDED = sorted(name for name, deed in ACCESS.items() if deed.need is not Need.NOTHING and name not in DOORS)


def kept(home: Path) -> list[str]:
    """The record and the accounts, row by row; without the audit, what is derived, and when the worklist was last made."""
    derived = {"audit_entry", "assessment", "finding", "check_due", "failed_sign_in"}
    with closing(sqlite3.connect(home / "clinic.db")) as raw:
        tables = [name for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        rows = [f"{name} {row}" for name in sorted(set(tables) - derived) for row in raw.execute(f'SELECT * FROM "{name}"')]
    return [row for row in rows if not row.startswith("setting ('worklist_run")]


def test_every_method_behind_the_gate_is_tried_here() -> None:
    assert sorted(CALLS) == GUARDED


def allowed(name: str, account: Account, mrn: str) -> bool:
    """As the page of the documents says, told anew."""
    need = ACCESS[name].need
    if account is MARIA:
        return True
    if account is VERA:
        return need in (Need.OWN_RECORD, Need.READ)
    return need is Need.OWN_RECORD and mrn == ADA.mrn


@pytest.mark.parametrize("name", GUARDED)
def test_every_method_is_allowed_or_denied_and_then_changes_nothing(home: Path, name: str) -> None:
    (home / "patients.csv").write_text("mrn,name,birth_date,sex\n7,New,,\n", encoding="utf-8")
    before = kept(home)
    for account, mrn in ((VERA, ADA.mrn), (VERA, BO.mrn), (PAT, ADA.mrn), (PAT, BO.mrn), (PAT, "no such")):
        with opened(home, account) as clinic:
            if allowed(name, account, mrn):
                called(name, clinic, mrn, home)
            else:
                with pytest.raises(NotAllowed) as caught:
                    called(name, clinic, mrn, home)
                assert not any(each in str(caught.value) for each in (ADA.mrn, BO.mrn, ADA.name, BO.name, "no such"))
    assert kept(home) == before
    with opened(home, MARIA) as clinic:
        denied = {who for who, _, _, detail in actions(clinic, "denied") if f'"{name}"' in detail}
    assert denied == ({"ada"} if allowed(name, VERA, ADA.mrn) else {"ada", "vera"})


@pytest.mark.parametrize("name", GUARDED)
def test_nobody_gets_past_the_gate_without_signing_in(home: Path, name: str) -> None:
    store = Store.open(home / "clinic.db", create=False)
    with opened(home, MARIA) as signed_in:
        past = Clinic(store, str(home / "clinic.db"), signed_in.today, signed_in.settings, signed_in.region)
    with past, pytest.raises(SignInNeeded):
        called(name, past, ADA.mrn, home)


@pytest.mark.parametrize("name", GUARDED)
def test_a_clinician_is_kept_from_nothing(home: Path, name: str) -> None:
    with opened(home, MARIA) as clinic:
        try:
            called(name, clinic, ADA.mrn, home)
        except NotAllowed:
            raise
        except (LabtrackError, OSError, AttributeError):
            pass  # it was let in, and what it was asked cannot be done


def test_what_is_not_there_and_what_is_not_theirs_is_told_a_patient_in_the_same_words(home: Path) -> None:
    told = set()
    with opened(home, PAT) as clinic:
        for mrn in (BO.mrn, "no such", "", ADA.mrn + "x"):
            with pytest.raises(NotAllowed) as caught:
                clinic.own_page(mrn)
            told.add(str(caught.value))
        assert clinic.own_page(f" {ADA.mrn} ").name == ADA.name
        with pytest.raises(NotAllowed):
            clinic.export_summary(io.StringIO())
    assert len(told) == 1


def test_a_patients_own_answers_name_nobody_else(home: Path) -> None:
    out = io.StringIO()
    with opened(home, PAT) as clinic:
        said = [repr(called(name, clinic, ADA.mrn, home)) for name in GUARDED if ACCESS[name].need is Need.OWN_RECORD]
        clinic.export_summary(out, ADA.mrn)
        clinic.export_calendar(out, ADA.mrn, clinical=True)
    whole = "".join([*said, out.getvalue(), (home / "report.html").read_text(encoding="utf-8")])
    assert ADA.name in whole
    assert BO.name not in whole
    assert BO.mrn not in whole


def test_a_method_that_declares_nothing_is_refused_to_every_account(home: Path) -> None:
    @guarded
    class Careless(Clinic):
        def leak(self) -> str:
            return "everything"

        @staticmethod
        def leak_all() -> str:
            return "everything"

        @classmethod
        def leak_some(cls) -> str:
            return "something"

    with opened(home, MARIA) as clinic:
        with pytest.raises(NotAllowed):
            Careless.leak_all()
        with pytest.raises(NotAllowed):
            Careless.leak_some()
        careless = Careless(clinic._store, clinic.location, clinic.today, clinic.settings, clinic.region, clinic._gate)
        with pytest.raises(NotAllowed):
            careless.leak()


# What the audit is told


def test_each_look_is_told_once_for_each_patient_view_and_session(home: Path) -> None:
    for _ in range(2):
        with opened(home, VERA) as clinic:
            for _ in range(3):
                clinic.patient_page(ADA.mrn)
                clinic.timeline(ADA.mrn)
                clinic.grid(ADA.mrn)
                clinic.worklist_window(0, 5)
                clinic.overview()
                list(clinic.assess())
            clinic.patient_page(BO.mrn)
    with opened(home, MARIA) as clinic:
        seen = [(who, mrn, detail) for who, _, mrn, detail in actions(clinic, "view") if who == "vera"]
        lists = [detail for who, _, _, detail in actions(clinic, "list") if who == "vera"]
    session = [("vera", ADA.mrn, '{"view":"page"}'), ("vera", ADA.mrn, '{"view":"results"}'), ("vera", BO.mrn, '{"view":"page"}')]
    assert sorted(seen) == sorted(2 * session)
    assert sorted(lists) == sorted(2 * ['{"view":"worklist"}', '{"view":"findings"}'])


def test_a_clinic_without_accounts_is_told_of_no_look(tmp_path: Path) -> None:
    with open_clinic(tmp_path) as clinic:
        clinic.add_patient(ADA)
        clinic.patient_page(ADA.mrn)
        clinic.worklist()
        assert actions(clinic, "view", "list", "denied") == []
        assert clinic.account is None


def test_nobody_who_is_not_there_is_looked_at(home: Path) -> None:
    with opened(home, VERA) as clinic:
        with pytest.raises(NotFound):
            clinic.patient_page("no such")
        assert [detail for who, *_, detail in actions(clinic, "view", "list") if who == "vera"] == ['{"view":"audit"}']


def test_a_look_through_a_clinic_opened_for_reading_is_told_all_the_same(home: Path) -> None:
    with opened(home, PAT, read_only=True) as clinic:
        clinic.own_page(ADA.mrn)
        with pytest.raises(NotAllowed):
            clinic.own_page(BO.mrn)
        assert clinic.unrecorded == 0
    with opened(home, MARIA) as clinic:
        assert [(who, what, mrn) for who, what, mrn, _ in actions(clinic, "view", "denied")] == [
            ("ada", "view", ADA.mrn),
            ("ada", "denied", BO.mrn),
        ]


def test_where_the_audit_cannot_be_written_the_look_is_counted_and_not_refused(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("labtrack.clinic.accounts.time.sleep", lambda _: None)
    monkeypatch.setattr(gate, "_opened", lambda books: None)
    with opened(home, VERA, read_only=True) as clinic:
        assert clinic.patient_page(ADA.mrn).patient == ADA
        assert clinic.unrecorded == 1


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate, "PATIENCE", 1)
    monkeypatch.setattr(gate, "LAST_PATIENCE", 1)


def test_a_look_while_another_program_writes_is_told_afterwards(home: Path, hurried: None) -> None:
    with opened(home, VERA) as clinic:
        with closing(sqlite3.connect(home / "clinic.db", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            clinic.patient_page(ADA.mrn)
            clinic.grid(ADA.mrn)
            other.execute("ROLLBACK")
        clinic.patient_page(ADA.mrn)
        # One that is told in a later second says when it was: on a slow machine these are.
        assert [(mrn, json.loads(detail)["view"]) for who, _, mrn, detail in actions(clinic, "view") if who == "vera"] == [
            (ADA.mrn, "page"),
            (ADA.mrn, "results"),
        ]
        assert clinic.unrecorded == 0


def test_what_could_not_be_told_to_the_end_is_logged_without_a_name(home: Path, hurried: None, caplog: pytest.LogCaptureFixture) -> None:
    clinic = opened(home, VERA)
    with closing(sqlite3.connect(home / "clinic.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        clinic.patient_page(ADA.mrn)
        clinic.close()
        other.execute("ROLLBACK")
    assert clinic.unrecorded == 1
    assert "One look at the record" in caplog.text
    assert ADA.mrn not in caplog.text


def test_a_change_needs_the_lock_as_ever(home: Path, hurried: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("labtrack.store.connection.BUSY_TIMEOUT", 1)
    clinic = opened(home, MARIA)
    with closing(sqlite3.connect(home / "clinic.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(DatabaseLocked):
            clinic.mark_reviewed(ADA.mrn)
        other.execute("ROLLBACK")
    clinic.close()


def test_methods_are_let_in_one_by_one_on_each_thread(home: Path) -> None:
    """A method that runs on one thread opens the gate for no other."""
    from threading import Thread

    with opened(home, PAT) as clinic:
        told: list[bool] = []

        def inside() -> None:
            def ask() -> None:
                try:
                    clinic.patients()
                except NotAllowed:
                    told.append(True)

            other = Thread(target=ask)
            other.start()
            other.join()

        clinic._gate.run(inside, "own_page", ADA.mrn, None)
        assert told == [True]


def test_the_gate_of_a_clinic_without_accounts_is_open(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "clinic.db")
    assert Gate.open(store, Account("anybody", "at all"), lambda: store).user is None
    store.close()
