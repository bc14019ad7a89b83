"""What a trend chart is drawn from: readings, reference limits, the limits that the rules compared with, baseline, doses and holds.

The limits are taken from the comparisons that the engine made on the as-of date, so a line in the chart is the number that decided.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from labtrack.catalogue import Analyte, Catalogue
from labtrack.charts import MOST_SERIES as MOST_SERIES
from labtrack.charts import Chart, Point, Series, Span, StripRow, Threshold
from labtrack.charts import chart_lines as chart_lines
from labtrack.clinic.cohorts import load_cohorts
from labtrack.clinic.display import checked_units, day_text, factor_of, month_text, number_text, unit_of, value_text
from labtrack.clinic.engine import Engine, Judgment
from labtrack.clinic.projection import Limit, projected
from labtrack.clinic.series_views import TrendReading, named_analytes, trend_readings, trend_row
from labtrack.clinic.views import TableRow
from labtrack.clinic.wording import limit_of
from labtrack.core.quantity import Interval, format_number
from labtrack.core.record import Course
from labtrack.labs.columns import DAY_SECONDS, EPOCH, FOREVER, day_of_instant
from labtrack.labs.renal import Clearance
from labtrack.labs.series import has
from labtrack.labs.verdicts import MET, Relation
from labtrack.rules import NOT_APPLICABLE
from labtrack.store import Reader, StoredPatient

#: Two readings farther apart than so many routine intervals of their panel are not joined by a line; analytes of no panel are
#: taken like a blood count.
GAP_INTERVALS = 2
_ROUTINE_PANEL = "cbc"
#: A course that began so many days before the first reading still begins inside the chart.
_LEAD = 90
_SIGNS = {Relation.BELOW: "<", Relation.ABOVE: ">", Relation.AT_LEAST: "≥", Relation.AT_MOST: "≤"}


@dataclass(frozen=True, slots=True)
class Choice:
    """An analyte that has usable readings: key, names, how many, and whether a rule that is met rests on it."""

    key: str
    short: str
    name: str
    plain_name: str
    readings: int
    is_met: bool


@dataclass(frozen=True, slots=True)
class RuleLimit:
    """One number that a rule compared an analyte with, in canonical units, and how a value that meets it stands to it."""

    rule: str
    relation: str
    value: float

    @property
    def is_lower(self) -> bool:
        """Whether the rule is met below it."""
        return self.relation in "<≤"


@dataclass(frozen=True, slots=True)
class TrendSet:
    """Ready to be drawn; ``rows`` are the same numbers in the columns of ``labtrack trend``, in the units that the chart shows."""

    mrn: str
    as_of: date
    units: str
    chart: Chart
    rows: tuple[TableRow, ...]
    chosen: tuple[str, ...]
    choices: tuple[Choice, ...]


def read_trends(
    reader: Reader, engine: Engine, stored: StoredPatient, analytes: Sequence[str], as_of: date, units: str, *, plain: bool = False
) -> TrendSet:
    """The chart of some analytes, named by key, name or code; NotFound for one that there is not, UsageError for unknown units."""
    keys = named_analytes(analytes, engine.catalogue)
    (loaded,) = load_cohorts(reader, engine.catalogue, [stored.id])
    judgment = engine.judge_today(loaded.cohort, as_of.toordinal())
    return trend_set(stored.patient.mrn, judgment, reader.courses(stored.id).get(stored.id, ()), keys, as_of, units, plain=plain)


def trend_set(
    mrn: str, judgment: Judgment, courses: Sequence[Course], analytes: Sequence[str], as_of: date, units: str, *, plain: bool = False
) -> TrendSet:
    """Everything for the chart of some analytes of one patient (the only one of ``judgment``).

    Without ``analytes``: the first analyte that a met rule rests on, else the first that has readings. ``plain`` names the analytes
    as patients do and leaves the limits of the rules out.
    """
    checked_units(units)
    catalogue, day = judgment.labs.catalogue, as_of.toordinal()
    choices = tuple(choices_of(judgment, day))
    fallback = [each.key for each in sorted(choices, key=lambda each: not each.is_met)][:1]
    chosen = tuple(analytes) or tuple(fallback)
    by_key: dict[str, list[TrendReading]] = {key: [] for key in chosen}
    for each in trend_readings(judgment, chosen, day):
        by_key[each.analyte.key].append(each)
    maker = SeriesMaker(judgment, as_of, units, plain)
    series = tuple(maker.series(catalogue.analytes[key], found) for key, found in by_key.items() if found)
    times = [point.at for each in series for point in each.points]
    rows = tuple(_row(each, units) for found in by_key.values() for each in found)
    return TrendSet(mrn, as_of, units, _chart(series, times, _strip(courses, catalogue, plain), day, plain), rows, chosen, choices)


def choices_of(judgment: Judgment, day: int) -> Iterator[Choice]:
    """The analytes that have readings up to a day, in the catalogue's order."""
    labs = judgment.labs
    met = {
        term.lab.analyte.key
        for judged in judgment.rules
        if judged.answer[0] == MET
        for term in judged.verdicts.terms_of(0)
        if term.answer[0] == MET
    }
    for key, analyte in labs.catalogue.analytes.items():
        at = labs.readings.at(labs.readings.view.row(labs.readings.places_of(analyte.number)))
        count = int(np.count_nonzero(day_of_instant(at) <= day))
        if count:
            yield Choice(key, analyte.short, analyte.name, analyte.plain_name, count, key in met)


def rule_limits(judgment: Judgment, key: str) -> list[RuleLimit]:
    """The numbers that the rules which apply compared an analyte with, in the rules' order; each once.

    A limit that is not known (no baseline) or no single number (a baseline of ``<100``) has no line. The clearance, which is not
    the creatinine, has none either.
    """
    found: dict[RuleLimit, None] = {}
    for judged in judgment.rules:
        if judged.answer[0] == NOT_APPLICABLE:
            continue
        for term in judged.verdicts.terms_of(0):
            if term.lab.analyte.key != key or isinstance(term.lab, Clearance):
                continue
            limit = limit_of(term, 0)
            if limit is None or not limit.is_exact or not math.isfinite(limit.low):
                continue
            if term.upper is None:
                found[RuleLimit(judged.rule.id, _SIGNS[term.relation], limit.low)] = None
            else:
                found[RuleLimit(judged.rule.id, "≥", limit.low)] = None
                found[RuleLimit(judged.rule.id, "<", term.upper)] = None
    return list(found)


class SeriesMaker:
    """Turns one analyte's readings into a series."""

    def __init__(self, judgment: Judgment, as_of: date, units: str, plain: bool) -> None:
        self.judgment, self.as_of, self.units, self.plain = judgment, as_of, units, plain

    def series(self, analyte: Analyte, readings: Sequence[TrendReading]) -> Series:
        """Ready for the chart."""
        factor = factor_of(analyte, self.units)
        limits = [] if self.plain else rule_limits(self.judgment, analyte.key)
        numbers = [each.value * factor for each in limits]
        points = tuple(_point(each, factor, numbers) for each in readings)
        newest = points[-1]
        usual = _usual(readings[-1], factor)
        return Series(
            name=_plain_title(analyte) if self.plain else f"{analyte.short}  {analyte.name}",
            unit=unit_of(analyte, self.units),
            points=points,
            thresholds=tuple(Threshold(each.value * factor, f"{each.rule} {_limit_text(each, factor)}") for each in limits),
            baseline=self._baseline(analyte, readings, points, factor),
            gap_days=_gap(self.judgment.labs.catalogue, analyte),
            note="" if self.plain else self._note(readings, limits, factor),
            latest=f"{newest.text} on {day_text(_day_of(newest.at))}",
            usual=usual,
            short=_plain_title(analyte).partition(" (")[0] if self.plain else analyte.short,
            whole_band=self.plain,
        )

    def _baseline(self, analyte: Analyte, readings: Sequence[TrendReading], points: Sequence[Point], factor: float) -> Point | None:
        """The reading that changes are counted from: the one compared with, else the one that would be."""
        labs = self.judgment.labs
        lab = labs.analyte(analyte.key)
        with np.errstate(all="ignore"):
            bounds, used = lab.baseline, lab.used_baseline
            reached = (lab.baseline_lab.day >= labs.treatment.start - labs.catalogue.protocols.baseline_reach) | lab.baseline_lab.pinned
        if not labs.treatment.started[0]:
            return None
        if used is not None and not np.isnan(bounds.low[0]):
            low, high, day = float(bounds.low[0]), float(bounds.high[0]), int(used[1][0])
        elif has(lab.baseline_lab.place)[0] and reached[0]:
            low, high, day = float(lab.baseline_lab.low[0]), float(lab.baseline_lab.high[0]), int(lab.baseline_lab.day[0])
        else:
            return None
        for reading, point in zip(readings, points, strict=True):
            if _ordinal(reading) == day and (reading.value.low, reading.value.high) == (low, high):
                return point
        value = Interval(low * factor, high * factor)
        return Point(float(day), value, value_text(value), calculated=True) if day else None

    def _note(self, readings: Sequence[TrendReading], limits: Sequence[RuleLimit], factor: float) -> str:
        """The estimate, if there is one. Reported and calculated values are not mixed: those of the newest's kind count."""
        method = readings[-1].method
        numbers = [(_at(each), each.value.low) for each in readings if each.value.is_exact and each.method == method]
        if not readings[-1].value.is_exact:
            return ""
        found = projected(numbers, [Limit(each.rule, each.value, each.is_lower) for each in limits], self.as_of)
        if found is None:
            return ""
        return f"estimate: at this rate {number_text(found.limit.value * factor)} about {month_text(found.on)} ({found.limit.rule})"


def _plain_title(analyte: Analyte) -> str:
    return analyte.plain_name[:1].upper() + analyte.plain_name[1:]


def _point(reading: TrendReading, factor: float, limits: Sequence[float]) -> Point:
    value = reading.value.scaled(factor)
    low, high = (None if math.isnan(each) else each * factor for each in (reading.lower, reading.upper))
    return Point(_at(reading), value, value_text(value, limits), low, high, bool(reading.method))


def _limit_text(limit: RuleLimit, factor: float) -> str:
    return f"{limit.relation}{number_text(limit.value * factor)}"


def _usual(reading: TrendReading, factor: float) -> str:
    """The reference limits of a reading: ``2–7.5``, ``≤ 44``, ``≥ 60``; empty without any."""
    low, high = (None if math.isnan(each) else number_text(each * factor) for each in (reading.lower, reading.upper))
    if low is not None and high is not None and float(low) > 0:
        return f"{low}–{high}"
    return f"≤ {high}" if high is not None else f"≥ {low}" if low is not None else ""


def _row(reading: TrendReading, units: str) -> TableRow:
    """The row of ``labtrack trend`` with what has a unit in the one that is shown."""
    factor = factor_of(reading.analyte, units)
    low, high = ("" if math.isnan(each) else number_text(each * factor) for each in (reading.lower, reading.upper))
    shown = {"value": value_text(reading.value.scaled(factor)), "unit": unit_of(reading.analyte, units), "ref_low": low, "ref_high": high}
    return {**trend_row(reading), **shown}


def _gap(catalogue: Catalogue, analyte: Analyte) -> float:
    return float(catalogue.protocols.repeat(analyte.panel or _ROUTINE_PANEL).days * GAP_INTERVALS)


def _at(reading: TrendReading) -> float:
    """The chart's time: the ordinal of the day and the part of it that has passed."""
    return EPOCH.toordinal() + reading.instant / DAY_SECONDS


def _ordinal(reading: TrendReading) -> int:
    return int(_at(reading))


def _day_of(at: float) -> date:
    return date.fromordinal(int(at))


def _chart(series: tuple[Series, ...], times: Sequence[float], strip: Sequence[StripRow], day: int, plain: bool) -> Chart:
    """The series on one axis with the treatment below: from the first reading, or a start shortly before it, to the as-of day."""
    times = [*times, *(each.baseline.at for each in series if each.baseline)] or [float(day)]
    starts = [span.start for row in strip for span in row.spans if not row.is_hold]
    first = min([min(times), *(each for each in starts if min(times) - _LEAD <= each <= day)])
    last = max(float(day), max(times))
    cut = [(row, tuple(_within(span, last + 1) for span in row.spans if span.end > first and span.start <= last)) for row in strip]
    return Chart(series, first, last, tuple(replace(row, spans=spans) for row, spans in cut if spans), plain)


def _within(span: Span, end: float) -> Span:
    """A span that goes on ends with the chart."""
    return replace(span, end=min(span.end, end))


def _strip(courses: Sequence[Course], catalogue: Catalogue, plain: bool) -> tuple[StripRow, StripRow]:
    """Doses and holds of every course; for a patient without the reason of a hold, which is a rule's name."""
    doses = tuple(span for each in courses for span in _doses(each, catalogue))
    holds = tuple(replace(span, text="" if plain else span.text) for each in courses for span in _holds(each))
    return StripRow("drug" if plain else "dose", doses), StripRow("paused" if plain else "hold", holds, is_hold=True)


def _doses(course: Course, catalogue: Catalogue) -> Iterator[Span]:
    """The doses of a course, each until the next one or the stop; a step that names no frequency keeps the one before."""
    drug = catalogue.drug(course.drug)
    frequency = course.frequency
    steps = [(course.start_on, course.dose_mg, course.frequency), *((step.on, step.dose_mg, step.frequency) for step in course.doses)]
    ends = [*(on.toordinal() for on, _, _ in steps[1:]), FOREVER]
    stop = course.stop_on.toordinal() if course.stop_on else FOREVER
    for (on, dose, given), until in zip(steps, ends, strict=True):
        frequency = given or frequency
        if min(until, stop) > on.toordinal():
            text = f"{drug.key if drug else course.drug} {format_number(dose)} mg {frequency}"
            yield Span(float(on.toordinal()), float(min(until, stop)), text)


def _holds(course: Course) -> Iterator[Span]:
    stop = course.stop_on.toordinal() if course.stop_on else FOREVER
    for hold in course.holds:
        until = hold.end_on.toordinal() if hold.end_on else FOREVER
        yield Span(float(hold.start_on.toordinal()), float(min(until, stop)), hold.reason)
