"""A patient's own page on the screen: its text, its curves, its file; nothing on it changes or leads to anybody else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from tests.tui.conftest import HOSTILE, NARROW, WIDE, hostile_patient, opening_of, screen_text, settled
from textual.widgets import Input, Static

from labtrack.clinic import Clinic
from labtrack.core.errors import DatabaseLocked
from labtrack.tui.app import LabtrackApp
from labtrack.tui.own_page_app import OwnPageApp
from labtrack.tui.screens.own_page import OwnPageScreen, OwnText, proposed


def page_text(app: OwnPageApp) -> str:
    return "\n".join(str(each.content) for each in app.screen.query_one(OwnText).query(Static))


@pytest.mark.parametrize("size", [WIDE, NARROW])
async def test_it_tells_what_stands_out_what_is_next_and_what_was_checked(clinic_file: Path, size: tuple[int, int]) -> None:
    app = OwnPageApp(opening_of(clinic_file, mrn="DEMO-01"))
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        text = page_text(app)
        assert text.startswith("Okafor, Ada (MRN DEMO-01)")
        for part in ("What stands out", "Yours were low in this test.", "Blood count: on 26 Nov 2026, in 4 days.", "Nothing is missing."):
            assert part in text
        assert "Okafor, Ada" in screen_text(app)
        assert "clinician" not in screen_text(app)
        assert isinstance(app.focused, OwnText)
        await pilot.press("pagedown")
        await settled(pilot)
        assert app.screen.query_one(OwnText).scroll_y > 0


async def test_curves_are_a_key_away_and_back(clinic_file: Path) -> None:
    app = OwnPageApp(opening_of(clinic_file, mrn="DEMO-01"))
    async with app.run_test(size=NARROW) as pilot:
        await settled(pilot)
        await pilot.press("c")
        await settled(pilot)
        assert "▸ Neutrophils" in screen_text(app)
        assert "latest 0.82 on 19 Nov 2026" in screen_text(app)
        await pilot.press("down")
        await settled(pilot)
        assert "▸ Lymphocytes" in screen_text(app)
        assert {"own.text"} <= {each.binding.id for each in app.screen.active_bindings.values() if each.enabled}
        await pilot.press("p")
        await settled(pilot)
        assert "Okafor, Ada" in screen_text(app)


async def test_the_file_holds_this_patient_alone(clinic_file: Path, tmp_path: Path) -> None:
    app = OwnPageApp(opening_of(clinic_file, mrn="DEMO-01"))
    place = tmp_path / "mine.csv"
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        await pilot.press("s")
        await pilot.pause()
        app.screen.query_one(Input).value = str(place)
        await pilot.press("enter")
        await settled(pilot)
        assert any(str(place) in each.message for each in app._notifications)
    text = place.read_text(encoding="utf-8-sig")
    assert "DEMO-01" in text
    assert "DEMO-02" not in text


async def test_the_calendar_file_is_this_patients_and_says_nothing_clinical(clinic_file: Path, tmp_path: Path) -> None:
    pytest.importorskip("icalendar")
    app = OwnPageApp(opening_of(clinic_file, mrn="DEMO-01"))
    place = tmp_path / "mine.ics"
    async with app.run_test(size=NARROW) as pilot:
        await settled(pilot)
        await pilot.press("d")
        await pilot.pause()
        assert app.screen.query_one(Input).value.endswith("my-dates-DEMO-01-2026-11-22.ics")
        app.screen.query_one(Input).value = str(place)
        await pilot.press("enter")
        await settled(pilot)
        assert any(str(place) in each.message for each in app._notifications)
    text = place.read_text(encoding="utf-8")
    assert text.count("BEGIN:VEVENT") == text.count("SUMMARY:Blood test\n") == 4
    assert "DTSTART;VALUE=DATE:20261126" in text
    assert "DEMO-01" not in text


async def test_a_file_that_cannot_be_written_is_told(clinic_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Clinic, "export_summary", fail)
    app = OwnPageApp(opening_of(clinic_file, mrn="DEMO-01"))
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        await pilot.press("s")
        await pilot.pause()
        app.screen.query_one(Input).value = str(tmp_path / "mine.csv")
        await pilot.press("enter")
        await settled(pilot)
        assert any("No space left on device" in each.message for each in app._notifications)


async def test_escape_saves_nothing(clinic_file: Path) -> None:
    app = OwnPageApp(opening_of(clinic_file, mrn="DEMO-01"))
    async with app.run_test(size=NARROW) as pilot:
        await settled(pilot)
        await pilot.press("s")
        await pilot.pause()
        await pilot.press("escape")
        await settled(pilot)
        assert isinstance(app.screen, OwnPageScreen)
        assert not app._notifications


def test_the_proposed_name_suits_every_system() -> None:
    assert proposed("10021", "2026-11-22").name == "my-results-10021-2026-11-22.csv"
    assert proposed("../a:b/" + "x" * 90, "2026-11-22").name.startswith("my-results----a-b-xxx")
    assert len(proposed("x" * 300, "2026-11-22").name) < 80


@pytest.mark.parametrize("leave", ["escape", "q"])
async def test_leaving_ends_the_program_where_the_page_is_all_there_is(clinic_file: Path, leave: str) -> None:
    app = OwnPageApp(opening_of(clinic_file, mrn="DEMO-01"))
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        await pilot.press(leave)
        await pilot.pause()
    assert app.return_code == 0
    assert not app.is_running


async def test_from_the_clinicians_app_it_leads_back(clinic_file: Path) -> None:
    app = LabtrackApp(opening_of(clinic_file))
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        app.push_screen(OwnPageScreen("DEMO-01"))
        await settled(pilot)
        assert "Okafor, Ada" in screen_text(app)
        await pilot.press("ctrl+p")
        await settled(pilot)
        assert isinstance(app.screen, OwnPageScreen), "the palette finds other patients"
        await pilot.press("escape")
        await settled(pilot)
        assert not isinstance(app.screen, OwnPageScreen)
        assert app.use_command_palette


async def test_a_change_meanwhile_is_shown_on_coming_back(clinic_file: Path) -> None:
    app = LabtrackApp(opening_of(clinic_file))
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        page = OwnPageScreen("DEMO-01")
        app.push_screen(page)
        await settled(pilot)
        await app.desk.change(lambda clinic: clinic.hold("DEMO-01", "neutropenia", date(2026, 11, 20)))
        app.push_screen(OwnPageScreen("DEMO-02"))
        await settled(pilot)
        app.pop_screen()
        await settled(pilot)
        assert "It has been paused since 20 Nov 2026." in "\n".join(str(each.content) for each in page.query_one(OwnText).query(Static))


async def test_trouble_is_told_on_the_page(clinic_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = OwnPageApp(opening_of(clinic_file, mrn="DEMO-01"))
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        app.in_trouble(DatabaseLocked("The clinic is locked.", "Wait a moment."))
        await settled(pilot)
        assert "This page cannot be shown now." in page_text(app)
        assert "The clinic is locked. Wait a moment." in page_text(app)


async def test_nobody_by_that_number_is_told(clinic_file: Path) -> None:
    app = OwnPageApp(opening_of(clinic_file, mrn="NONE"))
    async with app.run_test(size=NARROW) as pilot:
        await settled(pilot)
        assert "This page cannot be shown now." in page_text(app)
        assert "NONE" in page_text(app)


@pytest.mark.parametrize("name", HOSTILE)
async def test_any_name_is_text(clinic_file: Path, open_clinic: Callable[[Path], Clinic], name: str) -> None:
    clinic = open_clinic(clinic_file)
    with clinic.store.write() as writer:
        writer.add_patient(hostile_patient("66", name))
        writer.audit("test", {})
    app = OwnPageApp(opening_of(clinic_file, mrn="66"))
    async with app.run_test(size=NARROW) as pilot:
        await settled(pilot)
        shown = screen_text(app)
        assert "\x1b" not in shown
        assert "\u202e" not in shown
        assert name[:6] in shown or not name.isprintable()
