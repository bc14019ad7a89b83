"""The app of one patient's page: whatever is pressed, nobody else's name or number is ever on the screen, and nothing can be written."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from tests.tui.conftest import NARROW, WIDE, breathe, opening_of, screen_text, settled
from textual.pilot import Pilot

from labtrack.clinic import Clinic, Settings
from labtrack.core.errors import StoreError
from labtrack.tui.app import PLACES
from labtrack.tui.own_page_app import OwnPageApp
from labtrack.tui.screens.own_page import OwnPageScreen

MRN = "DEMO-01"
#: Keys that a person may press: every letter, digit, function key and what moves.
KEYS = [
    *"abcdefghijklmnopqrstuvwxyz0123456789",
    *(f"f{number}" for number in range(1, 13)),
    *(f"ctrl+{letter}" for letter in "abdefghijklnoprstuvwxyz"),
    "enter", "space", "tab", "shift+tab", "up", "down", "left", "right", "home", "end", "pageup", "pagedown", "escape", "slash",
    "question_mark", "colon", "backspace", "delete", "left_square_bracket", "right_square_bracket", "ctrl+backslash",
]  # fmt: skip


def others(place: Path) -> set[str]:
    """Every other patient's name and number, and the parts of names that nobody shares with the page."""
    with Clinic.open(place, today=date(2026, 11, 22), settings=Settings(), read_only=True) as clinic:
        people = [each for each in clinic.patients() if each.mrn != MRN]
    return (
        {each.name for each in people if each.name}
        | {each.mrn for each in people}
        | {each.name.split(",")[0] for each in people if "," in each.name}
    )


def assert_alone(app: OwnPageApp, names: set[str], after: str) -> None:
    text = screen_text(app)
    notes = " ".join(each.message for each in app._notifications)
    found = {each for each in names if each in text or each in notes}
    assert not found, f"after {after}: {found}"


async def begin(pilot: Pilot[Any], view: str) -> None:
    await settled(pilot)
    if view:
        await pilot.press(view)
        await settled(pilot)


@pytest.mark.parametrize(("view", "size"), [("", WIDE), ("c", NARROW)])
async def test_no_key_shows_anybody_else(clinic_file: Path, view: str, size: tuple[int, int]) -> None:
    names = others(clinic_file)
    assert len(names) > 60
    app: OwnPageApp | None = None
    left = list(KEYS)
    while left:
        app = OwnPageApp(opening_of(clinic_file, mrn=MRN))
        async with app.run_test(size=size) as pilot:
            await begin(pilot, view)
            assert_alone(app, names, "start")
            while left and app.is_running:
                each = left.pop(0)
                app.simulate_key(each)  # Pilot.press waits for idleness after each, which is most of the time
                await breathe(app, 6)
                if app.return_code is not None:
                    break
                assert_alone(app, names, each)
                while len(app.screen_stack) > 1:  # a dialog: what it shows was looked at, now leave it
                    await pilot.pause()
                    app.pop_screen()
                    await breathe(app)
                assert isinstance(app.screen, OwnPageScreen)
                assert app.screen.mrn == MRN
            await settled(pilot)
            if app.return_code is None:
                assert_alone(app, names, "all of them")


async def test_there_is_no_palette_and_no_way_to_other_screens(clinic_file: Path) -> None:
    app = OwnPageApp(opening_of(clinic_file, mrn=MRN))
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        assert not app.ENABLE_COMMAND_PALETTE
        assert not any(hasattr(app, name) for name in ("go", "place", "answer", "action_open"))
        app.action_command_palette()
        await settled(pilot)
        assert isinstance(app.screen, OwnPageScreen)
        actions = {each.binding.action for each in app.screen.active_bindings.values() if each.binding.id}
        assert not any(name in action for name in PLACES for action in actions if name != "export")


async def test_the_clinic_is_open_for_reading_only(clinic_file: Path) -> None:
    before = clinic_file.read_bytes()
    app = OwnPageApp(opening_of(clinic_file, mrn=MRN))
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        assert await app.desk.ask(lambda clinic: clinic.store.database.read_only)
        with pytest.raises(StoreError):
            await app.desk.change(lambda clinic: clinic.edit_patient(MRN, name="x"))
        with pytest.raises(StoreError):
            await app.desk.change(lambda clinic: clinic.hold(MRN, "neutropenia", date(2026, 11, 20)))
    assert clinic_file.read_bytes() == before


async def test_nobody_is_named_as_working_here(clinic_file: Path) -> None:
    app = OwnPageApp(opening_of(clinic_file, mrn=MRN))
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        assert app.actor == ""
        assert "m.ruiz" not in screen_text(app)
