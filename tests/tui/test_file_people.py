"""Who messages are about: nobody is added and no difference passed over before somebody has said so."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from tests.tui.conftest import WIDE, screen_text, settled, until
from textual.pilot import Pilot

from labtrack.clinic import Clinic
from labtrack.clinic.import_outcome import ImportOutcome
from labtrack.clinic.import_preview import Preview
from labtrack.tui.app import LabtrackApp
from labtrack.tui.dialogs.choose_file import ChooseFileDialog
from labtrack.tui.dialogs.pick import PickDialog
from labtrack.tui.file_people import PeopleChoices
from labtrack.tui.screens.import_files import ImportScreen

MESSAGE = (
    "MSH|^~\\&|LIS|ACME|||20261120||ORU^R01|M{0}|P|2.5.1\rPID|1||{1}^^^ACME^MR||{2}||19700102|F\r"
    "OBR|1|O1|F{0}|CBC|||202611190800\rOBX|1|NM|777-3^Platelets^LN||201|10*3/uL^^UCUM|150-400||||F\r"
)


async def answered(pilot: Pilot[Any], screen: ImportScreen, *keys: str) -> None:
    """Press p, then the keys in the list of answers; wait for the new preview."""
    await pilot.press("p")
    await until(pilot, lambda: isinstance(pilot.app.screen, PickDialog))
    before = screen.preview
    await pilot.press(*keys)
    await until(pilot, lambda: pilot.app.screen is screen and screen.preview is not before and screen._work is None)
    await settled(pilot)


async def test_people_are_added_and_confirmed_by_hand(
    app: LabtrackApp, tmp_path: Path, clinic_file: Path, open_clinic: Callable[[Path], Clinic]
) -> None:
    file = tmp_path / "results.hl7"
    file.write_text(MESSAGE.format(1, "NEW-1", "Fremd[bold]^Eva") + MESSAGE.format(2, "DEMO-01", "Otherwise^Named"), encoding="utf-8")
    async with app.run_test(size=WIDE) as pilot:
        screen = ImportScreen()
        pilot.app.push_screen(screen)
        await until(pilot, lambda: isinstance(pilot.app.screen, ChooseFileDialog))
        pilot.app.screen.dismiss([file])
        await until(pilot, lambda: pilot.app.screen is screen and screen.preview is not None and screen._work is None)
        assert screen.accepted == 0
        assert "2 people of the messages are not known here for certain. p says who is meant." in screen_text(app)
        await answered(pilot, screen, "enter")
        assert screen.accepted == 1
        assert "1 person of the messages" in screen_text(app)
        await answered(pilot, screen, "down", "enter")
        assert screen.accepted == 2
        await answered(pilot, screen, "end", "enter")
        assert screen.accepted == 1, "an answer can be taken back"
        await answered(pilot, screen, "end", "enter")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: screen._is_written)
    with closing(open_clinic(clinic_file)) as clinic:
        assert clinic.patient("NEW-1").name == "Eva Fremd[bold]"
        assert any(each.value_text == "201" for each in clinic.chart("DEMO-01").results)


def test_only_what_is_open_is_offered() -> None:
    people = PeopleChoices()
    preview = Preview([], ImportOutcome())
    assert people.open_questions(None) == people.open_questions(preview) == 0
    assert people._offers(preview) == []
    preview.outcome.unknown.update({f"{number} Somebody": 1 for number in range(5)})
    preview.outcome.asked["7"] = "the record says otherwise"
    assert people.open_questions(preview) == 6
    (add, _), (same, mrn) = people._offers(preview)
    assert (add.plain, same.plain, mrn) == (
        "Add as new patients: 0 Somebody; 1 Somebody; 2 Somebody …", "7 is meant, although the record says otherwise", "7",
    )  # fmt: skip
    assert people.options() == {"add_patients": False, "same_patients": frozenset()}
