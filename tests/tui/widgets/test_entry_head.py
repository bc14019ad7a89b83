"""The head of the form: the patient is always named, whatever the name."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from tests.tui.conftest import HOSTILE, hostile_patient, screen_text, settled
from tests.tui.entering import entering, type_in

from labtrack.core.record import Patient
from labtrack.tui.widgets.entry_head import counted, who


@pytest.mark.parametrize("name", HOSTILE)
def test_birth_date_and_mrn_have_room_beside_any_name(name: str) -> None:
    said = who(hostile_patient("H-1", name), 60)
    assert said.plain.endswith("  born 1961-04-05  MRN H-1")
    assert said.cell_length <= 60


def test_a_birth_date_that_is_not_known_is_said() -> None:
    assert "birth date not recorded" in who(Patient("1", "A"), 80).plain
    assert who(Patient("1", "A", date(1960, 1, 2)), 80).plain == "A  born 1960-01-02  MRN 1"


def test_values_are_counted() -> None:
    assert [counted(each) for each in (0, 1, 12)] == ["0 values", "1 value", "12 values"]


async def test_enter_leads_from_the_head_to_the_fields(clinic_file: Path) -> None:
    async with entering(clinic_file) as (pilot, screen):
        screen.head.fields[1].focus()
        await type_in(pilot, "Other Lab\n")
        await settled(pilot)
        assert screen.form.current is screen.form.lines[0]
        assert screen.head.lab == "Other Lab"
        screen.head.say("a [bold]reason[/]")
        await settled(pilot)
        assert "a [bold]reason[/]" in screen_text(pilot.app)
