"""The forms of treatment, each by keyboard through the treatment tab; the clinic says afterwards what was recorded."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path
from typing import Any

from tests.clinic.homes import ADA
from tests.tui.conftest import screen_text, settled
from tests.tui.patients import MIDDLE, ada_file, asked, patient_open, press, write
from textual.pilot import Pilot
from textual.widgets import Input, Select

from labtrack.core.record import Hold
from labtrack.tui.app import LabtrackApp
from labtrack.tui.dialogs.form import FormDialog
from labtrack.tui.widgets.form import Form

TODAY = date(2026, 11, 22)


@asynccontextmanager
async def treatment(place: Path, tab: str = "treatment") -> AsyncIterator[tuple[LabtrackApp, Pilot[Any]]]:
    async with patient_open(place, tab=tab) as (app, pilot):
        yield app, pilot


async def fill(app: LabtrackApp, pilot: Pilot[Any], **values: str) -> None:
    """Put values into fields and save."""
    for id, value in values.items():
        control = app.screen.query_one(f"#{id}")
        assert isinstance(control, Input | Select)
        control.value = value
    await settled(pilot)
    await press(pilot, "ctrl+s")


def reasons(app: LabtrackApp) -> dict[str, str]:
    assert isinstance(app.screen, FormDialog), screen_text(app)
    return {row.field.id: row.reason for row in app.screen.query_one(Form).rows if row.reason}


async def test_hold_and_resume(tmp_path: Path) -> None:
    place = ada_file(tmp_path)
    async with treatment(place) as (app, pilot):
        await press(pilot, "h", "ctrl+s")  # the rule met now is offered, today
        assert "ON HOLD since 2026-11-22 (anc-below-1)" in screen_text(app)
        await press(pilot, "h")
        assert not isinstance(app.screen, FormDialog)
        await press(pilot, "r")
        assert "On hold since 2026-11-22 (anc-below-1)." in screen_text(app)
        await fill(app, pilot, on="2026-11-01")
        assert "is not on hold on 2026-11-01" in reasons(app)["on"]
        await fill(app, pilot, on="2026-11-30")
        assert "ON HOLD" in screen_text(app)  # until the day of resumption
    with asked(place) as clinic:
        assert clinic.chart(ADA.mrn).courses[0].holds == (Hold(TODAY, "anc-below-1", date(2026, 11, 30)),)


async def test_a_hold_in_own_words_needs_them(tmp_path: Path) -> None:
    place = ada_file(tmp_path)
    async with treatment(place) as (app, pilot):
        await press(pilot, "h")
        await fill(app, pilot, why="other")
        assert "is not a reason" in reasons(app)["words"]
        await fill(app, pilot, words="[b]travel[/]", on="2026-13-01")
        assert "no such day" in reasons(app)["on"]
        await fill(app, pilot, on="2026-11-20")
        assert "other: [b]travel[/]" in screen_text(app)
    with asked(place) as clinic:
        assert clinic.chart(ADA.mrn).courses[0].holds[0].reason == "other: [b]travel[/]"


async def test_change_of_dose_begins_with_the_dose_as_it_is(tmp_path: Path) -> None:
    place = ada_file(tmp_path)
    async with treatment(place) as (app, pilot):
        await press(pilot, "d")
        assert app.screen.query_one(Form).texts == {"dose": "2", "frequency": "daily", "on": "2026-11-22", "reason": ""}
        await fill(app, pilot, dose="0")
        assert "A dose of 0 mg cannot be" in reasons(app)["dose"]
        await fill(app, pilot, dose="1", on="2020-01-01")
        assert "no open course on 2020-01-01" in reasons(app)["on"]
        await fill(app, pilot, on="2026-11-22", reason="eGFR 48")
        assert "Baricitinib dose changed" in screen_text(app)
        await press(pilot, "d", "ctrl+s")
        assert not isinstance(app.screen, FormDialog)
    with asked(place) as clinic:
        assert [(each.dose_mg, each.reason) for each in clinic.chart(ADA.mrn).courses[0].doses] == [(1.0, "eGFR 48"), (1.0, "")]


async def test_stop_then_start_another(tmp_path: Path) -> None:
    place = ada_file(tmp_path)
    async with treatment(place) as (app, pilot):
        await press(pilot, "s")
        await fill(app, pilot, drug="upadacitinib", dose="15")
        assert "still open" in reasons(app)["on"]
        await press(pilot, "escape", "escape", "x", "ctrl+s")
        assert set(reasons(app)) == {"reason"}
        await fill(app, pilot, reason="switch", on="2026-11-20")
        assert "stopped on 2026-11-20" in screen_text(app)
        await press(pilot, "x")
        assert not isinstance(app.screen, FormDialog)
        await press(pilot, "s")
        await fill(app, pilot, drug="upadacitinib", dose="15", on="2026-11-21")
        assert "upadacitinib 15 mg daily since 2026-11-21 (week 0)" in screen_text(app)
    with asked(place) as clinic:
        courses = clinic.chart(ADA.mrn).courses
    assert [(each.drug, each.stop_on, each.reason) for each in courses] == [
        ("baricitinib", date(2026, 11, 20), "switch"), ("upadacitinib", None, ""),
    ]  # fmt: skip


async def test_events_are_added_and_ended(tmp_path: Path) -> None:
    place = ada_file(tmp_path)
    async with treatment(place) as (app, pilot):
        await press(pilot, "f")
        assert not isinstance(app.screen, FormDialog)
        await press(pilot, "i", "ctrl+s")
        assert set(reasons(app)) == {"kind"}
        await fill(app, pilot, kind="herpes-zoster", on="2027-01-01", note="[@click=app.quit]left[/]")
        assert "after today" in reasons(app)["on"]
        await fill(app, pilot, on="2026-11-20")
        assert "[@click=app.quit]left[/]" in screen_text(app)
        await press(pilot, "f")
        await fill(app, pilot, on="2026-11-19")
        assert "No open herpes-zoster" in reasons(app)["on"]
        await fill(app, pilot, on="2026-11-21")
        assert "2026-11-20 – 2026-11-21" in screen_text(app)
    with asked(place) as clinic:
        (zoster,) = (each for each in clinic.chart(ADA.mrn).events if each.kind == "herpes-zoster")
    assert (zoster.on, zoster.ended_on) == (date(2026, 11, 20), date(2026, 11, 21))


async def test_another_baseline(tmp_path: Path) -> None:
    place = ada_file(tmp_path)
    async with treatment(place) as (app, pilot):
        await press(pilot, "b")
        await fill(app, pilot, analyte="hb", at="2026-05-27", reason="ill before")
        assert "No usable hb" in reasons(app)["at"]
        await fill(app, pilot, at="yesterday")
        assert set(reasons(app)) == {"at"}
        await fill(app, pilot, at="2026-05-26 08:00")
        assert "Baseline of Hb" in screen_text(app)
    with asked(place) as clinic:
        assert [(each.analyte, each.collected_at.on) for each in clinic.chart(ADA.mrn).pins] == [("hb", MIDDLE)]


async def test_screening_items_are_done_or_declined(tmp_path: Path) -> None:
    place = ada_file(tmp_path)
    async with treatment(place, "screening") as (app, pilot):
        await press(pilot, "home", "enter")
        await write(pilot, "2026-11-20")
        await press(pilot, "tab")
        await write(pilot, "IGRA negative")
        await press(pilot, "enter")
        assert "1 not settled" in screen_text(app)
        await press(pilot, "down", "d", "ctrl+s")
        assert set(reasons(app)) == {"note"}
        await fill(app, pilot, note="refused")
        assert "Every item that applies is settled" in screen_text(app)
    with asked(place) as clinic:
        states = {each.key: (each.state, each.note) for each in clinic.screening(ADA.mrn)}
    assert states["screen-tb"] == ("done", "IGRA negative")
    assert states["screen-hepatitis-b"] == ("declined", "refused")
