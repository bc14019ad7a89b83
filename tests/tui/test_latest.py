"""Of several changes only the last is asked about; none is left unasked."""

from __future__ import annotations

import asyncio

import pytest
from textual.app import App

from labtrack.tui.latest import Latest


async def test_the_last_change_is_always_asked_about_and_never_two_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("labtrack.tui.latest.DEBOUNCE", 0.0)
    asked: list[str] = []
    running = 0
    text = ""
    go_on = asyncio.Event()

    async def ask() -> None:
        nonlocal running
        running += 1
        assert running == 1
        asked.append(text)
        await go_on.wait()
        running -= 1

    app: App[None] = App()
    async with app.run_test() as pilot:
        latest = Latest(app, ask)
        for each in ("1", "12", "12."):
            text = each
            latest.changed()
        await pilot.pause()
        assert asked == ["12."]
        for each in ("12.4", "12.45"):
            text = each
            latest.changed()
        go_on.set()
        await app.workers.wait_for_complete()
        assert asked == ["12.", "12.45"]
        assert not latest.is_running


async def test_a_question_that_fails_does_not_stop_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("labtrack.tui.latest.DEBOUNCE", 0.0)
    asked = []

    async def ask() -> None:
        asked.append(len(asked))
        if len(asked) == 1:
            raise ValueError("once")

    app: App[None] = App()
    async with app.run_test() as pilot:
        latest = Latest(app, ask)
        latest.changed()
        await pilot.pause()
        assert not latest.is_running
        latest.changed()
        await pilot.pause()
        assert asked == [0, 1]
