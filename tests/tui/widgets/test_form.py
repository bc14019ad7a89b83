"""Fields: what is read of them, and the reason beside them when it is not."""

from __future__ import annotations

from datetime import date, time
from typing import Any

import pytest
from textual.app import App, ComposeResult
from textual.widgets import Input, Select

from labtrack.core.record import CollectedAt
from labtrack.tui.widgets.form import Done, Field, Form, collected, day, number, optional, required


@pytest.mark.parametrize(
    ("read", "text", "value"),
    [
        (day, " 2026-11-22 ", date(2026, 11, 22)),
        (number, "2,5", 2.5),
        (number, "0.75", 0.75),
        (required, " x ", "x"),
        (optional(number), "  ", None),
        (optional(number), "2", 2.0),
        (collected, "2026-11-22 08:15", CollectedAt(date(2026, 11, 22), time(8, 15))),
    ],
)
def test_what_is_read(read: Any, text: str, value: object) -> None:
    assert read(text) == value


@pytest.mark.parametrize(
    ("read", "text", "reason"),
    [
        (day, "03/04/2026", "ambiguous date"),
        (day, "", "empty"),
        (number, "", "needed"),
        (number, "<5", "not a number"),
        (number, "1.2.3", "not a number"),
        (required, "  ", "needed"),
        (optional(day), "soon", "not a date"),
        (collected, "2026-11-22T99:00", "no such time"),
    ],
)
def test_why_it_is_not(read: Any, text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        read(text)


class Host(App[None]):
    """A form and nothing else."""

    def __init__(self) -> None:
        super().__init__()
        self.done = 0
        self.form = Form(
            [
                Field("kind", "Kind", choices=[("a", "[b]A[/]"), ("b", "B")], notes={"a": "about [b]a[/]", "b": ""}, notes_at="dose"),
                Field("dose", "Dose", "1", read=number),
                Field("on", "On", hint="YYYY-MM-DD", read=day),
            ]
        )

    def compose(self) -> ComposeResult:
        yield self.form

    def on_done(self, event: Done) -> None:
        self.done += 1


async def test_enter_goes_on_and_from_the_last_field_is_done() -> None:
    app = Host()
    async with app.run_test(size=(60, 20)) as pilot:
        app.form.query_one("#dose").focus()
        await pilot.press("enter")
        await pilot.pause()
        assert app.focused is app.form.query_one("#on")
        await pilot.press("enter")
        await pilot.pause()
        assert app.done == 1


async def test_reading_tells_every_reason_and_goes_to_the_first() -> None:
    app = Host()
    async with app.run_test(size=(60, 20)) as pilot:
        app.form.query_one("#dose", Input).value = "much"
        await pilot.pause()
        assert app.form.read() is None
        await pilot.pause()
        assert {row.field.id: row.reason for row in app.form.rows} == {
            "kind": "", "dose": "not a number; write it as 2 or 2.5", "on": "date is empty",
        }  # fmt: skip
        assert app.focused is app.form.query_one("#dose")
        assert app.form.texts["dose"] == "much"
        assert app.form.read(only=["kind"]) == {"kind": ""}


async def test_a_reason_goes_once_the_field_changes_and_a_choice_shows_its_note() -> None:
    app = Host()
    async with app.run_test(size=(60, 20)) as pilot:
        assert not app.form.is_changed
        app.form.blame("dose", "too [b]much[/]")
        app.form.blame("kind", "which?")
        await pilot.pause()
        app.form.query_one("#dose", Input).value = "2"
        app.form.query_one("#kind", Select).value = "a"
        await pilot.pause()
        assert [row.reason for row in app.form.rows] == ["", "", ""]
        assert app.form.is_changed
        assert "about [b]a[/]" in str(app.form.row("dose").query_one(".about").render())


async def test_a_form_without_fields_has_nothing_to_focus() -> None:
    form = Form([])
    form.focus_first()
    assert form.fields == ()
