"""One field: what it takes, what it says, how it is confirmed."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.tui.conftest import screen_text, settled
from tests.tui.entering import enter, entering, line_of, meant, type_in

from labtrack.clinic.meaning import EntryMeaning
from labtrack.tui.widgets.value_line import change_text, columns


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("0.82", "0.82", "K/uL"),
        ("0,82", "0,82", "K/uL"),
        ("<0.5", "<0.5", "K/uL"),
        ("≥ 9", "≥ 9", "K/uL"),
        ("820 /uL", "820", "/uL"),
        ("0.", "0", "K/uL"),
        ("hemolyzed", "hemolyzed", "K/uL"),
    ],
)
async def test_what_can_be_typed(clinic_file: Path, text: str, value: str, unit: str) -> None:
    async with entering(clinic_file) as (_, screen):
        line = line_of(screen, "anc")
        line.field.value = text
        entry = line.entry()
        assert entry is not None
        assert (entry.name, entry.value, entry.unit) == ("anc", value, unit)
        line.field.value = "  "
        assert line.entry() is None


async def test_the_laboratorys_limits_go_with_the_value(clinic_file: Path) -> None:
    async with entering(clinic_file) as (pilot, screen):
        await enter(pilot, screen, alt="40")
        line = line_of(screen, "alt")
        entry = line.entry()
        assert entry is not None
        assert (entry.ref_low, entry.ref_high) == ("0", "35")
        assert "0–35  " in screen_text(pilot.app)
        assert line.told is not None
        assert line.told.flag == "H"
        screen.head.fields[1].value = "Another"
        await meant(pilot, screen)
        entry = line.entry()
        assert entry is not None
        assert (entry.ref_low, entry.ref_high) == ("", "")
        assert "0–44 *" in screen_text(pilot.app)
        assert line.told.flag == ""


async def test_f4_goes_through_the_units(clinic_file: Path) -> None:
    async with entering(clinic_file) as (pilot, screen):
        line = line_of(screen, "hb")
        screen.form.focus_line(line)
        await type_in(pilot, "134 g/L")
        assert line.typed == ("134", "g/L")
        seen = []
        for _ in line.line.units:
            await pilot.press("f4")
            seen.append(line.typed[1])
        assert sorted(seen) == sorted(line.line.units)
        assert line.field.value == "134"


async def test_typing_the_same_twice_confirms(clinic_file: Path) -> None:
    async with entering(clinic_file) as (pilot, screen):
        await enter(pilot, screen, anc="0.61")
        line = line_of(screen, "anc")
        assert line.must_confirm
        await pilot.press(*["backspace"] * 4)
        await type_in(pilot, "0.6")
        await meant(pilot, screen)
        assert line.must_confirm
        await type_in(pilot, "1")
        await meant(pilot, screen)
        assert line.is_confirmed
        assert not line.must_confirm
        assert "✓ confirmed as typed" in screen_text(pilot.app)
        await type_in(pilot, "5")
        await meant(pilot, screen)
        assert line.must_confirm


async def test_f3_keeps_the_value_with_its_unit(clinic_file: Path) -> None:
    async with entering(clinic_file) as (pilot, screen):
        await enter(pilot, screen, ldl="3.1")
        line = line_of(screen, "ldl")
        assert "did you mean 3.1 mmol/L" in screen_text(pilot.app)
        assert line.check_action("accept", ()) is True
        await pilot.press("f3")
        await settled(pilot)
        assert line.confirmed == ("3.1", "mg/dL")
        await pilot.press("f4")
        assert not line.is_confirmed


async def test_f2_takes_the_suggestion(clinic_file: Path) -> None:
    async with entering(clinic_file) as (pilot, screen):
        await enter(pilot, screen, ldl="3.1 mg/dL")
        await pilot.press("f2")
        await meant(pilot, screen)
        line = line_of(screen, "ldl")
        assert line.typed == ("3.1", "mmol/L")
        assert line.told is not None
        assert (line.told.problem, line.told.confirm) == ("", "")


def test_a_change_is_never_rounded_to_a_threshold() -> None:
    texts = [change_text(EntryMeaning(change_percent=each)).plain for each in (30.004, -25.6, 150.2, 5.25)]
    assert texts == ["+30.004 %", "−25.6 %", "+150 %", "+5.2 %"]
    assert change_text(EntryMeaning(change_percent=40.0, is_beyond=True)).plain == "+40 % !"
    assert change_text(EntryMeaning()).plain == ""


def test_columns_are_as_wide_on_every_line() -> None:
    for narrow in (True, False):
        short = columns({"unit": "g/dL"}, narrow=narrow)
        assert short.cell_length == columns({"unit": "x" * 300, "last": "日本語" * 20}, narrow=narrow).cell_length
