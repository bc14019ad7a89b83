"""Treatment and events of one patient in order of time, in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from labtrack.catalogue import Catalogue
from labtrack.core.quantity import format_number
from labtrack.core.record import CollectedAt, Course, Event


@dataclass(frozen=True, slots=True)
class TimelineLine:
    """Something that began or was done ``on`` a day. ``kind``: course, dose, hold, stop, event, baseline; ``key`` of an event its kind."""

    on: date
    kind: str
    what: str
    detail: str = ""
    ended_on: date | None = None
    is_open: bool = False
    key: str = ""


def timeline_of(
    courses: Sequence[Course],
    events: Sequence[Event],
    pins: Iterable[tuple[str, CollectedAt, str, date, str]],
    catalogue: Catalogue,
    today: date,
) -> list[TimelineLine]:
    """Every line, newest first; ``pins`` are (drug, collected at, analyte, start of the course, reason)."""
    lines = [line for course in courses for line in _course(course, catalogue, today)]
    lines += [_event(each, catalogue, today) for each in events]
    for drug, at, analyte, _, reason in pins:
        short = catalogue.analytes[analyte].short if analyte in catalogue.analytes else analyte
        lines.append(TimelineLine(at.on, "baseline", f"Baseline of {short}", f"chosen for {drug}. Reason: {reason}"))
    order = {kind: place for place, kind in enumerate(("stop", "baseline", "event", "hold", "dose", "course"))}
    return sorted(lines, key=lambda each: (-each.on.toordinal(), order[each.kind]))


def _course(course: Course, catalogue: Catalogue, today: date) -> Iterator[TimelineLine]:
    drug = catalogue.drugs[course.drug].name if course.drug in catalogue.drugs else course.drug
    runs = course.start_on <= today and (course.stop_on is None or course.stop_on > today)
    planned = course.start_on > today and course.stop_on is None
    dose = f"{format_number(course.dose_mg)} mg {course.frequency}".strip()
    reason = course.reason if course.stop_on is None else ""
    yield TimelineLine(
        course.start_on, "course", f"{drug} {'planned' if planned else 'started'}", _said(dose, reason), course.stop_on, runs
    )
    for step in course.doses:
        yield TimelineLine(
            step.on, "dose", f"{drug} dose changed", _said(f"{format_number(step.dose_mg)} mg {step.frequency}".strip(), step.reason)
        )
    for hold in course.holds:
        held = runs and hold.start_on <= today and (hold.end_on is None or hold.end_on > today)
        yield TimelineLine(hold.start_on, "hold", f"{drug} on hold", hold.reason, hold.end_on, held)
    if course.stop_on is not None:
        yield TimelineLine(course.stop_on, "stop", f"{drug} stopped", course.reason)


def _said(text: str, reason: str) -> str:
    return f"{text}. Reason: {reason}" if reason else text


def _event(event: Event, catalogue: Catalogue, today: date) -> TimelineLine:
    kind = catalogue.event_kinds.get(event.kind)
    is_open = kind is not None and kind.lasting and (event.ended_on is None or event.ended_on > today)
    return TimelineLine(event.on, "event", kind.name if kind else event.kind, event.note, event.ended_on, is_open, event.kind)
