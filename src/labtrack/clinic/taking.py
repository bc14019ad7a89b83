"""What a patient takes on a day, in a few words: ``baricitinib 2 mg w37``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from labtrack.core.quantity import format_number
from labtrack.core.record import Course

_TIMES = {"daily": "", "once daily": "", "twice daily": " ×2"}
_DAYS_OF_A_WEEK = 7


def governing(courses: Sequence[Course], on: date) -> Course | None:
    """The course that is open on a day, else the next planned one, else the last that was stopped; None without any."""
    opened = [each for each in courses if each.start_on <= on and (each.stop_on is None or each.stop_on > on)]
    if opened:
        return max(opened, key=lambda each: each.start_on)
    planned = [each for each in courses if each.start_on > on]
    if planned:
        return min(planned, key=lambda each: each.start_on)
    return max(courses, key=lambda each: each.start_on, default=None)


def taken(courses: Sequence[Course], on: date) -> str:
    """Drug, dose and the week of treatment (completed weeks since the start), or that it is planned, on hold or stopped."""
    course = governing(courses, on)
    if course is None:
        return ""
    if course.stop_on is not None and course.stop_on <= on:
        return f"{course.drug}, stopped"
    steps = [(course.dose_mg, course.frequency), *((each.dose_mg, each.frequency) for each in course.doses if each.on <= on)]
    dose, frequency = steps[-1]
    times = _TIMES.get(frequency.strip().casefold(), f" {frequency}")
    text = f"{course.drug} {format_number(dose)} mg{times}"
    if course.start_on > on:
        return f"{text}, planned"
    if any(each.start_on <= on and (each.end_on is None or each.end_on > on) for each in course.holds):
        return f"{text}, on hold"
    return f"{text} w{(on - course.start_on).days // _DAYS_OF_A_WEEK}"
