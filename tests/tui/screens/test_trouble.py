"""What the screen says when the clinic's file cannot be used; each trouble is made for real."""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.clinic.people import cheap_passphrases
from tests.tui.conftest import NARROW, WIDE, opening_of, screen_text, settled, until
from textual.pilot import Pilot
from textual.widgets import Input

from labtrack.clinic import Clinic
from labtrack.clinic.accounts import Account
from labtrack.clinic.backups import daily_of
from labtrack.core.errors import DatabaseDamaged, DatabaseUnavailable, LabtrackError
from labtrack.store import cipher, connection
from labtrack.tui.app import LabtrackApp
from labtrack.tui.dialogs.choose_file import ChooseFileDialog
from labtrack.tui.dialogs.confirm import ConfirmDialog
from labtrack.tui.dialogs.sign import SignDialog
from labtrack.tui.page import BackPage
from labtrack.tui.screens.trouble import TroubleScreen
from labtrack.tui.screens.unlock import UnlockScreen
from labtrack.tui.screens.worklist import WorklistScreen


class Draft(BackPage[None]):
    """A screen on which something is being typed."""

    def compose_body(self):  # type: ignore[no-untyped-def] # a test's own screen
        yield Input(id="typed")

    async def save(self) -> None:
        with self.telling():
            await self.change(lambda clinic: clinic.edit_patient("DEMO-01", name="New, Name"))


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Writers do not wait long for each other."""
    monkeypatch.setattr(connection, "BUSY_TIMEOUT", 30)


@contextmanager
def ordinary_account() -> Iterator[None]:
    """As somebody who is not almighty, where the test is run by who is."""
    almighty = os.geteuid() == 0
    if almighty:
        os.seteuid(65534)
    try:
        yield
    finally:
        if almighty:
            os.seteuid(0)


@pytest.fixture
def folder(sample_file: Path) -> Iterator[Path]:
    """A folder of the ordinary account's own, with a clinic in it."""
    place = Path(tempfile.mkdtemp(prefix="labtrack-test-"))
    shutil.copyfile(sample_file, place / "clinic.db")
    if os.geteuid() == 0:
        os.chown(place, 65534, 65534)
        os.chown(place / "clinic.db", 65534, 65534)
    yield place
    place.chmod(0o700)
    shutil.rmtree(place)


async def typed(pilot: Pilot[Any]) -> Draft:
    """A draft on the screen, of which the file is used."""
    draft = Draft()
    pilot.app.push_screen(draft)
    await settled(pilot)
    draft.query_one(Input).value = "neutrophils 0.82"
    await draft.ask(lambda clinic: clinic.probe())
    return draft


async def in_trouble(pilot: Pilot[Any], draft: Draft) -> TroubleScreen:
    """Save the draft, and meet the trouble."""
    await draft.save()
    await until(pilot, lambda: isinstance(pilot.app.screen, TroubleScreen))
    screen = pilot.app.screen
    assert isinstance(screen, TroubleScreen)
    await settled(pilot)
    return screen


def still_there(app: LabtrackApp, draft: Draft) -> None:
    assert app.screen is draft
    assert draft.query_one(Input).value == "neutrophils 0.82"


@pytest.mark.parametrize("size", [WIDE, NARROW])
async def test_locked_by_another_program(size: tuple[int, int], app: LabtrackApp, clinic_file: Path) -> None:
    async with app.run_test(size=size) as pilot:
        draft = await typed(pilot)
        with closing(sqlite3.connect(clinic_file, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            await in_trouble(pilot, draft)
            text = screen_text(app)
            assert "Another program is using the clinic's file" in text
            assert "Wait a moment, then try again" in text
            assert app.screen.query_one("#trouble").styles.padding.left == 2
            assert "sample.db" in "".join(each for each in text if each not in "█ \n")
            await pilot.press("r")
            await until(pilot, lambda: "Tried 1 time" in screen_text(app))
            other.execute("ROLLBACK")
            await pilot.press("enter")
            await until(pilot, lambda: app.screen is draft)
        still_there(app, draft)
        await draft.save()
        assert (await draft.ask(lambda clinic: clinic.patient("DEMO-01"))).name == "New, Name"


async def test_vanished_underneath(app: LabtrackApp, clinic_file: Path) -> None:
    async with app.run_test() as pilot:
        draft = await typed(pilot)
        away = clinic_file.rename(clinic_file.with_name("away.db"))
        await in_trouble(pilot, draft)
        assert "The clinic's file is not there" in screen_text(app)
        await pilot.press("r")
        await until(pilot, lambda: "Tried 1 time" in screen_text(app))
        assert not clinic_file.exists()
        away.rename(clinic_file)
        await pilot.press("r")
        await until(pilot, lambda: app.screen is draft)
        still_there(app, draft)


async def test_deleted_underneath_is_not_made_anew(app: LabtrackApp, clinic_file: Path) -> None:
    async with app.run_test() as pilot:
        draft = await typed(pilot)
        clinic_file.unlink()
        await in_trouble(pilot, draft)
        assert "labtrack restore" in screen_text(app)
        await pilot.press("escape")
        still_there(app, draft)
        assert not clinic_file.exists()


@pytest.mark.parametrize(("folder_mode", "file_mode"), [(0o700, 0o400), (0o500, 0o600), (0o500, 0o400)])
async def test_not_to_be_written_to(folder_mode: int, file_mode: int, folder: Path) -> None:
    place = folder / "clinic.db"
    app = LabtrackApp(opening_of(place))
    async with app.run_test(size=WIDE) as pilot:
        app.push_screen(TroubleScreen(DatabaseUnavailable("x")))
        await pilot.press("escape")
        draft = await typed(pilot)
        app.desk.reopen(app.opening.open)
        await settled(pilot)
        place.chmod(file_mode)
        folder.chmod(folder_mode)
        with ordinary_account():
            await in_trouble(pilot, draft)
            text = screen_text(app)
            assert "The clinic's file cannot be used" in text
            assert "Check that you may write to the file, to its folder" in text
            await pilot.press("r")
            await until(pilot, lambda: "Tried 1 time" in screen_text(app))
            folder.chmod(0o700)
            for each in folder.iterdir():
                each.chmod(0o600)
            await pilot.press("r")
            await until(pilot, lambda: app.screen is draft)
        still_there(app, draft)


async def test_damaged(app: LabtrackApp, clinic_file: Path) -> None:
    async with app.run_test(size=WIDE) as pilot:
        draft = await typed(pilot)
        whole = clinic_file.read_bytes()
        app.desk.reopen(app.opening.open)
        await settled(pilot)
        clinic_file.write_bytes(b"x" * 4096 + whole[4096:])
        await in_trouble(pilot, draft)
        text = screen_text(app)
        assert "The file is damaged, or is no clinic" in text
        assert "make a copy of it" in text
        clinic_file.write_bytes(whole)
        await pilot.press("r")
        await until(pilot, lambda: app.screen is draft)
        still_there(app, draft)


async def test_made_by_a_newer_program(app: LabtrackApp, clinic_file: Path) -> None:
    async with app.run_test(size=WIDE) as pilot:
        draft = await typed(pilot)
        with closing(sqlite3.connect(clinic_file)) as other, other:
            other.execute("UPDATE alembic_version SET version_num = '9999'")
            other.execute("UPDATE setting SET value = '7.0' WHERE key = 'schema_made_by'")
        app.desk.reopen(app.opening.open)
        await in_trouble(pilot, draft)
        text = screen_text(app)
        assert "made by a newer labtrack" in text
        assert "Install the newer labtrack" in text
        assert "9999" in text


async def test_another_file_can_be_chosen(app: LabtrackApp, clinic_file: Path, empty_file: Path) -> None:
    async with app.run_test(size=WIDE) as pilot:
        draft = await typed(pilot)
        clinic_file.unlink()
        await in_trouble(pilot, draft)
        await pilot.press("o")
        await until(pilot, lambda: isinstance(app.screen, ChooseFileDialog) and app.screen.query("#path"))
        app.screen.query_one("#path", Input).value = str(empty_file)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(app.screen, WorklistScreen))
        assert app.opening.location == str(empty_file)
        assert len(app.screen_stack) == 1
        assert await app.desk.ask(lambda clinic: clinic.patients()) == []


async def test_another_file_that_is_no_clinic_changes_nothing(app: LabtrackApp, clinic_file: Path, tmp_path: Path) -> None:
    letter = tmp_path / "letter.db"
    letter.write_text("dear colleague, this is no database at all", encoding="utf-8")
    async with app.run_test(size=WIDE) as pilot:
        draft = await typed(pilot)
        clinic_file.unlink()
        screen = await in_trouble(pilot, draft)
        await pilot.press("o")
        await until(pilot, lambda: isinstance(app.screen, ChooseFileDialog) and app.screen.query("#path"))
        app.screen.query_one("#path", Input).value = str(letter)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: app.screen is screen)
        await settled(pilot)
        assert app.opening.location == str(clinic_file)
        await pilot.press("escape")
        still_there(app, draft)


async def test_trouble_of_a_name_that_acts_is_only_text(app: LabtrackApp) -> None:
    async with app.run_test(size=WIDE) as pilot:
        app.push_screen(TroubleScreen(LabtrackError("[bold]x[/] [@click=app.quit]y \x1b[31mz", "[/bad]")))
        await settled(pilot)
        assert "[bold]x[/] [@click=app.quit]y \\x1b[31mz" in screen_text(app)
        await pilot.press("q")
    assert app.return_code == 0


async def test_on_a_patients_own_page_there_is_no_other_file(clinic_file: Path) -> None:
    app = LabtrackApp(replace(opening_of(clinic_file), mrn="DEMO-01"))
    async with app.run_test() as pilot:
        app.push_screen(TroubleScreen(DatabaseUnavailable("x")))
        await settled(pilot)
        assert "o" not in app.screen.active_bindings


@pytest.mark.parametrize("name", ["x" * 5000, "."])
async def test_a_path_that_is_none_is_trouble_from_the_start(name: str, tmp_path: Path) -> None:
    app = LabtrackApp(opening_of(tmp_path / name))
    async with app.run_test(size=WIDE) as pilot:
        await until(pilot, lambda: isinstance(app.screen, TroubleScreen))
        assert "The clinic's file cannot be used" in screen_text(app)


# The way back from a damaged file


def spoil(place: Path) -> bytes:
    """Overwrite most of the file; what it is then."""
    size = place.stat().st_size
    with place.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xa5" * (size - 4096))
    return place.read_bytes()


def backed_up(place: Path, account: Account | None = None) -> Path:
    """The one automatic backup of a clinic, made before somebody was renamed."""
    with replace(opening_of(place), account=account).open() as clinic:
        daily = daily_of(clinic)
        assert daily is not None
        assert daily.make() == ""
        clinic.edit_patient("DEMO-01", name="Lost, Name")
    (copy,) = place.parent.glob("sample-backups/*.bak")
    return copy


async def damaged(pilot: Pilot[Any], found: str = "The newest good backup: ") -> str:
    """The trouble screen, once it has looked for a backup."""
    await until(pilot, lambda: isinstance(pilot.app.screen, TroubleScreen) and found in " ".join(screen_text(pilot.app).split()))
    return " ".join(screen_text(pilot.app).split())


def told(app: LabtrackApp) -> str:
    return "\n".join(each.message for each in app._notifications)


@pytest.mark.parametrize("size", [WIDE, NARROW])
async def test_of_a_damaged_file_the_newest_good_backup_is_offered_and_put_back(size: tuple[int, int], clinic_file: Path) -> None:
    copy = backed_up(clinic_file)
    bad = spoil(clinic_file)
    app = LabtrackApp(opening_of(clinic_file))
    async with app.run_test(size=size) as pilot:
        text = await damaged(pilot)
        assert "The file is damaged, or is no clinic" in text
        assert copy.name in text.replace(" ", "")
        assert "would be lost" in text
        assert "b puts it in the file's place." in text
        await pilot.press("b")
        await until(pilot, lambda: isinstance(app.screen, ConfirmDialog))
        await pilot.press("n")  # and nothing happens
        await until(pilot, lambda: isinstance(app.screen, TroubleScreen))
        assert clinic_file.read_bytes() == bad
        await pilot.press("b")
        await until(pilot, lambda: isinstance(app.screen, ConfirmDialog))
        await pilot.press("y")
        await until(pilot, lambda: isinstance(app.screen, WorklistScreen) and "DEMO" in screen_text(app))
        (kept,) = [each for each in clinic_file.parent.glob("*.before-restore-*") if not each.name.endswith(("-wal", "-shm"))]
        assert kept.read_bytes() == bad
        assert f"The damaged file is kept as {kept}." in told(app)
        assert (await app.desk.ask(lambda clinic: clinic.patient("DEMO-01"))).name != "Lost, Name"
        assert await app.desk.ask(lambda clinic: clinic.verify()) == []


async def test_how_much_would_be_lost_is_told_where_the_file_can_be_read_so_far(clinic_file: Path) -> None:
    backed_up(clinic_file)
    app = LabtrackApp(opening_of(clinic_file))
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        app.push_screen(TroubleScreen(DatabaseDamaged("A page is malformed.", "")))
        text = await damaged(pilot)
        assert "would be lost: 2 entries of the audit, among them 0 results." in text


async def test_a_backup_that_is_damaged_itself_is_not_offered(clinic_file: Path) -> None:
    spoil(backed_up(clinic_file))
    spoil(clinic_file)
    app = LabtrackApp(opening_of(clinic_file))
    async with app.run_test(size=NARROW) as pilot:
        text = await damaged(pilot, "There is no good backup")
        assert "A copy that you made: labtrack restore FILE" in text
        await pilot.press("b")
        await settled(pilot)
        assert isinstance(app.screen, TroubleScreen)
        assert not list(clinic_file.parent.glob("*.before-restore-*"))


async def test_a_restore_that_fails_is_told_and_the_damaged_file_stays(clinic_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    backed_up(clinic_file)
    bad = spoil(clinic_file)
    app = LabtrackApp(opening_of(clinic_file))
    async with app.run_test(size=WIDE) as pilot:
        await damaged(pilot)

        def full(*_: object) -> None:
            raise DatabaseUnavailable("The disk is full.", "Free some space.")

        monkeypatch.setattr("labtrack.store.backup.move", full)
        await pilot.press("b")
        await until(pilot, lambda: isinstance(app.screen, ConfirmDialog))
        await pilot.press("y")
        await until(pilot, lambda: "The disk is full." in told(app))
        assert isinstance(app.screen, TroubleScreen)
    assert clinic_file.read_bytes() == bad


async def test_where_there_are_accounts_a_clinician_restores(clinic_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cheap_passphrases(monkeypatch)
    with opening_of(clinic_file).open() as clinic:
        clinic.add_user("maria", "clinician", "seven quiet herons")
    maria = Account("maria", "seven quiet herons")
    with replace(opening_of(clinic_file), account=maria).open() as clinic:
        clinic.add_user("vera", "viewer", "seven quiet herons")
    backed_up(clinic_file, maria)
    bad = spoil(clinic_file)
    app = LabtrackApp(opening_of(clinic_file))
    async with app.run_test(size=WIDE) as pilot:
        await damaged(pilot)
        for name, answer in (("vera", "reads records and changes nothing"), ("maria", "")):
            await pilot.press("b")
            await until(pilot, lambda: isinstance(app.screen, ConfirmDialog))
            await pilot.press("y")
            await until(pilot, lambda: isinstance(app.screen, SignDialog))
            app.screen.query_one("#user", Input).value = name
            app.screen.query_one("#passphrase", Input).value = "seven quiet herons"
            app.screen.query_one("#passphrase").focus()
            await pilot.press("enter")
            if answer:
                await until(pilot, lambda text=answer: text in told(app))  # type: ignore[misc]
                assert isinstance(app.screen, TroubleScreen)
                assert clinic_file.read_bytes() == bad
        await until(pilot, lambda: isinstance(app.screen, WorklistScreen) and app.lock.user is not None)
        assert app.lock.user is not None
        assert app.lock.user.name == "maria"
        assert not app.lock.is_on


async def test_the_backups_of_an_encrypted_clinic_ask_for_their_passphrase(clinic_file: Path) -> None:
    pytest.importorskip("sqlcipher3")
    Clinic.encrypt(clinic_file, "seven quiet herons")
    backed_up(clinic_file)
    spoil(clinic_file)
    clinic_file.write_bytes(b"\0" * clinic_file.stat().st_size)  # nothing of its first page, not even the salt
    cipher.forget()
    app = LabtrackApp(opening_of(clinic_file))
    async with app.run_test(size=WIDE) as pilot:
        await damaged(pilot, "The backups are encrypted. b asks for their passphrase.")
        await pilot.press("b")
        await until(pilot, lambda: isinstance(app.screen, UnlockScreen))
        app.screen.query_one("#passphrase", Input).value = "seven quiet herons"
        await pilot.press("enter")
        await damaged(pilot)
        await pilot.press("b")
        await until(pilot, lambda: isinstance(app.screen, ConfirmDialog))
        await pilot.press("y")
        await until(pilot, lambda: isinstance(app.screen, WorklistScreen) and "DEMO" in screen_text(app))
    assert b"SQLite format 3" not in clinic_file.read_bytes()


async def test_on_a_patients_own_page_nothing_is_restored(clinic_file: Path) -> None:
    backed_up(clinic_file)
    spoil(clinic_file)
    app = LabtrackApp(replace(opening_of(clinic_file), mrn="DEMO-01"))
    async with app.run_test() as pilot:
        app.push_screen(TroubleScreen(DatabaseDamaged("x")))
        await settled(pilot)
        assert "b" not in app.screen.active_bindings
        assert "backup:" not in screen_text(app)
