"""The last gate before the terminal."""

from __future__ import annotations

from pathlib import Path

import pytest
from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from tests.tui.conftest import WIDE, opening_of, screen_text, settled
from textual.color import Color
from textual.screen import Screen
from textual.widgets import Input

from labtrack.tui.app import LabtrackApp
from labtrack.tui.harmless import Harmless, harmless


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Okafor ×10⁹/L ┃⣿", "Okafor ×10⁹/L ┃⣿"),
        ("a\x1b[2Jb", "a[2Jb"),
        ("\u202eab\u2066", "ab"),
        ("\u0645\u06cc\u200c\u062e", "\u0645\u06cc\u200c\u062e"),
        ("z" + "\u0301" * 30, "z" + "\u0301" * 8),
        ("1\u00a02", "1 2"),
    ],
)
def test_what_acts_is_taken_out_and_nothing_moves(text: str, left: str) -> None:
    assert harmless(text) == left
    assert cell_len(harmless(text)) == cell_len(text)


def test_a_line_without_any_stays_as_it_is() -> None:
    segments = [Segment("a", Style(bold=True)), Segment("\x9b31mb", Style(italic=True))]
    before, after = Harmless().apply(segments, Color(0, 0, 0))
    assert before is segments[0]
    assert (after.text, after.style) == ("31mb", Style(italic=True))


async def test_every_widget_of_the_apps_goes_through_it(empty_file: Path) -> None:
    app = LabtrackApp(opening_of(empty_file))
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        await app.push_screen(Screen())
        await app.screen.mount(Input("x\x1b]0;title\x07\u202ey"))
        await settled(pilot)
        text = screen_text(app)
        assert "x]0;titley" in text
        assert text.replace("\n", "").isprintable()
