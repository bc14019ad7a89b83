"""What is given up before it began."""

from __future__ import annotations

import gc
import warnings

from textual.app import App

from labtrack.tui.app import LabtrackApp
from labtrack.tui.workers import Workers


async def work(done: list[int], number: int) -> None:
    done.append(number)


async def test_work_given_up_before_it_began_says_nothing(app: LabtrackApp) -> None:
    done: list[int] = []
    async with app.run_test() as pilot:
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always")
            for number in range(3):
                app.run_worker(work(done, number), group="one", exclusive=True)
            await pilot.pause()
            gc.collect()
    assert done == [2]
    assert [str(each.message) for each in said if "never awaited" in str(each.message)] == []


def test_the_app_has_them(app: LabtrackApp) -> None:
    assert isinstance(app.workers, Workers)
    assert not isinstance(App[int]().workers, Workers)
