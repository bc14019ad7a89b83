"""A patient's results over time: every result as printed, and usable readings with limits, flags and treatment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import numpy.typing as npt

from labtrack.catalogue import Analyte, Catalogue
from labtrack.clinic.engine import Engine, Judgment
from labtrack.clinic.views import TableRow
from labtrack.core.errors import NotFound
from labtrack.core.quantity import Interval, format_interval, format_number, format_percent
from labtrack.core.record import Patient, Result, ResultStatus
from labtrack.labs.bounds import less, more
from labtrack.labs.columns import DAY_SECONDS, EPOCH, Cohort, day_of_instant
from labtrack.labs.derived import CKD_EPI_2021, METHODS
from labtrack.labs.lab import Lab
from labtrack.labs.renal import EgfrLab
from labtrack.labs.snapshot import Labs
from labtrack.labs.treatment import STARTED

#: A reading outside its reference limits.
HIGH, LOW = "H", "L"
_VOID = (ResultStatus.CANCELLED, ResultStatus.ENTERED_IN_ERROR)


def flag_of(result: Result, analyte: Analyte, patient: Patient) -> str:
    """``L`` or ``H`` of a result against its printed limits, else the catalogue's; empty inside, and where nothing can be said.

    A cancelled report and one that strikes another have none.
    """
    if result.value is None or result.status in _VOID:
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


def named_analytes(names: Iterable[str], catalogue: Catalogue) -> list[str]:
    """The keys of analytes that were named by key, name or code, each once; NotFound."""
    keys: dict[str, None] = {}
    for name in names:
        identity = catalogue.identify(name)
        if identity is None:
            raise NotFound(catalogue.why_not(name), "Name the analyte by its key.")
        keys[identity.analyte.key] = None
    return list(keys)


@dataclass(frozen=True, slots=True)
class TrendReading:
    """One usable reading in canonical units, with the treatment of its day.

    ``instant`` is in seconds since :data:`labtrack.labs.columns.EPOCH`; limits and dose are NaN where there is none. ``drug`` is empty
    while none is taken.
    """

    analyte: Analyte
    instant: int
    value: Interval
    lower: float
    upper: float
    flag: str
    method: str
    change_percent: float | None
    drug: str
    dose_per_day: float
    on_hold: bool
    result_ids: tuple[int, ...]


def trend_rows(engine: Engine, cohort: Cohort, analytes: Sequence[str], as_of: int) -> Iterator[TableRow]:
    """Usable readings of one patient (the only one of ``cohort``) in order of time, calculated ones marked."""
    for each in trend_readings(engine.judge_today(cohort, as_of), analytes, as_of):
        yield trend_row(each)


def trend_row(reading: TrendReading) -> TableRow:
    """One reading in the columns of :data:`labtrack.clinic.views.TREND_COLUMNS`, canonical units, not rounded."""
    return {
        "analyte": reading.analyte.key,
        "collected_at": _moment(reading.instant),
        "value": format_interval(reading.value),
        "unit": reading.analyte.unit,
        "ref_low": _limit(reading.lower),
        "ref_high": _limit(reading.upper),
        "flag": reading.flag,
        "method": reading.method,
        "change_percent": "" if reading.change_percent is None else format_percent(reading.change_percent),
        "drug": reading.drug,
        "dose_mg_per_day": _limit(reading.dose_per_day),
        "on_hold": "yes" if reading.on_hold else "",
        "result_id": ";".join(map(str, reading.result_ids)),
    }


def trend_readings(judgment: Judgment, analytes: Sequence[str], as_of: int) -> Iterator[TrendReading]:
    """Usable readings of the one patient of a judgment up to a day: by analyte as named, then by time."""
    first = judgment.labs
    for key in analytes:
        places = first.readings.places_of(first.catalogue.analytes[key].number)
        at = first.readings.at(first.readings.view.row(places))
        days = day_of_instant(at)
        known = days <= as_of
        if not known.any():
            continue
        place = places[known]
        labs = Labs(first.cohort, first.catalogue, first.region, np.zeros(len(place), np.int64), days[known], first.readings)
        yield from _readings(labs, Lab(labs, first.catalogue.analytes[key], place), at[known].tolist(), first)


def _readings(labs: Labs, lab: Lab, instants: list[int], today: Labs) -> Iterator[TrendReading]:
    treatment = labs.treatment
    with np.errstate(all="ignore"):
        bounds, uln, lln = lab.bounds, lab.uln, lab.lln
        high, low = more(bounds, uln) == 1, less(bounds, lln) == 1
        dose, held, taken = treatment.dose_per_day, treatment.on_hold, treatment.state == STARTED
    method = lab.readings.method(lab.row)
    base = _base(today, lab, method)
    drugs = {drug.number: drug.key for drug in labs.catalogue.drugs.values()}
    for row, instant in enumerate(instants):
        value = Interval(float(bounds.low[row]), float(bounds.high[row]), bool(bounds.low_open[row]), bool(bounds.high_open[row]))
        sources = lab.readings.sources(int(lab.row[row]))
        yield TrendReading(
            analyte=lab.analyte,
            instant=instant,
            value=value,
            lower=float(lln.low[row]),
            upper=float(uln.low[row]),
            flag=HIGH if high[row] else LOW if low[row] else "",
            method=METHODS[int(method[row])],
            change_percent=(value.low / base[row] - 1) * 100 if value.is_exact and base[row] > 0 else None,
            drug=drugs.get(int(treatment.drug[row]), "") if taken[row] else "",
            dose_per_day=float(dose[row]) if taken[row] else float("nan"),
            on_hold=bool(taken[row] and held[row]),
            result_ids=tuple(int(labs.cohort.results.result_id[source]) for source in sources),
        )


def _base(today: Labs, lab: Lab, method: npt.NDArray[np.int8]) -> list[float]:
    """What each reading's change is counted from: the baseline if it is one number, NaN otherwise.

    An eGFR is only compared with one of its own kind, reported or calculated.
    """
    current = today.analyte(lab.analyte.key)
    with np.errstate(all="ignore"):
        baseline = current.baseline
    base = float(baseline.low[0]) if baseline.low[0] == baseline.high[0] else float("nan")
    alike = np.ones(len(method), np.bool_)
    if isinstance(current, EgfrLab):
        alike = (method == CKD_EPI_2021) == current.by_calculation[0]
    return np.where(alike, base, np.nan).tolist()  # type: ignore[no-any-return]


def _moment(instant: int) -> str:
    moment = EPOCH + timedelta(seconds=instant)
    if instant % DAY_SECONDS == 0:
        return moment.date().isoformat()
    return moment.isoformat(timespec="seconds" if moment.second else "minutes")


def _limit(limit: float) -> str:
    return "" if np.isnan(limit) else format_number(float(limit))
