"""An app on a clinic of the test's own, and how to wait until a screen has settled."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date
from pathlib import Path
from shutil import copyfile
from typing import Any

import pytest
from textual.pilot import Pilot

from labtrack.clinic import Clinic, Settings
from labtrack.core.judgment import Region
from labtrack.core.record import Patient, Sex
from labtrack.demo import sample_clinic
from labtrack.tui.app import LabtrackApp
from labtrack.tui.opening import Opening

TODAY = date(2026, 11, 22)
WIDE, NARROW = (120, 36), (80, 24)


async def settled(pilot: Pilot[Any], rounds: int = 200) -> None:
    """Wait until the clinic has answered everything and nothing is left to handle; a worker that waits for a person is let be."""
    idle = 0
    for _ in range(rounds):
        await pilot.pause()
        desk = getattr(pilot.app, "desk", None)
        with suppress(RuntimeError):  # a desk that is closed answers nothing more
            if desk is not None:
                await asyncio.wrap_future(desk._thread.submit(lambda: None))
        await pilot.pause()
        running = {worker for worker in pilot.app.workers if not worker.is_finished and worker.group != "_loader"}
        if not running:
            break
        tasks = [worker._task for worker in running if worker._task is not None]
        done, _ = await asyncio.wait(tasks, timeout=0.01, return_when=asyncio.FIRST_COMPLETED) if tasks else (set(), set())
        idle = 0 if done else idle + 1
        if idle == 4:
            break
    await pilot.pause()


async def breathe(app: Any, rounds: int = 3) -> None:
    """Let the app and its clinic handle what was pressed; what takes longer is looked at when everything has settled."""
    for _ in range(rounds):
        await asyncio.sleep(0.002)
        with suppress(RuntimeError):  # a desk that is closed answers nothing more
            await asyncio.wrap_future(app.desk._thread.submit(lambda: None))
    await asyncio.sleep(0.002)


async def until(pilot: Pilot[Any], condition: Callable[[], Any], rounds: int = 100) -> None:
    """Wait for something that a thread or another worker brings about; fails if it never does."""
    for _ in range(rounds):
        await settled(pilot)
        if condition():
            return
    pytest.fail(f"it never came about; on the screen:\n{screen_text(pilot.app)}")


def screen_text(app: Any) -> str:
    """What the screen shows, as lines of text."""
    width, height = app.size
    strips = app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in strip)[:width].rstrip() for strip in strips[:height])


@pytest.fixture(scope="session")
def sample_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample clinic, made once; tests get copies."""
    folder = tmp_path_factory.mktemp("sample")
    place = folder / "clinic.db"
    sample = sample_clinic(TODAY)
    with Clinic.open(place, today=TODAY, settings=Settings(clinic_name="Sample clinic"), actor="demo") as clinic:
        clinic.import_files(list(sample.write(folder)))
        for each in sample.acknowledgements:
            clinic.acknowledge(each.mrn, each.rule, each.reason)
    return place


@pytest.fixture
def clinic_file(sample_file: Path, tmp_path: Path) -> Path:
    """A copy of the sample clinic of about forty patients."""
    place = tmp_path / "sample.db"
    copyfile(sample_file, place)
    return place


@pytest.fixture
def empty_file(tmp_path: Path) -> Path:
    """A clinic without a patient."""
    place = tmp_path / "empty.db"
    Clinic.open(place, today=TODAY, settings=Settings(), actor="test").close()
    return place


@pytest.fixture
def open_clinic() -> Iterator[Callable[[Path], Clinic]]:
    """Opens clinics that are closed at the end of the test."""
    opened: list[Clinic] = []

    def open_one(place: Path) -> Clinic:
        clinic = Clinic.open(place, today=TODAY, settings=Settings(), actor="test")
        opened.append(clinic)
        return clinic

    yield open_one
    for clinic in opened:
        clinic.close()


def opening_of(place: Path | str, *, mrn: str = "", settings: Settings | None = None) -> Opening:
    """What an app is opened with in tests."""
    return Opening(str(place), TODAY, settings or Settings(clinic_name="City Rheumatology"), Region.US, mrn, "m.ruiz")


@pytest.fixture
def app(clinic_file: Path) -> LabtrackApp:
    """The clinicians' app on a copy of the sample clinic."""
    return LabtrackApp(opening_of(clinic_file))


#: Names that must be shown as the text they are.
HOSTILE = ("[bold]x[/]", "[@click=app.quit]y", "z\x1b[31mred", "\u202eRTL \u05d0\u05d1", "n" * 200, "[/bad", "=1+1")


def hostile_patient(mrn: str, name: str) -> Patient:
    """A patient of that name."""
    return Patient(mrn, name, date(1961, 4, 5), Sex.FEMALE)
