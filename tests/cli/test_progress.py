"""The progress bar."""

from __future__ import annotations

import sys

import pytest
from tests.cli.conftest import Stream

from labtrack.cli import progress
from labtrack.cli.progress import Progress, bar


@pytest.mark.parametrize(
    ("done", "total", "seconds", "line"),
    [
        (0, 2_000_000, 0.0, f"[{' ' * 24}]   0%  0.0 of 2.0 MB"),
        (1_000_000, 4_000_000, 0.4, f"[{'#' * 6}{' ' * 18}]  25%  1.0 of 4.0 MB"),
        (1_000_000, 4_000_000, 0.5, f"[{'#' * 6}{' ' * 18}]  25%  1.0 of 4.0 MB  2.0 MB/s  2 s left"),
        (5, 4, 1.0, f"[{'#' * 24}] 100%  0.0 of 0.0 MB  0.0 MB/s  0 s left"),
    ],
)
def test_the_bar_tells_share_rate_and_time_left(done: int, total: int, seconds: float, line: str) -> None:
    assert bar(done, total, seconds) == line


def test_it_is_drawn_on_a_terminal_now_and_then_and_taken_away(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([1.0, 1.05, 2.0])
    monkeypatch.setattr(progress.time, "monotonic", lambda: next(clock))
    stream = Stream(terminal=True)
    monkeypatch.setattr(sys, "stderr", stream)
    shown = Progress()
    for done in (1, 2, 3):
        shown(done, 4)
    shown.clear()
    shown.clear()
    assert stream.text().count("\r[") == 2
    assert stream.text().endswith("\r\x1b[K")


def test_elsewhere_it_stays_away(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = Stream()
    monkeypatch.setattr(sys, "stderr", stream)
    shown = Progress()
    shown(1, 2)
    shown.clear()
    assert stream.text() == ""
