"""The cover: nothing of a patient is left on the screen, whoever was there comes back to everything, others to their own start."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.clinic.homes import ADA
from tests.clinic.people import BO, MARIA, PAT, VERA, WORDS, actions, cheap_passphrases, make, opened
from tests.tui.conftest import WIDE, opening_of, screen_text, settled, until
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import Input

from labtrack.clinic import Settings
from labtrack.clinic.accounts import Account
from labtrack.tui import locking
from labtrack.tui.app import LabtrackApp
from labtrack.tui.base import BaseApp
from labtrack.tui.own_page_app import OwnPageApp
from labtrack.tui.screens.new_results import NewResultsScreen
from labtrack.tui.screens.own_page import OwnPageScreen
from labtrack.tui.screens.patient import PatientScreen
from labtrack.tui.screens.sign_in import SignInScreen
from labtrack.tui.screens.worklist import WorklistScreen


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    cheap_passphrases(monkeypatch)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    make(tmp_path)
    return tmp_path


def app_on(home: Path, *, account: Account | None = None, mrn: str = "", settings: Settings | None = None) -> Any:
    found = replace(opening_of(home / "clinic.db", mrn=mrn, settings=settings), actor="", account=account)
    return OwnPageApp(found) if mrn else LabtrackApp(found)


async def sign_in(pilot: Pilot[Any], account: Account) -> None:
    """Type name and passphrase where they are asked for."""
    app = pilot.app
    await until(pilot, lambda: isinstance(app.screen, SignInScreen))
    app.screen.query_one("#user", Input).value = account.name
    app.screen.query_one("#passphrase", Input).value = account.passphrase
    app.screen.query_one("#passphrase", Input).focus()
    await pilot.press("enter")
    await settled(pilot)


def assert_nothing_shown(app: BaseApp) -> None:
    text = screen_text(app) + " ".join(each.message for each in app._notifications)
    for each in (ADA.name, ADA.mrn, BO.name, BO.mrn, "Okafor", "Beringer", "Neutrophils", "0.61"):
        assert each not in text, text


async def test_nothing_is_shown_before_somebody_signed_in(home: Path) -> None:
    app = app_on(home)
    async with app.run_test(size=WIDE) as pilot:
        await until(pilot, lambda: isinstance(app.screen, SignInScreen))
        assert "Sign in" in screen_text(app)
        for pressed in ("f10", "ctrl+p", "escape", "n", "slash", "f9", "ctrl+l", "tab", "f5"):
            await pilot.press(pressed)
            await settled(pilot)
            assert isinstance(app.screen, SignInScreen), pressed
            assert_nothing_shown(app)
        await sign_in(pilot, MARIA)
        await until(pilot, lambda: ADA.name in screen_text(app))
        assert isinstance(app.screen, WorklistScreen)
        assert "maria" in screen_text(app)
        assert app.lock.user is not None
        assert app.lock.user.name == "maria"
    with opened(home, VERA) as clinic:
        lists = [detail for who, _, _, detail in actions(clinic, "list") if who == "maria"]
    assert lists == ['{"view":"worklist"}']


async def test_the_wrong_passphrase_is_told_and_the_field_is_empty_again(home: Path) -> None:
    app = app_on(home)
    async with app.run_test(size=WIDE) as pilot:
        await sign_in(pilot, Account("maria", "not hers at all"))
        await until(pilot, lambda: "do not go together" in screen_text(app))
        assert app.screen.query_one("#passphrase", Input).value == ""
        assert "not hers" not in screen_text(app)
        await sign_in(pilot, MARIA)
        await until(pilot, lambda: "too early" in screen_text(app))
        assert_nothing_shown(app)


async def typed(app: Any, pilot: Pilot[Any]) -> NewResultsScreen:
    """A form for Ada with a value typed and not saved."""
    app.go("new-results", ADA.mrn)
    await until(pilot, lambda: isinstance(app.screen, NewResultsScreen) and app.screen.is_ready)
    form: NewResultsScreen = app.screen
    await pilot.press(*"12.4")
    await settled(pilot)
    return form


def values(form: NewResultsScreen) -> list[str]:
    return [each.value for each in form.query(Input) if "12.4" in each.value]


async def test_the_key_covers_everything_and_the_same_person_comes_back_to_the_draft(home: Path) -> None:
    app = app_on(home)
    async with app.run_test(size=WIDE) as pilot:
        await sign_in(pilot, MARIA)
        await until(pilot, lambda: ADA.name in screen_text(app))
        form = await typed(app, pilot)
        assert values(form) == ["12.4"]
        app.notify(f"about {ADA.name}")
        await pilot.press("ctrl+l")
        await settled(pilot)
        assert isinstance(app.screen, SignInScreen)
        assert "Locked" in screen_text(app)
        assert_nothing_shown(app)
        assert app.screen.query_one("#user", Input).value == "maria"
        await pilot.press(*WORDS.replace(" ", "\t")[:0], "escape", "ctrl+s", "f2")
        await settled(pilot)
        assert isinstance(app.screen, SignInScreen)
        await sign_in(pilot, MARIA)
        await until(pilot, lambda: app.screen is form)
        assert values(form) == ["12.4"]
        assert ADA.name in screen_text(app)
        assert app.next is None
    with opened(home, MARIA) as clinic:
        draft = clinic.drafts.find(ADA.mrn).draft
    assert draft is not None
    assert [each.text for each in draft.values] == ["12.4"]


async def test_somebody_else_begins_at_their_own_start_and_the_draft_is_kept(home: Path) -> None:
    app = app_on(home)
    async with app.run_test(size=WIDE) as pilot:
        await sign_in(pilot, MARIA)
        await until(pilot, lambda: ADA.name in screen_text(app))
        await typed(app, pilot)
        await pilot.press("ctrl+l")
        await sign_in(pilot, VERA)
        await until(pilot, lambda: app.next is not None)
    assert app.next.account == VERA
    assert app.next.mrn == ""
    with opened(home, MARIA) as clinic:
        assert clinic.drafts.find(ADA.mrn).draft is not None
    after = LabtrackApp(app.next)
    async with after.run_test(size=WIDE) as pilot:
        await until(pilot, lambda: BO.name in screen_text(after))
        assert isinstance(after.screen, WorklistScreen)
        assert len(after.screen_stack) == 1
        assert "12.4" not in screen_text(after)


async def test_a_patient_who_signs_in_gets_the_own_page_and_nothing_else(home: Path) -> None:
    app = app_on(home)
    async with app.run_test(size=WIDE) as pilot:
        await sign_in(pilot, PAT)
        await until(pilot, lambda: app.next is not None)
        assert_nothing_shown(app)
    assert (app.next.mrn, app.next.account) == (ADA.mrn, PAT)
    own = OwnPageApp(app.next)
    async with own.run_test(size=WIDE) as pilot:
        await until(pilot, lambda: ADA.name in screen_text(own))
        assert BO.name not in screen_text(own)
        await settled(pilot)
        assert own.lock.user is not None
        await pilot.press("ctrl+l")
        await settled(pilot)
        assert_nothing_shown(own)
        await sign_in(pilot, PAT)
        await until(pilot, lambda: ADA.name in screen_text(own))
        assert isinstance(own.screen, OwnPageScreen)


async def test_an_account_of_another_patient_is_not_shown_this_page(home: Path) -> None:
    own = app_on(home, mrn=BO.mrn)
    async with own.run_test(size=WIDE) as pilot:
        await sign_in(pilot, PAT)
        await until(pilot, lambda: own.next is not None)
        assert_nothing_shown(own)
    assert own.next.mrn == ADA.mrn


async def test_after_the_minutes_of_the_settings_it_locks_by_itself(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1000.0]
    monkeypatch.setattr(locking, "monotonic", lambda: now[0])
    app = app_on(home, settings=Settings(lock_after_minutes=2))
    async with app.run_test(size=WIDE) as pilot:
        await sign_in(pilot, MARIA)
        await until(pilot, lambda: ADA.name in screen_text(app))
        now[0] += 119
        app.lock.look()
        await settled(pilot)
        assert not app.lock.is_on
        await pilot.press("down")
        now[0] += 119
        app.lock.look()
        assert not app.lock.is_on, "something was pressed meanwhile"
        now[0] += 1
        app.lock.look()
        await settled(pilot)
        assert_nothing_shown(app)
        assert app.lock.is_on


async def test_zero_minutes_never_lock(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1000.0]
    monkeypatch.setattr(locking, "monotonic", lambda: now[0])
    app = app_on(home, account=MARIA, settings=Settings(lock_after_minutes=0))
    async with app.run_test(size=WIDE) as pilot:
        await until(pilot, lambda: ADA.name in screen_text(app))
        now[0] += 100_000
        app.lock.look()
        assert not app.lock.is_on


async def test_what_happens_below_the_cover_stays_below_it(home: Path) -> None:
    """A screen that opens, a message, trouble and a form that closes by itself wait until somebody is back."""
    app = app_on(home)
    async with app.run_test(size=WIDE) as pilot:
        await sign_in(pilot, MARIA)
        await until(pilot, lambda: ADA.name in screen_text(app))
        form = await typed(app, pilot)
        await pilot.press("ctrl+l")
        await settled(pilot)
        app.go("patient", ADA.mrn)
        app.notify(f"Saved for {ADA.name}")
        await settled(pilot)
        assert_nothing_shown(app)
        assert isinstance(app.screen, SignInScreen)
        await sign_in(pilot, MARIA)
        await until(pilot, lambda: isinstance(app.screen, PatientScreen))
        assert any(ADA.name in each.message for each in app._notifications)
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is form)
        await pilot.press("ctrl+l")
        await settled(pilot)
        form.dismiss(None)
        await settled(pilot)
        assert isinstance(app.screen, SignInScreen), "the cover itself must not be what is closed"
        await sign_in(pilot, MARIA)
        await until(pilot, lambda: isinstance(app.screen, WorklistScreen))


async def test_a_viewer_is_told_that_changes_are_not_theirs(home: Path) -> None:
    app = app_on(home)
    async with app.run_test(size=WIDE) as pilot:
        await sign_in(pilot, VERA)
        await until(pilot, lambda: ADA.name in screen_text(app))
        for pressed in ("n", "p", "i", "a", "v"):
            await pilot.press(pressed)
            await settled(pilot)
            assert isinstance(app.screen, WorklistScreen), pressed
        assert any("changes nothing" in each.message for each in app._notifications)
        app.go("patient", ADA.mrn)
        await until(pilot, lambda: isinstance(app.screen, PatientScreen))
    with opened(home, MARIA) as clinic:
        assert {detail for who, what, _, detail in actions(clinic, "denied", "review") if who == "vera"} <= {'{"asked":"mark_reviewed"}'}


async def test_an_account_that_was_disabled_meanwhile_is_asked_again(home: Path) -> None:
    app = app_on(home)
    async with app.run_test(size=WIDE) as pilot:
        await sign_in(pilot, VERA)
        await until(pilot, lambda: ADA.name in screen_text(app))
        with opened(home, MARIA) as clinic:
            clinic.disable_user("vera")
        await pilot.press("r")
        await until(pilot, lambda: isinstance(app.screen, SignInScreen))
        assert_nothing_shown(app)
        await sign_in(pilot, VERA)
        await until(pilot, lambda: "do not go together" in screen_text(app))


async def test_without_accounts_there_is_no_lock(clinic_file: Path) -> None:
    app = LabtrackApp(opening_of(clinic_file))
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        before: Screen[Any] = app.screen
        await pilot.press("ctrl+l")
        await settled(pilot)
        assert app.screen is before
        assert "app.lock" not in {each.binding.id for each in app.screen.active_bindings.values()}


async def test_the_lock_is_in_the_help_once_somebody_signed_in(home: Path) -> None:
    app = app_on(home)
    async with app.run_test(size=WIDE) as pilot:
        await sign_in(pilot, MARIA)
        await until(pilot, lambda: ADA.name in screen_text(app))
        assert "app.lock" in {each.binding.id for each in app.screen.active_bindings.values()}


async def test_looks_that_the_audit_was_not_told_are_said(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("labtrack.clinic.gate._opened", lambda books: None)
    monkeypatch.setattr("labtrack.clinic.accounts.time.sleep", lambda _: None)
    own = app_on(home, mrn=ADA.mrn)
    async with own.run_test(size=WIDE) as pilot:
        await sign_in(pilot, PAT)
        await until(pilot, lambda: ADA.name in screen_text(own))
        own.lock.look()
        await until(pilot, lambda: any("written into the audit" in each.message for each in own._notifications))
