"""The first account is offered when a clinic is begun, and not again."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.clinic.people import WORDS, cheap_passphrases
from tests.tui.conftest import WIDE, opening_of, screen_text, until
from textual.widgets import Input

from labtrack.clinic import Clinic
from labtrack.core.errors import SignInNeeded
from labtrack.tui.app import LabtrackApp
from labtrack.tui.dialogs.first_account import FirstAccountDialog
from labtrack.tui.screens.welcome import WelcomeScreen
from labtrack.tui.screens.worklist import WorklistScreen


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    cheap_passphrases(monkeypatch)


async def test_a_new_clinic_says_that_it_has_no_accounts_and_makes_the_first(tmp_path: Path) -> None:
    opening = opening_of(tmp_path / "new.db")
    app = LabtrackApp(opening)
    async with app.run_test(size=WIDE) as pilot:
        await until(pilot, lambda: isinstance(app.screen, WelcomeScreen))
        await pilot.press("ctrl+n")
        await until(pilot, lambda: isinstance(app.screen, WorklistScreen))
        assert any("no accounts" in each.message for each in app._notifications)
        await pilot.press("f9")
        await until(pilot, lambda: isinstance(app.screen, FirstAccountDialog))
        fields = [app.screen.query_one(f"#{id}", Input) for id in ("user", "passphrase", "again")]
        for field, text in zip(fields, ("maria", WORDS, "something else"), strict=True):
            field.value = text
        fields[2].focus()
        await pilot.press("enter")
        await until(pilot, lambda: "not the same" in screen_text(app))
        assert [field.value for field in fields] == ["maria", "", ""]
        for field in fields[1:]:
            field.value = "short"
        fields[2].focus()
        await pilot.press("enter")
        await until(pilot, lambda: "shorter than" in screen_text(app))
        await pilot.press(*WORDS, "enter", *WORDS, "enter")
        await until(pilot, lambda: isinstance(app.screen, WorklistScreen) and app.lock.user is not None)
        assert WORDS not in screen_text(app)
        await pilot.press("f9")
        await until(pilot, lambda: isinstance(app.screen, WorklistScreen))
        await until(pilot, lambda: "There is no patient yet" in screen_text(app))
    with pytest.raises(SignInNeeded):
        Clinic.open(opening.location, today=opening.today, settings=opening.settings)


async def test_who_wants_none_goes_on_without(tmp_path: Path) -> None:
    app = LabtrackApp(opening_of(tmp_path / "new.db"))
    async with app.run_test(size=WIDE) as pilot:
        await until(pilot, lambda: isinstance(app.screen, WelcomeScreen))
        await pilot.press("ctrl+n")
        await until(pilot, lambda: isinstance(app.screen, WorklistScreen))
        await pilot.press("f9")
        await until(pilot, lambda: isinstance(app.screen, FirstAccountDialog))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, WorklistScreen))
        assert app.lock.user is None
