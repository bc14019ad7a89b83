"""Keys that all come in one instant, as over a slow line: each acts where the one before it led."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from tests.tui.conftest import settled, until
from tests.tui.entering import MRN, entering, line_of
from textual.events import Key
from textual.keys import _character_to_key
from textual.widgets import Input

from labtrack.tui.app import LabtrackApp
from labtrack.tui.dialogs.pick_patient import PickPatientDialog
from labtrack.tui.screens.new_results import NewResultsScreen
from labtrack.tui.screens.patient import PatientScreen
from labtrack.tui.screens.worklist import WorklistScreen
from labtrack.tui.widgets.form import Form


def burst(app: LabtrackApp, *names: str) -> None:
    """All keys at once, as the terminal does it: at the end of what the app has to do."""
    for name in names:
        app.post_message(Key(_character_to_key(name), name) if len(name) == 1 else Key(name, None))


async def test_a_whole_panel_in_one_instant(clinic_file: Path) -> None:
    async with entering(clinic_file) as (pilot, screen):
        keys = (*"12.8", "backspace", "9", "enter", "enter", *"0.82", "left", "left", "8", "tab", *"22", "f4", "enter", *"19")
        found = ("ctrl+f", *"ldl", "enter", *"152", "up", "up", "down", "ctrl+f", *"alb", "enter", "4", "enter")
        burst(screen.labtrack, *keys, *found)
        await until(pilot, lambda: len(screen.form.typed) == 6)
        await settled(pilot)
        values = {line.line.analyte: line.field.value for line in screen.form.typed}
        assert values == {"hb": "12.9", "anc": "0.882", "alt": "22", "ast": "19", "ldl": "152", "albumin": "4"}
        assert line_of(screen, "alt").unit != line_of(screen, "alt").line.unit or len(line_of(screen, "alt").line.units) == 1
        assert line_of(screen, "ast").unit == line_of(screen, "ast").line.unit


async def test_a_search_its_answer_its_form_and_its_values(app: LabtrackApp) -> None:
    """Whoever stood under the cursor before gets none of it."""
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        burst(app, "/", *MRN, "enter", "n", *"12.9", "enter", "tab", *"22", "enter")
        await until(pilot, lambda: isinstance(app.screen, NewResultsScreen) and not app.screen.ahead.is_waiting)
        await settled(pilot)
        screen = app.screen
        assert isinstance(screen, NewResultsScreen)
        assert screen.mrn == MRN
        assert {line.line.analyte: line.field.value for line in screen.form.typed} == {"hb": "12.9", "alt": "22"}


async def test_a_patient_opened_from_the_list_and_then_their_form(app: LabtrackApp) -> None:
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        burst(app, "/", *MRN, "enter", "enter", "n", *"12.9")
        await until(pilot, lambda: isinstance(app.screen, NewResultsScreen) and not app.screen.ahead.is_waiting)
        await settled(pilot)
        screen = app.screen
        assert isinstance(screen, NewResultsScreen)
        assert screen.mrn == MRN
        assert isinstance(app.screen_stack[-2], PatientScreen)
        assert {line.line.analyte: line.field.value for line in screen.form.typed} == {"hb": "12.9"}


async def test_a_kind_is_listed_before_the_next_key_is_about_somebody(app: LabtrackApp) -> None:
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        burst(app, "9", "enter")
        await until(pilot, lambda: isinstance(app.screen, PatientScreen))
        home = app.screen_stack[0]
        assert isinstance(home, WorklistScreen)
        assert home.kind
        assert home.chosen is not None
        assert getattr(app.screen, "mrn", None) == home.chosen.mrn


@pytest.mark.parametrize(("typed", "taken"), [(MRN, MRN), ("demo-0", None), ("nobody at all", None)])
async def test_nobody_is_picked_from_a_list_that_was_not_shown(app: LabtrackApp, typed: str, taken: str | None) -> None:
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        answers: list[str | None] = []
        app.push_screen(app.place("pick-patient"), answers.append)
        await settled(pilot)
        burst(app, *typed, "enter")
        await settled(pilot)
        assert answers == ([taken] if taken else [])
        assert isinstance(app.screen, PickPatientDialog) == (taken is None)


async def test_tab_parts_what_is_typed_into_any_form(app: LabtrackApp) -> None:
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        await pilot.press("p")
        await until(pilot, lambda: bool(app.screen.query(Form)))
        await settled(pilot)
        fields = list(app.screen.query(Input))[:2]
        app.screen.set_focus(fields[0])
        burst(app, *"ab", "backspace", "tab", *"cd")
        await settled(pilot)
        assert [each.value for each in fields] == ["a", "cd"]


async def test_text_that_is_stuck_holds_no_key_for_ever(clinic_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("labtrack.tui.key_order._PATIENCE", 0.01)
    async with entering(clinic_file) as (pilot, screen):
        free = asyncio.Event()
        field, below = line_of(screen, "hb").field, line_of(screen, "wbc").field
        field.call_next(free.wait)
        burst(screen.labtrack, "5", "down", *"4.1")
        async with asyncio.timeout(30):
            while below.value != "4.1":
                await asyncio.sleep(0.01)
        assert field.value == ""
        free.set()
        await until(pilot, lambda: field.value == "5")
