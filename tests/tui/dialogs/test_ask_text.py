"""Tests of labtrack.tui.dialogs.ask_text."""

from __future__ import annotations

from pathlib import Path

from tests.tui.conftest import opening_of, screen_text, settled

from labtrack.tui.app import LabtrackApp
from labtrack.tui.dialogs.ask_text import AskTextDialog


async def asked(place: Path, dialog: AskTextDialog, *keys: str) -> tuple[list[str | None], str]:
    app, said = LabtrackApp(opening_of(place)), []
    async with app.run_test() as pilot:
        await settled(pilot)
        app.push_screen(dialog, said.append)
        await settled(pilot)
        await pilot.press(*keys)
        await settled(pilot)
        return said, screen_text(app)


async def test_what_is_typed_is_the_answer(empty_file: Path) -> None:
    said, _ = await asked(empty_file, AskTextDialog("Name", "New name"), *"City ", "enter")
    assert said == ["City"]


async def test_the_text_that_stands_can_be_gone_on_with(empty_file: Path) -> None:
    said, _ = await asked(empty_file, AskTextDialog("Name", "New name", "City"), "end", "2", "enter")
    assert said == ["City2"]


async def test_escape_answers_nothing(empty_file: Path) -> None:
    assert (await asked(empty_file, AskTextDialog("Name", "New name", "City"), "escape"))[0] == [None]


async def test_nothing_typed_is_no_answer_unless_it_may_be(empty_file: Path) -> None:
    said, text = await asked(empty_file, AskTextDialog("Name", "New name"), "enter")
    assert said == []
    assert "Type something, or leave with Esc." in text
    assert (await asked(empty_file, AskTextDialog("Name", "New name", may_be_empty=True), "enter"))[0] == [""]


async def test_a_refusal_stands_below_and_the_text_stays(empty_file: Path) -> None:
    dialog = AskTextDialog("[bold]Name[/]", "New name", refuse=lambda text: "" if text == "ok" else f"[b]{text}[/] is taken")
    said, text = await asked(empty_file, dialog, "x", "enter")
    assert said == []
    assert "[b]x[/] is taken" in text
    assert "[bold]Name[/]" in text
    dialog = AskTextDialog("Name", "New name", refuse=lambda text: "" if text == "ok" else "taken")
    said, _ = await asked(empty_file, dialog, "x", "enter", "backspace", "o", "k", "enter")
    assert said == ["ok"]
