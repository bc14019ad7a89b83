"""Tests of labtrack.tui.widgets.preview."""

from __future__ import annotations

from datetime import date

import pytest

from labtrack.clinic.preview import PreviewSeries
from labtrack.tui.widgets.preview import series_text, spark


@pytest.mark.parametrize(
    ("values", "drawn"),
    [((), ""), ((1.0,), ""), ((1.0, 2.0), "▁█"), ((3.0, 3.0, 3.0), "▅▅▅"), ((0.0, 5.0, 10.0), "▁▅█"), ((9.0, 1.0, 1.0), "█▁▁")],
)
def test_a_course_is_drawn_between_its_lowest_and_highest(values: tuple[float, ...], drawn: str) -> None:
    assert spark(values) == drawn


def series(values: tuple[float, ...], first: str, last: str, change: str = "", flag: str = "") -> PreviewSeries:
    return PreviewSeries("ANC", values, first, last, date(2026, 11, 19), change, flag)


@pytest.mark.parametrize(
    ("made", "text"),
    [
        (series((3.1, 0.82), "3.1", "0.82", "-73.55", "L"), "ANC 3.1 █▁ 0.82 L (-73 %)"),
        (series((), "<0.5", "<0.5"), "ANC <0.5"),
        (series((2.0, 2.01), "2", "2.01", "0.5"), "ANC 2 ▁█ 2.01"),
        (series((2.0, 3.0), "2", "3", "50"), "ANC 2 ▁█ 3 (+50 %)"),
    ],
)
def test_an_analyte_in_a_few_characters(made: PreviewSeries, text: str) -> None:
    assert series_text(made).plain == text
