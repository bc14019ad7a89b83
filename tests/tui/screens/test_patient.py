"""The patient screen: every tab by keyboard at both sizes, hostile texts, resizing, and reading again after a change."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.clinic.homes import ADA
from tests.tui.conftest import HOSTILE, NARROW, WIDE, screen_text, settled
from tests.tui.patients import ada_file, asked, hostile_file, patient_open, press, running

from labtrack.core.text import visible
from labtrack.tui.app import LabtrackApp
from labtrack.tui.screens.patient import TABS, PatientScreen
from labtrack.tui.screens.rule import RuleScreen
from labtrack.tui.widgets.tab_line import TabLine

MARKS = {
    "overview": ("Findings", "ANC 0.82 below 1"),
    "results": ("Blood count", "0.82 L‼"),
    "trend": ("ANC", "anc-below-1"),
    "treatment": ("Baricitinib started", "2026-03-03"),
    "screening": ("2 not settled", "Tuberculosis"),
    "history": ("Entered results", "m.ruiz"),
}


@pytest.mark.parametrize("size", [WIDE, NARROW])
async def test_every_tab_is_a_key_away_and_says_whose_it_is(tmp_path: Path, size: tuple[int, int]) -> None:
    async with patient_open(ada_file(tmp_path), size=size) as (app, pilot):
        for place, name in enumerate(TABS, 1):
            await press(pilot, str(place))
            text = screen_text(app)
            assert all(each in text for each in ("Okafor, Ada", "F 58", f"MRN {ADA.mrn}", "born 1968-02-11")), text
            assert all(each in text for each in MARKS[name]), f"{name}\n{text}"
            assert app.focused is not None, name
        assert "baricitinib 2 mg daily since 2026-03-03 (week 37)" in screen_text(app)


async def test_tabs_one_after_the_other_around_the_ends(tmp_path: Path) -> None:
    async with patient_open(ada_file(tmp_path)) as (app, pilot):
        line = app.screen.query_one(TabLine)
        seen = []
        for key in ("left_square_bracket", "right_square_bracket", "right_square_bracket"):
            await press(pilot, key)
            seen.append(line.shown_tab)
        assert seen == [5, 0, 1]


async def test_a_tab_can_be_asked_for(tmp_path: Path) -> None:
    async with patient_open(ada_file(tmp_path), tab="screening") as (app, _):
        assert "not settled" in screen_text(app)
        assert app.screen.query_one(TabLine).shown_tab == 4


async def test_hostile_texts_show_as_text_on_every_tab(tmp_path: Path) -> None:
    async with running(hostile_file(tmp_path), NARROW) as (app, pilot):
        for number, name in enumerate(HOSTILE):
            await app.go("patient", f"H{number}")
            await settled(pilot)
            start = visible(name.replace("\x1b", ""))[:6]
            for key in "14":
                await press(pilot, key)
                text = screen_text(app)
                assert start in text, f"{key}\n{text}"
                assert f"MRN H{number}" in text
                assert "born 1961-04-05" in text
            await press(pilot, "escape")
        assert app.is_running


async def test_resizing_to_nothing_and_back_loses_nothing(tmp_path: Path) -> None:
    async with patient_open(ada_file(tmp_path)) as (app, pilot):
        for key in "21456":
            await press(pilot, key)
            before = screen_text(app)
            await pilot.resize_terminal(40, 10)
            await settled(pilot)
            assert "Okafor" in screen_text(app)
            await pilot.resize_terminal(*WIDE)
            await settled(pilot)
            assert screen_text(app) == before, key


async def test_enter_opens_the_rule_and_escape_comes_back(tmp_path: Path) -> None:
    async with patient_open(ada_file(tmp_path)) as (app, pilot):
        await press(pilot, "enter")
        assert isinstance(app.screen, RuleScreen)
        assert (app.screen.rule_id, app.screen.mrn) == ("anc-below-1", ADA.mrn)
        await press(pilot, "escape")
        assert isinstance(app.screen, PatientScreen)


@pytest.mark.parametrize(("key", "place"), [("n", "new-results"), ("m", "patient-form"), ("y", "own-page"), ("e", "export")])
async def test_keys_lead_to_the_other_screens_of_this_patient(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: str, place: str
) -> None:
    opened: list[tuple[object, ...]] = []
    monkeypatch.setattr(LabtrackApp, "go", lambda self, *arguments: opened.append(arguments))
    async with running(ada_file(tmp_path)) as (app, pilot):
        await app.push_screen(PatientScreen(ADA.mrn))
        await press(pilot, key)
    assert opened == [(place, ADA.mrn)]


async def test_a_acknowledges_what_is_highlighted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked_for: list[tuple[object, ...]] = []

    async def answer(self: object, *arguments: object) -> None:
        asked_for.append(arguments)

    monkeypatch.setattr(LabtrackApp, "answer", answer)
    async with patient_open(ada_file(tmp_path)) as (_, pilot):
        await press(pilot, "down", "a")
        await press(pilot, "end", "a")  # what cannot be evaluated cannot be acknowledged
    assert asked_for == [("acknowledge", ADA.mrn, "ldl-rise-30")]


async def test_reviewed_is_recorded(clinic_file: Path) -> None:
    async with patient_open(clinic_file, "DEMO-01") as (_, pilot):
        await press(pilot, "v")
    with asked(clinic_file) as clinic:
        assert clinic.history("DEMO-01")[0].what == "Reviewed the results"  # they came by import: nobody had looked yet


async def test_what_changed_elsewhere_is_read_when_the_screen_comes_back(tmp_path: Path) -> None:
    async with patient_open(ada_file(tmp_path)) as (app, pilot):
        await press(pilot, "enter")
        await app.desk.change(lambda clinic: clinic.edit_patient(ADA.mrn, name="Newname, Ada"))
        await press(pilot, "escape")
        assert "Newname, Ada" in screen_text(app)


async def test_nobody_is_told_and_left(tmp_path: Path) -> None:
    async with running(ada_file(tmp_path)) as (app, pilot):
        await app.go("patient", "nobody")
        await settled(pilot)
        assert not isinstance(app.screen, PatientScreen)
        assert any("There is no patient nobody" in each.message for each in app._notifications)


async def test_risk_factors_stand_below_the_name(clinic_file: Path) -> None:
    async with patient_open(clinic_file, "DEMO-02") as (app, _):
        assert "△ 71 years old" in screen_text(app)


async def test_monochrome_says_the_same(tmp_path: Path) -> None:
    place = ada_file(tmp_path)
    async with patient_open(place) as (app, pilot):
        await press(pilot, "2")
        in_color = screen_text(app)
        app.theme = "labtrack-mono"
        await settled(pilot)
        assert screen_text(app) == in_color
