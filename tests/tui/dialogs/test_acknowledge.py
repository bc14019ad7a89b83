"""Tests of labtrack.tui.dialogs.acknowledge."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from tests.tui.conftest import NARROW, TODAY, WIDE, opening_of, screen_text, settled
from textual.widgets import Input, Select

from labtrack.clinic import Clinic, Settings
from labtrack.tui.app import LabtrackApp
from labtrack.tui.dialogs.acknowledge import REASONS, AcknowledgeDialog, reason_of, until_of

ADA, RULE = "DEMO-01", "anc-below-1"


@pytest.mark.parametrize(
    ("chosen", "words", "reason"),
    [
        (REASONS[0], "", REASONS[0]),
        (REASONS[0], " for Monday ", f"{REASONS[0]}: for Monday"),
        ("other", "known", "known"),
        ("other", " ", ""),
        ("", "", ""),
    ],
)
def test_the_reason_is_the_chosen_one_with_ones_own_words(chosen: str, words: str, reason: str) -> None:
    assert reason_of(chosen, words) == reason


@pytest.mark.parametrize(
    ("chosen", "on", "until"),
    [
        ("none", None, None),
        ("1", None, date(2026, 11, 29)),
        ("4", None, date(2026, 12, 20)),
        ("day", date(2026, 12, 1), date(2026, 12, 1)),
        ("none", date(2026, 12, 1), date(2026, 12, 1)),
    ],
)
def test_it_rests_until_a_day_or_a_new_result(chosen: str, on: date | None, until: date | None) -> None:
    assert until_of(chosen, on, TODAY) == until


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=str)
async def test_it_shows_the_finding_and_keeps_who_acknowledged_it_and_why(clinic_file: Path, size: tuple[int, int]) -> None:
    app, said = LabtrackApp(opening_of(clinic_file)), []
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        app.push_screen(AcknowledgeDialog(ADA, RULE), said.append)
        await settled(pilot)
        text = screen_text(app)
        assert "Okafor, Ada, born" in text
        assert "ANC 0.82" in text
        app.screen.query_one("#reason", Select).value = REASONS[0]
        app.screen.query_one("#words", Input).value = "for Monday"
        app.screen.query_one("#until", Select).value = "1"
        await pilot.press("ctrl+s")
        await settled(pilot)
        assert said == [True]
    with Clinic.open(clinic_file, today=TODAY, settings=Settings()) as clinic:
        (entry,) = [each for each in clinic.audit(ADA) if each["action"] == "acknowledge"]
        assert entry["actor"] == "m.ruiz"
        assert f"{REASONS[0]}: for Monday" in str(entry["detail"])
        assert "2026-11-29" in str(entry["detail"])
        assert any(each["rule"] == RULE for each in clinic.assess(ADA))


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({}, "Choose a reason"),
        ({"reason": "other"}, "Choose a reason"),
        ({"reason": REASONS[0], "until": "day"}, "There is no day yet"),
        ({"reason": REASONS[0], "day": "tomorrow"}, "date"),
        ({"reason": REASONS[0], "day": "2026-11-01"}, "before today"),
    ],
)
async def test_what_is_missing_or_wrong_is_told_and_nothing_is_kept(clinic_file: Path, fields: dict[str, str], why: str) -> None:
    app, said = LabtrackApp(opening_of(clinic_file)), []
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        app.push_screen(AcknowledgeDialog(ADA, RULE), said.append)
        await settled(pilot)
        for name, value in fields.items():
            field = app.screen.query_one(f"#{name}")
            assert isinstance(field, Input | Select)
            field.value = value
        await settled(pilot)
        await pilot.press("ctrl+s")
        await settled(pilot)
        assert said == []
        assert why in screen_text(app)


async def test_a_finding_that_is_not_met_is_told(clinic_file: Path) -> None:
    app, said = LabtrackApp(opening_of(clinic_file)), []
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        app.push_screen(AcknowledgeDialog(ADA, "ldl-190"), said.append)
        await settled(pilot)
        assert "ldl-190 is not met now" in screen_text(app)
        app.screen.query_one("#reason", Select).value = REASONS[0]
        await pilot.press("ctrl+s")
        await settled(pilot)
        assert said == []
        assert "is not met for" in screen_text(app)
