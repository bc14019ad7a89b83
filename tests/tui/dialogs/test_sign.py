"""Name and passphrase, for who asked."""

from __future__ import annotations

from tests.tui.conftest import screen_text, settled

from labtrack.clinic.accounts import Account
from labtrack.tui.app import LabtrackApp
from labtrack.tui.dialogs.sign import SignDialog


async def test_it_answers_what_was_typed(app: LabtrackApp) -> None:
    async with app.run_test() as pilot:
        answers: list[Account | None] = []
        app.push_screen(SignDialog("[b]Why[/b]"), answers.append)
        await settled(pilot)
        assert "[b]Why[/b]" in screen_text(app)
        await pilot.press(*"maria", "enter", *"secret", "enter")
        await settled(pilot)
        assert answers == [Account("maria", "secret")]


async def test_who_is_known_types_the_passphrase_alone_and_nothing_is_no_answer(app: LabtrackApp) -> None:
    async with app.run_test() as pilot:
        answers: list[Account | None] = []
        app.push_screen(SignDialog("Why", "maria"), answers.append)
        await settled(pilot)
        await pilot.press("enter")
        assert answers == []
        await pilot.press("x")
        assert "x" not in screen_text(app).replace("passphrase", "").split("Passphrase")[1].splitlines()[1]
        await pilot.press("escape")
        await settled(pilot)
        assert answers == [None]
