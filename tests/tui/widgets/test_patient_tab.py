"""A tab reads when it is shown and something changed, and only then."""

from __future__ import annotations

from pathlib import Path

from tests.clinic.homes import ADA
from tests.tui.conftest import screen_text
from tests.tui.patients import ada_file, patient_open, press

from labtrack.core.errors import Refused
from labtrack.tui.widgets.history import HistoryTab
from labtrack.tui.widgets.patient_tab import main_app


async def test_it_reads_once_and_again_after_a_change(tmp_path: Path) -> None:
    async with patient_open(ada_file(tmp_path), tab="history") as (app, pilot):
        tab = app.screen.query_one(HistoryTab)
        assert main_app(tab) is app
        read: list[int] = []
        load = tab.load

        async def counted() -> None:
            read.append(1)
            await load()

        tab.load = counted  # type: ignore[method-assign]
        await press(pilot, "1", "6", "1", "6")
        assert read == []
        await app.desk.change(lambda clinic: clinic.edit_patient(ADA.mrn, phone="555-0199"))
        await press(pilot, "1", "6")
        assert read == [1]
        assert "555-0199" in screen_text(app)


async def test_what_could_not_be_read_is_told_and_tried_again(tmp_path: Path) -> None:
    async with patient_open(ada_file(tmp_path), tab="history") as (app, pilot):
        tab = app.screen.query_one(HistoryTab)
        tab.seen = -1

        async def refused() -> None:
            raise Refused("Not now.")

        tab.load = refused  # type: ignore[method-assign]
        await press(pilot, "1", "6")
        assert any("Not now." in each.message for each in app._notifications)
        assert tab.seen == -1
