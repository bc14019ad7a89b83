"""The grid on the screen: only what is seen is made, the cursor is always seen, frozen columns stay."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from tests.clinic.homes import ADA, entries
from tests.tui.conftest import NARROW, TODAY, WIDE, screen_text, settled
from tests.tui.patients import ada_file, patient_open, press, running

from labtrack.clinic import Clinic, Settings
from labtrack.core.record import CollectedAt, Patient
from labtrack.tui.screens.patient import PatientScreen
from labtrack.tui.widgets.results_grid import ResultsGrid


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ada with 2,000 results: a hundred collections of twenty analytes."""
    folder = tmp_path_factory.mktemp("many")
    place, file = folder / "many.db", folder / "results.csv"
    kinds = {"hb": "13 g/dL", "creatinine": "0.9 mg/dL", "urea": "5 mmol/L", "crp": "3 mg/L", "albumin": "4 g/dL", "bilirubin": "0.5 mg/dL"}
    kinds |= dict.fromkeys(("anc", "alc", "wbc"), "3 10*9/L") | {"plt": "250 10*9/L", "hct": "40 %"}
    kinds |= dict.fromkeys(("alt", "ast", "ggt", "alp", "ck"), "50 U/L") | dict.fromkeys(("tc", "ldl", "hdl", "tg"), "90 mg/dL")
    rows = ["mrn,analyte,value,unit,collected_at"]
    for number in range(100):
        day = TODAY - timedelta(20 * number + 3)
        rows += [f"{ADA.mrn},{key},{text.replace(' ', ',')},{day}T08:00" for key, text in kinds.items()]
    file.write_text("\n".join(rows) + "\n", encoding="utf-8")
    with Clinic.open(place, today=TODAY, settings=Settings(), actor="test") as clinic:
        clinic.add_patient(ADA)
        clinic.start_course(ADA.mrn, "baricitinib", 2.0, "daily", date(2022, 3, 3))
        clinic.import_files([file])
    return place


def grid_of(app: object) -> ResultsGrid:
    found: ResultsGrid = app.screen.query_one("#grid", ResultsGrid)  # type: ignore[attr-defined]
    return found


async def test_of_two_thousand_results_only_those_that_are_seen_are_made(many: Path) -> None:
    async with patient_open(many, tab="results") as (app, pilot):
        grid = grid_of(app)
        assert grid.grid is not None
        assert len(grid.grid.columns) == 100
        made = [len(row.cells._made) for row in grid.grid.rows]  # type: ignore[attr-defined]
        assert max(made) < 15
        for key, day in (("home", "2021"), ("end", "19 Nov")):
            await press(pilot, key)
            assert day in screen_text(app)
            assert "Hb     g/dL        12–15" in screen_text(app)
            assert "baseline" in screen_text(app)


@pytest.mark.parametrize("size", [WIDE, NARROW])
async def test_the_cursor_is_seen_wherever_it_goes(many: Path, size: tuple[int, int]) -> None:
    async with patient_open(many, tab="results", size=size) as (app, pilot):
        grid = grid_of(app)
        for keys in (["left"] * 12, ["right"] * 6, ["home"], ["right"] * 9, ["end"]):
            for key in keys:
                await pilot.press(key)
            await settled(pilot)
            grid.render()
            assert grid._at[1] in grid._window()
            assert all(each.cell_length <= max(size[0], 40) for each in grid.render().split("\n"))
        for _ in range(3):
            await press(pilot, "pagedown")
        assert "CRP" in screen_text(app)
        assert "C-reactive" in screen_text(app) or "CRP" in screen_text(app).splitlines()[-5]
        await press(pilot, "pageup", "pageup", "pageup")
        assert "Blood count" in screen_text(app)


async def test_marks_that_color_says_too(tmp_path: Path) -> None:
    async with patient_open(ada_file(tmp_path), tab="results") as (app, pilot):
        text = screen_text(app)
        for each in ("0.82 L‼", "152 ▲", "12.8*", "−73.5 % beyond variation", "never reported", "City Lab", "= calculated"):
            assert each in text, each
        await press(pilot, "left")
        assert "amended, before 9.9" in screen_text(app)


async def test_enter_opens_only_what_was_reported(tmp_path: Path) -> None:
    async with patient_open(ada_file(tmp_path), tab="results") as (app, pilot):
        await press(pilot, "down", "left")  # no ANC in May
        assert grid_of(app).current is None
        assert "nothing reported" in screen_text(app)
        await press(pilot, "enter")
        assert isinstance(app.screen, PatientScreen)


async def test_the_cursor_stays_when_a_collection_is_added(tmp_path: Path) -> None:
    async with patient_open(ada_file(tmp_path), tab="results") as (app, pilot):
        await press(pilot, "down", "left", "left")
        before = grid_of(app)._place_of_cursor()
        await app.desk.change(lambda clinic: clinic.record(ADA.mrn, entries(alt="22 U/L"), CollectedAt(date(2026, 1, 5))))
        await press(pilot, "1", "2")
        assert grid_of(app)._place_of_cursor() == before
        assert "ALT" in screen_text(app)


async def test_a_click_puts_the_cursor_there(tmp_path: Path) -> None:
    async with patient_open(ada_file(tmp_path), tab="results") as (app, pilot):
        grid = grid_of(app)
        lines = screen_text(app).splitlines()
        row = next(number for number, line in enumerate(lines) if " ANC " in line)
        column = lines[row].index("3.1", lines[row].index("3.1") + 3)
        await pilot.click(offset=(column, row))
        await settled(pilot)
        assert grid._place_of_cursor()[0] == "anc"
        assert grid._at[1] == 0
        await pilot.click(offset=(3, 5))
        assert grid._at[1] == 0


async def test_without_results_it_says_so(tmp_path: Path) -> None:
    place = ada_file(tmp_path)
    async with running(place) as (app, pilot):
        await app.desk.change(lambda clinic: clinic.add_patient(Patient("2", "Nobody")))
        await app.go("patient", "2", "results")
        await settled(pilot)
        assert "No results recorded." in screen_text(app)
        await press(pilot, "left", "enter", "end")
        assert isinstance(app.screen, PatientScreen)
