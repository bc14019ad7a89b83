"""A report of a test's own: two findings, a table, a chart with every kind of mark."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from io import BytesIO
from typing import Any

from labtrack.exchange.report.model import (
    Flag,
    Found,
    Headings,
    Item,
    Limit,
    Mark,
    Person,
    Report,
    Row,
    Shape,
    Sign,
    Span,
    Strip,
    Tick,
    Trend,
)

HEADINGS = Headings("What was found", "Ask", "What was checked", "Trends", "What is missing", "Next checks", "Sources", "Numbers")


def day(text: str) -> float:
    """A date as the chart's time."""
    return float(date.fromisoformat(text).toordinal())


def mark(on: str, value: float, shape: Shape = Shape.EXACT, text: str = "", high: float | None = None) -> Mark:
    """A reading with the range 2 to 7.5."""
    return Mark(day(on), value, value if high is None else high, shape, text or f"{value:g}", on, (2.0, 7.5))


def trend(**changes: Any) -> Trend:
    """Neutrophils: numbers, a bound of each kind, a clash, a gap, a dose and a hold."""
    marks = (
        mark("2026-01-05", 3.1),
        mark("2026-02-05", 2.8, Shape.CALCULATED),
        mark("2026-03-05", 0.0, Shape.BELOW, "<2", 2.0),
        mark("2026-04-05", 6.0, Shape.ABOVE, ">6", float("inf")),
        mark("2026-05-05", 1.1, Shape.RANGE, "1.1–1.3", 1.3),
        mark("2026-11-05", 0.9),
        mark("2026-11-19", 0.82),
    )
    strips = (
        Strip("dose", (Span(day("2026-01-20"), day("2026-11-22"), "baricitinib 2 mg daily"),)),
        Strip("hold", (Span(day("2026-06-01"), day("2026-07-01"), "neutropenia"),), is_hold=True),
    )
    plain = Trend(
        "ANC",
        "×10⁹/L",
        marks,
        0.5,
        7.6,
        day("2026-01-01"),
        day("2026-11-22"),
        (Tick(2.0, "2"), Tick(4.0, "4")),
        (Tick(day("2026-04-01"), "Apr 2026"), Tick(day("2026-07-01"), "Jul")),
        (Limit(1.0, "anc-below-1 <1"), Limit(1.5, "neutropenia <1.5"), Limit(0.1, "far-below <0.1")),
        marks[0],
        strips,
        latest="latest 0.82 on 19 Nov 2026",
        summary="7 readings from 5 Jan 2026 (3.1) to 19 Nov 2026 (0.82 ×10⁹/L).",
    )
    return replace(plain, **changes)


def row(name: str, flag: Flag = Flag.INSIDE, sign: Sign | None = None, rank: int = 2) -> Row:
    """A line of the table."""
    return Row("Blood count", (name, "0.82", "19 Nov 2026", "in range"), flag, sign, rank, f"{name} 0.82")


def report(**changes: Any) -> Report:
    """A report that fits one page with ease."""
    plain = Report(
        plain=False,
        paper="letter",
        title="Laboratory monitoring",
        clinic="City Rheumatology",
        as_of="as of 22 Nov 2026",
        person=Person("Okafor, Ada", "10021", "born 11 Feb 1968"),
        treatment="Baricitinib 2 mg daily",
        facts=("71 years old.",),
        headings=HEADINGS,
        found=(
            Found(Sign.URGENT, "urgent", "ANC 0.82 below 1 (label)", "Label says: interrupt.", ("Rule anc-below-1.",)),
            Found(Sign.UNKNOWN, "cannot evaluate", "no baseline result: ldl-rise-30"),
        ),
        tally="28 rules were asked.",
        asks=(),
        columns=("Test", "Latest", "Collected", "Flag"),
        shares=(0.3, 0.2, 0.2, 0.3),
        rows=(row("ANC", Flag.LOW, Sign.URGENT, 0), row("WBC"), row("Plt", Flag.NONE)),
        no_rows="Nothing was checked.",
        in_range="Also in range:",
        no_range="No reference range:",
        trends=(trend(),),
        legend="Gray: reference range.",
        gaps=(Item("Never tested:", "ALT, AST"),),
        no_gaps="Nothing is missing.",
        dates=(Item("Blood count:", "26 Nov 2026, due now", "(repeat)"),),
        no_dates="No check is planned.",
        sources=(Item("[L]", "Baricitinib (Olumiant), US prescribing information"),),
        sources_note="Checked on 22 Nov 2026.",
        rest="The HTML page has them.",
        footer=("Okafor, Ada, MRN 10021.", "labtrack 0.1.0, rule set 2026.11 US."),
        made_on=(2026, 11, 22),
    )
    return replace(plain, **changes)


def read_pdf(content: bytes) -> list[str]:
    """The text of each page, blanks single."""
    from pypdf import PdfReader

    return [re.sub(r"\s+", " ", page.extract_text()) for page in PdfReader(BytesIO(content)).pages]
