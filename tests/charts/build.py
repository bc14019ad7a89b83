"""Charts of a test's own."""

from __future__ import annotations

import math
from datetime import date

from labtrack.charts import Chart, Point, Series, Span, StripRow, Threshold
from labtrack.core.quantity import Interval


def day(text: str) -> float:
    """A date as the chart's time."""
    return float(date.fromisoformat(text).toordinal())


def exact(on: str, value: float, low: float | None = None, high: float | None = None, *, calculated: bool = False) -> Point:
    """A number."""
    return Point(day(on), Interval(value, value), f"{value:g}", low, high, calculated)


def below(on: str, value: float) -> Point:
    """``<value``."""
    return Point(day(on), Interval(0.0, value, high_open=True), f"<{value:g}")


def above(on: str, value: float) -> Point:
    """``>value``."""
    return Point(day(on), Interval(value, math.inf, low_open=True), f">{value:g}")


def between(on: str, low: float, high: float) -> Point:
    """Results of one time that differ."""
    return Point(day(on), Interval(low, high), f"{low:g}–{high:g}")


def anc() -> Series:
    """Neutrophils that fall below both limits; a calculated value, a bound, a clash and a gap among them."""
    points = (
        exact("2025-11-02", 3.3, 2, 7.5),
        exact("2026-05-24", 3.1, 2, 7.5),
        exact("2026-06-20", 2.8, 2, 7.5),
        exact("2026-07-26", 2.2, 1.8, 7.5, calculated=True),
        below("2026-09-01", 2.0),
        exact("2026-10-18", 1.4, 1.8, 7.5),
        between("2026-11-02", 1.1, 1.3),
        exact("2026-11-19", 0.82, 1.8, 7.5),
    )
    return Series(
        "ANC  Neutrophils (absolute count)",
        "×10⁹/L",
        points,
        (Threshold(1.0, "anc-below-1 <1"), Threshold(1.5, "neutropenia <1.5")),
        points[1],
        168.0,
        "estimate: at this rate 0.5 about Feb 2027 (anc-below-1)",
        "0.82 on 19 Nov 2026",
        "1.8–7.5",
        "ANC",
    )


def hb() -> Series:
    """Hemoglobin far from its lowest limit."""
    points = tuple(exact(on, value, 12, 15.5) for on, value in [("2026-05-24", 12.9), ("2026-07-26", 12.8), ("2026-11-19", 12.7)])
    limits = (Threshold(8.0, "hb-below-8 <8"), Threshold(12.0, "anemia <12"), Threshold(10.9, "hb-fall-2 <10.9"))
    return Series("Hb  Hemoglobin", "g/dL", points, limits, points[0], latest="12.7 on 19 Nov 2026", usual="12–15.5", short="Hb")


def strip() -> tuple[StripRow, ...]:
    """Two doses and a hold."""
    doses = (
        Span(day("2026-06-01"), day("2026-08-20"), "baricitinib 2 mg daily"),
        Span(day("2026-08-20"), day("2027-06-01"), "baricitinib 4 mg daily"),
    )
    return StripRow("dose", doses), StripRow("hold", (Span(day("2026-09-20"), day("2026-10-10"), "neutropenia"),), is_hold=True)


def chart(*series: Series) -> Chart:
    """A year of them."""
    return Chart(series or (anc(), hb()), day("2025-11-02"), day("2026-11-22"), strip())
