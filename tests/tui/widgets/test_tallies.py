"""Tests of labtrack.tui.widgets.tallies."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from tests.tui.conftest import TODAY, opening_of, screen_text, settled

from labtrack.clinic import Clinic, Settings
from labtrack.clinic.arrivals import looked
from labtrack.clinic.overview import Overview
from labtrack.core.judgment import GAPS, WorklistState
from labtrack.tui.app import LabtrackApp
from labtrack.tui.widgets.tallies import KINDS, SHORT, Tallies, last_run_text

NOBODY = Overview(dict.fromkeys(map(str, WorklistState), 0), dict.fromkeys(GAPS, 0), 0, None)


def test_every_state_and_gap_is_counted() -> None:
    assert set(KINDS) == {"", *map(str, WorklistState), *GAPS}
    assert set(SHORT) <= set(KINDS)


@pytest.mark.parametrize(
    ("patients", "days", "said"),
    [(0, None, ""), (5, None, "not run on any day before today"), (5, 0, ""), (5, 1, ""), (5, 2, "2 days ago"), (5, 9, "9 days ago")],
)
def test_a_recall_that_was_not_run_is_told(patients: int, days: int | None, said: str) -> None:
    text = last_run_text(Overview({}, {}, patients, None), days)
    assert said in text.plain if text else not said


@pytest.mark.parametrize("width", [120, 80, 40])
async def test_the_counts_fit_the_width_and_name_absence(clinic_file: Path, width: int) -> None:
    app = LabtrackApp(opening_of(clinic_file))
    async with app.run_test(size=(width, 36)) as pilot:
        await settled(pilot)
        text = screen_text(app)
        assert all(len(line) <= width for line in text.splitlines())
        assert "Never tested 1" in text or width == 40
        rows = app.screen.query_one(Tallies)._lines(width - 2)
        assert [kind for row in rows for kind, _ in row][:10] == list(KINDS)[:10]


async def test_before_anything_is_known_nothing_is_counted(clinic_file: Path) -> None:
    app = LabtrackApp(opening_of(clinic_file))
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        tallies = app.screen.query_one(Tallies)
        tallies.put(None, "")
        assert tallies.count("overdue") is None
        assert "Overdue …" in tallies.render().plain
        tallies.put(NOBODY, "")
        assert tallies.count("overdue") == tallies.count("") == 0


async def test_a_click_chooses_a_kind(clinic_file: Path) -> None:
    app = LabtrackApp(opening_of(clinic_file))
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        line = next(line for line in screen_text(app).splitlines() if "Overdue" in line)
        await pilot.click(Tallies, offset=(line.index("Overdue"), 0))
        await settled(pilot)
        assert app.screen.query_one(Tallies).chosen == "overdue"


@pytest.mark.parametrize("width", [120, 80, 40])
async def test_a_silent_folder_is_told_as_plain_text_above_the_counts(clinic_file: Path, width: int) -> None:
    with Clinic.open(clinic_file, today=TODAY, settings=Settings()) as clinic, clinic.store.write() as writer:
        looked(writer, "/in/[bold]lab[/]", TODAY - timedelta(9), 7)
    app = LabtrackApp(opening_of(clinic_file))
    async with app.run_test(size=(width, 36)) as pilot:
        await settled(pilot)
        text = screen_text(app)
        assert all(len(line) <= width for line in text.splitlines())
        said = " ".join(text.split())
        assert "Nothing has arrived in the watched folder /in/[bold]lab[/] for 9 days" in said
        assert "(never yet; asked to tell after 7)." in said
        assert "All 43" in said
        await pilot.click(Tallies, offset=(3, 0))
        await settled(pilot)
        assert app.screen.query_one(Tallies).chosen == ""
        y = next(number for number, line in enumerate(text.splitlines()) if "Overdue" in line)
        await pilot.click(offset=(text.splitlines()[y].index("Overdue"), y))
        await settled(pilot)
        assert app.screen.query_one(Tallies).chosen == "overdue"


async def test_without_a_watched_folder_nothing_is_added(clinic_file: Path) -> None:
    app = LabtrackApp(opening_of(clinic_file))
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        assert "watched" not in screen_text(app)
        tallies = app.screen.query_one(Tallies)
        assert tallies.size.height == len(tallies._lines(tallies.size.width))
