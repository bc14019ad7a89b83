"""A chart as SVG: well formed whatever its texts, described in words."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st
from tests.exchange.report.build import trend

from labtrack.exchange.report.drawing import drawing_of
from labtrack.exchange.report.model import Limit
from labtrack.exchange.report.svg import safe, svg_of

SPACE = "{http://www.w3.org/2000/svg}"


def parsed(**changes: object) -> ET.Element:
    whole = trend(**changes)
    return ET.fromstring(svg_of(drawing_of(whole, 265, 120, 7), whole.title, whole.summary, "chart-1"))


def test_it_is_told_in_words() -> None:
    root = parsed()
    title, told = root.find(f"{SPACE}title"), root.find(f"{SPACE}desc")
    assert title is not None
    assert told is not None
    assert title.text == "ANC"
    assert told.text == trend().summary
    assert root.attrib["role"] == "img"
    assert root.attrib["aria-labelledby"] == "chart-1-t chart-1-d"


def test_every_kind_of_piece_is_painted() -> None:
    assert {"line", "rect", "circle", "polygon", "text"} <= {each.tag.removeprefix(SPACE) for each in parsed().iter()}


def test_ink_is_black_and_gray_alone() -> None:
    colors = {each.attrib[name] for each in parsed().iter() for name in ("fill", "stroke") if name in each.attrib}
    for color in colors:
        digits = color.removeprefix("#")
        assert len(set(digits if len(digits) == 3 else (digits[:2], digits[2:4], digits[4:]))) == 1, color


@given(st.text(max_size=40))
def test_any_text_stays_text(text: str) -> None:
    root = parsed(title=text, summary=text, limits=(Limit(1.0, text),))
    tags = {each.tag.removeprefix(SPACE) for each in root.iter()}
    assert tags <= {"svg", "title", "desc", "line", "rect", "circle", "polygon", "text"}


def test_what_steers_the_direction_of_reading_is_spelled_out() -> None:
    assert safe("a\u202eb") == "a\\u202eb"
    assert safe("<b>\"'&") == "&lt;b&gt;&quot;&#x27;&amp;"
