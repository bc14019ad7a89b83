"""The line of keys says what can be done now, and is left alone while that stays the same."""

from __future__ import annotations

from pathlib import Path

from tests.tui.conftest import screen_text, settled
from tests.tui.entering import enter, entering
from textual.widgets._footer import FooterKey

from labtrack.tui.widgets.keys_line import KeysLine


def keys(line: KeysLine) -> list[FooterKey]:
    return list(line.query(FooterKey))


async def test_it_is_made_anew_only_where_it_changes(clinic_file: Path) -> None:
    async with entering(clinic_file) as (pilot, screen):
        await settled(pilot)
        line = screen.query_one(KeysLine)
        await pilot.press("down")  # both fields know other units
        await settled(pilot)
        before = keys(line)
        assert before
        await pilot.press("up", "down")
        await settled(pilot)
        assert [id(each) for each in keys(line)] == [id(each) for each in before]
        assert "Keep as typed" not in screen_text(pilot.app)
        await enter(pilot, screen, anc="0.6")
        assert "Keep as typed" in screen_text(pilot.app)
        await pilot.press("f3")
        await settled(pilot)
        assert "Keep as typed" not in screen_text(pilot.app)
        assert "Save" in screen_text(pilot.app)


async def test_a_key_may_be_clicked(clinic_file: Path) -> None:
    async with entering(clinic_file) as (pilot, screen):
        await settled(pilot)
        first = screen.form.current
        await pilot.click(next(each for each in keys(screen.query_one(KeysLine)) if each.description == "Panel"))
        await settled(pilot)
        assert screen.form.current is not first
