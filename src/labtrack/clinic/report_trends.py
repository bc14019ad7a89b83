"""The charts of a report: which analytes, and their series as the report's model has them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date

from labtrack.charts import Chart, Point, Series
from labtrack.charts.axes import date_ticks, time_scale, value_range, value_ticks
from labtrack.charts.model import Shape as Drawn
from labtrack.clinic.display import day_text, number_text
from labtrack.clinic.engine import Judgment
from labtrack.clinic.trends import choices_of, trend_set
from labtrack.core.record import Course, Patient
from labtrack.exchange.report.model import Limit, Mark, Shape, Span, Strip, Tick, Trend

#: After what stands out, in this order: the analytes that every source asks to follow.
USUAL = ("anc", "hb", "alt", "ldl", "egfr", "alc", "ast", "creatinine", "plt")
#: Columns of an imaginary screen of the chart's size: room for the names of days, and rows of values.
_COLUMNS, _ROWS, _TICKS = 46, 12, 4
_SHAPES = {Drawn.BELOW: Shape.BELOW, Drawn.ABOVE: Shape.ABOVE, Drawn.BETWEEN: Shape.RANGE}


def chosen_analytes(judgment: Judgment, first: Iterable[str], day: int, most: int) -> list[str]:
    """The analytes to draw: what stands out even with one reading, then the usual ones that have two or more."""
    counts = {each.key: each.readings for each in choices_of(judgment, day)}
    met = [each.key for each in choices_of(judgment, day) if each.is_met]
    wanted = dict.fromkeys([*(key for key in first if counts.get(key, 0)), *met])
    wanted.update(dict.fromkeys(key for key in USUAL if counts.get(key, 0) > 1))
    return list(wanted)[:most]


def trends_of(
    patient: Patient, judgment: Judgment, courses: Sequence[Course], keys: Sequence[str], as_of: date, units: str, *, plain: bool
) -> tuple[Trend, ...]:
    """The charts of some analytes, on one time axis; none where there are no readings."""
    if not keys:
        return ()
    chart = trend_set(patient.mrn, judgment, courses, keys, as_of, units, plain=plain).chart
    return tuple(_trend(chart, each) for each in chart.series)


def _trend(chart: Chart, series: Series) -> Trend:
    scale = time_scale(chart.first, chart.last, _COLUMNS, 1)
    low, high = value_range(replace(series, whole_band=True), _ROWS)  # else the noise of a normal value would fill the height
    return Trend(
        title=series.short or series.name,
        unit=series.unit,
        marks=tuple(map(_mark, series.points)),
        low=low,
        high=high,
        first=scale.low,
        last=scale.high,
        value_ticks=tuple(Tick(at, number_text(at)) for at in value_ticks(low, high, _TICKS)),
        day_ticks=tuple(Tick(tick.at, tick.text) for tick in date_ticks(scale, _COLUMNS)),
        limits=tuple(Limit(each.value, each.label) for each in series.thresholds),
        baseline=_mark(series.baseline) if series.baseline else None,
        strips=tuple(
            Strip(row.label, tuple(Span(span.start, span.end, span.text) for span in row.spans), row.is_hold) for row in chart.strip
        ),
        gap_days=series.gap_days,
        latest=f"latest {series.latest}",
        summary=" ".join(_summary(series, chart.plain)),
        note=series.note,
    )


def _mark(point: Point) -> Mark:
    exact = Shape.CALCULATED if point.calculated else Shape.EXACT
    value = point.value
    return Mark(point.at, value.low, value.high, _SHAPES.get(point.shape, exact), point.text, _day(point.at), (point.low, point.high))


def _day(at: float) -> str:
    return day_text(date.fromordinal(int(at)))


def _summary(series: Series, plain: bool) -> Iterator[str]:
    """The chart in sentences."""
    first, last = series.points[0], series.points[-1]
    count = len(series.points)
    yield f"{count} reading{'s' if count > 1 else ''} from {_day(first.at)} ({first.text}) to {_day(last.at)} ({last.text} {series.unit})."
    if series.baseline:
        yield f"{'Before the treatment' if plain else 'Baseline'} {series.baseline.text} on {_day(series.baseline.at)}."
    if series.usual:
        yield f"{'Usual' if plain else 'Reference'} range {series.usual}."
    if series.thresholds:
        yield f"Thresholds: {'; '.join(each.label for each in series.thresholds)}."
