"""The worklist's screen, driven by keys: what is shown, chosen, found, and where each key leads."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from tests.tui.conftest import HOSTILE, NARROW, TODAY, WIDE, hostile_patient, opening_of, screen_text, settled

from labtrack.clinic import Clinic, Settings
from labtrack.core.record import Patient
from labtrack.tui.app import LabtrackApp
from labtrack.tui.screens.worklist import WorklistScreen
from labtrack.tui.widgets.preview import PreviewBox
from labtrack.tui.widgets.tallies import Tallies
from labtrack.tui.widgets.windowed_table import WindowedTable


def home(app: LabtrackApp) -> WorklistScreen:
    screen = app.screen
    assert isinstance(screen, WorklistScreen)
    return screen


def table(app: LabtrackApp) -> WindowedTable:  # type: ignore[type-arg]
    return app.screen.query_one(WindowedTable)


def chosen(app: LabtrackApp) -> str:
    entry = home(app).chosen
    return entry.mrn if entry else ""


def found(app: LabtrackApp) -> list[str]:
    rows = [table(app).row_at(place) for place in range(table(app).total)]
    return [row.mrn for row in rows if row is not None]


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=str)
async def test_everyone_is_shown_gravest_first(app: LabtrackApp, clinic_file: Path, size: tuple[int, int]) -> None:
    with Clinic.open(clinic_file, today=TODAY, settings=Settings()) as clinic:
        whole = [str(row["mrn"]) for row in clinic.worklist()]
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        assert found(app) == whole
        text = screen_text(app)
        first = whole[0]
        assert f"▸‼• {table(app).row_at(0).name}" in text.replace("  ", " ") or first in text
        assert "All 43" in text
        assert app.actor == "m.ruiz"
        assert "clinician: m.ruiz" in text
        assert all(len(line) <= size[0] for line in text.splitlines())


async def test_the_frame_is_there_before_the_clinic_is_opened(app: LabtrackApp) -> None:
    async with app.run_test(size=WIDE):
        assert app.desk._clinic is None
        text = screen_text(app)
        assert "Opening the clinic" in text or "All" in text
        assert "no finding" not in text


async def test_a_digit_shows_one_kind_and_marks_it_without_color(app: LabtrackApp) -> None:
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        everyone = table(app).total
        await pilot.press("2")
        await settled(pilot)
        assert "[2 ! Overdue 6]" in screen_text(app)
        assert {table(app).row_at(place).state for place in range(table(app).total)} == {"overdue"}
        await pilot.press("2")
        await settled(pilot)
        assert table(app).total == everyone
        await pilot.press("6")
        await settled(pilot)
        assert "no result yet" in screen_text(app)
        await pilot.press("0")
        await settled(pilot)
        assert "[0 All 43]" in screen_text(app)


async def test_the_arrows_choose_a_kind_too(app: LabtrackApp) -> None:
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        app.screen.query_one(Tallies).focus()
        await pilot.press("right")
        await settled(pilot)
        assert home(app).kind == "needs-action"
        await pilot.press("left", "left")
        await settled(pilot)
        assert home(app).kind == "clear"


async def test_typing_finds_while_it_is_typed_and_escape_ends_it(app: LabtrackApp) -> None:
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        await pilot.press("slash", *"etienne")
        await settled(pilot)
        assert found(app) == ["DEMO-05"]
        assert app.screen.query_one(PreviewBox).preview.mrn == "DEMO-05"
        await pilot.press("enter", "escape")
        await settled(pilot)
        assert table(app).total == 43
        await pilot.press("slash", *"ldl-rise")
        await settled(pilot)
        assert "DEMO-03" in found(app)
        await pilot.press("down")
        assert isinstance(app.focused, WindowedTable)


async def test_letters_are_text_while_something_is_looked_for(app: LabtrackApp) -> None:
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        await pilot.press("slash", *"nape 0123 iv")
        await settled(pilot)
        assert app.screen.query_one("#find").value == "nape 0123 iv"
        assert isinstance(app.screen, WorklistScreen)


async def test_nothing_found_says_how_many_were_looked_at(app: LabtrackApp) -> None:
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        await pilot.press("slash", *"zzz")
        await settled(pilot)
        text = screen_text(app)
        assert "Nobody's name, MRN or met rule holds “zzz”" in text
        assert "43 patients are recorded, 43 of them judged" in text
        await pilot.press("escape", "8")
        await settled(pilot)
        assert "Nobody is of the kind “Not assessed”" in screen_text(app)


async def test_a_clinic_without_patients_says_what_to_do(empty_file: Path) -> None:
    app = LabtrackApp(opening_of(empty_file))
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        assert "There is no patient yet." in screen_text(app)
        await pilot.press("down", "enter", "n", "a", "v", "end")
        await settled(pilot)
        assert isinstance(app.screen, WorklistScreen)


async def test_the_preview_follows_the_cursor(app: LabtrackApp) -> None:
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        await pilot.press("down", "down", "down")
        await settled(pilot)
        assert app.screen.query_one(PreviewBox).preview.mrn == chosen(app)
        assert f"MRN {chosen(app)}" in screen_text(app)


async def test_reviewed_ends_the_mark_and_counts_anew(app: LabtrackApp, clinic_file: Path) -> None:
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        who = chosen(app)
        before = app.screen.query_one(Tallies).count("unreviewed")
        await pilot.press("v")
        await settled(pilot)
        assert app.screen.query_one(Tallies).count("unreviewed") == before - 1
        assert not home(app).chosen.unreviewed
        assert home(app).check_action("reviewed", ()) is None
    with Clinic.open(clinic_file, today=TODAY, settings=Settings()) as clinic:
        assert [row["action"] for row in clinic.audit(who)][-1] == "review"


async def test_acknowledging_moves_the_line_and_removes_it_not(app: LabtrackApp) -> None:
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        who, rule = chosen(app), home(app).chosen.rule
        await pilot.press("a")
        await settled(pilot)
        await pilot.press("enter", "down", "enter")
        await settled(pilot)
        await pilot.press("ctrl+s")
        await settled(pilot)
        assert isinstance(app.screen, WorklistScreen)
        assert table(app).total == 43
        assert who in found(app)
        entry = next(table(app).row_at(place) for place in range(43) if table(app).row_at(place).mrn == who)
        assert entry.rule != rule


@pytest.mark.parametrize(("key", "name"), [("enter", "PatientScreen"), ("n", "NewResultsScreen"), ("p", "PatientFormScreen")])
async def test_keys_lead_to_the_other_screens_and_back(app: LabtrackApp, key: str, name: str) -> None:
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        who = chosen(app)
        await pilot.press(key)
        await settled(pilot)
        assert type(app.screen).__name__ == name
        await pilot.press("escape")
        await settled(pilot)
        assert isinstance(app.screen, WorklistScreen)
        assert chosen(app) == who


async def test_what_others_changed_is_read_when_the_screen_comes_back(app: LabtrackApp) -> None:
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        await pilot.press("p")
        await settled(pilot)
        await app.desk.change(lambda clinic: clinic.add_patient(Patient("NEW", "Newcomer, Nina")))
        await pilot.press("escape")
        await settled(pilot)
        assert table(app).total == 44


async def test_refresh_reads_what_another_program_wrote(app: LabtrackApp, clinic_file: Path) -> None:
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        with Clinic.open(clinic_file, today=TODAY, settings=Settings()) as other:
            other.add_patient(Patient("NEW", "Newcomer, Nina"))
        await pilot.press("r")
        await settled(pilot)
        assert table(app).total == 44


@pytest.mark.parametrize("size", [WIDE, NARROW, (40, 10)], ids=str)
async def test_hostile_names_are_shown_as_the_text_they_are(
    empty_file: Path, open_clinic: Callable[[Path], Clinic], size: tuple[int, int]
) -> None:
    clinic = open_clinic(empty_file)
    with clinic.store.write() as writer:  # past the check of what is typed: a file may hold anything
        people = [writer.add_patient(hostile_patient(f"H{number}", name)) for number, name in enumerate(HOSTILE)]
        writer.audit("put", {})
        clinic.judge.store(writer, people, TODAY)
    app = LabtrackApp(opening_of(empty_file))
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        for _ in HOSTILE:
            await pilot.press("down")
            await settled(pilot)
        text = screen_text(app)
        assert "\x1b" not in text
        assert "\u202e" not in text
        if size == WIDE:
            assert "[bold]x[/]" in text
            assert "[@click=app.quit]y" in text
            assert "z\\x1b[31mred" in text
            assert "[/bad" in text


async def test_resizing_keeps_the_place(app: LabtrackApp) -> None:
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        await pilot.press(*["down"] * 20)
        await settled(pilot)
        who = chosen(app)
        await pilot.resize_terminal(40, 10)
        await settled(pilot)
        assert chosen(app) == who
        assert "▸" in screen_text(app)
        await pilot.resize_terminal(*WIDE)
        await settled(pilot)
        assert chosen(app) == who
        assert who in screen_text(app)


# A clinic that cannot be used as usual


async def test_where_there_is_no_clinic_the_welcome_comes(tmp_path: Path) -> None:
    app = LabtrackApp(opening_of(tmp_path / "none.db"))
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        assert type(app.screen).__name__ == "WelcomeScreen"
        assert not (tmp_path / "none.db").exists()


async def test_a_file_that_is_no_clinic_gives_the_screen_of_trouble(tmp_path: Path) -> None:
    place = tmp_path / "notes.db"
    place.write_bytes(b"not a database, but long enough to have a header of one hundred bytes" * 4)
    app = LabtrackApp(opening_of(place))
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        assert type(app.screen).__name__ == "TroubleScreen"


async def test_a_clinic_that_vanishes_is_told(app: LabtrackApp, clinic_file: Path) -> None:
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        for each in clinic_file.parent.glob(f"{clinic_file.name}*"):
            each.unlink()
        app.desk.reopen(app.opening.open)
        await pilot.press("r")
        await settled(pilot)
        assert type(app.screen).__name__ == "TroubleScreen"


async def test_who_cannot_be_judged_in_a_locked_clinic_is_counted_on_top(clinic_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("labtrack.store.connection.BUSY_TIMEOUT", 10)
    app = LabtrackApp(replace(opening_of(clinic_file), today=TODAY + timedelta(400)))
    with closing(sqlite3.connect(clinic_file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        async with app.run_test(size=WIDE) as pilot:
            await settled(pilot)
            text = screen_text(app)
            assert "could not be judged as of today" in text
            assert "∅" in text
            assert app.screen.query_one(Tallies).count("not-assessed") > 0
            assert table(app).total == 43


async def test_the_recall_that_was_not_run_is_told(clinic_file: Path) -> None:
    with closing(sqlite3.connect(clinic_file)) as raw, raw:
        raw.execute("INSERT OR REPLACE INTO setting VALUES ('worklist_run', '2026-11-13')")
    app = LabtrackApp(opening_of(clinic_file))
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        assert "The recall was last run 9 days ago" in screen_text(app)
