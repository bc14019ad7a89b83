"""From a case to one patient's record: identity, courses, events, and every report as its laboratory would print it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta
from random import Random

from labtrack.catalogue import catalogue
from labtrack.core.record import CollectedAt, Course, DoseStep, Event, Hold, Patient, Result, Sex
from labtrack.demo.body import Body, completed
from labtrack.demo.case import Case, Report, Therapy

PANELS = ("cbc", "liver", "renal", "lipid")
#: Analytes that no panel asks for are measured together with this one.
_BESIDE = {"hct": "cbc", "neut_pct": "cbc", "lymph_pct": "cbc", "crp": "cbc", "ck": "liver"}
_BASELINE_DAYS_BEFORE = 7
_MILESTONES = (28, 84)
_EVERY = 84
#: Lipids are due 364 days after the last, so they go with the visit that comes closest before.
_LIPIDS_EVERY = 320
_TOFACITINIB_LIPIDS = 56
_REVIEW_DAY = 85
_SCREENED_BEFORE = 21


@dataclass(frozen=True, slots=True)
class Chart:
    """Everything recorded of one sample patient; ``results`` are as printed, in order of entry, without canonical values."""

    patient: Patient
    courses: tuple[Course, ...]
    events: tuple[Event, ...]
    results: tuple[Result, ...]


def chart_of(case: Case, number: int, today: date, seed: int) -> Chart:
    """The record of the ``number``-th patient; the same for the same four arguments."""
    rng = Random(f"{seed}/{number}")  # nosec B311
    body = Body.born(rng, case.sex)
    patient = Patient(
        mrn=mrn_of(number),
        name=case.name,
        birth_date=None if case.age is None else _birth_date(today, case.age, rng),
        sex=case.sex,
        weight_kg=_weight(case.sex, rng) if case.is_weighed else None,
        phone=f"555-01{number:02d}",
        email=f"demo-{number:02d}@example.org",
    )
    return Chart(
        patient,
        tuple(_course(therapy, today) for therapy in case.therapies),
        tuple(sorted(_events(case, patient, today), key=lambda event: event.on)),
        tuple(_results(case, number, body, today, rng)),
    )


def mrn_of(number: int) -> str:
    """``DEMO-07``: nobody takes it for a hospital's number."""
    return f"DEMO-{number:02d}"


def _weight(sex: Sex, rng: Random) -> float:
    return float(rng.randint(68, 98) if sex is Sex.MALE else rng.randint(52, 84))


def _birth_date(today: date, age: int, rng: Random) -> date:
    last_birthday = today - timedelta(days=rng.randint(20, 340))
    day = min(last_birthday.day, 28)
    return date(last_birthday.year - age, last_birthday.month, day)


def _course(therapy: Therapy, today: date) -> Course:
    def day(ago: int) -> date:
        return today - timedelta(days=ago)

    return Course(
        drug=therapy.drug,
        dose_mg=therapy.dose_mg,
        frequency=therapy.frequency,
        start_on=day(therapy.started),
        stop_on=None if therapy.stopped is None else day(therapy.stopped),
        reason=therapy.stop_reason,
        doses=tuple(DoseStep(day(ago), mg, frequency, reason) for ago, mg, frequency, reason in therapy.doses),
        holds=tuple(Hold(day(ago), reason, None if ended is None else day(ended)) for ago, ended, reason in therapy.holds),
    )


def _events(case: Case, patient: Patient, today: date) -> Iterator[Event]:
    first = case.therapies[0] if case.therapies else None
    screened = max(first.started, 0) + _SCREENED_BEFORE if first else _SCREENED_BEFORE
    for item in catalogue().screening_items.values():
        if item.key not in case.unscreened and item.applies(patient.sex, case.age):
            yield Event(item.key, today - timedelta(days=screened))
    for therapy in case.therapies:
        reviewed = therapy.started - _REVIEW_DAY
        if case.is_reviewed and reviewed >= (therapy.stopped or 0):
            yield Event("response-review", today - timedelta(days=reviewed))
    for each in case.happenings:
        ended = None if each.ended is None else today - timedelta(days=each.ended)
        yield Event(each.kind, today - timedelta(days=each.ago), ended, each.note)


def panel_days(case: Case, rng: Random) -> dict[str, list[int]]:
    """For each panel the days on which it was measured, counted back from today, in order of time."""
    days: dict[str, list[int]] = {panel: [] for panel in PANELS}
    if case.visits is not None:
        for panel in PANELS:
            days[panel].extend(case.visits)
    elif not case.therapies:
        for panel in PANELS:
            days[panel].append(max(6, case.resting))
    else:
        for therapy in case.therapies:
            _add_protocol_days(days, therapy, case.resting, rng)
    for panel, extra in case.rechecks.items():
        days[panel].extend(extra)
    return {panel: sorted(set(agos), reverse=True) for panel, agos in days.items() if panel not in case.never}


def _add_protocol_days(days: dict[str, list[int]], therapy: Therapy, resting: int, rng: Random) -> None:
    """Visits as the protocols ask, a few days early or late in between; lipids less often."""
    until = max(therapy.stopped or 0, resting)
    start = therapy.started
    agos = [max(start, 0) + _BASELINE_DAYS_BEFORE] + [start - after for after in _milestones(start) if start - after >= until]
    agos[1:-1] = [ago + rng.randint(-3, 3) for ago in agos[1:-1]]
    for panel in PANELS[:3]:
        days[panel].extend(agos)
    first_after = _TOFACITINIB_LIPIDS if therapy.drug == "tofacitinib" else _EVERY
    lipids = [agos[0]]
    if start - first_after >= until:
        lipids.append(min(agos[1:], key=lambda ago: abs(start - first_after - ago)) if first_after == _EVERY else start - first_after)
    for ago in agos:
        if len(lipids) > 1 and lipids[-1] - ago >= _LIPIDS_EVERY:
            lipids.append(ago)
    days["lipid"].extend(lipids)


def _milestones(started: int) -> list[int]:
    return [*_MILESTONES, *range(_MILESTONES[-1] + _EVERY, max(started, 0) + 1, _EVERY)]


def _results(case: Case, number: int, body: Body, today: date, rng: Random) -> Iterator[Result]:
    days = panel_days(case, rng)
    drawn = _values(case, body, days, rng)
    given = {(report.ago, report.analyte) for report in case.reports}
    for ago in sorted({*drawn, *(report.ago for report in case.reports)}, reverse=True):
        collected, specimen = _specimen(case, number, ago, today, rng)
        values = completed(drawn.get(ago, {}), body.other_cells)
        reports = [
            Report(ago, analyte, case.laboratory.printed(analyte, values[analyte]))
            for analyte in case.laboratory.columns
            if analyte in values and analyte not in case.never and (ago, analyte) not in given
        ]
        for report in [*reports, *(each for each in case.reports if each.ago == ago)]:
            yield _result(case, report, collected, specimen)


def _result(case: Case, report: Report, collected: CollectedAt, specimen: str) -> Result:
    column = case.laboratory.columns[report.analyte]
    low, high = case.laboratory.printed_limits(report.analyte, case.sex)
    return Result(
        analyte=column.name,
        value_text=report.value,
        unit=column.unit if report.unit is None else report.unit,
        collected_at=collected,
        status=report.status,
        ref_low=low,
        ref_high=high if report.upper_limit is None else report.upper_limit,
        lab=case.laboratory.name,
        specimen_id=specimen,
        note=report.note,
    )


def _specimen(case: Case, number: int, ago: int, today: date, rng: Random) -> tuple[CollectedAt, str]:
    """When and under which number the blood of that day was taken."""
    on = today - timedelta(days=ago)
    at = time(rng.randint(7, 10), rng.choice(range(0, 60, 5)))
    laboratory = case.laboratory
    specimen = f"{laboratory.prefix}{on:%y%m%d}-{number:02d}" if laboratory.has_specimens else ""
    return CollectedAt(on, at, laboratory.offset_minutes) if laboratory.has_times else CollectedAt(on), specimen


def _values(case: Case, body: Body, days: dict[str, list[int]], rng: Random) -> dict[int, dict[str, float]]:
    """Per day the canonical values that are measured: unremarkable, then what the case says."""
    values: dict[int, dict[str, float]] = {}
    for analyte in body.set_points:
        panel = catalogue().analytes[analyte].panel or _BESIDE[analyte]
        for ago in days.get(panel, ()):
            therapy = _therapy_on(case, ago)
            value = body.quiet(rng, analyte, therapy.started - ago if therapy else None, therapy.drug if therapy else "")
            if not _is_left_out(case, panel, analyte, ago):
                values.setdefault(ago, {})[analyte] = value
    for analyte, newest in case.values.items():
        panel = catalogue().analytes[analyte].panel or _BESIDE[analyte]
        for ago, value in zip(reversed(days[panel]), reversed(newest), strict=False):
            if not _is_left_out(case, panel, analyte, ago):
                values.setdefault(ago, {})[analyte] = value
    return values


def _is_left_out(case: Case, panel: str, analyte: str, ago: int) -> bool:
    before = case.therapy is not None and ago >= case.therapy.started
    return before and bool({panel, analyte} & set(case.not_before_start))


def _therapy_on(case: Case, ago: int) -> Therapy | None:
    """The course in force that many days before today."""
    for therapy in case.therapies:
        if ago <= therapy.started and (therapy.stopped is None or ago > therapy.stopped):
            return therapy
    return None
