"""Tests of labtrack.clinic.taking."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from labtrack.clinic.taking import governing, taken
from labtrack.core.record import Course, DoseStep, Hold

TODAY = date(2026, 11, 22)
START = date(2026, 3, 3)
BARI = Course("baricitinib", 2, "daily", START)


@pytest.mark.parametrize(
    ("courses", "said"),
    [
        ([], ""),
        ([BARI], "baricitinib 2 mg w37"),
        ([Course("tofacitinib", 5, "twice daily", TODAY)], "tofacitinib 5 mg ×2 w0"),
        ([Course("baricitinib", 2, "every other day", TODAY - timedelta(7))], "baricitinib 2 mg every other day w1"),
        ([Course("baricitinib", 2, "daily", START, doses=(DoseStep(TODAY, 4, "daily"),))], "baricitinib 4 mg w37"),
        ([Course("baricitinib", 2, "daily", START, doses=(DoseStep(TODAY + timedelta(1), 4, "daily"),))], "baricitinib 2 mg w37"),
        ([Course("baricitinib", 2, "daily", START, holds=(Hold(TODAY, "other: x"),))], "baricitinib 2 mg, on hold"),
        ([Course("baricitinib", 2, "daily", START, holds=(Hold(START, "other: x", TODAY),))], "baricitinib 2 mg w37"),
        ([Course("upadacitinib", 15, "daily", TODAY + timedelta(1))], "upadacitinib 15 mg, planned"),
        ([Course("upadacitinib", 15, "daily", START, TODAY)], "upadacitinib, stopped"),
        ([Course("upadacitinib", 15, "daily", START, TODAY + timedelta(1))], "upadacitinib 15 mg w37"),
    ],
)
def test_what_is_taken_is_said_in_a_few_words(courses: list[Course], said: str) -> None:
    assert taken(courses, TODAY) == said


def test_an_open_course_goes_before_a_planned_one_and_that_before_a_stopped_one() -> None:
    stopped = Course("tofacitinib", 5, "daily", date(2025, 1, 1), date(2025, 6, 1))
    planned = Course("upadacitinib", 15, "daily", TODAY + timedelta(9))
    assert governing([stopped, BARI, planned], TODAY) is BARI
    assert governing([stopped, planned], TODAY) is planned
    assert governing([stopped], TODAY) is stopped
    assert governing([], TODAY) is None
