"""What encryption costs, and what accounts, audit and encryption cost together: recording a panel, opening a patient, the unlock itself."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.accounts import NAME, PASSPHRASE, _signed_in
from benchmarks.clinic import make, moment, opened
from benchmarks.measure import Line, Section, interleaved, seconds, shown
from benchmarks.record import PANEL

if TYPE_CHECKING:
    from labtrack.clinic import Clinic

#: Accounts, audit and encryption together may cost so many times the clinic in clear that asks nobody.
LIMIT = 1.5
UNLOCK = 1.0


def measure(rounds: int) -> Section:
    """Medians of one call each, in turn, on the same clinic in clear and encrypted."""
    from labtrack.store import cipher
    from labtrack.store.conversion import convert

    with tempfile.TemporaryDirectory() as temporary, ExitStack() as stack:
        folder = Path(temporary)
        plain = make(folder / "plain.db", folder, 12_000)
        keyed = folder / "keyed.db"
        _whole(plain)
        shutil.copy(plain, keyed)
        took = seconds(lambda: convert(keyed, cipher.new_key(PASSPHRASE)))
        cipher.forget()
        unlocks = sorted(seconds(lambda: (cipher.forget(), cipher.unlock(keyed, PASSPHRASE))) for _ in range(max(rounds // 20, 3)))
        both = _both(plain, folder / "both.db")
        clinics = {
            "plain": stack.enter_context(opened(plain)),
            "encrypted": stack.enter_context(opened(keyed)),
            "both": stack.enter_context(_signed_in(both)),
        }
        bare = stack.enter_context(opened(shutil.copy(plain, folder / "bare.db")))
        rounds = min(rounds, len(clinics["plain"].patients()))  # each look is a patient's first of its session, and audited
        calls = {name: _recording(clinic) for name, clinic in clinics.items()}
        recording = interleaved({**calls, "bare": _unaudited(_recording(bare))}, rounds)
        opening = interleaved({name: _opening(clinic) for name, clinic in clinics.items()}, rounds)
        anew = interleaved({"plain": lambda: _anew(plain), "encrypted": lambda: _anew(keyed)}, max(rounds // 10, 3))
        size = keyed.stat().st_size / plain.stat().st_size
    section = Section("Encryption at rest")
    section.lines = [
        Line("recording a panel of 12, encrypted", recording["encrypted"], "the same in clear", recording["plain"], LIMIT),
        Line("opening a patient, encrypted", opening["encrypted"], "the same in clear", opening["plain"], LIMIT),
        Line("recording, encrypted, signed in and audited", recording["both"], "in clear, without any of them", recording["bare"], LIMIT),
        Line("opening a patient, encrypted, signed in and audited", opening["both"], "in clear, without any", opening["plain"], LIMIT),
        Line("opening the clinic and one patient, unlocked", anew["encrypted"], "the same in clear", anew["plain"], None),
        Line("unlocking with the passphrase", unlocks[len(unlocks) // 2], "a second", UNLOCK, 1.0),
    ]
    section.notes = [f"Encrypting this clinic took {shown(took)}, comparison and check included; its file is then {size:.2f} × as large."]
    return section


def _both(plain: Path, path: Path) -> Path:
    """An encrypted copy with an account."""
    from labtrack.store import cipher
    from labtrack.store.conversion import convert

    shutil.copy(plain, path)
    with opened(path) as clinic:
        clinic.add_user(NAME, "clinician", PASSPHRASE)
    convert(path, cipher.new_key(PASSPHRASE))
    return path


def _whole(path: Path) -> None:
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _recording(clinic: Clinic) -> Callable[[], object]:
    """Record a panel for the next patient, at the next moment."""
    from labtrack.clinic.recording import Entry
    from labtrack.core.record import CollectedAt

    entries = [Entry(*each) for each in PANEL]
    people = [each.mrn for each in clinic.patients()]
    place = 0

    def record() -> object:
        nonlocal place
        place += 1
        when = moment(place)
        return clinic.record(people[place % len(people)], entries, CollectedAt(when.date(), when.time()))

    return record


def _unaudited(call: Callable[[], object]) -> Callable[[], object]:
    """The call in a program that writes no audit and seals no record."""
    from unittest.mock import patch

    from labtrack.store.seals import Seals
    from labtrack.store.writer import Writer

    def nothing(*_: object) -> None:
        """In place of what is left out."""

    def bare() -> object:
        with patch.multiple(Writer, audit=nothing, finish=nothing), patch.multiple(Seals, row=nothing, rows=nothing, review=nothing):
            return call()

    return bare


def _opening(clinic: Clinic) -> Callable[[], object]:
    """What the patient's screen asks for, of the next patient."""
    people = [each.mrn for each in clinic.patients()]
    place = 0

    def look() -> object:
        nonlocal place
        place += 1
        mrn = people[place % len(people)]
        return clinic.patient_page(mrn), clinic.grid(mrn)

    return look


def _anew(path: Path) -> object:
    """A new connection, cold: the key is known."""
    with opened(path) as clinic:
        return clinic.patient_page(clinic.patients()[0].mrn)


if __name__ == "__main__":
    from benchmarks.measure import summary

    found = measure(300)
    print(summary(found.lines), *found.notes, sep="\n\n")
