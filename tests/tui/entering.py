"""What the tests of entering results share: a form that is open, keys typed into it, what it then shows."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.tui.conftest import WIDE, opening_of, settled, until
from textual.pilot import Pilot

from labtrack.tui.app import LabtrackApp
from labtrack.tui.screens.new_results import NewResultsScreen
from labtrack.tui.widgets.value_line import ValueLine

#: A patient of the sample clinic on baricitinib, all in range but for the lymphocytes; LDL baseline 101.
MRN = "DEMO-04"
#: A set that asks nothing: LDL 150 is 48.5 % above the baseline.
SET = {
    "hb": "13.4", "wbc": "5.4", "anc": "3.1", "alc": "1.8", "plt": "290", "alt": "41", "ast": "22", "ldl": "150", "hdl": "61",
    "tg": "99", "creatinine": "0.72", "crp": "0.9",
}  # fmt: skip

Running = Pilot[int]


@asynccontextmanager
async def entering(place: Path, mrn: str = MRN, size: tuple[int, int] = WIDE) -> AsyncIterator[tuple[Running, NewResultsScreen]]:
    """An app with the form of one patient open."""
    app = LabtrackApp(opening_of(place))
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        yield pilot, await opened(pilot, mrn)


async def opened(pilot: Running, mrn: str = MRN) -> NewResultsScreen:
    """The form of one patient, opened on top."""
    app = pilot.app
    assert isinstance(app, LabtrackApp)
    await app.go("new-results", mrn)
    screen = app.screen
    assert isinstance(screen, NewResultsScreen)
    await until(pilot, lambda: screen.is_ready)
    return screen


async def type_in(pilot: Running, text: str) -> None:
    """Text, key by key, as quickly as a person can."""
    await pilot.press(*({"\n": "enter"}.get(character, character) for character in text))


async def enter(pilot: Running, screen: NewResultsScreen, **values: str) -> None:
    """Values into their fields, and what they mean."""
    for key, text in values.items():
        screen.form.focus_line(line_of(screen, key))
        await type_in(pilot, text)
    await meant(pilot, screen)


async def meant(pilot: Running, screen: NewResultsScreen) -> None:
    """Until the meaning of what stands there is shown."""
    await until(pilot, lambda: not screen.latest.is_running)


def line_of(screen: NewResultsScreen, key: str) -> ValueLine:
    """The line of an analyte."""
    return next(each for each in screen.form.lines if each.line.analyte == key)
