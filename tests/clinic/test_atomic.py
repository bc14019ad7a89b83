"""Every write is whole or not at all: whichever statement fails, the clinic is as it was, to the last byte of its dump."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date, time
from pathlib import Path
from typing import Any

import pytest
from tests.clinic.homes import ADA, TODAY, open_clinic, record

from labtrack.clinic import Clinic
from labtrack.core.errors import StoreError
from labtrack.core.record import CollectedAt, Patient
from labtrack.store.connection import Session

DAY = date(2026, 11, 19)
FILES = {
    "patients": "mrn,name,birth_date,sex\n2,Two,1970-01-01,F\n10021,Okafor Ada,,\n",
    "courses": "mrn,drug,dose_mg,frequency,start_on\n2,baricitinib,2,daily,2026-01-01\n",
    "results": (
        "mrn,analyte,value,unit,collected_at,status\n2,anc,0.9,10*9/L,2026-11-20,final\n2,anc,0.8,10*9/L,2026-11-20,corrected\n"
        "10021,anc,0.7,10*9/L,2026-11-20,final\n"
    ),
}


def imported(clinic: Clinic) -> object:
    folder = Path(clinic.location).parent
    for name, text in FILES.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return clinic.import_files([folder / f"{name}.csv" for name in FILES])


CHANGES: dict[str, Callable[[Clinic], object]] = {
    "add patient": lambda it: it.add_patient(Patient("2", "Lind, Per")),
    "edit patient": lambda it: it.edit_patient(ADA.mrn, weight_kg=70.0),
    "start course": lambda it: it.start_course("3", "upadacitinib", 15, "daily", TODAY),
    "change dose": lambda it: it.change_dose(ADA.mrn, 4.0, TODAY),
    "hold": lambda it: it.hold(ADA.mrn, "herpes-zoster", date(2026, 10, 1)),
    "resume": lambda it: it.resume(ADA.mrn, TODAY),
    "stop course": lambda it: it.stop_course(ADA.mrn, "moved away", TODAY),
    "add event": lambda it: it.add_event(ADA.mrn, "surgery", TODAY),
    "end event": lambda it: it.end_event(ADA.mrn, "obesity", TODAY),
    "pin baseline": lambda it: it.pin_baseline(ADA.mrn, "anc", CollectedAt(DAY, time(8)), "chosen"),
    "record results": lambda it: record(it, TODAY, anc="0.8 10*9/L", hb="12.1 g/dL"),
    "amend result": lambda it: it.amend(1, "0.9", "", "typo"),
    "strike result": lambda it: it.strike(2, "another patient"),
    "acknowledge": lambda it: it.acknowledge(ADA.mrn, "anc-below-1", "seen"),
    "import": imported,
}


@pytest.fixture
def treated(ada: Clinic) -> Clinic:
    """A patient to whom every change can be made, and one without treatment."""
    ada.add_patient(Patient("3", "Three"))
    record(ada, DAY, anc="0.82 10*9/L", hb="12.4 g/dL")
    ada.hold(ADA.mrn, "anc-below-1", DAY)
    ada.add_event(ADA.mrn, "obesity", DAY)
    return ada


def dump(clinic: Clinic) -> str:
    with closing(sqlite3.connect(clinic.location)) as connection:
        return "\n".join(connection.iterdump())


class Fault:
    """Lets so many statements pass, then fails once; counts what was run."""

    def __init__(self, passes: int) -> None:
        self.passes = passes
        self.has_failed = False

    def wrap(self, run: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(session: Session, *arguments: Any, **values: Any) -> Any:
            self.passes -= 1
            if self.passes < 0 and not self.has_failed:
                self.has_failed = True
                raise sqlite3.OperationalError("disk I/O error")
            return run(session, *arguments, **values)

        return wrapped


@pytest.fixture
def faulty(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[int], Fault]]:
    originals = {name: getattr(Session, name) for name in ("run", "run_many")}

    def install(passes: int) -> Fault:
        fault = Fault(passes)
        for name, run in originals.items():
            monkeypatch.setattr(Session, name, fault.wrap(run))
        return fault

    yield install
    monkeypatch.undo()


@pytest.mark.parametrize("action", CHANGES)
def test_whichever_statement_fails_nothing_is_left(action: str, treated: Clinic, faulty: Callable[[int], Fault]) -> None:
    before = dump(treated)
    for passes in range(200):
        fault = faulty(passes)  # the first statement fails, then the second, and so on, until none is left to fail
        refusal = ""
        try:
            CHANGES[action](treated)
        except StoreError as error:
            refusal = error.message
        assert ("disk I/O error" in refusal) is fault.has_failed
        if not fault.has_failed:
            break
        assert dump(treated) == before
    faulty(10**9)
    assert passes > 5
    assert dump(treated) != before
    assert treated.verify() == []
    *_, last = treated.audit()
    assert action in {str(each["action"]) for each in treated.audit()}
    assert last["actor"] == "tester"


def test_a_program_that_dies_leaves_nothing(treated: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    before = dump(treated)

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(type(treated.judge), "store", die)
    for action, change in CHANGES.items():
        with pytest.raises(KeyboardInterrupt):
            change(treated)
        assert dump(treated) == before, action


def test_every_change_is_seen_whole_by_others(treated: Clinic, tmp_path: Path) -> None:
    """Between two writes another reader always finds record, segment, verdicts and audit in agreement."""
    with open_clinic(tmp_path, read_only=True) as other:
        for action in sorted(CHANGES, key=lambda each: each == "stop course"):
            CHANGES[action](treated)
            assert other.verify() == []
            assert list(other.assess()) == list(treated.assess())
