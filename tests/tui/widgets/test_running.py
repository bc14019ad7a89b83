"""Long work: the bar, and stopping it."""

from __future__ import annotations

import time

import pytest
from textual.app import App, ComposeResult

from labtrack.tui.widgets.running import Running, RunningLine


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Seconds, as the test sets them."""
    now = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    return now


def test_it_tells_share_rate_and_time_left(clock: list[float]) -> None:
    running = Running()
    assert running.text(80) == "Reading …"
    running(0, 10_000_000)
    assert running.text(80).startswith("░")
    assert running.text(80).endswith(" 0 %  0.0 of 10.0 MB")
    clock[0] = 2.0
    running(4_000_000, 10_000_000)
    assert running.text(80) == "████████████" + "░" * 18 + " 40 %  4.0 of 10.0 MB  2.0 MB/s  3 s left"
    assert running.text(45).startswith("█")
    assert len(running.text(45)) <= 45
    running(10_000_000, 10_000_000)
    assert "100 %" in running.text(80)
    assert "judging" in running.text(80)


def test_it_can_be_stopped() -> None:
    running = Running()
    options = running.options(strict=True)
    assert options.strict
    assert options.cancel is not None
    assert not options.cancel()
    running.stop()
    assert options.cancel()
    assert running.text(80) == "Stopping …"
    assert options.progress is running


class LineApp(App[None]):
    def compose(self) -> ComposeResult:
        yield RunningLine()


async def test_the_line_follows_what_runs_and_is_empty_otherwise() -> None:
    async with LineApp().run_test() as pilot:
        line = pilot.app.query_one(RunningLine)
        assert str(line.render()) == ""
        running = Running()
        line.follow(running)
        running(1, 2)
        assert "50 %" in str(line.render())
        line.follow(None)
        assert str(line.render()) == ""
