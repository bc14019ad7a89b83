"""The line of tabs: it fits, says which is shown without color, and can be clicked."""

from __future__ import annotations

import pytest
from textual.app import App, ComposeResult

from labtrack.tui.widgets.tab_line import TabLine

NAMES = ("Overview", "Results", "Trend", "Treatment", "Screening", "History")


class Host(App[None]):
    """The line and nothing else."""

    def __init__(self) -> None:
        super().__init__()
        self.picked: list[int] = []

    def compose(self) -> ComposeResult:
        yield TabLine(NAMES)

    def on_tab_line_picked(self, event: TabLine.Picked) -> None:
        self.picked.append(event.place)


@pytest.mark.parametrize(
    ("width", "text"),
    [(120, " 1 Overview  2 Results "), (50, " 1 Over  2 Resu "), (40, " 1 Ov  2 Re "), (22, " 1  2  3 ")],
)
async def test_names_are_cut_to_what_fits(width: int, text: str) -> None:
    app = Host()
    async with app.run_test(size=(width, 5)):
        line = app.query_one(TabLine)
        assert line.render().plain.startswith(text)
        assert line.render().cell_length <= width


async def test_the_one_that_is_shown_stands_out_without_color() -> None:
    app = Host()
    async with app.run_test(size=(120, 5)):
        line = app.query_one(TabLine)
        line.shown_tab = 2
        spans = [span for span in line.render().spans if "reverse" in str(span.style)]
        assert [line.render().plain[span.start : span.end] for span in spans] == [" 3 Trend "]


async def test_a_click_picks() -> None:
    app = Host()
    async with app.run_test(size=(120, 5)) as pilot:
        await pilot.click(TabLine, offset=(14, 0))
        await pilot.click(TabLine, offset=(110, 0))
        await pilot.pause()
        assert app.picked == [1]
