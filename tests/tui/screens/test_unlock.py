"""An encrypted clinic asks for its passphrase before anything of the record is on the screen; then the screens work as on any other."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.tui.conftest import NARROW, WIDE, opening_of, screen_text, settled, until
from textual.widgets import Input

from labtrack.core.errors import DatabaseDamaged, PassphraseNeeded
from labtrack.store import cipher
from labtrack.store.conversion import convert
from labtrack.tui.app import LabtrackApp
from labtrack.tui.own_page_app import OwnPageApp
from labtrack.tui.screens.trouble import TroubleScreen
from labtrack.tui.screens.unlock import UnlockScreen
from labtrack.tui.screens.worklist import WorklistScreen

pytest.importorskip("sqlcipher3", reason="the extra encryption is not installed")

WORDS = "correct horse battery staple"


@pytest.fixture(autouse=True)
def ignorant(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(cipher, "ROUNDS", 1000)
    cipher.forget()
    yield
    cipher.forget()


@pytest.fixture
def encrypted(clinic_file: Path) -> Path:
    convert(clinic_file, cipher.new_key(WORDS))
    cipher.forget()
    return clinic_file


async def test_the_passphrase_opens_the_worklist(encrypted: Path) -> None:
    app = LabtrackApp(opening_of(encrypted))
    async with app.run_test(size=NARROW) as pilot:
        await until(pilot, lambda: isinstance(app.screen, UnlockScreen))
        assert "This clinic is encrypted" in screen_text(app)
        assert "DEMO-" not in screen_text(app)
        assert app.screen.query_one("#passphrase", Input).password
        await pilot.press(*WORDS, "enter")
        await until(pilot, lambda: isinstance(app.screen, WorklistScreen) and "DEMO-" in screen_text(app))
        assert WORDS not in screen_text(app)
        await pilot.press("enter")
        await until(pilot, lambda: "Results" in screen_text(app))
    assert encrypted.read_bytes()[:6] != b"SQLite"


async def test_a_wrong_one_is_told_and_the_field_stays(encrypted: Path) -> None:
    app = LabtrackApp(opening_of(encrypted))
    async with app.run_test(size=NARROW) as pilot:
        await until(pilot, lambda: isinstance(app.screen, UnlockScreen))
        await pilot.press(*"wrong words", "enter")
        await until(pilot, lambda: "The passphrase is wrong" in screen_text(app))
        text = " ".join(screen_text(app).replace("│", "").split())
        assert "nobody can open the clinic" in text
        assert "wrong words" not in text
        field = app.screen.query_one("#passphrase", Input)
        assert (field.value, field.disabled, app.focused) == ("wrong words", False, field)
        field.value = WORDS
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, WorklistScreen) and "DEMO-" in screen_text(app))


async def test_nothing_typed_is_not_tried_and_escape_leaves(encrypted: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = LabtrackApp(opening_of(encrypted))
    async with app.run_test(size=NARROW) as pilot:
        await until(pilot, lambda: isinstance(app.screen, UnlockScreen))
        await pilot.press("enter")
        await settled(pilot)
        assert "wrong" not in screen_text(app)
        await pilot.press("escape")
    assert app.return_value is None
    assert app.failure is None


async def test_a_patients_own_page_asks_as_well(encrypted: Path) -> None:
    app = OwnPageApp(opening_of(encrypted, mrn="DEMO-01"))
    async with app.run_test(size=WIDE) as pilot:
        await until(pilot, lambda: isinstance(app.screen, UnlockScreen))
        await pilot.press(*WORDS, "enter")
        await until(pilot, lambda: not isinstance(app.screen, UnlockScreen) and "DEMO-01" in screen_text(app))


async def test_what_else_is_wrong_is_told_below_the_field(encrypted: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def damaged(path: Path, passphrase: str) -> None:
        raise DatabaseDamaged(f"{path} is damaged [bold]here[/].", "Restore the newest backup.")

    monkeypatch.setattr("labtrack.clinic.encryption.unlock", damaged)
    app = LabtrackApp(opening_of(encrypted))
    async with app.run_test(size=WIDE) as pilot:
        await until(pilot, lambda: isinstance(app.screen, UnlockScreen))
        await pilot.press(*WORDS, "enter")
        await until(pilot, lambda: "[bold]here[/]" in screen_text(app))


async def test_a_clinic_that_was_encrypted_meanwhile_asks_when_it_is_tried_again(clinic_file: Path) -> None:
    app = LabtrackApp(opening_of(clinic_file))
    async with app.run_test(size=WIDE) as pilot:
        await until(pilot, lambda: "DEMO-" in screen_text(app))
        app.desk.reopen(app.opening.open)
        await settled(pilot)
        convert(clinic_file, cipher.new_key(WORDS))
        cipher.forget()
        app.push_screen(TroubleScreen(PassphraseNeeded("encrypted", "", clinic_file)))
        await settled(pilot)
        await pilot.press("r")
        await until(pilot, lambda: isinstance(app.screen, UnlockScreen))
        await pilot.press(*WORDS, "enter")
        await until(pilot, lambda: isinstance(app.screen, WorklistScreen) and "DEMO-" in screen_text(app))
