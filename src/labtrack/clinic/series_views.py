"""A patient's results over time: every result as printed, and usable readings with limits, flags and treatment."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

import numpy as np

from labtrack.catalogue import Analyte
from labtrack.clinic.engine import Engine
from labtrack.clinic.views import TableRow
from labtrack.core.quantity import Interval, format_interval, format_number
from labtrack.core.record import Patient, Result
from labtrack.labs.bounds import less, more
from labtrack.labs.columns import DAY_SECONDS, EPOCH, Cohort, day_of_instant
from labtrack.labs.derived import METHODS
from labtrack.labs.lab import Lab
from labtrack.labs.snapshot import Labs

#: A reading outside its reference limits.
HIGH, LOW = "H", "L"


def flag_of(result: Result, analyte: Analyte, patient: Patient) -> str:
    """``L`` or ``H`` of a usable result against its printed limits, else the catalogue's; empty inside, and where nothing is known."""
    if result.value is None:
        return ""
    fallback_low, fallback_high = analyte.ranges[patient.sex]
    low = fallback_low if result.lower_limit is None else result.lower_limit
    high = fallback_high if result.upper_limit is None else result.upper_limit
    if low is not None and _below(result.value, low):
        return LOW
    if high is not None and _above(result.value, high):
        return HIGH
    return ""


def _below(value: Interval, limit: float) -> bool:
    """Surely below: equal on paper is inside, a bound that ends at the limit without it is below."""
    near = abs(value.high - limit) <= 1e-9 * abs(limit)
    return value.high_open if near else value.high < limit


def _above(value: Interval, limit: float) -> bool:
    near = abs(value.low - limit) <= 1e-9 * abs(limit)
    return value.low_open if near else value.low > limit


def trend_rows(engine: Engine, cohort: Cohort, analytes: Sequence[str], as_of: int) -> Iterator[TableRow]:
    """Usable readings of one patient (the only one of ``cohort``) in order of time, calculated ones marked."""
    first = engine.judge_today(cohort, as_of).labs
    for key in analytes:
        series = first.readings.series(engine.catalogue.analytes[key].number)
        at = first.readings.at(series.rows)
        days = day_of_instant(at)
        known = days <= as_of
        if not known.any():
            continue
        place = np.flatnonzero(known)
        labs = Labs(cohort, engine.catalogue, engine.region, np.zeros(len(place), np.int64), days[place], first.readings)
        yield from _rows(labs, Lab(labs, engine.catalogue.analytes[key], place), at[place].tolist(), first)


def _rows(labs: Labs, lab: Lab, instants: list[int], today: Labs) -> Iterator[TableRow]:
    with np.errstate(all="ignore"):
        bounds, uln, lln = lab.bounds, lab.uln, lab.lln
        high, low = more(bounds, uln) == 1, less(bounds, lln) == 1
        dose, held, course = labs.treatment.dose_per_day, labs.treatment.on_hold, labs.treatment.has_course
        baseline = today.analyte(lab.analyte.key).baseline
    drugs = {drug.number: drug.key for drug in labs.catalogue.drugs.values()}
    base = float(baseline.low[0]) if baseline.low[0] == baseline.high[0] else float("nan")
    for row, instant in enumerate(instants):
        value = Interval(float(bounds.low[row]), float(bounds.high[row]), bool(bounds.low_open[row]), bool(bounds.high_open[row]))
        change = (value.low / base - 1) * 100 if value.is_exact and base > 0 else None
        on_treatment = bool(labs.treatment.started[row]) and bool(course[row])
        sources = lab.readings.sources(int(lab.row[row]))
        yield {
            "analyte": lab.analyte.key,
            "collected_at": _moment(instant),
            "value": format_interval(value),
            "unit": lab.analyte.unit,
            "ref_low": _limit(lln.low[row]),
            "ref_high": _limit(uln.low[row]),
            "flag": "H" if high[row] else "L" if low[row] else "",
            "method": METHODS[int(lab.readings.method(lab.row[row : row + 1])[0])],
            "change_percent": "" if change is None else format_number(round(change, 2)),
            "drug": drugs.get(int(labs.treatment.drug[row]), "") if on_treatment else "",
            "dose_mg_per_day": format_number(float(dose[row])) if on_treatment and not np.isnan(dose[row]) else "",
            "on_hold": "yes" if on_treatment and held[row] else "",
            "result_id": ";".join(str(int(labs.cohort.results.result_id[source])) for source in sources),
        }


def _moment(instant: int) -> str:
    moment = EPOCH + timedelta(seconds=instant)
    return moment.date().isoformat() if instant % DAY_SECONDS == 0 else moment.isoformat(timespec="minutes")


def _limit(limit: float) -> str:
    return "" if np.isnan(limit) else format_number(float(limit))
