"""The small form: what was typed stays, refusals stand beside their field, leaving asks twice."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.tui.conftest import screen_text, settled
from tests.tui.patients import ada_file, press, running, write
from textual.content import Content
from textual.pilot import Pilot

from labtrack.core.errors import DatabaseLocked, LabtrackError, Refused
from labtrack.tui.app import LabtrackApp
from labtrack.tui.dialogs.form import FormDialog, next_step_of
from labtrack.tui.screens.trouble import TroubleScreen
from labtrack.tui.widgets.form import Field, Form, number, required

FIELDS = (Field("dose", "Dose", read=number), Field("why", "[b]Why[/]", read=required))


async def shown(app: LabtrackApp, pilot: Pilot[Any], deed: Any, **more: Any) -> list[object]:
    answers: list[object] = []
    app.push_screen(FormDialog("[red]Title[/]", FIELDS, deed, **more), answers.append)
    await settled(pilot)
    return answers


def refusing(error: LabtrackError) -> Any:
    def deed(clinic: object, typed: Mapping[str, Any]) -> None:
        raise error

    return deed


def reasons(app: LabtrackApp) -> dict[str, str]:
    return {row.field.id: row.reason for row in app.screen.query_one(Form).rows if row.reason}


async def test_what_was_read_is_done_and_warnings_are_shown(tmp_path: Path) -> None:
    done: list[object] = []

    def deed(clinic: object, typed: Mapping[str, Any]) -> list[str]:
        done.append(dict(typed))
        return ["[b]look[/] again"]

    async with running(ada_file(tmp_path)) as (app, pilot):
        answers = await shown(app, pilot, deed)
        await write(pilot, "2,5")
        await press(pilot, "enter")
        await write(pilot, " because ")
        await press(pilot, "enter")
        assert done == [{"dose": 2.5, "why": "because"}]
        assert answers == [True]
        assert any("[b]look[/] again" in each.message for each in app._notifications)


async def test_nothing_is_asked_of_the_clinic_before_every_field_can_be_read(tmp_path: Path) -> None:
    async with running(ada_file(tmp_path)) as (app, pilot):
        await shown(app, pilot, refusing(AssertionError()))  # type: ignore[arg-type]
        await write(pilot, "much")
        await press(pilot, "ctrl+s")
        assert set(reasons(app)) == {"dose", "why"}
        text = screen_text(app)
        assert "[red]Title[/]" in text
        assert "[b]Why[/]" in text
        assert "! not a number" in text


async def test_a_refusal_stands_beside_the_field_that_its_words_name(tmp_path: Path) -> None:
    async with running(ada_file(tmp_path)) as (app, pilot):
        error = Refused("The reason is [bold]bad[/].", "Give another.")
        answers = await shown(app, pilot, refusing(error), blame=(("reason", "why"),))
        await write(pilot, "2")
        await press(pilot, "tab")
        await write(pilot, "x")
        await press(pilot, "ctrl+s")
        assert reasons(app) == {"why": "The reason is [bold]bad[/]. Give another."}
        assert "[bold]bad[/]" in screen_text(app)
        assert app.screen.query_one(Form).texts == {"dose": "2", "why": "x"}
        assert answers == []


async def test_a_refusal_that_names_nothing_stands_at_the_first_field(tmp_path: Path) -> None:
    async with running(ada_file(tmp_path)) as (app, pilot):
        await shown(app, pilot, refusing(Refused("No.", "Try: labtrack course stop")))
        await write(pilot, "2")
        await press(pilot, "tab")
        await write(pilot, "x")
        await press(pilot, "ctrl+s")
        assert reasons(app) == {"dose": "No."}


async def test_a_fault_of_the_file_is_no_refusal(tmp_path: Path) -> None:
    async with running(ada_file(tmp_path)) as (app, pilot):
        await shown(app, pilot, refusing(DatabaseLocked("Locked.", "Wait.")))
        await write(pilot, "2")
        await press(pilot, "tab")
        await write(pilot, "x")
        await press(pilot, "ctrl+s")
        assert isinstance(app.screen, TroubleScreen)
        below = app.screen_stack[-2]
        assert isinstance(below, FormDialog)
        assert below.form.texts == {"dose": "2", "why": "x"}


async def test_leaving_asks_twice_once_something_was_typed(tmp_path: Path) -> None:
    async with running(ada_file(tmp_path)) as (app, pilot):
        answers = await shown(app, pilot, refusing(Refused("No.")))
        await press(pilot, "escape")
        assert answers == [None]
        answers = await shown(app, pilot, refusing(Refused("No.")))
        await press(pilot, "5", "escape")
        assert "Esc again leaves" in screen_text(app)
        await press(pilot, "6", "escape")
        assert answers == []
        await press(pilot, "escape")
        assert answers == [None]


def test_a_command_is_no_next_step_on_a_screen() -> None:
    assert next_step_of(Refused("x", "Correct the date.")) == "Correct the date."
    assert next_step_of(Refused("x", "See: labtrack patient show 1")) == ""
    assert next_step_of(Refused("x", "Give it with --reason.")) == ""


def test_a_title_may_be_content() -> None:
    assert FormDialog(Content("x"), (), refusing(Refused("x"))).heading.plain == "x"
