"""The oracle's series: reported and calculated readings, doubt, baselines (clinical reference, section 4)."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence, Set
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial

from tests.oracle.model import TOLERANCE, Person, Pinned, Reading, completed_years, is_exact, number, product, same, span

from labtrack.core.quantity import Interval
from labtrack.core.record import Result, Sex

PARTS_OF_LDL = ("tc", "hdl", "tg")
PERCENT_OF = {"anc": "neut_pct", "alc": "lymph_pct"}


@dataclass(frozen=True)
class Report:
    """An unusable report, or what counts as one, of an analyte."""

    at: datetime
    reason: str


@dataclass(frozen=True)
class Series:
    """All readings of an analyte, oldest first, and the reports that cast doubt."""

    readings: tuple[Reading, ...]
    doubts: tuple[Report, ...] = ()

    def until(self, day: date) -> tuple[Reading, ...]:
        return tuple(reading for reading in self.readings if reading.on <= day)

    def current(self, day: date) -> Reading | None:
        known = self.until(day)
        return known[-1] if known else None

    def doubt(self, day: date) -> frozenset[str]:
        """Reasons of the unusable reports that are newer than the current reading."""
        current = self.current(day)
        return frozenset(report.reason for report in self.doubts if report.at.date() <= day and (current is None or report.at > current.at))


def instant_of(result: Result) -> datetime:
    return result.collected_at.ordering


def specimen_of(result: Result) -> str:
    return result.specimen_id or f"@{instant_of(result).isoformat()}"


def is_reported(result: Result) -> bool:
    return result.status.value in {"final", "corrected", "amended"} and not result.superseded


def is_usable(result: Result) -> bool:
    return is_reported(result) and result.value is not None


def limits_of(results: Sequence[Result]) -> tuple[float | None, float | None]:
    """Of a spanned reading: the limits of the last entered result that prints any."""
    for result in sorted(results, key=lambda each: each.result_id, reverse=True):
        if result.lower_limit is not None or result.upper_limit is not None:
            return result.lower_limit, result.upper_limit
    return None, None


class Record:
    """The series of one person."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self.reports = [result for result in person.results if is_reported(result)]

    def usable(self, analyte: str) -> list[Result]:
        return [result for result in self.reports if result.analyte == analyte and is_usable(result)]

    def unusable(self, analyte: str) -> list[Result]:
        return [result for result in self.reports if result.analyte == analyte and not is_usable(result)]

    def reported(self, analyte: str) -> list[Reading]:
        """Usable results, those of one instant spanned."""
        at_instant: dict[datetime, list[Result]] = {}
        for result in self.usable(analyte):
            at_instant.setdefault(instant_of(result), []).append(result)
        readings = []
        for at, results in sorted(at_instant.items()):
            value = span([result.value for result in results if result.value is not None])
            lower, upper = limits_of(results)
            specimens = frozenset(specimen_of(result) for result in results)
            readings.append(Reading(analyte, at, value, specimens, lower, upper))
        return readings

    def reported_specimens(self, analyte: str) -> set[str]:
        return {specimen_of(result) for result in self.usable(analyte)}

    def series(self, analyte: str) -> Series:
        doubts = [Report(instant_of(result), result.unusable.value) for result in self.unusable(analyte)]
        if analyte in PERCENT_OF:
            parts = ("wbc", PERCENT_OF[analyte])
            return Series(merged(self.reported(analyte), self.counts(analyte)), tuple(doubts + self.doubts_about(analyte, parts)))
        if analyte == "ldl":
            return Series(merged(self.reported("ldl"), self.estimated_ldl()), tuple(doubts + self.doubts_about("ldl", PARTS_OF_LDL)))
        if analyte == "egfr":
            every = self.calculated_egfr()
            lacking = [reading for reading in every if not reading.specimens <= self.reported_specimens("egfr")]
            doubts += [
                Report(instant_of(result), result.unusable.value)
                for result in self.unusable("creatinine")
                if specimen_of(result) not in self.reported_specimens("egfr")
            ]
            doubts += self.not_calculable(self.reported_specimens("egfr"))
            return Series(merged(self.reported("egfr"), lacking), tuple(doubts))
        return Series(tuple(self.reported(analyte)), tuple(doubts))

    def counts(self, analyte: str) -> list[Reading]:
        """White cells times a percentage, of each specimen without a reported count."""
        found = []
        for specimen in self.specimens("wbc", PERCENT_OF[analyte]) - self.reported_specimens(analyte):
            cells = self.last_of("wbc", specimen)
            percent = self.last_of(PERCENT_OF[analyte], specimen)
            if cells is not None and percent is not None:
                value = product(cells.value, percent.value).scaled(0.01)
                at = max(cells.at, percent.at)
                found.append(Reading(analyte, at, value, frozenset({specimen}), reported=False, calculated=True))
        return found

    def estimated_ldl(self) -> list[Reading]:
        found = []
        for specimen in self.specimens(*PARTS_OF_LDL) - self.reported_specimens("ldl"):
            parts = [self.last_of(analyte, specimen) for analyte in PARTS_OF_LDL]
            known = [part for part in parts if part is not None and is_exact(part.value)]
            if len(known) == len(PARTS_OF_LDL):
                estimate = ldl_estimate(*(part.value.low for part in known))
                if estimate is not None:
                    at = max(part.at for part in known)
                    found.append(Reading("ldl", at, number(estimate), frozenset({specimen}), reported=False, calculated=True))
        return found

    def doubts_about(self, whole: str, parts_of_it: Sequence[str]) -> list[Report]:
        """All parts reported, one unusable, and no usable report of the whole: doubt at the latest of the parts.

        Section 4 says so of LDL; of the absolute counts it is the safer reading.
        """
        found = []
        for specimen in self.specimens(*parts_of_it) - self.reported_specimens(whole):
            parts = [
                [result for result in self.reports if result.analyte == analyte and specimen_of(result) == specimen]
                for analyte in parts_of_it
            ]
            if all(parts):
                at = max(instant_of(result) for part in parts for result in part)
                found += [Report(at, result.unusable.value) for part in parts for result in newest_if_unusable(part)]
        return found

    def calculated_egfr(self) -> list[Reading]:
        """Of every usable creatinine, also of specimens with a reported eGFR."""
        patient = self.person.patient
        if patient.sex is Sex.UNKNOWN or patient.birth_date is None:
            return []
        found = []
        for reading in self.reported("creatinine"):
            age = completed_years(patient.birth_date, reading.on)
            if age >= 18:
                value = falling(reading.value, partial(ckd_epi_2021, age=age, sex=patient.sex))
                found.append(Reading("egfr", reading.at, value, reading.specimens, reported=False, calculated=True))
        return found

    def not_calculable(self, covered: Set[str]) -> list[Report]:
        """A creatinine without sex or an adult age is a report of eGFR that nobody can use (the safer reading)."""
        patient, found = self.person.patient, []
        for reading in self.reported("creatinine"):
            if reading.specimens <= covered:
                continue
            if patient.sex is Sex.UNKNOWN:
                found.append(Report(reading.at, "sex-unknown"))
            if patient.birth_date is None or completed_years(patient.birth_date, reading.on) < 18:
                found.append(Report(reading.at, "age-unknown"))
        return found

    def specimens(self, *analytes: str) -> set[str]:
        return {specimen_of(result) for result in self.reports if result.analyte in analytes}

    def last_of(self, analyte: str, specimen: str) -> Reading | None:
        """The latest reading that belongs to a specimen."""
        mine = [reading for reading in self.reported(analyte) if specimen in reading.specimens]
        return mine[-1] if mine else None


def newest_if_unusable(reports: Sequence[Result]) -> list[Result]:
    """The newest reports of an analyte, unless a usable one is among them."""
    last = max(map(instant_of, reports))
    newest = [result for result in reports if instant_of(result) == last]
    return [] if any(map(is_usable, newest)) else newest


def merged(reported: Iterable[Reading], calculated: Iterable[Reading]) -> tuple[Reading, ...]:
    """One series; readings of one instant span."""
    at_instant: dict[datetime, list[Reading]] = {}
    for reading in (*reported, *calculated):
        at_instant.setdefault(reading.at, []).append(reading)
    return tuple(together(at_instant[at]) for at in sorted(at_instant))


def together(readings: Sequence[Reading]) -> Reading:
    first = readings[0]
    if len(readings) == 1:
        return first
    return Reading(
        first.analyte,
        first.at,
        span([reading.value for reading in readings]),
        frozenset().union(*(reading.specimens for reading in readings)),
        first.lower,
        first.upper,
        any(reading.reported for reading in readings),
        any(reading.calculated for reading in readings),
    )


def falling(value: Interval, formula: Callable[[float], float]) -> Interval:
    """The image of an interval under a decreasing formula; without end at zero, zero without end."""

    def at(argument: float) -> float:
        if argument <= 0:
            return math.inf
        return 0.0 if math.isinf(argument) else formula(argument)

    if is_exact(value):
        return number(at(value.low))
    return Interval(at(value.high), at(value.low), value.high_open, value.low_open)


def ckd_epi_2021(scr: float, age: int, sex: Sex) -> float:
    kappa, alpha, factor = (0.7, -0.241, 1.012) if sex is Sex.FEMALE else (0.9, -0.302, 1.0)
    return float(142 * min(scr / kappa, 1) ** alpha * max(scr / kappa, 1) ** -1.2 * 0.9938**age * factor)


def cockcroft_gault(scr: float, age: int, weight: float, sex: Sex) -> float:
    return (140 - age) * weight * (0.85 if sex is Sex.FEMALE else 1.0) / (72 * scr)


def ldl_estimate(tc: float, hdl: float, tg: float) -> float | None:
    if tg < 400 and not same(tg, 400):
        estimate = tc - hdl - tg / 5
    elif tg <= 800 or same(tg, 800):
        rest = tc - hdl
        estimate = tc / 0.948 - hdl / 0.971 - (tg / 8.56 + tg * rest / 2140 - tg * tg / 16100) - 9.44
    else:
        return None
    return estimate if estimate > TOLERANCE * tc else None


@dataclass(frozen=True)
class Baseline:
    """The baseline reading, or why there is none."""

    reading: Reading | None
    reason: str = ""


def baseline_of(readings: Sequence[Reading], start: date, *pins: Pinned | None) -> Baseline:
    """The pinned reading, if it still stands; else the latest on or before the start, at most 180 days before it."""
    for pin in pins:
        at_pin = [reading for reading in readings if pin is not None and reading.at == pin.at]
        if at_pin:
            return Baseline(at_pin[0])
    before = [reading for reading in readings if reading.on <= start]
    if not before:
        return Baseline(None, "no-baseline")
    if before[-1].on < start - timedelta(days=180):
        return Baseline(None, "baseline-too-old")
    return Baseline(before[-1])
