"""The top line."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from labtrack.clinic import Settings
from labtrack.core.judgment import Region
from labtrack.tui.base import BaseApp
from labtrack.tui.opening import Opening
from labtrack.tui.widgets.banner import Banner, day_in_words, short_day

DAY = date(2026, 11, 22)


def test_days_read_the_same_in_every_locale() -> None:
    assert day_in_words(DAY) == "Sun 22 Nov 2026"
    assert short_day(date(2027, 1, 3)) == "3 Jan"


class BannerApp(BaseApp):
    def compose(self):  # type: ignore[no-untyped-def] # a test's own app
        yield Banner()


async def line_of(tmp_path: Path, width: int, *, name: str = "City Rheumatology", is_set: bool = False) -> str:
    opening = Opening(str(tmp_path / "c.db"), DAY, Settings(clinic_name=name), Region.US, "", "m.ruiz", is_set)
    app = BannerApp(opening)
    async with app.run_test(size=(width, 5)):
        return str(app.query_one(Banner).render())


async def test_it_names_clinic_person_and_day(tmp_path: Path) -> None:
    line = await line_of(tmp_path, 100)
    assert line.startswith("labtrack   City Rheumatology")
    assert line.endswith("clinician: m.ruiz    Sun 22 Nov 2026")
    assert len(line) == 98  # the width less a space on either side


async def test_a_day_that_was_set_is_marked(tmp_path: Path) -> None:
    assert (await line_of(tmp_path, 100, is_set=True)).endswith("Sun 22 Nov 2026 (set)")


@pytest.mark.parametrize(("width", "ends"), [(60, "Sun 22 Nov 2026"), (30, "")])
async def test_what_does_not_fit_is_left_out(tmp_path: Path, width: int, ends: str) -> None:
    line = await line_of(tmp_path, width)
    assert "m.ruiz" not in line
    assert line.rstrip().endswith(ends or "Rheumatology")


async def test_a_name_with_markup_is_text(tmp_path: Path) -> None:
    assert "[bold]x[/]" in await line_of(tmp_path, 100, name="[bold]x[/]")
