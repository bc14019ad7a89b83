"""A clinic with two patients and an account of each role, whose passphrases cost a test next to nothing."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from tests.clinic.homes import ADA, TODAY, open_clinic, record, with_ada

from labtrack.clinic import Clinic, Settings, passphrases
from labtrack.clinic.accounts import Account
from labtrack.core.record import Patient, Sex

#: Another patient, whom Ada's own account must never meet.
BO = Patient("20042", "Beringer, Bo", date(1951, 7, 3), Sex.MALE)
WORDS = "seven quiet herons"
MARIA, VERA, PAT = (Account(name, WORDS) for name in ("maria", "vera", "ada"))


def cheap_passphrases(patch: pytest.MonkeyPatch) -> None:
    """argon2 with the least it takes; who nobody is costs as little."""
    from argon2 import PasswordHasher

    light = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    patch.setattr(passphrases, "hasher", lambda: light)
    patch.setattr("labtrack.clinic.accounts.NOBODY", light.hash("nobody knows this one"))


def put_people(clinic: Clinic) -> None:
    """Ada and Bo with a few results, and Maria, Vera and Ada's own account."""
    with_ada(clinic)
    clinic.add_patient(BO)
    clinic.start_course(BO.mrn, "upadacitinib", 15.0, "daily", date(2026, 6, 1))
    record(clinic, date(2026, 3, 1), anc="3.1 10*9/L", ldl="108 mg/dL")
    record(clinic, date(2026, 11, 19), anc="0.82 10*9/L", ldl="152 mg/dL")
    clinic.add_user("maria", "clinician", WORDS)


def add_others(clinic: Clinic) -> None:
    """The accounts that a clinician makes."""
    clinic.add_user("vera", "viewer", WORDS)
    clinic.add_user("ada", "patient", WORDS, ADA.mrn)


def make(folder: Path) -> Path:
    """The clinic's file: made once, then copied."""
    if not _MADE:
        _MADE.append(_made(folder).read_bytes())
    else:
        (folder / "clinic.db").write_bytes(_MADE[0])
    return folder / "clinic.db"


_MADE: list[bytes] = []


def _made(folder: Path) -> Path:
    with open_clinic(folder) as clinic:
        put_people(clinic)
    with opened(folder, MARIA) as clinic:
        add_others(clinic)
    return folder / "clinic.db"


def opened(folder: Path, account: Account | None = None, *, read_only: bool = False) -> Clinic:
    """The clinic of a folder, as somebody."""
    path = folder / "clinic.db"
    return Clinic.open(path, today=TODAY, settings=Settings(), actor="machine", create=False, read_only=read_only, account=account)


def actions(clinic: Clinic, *wanted: str) -> list[tuple[str, str, str, str]]:
    """(who, what, MRN, detail) of the audit's entries of some actions."""
    rows = [(str(row["actor"]), str(row["action"]), str(row["mrn"]), str(row["detail"])) for row in clinic.audit()]
    return [row for row in rows if row[1] in wanted]
