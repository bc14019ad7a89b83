"""The fields of the sign-in screen; what follows is in tests/tui/test_locking.py."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.clinic.people import cheap_passphrases, make
from tests.tui.conftest import NARROW, WIDE, opening_of, screen_text, until
from textual.widgets import Input

from labtrack.tui.app import LabtrackApp
from labtrack.tui.dialogs.help import HelpDialog
from labtrack.tui.screens.sign_in import SignInScreen


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    cheap_passphrases(monkeypatch)


@pytest.mark.parametrize("size", [WIDE, NARROW])
async def test_enter_leads_from_the_name_to_the_passphrase_which_is_not_shown(tmp_path: Path, size: tuple[int, int]) -> None:
    app = LabtrackApp(opening_of(make(tmp_path)))
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: isinstance(app.screen, SignInScreen))
        assert app.focused is app.screen.query_one("#user")
        await pilot.press("enter")
        assert app.focused is app.screen.query_one("#user"), "a name is needed"
        await pilot.press(*"vera", "enter")
        assert app.focused is app.screen.query_one("#passphrase")
        await pilot.press("enter", *"heron")
        assert app.screen.query_one("#passphrase", Input).value == "heron"
        assert "vera" in screen_text(app)
        assert "heron" not in screen_text(app)


async def test_help_explains_the_wait_and_closes_again(tmp_path: Path) -> None:
    app = LabtrackApp(opening_of(make(tmp_path)))
    async with app.run_test(size=WIDE) as pilot:
        await until(pilot, lambda: isinstance(app.screen, SignInScreen))
        await pilot.press("f1")
        await until(pilot, lambda: isinstance(app.screen, HelpDialog))
        assert "five minutes" in app.screen.text
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, SignInScreen))
