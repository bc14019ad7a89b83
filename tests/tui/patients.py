"""Clinics and steps that the tests of the patient screen share."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, time
from pathlib import Path
from typing import Any

from tests.clinic.homes import ADA, SCREENING, START, entries
from tests.tui.conftest import HOSTILE, TODAY, WIDE, hostile_patient, opening_of, settled
from textual.events import Paste
from textual.pilot import Pilot

from labtrack.clinic import Clinic, Entry, Settings
from labtrack.core.record import CollectedAt
from labtrack.tui.app import LabtrackApp

BEFORE, MIDDLE, DAY = date(2026, 2, 20), date(2026, 5, 26), date(2026, 11, 19)


def ada_file(folder: Path) -> Path:
    """Ada on baricitinib: screened but for two items, an urgent ANC, an LDL risen by 40 %, one value amended."""
    place = folder / "ada.db"
    with Clinic.open(place, today=TODAY, settings=Settings(), actor="m.ruiz") as clinic:
        clinic.add_patient(ADA)
        clinic.start_course(ADA.mrn, "baricitinib", 2.0, "daily", START)
        for item in SCREENING[2:]:
            clinic.add_event(ADA.mrn, item, BEFORE)
        clinic.record(ADA.mrn, entries(anc="3.1 10*9/L", hb="12.9 g/dL", ldl="108 mg/dL"), CollectedAt(BEFORE, time(8)), "City Lab")
        (hb,) = clinic.record(ADA.mrn, entries(hb="9.9 g/dL"), CollectedAt(MIDDLE, time(8)), "City Lab").results
        clinic.amend(hb.result_id, "12.8", "", "typing error")
        clinic.record(ADA.mrn, entries(anc="0.82 10*9/L", hb="12.7 g/dL", ldl="152 mg/dL"), CollectedAt(DAY, time(8)), "City Lab", "S1")
    return place


def hostile_file(folder: Path) -> Path:
    """Patients with hostile names, each with hostile notes, laboratories and reasons; MRN H0, H1, …"""
    place = folder / "hostile.db"
    with Clinic.open(place, today=TODAY, settings=Settings(), actor="[red]me[/]") as clinic:
        for number, name in enumerate(HOSTILE):
            kept = name.replace("\x1b", "")  # the clinic itself refuses control characters
            mrn = f"H{number}"
            clinic.add_patient(hostile_patient(mrn, kept))
            clinic.start_course(mrn, "baricitinib", 2.0, "daily", START, reason=kept)
            clinic.add_event(mrn, "herpes-zoster", DAY, kept)
            clinic.add_event(mrn, "screen-tb", BEFORE, kept)
            clinic.hold(mrn, f"other: {kept}", DAY)
            clinic.record(
                mrn, [Entry("anc", "[bold]hemolyzed", "10*9/L"), Entry("hb", "7.1", "g/dL")], CollectedAt(DAY), kept[:40], kept[:40]
            )
            clinic.acknowledge(mrn, "hb-below-8", kept)
    return place


@asynccontextmanager
async def running(
    place: Path, size: tuple[int, int] = WIDE, settings: Settings | None = None
) -> AsyncIterator[tuple[LabtrackApp, Pilot[Any]]]:
    """The clinicians' app on a file."""
    app = LabtrackApp(opening_of(place, settings=settings))
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        yield app, pilot


@asynccontextmanager
async def patient_open(
    place: Path, mrn: str = ADA.mrn, size: tuple[int, int] = WIDE, tab: str = "overview"
) -> AsyncIterator[tuple[LabtrackApp, Pilot[Any]]]:
    """The app with one patient's screen open."""
    async with running(place, size) as (app, pilot):
        await app.go("patient", mrn, tab)
        await settled(pilot)
        yield app, pilot


async def press(pilot: Pilot[Any], *keys: str) -> None:
    """Press keys one after the other, waiting after each."""
    for key in keys:
        await pilot.press(key)
        await settled(pilot)


async def write(pilot: Pilot[Any], text: str) -> None:
    """Paste a text into the focused field, in place of what stands there."""
    await pilot.press("end", "shift+home", "delete")
    if text and pilot.app.focused is not None:
        pilot.app.focused.post_message(Paste(text))
    await settled(pilot)


def asked(place: Path) -> Clinic:
    """The clinic behind the app, to be closed by the caller."""
    return Clinic.open(place, today=TODAY, settings=Settings(), actor="test")
