"""Keys that come while a form is opening: each in its field, in order, whatever is slow."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from tests.tui.conftest import opening_of, screen_text, settled, until
from tests.tui.entering import MRN, line_of
from tests.tui.test_key_order import burst
from textual.events import Key
from textual.pilot import Pilot

from labtrack.clinic.drafts import Draft, DraftValue
from labtrack.tui.app import LabtrackApp
from labtrack.tui.dialogs.confirm import ConfirmDialog
from labtrack.tui.screens.new_results import NewResultsScreen
from labtrack.tui.typed_ahead import AT_ONCE, TypedAhead

#: Hb, nothing, ANC, then the next panel: ALT, nothing; back by arrows and forth again; LDL.
KEYS = [*"12.9", "enter", "enter", *"0.82", "enter", "tab", *"22", "up", "down", "enter", *"19", "tab", *"152", "backspace", "1", "enter"]
MEANT = {"hb": "12.9", "anc": "0.82", "alt": "22", "ast": "19", "ldl": "151"}


@asynccontextmanager
async def opening(place: Path) -> AsyncIterator[tuple[Pilot[int], LabtrackApp, NewResultsScreen]]:
    """A form that is not there yet."""
    app = LabtrackApp(opening_of(place))
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        screen = app.place("new-results", MRN)
        assert isinstance(screen, NewResultsScreen)
        app.push_screen(screen)
        yield pilot, app, screen


@pytest.mark.parametrize("turns", [0, 2, 15])
@pytest.mark.parametrize("busy", [0.0, 0.15])
async def test_each_value_reaches_its_field_however_slowly_the_form_opens(clinic_file: Path, turns: int, busy: float) -> None:
    async with opening(clinic_file) as (pilot, app, screen):
        for name in KEYS:
            burst(app, name)
            for _ in range(turns):
                await asyncio.sleep(0)
            if busy and name == "enter" and screen.is_mounted:
                screen.call_next(asyncio.sleep, busy)
                busy = 0
        await until(pilot, lambda: screen.is_ready and not screen.ahead.is_waiting)
        await settled(pilot)
        assert {line.line.analyte: line.field.value for line in screen.form.typed} == MEANT


async def test_what_was_typed_before_a_draft_is_offered_is_not_put_beside_it(clinic_file: Path) -> None:
    async with opening(clinic_file) as (pilot, app, screen):
        await until(pilot, lambda: screen.is_ready and not screen.ahead.is_waiting)
        await screen.ask(lambda each: each.drafts.keep(MRN, Draft("today", "", (DraftValue("hb", "13", "g/dL"),), "then")))
        again = app.place("new-results", MRN)
        assert isinstance(again, NewResultsScreen)
        app.push_screen(again)
        for name in [*"12.9", "enter"]:
            burst(app, name)
        await until(pilot, lambda: isinstance(app.screen, ConfirmDialog))
        assert "What you typed before this question is not taken" in screen_text(app)
        await pilot.press("enter")
        await until(pilot, lambda: app.screen is again and not again.ahead.is_waiting)
        assert {line.line.analyte: line.field.value for line in again.form.typed} == {"hb": "13"}
        await pilot.press("5", "enter")
        await settled(pilot)
        assert line_of(again, "wbc").field.value == "5"


async def test_escape_leaves_a_form_that_is_still_opening(clinic_file: Path) -> None:
    async with opening(clinic_file) as (pilot, app, screen):
        burst(app, "escape")
        await until(pilot, lambda: screen not in app.screen_stack)


async def test_nothing_typed_ahead_reaches_another_screen(clinic_file: Path) -> None:
    async with opening(clinic_file) as (pilot, app, screen):
        await until(pilot, lambda: not screen.ahead.is_waiting)
        await pilot.press("f6")
        ahead = TypedAhead()
        for name in "129":
            assert ahead.keeps(Key(name, name))
        app.show_help()
        await until(pilot, lambda: app.screen is not screen)
        await ahead.give(app, screen)
        await settled(pilot)
        assert not ahead.is_waiting
        assert not ahead
        assert screen.form.typed == []


@pytest.mark.parametrize("name", sorted(AT_ONCE))
def test_some_keys_never_wait(name: str) -> None:
    ahead = TypedAhead()
    assert not ahead.keeps(Key(name, None))
    assert len(ahead) == 0


def test_keys_wait_only_until_the_screen_is_there() -> None:
    ahead = TypedAhead()
    assert ahead.keeps(Key("1", "1"))
    assert len(ahead) == 1
    ahead.end()
    assert not ahead.keeps(Key("2", "2"))
    assert len(ahead) == 0
