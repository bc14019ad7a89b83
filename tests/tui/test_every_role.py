"""Every screen and dialog under every role: every key that works there is pressed, and nothing is changed or shown that is not theirs.

The screens are found in the code, so that a new one fails here until it says how it is opened. What each method of the clinic answers to
each role is tried below the screens (tests/clinic/test_gate.py); here it is what a person can reach with the keyboard.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.clinic.homes import ADA
from tests.clinic.people import BO, PAT, VERA, cheap_passphrases, make
from tests.clinic.test_gate import kept
from tests.tui.conftest import NARROW, breathe, opening_of, screen_text, settled, until
from tests.tui.test_every_key import SCREENS
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import Input

from labtrack.clinic.grid import Cell, Grid, GridRow
from labtrack.clinic.mappings import beginning
from labtrack.core.errors import DatabaseUnavailable, PassphraseNeeded
from labtrack.tui.app import PLACES, LabtrackApp
from labtrack.tui.dialogs.choose_file import ChooseFileDialog
from labtrack.tui.dialogs.form import FormDialog
from labtrack.tui.dialogs.help import HelpDialog
from labtrack.tui.dialogs.map_columns import MapColumnsDialog
from labtrack.tui.dialogs.save_copy import SaveCopyDialog
from labtrack.tui.dialogs.value import ValueDialog
from labtrack.tui.own_page_app import OwnPageApp
from labtrack.tui.screens.sign_in import SignInScreen
from labtrack.tui.screens.trouble import TroubleScreen
from labtrack.tui.screens.unlock import UnlockScreen
from labtrack.tui.screens.worklist import WorklistScreen
from labtrack.tui.widgets.form import Field

Made = Screen[Any]
#: Not pressed: they end the app, the test with it.
ENDING = frozenset({"quit", "app.quit", "help_quit"})
#: Not pressed: they put another clinic, made at once, in the place of the one that is tried.
ELSEWHERE = frozenset({"ctrl+n", "ctrl+t"})
#: What is typed into every field before its keys are pressed; a form that takes it would write it.
TYPED = "12.4"


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    cheap_passphrases(monkeypatch)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    make(tmp_path)
    return tmp_path


def _value(app: LabtrackApp, mrn: str, folder: Path) -> Made:
    """The newest value of the first row, as a clinician sees it: a viewer gets there by the grid, a patient must not."""
    from tests.clinic.people import MARIA, opened

    with opened(folder, MARIA) as clinic:
        grid: Grid = clinic.grid(mrn)
    row, cell = _first(grid)
    return ValueDialog(mrn, row, cell)


def _first(grid: Grid) -> tuple[GridRow, Cell]:
    return next((row, cell) for row in grid.rows for cell in row.cells.values() if cell.results)


def _saved(app: LabtrackApp, mrn: str, folder: Path) -> Made:
    """What is shown after saving; its keys would take the set back."""
    from labtrack.clinic.recording import Recorded
    from labtrack.tui.screens.saved_results import SavedResultsScreen

    return SavedResultsScreen(Recorded(BO if mrn == BO.mrn else ADA, (), ()), None, {"anc": "ANC"})


def _mapped(app: LabtrackApp, mrn: str, folder: Path) -> Made:
    place = folder / "city.csv"
    place.write_text("Patient No,Test,Result,When\n1,Hb,12.4,2026-11-01\n", encoding="utf-8")
    return MapColumnsDialog(beginning(place), place.name)


def _place(name: str, *arguments: Any) -> Callable[[LabtrackApp, str, Path], Made]:
    """A screen that the app itself opens by a name; ``MRN`` stands for the patient's."""
    return lambda app, mrn, folder: app.place(name, *(mrn if each == "MRN" else each for each in arguments))


#: How every screen and dialog of ours is made, for the patient of an MRN. Opened past what the app refuses by itself.
MADE: dict[str, Callable[[LabtrackApp, str, Path], Made]] = {
    "PatientScreen": _place("patient", "MRN"),
    "NewResultsScreen": _place("new-results", "MRN"),
    "PatientFormScreen": _place("patient-form", "MRN"),
    "ImportScreen": _place("import"),
    "RuleScreen": _place("rule", "anc-below-1", "MRN"),
    "SettingsScreen": _place("settings"),
    "OwnPageScreen": _place("own-page", "MRN"),
    "WelcomeScreen": _place("welcome"),
    "ChooseFileDialog": lambda app, mrn, folder: ChooseFileDialog("Choose", start=folder),
    "MapColumnsDialog": _mapped,
    "ExportDialog": _place("export", "MRN"),
    "AcknowledgeDialog": _place("acknowledge", "MRN", "anc-below-1"),
    "ConfirmDialog": _place("confirm", "Sure?", "Really?"),
    "FirstAccountDialog": _place("first-account"),
    "AskTextDialog": _place("ask-text", "Name it", "Name"),
    "PressKeyDialog": _place("press-key", "Find"),
    "PickDialog": _place("pick", "Choose", ["one", "two"]),
    "PickPatientDialog": _place("pick-patient"),
    "WorklistScreen": lambda app, mrn, folder: WorklistScreen(),
    "SavedResultsScreen": _saved,
    "SignInScreen": lambda app, mrn, folder: SignInScreen("vera"),
    "UnlockScreen": lambda app, mrn, folder: UnlockScreen(PassphraseNeeded("It is encrypted.", "Type it.", folder / "clinic.db")),
    "TroubleScreen": lambda app, mrn, folder: TroubleScreen(DatabaseUnavailable("The clinic is away.", "Look for it.")),
    "FormDialog": lambda app, mrn, folder: FormDialog(
        "Weight", [Field("weight", "Weight")], lambda clinic, said: clinic.edit_patient(mrn, weight_kg=12.4) and []
    ),
    "HelpDialog": lambda app, mrn, folder: HelpDialog("Help"),
    "SignDialog": _place("sign", "A clinician does this."),
    "SaveCopyDialog": lambda app, mrn, folder: SaveCopyDialog(folder / "copied.csv"),
    "ValueDialog": _value,
}
NAMES = sorted(each.__name__ for each in SCREENS)


def test_every_screen_and_dialog_is_tried_here() -> None:
    assert sorted(MADE) == NAMES, "say how the new one is opened: it must be tried under every role"
    assert {kind for _, kind in PLACES.values()} <= set(MADE)


def app_as(home: Path, account: Any) -> LabtrackApp:
    return LabtrackApp(replace(opening_of(home / "clinic.db"), actor="", account=account, user=account.name))


async def alone(app: Any, pilot: Pilot[Any]) -> None:
    """Back to the first screen, whatever was opened."""
    if app.lock.is_on:
        app.lock.uncover()
        await breathe(app)
    while len(app.screen_stack) > 1:
        await pilot.pause()  # a screen that goes while it still reads its fields would be the test's own fault
        if len(app.screen_stack) > 1:
            app.pop_screen()
    await breathe(app)


async def opened_here(app: Any, pilot: Pilot[Any], name: str, mrn: str, home: Path) -> Made:
    """The screen on top, with something typed into each of its fields."""
    await alone(app, pilot)
    screen = MADE[name](app, mrn, home)
    app.push_screen(screen)
    await breathe(app, 6)
    if app.screen is screen:
        for field in screen.query(Input):
            with suppress(Exception):
                field.value = field.value or TYPED
        await breathe(app)
    return screen


def keys_of(app: Any) -> list[str]:
    """Every key of ours that works on the screen as it is now, and what saves, takes back or opens elsewhere."""
    active = app.screen.active_bindings.items()
    ours = {key for key, each in active if "." in (each.binding.id or "") and each.binding.action not in ENDING}
    return sorted((ours | {"ctrl+s", "ctrl+z", "enter"}) - ELSEWHERE)


async def pressed_all(app: Any, pilot: Pilot[Any], name: str, mrn: str, home: Path, look: Callable[[], None]) -> int:
    """Open it, press each of its keys on it, look after each; how many."""
    screen = await opened_here(app, pilot, name, mrn, home)
    look()
    keys = keys_of(app)
    for key in keys:
        if app.lock.is_on or screen not in app.screen_stack:
            screen = await opened_here(app, pilot, name, mrn, home)
        while app.screen is not screen and screen in app.screen_stack:
            await pilot.pause()
            if app.screen is not screen:
                app.pop_screen()
        app.simulate_key(key)  # Pilot.press waits for idleness after each, which is most of the time
        await breathe(app)
        look()
    await settled(pilot)
    look()
    return len(keys)


#: They show what they are given; it comes from a grid, or from having recorded something, both of which a patient is refused.
GIVEN = frozenset({"ValueDialog", "SavedResultsScreen"})
#: Some at a time on one app: to begin one for each would take longer than to press the keys.
PARTS = range(4)


@pytest.mark.slow
@pytest.mark.parametrize("part", PARTS)
async def test_a_viewer_changes_nothing_with_any_key_of_any_screen(home: Path, part: int) -> None:
    before = kept(home)
    app = app_as(home, VERA)
    async with app.run_test(size=NARROW) as pilot:
        await until(pilot, lambda: app.lock.user is not None)
        for name in NAMES[part :: len(PARTS)]:
            assert await pressed_all(app, pilot, name, ADA.mrn, home, lambda: None) > 3
            assert app.is_running, name
            assert kept(home) == before, name
            app.lock.cover()
            await settled(pilot)
            assert isinstance(app.screen, SignInScreen), f"{name}: it can be locked from everywhere"
            assert not any(each in screen_text(app) for each in (ADA.name, ADA.mrn, BO.name, BO.mrn)), name


@pytest.mark.slow
@pytest.mark.parametrize("part", PARTS)
async def test_a_patient_meets_nobody_on_any_screen(home: Path, part: int) -> None:
    """Even in the app that is not theirs, on a screen about somebody else that somehow opened: it stays empty."""
    before = kept(home)
    app = app_as(home, PAT)

    def look() -> None:
        text = screen_text(app) + " ".join(each.message for each in app._notifications)
        for each in (BO.name, "Beringer", ADA.name, "Okafor", "0.82", "152", "upadacitinib", "baricitinib 2"):
            assert each not in text, text

    async with app.run_test(size=NARROW) as pilot:
        await settled(pilot)
        for name in sorted(set(NAMES) - GIVEN)[part :: len(PARTS)]:
            await pressed_all(app, pilot, name, BO.mrn, home, look)
            assert app.is_running, name
    assert kept(home) == before


async def test_no_key_of_the_own_page_leads_away_from_it(home: Path) -> None:
    before = kept(home)
    app = OwnPageApp(replace(opening_of(home / "clinic.db", mrn=ADA.mrn), actor="", account=PAT, user=PAT.name))
    async with app.run_test(size=NARROW) as pilot:
        await until(pilot, lambda: ADA.name in screen_text(app))
        own = app.screen
        for key in [*keys_of(app), "ctrl+p", "f10", "f9", "slash", "n", "i", "p"]:
            await pilot.press(key)
            await settled(pilot)
            assert not any(each in screen_text(app) for each in (BO.name, BO.mrn, "Beringer"))
            assert app.screen is own or isinstance(app.screen, HelpDialog | SaveCopyDialog | SignInScreen), key
            await alone(app, pilot)
            if not app.is_running:
                break
    assert kept(home) == before
