"""The fields as a whole: order, moving, folding, drafts."""

from __future__ import annotations

from pathlib import Path

from tests.tui.conftest import NARROW, screen_text, settled
from tests.tui.entering import SET, entering, line_of

from labtrack.clinic.drafts import DraftValue


async def test_the_order_is_that_of_the_paper_and_ends_are_ends(clinic_file: Path) -> None:
    async with entering(clinic_file) as (pilot, screen):
        form = screen.form
        assert [each.line.analyte for each in form.lines] == list(SET)
        assert form.current is form.lines[0]
        await pilot.press("up")
        assert form.current is form.lines[0]
        await pilot.press("down", "down")
        assert form.current is form.lines[2]
        form.move(99)
        await settled(pilot)
        assert form.current is form.lines[-1]
        await pilot.press("enter")
        assert form.current is form.lines[-1]


async def test_the_focused_field_is_always_on_the_screen(clinic_file: Path) -> None:
    async with entering(clinic_file, size=NARROW) as (pilot, screen):
        for line in screen.form.lines:
            await settled(pilot)
            assert screen.form.current is line
            assert line.region.bottom <= screen.form.region.bottom
            assert line.line.short in screen_text(pilot.app)
            await pilot.press("enter")


async def test_a_draft_of_seldom_analytes_codes_and_things_unknown(clinic_file: Path) -> None:
    async with entering(clinic_file) as (pilot, screen):
        values = (
            DraftValue("ggt", "31", "U/L"),
            DraftValue("59260-0", "7.7", "mmol/L"),
            DraftValue("no such thing", "1", ""),
            DraftValue("hb", "\x1b[31m", "furlong", is_confirmed=True),
        )
        await screen.form.put(values)
        await settled(pilot)
        typed = {each.line.name: each.field.value for each in screen.form.typed}
        assert typed == {"ggt": "31", "59260-0": "7.7", "hb": "\x1b[31m"}
        assert {each.name for each in screen.form.draft_values()} == set(typed)
        order = [each.line.analyte for each in screen.form.lines]
        assert order.index("ast") < order.index("ggt") < order.index("ldl")
        assert line_of(screen, "hb").unit == "furlong"


async def test_find_answers_why_not(clinic_file: Path) -> None:
    async with entering(clinic_file) as (pilot, screen):
        assert await screen.form.find("crp") == ""
        await settled(pilot)
        assert screen.form.current is line_of(screen, "crp")
        assert "sugar test" in await screen.form.find("HbA1c")
