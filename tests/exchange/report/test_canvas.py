"""Text on a PDF page: measured, wrapped, and never silently lost."""

from __future__ import annotations

import builtins
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.exchange.report.build import read_pdf, trend

from labtrack.core.errors import LabtrackError
from labtrack.exchange.report.canvas import CUT, LACKING, LONGEST, Canvas, require_fpdf
from labtrack.exchange.report.drawing import drawing_of

MADE = (2026, 11, 22)


@pytest.fixture
def canvas() -> Iterator[Canvas]:
    with Canvas("letter", MADE, "labtrack") as opened:
        yield opened


@pytest.mark.parametrize("text", ["≥ ×10⁹/L µmol/L", "Ελένη", "Пётр", "Nguyễn, Thị Mai", "Yılmaz", "Horváth", "‼ ▲ △ ↑ ↓ ● ▼ …"])
def test_the_scripts_and_signs_in_use_are_printed(canvas: Canvas, text: str) -> None:
    page = canvas
    page.add_page()
    page.text(50, 50, text, 10)
    page.text(50, 80, text, 10, bold=True)
    assert not page.lacks
    (said,) = read_pdf(page.bytes())
    assert said.count(text) == 2


def test_a_character_that_is_lacking_leaves_a_box(canvas: Canvas) -> None:
    assert canvas.printable("山田 A") == f"{LACKING}{LACKING} A"
    assert canvas.lacks


def test_what_steers_the_reading_is_spelled_out(canvas: Canvas) -> None:
    assert canvas.printable("a\u202eb\nc") == "a\\u202eb\\nc"
    assert canvas.printable("e\u0301") == "é"


def test_lines_break_at_spaces_and_long_words_inside(canvas: Canvas) -> None:
    lines = canvas.wrap([("Found:", True), (" one two three", False), (" " + "x" * 60, False)], 80, 10)
    assert lines[0][0] == ("Found:", True)
    assert all(sum(canvas.text_width(text, 10, bold) for text, bold in line) <= 80.5 for line in lines)
    assert "".join(text for line in lines for text, _ in line).count("x") == 60
    assert canvas.wrap([("", False)], 80, 10) == [[("", False)]]


def test_a_very_long_text_is_cut_and_says_so(canvas: Canvas) -> None:
    lines = canvas.wrap([("word " * LONGEST, False)], 400, 8)
    assert lines[-1][0][0].endswith(CUT)


@settings(max_examples=20)
@given(st.lists(st.tuples(st.text(max_size=120), st.floats(30, 300)), max_size=12))
def test_no_text_breaks_a_line(cases: list[tuple[str, float]]) -> None:
    with Canvas("letter", MADE, "labtrack") as page:
        for text, width in cases:
            lines = page.wrap([(text, False)], width, 9)
            assert "".join(part for line in lines for part, _ in line).replace(" ", "") == page.printable(text).replace(" ", "")
            for line in lines:
                assert sum(page.text_width(part, 9, bold) for part, bold in line) <= width + 0.5 or len(line[0][0]) == 1


def test_a_chart_is_painted_with_its_texts(canvas: Canvas) -> None:
    canvas.add_page()
    canvas.paint(drawing_of(trend(), 265, 120, 7), 40, 40)
    (said,) = read_pdf(canvas.bytes())
    for text in ("ANC ×10⁹/L", "latest 0.82 on 19 Nov 2026", "anc-below-1 <1", "baricitinib 2 mg daily", "Apr 2026"):
        assert text in said


def test_without_the_library_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *rest: Any, **more: Any) -> Any:
        if name.partition(".")[0] == "fpdf":
            raise ImportError(name)
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(LabtrackError) as caught:
        require_fpdf()
    assert "labtrack[report]" in caught.value.next_step
