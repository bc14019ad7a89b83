"""The facts of one patient's report, ready to be set: texts in the words of its reader, and charts in numbers.

Both versions, the clinician's and the plain one, are this; HTML and PDF are made from it and from nothing else. Texts are data: whoever
writes them into a file escapes them for that file.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Sign(Enum):
    """What stands out, told by shape and word, never by color alone."""

    URGENT = "‼"
    ACTION = "▲"
    WATCH = "△"
    UNKNOWN = "?"
    NOTED = "●"


class Flag(Enum):
    """Where a value stands to its reference limits."""

    LOW = "↓"
    HIGH = "↑"
    INSIDE = "·"
    OPEN = "?"
    NONE = ""


class Shape(Enum):
    """What a reading in a chart is: a number, a calculated one, a bound (``<5``, ``>90``), or results of one time that differ."""

    EXACT = "dot"
    CALCULATED = "ring"
    BELOW = "down"
    ABOVE = "up"
    RANGE = "bar"


@dataclass(frozen=True, slots=True)
class Person:
    """Whose report it is; ``about`` are the facts beside the name."""

    name: str
    mrn: str
    about: str


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that was found: a sign and its word, a headline, what is said of it, and lines below it.

    ``details`` may be left out where there is no room, ``text`` never is.
    """

    sign: Sign
    word: str
    headline: str
    text: str = ""
    details: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table of what was checked; ``cells`` stand under the report's ``columns``, the last one is the flag in words.

    ``rank``: rows with higher ones are left out first where there is no room, but for ``brief``, name and value; those of rank 0
    never are.
    """

    panel: str
    cells: tuple[str, ...]
    flag: Flag = Flag.NONE
    sign: Sign | None = None
    rank: int = 0
    brief: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """A line with a word before it: something that is missing, a next date, a source."""

    label: str
    text: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """One reading in a chart. ``at``: a date's ordinal and the part of it that has passed. A limit is None where there is none."""

    at: float
    low: float
    high: float
    shape: Shape
    value: str
    on: str
    limits: tuple[float | None, float | None] = (None, None)


@dataclass(frozen=True, slots=True)
class Limit:
    """A threshold, named."""

    value: float
    label: str


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark on an axis."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class Span:
    """A dose or a hold on the strip below a chart, from a day until before another."""

    start: float
    end: float
    text: str


@dataclass(frozen=True, slots=True)
class Strip:
    """One row of the strip: what it shows, and the spans."""

    label: str
    spans: tuple[Span, ...]
    is_hold: bool = False


@dataclass(frozen=True, slots=True)
class Trend:
    """One analyte's chart, in the units shown. ``low`` to ``high`` and ``first`` to ``last`` are what the axes show.

    Limits outside ``low`` to ``high`` are named at the edge. Between two numbers that lie more than ``gap_days`` apart no line is drawn.
    ``summary`` says the chart in a sentence. ``baseline`` is one of the marks or one beside them.
    """

    title: str
    unit: str
    marks: tuple[Mark, ...]
    low: float
    high: float
    first: float
    last: float
    value_ticks: tuple[Tick, ...] = ()
    day_ticks: tuple[Tick, ...] = ()
    limits: tuple[Limit, ...] = ()
    baseline: Mark | None = None
    strips: tuple[Strip, ...] = ()
    gap_days: float = 168.0
    latest: str = ""
    summary: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Headings:
    """What the parts are called."""

    found: str
    asks: str
    checked: str
    trends: str
    missing: str
    dates: str
    sources: str
    numbers: str


@dataclass(frozen=True, slots=True)
class Report:
    """One page. ``paper`` is ``letter`` or ``a4``. ``rest`` says where to find what did not fit; ``legend`` explains the charts' signs.

    ``shares`` are the widths of the columns of ``rows``, adding up to 1. ``in_range`` and ``no_range`` come before the names of rows that
    are told briefly.
    """

    plain: bool
    paper: str
    title: str
    clinic: str
    as_of: str
    person: Person
    treatment: str
    facts: tuple[str, ...]
    headings: Headings
    found: tuple[Found, ...]
    tally: str
    asks: tuple[str, ...]
    columns: tuple[str, ...]
    shares: tuple[float, ...]
    rows: tuple[Row, ...]
    no_rows: str
    in_range: str
    no_range: str
    trends: tuple[Trend, ...]
    legend: str
    gaps: tuple[Item, ...]
    no_gaps: str
    dates: tuple[Item, ...]
    no_dates: str
    sources: tuple[Item, ...]
    sources_note: str
    rest: str
    footer: tuple[str, ...]
    made_on: tuple[int, int, int]
    program: str = "labtrack"
