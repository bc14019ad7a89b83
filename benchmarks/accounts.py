"""What accounts cost: recording a panel and opening a patient with somebody signed in against a clinic without accounts, and signing in.

The two clinics are one file and its copy; calls alternate, so that what the machine does besides meets both alike. Every opening of a
patient with accounts is the first of its session, so that each writes its entry into the audit.
"""

from __future__ import annotations

import shutil
import statistics
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.clinic import TODAY, make, moment, opened
from benchmarks.measure import Line, Section, seconds
from benchmarks.record import PANEL, _checkpoint

if TYPE_CHECKING:
    from labtrack.clinic import Clinic

#: With accounts at most so many times as long.
LIMIT = 1.5
NAME, PASSPHRASE = "maria", "seven quiet herons"


def measure(rounds: int) -> Section:
    """Interleaved medians."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        without = make(folder / "without.db", folder, 12_000)
        _checkpoint(without)
        guarded = folder / "guarded.db"
        shutil.copy(without, guarded)
        with opened(guarded) as clinic:
            clinic.add_user(NAME, "clinician", PASSPHRASE)
        entries = [seconds(lambda: _signed_in(guarded).close()) for _ in range(max(3, rounds // 20))]
        with opened(without) as plain, _signed_in(guarded) as asked:
            panels = _panels(plain, asked, rounds)
            pages = _pages(plain, asked, rounds)
    section = Section("Accounts")
    section.lines = [
        Line("recording a panel, signed in", statistics.median(panels[1]), "without accounts", statistics.median(panels[0]), LIMIT),
        Line("opening a patient, signed in", statistics.median(pages[1]), "without accounts", statistics.median(pages[0]), LIMIT),
        Line("signing in", statistics.median(entries), "1 s", 1.0, 1.0),
    ]
    what = "Opening a patient is the page and the grid of results, with their two entries in the audit."
    section.notes = [f"Signing in is argon2id with 64 MiB, opening the clinic, and an entry in the audit. {what}"]
    return section


def _signed_in(path: Path) -> Clinic:
    from labtrack.clinic import Clinic, Settings
    from labtrack.clinic.accounts import Account

    return Clinic.open(path, today=TODAY, settings=Settings(), create=False, account=Account(NAME, PASSPHRASE))


def _panels(plain: Clinic, asked: Clinic, rounds: int) -> tuple[list[float], list[float]]:
    from labtrack.clinic.recording import Entry
    from labtrack.core.record import CollectedAt

    entries = [Entry(*each) for each in PANEL]
    people = [each.mrn for each in plain.patients()]
    found: tuple[list[float], list[float]] = ([], [])
    for place in range(rounds):
        when = moment(place)
        at, mrn = CollectedAt(when.date(), when.time()), people[place % len(people)]
        for clinic, times in zip((plain, asked), found, strict=True):
            times.append(seconds(lambda clinic=clinic, at=at, mrn=mrn: clinic.record(mrn, entries, at)))  # type: ignore[misc]
    return found


def _pages(plain: Clinic, asked: Clinic, rounds: int) -> tuple[list[float], list[float]]:
    people = [each.mrn for each in plain.patients()]
    found: tuple[list[float], list[float]] = ([], [])

    def look(clinic: Clinic, mrn: str) -> None:
        clinic.patient_page(mrn)
        clinic.grid(mrn)

    for clinic in (plain, asked):
        look(clinic, people[0])
    for place in range(rounds):
        asked._gate._told.clear()  # as in a session of its own
        mrn = people[place % len(people)]
        for clinic, times in zip((plain, asked), found, strict=True):
            times.append(seconds(lambda clinic=clinic, mrn=mrn: look(clinic, mrn)))  # type: ignore[misc]
    return found


if __name__ == "__main__":
    from benchmarks.measure import summary

    print(summary(measure(200).lines))
