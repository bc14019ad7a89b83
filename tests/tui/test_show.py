"""The gate: whatever data holds, it reaches the screen as text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.app import App, ComposeResult
from textual.widgets import Static

from labtrack.core.judgment import Severity, Verdict, WorklistState
from labtrack.core.text import visible
from labtrack.tui.show import SIGNS, cell, joined, lines, shown, sign

HOSTILE = ("[bold]x[/]", "[@click=app.quit]y[/]", "[/bad", "5.1 [H]", "z\x1b[31mred", "\u202eRTL", "a\nb", "")


@pytest.mark.parametrize("text", HOSTILE)
def test_markup_and_escapes_are_shown_as_what_they_are(text: str) -> None:
    content = shown(text)
    assert content.plain == visible(text)
    assert not content.spans
    assert cell(text).plain == visible(text)


@given(st.text())
def test_nothing_that_a_terminal_obeys_passes(text: str) -> None:
    for plain in (shown(text).plain, shown(text, "bold").plain, cell(text).plain, joined((text, "bold")).plain):
        assert "\x1b" not in plain
        assert "\n" not in plain
        assert not any(character in plain for character in "\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u2069")


def test_a_style_covers_the_whole_text() -> None:
    (span,) = shown("[b]x", "bold").spans
    assert (span.start, span.end, span.style) == (0, 4, "bold")


def test_numbers_are_shown_as_written() -> None:
    assert shown(0.005).plain == "0.005"


def test_pieces_are_joined() -> None:
    assert joined("a [b]", ("c", "bold"), shown("d"), between=" ").plain == "a [b] c d"
    assert lines(["a", shown("b")]).plain == "a\nb"


def test_every_severity_verdict_and_state_has_a_sign_that_needs_no_color() -> None:
    kinds = {*Severity, *WorklistState, Verdict.CANNOT_EVALUATE, Verdict.NOT_MET}
    assert kinds - {WorklistState.NEEDS_ACTION} <= SIGNS.keys()
    assert len({SIGNS[each][0] for each in Severity}) == len(Severity)
    assert sign("urgent").plain == "‼"
    assert sign("unheard of").plain == " "


def test_cells_can_stand_at_the_right() -> None:
    assert cell("1", right=True).justify == "right"
    assert cell("1").justify == "left"


async def test_a_widget_shows_it() -> None:
    class Shows(App[None]):
        def compose(self) -> ComposeResult:
            for place, text in enumerate(HOSTILE):
                yield Static(shown(text), id=f"at{place}")

    app = Shows()
    async with app.run_test(size=(80, 24)):
        for place, text in enumerate(HOSTILE):
            assert visible(text) in str(app.query_one(f"#at{place}", Static).render())
